package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// What was not aired is told with its reason, and made up for at moments that are free.
func TestCampaignPageTellsAndMakesUp(t *testing.T) {
	s := newLetterStation(t)
	boss := s.token(t, account.Approver)
	k := s.bring(t, boss, file{"một.wav", tone(440)})
	s.letter(t, boss, k.ID, "06:30", "17:00")
	at := "/campaigns/" + k.ID
	shown := s.shown(t, boss, at)
	goes(t, s.sendLetter(t, boss, at+"/approve", url.Values{"rev": {hidden(t, shown, "rev")}, "seen": {hidden(t, shown, "seen")}}), at+"?note=campaign_approved")
	k, err := s.rules.Campaign(k.ID)
	must(t, err)
	s.pass(36 * time.Hour) // 7 March, 04:58
	at630 := time.Date(2026, 3, 6, 6, 30, 0, 0, hanoi)
	missed := k.Programme + "@" + at630.Format(time.RFC3339)
	s.outcome(t, missed, at630, evidence.OutcomeBody{Outcome: evidence.Missed, Reason: "power_cut", Programme: k.Programme})
	at17 := time.Date(2026, 3, 6, 17, 0, 0, 0, hanoi)
	s.outcome(t, k.Programme+"@"+at17.Format(time.RFC3339), at17, evidence.OutcomeBody{Outcome: evidence.Full, Output: "hardware", AiredMS: 1000, Programme: k.Programme})
	tells(t, s.shown(t, boss, "/campaigns"), "Phát được 1/60 buổi", "Sẽ thiếu 1 buổi", "đang chạy")
	tells(t, s.shown(t, boss, at), "06:30 Thứ Sáu 06/03/2026", "mất điện", "Thứ Sáu 06/03/2026, phát được 1, 1 không phát đủ", "Phát bù 1 buổi")
	page := s.shown(t, boss, at+"/makeups")
	offer := hidden(t, page, "at_0")
	if offer != "2026-03-07T06:45" { // 06:30 is its own
		t.Errorf("offered %q", offer)
	}
	form := url.Values{"of": {missed}, "take_0": {"1"}, "at_0": {"2026-03-07T22:00"}}
	w := s.sendLetter(t, boss, at+"/makeups", form)
	if w.Code != http.StatusPreconditionRequired {
		t.Errorf("a make-up at 22:00 was planned at once: %d", w.Code)
	}
	tells(t, w.Body.String(), "Đúng, phát bù cả trong giờ ngủ", "2026-03-07T22:00")
	w = s.sendLetter(t, boss, at+"/makeups", url.Values{"of": {missed}, "at_0": {offer}})
	tells(t, w.Body.String(), "Chọn ít nhất một buổi để bù.")
	form.Set("at_0", offer)
	goes(t, s.sendLetter(t, boss, at+"/makeups", form), at+"?note=campaign_makeups")
	if text := plain(s.shown(t, boss, at)); strings.Contains(text, "Phát bù 1 buổi") || strings.Contains(text, "Sẽ thiếu") {
		t.Errorf("it still is missing: %s", text)
	}
	goes(t, s.sendLetter(t, boss, at+"/pause", url.Values{"pause": {"yes"}}), at+"?note=campaign_paused")
	tells(t, s.shown(t, boss, at), "Đợt này đang tạm dừng", "Sẽ thiếu")
	goes(t, s.sendLetter(t, boss, at+"/pause", url.Values{"pause": {"no"}}), at+"?note=campaign_resumed")
	s.pass(28 * 24 * time.Hour) // the last day
	tells(t, s.shown(t, boss, at), "Trả lời công văn", "đã phát 1/", "ngày cuối", "/reply.docx", "/reply.pdf")
	// On its last day the answer goes back as a paper, for whoever may read.
	for ending, begins := range map[string]string{".docx": "PK", ".pdf": "%PDF-"} {
		if w := s.ask("GET", at+"/reply"+ending, s.token(t, account.Inspector), ""); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), begins) {
			t.Errorf("%s: %d %.80q", ending, w.Code, w.Body)
		}
		if w := s.ask("GET", "/campaigns/none/reply"+ending, boss, ""); w.Code != http.StatusNotFound {
			t.Errorf("of no campaign: %d", w.Code)
		}
	}
	if page := s.shown(t, s.token(t, account.Inspector), at); strings.Contains(page, "<form method=\"post\" action=\""+at) {
		t.Error("an inspector sees a button that would be refused")
	}
	goes(t, s.sendLetter(t, boss, at+"/close", nil), at+"?note=campaign_closed")
	tells(t, s.shown(t, boss, "/campaigns"), "Các đợt đã kết thúc (1)")
}

// A clip taken out by mistake comes back with one press; one of the library is added without sending anything.
func TestClipsOfACampaign(t *testing.T) {
	s := newLetterStation(t)
	op := s.token(t, account.Operator)
	k := s.bring(t, op, file{"một.wav", tone(440)}, file{"hai.wav", tone(550)})
	at := "/campaigns/" + k.ID
	one, two := k.ClipIDs[0], k.ClipIDs[1]
	ids := func() []string {
		now, err := s.rules.Campaign(k.ID)
		must(t, err)
		return now.ClipIDs
	}
	goes(t, s.sendLetter(t, op, at+"/clips", url.Values{"clip": {two}, "act": {"up"}}), at+"/files")
	if got := ids(); !slices.Equal(got, []string{two, one}) {
		t.Errorf("moved up: %v", got)
	}
	goes(t, s.sendLetter(t, op, at+"/clips", url.Values{"clip": {two}, "act": {"remove"}}), at+"/files?removed="+two)
	page := s.shown(t, op, at+"/files?removed="+two)
	tells(t, page, "Đã bỏ tệp ra khỏi đợt", "Hoàn tác")
	tells(t, s.shown(t, op, at+"/choose?q=HAI"), "hai") // searched without accents and case
	goes(t, s.sendLetter(t, op, at+"/choose", url.Values{"clip": {two, "c-none"}}), at+"/files")
	if got := ids(); !slices.Equal(got, []string{one, two}) {
		t.Errorf("chosen: %v", got)
	}
	goes(t, s.sendLetter(t, op, at+"/close", nil), "/campaigns?note=campaign_given_up")
	if page := s.shown(t, op, "/campaigns"); strings.Contains(page, at) {
		t.Error("a draft that was given up is still listed")
	}
	if w := s.sendLetter(t, op, at+"/clips", url.Values{"clip": {two}, "act": {"remove"}}); w.Code != http.StatusConflict {
		t.Errorf("a campaign that is over was changed: %d", w.Code)
	}
}

// A letter that nobody answers in time is the officer's fault in the district's eyes: the first page says when the answer
// is there, and when its day has passed.
func TestHomeSaysThatALetterCanBeAnswered(t *testing.T) {
	s := newLetterStation(t)
	token := s.token(t, account.Operator)
	clip := s.bring(t, token, file{"một.wav", tone(440)}).ClipIDs
	k, err := s.rules.PutCampaign("user:cán bộ", schedule.Campaign{Title: "Phòng chống lừa đảo", Agency: "Công an xã", Number: "12/CV-CAX", Date: "2026-03-01",
		ClipIDs: clip, Times: []string{"06:30"}, From: "2026-03-06", Until: "2026-03-08", ReportDue: "2026-03-10"})
	must(t, err)
	_, err = s.rules.ApproveCampaign("user:lãnh đạo", k.ID, k.Revision, schedule.Signature{})
	must(t, err)
	says := "Đã có báo cáo trả lời công văn “Phòng chống lừa đảo”"
	if strings.Contains(s.shown(t, token, "/"), says) {
		t.Error("the answer is offered before the first day")
	}
	for _, c := range []struct {
		day  int
		mark string
	}{{8, "warn"}, {11, "bad"}} {
		s.now = time.Date(2026, 3, c.day, 9, 0, 0, 0, hanoi)
		page := s.shown(t, token, "/")
		tells(t, page, says, "hạn gửi 10/03/2026")
		if !strings.Contains(page, `class="notice `+c.mark+`"><a class="all" href="/campaigns/`+k.ID+`"`) {
			t.Errorf("on the %dth the letter does not stand there as %s", c.day, c.mark)
		}
	}
}
