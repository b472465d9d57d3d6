package fetch

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// Every form in which an address of the station's own network can be written.
func TestSpecialAddresses(t *testing.T) {
	g := guard{}
	for _, a := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
		"198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "3fff::1",
		"2001:2::1", "2001:20::1", "100::1", "5f00::1", "4000::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1",
		"64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::8.8.8.8",
		"2002:7f00:1::1", "2002:0a00:0001::1", "2002:c0a8:101::1",
		"2001:0:808:808:0:0:80ff:fffe", // Teredo of 127.0.0.1
		"2001:0:808:808:0:0:f5ff:fffe", // Teredo of 10.0.0.1
	} {
		if g.check(netip.MustParseAddr(a)) {
			t.Errorf("%s may be dialled", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "169.253.1.1",
		"203.162.4.191", "2001:4860:4860::8888", "2404:6800:4005::1", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1", "::ffff:8.8.8.8"} {
		if !g.check(netip.MustParseAddr(a)) {
			t.Errorf("%s may not be dialled", a)
		}
	}
	if g.check(netip.Addr{}) {
		t.Error("no address at all may be dialled")
	}
	allowed := guard{allow: []netip.Prefix{netip.MustParsePrefix("192.168.1.0/24"), netip.MustParsePrefix("fd00::/8")}}
	for a, want := range map[string]bool{"192.168.1.9": true, "::ffff:192.168.1.9": true, "192.168.2.9": false, "fd00::1": true, "fe80::1": false, "127.0.0.1": false} {
		if allowed.check(netip.MustParseAddr(a)) != want {
			t.Errorf("%s allowed: %v", a, !want)
		}
	}
}

// victim is a service of the station itself on another loopback address, which a stranger's name is pointed at.
func victim(t *testing.T, w *world) (hits *atomic.Int64) {
	t.Helper()
	hits = &atomic.Int64{}
	w.serve("127.0.0.2:"+w.port, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		_, _ = rw.Write(song(1000, 9))
	}), w.ca.sign(t, -time.Hour, time.Hour, "files.test"))
	return hits
}

// A name that is good when it is looked at and means the station itself a moment later. 127.0.0.1 stands for the public
// server here, 127.0.0.2 for the station's own service.
func TestRebinding(t *testing.T) {
	for _, guarded := range []bool{true, false} {
		w := newWorld(t)
		hits := victim(t, w)
		w.mux.HandleFunc("files.test/a.mp3", serveFile(song(1000, 1), ""))
		if !guarded {
			w.o.AllowPrivate = append(w.o.AllowPrivate, netip.MustParsePrefix("127.0.0.2/32"))
		}
		f := w.fetcher()
		w.names.set("files.test", "127.0.0.1", "127.0.0.2")
		found, err := f.Look(context.Background(), w.url("files.test", "/a.mp3"))
		must(t, err)
		got, _, err := w.get(f, found)
		if guarded && (code(err) != CodePrivateAddress || hits.Load() != 0) {
			t.Errorf("reached the station itself: %v, %d requests", err, hits.Load())
		}
		if !guarded && (err != nil || hits.Load() != 1 || got.SHA256 != hash(song(1000, 9))) {
			t.Errorf("the control did not reach it: %v, %d requests: the test proves nothing", err, hits.Load())
		}
	}
}

// Between the check of a name and the connection there is no second question: the name is asked for once a connection.
func TestCheckedAddressIsTheOneDialled(t *testing.T) {
	w := newWorld(t)
	hits := victim(t, w)
	w.mux.HandleFunc("files.test/a.mp3", serveFile(song(1000, 1), ""))
	f := w.fetcher()
	for range 5 {
		w.names.set("files.test", "127.0.0.1", "127.0.0.2")
		w.names.asked = nil
		_, err := f.Look(context.Background(), w.url("files.test", "/a.mp3"))
		must(t, err)
		if len(w.names.asked) != 1 || hits.Load() != 0 {
			t.Fatalf("asked for %v, %d requests reached the station", w.names.asked, hits.Load())
		}
	}
}

// Whatever mistake is made above it, the socket itself refuses.
func TestSocketRefuses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close() //nolint:errcheck // a test's listener
	to := netip.MustParseAddrPort(l.Addr().String())
	for _, g := range []guard{{}, {allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}} {
		d := &dialer{guard: g}
		conn, err := d.dialAddr(context.Background(), "tcp", to)
		if conn != nil {
			_ = conn.Close()
		}
		if want := map[bool]string{true: CodePrivateAddress, false: ""}[g.allow == nil]; code(err) != want {
			t.Errorf("allowed %v: %v", g.allow, err)
		}
	}
}

// A host with a dead and a private address is unreachable, not forbidden: that is what the person can act on.
func TestSeveralAddresses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	must(t, l.Close())
	d := &dialer{guard: guard{allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}, resolver: pair{}}
	n, err := strconv.Atoi(port)
	must(t, err)
	_, err = d.dial(context.Background(), "tcp", net.JoinHostPort("both.test", strconv.Itoa(n)))
	if err == nil || asRefusal(err) != nil {
		t.Errorf("%v", err)
	}
}

type pair struct{}

func (pair) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("127.0.0.1")}, nil
}
