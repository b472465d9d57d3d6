package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/intake"
	"loaxa/admin/page/frame"
	"loaxa/admin/report/desk"
	"loaxa/audio/fetch"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/player/alarm"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
	"loaxa/schedule/clock"
	"loaxa/schedule/rulebook"
)

// fakePlayer is a player without sound: tests say what is on air.
type fakePlayer struct {
	mu       sync.Mutex
	snapshot player.Snapshot
	watchers map[chan struct{}]bool
	stopped  []string // actors
	clocks   []clockAct
	asked    []player.PlayRequest
	refuse   error
	dead     bool
	falls    bool // Now panics
}

func (p *fakePlayer) show(change func(*player.Snapshot)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.snapshot)
	for c := range p.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (p *fakePlayer) Play(_ context.Context, r player.PlayRequest) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r)
	return string(r.Kind) + ":1", p.refuse
}

func (p *fakePlayer) Extend(_ context.Context, _, broadcast string, by time.Duration) (time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.snapshot.OnAir == nil || p.snapshot.OnAir.Broadcast != broadcast {
		return time.Time{}, &player.Refusal{Code: "nothing_on_air", Detail: "no such emergency is on air or waits"}
	}
	p.snapshot.OnAir.Ends = p.snapshot.OnAir.Ends.Add(by)
	return p.snapshot.OnAir.Ends, nil
}

func (p *fakePlayer) Stop(_ context.Context, actor string) (string, error) {
	p.mu.Lock()
	on := p.snapshot.OnAir
	p.mu.Unlock()
	if on == nil {
		return "", &player.Refusal{Code: "nothing_on_air", Detail: "nothing is on air"}
	}
	p.show(func(s *player.Snapshot) {
		s.State, s.OnAir = player.Resting, nil
		p.stopped = append(p.stopped, actor)
	})
	return on.Broadcast, nil
}

func (p *fakePlayer) Hold(_ context.Context, actor, reason string, until time.Time) error {
	p.show(func(s *player.Snapshot) {
		s.Hold = &player.HoldOrder{By: actor, Reason: reason, Since: s.At, Until: until}
	})
	return nil
}

func (p *fakePlayer) Release(context.Context, string) error {
	p.mu.Lock()
	held := p.snapshot.Hold != nil
	p.mu.Unlock()
	if !held {
		return &player.Refusal{Code: "not_on_hold", Detail: "the station is not on hold"}
	}
	p.show(func(s *player.Snapshot) { s.Hold = nil })
	return nil
}

func (p *fakePlayer) SetClock(_ context.Context, actor string, to time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clocks = append(p.clocks, clockAct{actor, to})
	return p.refuse
}

// clockAct is a person's word on the time; zero is that it is right as it is.
type clockAct struct {
	actor string
	to    time.Time
}

func (p *fakePlayer) Now() player.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.falls {
		panic("the fake was told to")
	}
	return p.snapshot
}

func (p *fakePlayer) Watch() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watchers[c] = true
	return c, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, c)
	}
}

func (p *fakePlayer) Alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.dead
}

// station is everything that the server speaks of, real but for the player.
type station struct {
	trust   clock.Trust     // "" is synchronised
	stamped *evidence.Stamp // of the log's records; nil is by the clock
	*Server
	player   *fakePlayer
	rules    *rulebook.Book
	accounts *account.Book
	alarms   *alarm.Board
	library  *library.Library
	playlog  *playlog.Log
	intake   *intake.Intake
	reports  *desk.Desk
	fetcher  *fetch.Fetcher // of links to a local server
	options  Options
	dir      string
	db       *bolt.DB
	site     *site

	t         testing.TB
	described *description // every JSON answer is held against it

	mu  sync.Mutex
	now time.Time
}

func (s *station) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *station) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

var hanoi = time.FixedZone("+07", 7*3600)

func newStation(t testing.TB, adjust ...func(*Options)) *station {
	t.Helper()
	s := &station{t: t, dir: t.TempDir(), now: time.Date(2026, 3, 5, 16, 58, 20, 0, hanoi)}
	var err error
	s.db, err = bolt.Open(filepath.Join(s.dir, "state.db"), 0o600, &bolt.Options{NoSync: true})
	must(t, err)
	t.Cleanup(func() { must(t, s.db.Close()) })
	s.rules, err = rulebook.Open(rulebook.Options{DB: s.db, Now: s.clock})
	must(t, err)
	s.accounts, err = account.Open(account.Options{DB: s.db, Now: s.clock, Record: s.rules.Outbox().Record, Cost: account.Cost{MemoryKiB: 64, Passes: 1}})
	must(t, err)
	// A station that is set up: links lead home. Of the first run see firstRun.
	_, _, err = s.accounts.AddPerson("station", "quan-tri", "cán bộ quản trị", account.Administrator)
	must(t, err)
	s.alarms = alarm.NewBoard(s.clock, nil)
	s.library, s.playlog = openLibrary(t, s), openLog(t, s)
	s.site, s.fetcher = newSite(t)
	s.intake, s.reports = runIntake(t, s), runReports(t, s)
	s.player = &fakePlayer{watchers: make(map[chan struct{}]bool),
		snapshot: player.Snapshot{At: s.now, State: player.Resting, Device: "virtual", Output: "virtual"}}
	s.options = Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Listen: "127.0.0.1:0",
		Station: api.Options{Player: s.player, Rules: s.rules, Library: s.library, Log: s.playlog, Accounts: s.accounts, Alarms: s.alarms,
			Input: s.input, Now: s.clock, SpoolDir: s.dir, Intake: s.intake, Reports: s.reports, Template: filepath.Join(s.dir, "template.docx"), Version: "test", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
			Stamp: func() clock.Stamp {
				return clock.Stamp{Wall: s.clock(), Boot: "boot", Trust: cmp.Or(s.trust, clock.Synchronised)}
			},
			Checks: []func(context.Context) api.Finding{func(context.Context) api.Finding { return api.Finding{Check: "card", OK: true, Detail: "there is one"} }}}}
	for _, f := range adjust {
		f(&s.options)
	}
	s.Server, err = New(s.options)
	must(t, err)
	t.Cleanup(func() {
		for _, l := range s.listeners {
			_ = l.Close() // Run has closed it already where a test ran the server
		}
	})
	d := s.description(t)
	s.described = &d
	return s
}

func (s *station) inboxDir() string {
	dir := filepath.Join(s.dir, "inbox")
	must(s.t, os.MkdirAll(dir, 0o700))
	return dir
}

// runIntake runs the imports of a station for as long as the test takes.
func runIntake(t testing.TB, s *station) *intake.Intake {
	t.Helper()
	in, err := intake.New(intake.Options{Library: s.library, Now: s.clock, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Fetcher: s.fetcher, Trusted: func() []string { return s.rules.Settings().TrustedHosts }, Inbox: s.inboxDir(),
		Spool: func() (*os.File, error) {
			f, err := os.CreateTemp(s.dir, "spool-*")
			if err == nil {
				err = os.Remove(f.Name())
			}
			return f, err
		}})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- in.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the imports ended with %v", err)
		}
	})
	return in
}

// runReports makes the reports of a station for as long as the test takes.
func runReports(t testing.TB, s *station) *desk.Desk {
	t.Helper()
	d, err := desk.New(desk.Options{Dir: filepath.Join(s.dir, "reports"), Room: s.library.Room, Now: s.clock, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the reports ended with %v", err)
		}
	})
	return d
}

func (s *station) input() schedule.Input {
	in := s.rules.Input()
	in.Clips = map[string]schedule.ClipFact{"c-1": {ID: "c-1", Title: "Cảnh báo", Frames: 48000 * 90, State: "approved"}}
	all, err := s.library.All()
	must(s.t, err)
	for _, c := range all {
		in.Clips[c.ID] = schedule.ClipFact{ID: c.ID, Title: c.Title, Frames: c.Frames, State: c.State, Tags: c.Tags}
	}
	return in
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *station) token(t testing.TB, role account.Role) string {
	t.Helper()
	secret, _, err := s.accounts.CreateToken("socket:root", fmt.Sprintf("%s %d", role, s.countTokens(t)), role)
	must(t, err)
	return secret
}

func (s *station) countTokens(t testing.TB) int {
	list, err := s.accounts.Tokens()
	must(t, err)
	return len(list)
}

// ask sends a request past the network, with the loopback's name and a token ("" for none).
func (s *station) ask(method, path, token, body string, adjust ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:8080"
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, f := range adjust {
		f(r)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if s.described != nil {
		s.conform(s.t, *s.described, method, path, w)
	}
	return w
}

// session opens a session by the one-time link and returns its cookie.
func (s *station) session(t *testing.T) *http.Cookie {
	t.Helper()
	link, err := s.accounts.NewLink("station")
	must(t, err)
	w := s.ask("GET", api.LinkPath(link), "", "")
	for _, c := range w.Result().Cookies() {
		if c.Name == frame.SessionCookie {
			return c
		}
	}
	t.Fatalf("the link gave no session: %d %s", w.Code, w.Body)
	return nil
}

// start runs the server and returns its base address and a function that stops it and waits.
func (s *station) start(t testing.TB) (base string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { must(t, stop()) })
	return "http://" + s.Address(), stop
}
