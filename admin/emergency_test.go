package admin

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player"
)

// urgent sends the emergency form of the station's page as a browser does: without a file it sends a part without a name.
func (s *station) urgent(t *testing.T, fields map[string]string, name string, content []byte) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, v := range fields {
		must(t, form.WriteField(k, v))
	}
	part, err := form.CreateFormFile("file", name)
	must(t, err)
	_, err = part.Write(content)
	must(t, err)
	must(t, form.Close())
	cookie := s.session(t)
	return s.ask("POST", "/emergency", "", b.String(), func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("Content-Type", form.FormDataContentType())
	})
}

// A person at the page speaks to the village: with a clip that is there, or with a file that nobody has imported yet.
func TestEmergencyFromThePage(t *testing.T) {
	s := newStation(t)
	w := s.urgent(t, map[string]string{"clip_id": "c-7", "reason": "  vỡ   đê ", "ordered_by": "Chủ tịch xã", "minutes": "15", "request_id": "r1", "replace": "1"}, "", nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/?note=emergency" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := player.PlayRequest{ClipID: "c-7", Kind: player.Emergency, Reason: "vỡ đê", RequestID: "r1", OrderedBy: "Chủ tịch xã",
		For: 15 * time.Minute, Replace: true}
	got := s.player.asked[0]
	want.Actor, want.MayApprove, want.MayOverrideQuiet = got.Actor, got.MayApprove, got.MayOverrideQuiet
	if got != want || got.Actor == "" {
		t.Errorf("asked %+v\nwant  %+v", got, want)
	}
	if w := s.urgent(t, map[string]string{"reason": "lũ", "request_id": "r2"}, "loi-noi.wav", tone(440)); w.Code != http.StatusSeeOther {
		t.Fatalf("with a file: %d %s", w.Code, w.Body)
	}
	got = s.player.asked[1]
	clip, err := s.library.Get(got.ClipID)
	if err != nil || !strings.HasPrefix(clip.Title, "Tin khẩn cấp ") || got.Reason != "lũ" {
		t.Errorf("asked %+v, clip %+v: %v", got, clip, err)
	}
}

// What is missing is said before anything sounds, and nothing of an unfit file is played.
func TestEmergencyFormIsRefused(t *testing.T) {
	s := newStation(t)
	for name, c := range map[string]struct {
		fields map[string]string
		file   string
		body   []byte
		status int
	}{
		"no reason":    {map[string]string{"clip_id": "c-7"}, "", nil, 422},
		"nothing":      {map[string]string{"reason": "lũ"}, "", nil, 422},
		"no sound":     {map[string]string{"reason": "lũ"}, "x.wav", []byte("chẳng phải âm thanh"), 415},
		"bad minutes":  {map[string]string{"reason": "lũ", "clip_id": "c-7", "minutes": "-3"}, "", nil, 400},
		"not a field":  {map[string]string{"reason": "lũ", "clip_id": "c-7", "volume": "11"}, "", nil, 400},
		"file, silent": {map[string]string{}, "a.wav", tone(440), 422},
	} {
		if w := s.urgent(t, c.fields, c.file, c.body); w.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, c.status, w.Body)
		}
	}
	if len(s.player.asked) > 0 {
		t.Errorf("played %+v", s.player.asked)
	}
}

// An emergency behind another one is not said to be on air; it may be extended by button and by call.
func TestEmergencyWaitsAndIsExtended(t *testing.T) {
	s := newStation(t)
	s.onAir()
	ends := s.clock().Add(30 * time.Minute)
	s.player.show(func(p *player.Snapshot) {
		p.OnAir.Kind, p.OnAir.Broadcast, p.OnAir.Ends, p.OnAir.Waiting = player.Emergency, "emergency:0", ends, 1
	})
	if w := s.urgent(t, map[string]string{"clip_id": "c-7", "reason": "lũ"}, "", nil); w.Header().Get("Location") != "/?note=emergency_waits" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	token := s.token(t, account.Operator)
	body := `{"clip_id":"c-7","kind":"emergency","reason":"lũ","repeat":3,"pause_ms":500,"for_s":600,"ordered_by":"Chủ tịch xã"}`
	if got := into[struct{ Result string }](t, s.ask("POST", "/api/v1/play", token, body), 202); got.Result != "waiting" {
		t.Errorf("result %q", got.Result)
	}
	if r := s.player.asked[1]; r.Repeat != 3 || r.PauseMS != 500 || r.For != 10*time.Minute || r.OrderedBy != "Chủ tịch xã" {
		t.Errorf("asked %+v", r)
	}
	got := into[struct{ Ends time.Time }](t, s.ask("POST", "/api/v1/play/emergency:0/extend", token, `{"by_s":600}`), 202)
	if !got.Ends.Equal(ends.Add(10 * time.Minute)) {
		t.Errorf("ends %s", got.Ends)
	}
	if w := s.ask("POST", "/api/v1/play/emergency:9/extend", token, `{"by_s":600}`); w.Code != http.StatusConflict {
		t.Errorf("another one: %d", w.Code)
	}
	if w := s.ask("POST", "/api/v1/play", token, `{"clip_id":"c-7","kind":"rehearsal","repeat":3}`); w.Code != 422 {
		t.Errorf("a rehearsal that repeats: %d", w.Code)
	}
	html := s.home(t, s.session(t))
	for _, want := range []string{"Kết thúc chậm nhất lúc", "1 tin khẩn cấp đang chờ", "Kéo dài 10 phút", `action="/emergency"`, `accept="audio/*" capture`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
