package admin

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/admin/api"
)

// signedIn opens a page of the station in a browser.
func (s *station) signedIn(ctx context.Context, t *testing.T, base, path string) {
	t.Helper()
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+path)))
}

// A broadcast that is dragged opens the form that can be filled in by hand, with the new time; only saving changes it.
func TestBrowserDragOpensTheForm(t *testing.T) {
	ctx := browser(t, 1366, 768)
	s := newStation(t)
	s.daily(t)
	base, _ := s.start(t)
	s.signedIn(ctx, t, base, "/schedule")
	waitText(ctx, t, ".week-grid", "Bản tin chiều")
	waitTrue(ctx, t, `document.querySelector(".day-list a.why").hasAttribute("data-htmx-powered")`) // before, it leads to a page
	press(ctx, t, `.day-list a.why`)
	waitText(ctx, t, ".why-here:not(:empty)", "Sẽ phát lúc 17:00 05/03/2026") // in its row, without leaving the page
	evaluate[bool](ctx, t, `(() => {
		const from = document.querySelector('[data-occurrence^="p-1@2026-03-06T17:30"]'), to = document.querySelector('td[data-day="2026-03-07"][data-hour="09"]');
		const data = new DataTransfer(), send = (on, type) => on.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: data}));
		send(from, "dragstart"); send(to, "dragover"); send(to, "drop"); send(from, "dragend"); return true })()`)
	waitText(ctx, t, "form.change", "Chưa có gì thay đổi")
	if got := evaluate[string](ctx, t, `document.querySelector("[name=date]").value + " " + document.querySelector("[name=time]").value`); got != "2026-03-07 09:30" {
		t.Errorf("the form holds %s", got)
	}
	if n := len(s.rules.Programmes()[0].Exceptions); n != 0 {
		t.Errorf("dragging alone made %d changes", n)
	}
	press(ctx, t, `form.change button[value="save"]`)
	waitText(ctx, t, ".notice.ok", "Đã đổi riêng buổi này")
	press(ctx, t, ".notice.ok button")
	waitText(ctx, t, ".notice.ok", "trở lại như lịch ban đầu")
	if n := len(s.rules.Programmes()[0].Exceptions); n != 0 {
		t.Errorf("after undoing, %d changes stay", n)
	}
}

// While somebody fills in the form, what would happen shows beside it without a press.
func TestBrowserPreviewsWhileTyping(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t)
	s.daily(t)
	base, _ := s.start(t)
	s.signedIn(ctx, t, base, "/schedule/new")
	waitText(ctx, t, "#preview", "Điền xong")
	must(t, chromedp.Do(ctx, chromedp.SetValue("#what", "l:l-1"), chromedp.SendKeys("[name=title]", "Tin trua"), chromedp.SendKeys("[name=times]", "11h")))
	waitText(ctx, t, "#preview", "Mỗi ngày lúc 11:00.")
	waitText(ctx, t, "#preview", "Không trùng buổi nào")
	evaluate[bool](ctx, t, `(document.getElementById("form-weekdays").click(), true)`)
	waitText(ctx, t, "#preview", "Chọn ít nhất một thứ")
	evaluate[bool](ctx, t, `(document.querySelector('[name=weekday][value="6"]').click(), true)`)
	waitText(ctx, t, "#preview", "Thứ Bảy")
	press(ctx, t, `.beside button[value="save"]`)
	waitText(ctx, t, ".notice.ok", "Đã lưu chương trình.")
}

// Every page of the calendar is usable by thumb and by those who do not see it, on both screens and in both languages; and
// the calendar's first load stays small.
func TestBrowserCalendarIsAccessible(t *testing.T) {
	axe, err := os.ReadFile("web/node_modules/axe-core/axe.min.js")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("axe-core is missing: ", err)
		}
		t.Skip("axe-core is missing")
	}
	for _, size := range []struct{ width, height int64 }{{360, 800}, {1366, 768}} {
		for _, lang := range []string{"vi", "en"} {
			t.Run(fmt.Sprint(lang, size.width), func(t *testing.T) { checkCalendar(t, string(axe), lang, size.width, size.height) })
		}
	}
}

func checkCalendar(t *testing.T, axe, lang string, width, height int64) {
	ctx := browser(t, width, height)
	s := newStation(t)
	p := s.daily(t)
	p.ID, p.Revision, p.Title = "", 0, "Thời sự và thông báo chiều" // it waits for the other
	p, err := s.rules.PutProgramme("user:cán bộ", p)
	must(t, err)
	base, _ := s.start(t)
	s.signedIn(ctx, t, base, "/schedule")
	if weight := evaluate[float64](ctx, t, `performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
		.filter(e => !e.name.includes("/events")).reduce((n, e) => n + e.encodedBodySize, 0)`); weight < 1000 || weight > 100<<10 {
		t.Errorf("the first load of the calendar takes %.0f bytes", weight)
	}
	evaluate[bool](ctx, t, `(document.cookie = "loaxa_language=`+lang+`; path=/", true)`)
	at := occurrenceAt(p, time.Date(2026, 3, 6, 17, 0, 0, 0, hanoi))
	for _, path := range []string{"/schedule", "/schedule/programmes", "/schedule/new?day=2026-03-08", "/schedule/" + p.ID, at + "?to=2026-03-07T09:00",
		strings.Replace(at, "occurrence", "from", 1), strings.Replace(at, "occurrence", "why", 1), "/schedule/days?year=2027"} {
		must(t, chromedp.Do(ctx, chromedp.Navigate(base+path)))
		s.checkPage(ctx, t, axe, path, lang, width)
	}
}

func (s *station) checkPage(ctx context.Context, t *testing.T, axe, path, lang string, width int64) {
	t.Helper()
	evaluate[bool](ctx, t, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
	if evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
		t.Errorf("%s is wider than %d", path, width)
	}
	if got := evaluate[string](ctx, t, `document.documentElement.lang`); got != lang {
		t.Errorf("%s is in %s, want %s", path, got, lang)
	}
	if low := evaluate[string](ctx, t, `[...document.querySelectorAll("main button, main select, main input, main summary, main textarea, main .pills label, main .why, main .all")]
		.filter(e => e.offsetParent && innerWidth < 960 && !e.closest(".hidden") && e.type != "radio" && e.type != "hidden" && e.getBoundingClientRect().height < 47.5).map(e => e.outerHTML).join(" ")`); low != "" {
		t.Errorf("%s: lower than a thumb needs: %s", path, low)
	}
	evaluate[bool](ctx, t, axe+`; true`)
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
		.filter(v => ["serious", "critical"].includes(v.impact)).map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html + " " + n.failureSummary).join(" | ")).join("\n"))`, chromedp.EvalAwaitPromise))
	must(t, err)
	if found != "" {
		t.Errorf("%s in %s at %d: %s", path, lang, width, found)
	}
}
