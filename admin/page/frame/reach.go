package frame

import (
	"net"
	"net/netip"
)

// Reach is how a browser gets to the pages.
type Reach struct {
	Here   string   // on the machine itself, "http://127.0.0.1:8080"; "" without pages
	Others []string // from other devices: the public name first, then the addresses on the local networks
	Open   bool     // other devices are let in: without Others this machine has no network yet
}

// ReachOf says how a server is reached that listens on a TCP address, such as "0.0.0.0:8080"; publicURL may be "".
func ReachOf(listen, publicURL string) Reach {
	var r Reach
	if publicURL != "" {
		r.Others = append(r.Others, publicURL)
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return r
	}
	ip, err := netip.ParseAddr(host)
	r.Open = err != nil || !ip.IsLoopback()
	switch {
	case err != nil:
		r.Here = "http://" + listen
	case ip.IsUnspecified():
		r.Here = "http://127.0.0.1:" + port
		for _, a := range privateAddresses() {
			r.Others = append(r.Others, "http://"+net.JoinHostPort(a, port))
		}
	default:
		r.Here = "http://" + listen
		if !ip.IsLoopback() {
			r.Others = append(r.Others, r.Here)
		}
	}
	return r
}

// privateAddresses are this machine's IPv4 addresses on local networks: what a person can type. A machine that cannot say
// has none.
func privateAddresses() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []string
	for _, a := range all {
		p, err := netip.ParsePrefix(a.String())
		if err == nil && p.Addr().Is4() && p.Addr().IsPrivate() {
			out = append(out, p.Addr().String())
		}
	}
	return out
}
