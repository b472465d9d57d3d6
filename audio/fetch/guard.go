package fetch

import (
	"net/netip"
)

// guard decides which addresses may be dialled.
type guard struct{ allow []netip.Prefix }

// special are the ranges that are not the public Internet (IANA special-purpose registries for IPv4, RFC 6890, and for
// IPv6; multicast RFC 5771, RFC 4291). 169.254.169.254, where clouds hand out credentials, is link-local.
func special() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// publicIPv6 is all that has been given out (RFC 4291, IANA: global unicast). Everything else, ULA, link-local,
// multicast, site-local, is refused without being listed.
const publicIPv6 = "2000::/3"

// specialIPv6 are the holes in publicIPv6: protocol assignments, benchmarking and ORCHID (2001::/23 holds Teredo, too, but
// that is looked into first), documentation, SRv6 documentation, AS112.
func specialIPv6() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{"2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20", "5f00::/16"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// check refuses an address that is not public, unless it is allowed by name of its range.
func (g guard) check(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return false
	}
	for _, p := range g.allow {
		if p.Contains(a) {
			return true
		}
	}
	if a.Is4() {
		return !within(a, special())
	}
	if inner, ok := embedded(a); ok {
		// An IPv4 address in disguise is judged as what it is.
		return g.check(inner)
	}
	return netip.MustParsePrefix(publicIPv6).Contains(a) && !within(a, specialIPv6())
}

func within(a netip.Addr, ranges []netip.Prefix) bool {
	for _, p := range ranges {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// embedded gives the IPv4 address that an IPv6 address carries and that its packets would reach: NAT64 (RFC 6052, the
// well-known prefix; RFC 8215's local one may lead anywhere, and is refused as not public), 6to4 (RFC 3056), Teredo
// (RFC 4380: the client's, inverted), and the long dead IPv4-compatible form.
func embedded(a netip.Addr) (netip.Addr, bool) {
	b := a.As16()
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte(b[i : i+4])) }
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(a):
		return at(12), true
	case netip.MustParsePrefix("2002::/16").Contains(a):
		return at(2), true
	case netip.MustParsePrefix("2001::/32").Contains(a):
		for i := 12; i < 16; i++ {
			b[i] ^= 0xff
		}
		return at(12), true
	case netip.MustParsePrefix("::/96").Contains(a) && a != netip.IPv6Loopback() && !a.IsUnspecified():
		return at(12), true
	}
	return netip.Addr{}, false
}
