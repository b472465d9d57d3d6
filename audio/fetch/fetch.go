package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"time"
)

// Resolver turns a host's name into addresses; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options say how far fetching may go. MaxBytes is required; for the rest zero means the value in parentheses.
type Options struct {
	MaxBytes int64         // of one file
	Version  string        // of the program, for the User-Agent ("unknown")
	Timeout  time.Duration // of one Get in all (1 h)
	LookTime time.Duration // of one Look in all (45 s)
	Idle     time.Duration // without a single byte (30 s)
	MinRate  int64         // bytes per second that must come, as a mean over four times Idle (256)
	Retries  int           // how often a cut download is continued in all (8)
	Backoff  time.Duration // before the first continuation; doubled each time up to 30 times that (1 s)

	AllowPrivate []netip.Prefix // special addresses that may be dialled all the same
	AllowPorts   []uint16       // beside 443 and, with AllowHTTP, 80
	AllowHTTP    bool

	RootCAs  *x509.CertPool   // nil: the system's
	Resolver Resolver         // nil: the system's
	Now      func() time.Time // by which certificates are judged; nil: the system's clock
	Room     func() error     // asked before and while bytes are written; its error ends Get, wrapped. May be nil
}

// Fetcher follows links. It is safe for concurrent use.
type Fetcher struct {
	o         Options
	guard     guard
	transport *http.Transport
}

// New returns a Fetcher. It opens nothing.
func New(o Options) (*Fetcher, error) {
	if o.MaxBytes <= 0 {
		return nil, errors.New("making a fetcher: Options.MaxBytes is missing")
	}
	o.fill()
	f := &Fetcher{o: o, guard: guard{allow: o.AllowPrivate}}
	d := &dialer{guard: f.guard, resolver: o.Resolver}
	f.transport = &http.Transport{
		Proxy:                  nil, // a proxy would resolve and connect past the guard
		DialContext:            d.dial,
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, Time: o.Now, MinVersion: tls.VersionTLS12},
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1.1 alone
		TLSHandshakeTimeout:    o.Idle,
		ResponseHeaderTimeout:  o.Idle,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableKeepAlives:      true,
		DisableCompression:     true,
	}
	return f, nil
}

func (o *Options) fill() {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&o.Timeout, time.Hour)
	def(&o.LookTime, 45*time.Second)
	def(&o.Idle, 30*time.Second)
	def(&o.Backoff, time.Second)
	if o.MinRate <= 0 {
		o.MinRate = 256
	}
	if o.Retries <= 0 {
		o.Retries = 8
	}
	if o.Version == "" {
		o.Version = "unknown"
	}
	if o.Resolver == nil {
		o.Resolver = systemResolver()
	}
}

// The kinds of what stands at the end of a link.
const (
	KindFile = "file"
	KindPage = "page"
)

// The warnings of a Found.
const (
	WarnRepaired  = "repaired"   // the link was not used as it was pasted: Link is what was used
	WarnIDN       = "idn"        // a host has letters outside ASCII: compare both forms
	WarnLookAlike = "look_alike" // … and they are not of the Vietnamese alphabet: a host may pose as another
)

// Found is what Look found. It can be stored as JSON and handed to Get later.
type Found struct {
	Link      string   `json:"link"`                // as used: repaired, without fragment
	Hops      []Hop    `json:"hops"`                // every request, in order; the last one is where the file is
	URL       string   `json:"url"`                 // of the last hop
	Host      string   `json:"host"`                // of the last hop, in ASCII: what a person confirms
	HostShown string   `json:"host_shown"`          // the same for the eye: both forms where they differ
	Name      string   `json:"name"`                // cleaned; a label, never a path
	Type      string   `json:"type"`                // the media type that the server claims, or ""
	Size      int64    `json:"size"`                // bytes; -1 the server does not say
	Rewritten string   `json:"rewritten,omitempty"` // the service whose share link was turned into a download
	Kind      string   `json:"kind"`                // KindFile or KindPage
	Page      *Refusal `json:"page,omitempty"`      // for KindPage: what to tell the person
	Warnings  []string `json:"warnings,omitempty"`
}

// Hop is one request on the way.
type Hop struct {
	URL       string `json:"url"`
	Host      string `json:"host"`       // in ASCII
	HostShown string `json:"host_shown"` // both forms where they differ
	Status    int    `json:"status"`     // of HTTP; 0 when there was no answer, or the link was turned into a download unasked
}

// Got is a file that was taken.
type Got struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of the bytes in the file
	Name   string `json:"name"`   // cleaned; a label, never a path
	Host   string `json:"host"`   // that sent the bytes, in ASCII
}
