package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"loaxa/admin/account"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
)

// samples gives an address for every page whose path has parameters. A page without a sample fails the walk, so that none is
// left out.
func (s *station) samples(t testing.TB) map[string]string {
	t.Helper()
	p, _, err := s.accounts.AddPerson("station", "lan", "cán bộ văn hóa", account.Operator)
	if errors.Is(err, account.ErrLoginTaken) {
		out := map[string]string{"/handover/:id": "/handover/h-1"}
		maps.Copy(out, s.campaignSamples(t))
		return out
	}
	must(t, err)
	boss, err := s.accounts.Person("quan-tri")
	must(t, err)
	for _, name := range []string{"điện thoại trực đài", "điện thoại nhà"} {
		_, _, err = s.accounts.RegisterPhone("station", p.ID, name)
		must(t, err)
	}
	h, err := s.accounts.Handover("station", p.ID, boss.ID)
	must(t, err)
	_, _, err = s.accounts.NewVisit("station", "Đoàn kiểm tra Sở Văn hóa")
	must(t, err)
	_, _, err = s.accounts.NewRecovery("station")
	must(t, err)
	out := map[string]string{"/handover/:id": "/handover/" + h.ID}
	maps.Copy(out, s.campaignSamples(t))
	return out
}

// notWalked are addresses of pages that are no page to look at, each with the reason.
var notWalked = map[string]string{
	"/setup/:link":              "spends a link; tested by itself",
	frame.VerifierPath:          "a download",
	"/diary/export":             "a download",
	"/lookup/answer.pdf":        "a download",
	"/lookup/answer.png":        "a download",
	"/campaigns/:id/reply.docx": "a download",
	"/campaigns/:id/reply.pdf":  "a download",

	"/reports/files/:id/file": "a download",
	"/reports/template/file":  "a download",
	"/reports/files/:id":      "is found by who ordered it alone; looked at by itself",

	"/playlists/clips":  "a part of a page: what the search in a playlist's form found",
	"/schedule/content": "the choices of the programme's form, which is looked at with it",
}

// storySample is the address of the story of the broadcast that the campaigns' samples put on record.
func (s *station) storySample(t testing.TB) string {
	t.Helper()
	w := s.ask("GET", "/diary?from=2026-03-04&until=2026-03-04", s.token(t, account.Operator), "")
	_, rest, ok := strings.Cut(w.Body.String(), `href="/diary/`)
	if !ok {
		t.Fatalf("the diary leads to no story: %d", w.Code)
	}
	id, _, _ := strings.Cut(rest, `"`)
	return "/diary/" + html.UnescapeString(id)
}

// walk lists the addresses of all pages.
func (s *station) walk(t testing.TB) []string {
	t.Helper()
	samples := s.samples(t)
	maps.Copy(samples, s.librarySamples(t))
	samples["/diary/:id"] = s.storySample(t)
	maps.Copy(samples, s.scheduleSamples(t))
	samples["/reports/rows"] = "/reports/rows?from=2026-03-01&until=2026-03-31&by=standing&key=silent"
	var out []string
	for _, rt := range s.table {
		if !rt.Page || rt.Method != http.MethodGet || notWalked[rt.Path] != "" {
			continue
		}
		address := rt.Path
		if samples[rt.Path] != "" || strings.Contains(address, ":") {
			if address = samples[rt.Path]; address == "" {
				t.Errorf("no sample address for %s: add one, or the page is never looked at", rt.Path)
				continue
			}
		}
		out = append(out, address)
	}
	// Under the address of a campaign stands another page until it is approved: the step in which all of it is looked at.
	out = append(out, strings.TrimSuffix(samples["/campaigns/:id/files"], "/files"))
	slices.Sort(out)
	return out
}

// axeFinding is what axe-core says of a page.
type axeFinding struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML string `json:"html"`
		Why  string `json:"failureSummary"`
	} `json:"nodes"`
}

// Every page, at both sizes and in both languages: nothing that a blind or shaking person cannot use, nothing wider than
// the screen, nothing too low for a thumb, no request to anywhere else, no error in the console.
func TestEveryPageInABrowser(t *testing.T) {
	axe, err := os.ReadFile("web/node_modules/axe-core/axe.min.js")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatalf("make web fetches it: %v", err)
		}
		t.Skip("axe-core is missing: make web fetches it")
	}
	s := newStation(t)
	base, _ := s.start(t)
	for _, size := range []struct{ width, height int64 }{{360, 800}, {1366, 768}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			ctx := browserFor(t, size.width, size.height, 8*time.Minute)
			var strange, wrong []string
			var mu sync.Mutex
			must(t, chromedp.Listen(ctx, func(event any) {
				mu.Lock()
				defer mu.Unlock()
				switch e := event.(type) {
				case *network.EventRequestWillBeSent:
					if u := e.Request.URL; !strings.HasPrefix(u, base+"/") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:"+base) {
						strange = append(strange, u)
					}
				case *runtime.EventExceptionThrown:
					wrong = append(wrong, e.ExceptionDetails.Text)
				}
			}))
			_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
			must(t, err)
			link, err := s.accounts.NewLink("station")
			must(t, err)
			must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/setup/"+link)))
			for _, lang := range []locale.Language{locale.Vietnamese, locale.English} {
				_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: frame.LanguageCookie, Value: string(lang), URL: base})
				must(t, err)
				for _, address := range s.walk(t) {
					must(t, chromedp.Do(ctx, chromedp.Navigate(base+address)))
					at := fmt.Sprintf("%s in %s", address, lang)
					if size.width < 600 && evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
						t.Errorf("%s is wider than a phone", at)
					}
					if low := evaluate[string](ctx, t, lowTargets); size.width < 600 && low != "" {
						t.Errorf("%s: lower than a thumb needs: %s", at, low)
					}
					evaluate[bool](ctx, t, string(axe)+";true")
					for _, f := range axeFindings(t, evaluateAsync(ctx, t, axeRun)) {
						t.Errorf("%s: %s (%s): %s: %s %s", at, f.ID, f.Impact, f.Help, f.Nodes[0].HTML, f.Nodes[0].Why)
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for _, u := range strange {
				t.Errorf("a request went to %s", u)
			}
			for _, e := range wrong {
				t.Errorf("a script failed: %s", e)
			}
		})
	}
}

const (
	// lowTargets lists what can be tapped and is lower than 48 px; links inside sentences are as high as the sentence.
	lowTargets = `[...document.querySelectorAll("button, select, input:not([type=hidden]), textarea, summary, nav a, a.button, a.all")]
		.filter(e => e.offsetParent && getComputedStyle(e).position != "absolute" && (e.closest("label.tick, label.pick") || e).getBoundingClientRect().height < 47.5)
		.map(e => e.outerHTML.slice(0, 120)).join(" ")`
	axeRun = `axe.run(document, {resultTypes: ["violations"]}).then(r =>
		JSON.stringify(r.violations.filter(v => v.impact == "serious" || v.impact == "critical")))`
)

func axeFindings(t *testing.T, text string) []axeFinding {
	t.Helper()
	var list []axeFinding
	must(t, json.Unmarshal([]byte(text), &list))
	return list
}

// The control: a page with known faults is found faulty by the same question.
func TestAxeFindsFaults(t *testing.T) {
	axe, err := os.ReadFile("web/node_modules/axe-core/axe.min.js")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatalf("make web fetches it: %v", err)
		}
		t.Skip("axe-core is missing: make web fetches it")
	}
	ctx := browser(t, 360, 800)
	must(t, chromedp.Do(ctx, chromedp.Navigate(`data:text/html,<p style="color:%23bbb">pale</p><img src=x><input>`))) //nolint:misspell // CSS
	evaluate[bool](ctx, t, string(axe)+";true")
	found := map[string]bool{}
	for _, f := range axeFindings(t, evaluateAsync(ctx, t, axeRun)) {
		found[f.ID] = true
	}
	for _, want := range []string{"color-contrast", "image-alt", "label"} { //nolint:misspell // axe-core
		if !found[want] {
			t.Errorf("%s is not found: %v", want, found)
		}
	}
}

// loadedAtOnce are files that a page names as its own. What a script loads only when somebody needs it stands elsewhere.
var loadedAtOnce = regexp.MustCompile(`(?:src|href)="(/asset/[^"]*)"`)

// A page and what it loads at once fit through the commune's line, packed.
func TestFirstLoadIsSmall(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	if s.ask("GET", "/asset/app.js", "", "").Code != http.StatusOK {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("the scripts are missing: make web builds them")
		}
		t.Skip("the scripts are missing: make web builds them")
	}
	packed := func(r *http.Request) { r.AddCookie(cookie); r.Header.Set("Accept-Encoding", "gzip") }
	for _, address := range s.walk(t) {
		w := s.ask("GET", address, "", "", packed)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", address, w.Code, w.Body)
			continue
		}
		total := w.Body.Len()
		plain := s.ask("GET", address, "", "", func(r *http.Request) { r.AddCookie(cookie) }).Body.String()
		for _, m := range loadedAtOnce.FindAllStringSubmatch(plain, -1) {
			f := s.ask("GET", strings.ReplaceAll(m[1], "&amp;", "&"), "", "", packed)
			total += f.Body.Len()
		}
		most := 40 << 10
		if strings.HasPrefix(address, "/schedule") {
			most = 100 << 10
		}
		t.Logf("%s: %d bytes", address, total)
		if total > most {
			t.Errorf("%s takes %d bytes at first, at most %d", address, total, most)
		}
	}
}

// BenchmarkPages is the 95th percentile of the time that the server needs for each page of a small station, milliseconds;
// the ones of a large station are BenchmarkClipsPage10000 and BenchmarkDiary.
func BenchmarkPages(b *testing.B) {
	s := newStation(b)
	token := s.token(b, account.Administrator)
	for _, address := range s.walk(b) {
		if address == "/setup" { // only before anybody has signed in; BenchmarkFirstPaint opens it
			continue
		}
		b.Run(address, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				begin := time.Now()
				w := s.ask("GET", address, token, "")
				took = append(took, time.Since(begin))
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d %s", address, w.Code, w.Body)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
