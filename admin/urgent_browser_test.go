package admin

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/admin/api"
	"loaxa/player"
)

// fits fails where a page is wider than the window, or a thumb would miss something.
func fits(ctx context.Context, t *testing.T, path string) {
	t.Helper()
	if evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
		t.Errorf("%s is wider than the window", path)
	}
	if low := evaluate[string](ctx, t, `[...document.querySelectorAll("main button, main select, main input, main summary, main .button, main audio")]
		.filter(e => e.offsetParent && (["checkbox", "radio"].includes(e.type) ? e.closest("label") : e).getBoundingClientRect().height < 48).map(e => e.outerHTML).join(" ")`); low != "" {
		t.Errorf("%s: lower than a thumb needs: %s", path, low)
	}
}

// waitFor waits until an expression is true in the page; while a page gives way to the next there is nothing to ask.
func waitFor(ctx context.Context, t *testing.T, what, expression string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
	}
	t.Fatalf("%s: not true: %s", what, expression)
}

// Somebody speaks into the phone: the recording is heard before it is sent, named before it sounds, and runs with its end
// and DỪNG on the same page.
func TestBrowserEmergencyByVoice(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t)
	base, _ := s.start(t)
	memo := filepath.Join(t.TempDir(), "noi-tu-dien-thoai.wav")
	must(t, os.WriteFile(memo, tone(500), 0o600))
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
	press(ctx, t, ".urgent-link a")
	waitFor(ctx, t, "the emergency page", `!!document.querySelector("#urgent input[capture]")`)
	fits(ctx, t, "/emergency")
	must(t, chromedp.Do(ctx, chromedp.SetUploadFiles("#urgent input[capture]", []string{memo})))
	// The policy must let the recording be heard: with a refusal the length never becomes known.
	waitFor(ctx, t, "the preview", `(() => { const a = document.querySelector("#listen audio"); a.preload = "metadata"; return !document.querySelector("#listen").hidden && a.src.startsWith("blob:") && a.duration > 0.9; })()`)
	press(ctx, t, ".pick input")
	press(ctx, t, "#urgent button.urgent")
	waitText(ctx, t, "h1", "Sắp phát ra loa")
	fits(ctx, t, "/emergency/review")
	if text := evaluate[string](ctx, t, `document.querySelector("main").innerText`); !strings.Contains(text, "Bão, lũ, sạt lở") || !strings.Contains(text, "Toàn bộ loa") {
		t.Errorf("before it sounds the page says %q", text)
	}
	if evaluate[bool](ctx, t, `scrollTo(0, 0), document.querySelector("form[action='/emergency'] button").getBoundingClientRect().bottom > document.querySelector("nav.bar").getBoundingClientRect().top`) {
		t.Error("PHÁT NGAY cannot be seen without scrolling")
	}
	if len(s.player.asked) > 0 {
		t.Fatal("it sounded before the person said so")
	}
	waitFor(ctx, t, "the sound as it will be played", `document.querySelector("main audio").duration > 0.9`)
	s.player.show(func(p *player.Snapshot) {
		p.State = player.Playing
		p.OnAir = &player.OnAir{Broadcast: "emergency:1", Kind: player.Emergency, Title: "Tin khẩn cấp", Due: s.clock(), Started: s.clock(), Length: 30 * time.Minute, Ends: s.clock().Add(30 * time.Minute), Items: 1}
	})
	press(ctx, t, "form[action='/emergency'] button.urgent")
	waitText(ctx, t, "#emergency-now", "Kết thúc chậm nhất lúc")
	if len(s.player.asked) != 1 || s.player.asked[0].Reason != "Bão, lũ, sạt lở" || s.player.asked[0].For != 30*time.Minute {
		t.Errorf("asked %+v", s.player.asked)
	}
	press(ctx, t, "form[action='/extend'] button")
	waitText(ctx, t, ".notice.ok", "Đã kéo dài")
	waitFor(ctx, t, "still the emergency page", `location.pathname == "/emergency"`)
	press(ctx, t, "#emergency-now button.stop")
	waitText(ctx, t, ".notice.ok", "Đã dừng")
	if s.player.Now().OnAir != nil {
		t.Error("DỪNG does not stop it")
	}
}

// The pages of the first day at both sizes: nothing scrolls sideways, nothing is too small for a thumb.
func TestBrowserFirstDayFits(t *testing.T) {
	for _, size := range [][2]int64{{360, 800}, {1366, 768}} {
		ctx := browser(t, size[0], size[1])
		s := newStation(t)
		base, _ := s.start(t)
		link, err := s.accounts.NewLink("station")
		must(t, err)
		must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
		for _, path := range append([]string{"/start", "/emergency"}, helpPages...) {
			must(t, chromedp.Do(ctx, chromedp.Navigate(base+path)))
			waitFor(ctx, t, path, `!!document.querySelector("nav.bar") && document.styleSheets.length > 1`)
			evaluate[bool](ctx, t, `[...document.querySelectorAll("main details")].every(d => d.open = true)`)
			fits(ctx, t, path)
			if foreign := evaluate[string](ctx, t, `performance.getEntriesByType("resource").map(r => r.name).filter(n => !n.startsWith(location.origin)).join(" ")`); foreign != "" {
				t.Errorf("%s asks another origin: %s", path, foreign)
			}
		}
	}
}
