package admin

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player"
	"loaxa/player/alarm"
	"loaxa/schedule/clock"
)

// urgent sends a form of the emergency page as a browser does: without a file it sends a part without a name.
func (s *station) urgent(t *testing.T, path string, fields map[string]string, name string, content []byte) *httptest.ResponseRecorder {
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
	return s.ask("POST", path, "", b.String(), func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("Content-Type", form.FormDataContentType())
	})
}

// A person at the page speaks to the village: with a clip that is there, or with a file that nobody has imported yet.
func TestEmergencyFromThePage(t *testing.T) {
	s := newStation(t)
	w := s.urgent(t, "/emergency", map[string]string{"clip_id": "c-7", "reason": "  vỡ   đê ", "ordered_by": "Chủ tịch xã", "reason_more": "thôn 3", "minutes": "15", "request_id": "r1", "replace": "1"}, "", nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/emergency?note=emergency" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := player.PlayRequest{ClipID: "c-7", Kind: player.Emergency, Reason: "vỡ đê: thôn 3", RequestID: "r1", OrderedBy: "Chủ tịch xã",
		For: 15 * time.Minute, Replace: true}
	got := s.player.asked[0]
	want.Actor, want.MayApprove, want.MayOverrideQuiet = got.Actor, got.MayApprove, got.MayOverrideQuiet
	if got != want || got.Actor == "" {
		t.Errorf("asked %+v\nwant  %+v", got, want)
	}
	if w := s.urgent(t, "/emergency", map[string]string{"reason": "lũ", "request_id": "r2"}, "loi-noi.wav", tone(440)); w.Code != http.StatusSeeOther {
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
		if w := s.urgent(t, "/emergency", c.fields, c.file, c.body); w.Code != c.status {
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
	if w := s.urgent(t, "/emergency", map[string]string{"clip_id": "c-7", "reason": "lũ"}, "", nil); w.Header().Get("Location") != "/emergency?note=emergency_waits" {
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
	page := s.ask("GET", "/emergency", token, "").Body.String()
	for _, want := range []string{"Kết thúc chậm nhất lúc", "1 tin khẩn cấp đang chờ", "Kéo dài 10 phút", `action="/emergency/review"`, `accept="audio/*" capture`,
		`action="/stop"`, "Thay tin khẩn cấp đang phát"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if home := s.home(t, s.session(t)); !strings.Contains(home, `href="/emergency"`) || !strings.Contains(home, "Kéo dài 10 phút") {
		t.Error("the home page does not lead to the emergency page, or lost its button")
	}
}

// The second step names what will sound, where and over what, before anything does; a file is not asked for twice.
func TestEmergencyIsNamedBeforeItSounds(t *testing.T) {
	s := newStation(t)
	clip := into[struct{ ID string }](t, s.upload(t, s.token(t, account.Operator), "de.wav", tone(440), map[string]string{"title": "Sơ tán <thôn 3>"}), 201)
	must2(t)(s.library.Approve("user:lãnh đạo", []string{clip.ID}, nil))
	s.onAir()
	fields := map[string]string{"clip_id": clip.ID, "reason": "Bão, lũ, sạt lở", "minutes": "30", "ordered_by": "Chủ tịch xã"}
	w := s.urgent(t, "/emergency/review", fields, "", nil)
	text := plain(w.Body.String())
	for _, want := range []string{"Sơ tán <thôn 3>", "Toàn bộ loa của đài", "Cắt ngay buổi đang phát", "Lặp lại đến 17:28", "Chủ tịch xã", "PHÁT NGAY"} {
		if !strings.Contains(text, want) {
			t.Errorf("before it sounds the page does not say %q:\n%s", want, text)
		}
	}
	if !strings.Contains(w.Body.String(), `src="/api/v1/clips/`+clip.ID+`/played"`) {
		t.Error("it cannot be listened to before it sounds")
	}
	if w.Code != 200 || len(s.player.asked) > 0 {
		t.Fatalf("%d, and asked to play %+v: the first step sounds", w.Code, s.player.asked)
	}
	// A recording without a reason: the page asks for the reason, and the recording stays chosen.
	w = s.urgent(t, "/emergency/review", map[string]string{"minutes": "15"}, "noi.wav", tone(880))
	page := w.Body.String()
	if w.Code != 422 || !strings.Contains(page, `id="reason-fault"`) || !strings.Contains(page, `selected>Tin khẩn cấp`) || !strings.Contains(page, `value="15" selected`) {
		t.Errorf("%d: what was recorded or chosen is lost:\n%s", w.Code, page)
	}
	// A reason in somebody's own words comes back, and what was wrong stands beside its field.
	w = s.urgent(t, "/emergency/review", map[string]string{"reason_more": `"><b>vỡ đê`}, "", nil)
	if page = w.Body.String(); w.Code != 422 || !strings.Contains(page, `value="&#34;&gt;&lt;b&gt;vỡ đê"`) || !strings.Contains(page, `id="clip-fault"`) {
		t.Errorf("%d: %s", w.Code, page)
	}
}

// An operator learns at once that a new file needs an approver, who finds it in the list; no button is offered that would
// be refused.
func TestUnapprovedEmergencyIsLeftToAnApprover(t *testing.T) {
	s := newStation(t)
	operator, approver := s.token(t, account.Operator), s.token(t, account.Approver)
	clip := into[struct{ ID string }](t, s.upload(t, operator, "de.wav", tone(440), map[string]string{"title": "Vỡ đê"}), 201)
	body, kind := multipartOf(t, map[string]string{"clip_id": clip.ID, "reason": "lũ"})
	review := func(token string) string {
		return s.ask("POST", "/emergency/review", token, body, func(r *http.Request) { r.Header.Set("Content-Type", kind) }).Body.String()
	}
	if page := review(operator); !strings.Contains(page, "nhờ lãnh đạo") || strings.Contains(page, "PHÁT NGAY") {
		t.Errorf("an operator is offered what will be refused: %s", plain(page))
	}
	if page := review(approver); !strings.Contains(page, "PHÁT NGAY") || !strings.Contains(page, "nhật ký ghi tên bạn") {
		t.Errorf("an approver is not offered it, or not told what it means: %s", plain(page))
	}
	if page := s.ask("GET", "/emergency", approver, "").Body.String(); !strings.Contains(page, `value="`+clip.ID+`"`) {
		t.Error("an approver does not find what an operator recorded")
	}
	if page := s.ask("GET", "/emergency", operator, "").Body.String(); strings.Contains(page, `value="`+clip.ID+`"`) {
		t.Error("an operator may choose what will be refused")
	}
	s.pass(5 * time.Hour) // 22 o'clock
	if page := s.ask("GET", "/emergency", operator, "").Body.String(); !strings.Contains(page, "Đang trong giờ không phát") {
		t.Error("at night an operator is not told that an order is needed")
	}
	if page := review(approver); !strings.Contains(page, "PHÁT NGAY") {
		t.Error("at night an approver is not offered it")
	}
}

// The village is warned although the log is gone, the clock is in doubt and the library cannot take a file.
func TestEmergencyWithEverythingElseBroken(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	s.trust = clock.Doubtful
	s.alarms.Raise(alarm.LogAppend, "disk is full")
	must(t, s.playlog.Close())
	must(t, os.RemoveAll(filepath.Join(s.dir, "clips")))
	must(t, os.RemoveAll(filepath.Join(s.dir, "originals")))
	page := s.ask("GET", "/emergency", "", "", func(r *http.Request) { r.AddCookie(cookie) })
	if page.Code != 200 || !strings.Contains(page.Body.String(), `value="c-1"`) {
		t.Errorf("%d: no clip can be chosen: %s", page.Code, page.Body)
	}
	if w := s.urgent(t, "/emergency", map[string]string{"clip_id": "c-1", "reason": "lũ"}, "", nil); w.Code != http.StatusSeeOther || len(s.player.asked) != 1 {
		t.Errorf("%d: not played: %s", w.Code, w.Body)
	}
	if w := s.urgent(t, "/emergency/review", map[string]string{"clip_id": "c-1", "reason": "lũ"}, "", nil); w.Code != 200 || !strings.Contains(w.Body.String(), "PHÁT NGAY") {
		t.Errorf("%d: not offered: %s", w.Code, w.Body)
	}
}

func multipartOf(t *testing.T, fields map[string]string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, v := range fields {
		must(t, form.WriteField(k, v))
	}
	must(t, form.Close())
	return b.String(), form.FormDataContentType()
}
