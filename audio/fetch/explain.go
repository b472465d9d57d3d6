package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"
)

// explain turns an error of the network into a refusal. What a person's own cancelling brings about stays as it is.
func (f *Fetcher) explain(ctx context.Context, host string, err error) error {
	if r := asRefusal(err); r != nil {
		return r
	}
	if cause := context.Cause(ctx); cause != nil {
		if r := asRefusal(cause); r != nil {
			return r
		}
		return fmt.Errorf("asking %s: %w", host, cause)
	}
	if r := ofCertificate(host, err); r != nil {
		return r
	}
	var unresolved *resolveError
	switch {
	case errors.As(err, &unresolved):
		return f.ofName(ctx, unresolved)
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETDOWN):
		if f.offline(ctx) {
			return refuse(CodeNoInternet, "%s: %v", host, err)
		}
	case strings.Contains(err.Error(), "server response headers exceeded"): // no error value tells it
		return refuse(CodeHeaders, "%s: %v", host, err)
	}
	return refuse(CodeUnreachable, "%s: %v", host, err)
}

func ofCertificate(host string, err error) *Refusal {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return refuse(CodeCertClock, "%s: %v", host, err)
	}
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	if errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) {
		return refuse(CodeCertificate, "%s: %v", host, err)
	}
	return nil
}

// ofName tells a name that does not exist from a station without Internet.
func (f *Fetcher) ofName(ctx context.Context, e *resolveError) error {
	if f.offline(ctx) {
		return refuse(CodeNoInternet, "%s: %v", e.host, e.err)
	}
	var dns *net.DNSError
	if errors.As(e.err, &dns) && dns.IsNotFound {
		return refuse(CodeNoSuchHost, "%s: %v", e.host, e.err)
	}
	return refuse(CodeUnreachable, "%s: %v", e.host, e.err)
}

// landmarks are names that exist whenever there is Internet in Viet Nam: the registry of .vn and two that every resolver
// knows. They are looked up, never connected to.
func landmarks() []string { return []string{"vnnic.vn", "google.com", "cloudflare.com"} }

// offline says whether none of the landmarks has an address: then it is not the link that is wrong.
func (f *Fetcher) offline(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, name := range landmarks() {
		if addrs, err := f.o.Resolver.LookupNetIP(ctx, "ip", name); err == nil && len(addrs) > 0 {
			return false
		}
	}
	return true
}
