package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"loaxa/admin"
	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/intake"
	"loaxa/admin/report/desk"
	"loaxa/audio/fetch"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/player/alarm"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/player/playlog/offline/page"
	"loaxa/schedule/clock"
	"loaxa/schedule/rulebook"
)

// station is everything built, in the order in which it was built.
type station struct {
	conf     config
	logger   *slog.Logger
	exe      string
	folder   *folder
	clock    *clock.System
	alarms   *alarm.Board
	db       *bbolt.DB
	book     *rulebook.Book
	library  *library.Library
	facts    *facts
	intake   *intake.Intake
	reports  *desk.Desk
	log      *playlog.Log
	accounts *account.Book
	player   *player.Player
	server   *admin.Server
	night    *nightWatch
}

// plan of building: what the command knows beyond the configuration.
type building struct {
	listen  bool   // pages on TCP as well
	demo    bool   // say so on the pages
	mayInit bool   // make epoch 1 of the log, and build no player and no pages
	record  string // write what the virtual speaker plays to this WAV file
	device  string
	socket  string // "" is the station's own
}

// build opens the data folder and builds every room, by hand, in order. What it opened before an error is closed again.
func (a *app) build(conf config, b building) (_ *station, err error) {
	s := &station{conf: conf, logger: a.logger(conf.LogLevel), clock: clock.NewSystem(clock.Options{}), night: newNightWatch()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.exe, err = executable(); err != nil {
		return nil, err
	}
	if s.folder, err = openFolder(conf.Data); err != nil {
		return nil, err
	}
	if err = makeFolders(conf.Data); err != nil {
		return nil, err
	}
	if err = s.folder.sweep(); err != nil {
		return nil, err
	}
	journal := &alarmJournal{logger: s.logger, board: func() []alarm.Alarm { return s.alarms.Snapshot() }}
	s.alarms = alarm.NewBoard(s.clock.Now, journal.changed)
	steps := []func(building) error{s.openState, s.openLog, s.buildPlayer, s.buildIntake, s.buildReports, s.buildServer}
	if b.mayInit {
		steps = steps[:2]
	}
	for _, step := range steps {
		if err = step(b); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// openState opens state.db and the rooms that keep their state in it.
func (s *station) openState(building) (err error) {
	path := s.folder.path("state.db")
	if s.db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second}); err != nil {
		if errors.Is(err, bbolterrors.ErrTimeout) {
			return failWith(exitTemporary, "stop it first, or use another folder", "opening %s: another program holds it", path)
		}
		return fmt.Errorf("opening %s: %w", path, err)
	}
	s.book, err = rulebook.Open(rulebook.Options{DB: s.db, Now: s.clock.Now})
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(s.book.Settings().Zone)
	if err != nil {
		return fmt.Errorf("reading the station's zone of time: %w", err)
	}
	s.clock.SetZone(zone)
	record := s.book.Outbox().Record
	s.library, err = library.Open(library.Options{
		DB: s.db, Dir: s.folder.dir, Exe: s.exe, Now: s.clock.Now, Record: record,
		FFmpeg: s.conf.ffmpeg(), Uses: func(id string) []library.Use { return usesOf(s.book.Input(), id) },
	})
	if err != nil {
		return err
	}
	s.accounts, err = account.Open(account.Options{DB: s.db, Now: s.clock.Now, Record: record})
	if err != nil {
		return err
	}
	s.facts, err = newFacts(s.library, s.book)
	return err
}

func (s *station) openLog(b building) (err error) {
	set := s.book.Settings()
	s.log, err = playlog.Open(playlog.Options{
		Path: s.folder.path("playlog.db"), AnchorDir: s.folder.path("anchors"), KeyPath: s.folder.path("keys/log.key"),
		StationCode: set.StationCode, StationName: set.StationName, Device: "main",
		Stamp:   func() evidence.Stamp { return player.StampOf(s.clock.Stamp()) },
		Raise:   func(code, detail string) { s.alarms.Raise(alarm.Code(code), detail) },
		Clear:   func(code string) { s.alarms.Clear(alarm.Code(code)) },
		MayInit: b.mayInit, Reserve: playlog.DefaultReserve,
	})
	return err
}

func (s *station) buildPlayer(b building) (err error) {
	build, err := buildHash(s.exe)
	if err != nil {
		return err
	}
	s.player, err = player.New(player.Options{
		Clock: s.clock, Setter: s.clock, Log: s.log, Alarms: s.alarms, Input: s.facts.input, OpenClip: s.openClip,
		OpenLine: s.lineOpener(b), Device: b.device, Version: version, Build: build,
		Heartbeat: s.folder.path("heartbeat"), Logger: s.logger,
	})
	return err
}

// maxFetch is the largest file that is taken from a link; the library has its own limit on each clip in it.
const maxFetch = 1 << 30

func (s *station) buildIntake(building) error {
	o, err := s.conf.Fetch.options()
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	o.MaxBytes, o.Version, o.Now, o.Room = maxFetch, version, s.clock.Now, s.library.Room
	fetcher, err := fetch.New(o)
	if err != nil {
		return err
	}
	in := intake.Options{Library: s.library, Fetcher: fetcher, Spool: s.folder.nameless, Now: s.clock.Now, Logger: s.logger,
		Trusted: func() []string { return s.book.Settings().TrustedHosts }, Inbox: s.folder.path("inbox")}
	s.intake, err = intake.New(in)
	return err
}

func (s *station) buildReports(building) (err error) {
	s.reports, err = desk.New(desk.Options{Dir: s.folder.path("spool/reports"), Room: s.library.Room, Now: s.clock.Now, Logger: s.logger})
	return err
}

func (s *station) buildServer(b building) (err error) {
	o := admin.Options{
		Socket: cmp.Or(b.socket, socketOf(s.folder.dir)), PublicURL: s.conf.PublicURL, Logger: s.logger,
		Station: api.Options{
			Player: s.player, Rules: s.book, Library: s.library, Log: s.log, Accounts: s.accounts, Alarms: s.alarms,
			Input: s.facts.input, Now: s.clock.Now, Stamp: s.clock.Stamp, SpoolDir: s.folder.path("spool"),
			Intake: s.intake, Reports: s.reports, Template: s.folder.path("report-template.docx"),
			Version: version, Logger: s.logger, Checks: s.checks(b.device), Demo: b.demo, ClockNote: s.clock.TrustNote,
			LastNight: s.night.get, Rehearse: func(ctx context.Context, actor string) (api.Night, error) { return s.rehearse(ctx, actor, b.device) },
		},
	}
	if b.listen {
		o.Listen = s.conf.Listen
	}
	if o.Verifier, err = page.Made(); err != nil {
		s.logger.Info("the verifier page cannot be handed out; `make build` makes it", "err", err)
	}
	s.server, err = admin.New(o)
	if !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	if b.demo { // somebody sits before the console
		return failWith(exitFailed, "another program has this address: use another with --listen, or stop that program", "starting the pages: %w", err)
	}
	// To stay on air ranks above the pages; commands still reach the station by its socket.
	s.alarms.Raise(alarm.NoPages, err.Error())
	o.Listen = ""
	s.server, err = admin.New(o)
	return err
}

// close closes what is open, last first.
func (s *station) close() error {
	var errs []error
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.folder != nil {
		errs = append(errs, s.folder.close())
	}
	return errors.Join(errs...)
}

// drain brings changes of the state into the log, and tells the player whose they were.
func (s *station) drain(ctx context.Context) error {
	who := ""
	err := s.book.Outbox().Drain(ctx, func(c rulebook.Change) error {
		_, err := s.log.Append("station", evidence.Change{
			Seq: c.Seq, What: c.What, ID: c.ID, By: c.Actor, Made: evidence.At(c.Made), Before: c.Before, After: c.After,
		})
		if err == nil {
			who = c.Actor
		}
		return err
	})
	if who != "" {
		s.player.Replan(who)
		s.noticeExpiry()
	}
	return err
}

// pump drains the outbox whenever something is in it; a log that cannot be written is tried again. It also looks, at the
// start, after each change and every hour, for clips that expire.
func (s *station) pump(ctx context.Context) error {
	again := time.NewTicker(30 * time.Second)
	defer again.Stop()
	hourly := time.NewTicker(time.Hour) // days pass without anybody changing anything
	defer hourly.Stop()
	s.noticeExpiry()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			return s.drain(last)
		case <-s.book.Outbox().Ready():
		case <-again.C:
		case <-hourly.C:
			s.noticeExpiry()
		}
		if err := s.drain(ctx); err != nil && ctx.Err() == nil {
			s.logger.Warn("bringing changes into the log", "err", err)
		}
	}
}

// openClip opens a clip for the player.
func (s *station) openClip(id string) (*player.Clip, error) {
	o, err := s.library.Open(id)
	if err != nil {
		return nil, err
	}
	return &player.Clip{Source: o.Source, SHA256: o.SHA256, Close: o.Close}, nil
}
