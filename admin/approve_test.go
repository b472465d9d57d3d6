package admin

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"testing"

	"loaxa/admin/account"
	"loaxa/audio/library"
)

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

// Somebody moves a clip to another letter while the approver listens to it: the press of the button must not count.
func TestApprovalOfWhatWasSeen(t *testing.T) {
	s := newStation(t)
	op, approver := s.token(t, account.Operator), s.token(t, account.Approver)
	c := into[library.Clip](t, s.upload(t, op, "a.wav", tone(440), nil), 201)
	other := into[library.Clip](t, s.upload(t, op, "b.wav", tone(550), nil), 201)
	seen := func(c library.Clip) map[string]any {
		return map[string]any{"sha256": c.SHA256, "canonical_sha256": c.CanonicalSHA256, "letter": c.Letter, "valid_until": c.ValidUntil}
	}
	one := asJSON(t, map[string]any{"seen": seen(c)})
	both := asJSON(t, map[string]any{"ids": []string{other.ID, c.ID}, "seen": map[string]any{c.ID: seen(c), other.ID: seen(other)}})
	c = into[library.Clip](t, s.ask("PATCH", "/api/v1/clips/"+c.ID, op, `{"letter":{"number":"13/CV"}}`), 200)
	s.refused(t, s.ask("POST", "/api/v1/clips/"+c.ID+"/approve", approver, one), 409, "changed")
	s.refused(t, s.ask("POST", "/api/v1/clips/approve", approver, both), 409, "changed")
	s.refused(t, s.ask("POST", "/api/v1/clips/"+c.ID+"/approve", approver, `{"seen":{}}`), 422, "invalid")
	for _, id := range []string{c.ID, other.ID} {
		if now := into[library.Clip](t, s.ask("GET", "/api/v1/clips/"+id, op, ""), 200); now.State != library.StateDraft {
			t.Errorf("%s is %s", id, now.State)
		}
	}
	now := into[library.Clip](t, s.ask("POST", "/api/v1/clips/"+c.ID+"/approve", approver, asJSON(t, map[string]any{"seen": seen(c)})), 200)
	if now.State != library.StateApproved {
		t.Errorf("as it was seen it is %s", now.State)
	}
}

// An approver ordered a link to be approved as it comes. Whether its final host is the agency's is then a part of the
// approval, and nobody else may say so in the approver's name.
func TestHostOfAnApprovingImportIsConfirmedByAnApprover(t *testing.T) {
	s := newStation(t)
	op, approver := s.token(t, account.Operator), s.token(t, account.Approver)
	s.site.put("a.wav", tone(440))
	for _, c := range []struct {
		approve string
		status  int
	}{{"false", 202}, {"true", 403}} {
		i := into[imported](t, s.ask("POST", "/api/v1/imports", approver, `{"link":"`+s.site.URL+`/short/a.wav","approve":`+c.approve+`}`), 202)
		s.await(t, op, i.ID, "confirm")
		if w := s.ask("POST", "/api/v1/imports/"+i.ID+"/confirm", op, `{"host":"127.0.0.1"}`); w.Code != c.status {
			t.Errorf("approve %s: an operator's word for the host: %d %s", c.approve, w.Code, w.Body)
		}
		if c.status == 403 {
			s.await(t, op, i.ID, "confirm")
			into[imported](t, s.ask("POST", "/api/v1/imports/"+i.ID+"/confirm", approver, `{"host":"127.0.0.1"}`), 202)
		}
		if i = s.await(t, op, i.ID, "done", "failed"); i.State != "done" {
			t.Errorf("ended as %+v, %+v", i, i.Problem)
		}
	}
}

// The approver of a trimmed clip must be able to hear what will be played, not only the file that it was cut from.
func TestWhatIsPlayedCanBeHeardBefore(t *testing.T) {
	s := newStation(t)
	op, approver := s.token(t, account.Operator), s.token(t, account.Approver)
	wave := tone(440)
	wave = append(wave, wave[44:]...)
	binary.LittleEndian.PutUint32(wave[40:], uint32(len(wave)-44)) //nolint:gosec // small
	c := into[library.Clip](t, s.upload(t, op, "a.wav", wave, nil), 201)
	i := into[imported](t, s.ask("POST", "/api/v1/clips/"+c.ID+"/trim", op, `{"from_ms":500,"until_ms":1500}`), 202)
	if i = s.await(t, op, i.ID, "failed", "done"); i.State != "done" {
		t.Fatalf("trimming: %+v", i.Problem)
	}
	c = into[library.Clip](t, s.ask("GET", "/api/v1/clips/"+c.ID, op, ""), 200)
	for path, sum := range map[string]string{"audio": c.SHA256, "played": c.CanonicalSHA256} {
		w := s.ask("GET", "/api/v1/clips/"+c.ID+"/"+path, approver, "")
		if got := sha256.Sum256(w.Body.Bytes()); w.Code != 200 || hex.EncodeToString(got[:]) != sum || w.Header().Get("ETag") != `"`+sum+`"` {
			t.Errorf("%s: %d, %x, ETag %s, not %s", path, w.Code, got, w.Header().Get("ETag"), sum)
		}
	}
	s.refused(t, s.ask("GET", "/api/v1/clips/c-none/played", approver, ""), 404, "not_found")
}
