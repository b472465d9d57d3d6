// Package api is the JSON API of the station, /api/v1, and what pages and API share: what is on air, today's list,
// the acts of stopping, holding and releasing.
//
// Invariants: the future is told by schedule.Plan and the past by the log; nothing here computes either by itself.
package api

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/intake"
	"loaxa/admin/locale"
	"loaxa/admin/report/desk"
	"loaxa/admin/route"
	"loaxa/admin/upload"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/player/alarm"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
	"loaxa/schedule/clock"
	"loaxa/schedule/rulebook"
)

// Prefix is the address of the API.
const Prefix = "/api/v1"

// bodyLimit is the most that a JSON request may have; the largest, a playlist of 200 items, has about 12 kB.
const bodyLimit = 256 << 10

// Player is what the API asks of the player.
type Player interface {
	Play(ctx context.Context, r player.PlayRequest) (broadcast string, err error)
	Extend(ctx context.Context, actor, broadcast string, by time.Duration) (ends time.Time, err error)
	Stop(ctx context.Context, actor string) (broadcast string, err error)
	Hold(ctx context.Context, actor, reason string, until time.Time) error
	Release(ctx context.Context, actor string) error
	// SetClock sets the machine's clock; zero confirms the time as it is.
	SetClock(ctx context.Context, actor string, to time.Time) error
	Now() player.Snapshot
	Watch() (<-chan struct{}, func())
	Alive() bool
}

// Finding is the result of one check of the doctor.
type Finding struct {
	Check  string `json:"check"` // card, clock, disk, clips, log, rules
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // what was found
	Do     string `json:"do"`     // what to do; "" when it is well
}

// Options of New. All but Checks and Demo are required.
type Options struct {
	Player   Player
	Rules    *rulebook.Book
	Library  *library.Library
	Log      *playlog.Log
	Accounts *account.Book
	Alarms   *alarm.Board
	Input    func() schedule.Input // rules and clips together, as the player sees them
	Now      func() time.Time      // in the station's zone
	Stamp    func() clock.Stamp
	SpoolDir string // an existing folder on the data disk, for uploads under way
	Intake   *intake.Intake
	Reports  *desk.Desk
	Template string // file of the commune's own template of the report; it need not exist
	Version  string
	Logger   *slog.Logger
	Checks   []func(context.Context) Finding
	// LastNight is what the last silent rehearsal of the day after found, Rehearse makes one now; nil: this station has none.
	LastNight func() (Night, bool)
	Rehearse  func(ctx context.Context, actor string) (Night, error)
	// ClockNote says in a sentence why the clock is trusted or not; nil says nothing.
	ClockNote func() string
	Demo      bool // the station shows how it works; pages say so
}

func (o Options) missing() string {
	for _, f := range []struct {
		name   string
		absent bool
	}{
		{"Player", o.Player == nil}, {"Rules", o.Rules == nil}, {"Library", o.Library == nil}, {"Log", o.Log == nil},
		{"Accounts", o.Accounts == nil}, {"Alarms", o.Alarms == nil}, {"Input", o.Input == nil}, {"Now", o.Now == nil},
		{"Stamp", o.Stamp == nil}, {"SpoolDir", o.SpoolDir == ""}, {"Intake", o.Intake == nil}, {"Reports", o.Reports == nil}, {"Template", o.Template == ""}, {"Version", o.Version == ""}, {"Logger", o.Logger == nil},
	} {
		if f.absent {
			return f.name
		}
	}
	return ""
}

// API answers for the station. It holds no state of its own but the counts of open streams and uploads, and what it read
// last where reading again would be slow.
type API struct {
	o        Options
	promised owedList
	checked  logCheck
	reckoned accounts
	official locale.Words  // of papers that are handed in
	streams  chan struct{} // one element per open event stream
	uploads  chan struct{} // one element per upload under way
	urgent   chan struct{} // one element while the file of an emergency is received and imported
	copies   chan struct{} // one element per copy of the log under way
	pieces   *upload.Uploads
	refusals *refusalBook
	shelf    *shelf
	room     func() error // whether the disk may be filled further
	openapi  []byte
}

// New checks the options and describes the API.
func New(o Options) (*API, error) {
	if f := o.missing(); f != "" {
		return nil, errors.New("building the API: Options." + f + " is missing")
	}
	a := &API{o: o, checked: logCheck{running: make(chan struct{}, 1)}, reckoned: accounts{turn: make(chan struct{}, 1)}, streams: make(chan struct{}, maxStreams), uploads: make(chan struct{}, maxUploads),
		copies: make(chan struct{}, maxCopies), urgent: make(chan struct{}, 1), room: o.Library.Room,
		refusals: newRefusalBook(),
		shelf:    &shelf{library: o.Library},
	}
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	a.official = words.In(locale.Vietnamese)
	a.pieces, err = upload.New(upload.Options{Dir: filepath.Join(o.SpoolDir, "uploads"), Path: Prefix + "/uploads/",
		MaxBytes: uploadLimit, Room: a.room, Now: o.Now, Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	a.openapi, err = describe(a.Routes(), o.Version)
	return a, err
}

// Operator records what a person did. A log that cannot be written raises its own alarm and keeps the record, so the
// act goes on.
func (a *API) Operator(actor string, op evidence.Operator) {
	if _, err := a.o.Log.Append(actor, op); err != nil {
		a.o.Logger.Error("recording an act", "what", op.What, "actor", actor, "err", err)
	}
}

// Demo says whether this is a demonstration.
func (a *API) Demo() bool { return a.o.Demo }

// read is a route that everybody who is signed in may read.
func read(path, summary string, h route.Handler) route.Route {
	return route.Route{Method: "GET", Path: Prefix + path, Access: route.Signed, Roles: route.Everybody(), Handle: h,
		Doc: route.Doc{Summary: summary}}
}

// phone lets registered phones call a route, too.
func phone(rt route.Route) route.Route {
	rt.Phone = true
	return rt
}

// Routes is the API's part of the table.
func (a *API) Routes() []route.Route {
	var t []route.Route
	for _, part := range [][]route.Route{a.stationRoutes(), a.settingsRoutes(), a.clipRoutes(), a.clipActRoutes(),
		a.importRoutes(), a.uploadRoutes(), a.topicRoutes(), a.playlistRoutes(),
		a.programmeRoutes(), a.editRoutes(), a.campaignRoutes(), a.dayRoutes(), a.planRoutes(), a.whyRoutes(), a.playRoutes(), a.broadcastRoutes(), a.clockRoutes(), a.nightRoutes(),
		a.logRoutes(), a.statisticsRoutes(), a.reportRoutes(), a.accountRoutes(), a.peopleRoutes(), a.healthRoutes()} {
		t = append(t, part...)
	}
	return t
}
