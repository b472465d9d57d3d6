package admin

import (
	"bytes"
	"encoding/binary"
	"html"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// newLetterStation is a station whose plan knows the clips of its library.
func newLetterStation(t *testing.T) *station {
	t.Helper()
	return newStation(t, func(o *Options) {
		rules, clips := o.Station.Rules, o.Station.Library
		o.Station.Input = func() schedule.Input {
			in := rules.Input()
			in.Clips = map[string]schedule.ClipFact{}
			all, err := clips.All()
			must(t, err)
			for _, c := range all {
				in.Clips[c.ID] = schedule.ClipFact{ID: c.ID, Title: c.Title, SHA256: c.SHA256, Canonical: c.CanonicalSHA256, Frames: c.Frames, State: c.State}
			}
			return in
		}
	})
}

// sendLetter posts a form as a browser without scripts does: with files as parts, else as fields.
func (s *station) sendLetter(t *testing.T, token, path string, fields url.Values, files ...file) *httptest.ResponseRecorder {
	t.Helper()
	if files == nil {
		return s.ask("POST", path, token, fields.Encode(), func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Accept", "text/html")
		})
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, f := range files {
		w, err := form.CreateFormFile("file", f.name)
		must(t, err)
		must2(t)(w.Write(f.content))
	}
	for k, list := range fields {
		for _, v := range list {
			must(t, form.WriteField(k, v))
		}
	}
	must(t, form.Close())
	return s.ask("POST", path, token, b.String(), func(r *http.Request) { r.Header.Set("Content-Type", form.FormDataContentType()) })
}

// noFile is how a browser sends a choice of nothing.
var noFile = file{name: ""}

// goes is where a form leads; a refusal ends the test.
func goes(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		t.Fatalf("leads to %d %q, want %q:\n%s", w.Code, w.Header().Get("Location"), to, plain(w.Body.String()))
	}
}

func (s *station) shown(t *testing.T, token, path string) string {
	t.Helper()
	w := s.ask("GET", path, token, "")
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, plain(w.Body.String()))
	}
	return w.Body.String()
}

// tells wants the texts on a page.
func tells(t *testing.T, page string, want ...string) {
	t.Helper()
	text := plain(page)
	for _, w := range want {
		if !strings.Contains(text, w) && !strings.Contains(html.UnescapeString(page), w) {
			t.Errorf("the page does not say %q:\n%s", w, text)
		}
	}
}

// hidden is a hidden field of a page, the first of that name.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no field %s:\n%s", name, plain(page))
	}
	return m[1]
}

func photo(t *testing.T) []byte {
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))))
	return b.Bytes()
}

// twoSeconds is a tone that can be trimmed.
func twoSeconds() []byte {
	const head = 44
	b := tone(440)
	b = append(b, b[head:]...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	binary.LittleEndian.PutUint32(b[head-4:], uint32(len(b)-head))
	return b
}

// bring begins a campaign with files and waits until their clips are in it.
func (s *station) bring(t *testing.T, token string, files ...file) schedule.Campaign {
	t.Helper()
	w := s.sendLetter(t, token, "/campaigns/new", url.Values{"do": {"next"}, "link": {""}}, files...)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, plain(w.Body.String()))
	}
	id := strings.Split(w.Header().Get("Location"), "/")[2]
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if !strings.Contains(s.shown(t, token, "/campaigns/"+id+"/files?part=clips"), "every 2s") {
			k, err := s.rules.Campaign(id)
			must(t, err)
			return k
		}
	}
	t.Fatal("the files are still on their way")
	return schedule.Campaign{}
}

// letter fills the second and the third step.
func (s *station) letter(t *testing.T, token, id string, times ...string) {
	t.Helper()
	at := "/campaigns/" + id
	goes(t, s.sendLetter(t, token, at+"/letter", url.Values{"was": {hidden(t, s.shown(t, token, at+"/letter"), "was")}, "photo": {""}, "agency": {"Công an xã"}, "number": {"12/CV-CAX"},
		"date": {"2026-03-01"}, "title": {"Chống lừa đảo"}, "report_due": {"10/04/2026"}, "do": {"next"}}, file{"thư.png", photo(t)}), at+"/times")
	goes(t, s.sendLetter(t, token, at+"/times", url.Values{"was": {hidden(t, s.shown(t, token, at+"/times"), "was")}, "from": {"2026-03-06"}, "days": {"30"}, "days_was": {""},
		"per_day": {"2"}, "time": times, "mode": {"rotate"}, "class": {"ordinary"}, "do": {"next"}}), at)
}

// One officer, one phone, one letter with its files: four steps, one submission, one approval of exactly what was shown.
func TestLetterBecomesBroadcastsInFourSteps(t *testing.T) {
	s := newLetterStation(t)
	op, boss := s.token(t, account.Operator), s.token(t, account.Approver)
	if w := s.sendLetter(t, op, "/campaigns/new", url.Values{"do": {"next"}}, noFile); w.Code != 422 || !strings.Contains(w.Body.String(), "Chưa có tệp nào") {
		t.Errorf("without any file: %d", w.Code)
	}
	if all, err := s.rules.Campaigns(); err != nil || len(all) != 0 {
		t.Errorf("an empty form left %d campaigns behind, %v", len(all), err)
	}
	k := s.bring(t, op, file{"một.wav", tone(440)}, file{"trang.mp3", []byte("<!DOCTYPE html><html>")}, file{"hai.wav", tone(550)})
	tells(t, s.shown(t, op, "/campaigns/"+k.ID+"/files"), "2 tệp âm thanh", "trang.mp3", "chưa duyệt")
	tells(t, s.shown(t, op, "/campaigns/new"), "Đang làm dở", "Công văn chưa đặt tên") // left, and found again
	tells(t, s.shown(t, op, "/campaigns/"+k.ID), "Còn thiếu", "Ghi trích yếu", "Chọn từ 1 đến 12 giờ phát")
	at := "/campaigns/" + k.ID
	goes(t, s.sendLetter(t, op, at+"/times", url.Values{"was": {hidden(t, s.shown(t, op, at+"/times"), "was")}, "from": {"2026-03-06"}, "days": {"30"}, "days_was": {""}, "per_day": {"2"},
		"mode": {"rotate"}, "class": {"ordinary"}, "do": {"next"}}), at+"/times?note=campaign_times")
	tells(t, s.shown(t, op, at+"/times"), "Từ Thứ Sáu 06/03/2026 đến hết Thứ Bảy 04/04/2026.", "60 buổi trong 30 ngày", "mỗi buổi dài 0:01", "Không trùng buổi nào", "Thứ Năm 12/03 06:30 17:00")
	s.letter(t, op, k.ID, "06:30", "17:00")
	tells(t, s.shown(t, op, at), "Công an xã · số 12/CV-CAX · ngày 01/03/2026", "Hạn báo cáo: 10/04/2026", "Gửi duyệt", "Lãnh đạo ký trên giấy?")
	if w := s.sendLetter(t, op, at+"/submit", url.Values{"rev": {"1"}}); w.Code != http.StatusConflict {
		t.Errorf("submitted what was not seen: %d", w.Code)
	}
	goes(t, s.sendLetter(t, op, at+"/submit", url.Values{"rev": {hidden(t, s.shown(t, op, at), "rev")}}), at+"?note=campaign_submitted")
	if page := s.shown(t, op, at); strings.Contains(page, at+"/approve") || !strings.Contains(page, "Đang chờ lãnh đạo duyệt") {
		t.Error("an operator sees a button to approve, or does not see that it waits")
	}
	shown := s.shown(t, boss, at)
	tells(t, shown, "Phê duyệt tất cả", "2 tệp âm thanh đúng như mã tệp ở trên (2 tệp chưa duyệt)", "60 buổi, từ Thứ Sáu 06/03/2026")
	yes := url.Values{"rev": {hidden(t, shown, "rev")}, "seen": {hidden(t, shown, "seen")}}
	if w := s.sendLetter(t, op, at+"/approve", yes); w.Code != http.StatusForbidden {
		t.Errorf("an operator approved: %d", w.Code)
	}
	goes(t, s.sendLetter(t, boss, at+"/approve", yes), at+"?note=campaign_approved")
	k, err := s.rules.Campaign(k.ID)
	must(t, err)
	if k.State != schedule.CampaignApproved || len(k.ClipIDs) != 2 || k.Photo == "" {
		t.Errorf("approved as %+v", k)
	}
	for _, id := range k.ClipIDs {
		c, err := s.library.Get(id)
		must(t, err)
		if c.State != library.StateApproved || c.Letter != (library.Letter{Agency: "Công an xã", Number: "12/CV-CAX", Date: "2026-03-01"}) {
			t.Errorf("its clip is %s, of the letter %+v", c.State, c.Letter)
		}
	}
	tells(t, s.shown(t, op, at), "Phát được 0/60 buổi", "còn 60 buổi trong lịch", "đã duyệt, chưa đến ngày")
	goes(t, s.ask("GET", at+"/letter", op, ""), at) // what is approved is looked at, not edited
}

// What the approver saw is what is approved: other bytes or other times are refused, and nothing of it is approved by half.
func TestLetterIsApprovedAsShown(t *testing.T) {
	s := newLetterStation(t)
	boss := s.token(t, account.Approver)
	k := s.bring(t, boss, file{"một.wav", twoSeconds()})
	s.letter(t, boss, k.ID, "06:30")
	at := "/campaigns/" + k.ID
	shown := s.shown(t, boss, at)
	yes := url.Values{"rev": {hidden(t, shown, "rev")}, "seen": {hidden(t, shown, "seen")}}
	must2(t)(s.library.Trim(t.Context(), "user:lan", k.ClipIDs[0], 0, 1500, true, nil))
	if w := s.sendLetter(t, boss, at+"/approve", yes); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Tệp đã thay đổi sau khi xem") {
		t.Errorf("approved other bytes than were shown: %d %s", w.Code, plain(w.Body.String()))
	}
	yes.Set("seen", hidden(t, s.shown(t, boss, at), "seen"))
	s.letter(t, boss, k.ID, "03:15")
	if w := s.sendLetter(t, boss, at+"/approve", yes); w.Code != http.StatusConflict {
		t.Errorf("approved other times than were shown: %d", w.Code)
	}
	if c, err := s.library.Get(k.ClipIDs[0]); err != nil || c.State != library.StateDraft {
		t.Errorf("its clip is %s, %v", c.State, err)
	}
}

// The wrong hour is asked about once more, also while nobody has approved the clips yet.
func TestLetterAtNightIsAskedAboutTwice(t *testing.T) {
	s := newLetterStation(t)
	set := s.rules.Settings()
	set.QuietHours = nil
	must2(t)(s.rules.PutSettings("station", set))
	boss := s.token(t, account.Approver)
	k := s.bring(t, boss, file{"một.wav", tone(440)})
	s.letter(t, boss, k.ID, "03:15")
	at := "/campaigns/" + k.ID
	shown := s.shown(t, boss, at)
	tells(t, shown, "Có buổi phát trong giờ ngủ: 03:15 Thứ Sáu 06/03/2026", "Phê duyệt, kể cả buổi phát ban đêm")
	yes := url.Values{"rev": {hidden(t, shown, "rev")}, "seen": {hidden(t, shown, "seen")}}
	if w := s.sendLetter(t, boss, at+"/approve", yes); w.Code != http.StatusPreconditionRequired {
		t.Errorf("03:15 was approved at once: %d", w.Code)
	}
	goes(t, s.sendLetter(t, boss, at+"/approve?confirm=night", yes), at+"?note=campaign_approved")
}

// Two people at one letter: the second is told what stands there now, keeps what they typed, and may put it in all the same.
// A file that comes in meanwhile is no quarrel.
func TestTwoPeopleAtOneLetter(t *testing.T) {
	s := newLetterStation(t)
	op, boss := s.token(t, account.Operator), s.token(t, account.Approver)
	k := s.bring(t, op, file{"một.wav", tone(440)})
	at := "/campaigns/" + k.ID
	was := hidden(t, s.shown(t, op, at+"/letter"), "was")
	must2(t)(s.rules.AddCampaignClips("inbox", k.ID, []string{"c-2"}))
	typed := url.Values{"was": {was}, "title": {"Của tôi"}, "number": {"1/CV"}, "do": {"next"}}
	theirs := url.Values{"was": {was}, "title": {"Của người khác"}, "do": {"next"}}
	goes(t, s.sendLetter(t, boss, at+"/letter", theirs, noFile), at+"/times")
	w := s.sendLetter(t, op, at+"/letter", typed, file{"thư.png", photo(t)})
	if w.Code != http.StatusConflict {
		t.Fatalf("the second is not told: %d", w.Code)
	}
	tells(t, w.Body.String(), "Của tôi", "1/CV", "Người khác vừa sửa bước này", "Trích yếu (tên đợt phát): Của người khác")
	typed.Set("was", hidden(t, w.Body.String(), "was"))
	typed.Set("photo", hidden(t, w.Body.String(), "photo"))
	goes(t, s.sendLetter(t, op, at+"/letter", typed, noFile), at+"/times")
	now, err := s.rules.Campaign(k.ID)
	must(t, err)
	if now.Title != "Của tôi" || now.Photo == "" || !slices.Equal(now.ClipIDs, append(k.ClipIDs, "c-2")) {
		t.Errorf("stored %+v", now)
	}
	was = hidden(t, s.shown(t, op, at+"/times"), "was")
	when := func(from string) url.Values {
		return url.Values{"was": {was}, "from": {from}, "days": {"3"}, "time": {"06:30"}, "mode": {"all"}, "class": {"ordinary"}, "do": {"next"}}
	}
	goes(t, s.sendLetter(t, boss, at+"/times", when("2026-03-07")), at)
	if w = s.sendLetter(t, op, at+"/times", when("2026-03-09")); w.Code != http.StatusConflict {
		t.Fatalf("the second is not told: %d", w.Code)
	}
	tells(t, w.Body.String(), `value="2026-03-09"`, "Ngày 1 lần (06:30), từ 07/03/2026 đến hết 09/03/2026")
}

// A refused form comes back with everything that was typed, the photo included, and says what is wrong beside the field.
func TestLetterFormLosesNothing(t *testing.T) {
	s := newLetterStation(t)
	boss := s.token(t, account.Approver)
	k := s.bring(t, boss, file{"một.wav", tone(440)})
	at := "/campaigns/" + k.ID
	was := hidden(t, s.shown(t, boss, at+"/letter"), "was")
	w := s.sendLetter(t, boss, at+"/letter", url.Values{"was": {was}, "title": {""}, "agency": {`Công an <b>"xã"</b>`}, "date": {"31/02/2026"}, "do": {"next"}}, file{"thư.png", photo(t)})
	if w.Code != 422 {
		t.Fatalf("%d", w.Code)
	}
	tells(t, w.Body.String(), `Công an <b>"xã"</b>`, "31/02/2026", "Ghi trích yếu của công văn.")
	if kept := hidden(t, w.Body.String(), "photo"); len(kept) != 64 || strings.Contains(w.Body.String(), "<b>\"xã") {
		t.Errorf("the photo is %q, or markup came through", kept)
	}
	w = s.sendLetter(t, boss, at+"/letter", url.Values{"was": {was}, "title": {"Thư"}, "date": {"31/02/2026"}, "do": {"save"}}, noFile)
	tells(t, w.Body.String(), "Ngày không đúng. Viết như 05/03/2026.")
	w = s.sendLetter(t, boss, at+"/letter", url.Values{"was": {was}, "title": {"Thư"}, "do": {"save"}}, file{"thư.pdf", []byte("%PDF-1.7")})
	tells(t, w.Body.String(), "Ảnh không dùng được", "Thư")
	w = s.sendLetter(t, boss, at+"/times", url.Values{"was": {hidden(t, s.shown(t, boss, at+"/times"), "was")}, "from": {"2026-03-06"}, "until": {"2026-03-01"}, "days": {""}, "time": {"06:30"}, "mode": {"all"}, "class": {"ordinary"}, "do": {"next"}})
	tells(t, w.Body.String(), "Ngày cuối ở trước ngày đầu.", `value="2026-03-01"`, `value="06:30"`)
	s.letter(t, boss, k.ID, "06:30")
	shown := s.shown(t, boss, at)
	paper := url.Values{"rev": {hidden(t, shown, "rev")}, "seen": {hidden(t, shown, "seen")}, "photo": {""}, "signer": {"Phó Chủ tịch UBND xã"}, "date": {"2026-03-02"}}
	w = s.sendLetter(t, boss, at+"/paper", paper, noFile)
	if w.Code != 422 {
		t.Fatalf("approved on a paper that nobody sees: %d", w.Code)
	}
	tells(t, w.Body.String(), "Chụp ảnh bản đã ký.", "Phó Chủ tịch UBND xã")
	goes(t, s.sendLetter(t, boss, at+"/paper", paper, file{"ký.png", photo(t)}), at+"?note=campaign_approved")
	tells(t, s.shown(t, boss, at), "Duyệt trên giấy: Phó Chủ tịch UBND xã ký ngày 02/03/2026", "nhập lúc 16:58 05/03/2026", "Ảnh chụp bản đã ký")
	c, err := s.library.Get(k.ClipIDs[0])
	must(t, err)
	if c.Approval == nil || c.Approval.Paper == nil || c.Approval.Paper.Signer != "Phó Chủ tịch UBND xã" || c.Letter.Number != "12/CV-CAX" {
		t.Errorf("its clip is approved as %+v", c.Approval)
	}
}
