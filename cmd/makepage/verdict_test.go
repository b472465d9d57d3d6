package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/player/playlog/evidence"
	"loaxa/player/playlog/offline"
	"loaxa/player/playlog/offline/page"
)

// TestMain makes the page once, as `make build` does, and leaves its path to the tests.
func TestMain(m *testing.M) {
	code, err := withPage(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

const pagePath = "LOAXA_VERIFIER_PAGE"

func withPage(run func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "loaxa-page-test")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	html, err := build(context.Background(), filepath.Join("..", ".."))
	if err != nil {
		return 1, err
	}
	path := filepath.Join(dir, page.FileName)
	if err := errors.Join(os.WriteFile(path, html, 0o600), os.Setenv(pagePath, path)); err != nil {
		return 1, err
	}
	return run(), nil
}

// All in one browser, one after the other: to start one takes longer than all the rest.
func TestInABrowser(t *testing.T) {
	scr := open(t, os.Getenv(pagePath))
	t.Run("judges", func(t *testing.T) { judges(t, scr) })
	t.Run("knows itself and nobody else", func(t *testing.T) { knowsItself(t, scr) })
	t.Run("without workers", func(t *testing.T) { withoutWorkers(t, scr) })
}

// What an inspector may be handed, and what the page must say of it.
func judges(t *testing.T, scr *screen) {
	dir := t.TempDir()
	s := newStation(t, "XA-01")
	var months []string
	for i, days := range []int{31, 30, 31} {
		from := s.wall
		s.days(days)
		months = append(months, s.export(dir, []string{"thang-3.zip", "thang-4.zip", "thang-5.zip"}[i], from))
		s.pass(time.Minute)
	}
	key, held := s.log.PublicKey(), string(s.log.LatestCheckpoint())
	print, err := evidence.Fingerprint(key)
	must(t, err)
	other := newStation(t, "XA-01")
	other.days(10) // the same days, by another key
	forged := other.export(dir, "khoa-khac.zip", march)
	edited := retouched(t, months[1], "bi-sua.zip", evidence.ExportRecords, func(b []byte) []byte {
		return bytes.Replace(b, []byte(`"outcome":"missed"`), []byte(`"outcome":"full"`), 1)
	})
	halved := retouched(t, months[1], "bi-bot.zip", evidence.ExportRecords, func(b []byte) []byte {
		return b[:bytes.LastIndexByte(b[:len(b)*2/3], '\n')+1]
	})
	whole, err := os.ReadFile(months[1])
	must(t, err)
	single, err := s.log.Single(t.Context(), 40)
	must(t, err)
	proof := put(t, dir, "dong-40.tlog-proof", single.Marshal())
	cut := put(t, dir, "cat-cut.zip", whole[:len(whole)/2])
	honest := s.report(dir, "bao-cao.json", march.Add(-4*time.Hour), func(map[string]any) {})
	padded := 0
	lying := s.report(dir, "bao-cao-sai.json", march.Add(-4*time.Hour), func(row map[string]any) {
		if row["status"] == evidence.Missed && padded < 7 {
			padded++
			row["status"], row["aired_ms"], row["output"], row["evidence"] = evidence.Full, int64(90000), "hardware", 2
		}
	})

	for _, c := range []struct {
		name, keys, held string
		files            []string
		word             string
		shows            []string
	}{
		{"good", key, "", months[:1], offline.Holds, []string{"KHỚP", "thang-3.zip", "Đài truyền thanh xã (XA-01)"}},
		{"good by fingerprint", strings.ToUpper(print), "", months[:1], offline.Holds, []string{"KHỚP"}},
		{"unknown key", "", "", months[:1], offline.Internal, []string{"CHƯA BIẾT KHÓA", "chỉ chứng minh nhất quán nội bộ", print}},
		{"tampered", key, "", []string{edited}, offline.Fails, []string{"KHÔNG KHỚP", "bi-sua.zip", "Sai đầu tiên ở dòng"}},
		{"records left out", key, "", []string{halved}, offline.Fails, []string{"KHÔNG KHỚP", "Nhật ký dừng ở dòng"}},
		{"truncated", key, "", []string{cut}, offline.Fails, []string{"KHÔNG KHỚP", "cat-cut.zip", "bị cắt cụt"}},
		{"another key", key, "", []string{forged}, offline.Fails, []string{"KHÔNG KHỚP", "khóa không phải khóa của bạn"}},
		{"several", key, held, months, offline.Holds, []string{"thang-3.zip", "thang-4.zip", "thang-5.zip", "Cả 3 bản trích gộp lại", "nhật ký nối tiếp đúng dấu mốc này"}},
		{"one month missing", key, "", []string{months[0], months[2]}, offline.Fails, []string{"Giữa các bản trích thiếu"}},
		{"one of several bad", key, "", []string{months[0], edited, months[2]}, offline.Fails, []string{"bi-sua.zip", "Khớp", "Không khớp"}},
		{"honest report", key, "", append([]string{honest}, months...), offline.Holds, []string{"So với báo cáo"}},
		{"wrong report", key, "", append([]string{lying}, months...), offline.Fails, []string{"KHÔNG KHỚP", "7 dòng khác"}},
		{"checkpoint of another log", key, string(other.log.LatestCheckpoint()), months[:1], offline.Fails, nil},
		{"proof of one record", key, "", []string{proof}, offline.Holds, []string{"KHỚP", "Dòng được chứng minh"}},
		{"proof without a key", "", "", []string{proof}, offline.Unfinished, []string{"CHƯA ĐỐI CHIẾU HẾT", "Chưa chứng minh được"}},
		{"half a checkpoint", key, held[:len(held)/2], months[:1], offline.Unfinished, []string{"CHƯA ĐỐI CHIẾU HẾT", "không phải khóa"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, shown := scr.judge(c.keys, c.held, c.files...)
			want := native(t, c.keys, c.held, c.files...)
			var exports []string
			o := evidence.VerifyOptions{}
			if strings.HasSuffix(c.files[0], ".zip") && c.word == offline.Holds && c.keys == key && c.held == "" && len(c.files) <= 3 {
				exports, o.Keys = c.files, []string{key}
			}
			same(t, got, want, o, exports...)
			if want.Word != c.word {
				t.Errorf("the word is %s, want %s: %+v\n%s", want.Word, c.word, want.Problems, shown)
			}
			for _, text := range c.shows {
				if !strings.Contains(shown, text) {
					t.Errorf("the page does not show %q but\n%s", text, shown)
				}
			}
			if c.name == "tampered" && want.Verdicts[0].Report.FirstBad < want.Verdicts[0].Report.First {
				t.Errorf("first bad record %d", want.Verdicts[0].Report.FirstBad)
			}
			if evaluate[bool](scr, `document.documentElement.scrollWidth > innerWidth`) {
				t.Error("the page is wider than a phone")
			}
			if low := evaluate[string](scr, `[...document.querySelectorAll("button, .button, textarea, summary")]
				.filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).map(e => e.outerHTML).join(" ")`); low != "" {
				t.Errorf("lower than a thumb needs: %s", low)
			}
			if all := evaluate[string](scr, `(byId("language").click(), document.body.innerText)`); strings.Contains(all, "Chọn tệp") || !strings.Contains(all, "Choose files") {
				t.Errorf("in English the page shows\n%s", all)
			}
		})
	}
	t.Run("stopped", func(t *testing.T) {
		evaluate[bool](scr, `(forgetAll(), core.worker.postMessage = () => {}, true)`) // a core that never answers
		must(t, chromedp.Do(scr.ctx, chromedp.SetUploadFiles("#files", months[:1])))
		scr.until(`core.waiting.size === 1`)
		evaluate[bool](scr, `(byId("stop").click(), true)`)
		scr.until(`!byId("trouble").hidden && byId("busy").hidden`)
		if evaluate[bool](scr, `!!document.querySelector(".verdict")`) || !strings.Contains(evaluate[string](scr, `byId("trouble").textContent`), say(scr, "stopped")) {
			t.Errorf("a check that was stopped shows\n%s", evaluate[string](scr, "document.body.innerText"))
		}
		got, _ := scr.judge(key, "", months[:1]...)
		same(t, got, native(t, key, "", months[:1]...), evidence.VerifyOptions{Keys: []string{key}}, months[:1]...)
	})
	if left := scr.left(); len(left) != 0 {
		t.Errorf("requests left the page: %v", left)
	}
}

// say is the page's text under a key, in the language that it shows.
func say(scr *screen, key string) string { return evaluate[string](scr, fmt.Sprintf("say(%q)", key)) }

// A browser that refuses workers to a page from a file must come to the same verdict without.
func withoutWorkers(t *testing.T, scr *screen) {
	dir := t.TempDir()
	s := newStation(t, "XA-01")
	s.days(3)
	file := s.export(dir, "ba-ngay.zip", march)
	scr.before(`window.Worker = function () { throw new Error("refused"); };`)
	scr.visit(os.Getenv(pagePath))
	got, _ := scr.judge(s.log.PublicKey(), "", file)
	same(t, got, native(t, s.log.PublicKey(), "", file), evidence.VerifyOptions{Keys: []string{s.log.PublicKey()}}, file)
	if !evaluate[bool](scr, `core.inPage && core.worker === null`) {
		t.Error("a worker ran all the same")
	}
}

// The page shows its core's hash and that of a page dropped on it, and can reach nobody even if a file made it try.
func knowsItself(t *testing.T, scr *screen) {
	file := os.Getenv(pagePath)
	html, err := os.ReadFile(file)
	must(t, err)
	if hash := evaluate[string](scr, `byId("core").textContent`); !bytes.Contains(html, []byte(`content="`+hash+`"`)) {
		t.Errorf("the page computes %s for its core, and states another", hash)
	}
	if _, shown := scr.judge("", "", file); !strings.Contains(shown, page.Hash(html)) {
		t.Errorf("the dropped page's hash %s is not shown:\n%s", page.Hash(html), shown)
	}
	var seen atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		seen.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer server.Close()
	try := func(address string) string {
		return `new Promise((done) => { const i = new Image(); i.onload = i.onerror = () => done(true); i.src = "` + address + `/image"; })
			.then(() => fetch("` + address + `/fetch").catch(() => 0))
			.then(() => new Promise((done) => { const w = new Worker(URL.createObjectURL(new Blob(['fetch("` + address + `/worker").catch(() => 0).then(() => postMessage(1))'])));
				w.onmessage = () => done(1); w.onerror = () => done(1); })).then(() => { window.tried = true; })`
	}
	evaluate[bool](scr, `(`+try(server.URL)+`, true)`)
	scr.until(`window.tried === true`)
	if n := seen.Load(); n != 0 {
		t.Errorf("%d requests reached a server", n)
	}
	// The control: the same attempts from a page without the policy are seen, by the server and in the log of requests.
	scr.visit(put(t, t.TempDir(), "khong-khoa.html", []byte(`<!doctype html><p id="core">`+strings.Repeat("0", 64)+`</p><p id="busy" hidden></p>`)))
	before := len(scr.left())
	evaluate[bool](scr, `(`+try(server.URL)+`, true)`)
	scr.until(`window.tried === true`)
	if n := seen.Load(); n != 3 || len(scr.left())-before < 2 {
		t.Errorf("the control: %d requests reached the server, the log has %v", n, scr.left())
	}
}

// The same sources give the same page, wherever they lie: else nobody could compare its hash with the published one.
func TestThePageIsReproducible(t *testing.T) {
	want, err := os.ReadFile(os.Getenv(pagePath))
	must(t, err)
	root, elsewhere := filepath.Join("..", ".."), t.TempDir()
	for _, part := range []string{"cmd/verifier", "player/playlog/evidence", "player/playlog/offline"} {
		must(t, os.CopyFS(filepath.Join(elsewhere, part), os.DirFS(filepath.Join(root, part))))
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(root, file))
		must(t, err)
		put(t, elsewhere, file, b)
	}
	got, err := build(t.Context(), elsewhere)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("two pages of the same sources: %s and %s", page.Hash(got), page.Hash(want))
	}
}
