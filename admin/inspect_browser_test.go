package admin

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	devtools "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"loaxa/player"
	"loaxa/player/playlog/evidence"
)

// bothSizes runs a test on a phone and on a laptop, side by side.
func bothSizes(t *testing.T, run func(t *testing.T, width, height int64)) {
	t.Helper()
	for _, size := range []struct{ width, height int64 }{{360, 800}, {1366, 768}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			t.Parallel()
			run(t, size.width, size.height)
		})
	}
}

// For a funeral the commune wants silence until the evening: every page says until when and why, and one press ends it.
func TestBrowserHoldsTheStationUntilATimeAndReleasesIt(t *testing.T) {
	t.Parallel()
	bothSizes(t, func(t *testing.T, width, height int64) {
		ctx := browser(t, width, height)
		s := newStation(t)
		base, _ := s.start(t)
		s.signedIn(ctx, t, base, "/")
		press(ctx, t, `details:has(form[action="/hold"]) > summary`)
		fill(ctx, t, map[string]string{"for": "3h", "reason": "lễ tang"})
		press(ctx, t, `form[action="/hold"] button`)
		waitText(ctx, t, "#state", "TẠM NGỪNG")
		waitText(ctx, t, "#state", "đến 19:58 05/03/2026")
		waitText(ctx, t, "#state", "lễ tang")
		if h := s.player.Now().Hold; h == nil || !h.Until.Equal(s.clock().Add(3*time.Hour)) {
			t.Errorf("on hold: %+v", h)
		}
		must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/schedule")))
		waitText(ctx, t, "#station", "TẠM NGỪNG")
		must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/")))
		press(ctx, t, `form[action="/release"] button`)
		waitText(ctx, t, "#state", "ĐANG NGHỈ")
		if s.player.Now().Hold != nil {
			t.Error("the page says that it is over, the player keeps silent")
		}
		s.player.show(func(p *player.Snapshot) { p.Hold = &player.HoldOrder{By: "user:lanh-dao", Since: s.clock()} })
		waitText(ctx, t, "#state", "TẠM NGỪNG") // somebody else's order comes by itself
	})
}

// changing lists what a page offers that would change something: forms and buttons that post anywhere but to the ways in and
// out, the language, the reconciliation, which only reads, and the making of a report; choices of files; what can be dragged.
const changing = `[...document.querySelectorAll("form"), ...document.querySelectorAll("[formaction], [hx-post], [hx-put], [hx-patch], [hx-delete], input[type=file], [draggable=true], [contenteditable]")]
	.filter(e => e.tagName != "FORM" || e.method == "post" && !["/signin", "/code", "/account/session", "/signout", "/language", "/diary/check", "/reports/make"].includes(e.getAttribute("action")))
	.map(e => e.outerHTML.replace(/\s+/g, " ").slice(0, 200)).join("\n")`

// An official who comes to check gets a code for a day, sees what was played, looks a complaint up and takes the record along;
// on no page is there anything that would change what the official came to see.
func TestBrowserInspectorSeesEverythingAndCanChangeNothing(t *testing.T) {
	t.Parallel()
	bothSizes(t, func(t *testing.T, width, height int64) {
		s := newStation(t)
		s.week(t)
		base, _ := s.start(t)
		addresses := s.walk(t)
		boss := browserFor(t, width, height, 6*time.Minute)
		s.signedIn(boss, t, base, "/users")
		if offered := evaluate[string](boss, t, changing); !strings.Contains(offered, "/users/add") {
			t.Fatalf("the question does not find what an administrator may change: %q", offered)
		}
		evaluate[bool](boss, t, `document.querySelector('form[action="/users/visit"] [name=name]').value = "Đoàn kiểm tra huyện", true`)
		press(boss, t, `form[action="/users/visit"] button`)
		waitText(boss, t, "#content", "Đoàn kiểm tra huyện")
		code := strings.TrimSpace(evaluate[string](boss, t, `document.getElementById("code").innerText`))

		ctx := browserFor(t, width, height, 6*time.Minute)
		must(t, chromedp.Do(ctx, chromedp.Navigate(base)))
		fill(ctx, t, map[string]string{"code": strings.ToLower(code)})
		press(ctx, t, `form[action="/code"] button`)
		waitText(ctx, t, "#state", "ĐANG NGHỈ")
		if evaluate[bool](ctx, t, `!!document.querySelector("button.stop, .urgent-link")`) {
			t.Error("an inspector is shown DỪNG or the emergency")
		}
		s.offersNothing(ctx, t, base, addresses)

		must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/diary?from=2026-03-02&until=2026-03-08")))
		waitText(ctx, t, "#list", "Cảnh báo lừa đảo")
		press(ctx, t, `form[action="/diary/check"] button`)
		waitText(ctx, t, ".verdict", "Lúc 16:58:20")
		must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/lookup?day=2026-03-02&time=05:10")))
		waitText(ctx, t, "main", "Bản tin sáng")
		must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/diary?from=2026-03-02&until=2026-03-08")))
		exported(ctx, t)
		acts := strings.Join(s.acts(t), "\n")
		for _, want := range []string{"visit:Đoàn kiểm tra huyện | sign_in | code | done", "visit:Đoàn kiểm tra huyện | export"} {
			if !strings.Contains(acts, want) {
				t.Errorf("on record is no %q:\n%s", want, acts)
			}
		}
	})
}

// offersNothing goes through all pages as whoever is signed in and wants nothing on them that changes anything.
func (s *station) offersNothing(ctx context.Context, t *testing.T, base string, addresses []string) {
	t.Helper()
	var open []string
	for _, address := range addresses {
		answer, err := chromedp.RunResponse(ctx, chromedp.Navigate(base+address))
		must(t, err)
		if answer.Status == http.StatusOK {
			open = append(open, address)
		} else if answer.Status != http.StatusForbidden {
			t.Errorf("%s: %d", address, answer.Status)
		}
		if offered := evaluate[string](ctx, t, changing); offered != "" {
			t.Errorf("%s offers to change something:\n%s", address, offered)
		}
		if evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
			t.Errorf("%s is wider than the screen", address)
		}
	}
	for _, want := range []string{"/", "/schedule", "/clips", "/campaigns", "/playlists", "/diary", "/lookup", "/settings", "/help", "/help/officials"} {
		if !slices.Contains(open, want) {
			t.Errorf("%s is closed to who came to check; open are %v", want, open)
		}
	}
}

// exported presses the diary's export and wants a file whose records are signed.
func exported(ctx context.Context, t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	_, err := chromedp.CallBrowser(ctx, devtools.SetDownloadBehavior, devtools.SetDownloadBehaviorParams{Behavior: devtools.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}) //nolint:misspell // the browser's word
	must(t, err)
	press(ctx, t, `form[action="/diary/export"] button`)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		names, err := filepath.Glob(filepath.Join(dir, "*.loaxa")) // under another name until it is whole
		must(t, err)
		if len(names) == 0 {
			continue
		}
		content, err := os.ReadFile(names[0])
		must(t, err)
		export, err := evidence.OpenExport(bytes.NewReader(content), int64(len(content)))
		must(t, err)
		report, err := evidence.Verify(export, evidence.VerifyOptions{})
		must(t, err)
		if report.Size == 0 || report.Signed != report.Size { // these outcomes were put on record without a plan, which it finds, too
			t.Errorf("what the inspector takes along does not hold what was signed: %+v", report)
		}
		return
	}
	t.Fatal("the export does not come")
}
