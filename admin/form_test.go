package admin

import (
	"bytes"
	"context"
	"html"
	"image/png"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"rsc.io/qr"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

const formAddress = "/phieu-dang-ky-khoa"

// named gives the station a name and a code, and the log a checkpoint.
func (s *station) named(t *testing.T, name, code string) {
	t.Helper()
	set := s.rules.Settings()
	set.StationName, set.StationCode = name, code
	_, err := s.rules.PutSettings("station", set)
	must(t, err)
	must2(t)(s.playlog.Checkpoint(t.Context()))
}

func TestKeyFormSaysWhatTheLogSays(t *testing.T) {
	s := newStation(t)
	s.named(t, "Đài truyền thanh xã An Lão", "TEST")
	w := s.ask("GET", formAddress, s.token(t, account.Operator), "")
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := w.Body.String()
	key := s.playlog.PublicKey()
	fingerprint, err := evidence.Fingerprint(key)
	must(t, err)
	cp, err := evidence.OpenCheckpoint(s.playlog.LatestCheckpoint(), key)
	must(t, err)
	text := plain(page)
	for _, want := range []string{"Đài truyền thanh xã An Lão", "loaxa/TEST/box/1", key, fingerprint, cp.Root.String(), "16:58 ngày 05/03/2026",
		"Số bản ghi " + strconv.FormatInt(cp.Size, 10), "CÔNG AN XÃ NHẬN"} {
		if !strings.Contains(text, want) {
			t.Errorf("the form does not say %q:\n%s", want, text)
		}
	}
	drawn := drawings(t, page)
	if len(drawn) != 2 {
		t.Fatalf("%d QR codes, want 2", len(drawn))
	}
	for i, want := range []string{key, string(s.playlog.LatestCheckpoint())} {
		if diff := differs(t, want, drawn[i].black, drawn[i].side); diff != 0 {
			t.Errorf("QR code %d: %d modules are not those of %q", i, diff, want)
		}
	}
	// Control: the comparison tells codes apart that hold another text of the same length.
	if differs(t, strings.Replace(key, "TEST", "TESU", 1), drawn[0].black, drawn[0].side) == 0 {
		t.Error("the comparison takes any code")
	}
	if strings.Contains(page, "KHÔNG DÙNG ĐỂ ĐĂNG KÝ") {
		t.Error("a real station's form says that it is a demonstration")
	}
}

// plain is the text of a page, with the spaces of its layout made one.
func plain(page string) string {
	page = strings.ReplaceAll(page, "<wbr>", "")
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	return strings.Join(strings.Fields(html.UnescapeString(page)), " ")
}

// drawing is a QR code as an SVG path draws it.
type drawing struct {
	side  int
	black func(x, y int) bool
}

func drawings(t *testing.T, page string) []drawing {
	t.Helper()
	var out []drawing
	for _, m := range regexp.MustCompile(`viewBox="0 0 (\d+) \d+"[^>]*><path d="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		side, err := strconv.Atoi(m[1])
		must(t, err)
		set := make(map[[2]int]bool)
		for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(m[2], -1) {
			var n [4]int
			for i := range n {
				n[i], err = strconv.Atoi(run[i+1])
				must(t, err)
			}
			if n[2] != n[3] {
				t.Fatalf("%s is no rectangle", run[0])
			}
			for x := n[0]; x < n[0]+n[2]; x++ {
				set[[2]int{x, n[1]}] = true
			}
		}
		out = append(out, drawing{side, func(x, y int) bool { return set[[2]int{x, y}] }})
	}
	return out
}

// differs counts the modules of a picture, with its border of four, that are not those of text.
func differs(t *testing.T, text string, black func(x, y int) bool, side int) (n int) {
	t.Helper()
	want, err := qr.Encode(text, qr.M)
	must(t, err)
	if side != want.Size+8 {
		t.Fatalf("the picture has %d modules a side, want %d and a border of 4", side, want.Size)
	}
	for y := range side {
		for x := range side {
			if black(x, y) != want.Black(x-4, y-4) {
				n++
			}
		}
	}
	return n
}

// Text and picture on the home page are the same checkpoint, also when a newer one was cut since the page was drawn.
func TestHomeCheckpointAsPicture(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	must2(t)(s.playlog.Checkpoint(t.Context()))
	shown := string(s.playlog.LatestCheckpoint())
	page := s.home(t, cookie)
	if !strings.Contains(html.UnescapeString(page), shown) || !strings.Contains(page, formAddress) {
		t.Fatal("the page shows no checkpoint, or no way to the form")
	}
	m := regexp.MustCompile(`<img class="qr" src="([^"]*)" alt="[^"]+"[^>]* loading="lazy">`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page has no picture of the checkpoint")
	}
	s.outcome(t, "p-1@x", s.clock(), evidence.OutcomeBody{Outcome: evidence.Full})
	if string(s.playlog.LatestCheckpoint()) == shown {
		t.Fatal("no newer checkpoint was cut: the test would show nothing")
	}
	w := s.ask("GET", html.UnescapeString(m[1]), "", "", func(r *http.Request) { r.AddCookie(cookie) })
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	img, err := png.Decode(bytes.NewReader(w.Body.Bytes()))
	must(t, err)
	scale := 8
	black := func(x, y int) bool { r, _, _, _ := img.At(x*scale+scale/2, y*scale+scale/2).RGBA(); return r < 0x8000 }
	if n := differs(t, shown, black, img.Bounds().Dx()/scale); n != 0 {
		t.Errorf("%d modules are not those of the text beside the picture", n)
	}
	for q, want := range map[string]int{"?size=0": 400, "?size=x": 400, "?size=9007199254740992": 404} {
		if w := s.ask("GET", "/api/v1/log/checkpoint"+q, s.token(t, account.Operator), ""); w.Code != want {
			t.Errorf("checkpoint%s: %d, want %d", q, w.Code, want)
		}
	}
}

func TestKeyFormInventsNothing(t *testing.T) {
	s := newStation(t, func(o *Options) { o.Station.Demo = true })
	text := plain(s.ask("GET", formAddress, s.token(t, account.Inspector), "").Body.String())
	for _, want := range []string{"KHÔNG DÙNG ĐỂ ĐĂNG KÝ", "Mã đài Máy phát thanh", "Tên đài Mã đài"} {
		if !strings.Contains(text, want) {
			t.Errorf("the form does not say %q", want)
		}
	}
	if acts := strings.Join(s.acts(t), "\n"); !strings.Contains(acts, "token:inspector 0 | visit | "+formAddress+" | done") {
		t.Errorf("the inspector's visit is not on record:\n%s", acts)
	}
	must(t, s.playlog.Close())
	if w := s.ask("GET", formAddress, s.token(t, account.Operator), ""); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "Nhật ký chưa trả lời được") {
		t.Errorf("without a log: %d %s", w.Code, w.Body)
	}
}

// The form must come out on one sheet also with the longest name and code that the settings take.
func TestBrowserPrintsTheFormOnOneSheet(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t, func(o *Options) { o.Station.Demo = true })
	s.named(t, "Đài truyền thanh xã Phước Thạnh, huyện Phước Thạnh Đông", "WWWWWWWWWWWWWWWW")
	base, _ := s.start(t)
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
	loaded := `performance.getEntriesByType("resource").some(e => e.name.includes("format=qr"))`
	if evaluate[bool](ctx, t, loaded) {
		t.Error("the picture is loaded before anybody opened it")
	}
	evaluate[bool](ctx, t, `(() => { const d = document.querySelector("img.qr").closest("details"); d.open = true; d.scrollIntoView(); return true })()`)
	waitTrue(ctx, t, `document.querySelector("img.qr").naturalWidth > 0`)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+formAddress)))
	waitText(ctx, t, ".sheet", "PHIẾU ĐĂNG KÝ KHÓA")
	if evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
		t.Error("the form is wider than a phone")
	}
	waitTrue(ctx, t, `!document.getElementById("print").hidden`)
	evaluate[bool](ctx, t, `window.print = () => { document.title = "printing" }, true`)
	press(ctx, t, "#print")
	waitTrue(ctx, t, `document.title === "printing"`)
	oneSheet(ctx, t)
	s.named(t, strings.Repeat("Đài truyền thanh xã ", schedule.MaxTitle/20), strings.Repeat("W", 40))
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+formAddress)))
	waitText(ctx, t, ".sheet", strings.Repeat("W", 40))
	oneSheet(ctx, t)
	// Control: what is longer than a sheet is counted as more than one.
	evaluate[bool](ctx, t, `(() => { document.querySelector(".sheet").style.height = "300mm"; return true })()`)
	if n, _ := printed(ctx, t); n != 2 {
		t.Errorf("a form longer than a sheet counts as %d", n)
	}
}

func oneSheet(ctx context.Context, t *testing.T) {
	t.Helper()
	if pages, box := printed(ctx, t); pages != 1 || box != "594 841" {
		t.Errorf("%d pages of %s points, want one of A4", pages, box)
	}
}

// printed prints the page as the browser does and says how many pages of what size came out.
func printed(ctx context.Context, t *testing.T) (pages int, box string) {
	t.Helper()
	// The page's own @page counts, as in a person's print dialog.
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	must(t, err)
	if m := regexp.MustCompile(`/MediaBox \[0 0 (\d+)[.\d]* (\d+)`).FindSubmatch(pdf); m != nil {
		box = string(m[1]) + " " + string(m[2])
	}
	return len(regexp.MustCompile(`/Type /Page\b[^s]`).FindAll(pdf, -1)), box
}

// waitTrue waits until an expression of the page is true.
func waitTrue(ctx context.Context, t *testing.T, expression string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
	}
	t.Fatalf("it never came true: %s", expression)
}
