package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"loaxa/player/playlog/evidence"
	"loaxa/player/playlog/offline"
)

// screen is the page in Chromium, opened from a file.
type screen struct {
	t       *testing.T
	ctx     context.Context
	address string

	mu       sync.Mutex
	requests []string // what left the page, but for the page itself
}

// open starts Chromium on a page, with a profile of its own; without Chromium the test is skipped by name.
func open(t *testing.T, file string) *screen {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("chromium is missing")
		}
		t.Skip("chromium is missing")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-gpu", true))
	limited, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	alloc, cancel := chromedp.NewExecAllocator(limited, opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	s := &screen{t: t, ctx: ctx}
	must(t, chromedp.Listen(ctx, s.heard))
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(t, err)
	s.size(360, 800)
	s.visit(file)
	return s
}

// before makes a script run in every page from now on, before the page's own.
func (s *screen) before(script string) {
	s.t.Helper()
	_, err := chromedp.Call(s.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	must(s.t, err)
}

func (s *screen) heard(ev any) {
	e, ok := ev.(*network.EventRequestWillBeSent)
	s.mu.Lock()
	defer s.mu.Unlock()
	if ok && e.Request.URL != s.address && !strings.HasPrefix(e.Request.URL, "blob:") {
		s.requests = append(s.requests, e.Request.URL)
	}
}

func (s *screen) left() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

func (s *screen) size(width, height int64) {
	s.t.Helper()
	must(s.t, chromedp.Do(s.ctx, chromedp.EmulateViewport(width, height))) // the window itself cannot be as narrow as a phone
}

// visit opens a page from a file and waits until its core is there.
func (s *screen) visit(file string) {
	s.t.Helper()
	s.mu.Lock()
	s.address = (&url.URL{Scheme: "file", Path: file}).String()
	s.mu.Unlock()
	must(s.t, chromedp.Do(s.ctx, chromedp.Navigate(s.address)))
	s.until(`document.getElementById("core").textContent.length === 64 && document.getElementById("busy").hidden`)
}

// until waits for a condition.
func (s *screen) until(condition string) {
	s.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](condition)); err == nil && ok {
			return
		}
	}
	s.t.Fatalf("%s did not come true; the page shows:\n%s", condition, evaluate[string](s, "document.body.innerText"))
}

// evaluate is the value of an expression in the page.
func evaluate[T any](s *screen, expression string) T {
	s.t.Helper()
	v, err := chromedp.Run(s.ctx, chromedp.Evaluate[T](expression))
	must(s.t, err)
	return v
}

// judge takes away what was there, drops files, types, and returns what the page shows then.
func (s *screen) judge(keys, held string, files ...string) (answer []byte, shown string) {
	s.t.Helper()
	evaluate[bool](s, `(language === "vi" || byId("language").click(), forgetAll(), true)`)
	s.until(`!judging && !document.querySelector(".verdict")`)
	for id, text := range map[string]string{"keys": keys, "held": held} {
		if text != "" {
			evaluate[bool](s, fmt.Sprintf(`(byId(%q).value = %q, true)`, id, text))
		}
	}
	must(s.t, chromedp.Do(s.ctx, chromedp.SetUploadFiles("#files", files)))
	s.until(`document.getElementById("busy").hidden && !!document.querySelector(".verdict")`)
	evaluate[bool](s, `(document.querySelectorAll("#result details").forEach((d) => { d.open = true; }), true)`)
	s.until(`!!document.getElementById("json") || !document.getElementById("machine")`)
	return []byte(evaluate[string](s, `JSON.stringify(last)`)), evaluate[string](s, "document.getElementById('result').innerText")
}

// native is what the same code says of the same files without a browser.
func native(t *testing.T, keys, held string, files ...string) offline.Answer {
	t.Helper()
	b := offline.Brought{Keys: keys, Checkpoints: held}
	for _, path := range files {
		f, err := os.Open(path)
		must(t, err)
		t.Cleanup(func() { must(t, f.Close()) })
		info, err := f.Stat()
		must(t, err)
		b.Files = append(b.Files, offline.Offer{Name: filepath.Base(path), Size: info.Size(), Data: f})
	}
	return offline.Check(b)
}

// same demands that the page's answer is that of the code without a browser, and each report in it that of evidence.
func same(t *testing.T, got []byte, want offline.Answer, o evidence.VerifyOptions, files ...string) {
	t.Helper()
	text, err := json.Marshal(want)
	must(t, err)
	if canonical(t, got) != canonical(t, text) {
		t.Errorf("the page says\n%s\nwithout a browser it is\n%s", got, text)
	}
	for i, path := range files {
		v := want.Verdicts[i]
		f, err := os.Open(path)
		must(t, err)
		info, err := f.Stat()
		must(t, err)
		e, err := evidence.OpenExport(f, info.Size())
		must(t, err)
		r, err := evidence.Verify(e, o)
		must(t, err)
		must(t, f.Close())
		a, err := json.Marshal(v.Report)
		must(t, err)
		b, err := json.Marshal(r)
		must(t, err)
		if string(a) != string(b) {
			t.Errorf("%s: the answer's report is\n%s\nevidence's is\n%s", path, a, b)
		}
	}
}

// canonical is JSON with its fields in order.
func canonical(t *testing.T, b []byte) string {
	t.Helper()
	var v any
	must(t, json.Unmarshal(b, &v))
	out, err := json.Marshal(v)
	must(t, err)
	return string(out)
}
