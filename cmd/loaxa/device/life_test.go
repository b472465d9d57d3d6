package device

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// The whole life of a station, by a browser and the real program with the virtual speaker: the first administrator, the
// station's name, the test tone, a letter with five clips, its approval, the broadcast on air, its outcome in the diary, the
// reconciliation by one button, and an export by another one that verifies elsewhere. Side by side on a phone and on a laptop,
// each with a station of its own.
func TestWholeLifeByPhoneAndByLaptop(t *testing.T) {
	needDevice(t)
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("chromium is missing")
		}
		t.Skip("chromium is missing")
	}
	t.Parallel()
	for name, size := range map[string][2]int64{"phone": {360, 800}, "laptop": {1366, 768}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wholeLife(t, size[0], size[1])
		})
	}
}

func wholeLife(t *testing.T, width, height int64) {
	s := newStation(t)
	s.serve("--device", "virtual")
	s.anyHour(nil)
	p := newScreen(t, width, height)

	p.open(s.proc.link)
	p.fill("name", "cán bộ văn hóa")
	p.fill("login", "can-bo")
	p.fill("password", "loa xã buổi sớm")
	p.fill("again", "loa xã buổi sớm")
	p.tap(`form[action="/setup"] button.go`)
	p.until(`location.pathname == "/start"`)
	base, _, _ := strings.Cut(s.proc.link, "/setup/")

	p.open(base + "/start")
	p.tap("#station-step summary")
	p.fill("name", "Đài truyền thanh xã Thử")
	p.fill("code", "THU")
	p.tap("#station-step form button")
	p.sees("#station-step .chip", "")
	p.sees(".top .station", "Đài truyền thanh xã Thử")
	p.tapOnce("#tone", `form[action="/start/tone"] button`)
	p.sees("div.notice", "ba tiếng chuông")
	p.tapOnce("#tone", `button[name=heard][value=yes]`)
	p.sees(".notice.ok", "loa có tiếng")
	p.sees("#station", "ĐANG NGHỈ") // the bells are over

	p.open(base + "/campaigns/new")
	p.send(".upload input[type=file]", fiveClips(t)...)
	p.until(`document.querySelectorAll(".upload [data-state=done]").length == 5`)
	p.tap("button[value=next]")
	p.sees("h1", "Bước 2")
	due := time.Now().In(vietnam(t)).Add(90 * time.Second).Truncate(time.Minute)
	for name, value := range map[string]string{"agency": "Công an xã", "number": "12/CV-CAX", "date": due.Format(time.DateOnly), "title": "Phòng chống lừa đảo"} {
		p.fill(name, value)
	}
	p.tap("button[value=next]")
	p.sees("h1", "Bước 3")
	p.fill("from", due.Format(time.DateOnly))
	p.fill("days", "30")
	p.fill("time", due.Format("15:04"))
	p.tap("button[value=next]")
	p.sees(".decide", "5 tệp âm thanh")
	p.tap(".decide form button")
	p.sees(".notice.ok", "Đã phê duyệt")

	p.open(base + "/")
	p.sees("#state", "ĐANG PHÁT")
	p.sees("#state", "Phòng chống lừa đảo")
	p.sees("#state", "ĐANG NGHỈ")

	day := due.Format(time.DateOnly)
	p.open(base + "/diary?from=" + day + "&until=" + day) // midnight may have passed
	p.sees("main", "Phòng chống lừa đảo")
	p.sees("main", "loa ảo")
	p.tap(`form[action="/diary/check"] button`)
	p.sees(".verdict .word", "KHỚP")

	p.open(base + "/diary?from=" + day + "&until=" + day)
	file := p.download(`form[action="/diary/export"] button`)
	s.quit()
	out, err := exec.Command(os.Getenv(programs), "verify", file).CombinedOutput()
	if err != nil {
		t.Errorf("the export does not verify: %v: %s", err, out)
	}
}

func vietnam(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// fiveClips are five files of two seconds, each of its own tone.
func fiveClips(t *testing.T) (names []string) {
	t.Helper()
	const rate, seconds = 48000, 2
	dir := t.TempDir()
	for i := range 5 {
		b := binary.LittleEndian.AppendUint32([]byte("RIFF"), 36+2*rate*seconds)
		b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
		b = binary.LittleEndian.AppendUint32(b, rate)
		b = binary.LittleEndian.AppendUint32(b, 2*rate)
		b = append(b, "\x02\x00\x10\x00data"...)
		b = binary.LittleEndian.AppendUint32(b, 2*rate*seconds)
		for n := range rate * seconds {
			v := 9000 * math.Sin(2*math.Pi*float64(300+40*i)*float64(n)/rate)
			b = binary.LittleEndian.AppendUint16(b, uint16(int16(v))) //nolint:gosec // two's complement is meant
		}
		name := filepath.Join(dir, fmt.Sprintf("Bài %d.wav", i+1))
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// screen is a browser of a size.
type screen struct {
	t   *testing.T
	ctx context.Context
}

func newScreen(t *testing.T, width, height int64) *screen {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-gpu", true))
	limited, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	t.Cleanup(cancel)
	alloc, cancel := chromedp.NewExecAllocator(limited, opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	p := &screen{t, ctx}
	p.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, height)))
	return p
}

func (p *screen) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *screen) open(address string) {
	p.t.Helper()
	p.must(chromedp.Do(p.ctx, chromedp.Navigate(address)))
}

// tap presses what a selector shows; a live part may draw it anew in that very moment.
func (p *screen) tap(selector string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`(() => { const e = document.querySelector(%q); if (!e || !e.offsetParent) return false; e.click(); return true })()`, selector))
}

// tapOnce taps something inside a step, which is opened first if it is closed.
func (p *screen) tapOnce(step, selector string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`(() => { const d = document.querySelector(%q); if (d) d.open = true; return !!d })()`, step))
	p.tap(step + " " + selector)
}

func (p *screen) send(selector string, files ...string) {
	p.t.Helper()
	p.must(chromedp.Do(p.ctx, chromedp.SetUploadFiles(selector, files)))
}

// download presses what brings a file and waits until all of it is there.
func (p *screen) download(selector string) (file string) {
	p.t.Helper()
	dir := p.t.TempDir()
	_, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}) //nolint:misspell // the browser's word
	p.must(err)
	p.tap(selector)
	await(p.t, patience, "the file has come", func() error {
		files, err := filepath.Glob(filepath.Join(dir, "*.loaxa")) // under another name until it is whole
		if err == nil && len(files) != 1 {
			err = fmt.Errorf("there are %d", len(files))
		}
		if err == nil {
			file = files[0]
		}
		return err
	})
	return file
}

// fill types into the first field of that name.
func (p *screen) fill(name, value string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`(() => { const f = document.querySelector('main [name=%s]'); if (!f) return false; f.value = %q;
		f.dispatchEvent(new Event("input", {bubbles: true})); f.dispatchEvent(new Event("change", {bubbles: true})); return f.value == %q })()`, name, value, value))
}

// until waits for an expression to be true; while a page gives way to the next there may be nothing to ask.
func (p *screen) until(expression string) {
	p.t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
	}
	text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.pathname + " " + document.body.innerText.slice(0, 2000)`))
	p.t.Fatalf("never true: %s; the page: %s", expression, text)
}

// sees waits until an element shows a text.
func (p *screen) sees(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`(() => { const e = document.querySelector(%q); return !!e && e.innerText.includes(%q) })()`, selector, text))
}
