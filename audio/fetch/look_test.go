package fetch

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A person has to see where a short link leads before anything is taken.
func TestLookShowsEveryHop(t *testing.T) {
	w := newWorld(t)
	body := song(100_000, 1)
	w.mux.HandleFunc("short.test/ab", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, w.url("files.test", "/go"), http.StatusMovedPermanently)
	})
	w.mux.HandleFunc("files.test/go", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/b%C3%A0i.mp3#t=3", http.StatusFound)
	})
	agent := ""
	w.mux.HandleFunc("files.test/bài.mp3", func(rw http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		serveFile(body, `"1"`)(rw, r)
	})
	f := w.fetcher()
	found, err := f.Look(context.Background(), w.url("short.test", "/ab"))
	must(t, err)
	var hops []string
	for _, h := range found.Hops {
		hops = append(hops, h.Host+" "+http.StatusText(h.Status))
	}
	if want := []string{"short.test Moved Permanently", "files.test Found", "files.test OK"}; !slices.Equal(hops, want) {
		t.Errorf("hops %q, want %q", hops, want)
	}
	if found.Host != "files.test" || found.Name != "bài.mp3" || found.Size != 100_000 || found.Kind != KindFile || found.Type != "audio/mpeg" {
		t.Errorf("found %+v", found)
	}
	if agent != "loaxa/1.2.3" {
		t.Errorf("the server saw %q", agent)
	}
	got, bytes, err := w.get(f, found)
	must(t, err)
	if got.SHA256 != hash(body) || hash(bytes) != hash(body) || got.Bytes != 100_000 || got.Name != "bài.mp3" || got.Host != "files.test" {
		t.Errorf("got %+v", got)
	}
}

// Each way in which a link can lead astray ends in its own words; the same link without the fault is the control.
func TestWhereALinkMayNotLead(t *testing.T) {
	w := newWorld(t)
	w.mux.HandleFunc("files.test/ok.mp3", serveFile(song(5000, 1), `"1"`))
	redirect := func(path, to string) {
		w.mux.HandleFunc("files.test"+path, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", to)
			rw.WriteHeader(http.StatusFound)
		})
	}
	redirect("/loop", "/loop")
	for i := range 12 {
		redirect("/chain"+strconv.Itoa(i), "/chain"+strconv.Itoa(i+1))
	}
	redirect("/chain12", "/ok.mp3")
	redirect("/fine", "/ok.mp3")
	redirect("/http", "http://files.test/ok.mp3")
	redirect("/private", "https://10.1.2.3/a.mp3")
	redirect("/router", "https://router.test/a.mp3")
	redirect("/loopback", "https://[::1]/a.mp3")
	redirect("/mapped", "https://[::ffff:169.254.169.254]/latest")
	redirect("/metadata", "https://169.254.169.254/latest/meta-data")
	redirect("/ftp", "ftp://files.test/a")
	redirect("/file", "file:///etc/passwd")
	redirect("/port", "https://files.test:22/")
	redirect("/user", "https://a:b@files.test/")
	redirect("/number", "https://2130706433/")
	w.names.set("router.test", "192.168.1.1")
	for path, status := range map[string]int{"/404": 404, "/410": 410, "/403": 403, "/401": 401, "/500": 500, "/204": 204, "/304": 304} {
		w.mux.HandleFunc("files.test"+path, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) })
	}
	f := w.fetcher()
	for link, want := range map[string]string{
		w.url("files.test", "/fine"): "", w.url("files.test", "/chain4"): "",
		w.url("files.test", "/loop"): CodeRedirects, w.url("files.test", "/chain1"): CodeRedirects,
		w.url("files.test", "/http"): CodeDowngrade, w.url("files.test", "/private"): CodePrivateAddress,
		w.url("files.test", "/router"): CodePrivateAddress, w.url("files.test", "/loopback"): CodePrivateAddress,
		w.url("files.test", "/mapped"): CodePrivateAddress, w.url("files.test", "/metadata"): CodePrivateAddress,
		w.url("files.test", "/ftp"): CodeBadLink, w.url("files.test", "/file"): CodeBadLink,
		w.url("files.test", "/port"): CodePort, w.url("files.test", "/user"): CodeCredentials,
		w.url("files.test", "/number"): CodeBadLink,
		w.url("files.test", "/404"):    CodeNotFound, w.url("files.test", "/410"): CodeNotFound,
		w.url("files.test", "/403"): CodeSignIn, w.url("files.test", "/401"): CodeSignIn,
		w.url("files.test", "/500"): CodeServer, w.url("files.test", "/204"): CodeServer, w.url("files.test", "/304"): CodeServer,
		"http://files.test/ok.mp3": CodeNotHTTPS, "https://files.test:8443/ok.mp3": CodePort,
		"https://user@files.test/ok.mp3": CodeCredentials, "https://127.0.0.2/ok.mp3": CodePrivateAddress,
		"https://gone.test/ok.mp3": CodeNoSuchHost, "ftp://files.test/ok.mp3": CodeBadLink, "nothing at all": CodeBadLink,
		"": CodeBadLink, "https://": CodeBadLink, "javascript:alert(1)": CodeBadLink, "https://0x7f.0.0.0x1/": CodeBadLink,
	} {
		found, err := f.Look(context.Background(), link)
		if code(err) != want {
			t.Errorf("%s: %v, want %q", link, err, want)
		}
		if r := asRefusal(err); r != nil && (r.Sentence("vi") == "" || r.Sentence("vi") == r.Sentence("en")) {
			t.Errorf("%s: no sentence for %s", link, r.Code)
		}
		if want == CodeDowngrade && (len(found.Hops) != 1 || found.Hops[0].Status != 302) {
			t.Errorf("%s: the hop before the refusal is lost: %v", link, found.Hops)
		}
	}
}

// The control of the downgrade: http is possible where it is allowed, and even there not after https.
func TestPlainHTTPOnlyWhereAllowed(t *testing.T) {
	w := newWorld(t)
	plain := httptest.NewServer(serveFile(song(100, 1), ""))
	defer plain.Close()
	u := strings.Replace(plain.URL, "127.0.0.1", "files.test", 1)
	w.mux.HandleFunc("files.test/down", func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, u, http.StatusFound) })
	addr, err := netip.ParseAddrPort(plain.Listener.Addr().String())
	must(t, err)
	w.o.AllowPorts = append(w.o.AllowPorts, addr.Port())
	for _, allowed := range []bool{false, true} {
		w.o.AllowHTTP = allowed
		_, err := w.fetcher().Look(context.Background(), u)
		if want := map[bool]string{false: CodeNotHTTPS, true: ""}[allowed]; code(err) != want {
			t.Errorf("allowed %v: %v", allowed, err)
		}
		if _, err := w.fetcher().Look(context.Background(), w.url("files.test", "/down")); code(err) != CodeDowngrade {
			t.Errorf("allowed %v: from https to http: %v", allowed, err)
		}
	}
}

// A page saved as a clip is the commonest accident: it must be told before a byte is kept, whatever the server calls it.
func TestPagesAreNotFiles(t *testing.T) {
	w := newWorld(t)
	serve := func(path, kind, body string) {
		w.mux.HandleFunc("files.test"+path, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", kind)
			_, _ = rw.Write([]byte(body))
		})
	}
	serve("/honest", "text/html; charset=utf-8", "\ufeff\r\n <!DOCTYPE html><title>x</title>"+strings.Repeat("x", 3000))
	serve("/posing", "audio/mpeg", "<html><body>")
	serve("/words", "text/html", "Please sign in")
	serve("/audio", "text/html", "ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00")
	f := w.fetcher()
	for path, want := range map[string]string{"/honest": KindPage, "/posing": KindPage, "/words": KindPage, "/audio": KindFile} {
		found, err := f.Look(context.Background(), w.url("files.test", path))
		must(t, err)
		if found.Kind != want || (want == KindPage) != (found.Page != nil) {
			t.Errorf("%s: %+v", path, found)
		}
		_, _, err = w.get(f, found)
		if wantCode := map[string]string{KindPage: CodeWebPage, KindFile: ""}[want]; code(err) != wantCode {
			t.Errorf("%s: taking it: %v", path, err)
		}
		// Even if what Look said was stored and altered.
		found.Kind, found.Page = KindFile, nil
		if _, _, err = w.get(f, found); (code(err) == CodeWebPage) != (want == KindPage) {
			t.Errorf("%s: taking it unlooked: %v", path, err)
		}
	}
}

// "gооgle.com" with Cyrillic letters looks like Google. Both forms are shown, and the one that cannot lie comes first.
func TestHostsThatLookLikeOthers(t *testing.T) {
	w := newWorld(t)
	for _, h := range []string{"files.test", "www.xn--i-rfa0m.vn", "xn--ggle-55da.com"} {
		w.mux.HandleFunc(h+"/a.mp3", serveFile(song(100, 1), ""))
	}
	f := w.fetcher()
	for _, c := range []struct {
		host, ascii, shown string
		warn               []string
	}{
		{"files.test", "files.test", "files.test", nil},
		{"www.đài.vn", "www.xn--i-rfa0m.vn", "www.đài.vn (www.xn--i-rfa0m.vn)", []string{WarnIDN}},
		{"gооgle.com", "xn--ggle-55da.com", "xn--ggle-55da.com (gооgle.com)", []string{WarnIDN, WarnLookAlike}},
	} {
		w.mux.HandleFunc("short.test/"+c.host, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", w.url(c.host, "/a.mp3"))
			rw.WriteHeader(http.StatusFound)
		})
		found, err := f.Look(context.Background(), w.url("short.test", "/"+c.host))
		must(t, err)
		if found.Host != c.ascii || found.HostShown != c.shown || !slices.Equal(found.Warnings, c.warn) {
			t.Errorf("%s: %q %q %q", c.host, found.Host, found.HostShown, found.Warnings)
		}
	}
}

// A header bomb, a compression bomb and a 10 GB file are refused before they cost anything.
func TestAnswersThatAreTooMuch(t *testing.T) {
	w := newWorld(t)
	headers := func(n int) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("X-Fill", strings.Repeat("a", n))
			serveFile(song(100, 1), "")(rw, r)
		}
	}
	w.mux.HandleFunc("files.test/headers", headers(1<<20))
	w.mux.HandleFunc("files.test/headers-control", headers(1<<10))
	length := func(n string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", n)
			_, _ = rw.Write(make([]byte, 100))
		}
	}
	w.mux.HandleFunc("files.test/10GB", length("10737418240"))
	w.mux.HandleFunc("files.test/10GB-control", length("100"))
	w.mux.HandleFunc("files.test/empty", length("0"))
	asked := ""
	w.mux.HandleFunc("files.test/gzip", func(rw http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Accept-Encoding")
		rw.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(rw)
		_, _ = z.Write(make([]byte, 1<<20))
		_ = z.Close()
	})
	w.mux.HandleFunc("files.test/gzip-control", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Encoding", "identity")
		_, _ = rw.Write(make([]byte, 100))
	})
	f := w.fetcher()
	for path, want := range map[string]string{"/headers": CodeHeaders, "/headers-control": "", "/10GB": CodeTooLarge, "/10GB-control": "",
		"/gzip": CodeEncoded, "/gzip-control": "", "/empty": CodeEmpty} {
		if _, _, err := w.bring(f, w.url("files.test", path)); code(err) != want {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		// The server may have been polite only while it was looked at.
		found := Found{Link: w.url("files.test", path), URL: w.url("files.test", path), Host: "files.test", Size: -1, Kind: KindFile}
		if _, _, err := w.get(f, found); code(err) != want {
			t.Errorf("%s, taken unlooked: %v, want %q", path, err, want)
		}
	}
	if asked != "identity" {
		t.Errorf("asked for encoding %q", asked)
	}
}

// A wrong certificate is a reason not to go on; one with a wrong date is first of all a reason to look at the clock.
func TestCertificates(t *testing.T) {
	w := newWorld(t)
	stranger := newAuthority(t)
	ok := serveFile(song(100, 1), "")
	for name, c := range map[string]struct {
		cert tls.Certificate
		want string
	}{
		"control.test":  {w.ca.sign(t, -time.Hour, time.Hour, "control.test"), ""},
		"name.test":     {w.ca.sign(t, -time.Hour, time.Hour, "other.test"), CodeCertificate},
		"stranger.test": {stranger.sign(t, -time.Hour, time.Hour, "stranger.test"), CodeCertificate},
		"expired.test":  {w.ca.sign(t, -2*time.Hour, -time.Hour, "expired.test"), CodeCertClock},
		"early.test":    {w.ca.sign(t, time.Hour, 2*time.Hour, "early.test"), CodeCertClock},
	} {
		s := w.serve("127.0.0.1:0", ok, c.cert)
		addr, err := netip.ParseAddrPort(s.Listener.Addr().String())
		must(t, err)
		w.names.set(name, "127.0.0.1")
		w.o.AllowPorts = append(w.o.AllowPorts, addr.Port())
		_, err = w.fetcher().Look(context.Background(), "https://"+net.JoinHostPort(name, strconv.Itoa(int(addr.Port())))+"/a.mp3")
		if code(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if c.want == CodeCertClock && !strings.Contains(asRefusal(err).Sentence("vi"), "đồng hồ máy") {
			t.Errorf("%s: the clock is not named: %s", name, asRefusal(err).Sentence("vi"))
		}
	}
	// A station whose clock stands at its first day sees every certificate as too young.
	w.mux.HandleFunc("files.test/a.mp3", ok)
	w.o.Now = func() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }
	if _, err := w.fetcher().Look(context.Background(), w.url("files.test", "/a.mp3")); code(err) != CodeCertClock {
		t.Errorf("with a clock of 2000: %v", err)
	}
}

// Without Internet the sentence says what to do instead of blaming the link; with it, the link is blamed.
func TestNoInternet(t *testing.T) {
	w := newWorld(t)
	w.mux.HandleFunc("files.test/a.mp3", serveFile(song(100, 1), ""))
	f := w.fetcher()
	_, err := f.Look(context.Background(), "https://typo.test/a.mp3")
	if code(err) != CodeNoSuchHost {
		t.Errorf("a name with a typo: %v", err)
	}
	w.names.die(true)
	_, err = f.Look(context.Background(), w.url("files.test", "/a.mp3"))
	if code(err) != CodeNoInternet {
		t.Fatalf("without Internet: %v", err)
	}
	if s := asRefusal(err).Sentence("vi"); s != "Máy phát không có Internet. Tải về điện thoại rồi chọn tệp." {
		t.Errorf("it says %q", s)
	}
	w.names.die(false)
	if _, err = f.Look(context.Background(), w.url("files.test", "/a.mp3")); err != nil {
		t.Errorf("with Internet again: %v", err)
	}
	// A cable that leads nowhere: names are still known, from a cache, and no packet leaves.
	w.names.set("vnnic.vn")
	for _, e := range []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH} {
		if err := f.explain(context.Background(), "files.test", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", e)}); code(err) != CodeNoInternet {
			t.Errorf("%v: %v", e, err)
		}
	}
	if err := f.explain(context.Background(), "files.test", syscall.ECONNREFUSED); code(err) != CodeUnreachable {
		t.Errorf("refused: %v", err)
	}
}

// Cookies go back only to the services that need them, and never from one Look to the next.
func TestCookies(t *testing.T) {
	w := newWorld(t)
	seen := map[string][]string{}
	for _, h := range []string{"files.test", "contoso.sharepoint.com"} {
		w.mux.HandleFunc(h+"/", func(rw http.ResponseWriter, r *http.Request) {
			seen[h] = append(seen[h], r.Header.Get("Cookie"))
			http.SetCookie(rw, &http.Cookie{Name: "pass", Value: "1", Path: "/"})
			if r.URL.Path == "/first" {
				http.Redirect(rw, r, "/second", http.StatusFound)
				return
			}
			_, _ = rw.Write(song(100, 1))
		})
	}
	f := w.real()
	for range 2 {
		for _, h := range []string{"files.test", "contoso.sharepoint.com"} {
			_, err := f.Look(context.Background(), "https://"+h+"/first")
			must(t, err)
		}
	}
	if want := []string{"", "", "", ""}; !slices.Equal(seen["files.test"], want) {
		t.Errorf("a stranger got cookies back: %q", seen["files.test"])
	}
	if want := []string{"", "pass=1", "", "pass=1"}; !slices.Equal(seen["contoso.sharepoint.com"], want) {
		t.Errorf("the service got %q, want %q", seen["contoso.sharepoint.com"], want)
	}
}
