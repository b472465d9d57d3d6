package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/audio/library"
)

// cutter is a poor line: it breaks the first large piece of an upload off in the middle, and remembers from where it went on.
type cutter struct {
	mu      sync.Mutex
	cut     bool
	offsets []string // of the pieces, in order
}

func (c *cutter) through(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPatch {
			next.ServeHTTP(w, r)
			return
		}
		c.mu.Lock()
		first := !c.cut
		c.cut = true
		c.offsets = append(c.offsets, r.Header.Get("Upload-Offset"))
		c.mu.Unlock()
		if !first {
			next.ServeHTTP(w, r)
			return
		}
		r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, 1<<20), broken{}))
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// opens shows a page of the station, signed in as the administrator.
func (s *station) opens(ctx context.Context, t *testing.T, base, path string) {
	t.Helper()
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link)), chromedp.Navigate(base+path)))
}

// A file of the size of a bulletin goes over a line that breaks in the middle: nobody has to do anything, and what arrives is
// the file.
func TestBrowserUploadGoesOnAfterACut(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t)
	s.mu.Lock()
	s.now = time.Now() // by which the files on the disk are dated
	s.mu.Unlock()
	line := &cutter{}
	server := httptest.NewServer(line.through(s.handler))
	t.Cleanup(server.Close)
	wave := longTone(440, 40)
	path := filepath.Join(t.TempDir(), "bản tin.wav")
	must(t, os.WriteFile(path, wave, 0o600))
	s.opens(ctx, t, server.URL, "/clips/new")
	must(t, chromedp.Do(ctx, chromedp.SetUploadFiles(`input[type="file"]`, []string{path})))
	waitText(ctx, t, "[data-row]", "Đã gửi xong")
	line.mu.Lock()
	if len(line.offsets) < 2 || line.offsets[len(line.offsets)-1] == "0" {
		t.Errorf("pieces from %v: after the cut all of it was sent again", line.offsets)
	}
	line.mu.Unlock()
	press(ctx, t, "button.go")
	waitText(ctx, t, "#import", "Nhập được cả 1 tệp") // the page follows by itself
	sum := sha256.Sum256(wave)
	if c, err := s.library.Get(s.only(t, library.StateSubmitted)); err != nil || c.SHA256 != hex.EncodeToString(sum[:]) || c.Title != "bản tin" {
		t.Errorf("%+v %v", c, err)
	}
}

// The officer finds, adds, orders and saves without a reload, and is told what the others see after it.
func TestBrowserPlaylist(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t)
	base, _ := s.start(t)
	op := s.token(t, account.Operator)
	a := into[library.Clip](t, s.upload(t, op, "a.wav", longTone(440, 31), map[string]string{"title": "Thứ nhất"}), 201)
	b := into[library.Clip](t, s.upload(t, op, "b.wav", tone(550), map[string]string{"title": "Thứ hai"}), 201)
	s.opens(ctx, t, base, "/playlists/new")
	press := func(selector string) { // by the key, as the bars at the edges may lie over what is scrolled to
		t.Helper()
		evaluate[bool](ctx, t, `document.querySelector('`+selector+`').focus(), true`)
		must(t, chromedp.Do(ctx, chromedp.KeyEvent("\r")))
	}
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`input[name="title"]`, "Bản tin sáng"), chromedp.SendKeys(`input[name="q"]`, "thu nhat")))
	waitText(ctx, t, "#found:not(:has(li:nth-child(2)))", "Thứ nhất") // only that one, without a reload
	press(`#found [data-add="Thứ nhất"]`)
	press(`#found [data-add="Thứ nhất"]`)
	evaluate[bool](ctx, t, `document.querySelector("input[name=q]").value = "", true`)
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`input[name="q"]`, "thu hai")))
	waitText(ctx, t, "#found:not(:has(li:nth-child(2)))", "Thứ hai")
	press(`#found [data-add="Thứ hai"]`)
	waitText(ctx, t, "[data-total]", "1:03")
	press(`[data-items] li:nth-child(2) [data-remove]`)
	press(`[data-items] li:nth-child(2) [data-move="up"]`)
	waitText(ctx, t, "[data-items] li:first-child", "Thứ hai")
	if focus := evaluate[string](ctx, t, `document.activeElement.getAttribute("aria-label")`); focus != "Đưa lên: Thứ hai" {
		t.Errorf("after the key the focus is on %q: it cannot be pressed again", focus)
	}
	waitText(ctx, t, "[data-total]", "0:32")
	press(`button.go`)
	waitText(ctx, t, ".notice.ok", "Đã lưu danh sách")
	list, err := s.rules.Playlist("l-1")
	must(t, err)
	if len(list.Items) != 2 || list.Items[0].ClipID != b.ID || list.Items[1].ClipID != a.ID || list.Title != "Bản tin sáng" {
		t.Errorf("stored %+v", list)
	}
}

// A press on the shape of the sound jumps there, and the two moments of a trim are taken from what is heard.
func TestBrowserWaveform(t *testing.T) {
	ctx := browser(t, 1366, 768)
	s := newStation(t)
	base, _ := s.start(t)
	c := into[library.Clip](t, s.upload(t, s.token(t, account.Operator), "a.wav", longTone(440, 20), nil), 201)
	s.opens(ctx, t, base, "/clips/"+c.ID+"?open=trim")
	must(t, chromedp.Do(ctx, chromedp.Click("[data-shape]"))) // where in it, counts
	end := time.Now().Add(20 * time.Second)
	for evaluate[float64](ctx, t, `document.querySelector("audio").currentTime`) < 9 {
		if time.Now().After(end) {
			t.Fatal("a press in the middle does not play from there")
		}
	}
	press(ctx, t, `[data-set="from"]`)
	if from := evaluate[string](ctx, t, `document.querySelector("[data-from]").value`); !strings.HasPrefix(from, "0:1") && !strings.HasPrefix(from, "0:09") {
		t.Errorf("the part is to begin at %q", from)
	}
	if width := evaluate[float64](ctx, t, `document.querySelector(".cut").getBoundingClientRect().width / document.querySelector("[data-shape]").getBoundingClientRect().width`); width < 0.4 || width > 0.8 {
		t.Errorf("%.2f of the shape is drawn as cut off", width)
	}
}
