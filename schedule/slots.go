package schedule

import (
	"slices"
	"time"
)

// What is offered for a broadcast that nobody has asked for at a time: by day, on the quarter hours.
const (
	slotStep  = 15 * time.Minute
	slotFrom  = 6*time.Hour + 30*time.Minute
	slotUntil = 18*time.Hour + 30*time.Minute
)

// slotID is the programme that is tried; no stored one is called so.
const slotID = "slot"

// FreeSlots offers up to n moments in [from, until) at which what p plays could be aired once: it begins on time, breaks
// no rule, and every other occurrence stays as it is. The days take turns, so that what is made up for is spread.
func FreeSlots(in Input, p Programme, from, until time.Time, n int) []time.Time {
	loc, err := loadZone(in.Settings.Zone)
	if err != nil {
		return nil
	}
	p = Programme{ID: slotID, Title: p.Title, PlaylistID: p.PlaylistID, Class: p.Class, Zone: p.Zone, VolumePercent: p.VolumePercent,
		Opening: p.Opening, Closing: p.Closing}
	var days []*slotDay
	for day := midnight(from.In(loc)); day.Before(until); day = day.AddDate(0, 0, 1) {
		days = append(days, newSlotDay(in, p, day, from, until))
	}
	var out []time.Time
	for found := true; found && len(out) < n; {
		found = false
		for _, d := range days {
			if t, ok := d.next(); ok && len(out) < n {
				out, found = append(out, t), true
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// slotDay offers the moments of one day, in order; each that was offered is taken.
type slotDay struct {
	in    Input
	p     Programme
	base  []Occurrence // the day as it stands, with what was offered
	tries []time.Time
}

func newSlotDay(in Input, p Programme, day, from, until time.Time) *slotDay {
	d := &slotDay{in: in, p: p}
	for at := slotFrom; at < slotUntil; at += slotStep {
		// By wall clock: hours and minutes, not a sum, on a day when the clock is set.
		t := time.Date(day.Year(), day.Month(), day.Day(), int(at/time.Hour), int(at%time.Hour/time.Minute), 0, 0, day.Location())
		if !t.Before(from) && t.Before(until) {
			d.tries = append(d.tries, t)
		}
	}
	d.base = d.plan(day, p.Starts)
	return d
}

func (d *slotDay) plan(day time.Time, starts []time.Time) []Occurrence {
	in := d.in
	if len(starts) > 0 {
		p := d.p
		p.Starts = starts
		in.Programmes = append(slices.Clone(in.Programmes), p)
	}
	return Plan(in, midnight(day), midnight(day).AddDate(0, 0, 1))
}

func (d *slotDay) next() (time.Time, bool) {
	for len(d.tries) > 0 {
		t := d.tries[0]
		d.tries = d.tries[1:]
		if d.held(t) {
			continue
		}
		starts := append(slices.Clone(d.p.Starts), t)
		with := d.plan(t, starts)
		if fits(with, d.base, t) {
			d.p.Starts, d.base = starts, with
			return t, true
		}
	}
	return time.Time{}, false
}

// held is the quick look: something is on air then.
func (d *slotDay) held(t time.Time) bool {
	return slices.ContainsFunc(d.base, func(o Occurrence) bool {
		return o.Verdict != VerdictSkipped && !t.Before(o.Start) && t.Before(o.End())
	})
}

// fits is the careful one: the plan itself airs it at t and leaves all else alone.
func fits(with, base []Occurrence, t time.Time) bool {
	was := make(map[string]Occurrence, len(base))
	for _, o := range base {
		was[o.ID] = o
	}
	airs := false
	for _, o := range with {
		old, known := was[o.ID]
		switch {
		case o.ProgrammeID == slotID && o.Due.Equal(t):
			airs = o.Verdict == VerdictAirs && o.Reason == ReasonNone
		case !known || old.Verdict != o.Verdict || old.Reason != o.Reason || !old.Start.Equal(o.Start):
			return false
		}
	}
	return airs
}
