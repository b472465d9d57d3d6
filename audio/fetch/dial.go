package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"
)

// perAddress bounds the wait for one address of a host that has several.
const perAddress = 10 * time.Second

func systemResolver() Resolver { return net.DefaultResolver }

// dialer resolves a name once, and dials an address of that very answer.
type dialer struct {
	guard    guard
	resolver Resolver
}

// resolveError marks a failure before any address was known.
type resolveError struct {
	host string
	err  error
}

func (e *resolveError) Error() string { return "resolving " + e.host + ": " + e.err.Error() }
func (e *resolveError) Unwrap() error { return e.err }

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("reading port %q: %w", port, err)
	}
	addrs, err := d.resolve(ctx, host)
	if err != nil {
		return nil, &resolveError{host, err}
	}
	var errs []error
	refused := 0
	for _, a := range addrs {
		if !d.guard.check(a) {
			refused++
			errs = append(errs, refuse(CodePrivateAddress, "%s is at %s", host, a))
			continue
		}
		conn, err := d.dialAddr(ctx, network, netip.AddrPortFrom(a, uint16(n)))
		if err == nil {
			return conn, nil
		}
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	if refused > 0 && refused < len(errs) {
		// Some were public and did not answer: that is what the person has to hear.
		for i := len(errs) - 1; i >= 0; i-- {
			if r := (*Refusal)(nil); !errors.As(errs[i], &r) {
				return nil, errs[i]
			}
		}
	}
	return nil, errors.Join(errs...)
}

func (d *dialer) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	addrs, err := d.resolver.LookupNetIP(ctx, "ip", host)
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return addrs, err
}

func (d *dialer) dialAddr(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	nd := net.Dialer{Timeout: perAddress, KeepAlive: -1, ControlContext: d.control}
	return nd.DialContext(ctx, network, to.String())
}

// control sees the address that the socket is about to be connected to, after everything else: whatever mistake is made
// above, nothing special is dialled.
func (d *dialer) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuse(CodePrivateAddress, "%s cannot be read as an address", address)
	}
	if !d.guard.check(to.Addr()) {
		return refuse(CodePrivateAddress, "%s is special", to.Addr())
	}
	return nil
}
