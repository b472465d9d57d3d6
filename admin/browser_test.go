package admin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/admin/api"
)

// browser starts Chromium with a profile of its own and a window of that size, for two minutes at most; without Chromium
// the test is skipped by name.
func browser(t testing.TB, width, height int64) context.Context {
	t.Helper()
	return browserFor(t, width, height, 2*time.Minute)
}

// browserFor is browser for a test that takes longer.
func browserFor(t testing.TB, width, height int64, most time.Duration) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser: runs without -short")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("chromium is missing")
		}
		t.Skip("chromium is missing")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-gpu", true))
	limited, cancel := context.WithTimeout(t.Context(), most)
	t.Cleanup(cancel)
	alloc, cancel := chromedp.NewExecAllocator(limited, opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, height))) // the window itself cannot be as narrow as a phone
	return ctx
}

// evaluate is the value of an expression in the page.
func evaluate[T any](ctx context.Context, t testing.TB, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	must(t, err)
	return v
}

// evaluateAsync is what the promise of an expression in the page ends with.
func evaluateAsync(ctx context.Context, t testing.TB, expression string) string {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	must(t, err)
	return v
}

// press presses what a selector shows. A live part may draw it anew in that very moment: a finger does not notice, a reference
// to the old one would.
func press(ctx context.Context, t testing.TB, selector string) {
	t.Helper()
	expression := fmt.Sprintf(`(() => { const e = document.querySelector(%q); if (!e || !e.offsetParent) return false; e.click(); return true })()`, selector)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if done, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && done {
			return
		}
	}
	t.Fatalf("%s is not there to be pressed", selector)
}

// waitText waits until an element shows a text. While a page gives way to the next one there may be nothing to ask.
func waitText(ctx context.Context, t *testing.T, selector, text string) {
	t.Helper()
	expression := fmt.Sprintf("(document.querySelector(%q) || {innerText: ''}).innerText", selector)
	var got string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if got, err = chromedp.Run(ctx, chromedp.Evaluate[string](expression)); err == nil && strings.Contains(got, text) {
			return
		}
	}
	t.Fatalf("%s shows %q, not %q", selector, got, text)
}

func TestBrowserFollowsAndStops(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t)
	base, stop := s.start(t)
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
	s.onAir()
	waitText(ctx, t, "#state", "ĐANG PHÁT") // without a reload
	if clock := evaluate[string](ctx, t, `document.getElementById("clock").textContent`); !strings.HasPrefix(clock, "16:58:") {
		t.Errorf("the station's clock shows %s", clock) // the fake clock stands at 16:58:20, the page carries it on
	}
	if evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
		t.Error("the page is wider than a phone")
	}
	if low := evaluate[string](ctx, t, `[...document.querySelectorAll("button, select, input, summary")]
		.filter(e => e.offsetParent && (e.type == "checkbox" ? e.closest("label") : e).getBoundingClientRect().height < 48).map(e => e.outerHTML).join(" ")`); low != "" {
		t.Errorf("lower than a thumb needs: %s", low)
	}
	press(ctx, t, "button.stop")
	waitText(ctx, t, ".notice.ok", "Đã dừng")
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
	if s.player.Now().OnAir != nil {
		t.Error("the page says stopped, the player plays on")
	}
	// A lost connection must not leave ĐANG PHÁT standing.
	s.onAir()
	waitText(ctx, t, "#state", "ĐANG PHÁT")
	must(t, stop())
	waitText(ctx, t, "#lost:not([hidden])", "Mất kết nối")
	if evaluate[bool](ctx, t, `document.querySelector("#state").offsetParent !== null`) {
		t.Error("without a connection the state is still shown")
	}
}
