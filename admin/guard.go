package admin

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"loaxa/admin/route"
)

// policy is the content security policy of every answer: files of this server only, nothing inline, never in a frame.
// blob: lets somebody listen to what the phone just recorded, before it is sent.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; " +
	"connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard stands before the routes: headers for every answer, then the two attacks that come through somebody's own
// browser. DNS rebinding is met by the Host header, cross-site requests by the Origin.
type guard struct {
	next       http.Handler
	refuse     func(http.ResponseWriter, *http.Request, error)
	cross      *http.CrossOriginProtection
	publicHost string // host of public_url, lower case, without port; may be ""
	ownName    string // of this machine, lower case; may be ""
}

func newGuard(next http.Handler, publicURL string, refuse func(http.ResponseWriter, *http.Request, error)) (*guard, error) {
	g := &guard{next: next, refuse: refuse, cross: http.NewCrossOriginProtection()}
	if name, err := os.Hostname(); err == nil { // without a name of its own the machine has its addresses
		g.ownName = strings.ToLower(name)
	}
	if publicURL == "" {
		return g, nil
	}
	u, err := url.Parse(publicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("reading public_url %q: write it like https://loa.example.vn", publicURL)
	}
	g.publicHost = strings.ToLower(u.Hostname())
	if err := g.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return nil, fmt.Errorf("reading public_url %q: %w", publicURL, err)
	}
	return g, nil
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store") // the renderer relaxes it for files with a hash in their address
	if _, socket := peerOf(r.Context()); !socket && !g.knownHost(r.Host) {
		g.refuse(w, r, &route.Problem{Status: http.StatusMisdirectedRequest, Code: "unknown_host",
			Detail: fmt.Sprintf("this station does not answer to the name %q", r.Host)})
		return
	}
	if err := g.cross.Check(r); err != nil {
		g.refuse(w, r, &route.Problem{Status: http.StatusForbidden, Code: "cross_origin", Detail: err.Error()})
		return
	}
	g.next.ServeHTTP(w, r)
}

// knownHost accepts what a foreign name pointed at this machine cannot be: loopback names, private addresses, the
// machine's own name, also as multicast DNS announces it, and the one public name of the configuration.
func (g *guard) knownHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || (g.publicHost != "" && host == g.publicHost) {
		return true
	}
	if g.ownName != "" && (host == g.ownName || host == g.ownName+".local") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
}
