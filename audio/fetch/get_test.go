package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// shaky serves b and cuts the connection after so many bytes of each answer's body, in turn; then it holds.
type shaky struct {
	body   []byte
	tag    string
	date   string // Last-Modified
	ranges bool
	cuts   []int
	asked  []string // the ranges, in order
	before func(n int)
}

func (s *shaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := len(s.asked)
	if s.before != nil {
		s.before(n)
	}
	from := 0
	s.asked = append(s.asked, r.Header.Get("Range"))
	mark := r.Header.Get("If-Range")
	if s.ranges && r.Header.Get("Range") != "" && (mark == s.tag || mark == s.date) {
		_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
	}
	if s.tag != "" {
		w.Header().Set("ETag", s.tag)
	}
	if s.date != "" {
		w.Header().Set("Last-Modified", s.date)
	}
	w.Header().Set("Content-Type", "audio/mpeg")
	w.Header().Set("Content-Length", strconv.Itoa(len(s.body)-from))
	if from > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(s.body)-1, len(s.body)))
		w.WriteHeader(http.StatusPartialContent)
	}
	rest := s.body[from:]
	if n < len(s.cuts) && s.cuts[n] < len(rest) {
		_, _ = w.Write(rest[:s.cuts[n]])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(rest)
}

func (w *world) found(path string, size int64) Found {
	return Found{Link: w.url("files.test", path), URL: w.url("files.test", path), Host: "files.test", Size: size, Kind: KindFile}
}

// A village's line breaks. What was paid for is kept, and the hash is that of the whole file.
func TestCutDownloadsGoOn(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t)
	f := w.fetcher()
	for i := range 12 {
		s := &shaky{body: song(50_000+random.IntN(400_000), byte(i)), tag: `"v1"`, ranges: true}
		if i%3 == 1 {
			s.tag, s.date = "", "Wed, 01 Jan 2025 00:00:00 GMT"
		}
		for range 1 + random.IntN(6) {
			s.cuts = append(s.cuts, 1+random.IntN(len(s.body)/8))
		}
		path := "/cut" + strconv.Itoa(i)
		w.mux.Handle("files.test"+path, s)
		got, body, err := w.get(f, w.found(path, int64(len(s.body))))
		if err != nil || got.SHA256 != hash(s.body) || hash(body) != hash(s.body) {
			t.Fatalf("cuts %v of %d: %d bytes, %v", s.cuts, len(s.body), len(body), err)
		}
		taken := 0
		for k, asked := range s.asked[1:] {
			if taken += s.cuts[k]; asked != fmt.Sprintf("bytes=%d-", taken) {
				t.Fatalf("after %d bytes it asked for %q", taken, asked)
			}
		}
		if len(s.asked) != len(s.cuts)+1 {
			t.Fatalf("%d answers for %d cuts", len(s.asked), len(s.cuts))
		}
	}
}

// Where the server cannot prove that the bytes are the same, nothing is glued together.
func TestCutDownloadsBeginAnew(t *testing.T) {
	a, b := song(200_000, 1), song(200_000, 2)
	cases := []struct {
		name string
		s    *shaky
		want []byte
		code string
	}{
		{"no ranges", &shaky{body: a, tag: `"v1"`, cuts: []int{70_000, 90_000}}, a, ""},
		{"weak tag", &shaky{body: a, tag: `W/"v1"`, ranges: true, cuts: []int{70_000}}, a, ""},
		{"nothing to compare by", &shaky{body: a, ranges: true, cuts: []int{70_000}}, a, ""},
		{"another file of the same length", &shaky{body: a, tag: `"v1"`, ranges: true, cuts: []int{70_000}}, b, ""},
		{"another file of another length", &shaky{body: a, tag: `"v1"`, ranges: true, cuts: []int{70_000}}, b[:150_000], CodeChanged},
	}
	w := newWorld(t)
	f := w.fetcher()
	for i, c := range cases {
		if hash(c.want) != hash(a) {
			c.s.before = func(n int) {
				if n > 0 {
					c.s.body, c.s.tag = c.want, `"v2"`
				}
			}
		}
		path := "/anew" + strconv.Itoa(i)
		w.mux.Handle("files.test"+path, c.s)
		got, body, err := w.get(f, w.found(path, int64(len(a))))
		if code(err) != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
		if c.code == "" && (got.SHA256 != hash(c.want) || hash(body) != hash(c.want)) {
			t.Errorf("%s: %d bytes, another hash", c.name, len(body))
		}
	}
	// A server that claims the same tag for a part of another file is beyond help; one that sends another part is not.
	liar := 0
	w.mux.HandleFunc("files.test/liar", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("ETag", `"v1"`)
		if liar++; liar == 1 {
			rw.Header().Set("Content-Length", "200000")
			_, _ = rw.Write(a[:50_000])
			_ = http.NewResponseController(rw).Flush()
			panic(http.ErrAbortHandler)
		} else if r.Header.Get("Range") != "" {
			rw.Header().Set("Content-Range", "bytes 10-199999/200000")
			rw.WriteHeader(http.StatusPartialContent)
			_, _ = rw.Write(a[10:])
			return
		}
		_, _ = rw.Write(a)
	})
	if got, _, err := w.get(f, w.found("/liar", 200_000)); err != nil || got.SHA256 != hash(a) {
		t.Errorf("a part that was not asked for: %+v, %v", got, err)
	}
}

// Without bound, a server that always cuts would keep the station busy for ever.
func TestCutsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.o.Retries = 5
	always := &shaky{body: song(100_000, 1), tag: `"1"`, ranges: true}
	for range 100 {
		always.cuts = append(always.cuts, 10)
	}
	w.mux.Handle("files.test/always", always)
	if _, _, err := w.get(w.fetcher(), w.found("/always", -1)); code(err) != CodeCut || len(always.asked) != 6 {
		t.Errorf("always cut: %v after %d answers", err, len(always.asked))
	}
	control := &shaky{body: song(100_000, 1), tag: `"1"`, ranges: true, cuts: []int{10, 10, 10, 10, 10}}
	w.mux.Handle("files.test/control", control)
	if _, _, err := w.get(w.fetcher(), w.found("/control", -1)); err != nil {
		t.Errorf("cut as often as is allowed: %v", err)
	}
}

// An announced length that is wrong, in either direction, is never a clip.
func TestWrongLengths(t *testing.T) {
	body := song(100_000, 1)
	w := newWorld(t)
	w.o.MaxBytes = 1 << 20
	short := &shaky{body: body, cuts: []int{60_000, 60_000, 60_000, 60_000}} // always at the same byte, no ranges
	w.mux.Handle("files.test/short", short)
	chunked := func(n int) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			for n := n; n > 0; n -= 10_000 {
				_, _ = rw.Write(body[:min(n, 10_000)])
				_ = http.NewResponseController(rw).Flush()
			}
		}
	}
	w.mux.HandleFunc("files.test/chunked", chunked(100_000))
	sent := atomic.Int64{}
	w.mux.HandleFunc("files.test/endless", func(rw http.ResponseWriter, _ *http.Request) {
		for {
			n, err := rw.Write(body)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	})
	w.mux.HandleFunc("files.test/beyond", func(rw http.ResponseWriter, _ *http.Request) {
		conn, buf, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			return
		}
		defer conn.Close() //nolint:errcheck // a test's server
		_, _ = buf.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + string(body))
		_ = buf.Flush()
	})
	f := w.fetcher()
	for _, c := range []struct {
		path   string
		looked int64
		code   string
		bytes  int
	}{
		{"/short", 100_000, CodeWrongLength, 0},
		{"/chunked", 100_000, "", 100_000}, // the control of the next two
		{"/chunked", 120_000, CodeWrongLength, 0},
		{"/chunked", 80_000, CodeWrongLength, 0},
		{"/chunked", -1, "", 100_000},
		{"/endless", -1, CodeTooLarge, 0},
		{"/beyond", -1, "", 50_000}, // cut: what follows is not part of the answer
		{"/beyond", 100_000, CodeChanged, 0},
	} {
		_, got, err := w.get(f, w.found(c.path, c.looked))
		if code(err) != c.code || len(got) != c.bytes {
			t.Errorf("%s, %d when looked at: %d bytes, %v, want %q", c.path, c.looked, len(got), err, c.code)
		}
	}
	t.Logf("the endless server got rid of %d bytes of %d allowed", sent.Load(), w.o.MaxBytes)
}

// A server that drips must not hold the import for days.
func TestSlowServers(t *testing.T) {
	w := newWorld(t)
	w.o.Idle, w.o.Retries = 60*time.Millisecond, 2
	body := song(4000, 1)
	drip := func(every time.Duration, size int) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Length", "4000")
			for i := 0; i < len(body); i += size {
				if _, err := rw.Write(body[i:min(i+size, len(body))]); err != nil {
					return
				}
				_ = http.NewResponseController(rw).Flush()
				select {
				case <-time.After(every):
				case <-r.Context().Done():
					return
				}
			}
		}
	}
	w.mux.HandleFunc("files.test/stalls", drip(time.Minute, 500))
	w.mux.HandleFunc("files.test/drips", drip(5*time.Millisecond, 1))
	w.mux.HandleFunc("files.test/flows", drip(5*time.Millisecond, 100))
	w.o.MinRate = 2000 // drips give 200 bytes a second, flows 20,000
	f := w.fetcher()
	for path, want := range map[string]string{"/stalls": CodeTooSlow, "/drips": CodeTooSlow, "/flows": ""} {
		if _, _, err := w.get(f, w.found(path, -1)); code(err) != want {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	w.o.MinRate, w.o.Timeout = 1, 150*time.Millisecond
	if _, _, err := w.get(w.fetcher(), w.found("/drips", -1)); code(err) != CodeTooSlow {
		t.Errorf("past the whole time: %v", err)
	}
	w.o.LookTime = 50 * time.Millisecond
	w.mux.HandleFunc("files.test/silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if _, err := w.fetcher().Look(context.Background(), w.url("files.test", "/silent")); code(err) != CodeTooSlow {
		t.Errorf("looking at a silent server: %v", err)
	}
}

var errFull = errors.New("disk full")

// What the station itself says stops a download: no room, a person who changed her mind, a host nobody agreed to.
func TestReasonsOfOurOwn(t *testing.T) {
	w := newWorld(t)
	body := song(6<<20, 1)
	w.mux.HandleFunc("files.test/a.mp3", serveFile(body, `"1"`))
	w.mux.HandleFunc("files.test/away", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, w.url("short.test", "/a.mp3"), http.StatusFound)
	})
	w.mux.HandleFunc("short.test/a.mp3", serveFile(body, `"1"`))
	for rooms, want := range map[int]error{0: errFull, 1: errFull, 9: nil} {
		w.o.Room = func() error {
			if rooms--; rooms < 0 {
				return errFull
			}
			return nil
		}
		if _, _, err := w.get(w.fetcher(), w.found("/a.mp3", -1)); !errors.Is(err, want) {
			t.Errorf("%d times room: %v, want %v", rooms, err, want)
		}
	}
	w.o.Room = nil
	f := w.fetcher()
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := f.Get(ctx, w.found("/a.mp3", -1), w.file(), func(done, total int64) {
		if calls++; done > 1<<20 {
			cancel()
		}
		if total != int64(len(body)) {
			t.Errorf("total %d", total)
		}
	})
	if !errors.Is(err, context.Canceled) || calls == 0 {
		t.Errorf("given up by a person: %v after %d calls", err, calls)
	}
	if _, _, err := w.get(f, w.found("/away", -1)); code(err) != CodeHostChanged {
		t.Errorf("leads to another host than was confirmed: %v", err)
	}
	found := w.found("/away", -1)
	found.Host = "short.test"
	if _, _, err := w.get(f, found); err != nil {
		t.Errorf("the control, confirmed: %v", err)
	}
}

// Signed addresses live for minutes; a person may think for an hour. The link leads there again.
func TestExpiredAddressIsFoundAgain(t *testing.T) {
	w := newWorld(t)
	body, valid := song(5000, 1), 0
	w.mux.HandleFunc("short.test/ab", func(rw http.ResponseWriter, r *http.Request) {
		valid++
		http.Redirect(rw, r, w.url("files.test", "/signed?n="+strconv.Itoa(valid)), http.StatusFound)
	})
	w.mux.HandleFunc("files.test/signed", func(rw http.ResponseWriter, r *http.Request) {
		if r.FormValue("n") != strconv.Itoa(valid) {
			http.Error(rw, "expired", http.StatusForbidden)
			return
		}
		serveFile(body, "")(rw, r)
	})
	f := w.fetcher()
	found, err := f.Look(context.Background(), w.url("short.test", "/ab"))
	must(t, err)
	valid = 7
	if got, _, err := w.get(f, found); err != nil || got.SHA256 != hash(body) {
		t.Errorf("%+v, %v", got, err)
	}
	found.Link, valid = found.URL, 9
	if _, _, err := w.get(f, found); code(err) != CodeSignIn {
		t.Errorf("the control, without the link: %v", err)
	}
}

// The file is emptied first: what stood in it must not become the end of a clip.
func TestGetEmptiesTheFile(t *testing.T) {
	w := newWorld(t)
	w.mux.HandleFunc("files.test/a.mp3", serveFile(song(1000, 1), ""))
	to := w.file()
	_, err := io.Copy(to, strings.NewReader(strings.Repeat("old", 5000)))
	must(t, err)
	_, err = w.fetcher().Get(context.Background(), w.found("/a.mp3", -1), to, nil)
	must(t, err)
	b, err := io.ReadAll(to)
	must(t, err)
	if hash(b) != hash(song(1000, 1)) {
		t.Errorf("%d bytes", len(b))
	}
}
