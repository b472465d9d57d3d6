package judge

import (
	"maps"
	"slices"
	"strings"
	"time"

	"loaxa/player/playlog/evidence"
)

// Debt is an occurrence that was promised and has no outcome yet, as it was promised.
type Debt struct {
	Planned   evidence.Planned
	Programme evidence.PlannedProgramme
	Clips     []evidence.Clip // in order
	Withdrawn bool
	By        string // who withdrew it
	At        time.Time
}

// Window is the last moment at which it may begin.
func (d *Debt) Window() time.Time {
	return d.Planned.Due.Add(time.Duration(d.Programme.LatenessMS) * time.Millisecond)
}

// Refused reports whether the plan already refused it by a rule that does not depend on what else is on air.
func (d *Debt) Refused() bool {
	return d.Planned.Verdict == "skipped" && d.Planned.Reason != ReasonOverlap
}

// ItemTrace is what the records say of one item of a broadcast.
type ItemTrace struct {
	Start    evidence.Start // the last one
	Taken    int64          // highest frame of the item known to be taken
	Finished bool
	Failed   bool // its file gave out
	Open     bool // the last start has no end
	Written  int64
	Rate     float64
}

// Begun is a broadcast that has a start and no outcome.
type Begun struct {
	Broadcast  string
	Occurrence string
	Why        string
	Boot       string // kernel boot of the last record about it
	Last       time.Time
	Onset      time.Time
	Underruns  int64
	Output     evidence.Output // the weakest that any of it went to
	Items      map[int]*ItemTrace
	Total      int    // number of items, 0 when unknown
	Refused    string // the rule that forbade an item when its turn came
	Cut        bool   // a higher class took the air from it, and it has not gone on since
}

// Taken is the number of frames known to be taken, over all items.
func (b *Begun) Taken() int64 {
	var n int64
	for _, it := range b.Items {
		n += it.Taken
	}
	return n
}

// next is the item at which it would go on; all is true when nothing is left. Items are begun in order: one without a
// start before one that has it could not be opened, and going back to it would repeat what was heard since.
func (b *Begun) next() (item int, all bool) {
	beyond := 0
	for i := range b.Items {
		beyond = max(beyond, i+1)
	}
	for item < beyond {
		if it := b.Items[item]; it != nil && !it.Finished && !it.Failed {
			return item, false
		}
		item++
	}
	return item, b.Total > 0 && item >= b.Total
}

// whole reports whether every item was finished.
func (b *Begun) whole() bool {
	for i := range b.Total {
		if it := b.Items[i]; it == nil || !it.Finished {
			return false
		}
	}
	return b.Total > 0
}

// CutWord is the outcome of a broadcast that was cut and does not go on.
func (b *Begun) CutWord() evidence.Outcome {
	switch {
	case b.Taken() == 0:
		return evidence.Missed
	case b.Cut:
		return evidence.Preempted
	}
	return evidence.Partial
}

func (b *Begun) measured(d *Debt) Measured {
	m := Measured{Taken: b.Taken(), Planned: b.Taken()}
	if !b.Onset.IsZero() {
		m.Lateness = b.Onset.Sub(d.Planned.Due.Time)
	}
	return m
}

// Past is what the records from the last plan on still owe. Fold them in order with Read.
type Past struct {
	Debts     map[string]*Debt
	Begun     map[string]*Begun
	Stopped   map[string]string // broadcasts that a person stopped, and who
	Hold      *evidence.Hold
	PlanFrom  time.Time      // zero when there is no plan
	PlanUntil time.Time      // of the last plan that was made on a believed clock
	Last      evidence.Stamp // of the last record
	Ran       evidence.Stamp // of the last record that a running station made; zero when none ever ran
	Clean     bool           // that one is a shutdown
	Held      bool           // nothing started by itself when the records break off: the clock was not trusted

	before time.Time // PlanUntil before the last plan
}

// NewPast is a past in which nothing happened.
func NewPast() *Past {
	return &Past{Debts: make(map[string]*Debt), Begun: make(map[string]*Begun), Stopped: make(map[string]string)}
}

// Read folds one record into the past.
func (p *Past) Read(r evidence.Record, body evidence.Body) {
	p.Last = r.Stamp
	if ofRunning(r.Kind) {
		p.Ran, p.Clean = r.Stamp, r.Kind == evidence.KindShutdown
	}
	switch b := body.(type) {
	case evidence.Plan:
		p.plan(b)
	case evidence.Boot:
		p.Held = false
	case evidence.ClockChange:
		p.clock(b)
	case evidence.OutcomeBody:
		delete(p.Debts, b.Broadcast)
		delete(p.Begun, b.Broadcast)
	case evidence.Operator:
		if b.What == "stop" && b.Result == "done" {
			p.Stopped[b.Object] = r.Actor
		}
	case evidence.Start:
		p.start(b).touch(r)
	case evidence.Device:
		if b.What == "moved" {
			p.moved(evidence.Output(b.Output))
		}
	case evidence.Progress:
		if g := p.Begun[b.Broadcast]; g != nil {
			g.touch(r)
			g.progress(b)
		}
	case evidence.End:
		if g := p.Begun[b.Broadcast]; g != nil {
			if !b.Bounded { // else a later run says what an earlier one left open
				g.touch(r)
			}
			g.end(b)
		}
	}
}

// ofRunning reports whether only a running station makes records of this kind. The others come from commands as well:
// a clip imported after a shutdown makes that no crash, and a new log has seen no station run.
func ofRunning(k evidence.Kind) bool {
	switch k {
	case evidence.KindEpoch, evidence.KindChange, evidence.KindOperator, evidence.KindKey, evidence.KindGap:
		return false
	}
	return true
}

// plan takes the place of all that was owed: a plan record states everything that is.
func (p *Past) plan(b evidence.Plan) {
	p.before = p.PlanUntil
	p.PlanFrom, p.Hold = b.From.Time, b.Hold
	if !p.Held {
		p.PlanUntil = b.Until.Time
	}
	p.Debts = make(map[string]*Debt, len(b.Occurrences)+len(b.Open))
	programmes := make(map[string]evidence.PlannedProgramme, len(b.Programmes))
	for _, g := range b.Programmes {
		programmes[g.ID] = g
	}
	clips := make(map[string]evidence.Clip, len(b.Clips))
	for _, c := range b.Clips {
		clips[c.ID] = c
	}
	for _, o := range slices.Concat(b.Open, b.Occurrences) {
		d := &Debt{Planned: o, Programme: programmes[o.Programme], Withdrawn: o.State == "withdrawn", By: o.By, At: o.At.Time}
		for _, id := range o.Clips {
			d.Clips = append(d.Clips, clips[id])
		}
		p.Debts[o.ID] = d
	}
}

// clock follows whether anything starts by itself. A plan made while nothing does is followed by a record that says so:
// its reach is by a clock that nobody believes.
func (p *Past) clock(b evidence.ClockChange) {
	switch b.What {
	case evidence.ClockHold:
		if b.Source == evidence.HoldPlan && !p.Held {
			p.PlanUntil = p.before
		}
		p.Held = true
	case evidence.ClockRelease:
		p.Held = false
	}
}

func (p *Past) start(s evidence.Start) *Begun {
	g := p.Begun[s.Broadcast]
	if g == nil {
		g = &Begun{Broadcast: s.Broadcast, Occurrence: s.Occurrence, Why: s.Why, Items: make(map[int]*ItemTrace)}
		p.Begun[s.Broadcast] = g
	}
	g.Total, g.Output = s.Items, Weaker(g.Output, evidence.Output(s.Output))
	it := g.Items[s.Item]
	if it == nil {
		it = &ItemTrace{}
		g.Items[s.Item] = it
	}
	it.Start, it.Open, g.Cut = s, true, false
	return g
}

// moved: what is on air goes elsewhere from here on.
func (p *Past) moved(to evidence.Output) {
	for _, g := range p.Begun {
		for _, it := range g.Items {
			if it.Open {
				g.Output = Weaker(g.Output, to)
			}
		}
	}
}

// Weaker is the output that shows less; "" is none yet.
func Weaker(a, b evidence.Output) evidence.Output {
	strength := func(o evidence.Output) int {
		switch o {
		case evidence.Hardware:
			return 3
		case evidence.Unproven:
			return 2
		}
		return 1
	}
	if a == "" || b != "" && strength(b) < strength(a) {
		return b
	}
	return a
}

func (b *Begun) touch(r evidence.Record) {
	b.Boot, b.Last = r.Boot, r.Wall.Time
}

func (b *Begun) progress(e evidence.Progress) {
	if b.Onset.IsZero() && !e.Onset.IsZero() {
		b.Onset = e.Onset.Time
	}
	if it := b.Items[e.Item]; it != nil {
		it.Taken, it.Written, it.Rate = max(it.Taken, e.Taken), e.Written, e.Rate
		b.Underruns = max(b.Underruns, e.Underruns)
	}
}

func (b *Begun) end(e evidence.End) {
	if word, _, _ := strings.Cut(e.Reason, ":"); e.Result == "failed" && word != ReasonClip {
		b.Refused = word
	}
	if it := b.Items[e.Item]; it != nil {
		it.Taken, it.Open, it.Finished = max(it.Taken, e.Taken), false, e.Result == "finished"
		it.Failed = e.Result == "failed"
		b.Underruns = max(b.Underruns, e.Underruns)
		b.Cut = e.Result == "cut"
	}
}

// order lists the debts by due time, then by ID.
func (p *Past) order() []string {
	return slices.SortedFunc(maps.Keys(p.Debts), func(a, b string) int {
		if c := p.Debts[a].Planned.Due.Compare(p.Debts[b].Planned.Due.Time); c != 0 {
			return c
		}
		if a < b {
			return -1
		}
		return 1
	})
}
