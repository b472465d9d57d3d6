package admin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/page/frame"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// send sends a form as a signed-in browser does.
func (s *station) send(cookie *http.Cookie, path string, v url.Values) *httptest.ResponseRecorder {
	return s.ask("POST", path, "", v.Encode(), func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	})
}

// says wants all of some words on a page.
func says(t *testing.T, html string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(html, word) {
			t.Errorf("the page does not say %q", word)
		}
	}
}

// daily is a programme of the station at 17:00 and 17:30, with its playlist.
func (s *station) daily(t testing.TB) schedule.Programme {
	t.Helper()
	l, err := s.rules.PutPlaylist("user:cán bộ", schedule.Playlist{Title: "Bản tin", Items: []schedule.Item{{ClipID: "c-1"}}})
	must(t, err)
	p, err := s.rules.PutProgramme("user:cán bộ", schedule.Programme{Title: "Bản tin chiều", PlaylistID: l.ID,
		When: &schedule.When{Form: schedule.FormDaily, Times: []string{"17:00", "17:30"}}})
	must(t, err)
	return p
}

// filled is the form of a programme at some times every day, with one clip.
func filled(title, times string) url.Values {
	return url.Values{"title": {title}, "what": {"c:c-1"}, "form": {"daily"}, "times": {times}, "class": {"ordinary"}, "volume": {"80"}, "do": {"save"}}
}

// occurrenceAt is the address of an occurrence.
func occurrenceAt(p schedule.Programme, at time.Time) string {
	return "/schedule/occurrence/" + url.PathEscape(p.ID+"@"+at.Format(time.RFC3339))
}

// scheduleSamples gives an address for every page of the calendar whose path has parameters.
func (s *station) scheduleSamples(t testing.TB) map[string]string {
	t.Helper()
	if len(s.rules.Programmes()) == 0 {
		s.daily(t)
	}
	p, day := s.rules.Programmes()[0], s.clock().AddDate(0, 0, 1)
	at := occurrenceAt(p, time.Date(day.Year(), day.Month(), day.Day(), 17, 0, 0, 0, hanoi))
	return map[string]string{"/schedule/:id": "/schedule/" + p.ID, "/schedule/occurrence/:id": at,
		"/schedule/from/:id": strings.Replace(at, "occurrence", "from", 1), "/schedule/why/:id": strings.Replace(at, "occurrence", "why", 1)}
}

// The week joins what the log knows of the past with what the plan expects: a day that failed must not look like one that
// is still to come.
func TestWeekShowsOutcomesAndPlan(t *testing.T) {
	s := newStation(t) // Thursday, 5 March 2026, 16:58
	cookie := s.session(t)
	s.daily(t)
	past := time.Date(2026, 3, 3, 17, 0, 0, 0, hanoi)
	must2(t)(s.playlog.Append("station", evidence.OutcomeBody{Broadcast: "p-9@" + past.Format(time.RFC3339), Occurrence: "p-9@" + past.Format(time.RFC3339),
		Why: "scheduled", Programme: "p-9", Title: "Bản tin hôm kia", Class: "ordinary", Due: evidence.Time{Time: past}, Outcome: evidence.Missed, Reason: "power_cut"}))
	html := s.page(t, cookie, "/schedule")
	says(t, html, "Tuần 02/03 – 08/03/2026", "Bản tin hôm kia", "không phát", "Bản tin chiều", "đã lên lịch", "Vì sao?", "âm 17/1", "aria-current=\"true\"")
	if strings.Count(html, `data-occurrence="`) != 8 { // Thursday to Sunday, twice a day; what is over cannot be dragged
		t.Errorf("%d broadcasts can be dragged, want 8", strings.Count(html, `data-occurrence="`))
	}
	says(t, s.page(t, cookie, "/schedule?day=2026-03-03"), "Thứ Ba, 03/03/2026", "mất điện")
	next := s.page(t, cookie, "/schedule?day=2026-03-12")
	says(t, next, "Tuần 09/03 – 15/03/2026")
	if strings.Contains(next, "Bản tin hôm kia") || strings.Contains(next, "part=week") {
		t.Error("another week shows this one's broadcasts, or moves with them")
	}
	why := s.page(t, cookie, "/schedule/why/"+url.PathEscape("p-9@"+past.Format(time.RFC3339)))
	says(t, why, "mất điện", "Theo nhật ký phát thanh", "Buổi nào được phát trước?")
	if w := s.ask("GET", "/schedule?day=yesterday", "", "", func(r *http.Request) { r.AddCookie(cookie) }); w.Code != http.StatusBadRequest {
		t.Errorf("a day that is none: %d", w.Code)
	}
}

// Without scripts the form previews and saves; what is shown before saving is what the plan does after.
func TestProgrammeIsShownBeforeItIsSaved(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	s.daily(t)
	v := filled("Cảnh báo lừa đảo", "5h30, 17 giờ")
	v.Set("do", "preview")
	w := s.send(cookie, "/schedule/new", v)
	html := w.Body.String()
	says(t, html, "Mỗi ngày lúc 05:30 và 17:00.", "Thứ Sáu 06/03", "05:30", "Cần xem lại", "trùng", "21:00–06:00") // 17:00 meets the news
	if len(s.rules.Programmes()) != 1 || len(s.rules.Playlists()) != 1 {
		t.Fatal("a preview stored something")
	}
	v.Set("times", "11h, 18h15")
	live := s.send(cookie, "/schedule/preview", v).Body.String()
	says(t, live, "11:00 và 18:15", "Không trùng buổi nào")
	if strings.Contains(live, "<html") {
		t.Error("the part that is drawn anew is a whole page")
	}
	v.Set("do", "save")
	if w = s.send(cookie, "/schedule/new", v); w.Code != http.StatusSeeOther {
		t.Fatalf("saving: %d %s", w.Code, w.Body)
	}
	p := s.rules.Programmes()[1]
	if p.Title != "Cảnh báo lừa đảo" || p.VolumePercent != 80 || strings.Join(p.When.Times, " ") != "11:00 18:15" {
		t.Errorf("stored as %+v", p)
	}
	l, err := s.rules.Playlist(p.PlaylistID)
	if err != nil || l.Title != "Bản tin" { // the playlist that plays this clip and nothing else is used again
		t.Errorf("it plays %+v, %v", l, err)
	}
	says(t, s.page(t, cookie, w.Header().Get("Location")), "Đã lưu chương trình.", "Cảnh báo lừa đảo", "Mỗi ngày lúc 11:00 và 18:15.")
}

// A rule that cannot be read back cannot be checked by whoever entered it.
func TestCronThatCannotBeSaidIsRefused(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	v := filled("Rối", "")
	v.Set("form", "cron")
	v.Set("cron", "1,3,8,11,19,21,27,33,38,41,44,52,59 7 * * *")
	w := s.send(cookie, "/schedule/new", v)
	if w.Code != 422 || len(s.rules.Programmes()) != 0 || !strings.Contains(w.Body.String(), "không đọc lại được thành câu") {
		t.Errorf("%d, %d programmes", w.Code, len(s.rules.Programmes()))
	}
	v.Set("cron", "30 17 * * 1-5")
	if w = s.send(cookie, "/schedule/new", v); w.Code != http.StatusSeeOther {
		t.Errorf("a plain one: %d", w.Code)
	}
}

// A wrong hour entered by day is heard at 03:15: the times are named, and yes counts for just these.
func TestNightIsAskedAboutByItsTimes(t *testing.T) {
	s := newStation(t)
	set := s.rules.Settings()
	set.QuietHours = []schedule.DailySpan{}
	must2(t)(s.rules.PutSettings("station", set))
	cookie := s.session(t)
	v := filled("Đêm", "03:15")
	w := s.send(cookie, "/schedule/new", v)
	if w.Code != http.StatusPreconditionRequired || len(s.rules.Programmes()) != 0 {
		t.Fatalf("%d, %d programmes", w.Code, len(s.rules.Programmes()))
	}
	html := w.Body.String()
	says(t, html, "03:15, Thứ Sáu 06/03/2026: Đêm", "Đúng, phát cả ban đêm", `value="Đêm"`)
	seen := between(html, `name="seen" value="`, `"`)
	v.Set("do", "night")
	v.Set("seen", seen)
	v.Set("times", "02:00") // changed after the question
	if w = s.send(cookie, "/schedule/new", v); w.Code != http.StatusPreconditionRequired {
		t.Errorf("yes to 03:15 was taken for 02:00: %d", w.Code)
	}
	v.Set("times", "03:15")
	if w = s.send(cookie, "/schedule/new", v); w.Code != http.StatusSeeOther {
		t.Errorf("a second yes: %d %s", w.Code, w.Body)
	}
	// Brought back from a pause it sounds at night again.
	p := s.rules.Programmes()[0]
	to := s.send(cookie, "/schedule/"+p.ID+"/pause", nil).Header().Get("Location")
	says(t, s.page(t, cookie, to), "Đã tạm dừng", "Hoàn tác")
	if w = s.send(cookie, "/schedule/"+p.ID+"/resume", nil); w.Code != http.StatusPreconditionRequired || !strings.Contains(w.Body.String(), "03:15, Thứ Sáu") {
		t.Errorf("resuming: %d", w.Code)
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// Two people edit one programme: the second is told what the first changed, and keeps what was typed.
func TestSecondEditorIsTold(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	p := s.daily(t)
	v := filled("Bản tin của người thứ hai", "18:00")
	v.Set("rev", fmt.Sprint(p.Revision))
	v.Set("what", "l:"+p.PlaylistID)
	first := p
	first.Title = "Bản tin của người thứ nhất"
	must2(t)(s.rules.PutProgramme("user:lanh dao", first))
	w := s.send(cookie, "/schedule/"+p.ID, v)
	html := w.Body.String()
	if w.Code != http.StatusConflict {
		t.Fatalf("%d %s", w.Code, html)
	}
	says(t, html, "Người khác vừa đổi chương trình này", "Bản tin của người thứ nhất", `value="Bản tin của người thứ hai"`, `value="18:00"`)
	v.Set("rev", between(html, `name="rev" value="`, `"`))
	if w = s.send(cookie, "/schedule/"+p.ID, v); w.Code != http.StatusSeeOther {
		t.Fatalf("saving after that: %d %s", w.Code, w.Body)
	}
	if got := s.rules.Programmes()[0]; got.Title != "Bản tin của người thứ hai" || got.When.Times[0] != "18:00" {
		t.Errorf("stored as %+v", got)
	}
}

func TestOneOccurrenceIsMovedCancelledRestored(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	p := s.daily(t)
	at := time.Date(2026, 3, 6, 17, 0, 0, 0, hanoi)
	path := occurrenceAt(p, at)
	says(t, s.page(t, cookie, path+"?to=2026-03-07T09:00"), `value="2026-03-07"`, `value="09:00"`, "Chưa có gì thay đổi", "Chỉ buổi này", "Từ buổi này về sau")
	w := s.send(cookie, path, url.Values{"date": {"2026-03-07"}, "time": {"9h"}, "what": {"l:" + p.PlaylistID}, "volume": {"60"}, "scope": {"one"}, "do": {"save"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("moving: %d %s", w.Code, w.Body)
	}
	e := s.rules.Programmes()[0].Exceptions
	if len(e) != 1 || !e[0].To.Equal(time.Date(2026, 3, 7, 9, 0, 0, 0, hanoi)) || e[0].VolumePercent != 60 || e[0].PlaylistID != "" {
		t.Fatalf("exceptions %+v", e)
	}
	says(t, s.page(t, cookie, w.Header().Get("Location")), "Đã đổi riêng buổi này", "Hoàn tác", "09:00")
	if w = s.send(cookie, path, url.Values{"date": {"2026-03-01"}, "time": {"9h"}, "what": {"l:" + p.PlaylistID}, "volume": {"60"}, "scope": {"one"}, "do": {"save"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "Không dời về lúc đã qua") || !strings.Contains(w.Body.String(), `value="9h"`) {
		t.Errorf("into the past: %d", w.Code)
	}
	p = s.rules.Programmes()[0]
	w = s.send(cookie, path, url.Values{"date": {"2026-03-07"}, "time": {"10h"}, "what": {"l:" + p.PlaylistID}, "volume": {"60"}, "scope": {"one"}, "rev": {"1"}, "do": {"save"}})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Người khác vừa đổi buổi này") || !strings.Contains(w.Body.String(), `value="10h"`) {
		t.Errorf("a form of before somebody else's change: %d", w.Code)
	}
	w = s.send(cookie, path+"/cancel", nil)
	html := s.page(t, cookie, w.Header().Get("Location"))
	says(t, html, "Buổi này sẽ không phát.", "đã hủy", "/restore")
	w = s.send(cookie, path+"/restore", nil)
	if len(s.rules.Programmes()[0].Exceptions) != 0 {
		t.Errorf("taken back: %d, %+v stay", w.Code, s.rules.Programmes()[0].Exceptions)
	}
	s.pass(10 * time.Minute) // it is 17:08
	if w = s.send(cookie, occurrenceAt(p, time.Date(2026, 3, 5, 17, 0, 0, 0, hanoi))+"/cancel", nil); w.Code != http.StatusConflict && w.Code != http.StatusNotFound {
		t.Errorf("cancelling what is over: %d", w.Code)
	}
}

// "From this one on" shows the whole new rule, filled in, and never leaves a gap or a double.
func TestFromThisOneOn(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	p := s.daily(t)
	at := time.Date(2026, 3, 6, 17, 0, 0, 0, hanoi)
	w := s.send(cookie, occurrenceAt(p, at), url.Values{"date": {"2026-03-06"}, "time": {"18:30"}, "what": {"l:" + p.PlaylistID}, "volume": {"50"}, "scope": {"from"}, "do": {"save"}})
	to := w.Header().Get("Location")
	html := s.page(t, cookie, to)
	says(t, html, "Từ buổi 17:00, Thứ Sáu 06/03/2026 về sau", `name="times" value="18:30, 17:30"`, `name="volume" min="1" max="100" value="50"`, "17:30 và 18:30")
	v := filled("Bản tin chiều", "17:30, 18:30")
	v.Set("what", "l:"+p.PlaylistID)
	path, _, _ := strings.Cut(to, "?")
	if w = s.send(cookie, path, v); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	list := s.rules.Programmes()
	if len(list) != 2 || !list[0].EndsBefore.Equal(at) || !list[1].EffectiveFrom.Equal(at) {
		t.Fatalf("programmes %+v", list)
	}
	day := s.page(t, cookie, "/schedule?day=2026-03-06")
	if n := strings.Count(between(day, `id="day"`, "</section>"), "<time>"); n != 2 {
		t.Errorf("that day has %d broadcasts, want 2", n)
	}
}

func TestSpecialDaysOnThePage(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	s.daily(t)
	says(t, s.page(t, cookie, "/schedule/days?year=2027"), "Tết Nguyên đán", "05/02/2027 – 10/02/2027", "Bộ luật Lao động", "tra cứu ngày")
	w := s.send(cookie, "/schedule/days", url.Values{"name": {"Bảo trì"}, "from": {"6/3/2026"}, "use": {"off"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	says(t, s.page(t, cookie, "/schedule?day=2026-03-06"), "Bảo trì", "ngày nghỉ, không phát", "sẽ không phát")
	if w = s.send(cookie, "/schedule/days/mourning", url.Values{"from": {"2026-03-07"}, "until": {"2026-03-08"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("mourning: %d %s", w.Code, w.Body)
	}
	says(t, s.page(t, cookie, "/schedule/days"), "Đang có hiệu lực: Quốc tang", "07/03/2026 – 08/03/2026")
	w = s.send(cookie, "/schedule/days", url.Values{"name": {"Sai"}, "from": {"2026-03-09"}, "until": {"2026-03-08"}, "use": {""}})
	if w.Code != 422 {
		t.Errorf("a day that ends before it begins: %d", w.Code)
	}
	says(t, w.Body.String(), `value="Sai"`, "Ngày cuối đứng trước ngày đầu.")
	if w = s.send(cookie, "/schedule/days/d-1/delete", nil); w.Code != http.StatusSeeOther || len(s.rules.Days()) != 1 {
		t.Errorf("deleting: %d, %d days", w.Code, len(s.rules.Days()))
	}
}

// What people paste is shown as text or refused; it is never markup, and never lost.
func TestCalendarFormsTakeNothingForMarkup(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	p := s.daily(t)
	at := occurrenceAt(p, time.Date(2026, 3, 6, 17, 0, 0, 0, hanoi))
	for _, evil := range []string{`"><script>alert(1)</script>`, "a\x00b", "\u202egnas", "Tiếng Việt", strings.Repeat("x", 3000), "'--", "🔊"} {
		for _, path := range []string{"/schedule/new", "/schedule/" + p.ID, "/schedule/preview", "/schedule/days", "/schedule/days/mourning", at} {
			v := url.Values{"do": {"save"}}
			for _, f := range []string{"title", "what", "q", "form", "times", "weekday", "nth", "date", "every", "every_from", "lunar", "cron", "starts", "from", "until", "class", "volume",
				"late", "paused", "paused_until", "order", "schedule", "opening", "closing", "rev", "name", "use", "days", "before", "source", "time", "scope", "seen"} {
				v.Set(f, evil)
			}
			w := s.send(cookie, path, v)
			if w.Code >= 500 || strings.Contains(w.Body.String(), "<script>alert") {
				t.Errorf("%s with %.20q: %d", path, evil, w.Code)
			}
		}
	}
	if n := len(s.rules.Programmes()); n != 1 {
		t.Errorf("%d programmes were made of it", n-1)
	}
	big := url.Values{"title": {strings.Repeat("x", 1<<20)}}
	if w := s.send(cookie, "/schedule/new", big); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a megabyte: %d", w.Code)
	}
	for _, path := range []string{"/schedule/p-99", "/schedule/occurrence/p-1@nonsense", "/schedule/why/" + url.PathEscape("p-9@2026-03-06T17:00:00+07:00"), "/schedule/from/x"} {
		if w := s.ask("GET", path, "", "", func(r *http.Request) { r.AddCookie(cookie) }); w.Code != 404 && w.Code != 400 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestInspectorReadsTheCalendarAndChangesNothing(t *testing.T) {
	s := newStation(t)
	p := s.daily(t)
	token := s.token(t, account.Inspector)
	for _, path := range []string{"/schedule", "/schedule/programmes", "/schedule/days?year=2027", "/schedule/" + p.ID, occurrenceAt(p, time.Date(2026, 3, 6, 17, 0, 0, 0, hanoi))} {
		for _, lang := range []string{"vi", "en"} {
			w := s.ask("GET", path, token, "", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: frame.LanguageCookie, Value: lang}) })
			html := between(w.Body.String(), "<main", "</main>")
			if w.Code != http.StatusOK || strings.Contains(html, "<button") || strings.Contains(html, `draggable="true"`) {
				t.Errorf("%s: %d, with buttons or dragging", path, w.Code)
			}
			if i := strings.Index(html, "schedule."); i >= 0 {
				t.Errorf("%s in %s shows the name of a text: %s", path, lang, html[i:min(i+40, len(html))])
			}
		}
	}
}
