package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"loaxa/admin/api"
	"loaxa/cmd/loaxa/hook"
	"loaxa/player/alarm"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// nightCheck is the word in the log for a rehearsal of the day after. It is an operator record, so that every verifier of
// this format reads it.
const nightCheck = "night_check"

// nightWatch keeps what the last rehearsal found. mu guards last; one holds a token while a rehearsal runs.
type nightWatch struct {
	one  chan struct{}
	mu   sync.Mutex
	last *api.Night
}

func newNightWatch() *nightWatch { return &nightWatch{one: make(chan struct{}, 1)} }

func (n *nightWatch) get() (api.Night, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.last == nil {
		return api.Night{}, false
	}
	return *n.last, true
}

func (n *nightWatch) put(x api.Night) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last = &x
}

// watchNight rehearses tomorrow each day at the time that the settings name.
func (s *station) watchNight(ctx context.Context, device string) error {
	s.recallNight()
	tried := ""
	for {
		now := s.clock.Now()
		at, ok := nightAt(now, s.book.Settings().NightCheckAt)
		if ok && !now.Before(at) && now.Sub(at) < nightLate && tried != now.Format(time.DateOnly) {
			tried = now.Format(time.DateOnly)
			if _, err := s.rehearse(ctx, "station", device); err != nil && ctx.Err() == nil {
				s.logger.Error("rehearsing tomorrow", "err", err)
			}
			continue
		}
		next := now.Add(15 * time.Minute) // the settings may name another time by then
		if ok && at.After(now) && at.Before(next) {
			next = at
		}
		alarm := s.clock.Alarm(next)
		select {
		case <-ctx.Done():
			alarm.Stop()
			return nil
		case <-alarm.C:
		}
	}
}

// nightLate is for how long after its time a rehearsal is made up for: a station that was off then.
const nightLate = 2 * time.Hour

// nightAt is the time of now's day that "HH:MM" names.
func nightAt(now time.Time, text string) (time.Time, bool) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, false // "" is never
	}
	return time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, now.Location()), true
}

// rehearse looks at tomorrow and at the machine, and says in one line what it found: in the log, on the page, by an alarm
// when it is red, and by the command that the configuration names.
func (s *station) rehearse(ctx context.Context, actor, device string) (api.Night, error) {
	select {
	case s.night.one <- struct{}{}:
		defer func() { <-s.night.one }()
	case <-ctx.Done():
		return api.Night{}, fmt.Errorf("rehearsing tomorrow: %w", ctx.Err())
	}
	var found []api.Finding
	for _, f := range s.player.RehearseTomorrow(ctx) {
		found = append(found, api.Finding{Check: f.Check, OK: f.OK, Detail: f.Detail, Do: f.Do})
	}
	if err := s.player.AtRest(ctx); err != nil { // the card is opened next
		return api.Night{}, fmt.Errorf("rehearsing tomorrow: %w", err)
	}
	for _, check := range s.nightChecks(device) {
		found = append(found, check(ctx))
	}
	if ctx.Err() != nil { // what was broken off found nothing
		return api.Night{}, fmt.Errorf("rehearsing tomorrow: %w", ctx.Err())
	}
	n := nightOf(s.clock.Now(), found)
	s.night.put(n)
	s.tellNight(ctx, actor, n)
	return n, nil
}

func (s *station) nightChecks(device string) []func(context.Context) api.Finding {
	return []func(context.Context) api.Finding{
		func(ctx context.Context) api.Finding { return s.checkCard(ctx, device) },
		s.checkClock, s.checkDisk, s.checkRecord, s.checkRules,
	}
}

// nightOf puts what was found into one line.
func nightOf(now time.Time, found []api.Finding) api.Night {
	n := api.Night{At: now.Truncate(time.Millisecond), Day: now.AddDate(0, 0, 1).Format(time.DateOnly), OK: true, Findings: found}
	var red, green []string
	for _, f := range found {
		line := f.Check + ": " + f.Detail
		if f.OK {
			green = append(green, line)
			continue
		}
		n.OK = false
		red = append(red, line)
	}
	lines := green
	if !n.OK {
		lines = red
	}
	n.Detail = oneLine(strings.Join(lines, "; "))
	return n
}

// nightReason bounds what of the line goes into the log.
const nightReason = 1000

func (s *station) tellNight(ctx context.Context, actor string, n api.Night) {
	result := "ok"
	if !n.OK {
		result = "failed"
		s.alarms.Raise(alarm.NightRed, n.Detail)
	} else {
		s.alarms.Clear(alarm.NightRed)
	}
	reason := strings.ToValidUTF8(n.Detail[:min(len(n.Detail), nightReason)], "")
	op := evidence.Operator{What: nightCheck, Object: n.Day, Reason: reason, Result: result}
	if _, err := s.log.Append(actor, op); err != nil {
		s.logger.Error("recording the rehearsal of tomorrow", "err", err)
	}
	s.logger.Info("tomorrow rehearsed", "day", n.Day, "ok", n.OK, "found", n.Detail)
	text, err := json.Marshal(n)
	if err != nil {
		s.logger.Error("telling of the rehearsal", "err", err)
		return
	}
	env := []string{"LOAXA_CHECK=" + result, "LOAXA_DAY=" + n.Day, "LOAXA_LINE=" + n.Detail}
	if err := hook.Run(ctx, s.conf.NightCommand, env, text, hook.Most); err != nil {
		s.logger.Warn("telling of the rehearsal by the command", "err", err)
	}
}

// recallNight takes the last rehearsal from the log, after a restart; one of more than a day ago says nothing.
func (s *station) recallNight() {
	oldest := s.clock.Now().AddDate(0, 0, -1)
	err := s.log.Backwards(func(_ int64, raw []byte) error {
		r, err := evidence.Decode(raw)
		if err != nil {
			return err
		}
		if r.Wall.Before(oldest) {
			return playlog.ErrStop
		}
		if r.Kind != evidence.KindOperator {
			return nil
		}
		body, err := evidence.DecodeBody(r)
		if op, ok := body.(evidence.Operator); err == nil && ok && op.What == nightCheck && op.Object != "" {
			s.night.put(api.Night{At: r.Wall.Time, Day: op.Object, OK: op.Result == "ok", Detail: op.Reason, Findings: []api.Finding{}})
			if op.Result != "ok" {
				s.alarms.Raise(alarm.NightRed, op.Reason)
			}
			return playlog.ErrStop
		}
		return err
	})
	if err != nil && !errors.Is(err, playlog.ErrStop) {
		s.logger.Warn("looking for the last rehearsal", "err", err)
	}
}
