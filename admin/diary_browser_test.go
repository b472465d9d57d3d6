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

// The pages that officials and technicians look at, on a phone and on a laptop: nothing wider than the screen, nothing
// lower than a thumb, nothing that an aid for the blind stumbles over.
func TestBrowserReadsDiaryLookupAndSettings(t *testing.T) {
	axe, err := os.ReadFile("web/node_modules/axe-core/axe.min.js")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skip("axe-core is missing: make build fetches it")
	}
	s := newStation(t)
	s.week(t)
	base, _ := s.start(t)
	for _, width := range []int64{360, 1366} {
		ctx := browser(t, width, 768)
		link, err := s.accounts.NewLink("station")
		must(t, err)
		must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
		for _, path := range []string{"/diary?from=2026-03-02&until=2026-03-08", "/diary/1-1", "/diary/check", "/lookup?day=2026-03-02&time=05:10",
			"/settings?saved=quiet&at=10:32&tone=rehearsal:1", "/settings/label"} {
			t.Run(fmt.Sprint(width, path), func(t *testing.T) {
				must(t, chromedp.Do(ctx, chromedp.Navigate(base+path)))
				evaluate[bool](ctx, t, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
				if evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
					t.Error("the page is wider than the screen")
				}
				if low := evaluate[string](ctx, t, `[...document.querySelectorAll("main button, main select, main input, main summary, main a.line, main .spans a, main .all")]
					.filter(e => e.offsetParent && (e.type == "checkbox" ? e.closest("label") : e).getBoundingClientRect().height < 48).map(e => e.outerHTML).join(" ")`); low != "" {
					t.Errorf("lower than a thumb needs: %s", low)
				}
				if said := axeSays(ctx, t, string(axe)); said != "well" {
					t.Errorf("axe: %s", said)
				}
				if strings.HasPrefix(path, "/lookup") {
					// Whoever copies the draft of a reply must get all of it, without the clipboard that plain HTTP has not.
					if all := evaluate[bool](ctx, t, `document.querySelector("[data-copy]").click(), (e => e.value.length > 100 && e.selectionEnd - e.selectionStart == e.value.length)(document.activeElement)`); !all {
						t.Error("the draft is not selected")
					}
				}
				if from := evaluate[string](ctx, t, `performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith(location.origin)).join(" ")`); from != "" {
					t.Errorf("asked elsewhere: %s", from)
				}
			})
		}
	}
}

// axeSays is what axe-core finds serious or critical on the page that is shown, "well" when that is nothing.
func axeSays(ctx context.Context, t *testing.T, axe string) string {
	t.Helper()
	evaluate[bool](ctx, t, axe+"; true")
	evaluate[bool](ctx, t, `window.axeSaid = "", axe.run().then(r => { window.axeSaid = r.violations.filter(v => v.impact == "serious" || v.impact == "critical")
		.map(v => v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).slice(0, 3).join(" | ")).join("; ") || "well" }, e => { window.axeSaid = "failed: " + e }), true`)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if said := evaluate[string](ctx, t, `window.axeSaid`); said != "" {
			return said
		}
	}
	return "axe-core does not answer"
}

// The whole way of an official: the button, the plain result, and back to a diary that remembers it.
func TestBrowserReconciles(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t)
	base, _ := s.start(t)
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link)), chromedp.Navigate(base+"/diary")))
	evaluate[bool](ctx, t, `document.querySelector('form[action="/diary/check"] button').click(), true`) // where it stands the bar may lie over it
	waitText(ctx, t, ".verdict", "KHỚP")
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/diary")))
	waitText(ctx, t, "#check", "khớp")
	if !strings.Contains(strings.Join(s.acts(t), "\n"), "reconcile") {
		t.Error("it is not on record")
	}
}

// Saved by a click, the group says so, and a reload does not say it again.
func TestBrowserSavesOneGroup(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t)
	base, _ := s.start(t)
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link)), chromedp.Navigate(base+"/settings")))
	press(ctx, t, "#set-rules > summary")
	evaluate[bool](ctx, t, `document.querySelector('[name="lateness_s"]').value = "15", true`)
	press(ctx, t, "#set-rules form > button")
	waitText(ctx, t, "#set-rules .saved", "Đã lưu lúc 16:58")
	if got := s.rules.Settings().LatenessS; got != 900 {
		t.Errorf("stored: %d s", got)
	}
	waitTrue(ctx, t, `location.search == ""`) // the script has forgotten it
	must(t, chromedp.Do(ctx, chromedp.Reload()))
	waitText(ctx, t, "h1", "Cài đặt")
	if evaluate[bool](ctx, t, `document.querySelector("#set-rules .saved") !== null`) {
		t.Error("a reload says again that it was saved")
	}
}
