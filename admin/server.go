package admin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// limits of the server. A request that is not slow is read within read and answered within write; a stream may take piece
// for each of its pieces. Grace is for what is under way when the server stops.
type limits struct {
	header, read, write, idle, piece, grace time.Duration
	connections, perAddress                 int // at once; a browser opens six, and one more for each page that listens
}

var usualLimits = limits{header: 5 * time.Second, read: 15 * time.Second, write: 30 * time.Second, idle: 2 * time.Minute, piece: 30 * time.Second,
	grace: 700 * time.Millisecond, connections: 256, perAddress: 64}

const headerBytes = 32 << 10

// Options of New. Listen or Socket may be left out, not both; PublicURL may be empty; the rest is required.
type Options struct {
	Listen    string // TCP address, "127.0.0.1:8080"
	Socket    string // path of the Unix socket
	PublicURL string // the name under which a reverse proxy shows the station
	Logger    *slog.Logger
	Station   api.Options // what the API and the pages speak of
	Verifier  []byte      // the verifier page to be handed out; none when the program was built without it
	limits    *limits     // of a test; nil is usualLimits
}

// Server is the HTTP server of the station.
type Server struct {
	log      *slog.Logger
	accounts *account.Book
	limiter  *account.Limiter
	words    *locale.Catalogues
	pages    *page.Pages
	table    []route.Route
	operator func(actor string, op evidence.Operator)
	now      func() time.Time
	visits   visitBook
	limits   limits

	handler    http.Handler
	listeners  []net.Listener
	address    string
	publicURL  string
	socketPath string
	stopping   context.Context // ends when Run begins to stop
	stop       context.CancelFunc
}

// New builds the server and opens its listeners, so that an address in use is known before anything starts.
func New(o Options) (*Server, error) {
	if o.Logger == nil {
		return nil, errors.New("building the server: Options.Logger is missing")
	}
	if o.Listen == "" && o.Socket == "" {
		return nil, errors.New("building the server: Options.Listen and Options.Socket are missing")
	}
	s, err := build(o)
	if err != nil {
		return nil, fmt.Errorf("building the server: %w", err)
	}
	if err := s.listen(o); err != nil {
		for _, l := range s.listeners {
			err = errors.Join(err, l.Close())
		}
		return nil, err
	}
	return s, nil
}

func build(o Options) (*Server, error) {
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	station, err := api.New(o.Station)
	if err != nil {
		return nil, err
	}
	s := &Server{log: o.Logger, publicURL: o.PublicURL, accounts: o.Station.Accounts, words: words, operator: station.Operator, now: o.Station.Now,
		limits: usualLimits, visits: visitBook{seen: make(map[string]time.Time)},
		limiter: account.NewLimiter(o.Station.Now, badTries, badWindow, badAddresses)}
	if o.limits != nil {
		s.limits = *o.limits
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.pages, err = page.New(page.Options{Station: station, Accounts: o.Station.Accounts, Limiter: s.limiter, Verifier: o.Verifier, ProblemOf: problemOf, Reach: s.Reach})
	if err != nil {
		return nil, err
	}
	s.table = append(station.Routes(), s.pages.Routes()...)
	engine := s.engine()
	s.handler, err = newGuard(engine, o.PublicURL, func(w http.ResponseWriter, r *http.Request, err error) {
		s.refuse(w, r, forPeople(r), err)
	})
	return s, err
}

func (s *Server) engine() *gin.Engine {
	// gin keeps its mode in a package variable. Release mode is the only one used, so setting it again changes nothing.
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	for _, rt := range s.table {
		engine.Handle(rt.Method, rt.Path, s.handle(rt))
	}
	engine.NoRoute(func(c *gin.Context) {
		s.refuse(c.Writer, c.Request, forPeople(c.Request), &route.Problem{Status: http.StatusNotFound, Code: "no_such_address"})
	})
	engine.NoMethod(func(c *gin.Context) {
		s.refuse(c.Writer, c.Request, forPeople(c.Request), &route.Problem{Status: http.StatusMethodNotAllowed, Code: "wrong_method"})
	})
	return engine
}

// forPeople says whether a refusal outside of any route is better shown as a page: a browser asks, and not the API.
func forPeople(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// handle turns a row of the table into a gin handler: limits, who asks, may they, the work, the answer.
func (s *Server) handle(rt route.Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		call := s.call(c, rt)
		s.serve(c, rt, call)
		// The pattern, not the address: the set-up link carries its secret there.
		s.log.Debug("request", "method", rt.Method, "route", rt.Path, "status", c.Writer.Status(), "actor", call.Who.Actor)
	}
}

func (s *Server) call(c *gin.Context, rt route.Route) *route.Call {
	control := http.NewResponseController(c.Writer)
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, rt.MaxBody)
	return &route.Call{
		Request: c.Request, Param: c.Param, Peer: rateKey(c.Request.RemoteAddr), Words: s.wordsFor(rt.Page, c.Request),
		Extend: func(d time.Duration) {
			end := time.Now().Add(d) // as the kernel counts, not the station
			// A connection without deadlines (a recorder in a test) needs none.
			_ = control.SetReadDeadline(end)
			_ = control.SetWriteDeadline(end)
		},
	}
}

// wordsFor chooses the language: pages speak Vietnamese, whatever the browser was set to when it was bought, unless somebody
// chose English in it; documents speak what is asked for.
func (s *Server) wordsFor(isPage bool, r *http.Request) locale.Words {
	if isPage {
		if c, err := r.Cookie(frame.LanguageCookie); err == nil && c.Value == string(locale.English) {
			return s.words.In(locale.English)
		}
		return s.words.In(locale.Vietnamese)
	}
	return s.words.For(r.Header.Get("Accept-Language"))
}

func (s *Server) serve(c *gin.Context, rt route.Route, call *route.Call) {
	defer func() {
		if p := recover(); p != nil {
			s.panicked(c, rt, p)
		}
	}()
	var err error
	if call.Who, err = s.identify(c.Request); err == nil {
		err = s.authorise(rt, call.Who, c.Request)
	}
	if err == nil && rt.MaxBody > 0 && c.Request.ContentLength > rt.MaxBody {
		err = &http.MaxBytesError{Limit: rt.MaxBody}
	}
	if err == nil && rt.Page {
		err = takeTyped(c.Request)
	}
	if err != nil {
		s.refuse(c.Writer, c.Request, rt.Page, err)
		return
	}
	if call.Who.Role == account.Inspector && s.visits.first(call.Who.Actor+" "+call.Who.Session, s.now()) {
		s.operator(call.Who.Actor, evidence.Operator{What: "visit", Object: rt.Path, Result: "done"})
	}
	if rt.Slow {
		call.Extend(s.limits.piece)
	}
	reply, err := rt.Handle(call)
	if err != nil {
		s.refuse(c.Writer, c.Request, rt.Page, err)
		return
	}
	s.render(c.Writer, rt, call, reply)
}

// panicked answers for a handler that fell over. What was sent already is broken off, so that nobody takes the half for
// the whole.
func (s *Server) panicked(c *gin.Context, rt route.Route, p any) {
	if p != http.ErrAbortHandler { //nolint:errorlint // a panic value, compared as net/http does
		s.log.Error("a handler panicked", "route", rt.Path, "panic", p, "stack", string(debug.Stack()))
		if !c.Writer.Written() {
			s.refuse(c.Writer, c.Request, rt.Page, fmt.Errorf("handler of %s panicked", rt.Path))
			return
		}
	}
	panic(http.ErrAbortHandler)
}

func (s *Server) listen(o Options) error {
	if o.Socket != "" {
		l, err := listenSocket(o.Socket)
		if err != nil {
			return err
		}
		s.listeners, s.socketPath = append(s.listeners, l), o.Socket
	}
	if o.Listen != "" {
		l, err := net.Listen("tcp", o.Listen)
		if err != nil {
			return fmt.Errorf("listening on %s: %w", o.Listen, err)
		}
		s.address = l.Addr().String()
		// The socket stands outside this limit: a flood on the network never keeps `loaxa stop` out.
		s.listeners = append(s.listeners, netutil.LimitListener(newFairListener(l, s.limits.perAddress, o.PublicURL != ""), s.limits.connections))
	}
	return nil
}

// Address is where the server listens, with the port that was given when 0 was asked for; "" without TCP.
func (s *Server) Address() string { return s.address }

// Reach is how browsers get to the pages now.
func (s *Server) Reach() frame.Reach { return frame.ReachOf(s.address, s.publicURL) }

// Run serves until ctx ends, then stops within a second: streams end at once, short requests may finish.
func (s *Server) Run(ctx context.Context) error {
	server := &http.Server{Handler: s.handler, ConnContext: rememberPeer, ReadHeaderTimeout: s.limits.header, ReadTimeout: s.limits.read,
		WriteTimeout: s.limits.write, IdleTimeout: s.limits.idle, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	g, ctx := errgroup.WithContext(ctx)
	for _, l := range s.listeners {
		g.Go(func() error {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serving on %s: %w", l.Addr(), err)
			}
			return nil
		})
	}
	g.Go(func() error {
		<-ctx.Done()
		s.stop()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.grace)
		defer cancel()
		if err := server.Shutdown(grace); err != nil {
			s.log.Debug("ending requests that took too long", "err", err)
			return server.Close()
		}
		return nil
	})
	err := g.Wait()
	if s.socketPath != "" {
		err = errors.Join(err, os.Remove(s.socketPath))
	}
	return err
}
