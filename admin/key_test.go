package admin

import (
	"strings"
	"testing"

	"loaxa/admin/account"
	"loaxa/player/playlog/evidence"
)

// An administrator changes the log's key: it is on record with its reason, the new key signs, and the old one stays good
// for what it signed. Others are refused, which is on record too.
func TestKeyIsChangedByTheAdministratorOnly(t *testing.T) {
	s := newStation(t)
	must2(t)(s.playlog.Checkpoint(t.Context()))
	old, held := s.playlog.PublicKey(), s.playlog.LatestCheckpoint()
	for _, role := range []account.Role{account.Operator, account.Approver, account.Inspector} {
		if w := s.ask("POST", "/api/v1/log/rotate-key", s.token(t, role), `{"why":"định kỳ"}`); w.Code != 403 {
			t.Errorf("as %s: %d %s", role, w.Code, w.Body)
		}
	}
	boss := s.token(t, account.Administrator)
	for body, want := range map[string]int{`{"why":"  "}`: 422, `{"why":"` + strings.Repeat("x", 301) + `"}`: 422, `{}`: 422, `{"because":"x"}`: 400, "": 400} {
		if w := s.ask("POST", "/api/v1/log/rotate-key", boss, body); w.Code != want {
			t.Errorf("%.40q: %d, want %d: %s", body, w.Code, want, w.Body)
		}
	}
	if s.playlog.PublicKey() != old {
		t.Fatal("a refused request changed the key")
	}
	type answer struct {
		Key         string `json:"public_key"`
		Fingerprint string `json:"fingerprint"`
	}
	got := into[answer](t, s.ask("POST", "/api/v1/log/rotate-key", boss, `{"why":"định kỳ  hằng năm"}`), 200)
	print, err := evidence.Fingerprint(s.playlog.PublicKey())
	must(t, err)
	if now := (answer{s.playlog.PublicKey(), print}); got != now || got.Key == old {
		t.Fatalf("%+v, the log says %+v", got, now)
	}
	if _, err := evidence.OpenCheckpoint(s.playlog.LatestCheckpoint(), got.Key); err != nil {
		t.Errorf("the new key does not sign yet: %v", err)
	}
	for _, k := range []string{old, got.Key} {
		rep, err := evidence.Verify(s.playlog.Source(), evidence.VerifyOptions{Keys: []string{k}, Held: [][]byte{held}})
		must(t, err)
		if !rep.OK || !rep.KeyKnown || rep.Held[0].Status != "extends" {
			t.Errorf("%+v", rep)
		}
	}
	acts := strings.Join(s.acts(t), "\n")
	for _, want := range []string{"token:inspector 2 | rotate_key |  | denied: role inspector", " | rotate_key | " + got.Fingerprint + " | done"} {
		if !strings.Contains(acts, want) {
			t.Errorf("on record is no %q:\n%s", want, acts)
		}
	}
	must(t, s.playlog.Close())
	if w := s.ask("POST", "/api/v1/log/rotate-key", boss, `{"why":"định kỳ"}`); w.Code != 503 || code(t, w.Body.Bytes()) != "log" {
		t.Errorf("without a log: %d %s", w.Code, w.Body)
	}
}
