package evidence

import (
	"fmt"
	"sort"
	"time"
)

// grace is how long after the end of its window (and after a boot, a clock step or a gap) an occurrence may wait for its
// outcome.
const grace = 2 * time.Minute

// books keeps account: everything promised by a plan gets exactly one outcome.
type books struct {
	owed    map[string]owed
	decided map[string]int64 // broadcast → index of its outcome
	running map[string]bool  // broadcasts started in this run of the program, without an outcome
	started map[item]int64   // items started, without an end
	planned bool             // a plan was seen in this epoch
	settled time.Time        // since when the present run could have judged
	lastRec time.Time
	held    bool // for want of a trusted clock nothing is decided
	// middle is set for a part of a log: what happened before its first record is not known, so that promises due
	// before opened are not judged.
	middle bool
	opened time.Time

	looking *witnesses // nil when nobody looks on
}

type owed struct {
	deadline time.Time
	due      time.Time
	idx      int64 // of the plan
}

type item struct {
	broadcast string
	item      int
	attempt   int
}

func newBooks() *books {
	return &books{owed: map[string]owed{}, decided: map[string]int64{}, running: map[string]bool{}, started: map[item]int64{}}
}

func (b *books) add(rep *Report, rec Record, body Body) {
	b.lastRec = rec.Wall.Time
	if b.middle && b.opened.IsZero() {
		b.opened, b.settled = rec.Wall.Time, rec.Wall.Time
	}
	switch x := body.(type) {
	case Plan:
		b.plan(rec.Idx, x)
	case Start:
		b.start(rep, rec.Idx, x)
	case End:
		delete(b.started, item{x.Broadcast, x.Item, x.Attempt})
	case OutcomeBody:
		if b.outcome(rep, rec.Idx, x) && b.looking != nil {
			b.looking.add(rep, rec, x)
		}
	case Boot:
		b.settled, b.held = rec.Wall.Time, false
		clear(b.running)
		if !x.OutageFrom.IsZero() && len(rep.Outages) < maxListed {
			rep.Outages = append(rep.Outages, Interval{From: x.OutageFrom, Until: x.OutageUntil, Why: x.Previous, Index: rec.Idx})
		}
	case ClockChange:
		b.settled, b.held = rec.Wall.Time, x.holds(b.held)
	case Gap:
		b.settled = rec.Wall.Time
		if len(rep.Gaps) < maxListed {
			rep.Gaps = append(rep.Gaps, Interval{From: x.From, Until: x.Until, Why: x.Why, Index: rec.Idx})
		}
	}
}

// plan takes over what a plan promises. What an earlier plan promised stays owed: it can be withdrawn only by an outcome.
func (b *books) plan(idx int64, p Plan) {
	b.planned = true
	lateness := make(map[string]time.Duration, len(p.Programmes))
	for _, g := range p.Programmes {
		lateness[g.ID] = time.Duration(g.LatenessMS) * time.Millisecond
	}
	for _, list := range [][]Planned{p.Occurrences, p.Open} {
		for _, o := range list {
			if _, done := b.decided[o.ID]; done {
				continue
			}
			end := o.Due.Add(lateness[o.Programme] + time.Duration(o.LengthMS)*time.Millisecond)
			b.owed[o.ID] = owed{deadline: end, due: o.Due.Time, idx: idx}
		}
	}
}

func (b *books) start(rep *Report, idx int64, s Start) {
	if at, done := b.decided[s.Broadcast]; done {
		rep.find("after_outcome", idx, idx+1, fmt.Sprintf("Record %d starts %q, which record %d had already decided.", idx, s.Broadcast, at),
			fmt.Sprintf("Dòng %d bắt đầu phát %q dù dòng %d đã ghi kết quả cuối cùng.", idx, s.Broadcast, at))
	}
	b.running[s.Broadcast] = true
	b.started[item{s.Broadcast, s.Item, s.Attempt}] = idx
}

// outcome reports whether it is the first one of its broadcast.
func (b *books) outcome(rep *Report, idx int64, o OutcomeBody) bool {
	if at, done := b.decided[o.Broadcast]; done {
		rep.find("two_outcomes", idx, idx+1, fmt.Sprintf("Record %d decides %q a second time, after record %d.", idx, o.Broadcast, at),
			fmt.Sprintf("Dòng %d ghi kết quả lần thứ hai cho %q, sau dòng %d.", idx, o.Broadcast, at))
		return false
	}
	b.decided[o.Broadcast] = idx
	delete(b.running, o.Broadcast)
	if !o.Outcome.known() {
		rep.find("outcome", idx, idx+1, fmt.Sprintf("Record %d has the unknown outcome %.40q.", idx, string(o.Outcome)),
			fmt.Sprintf("Dòng %d có kết quả không rõ nghĩa %.40q.", idx, string(o.Outcome)))
	}
	if level := Level(o.Measured()); o.Evidence > level {
		rep.find("overclaimed", idx, idx+1, fmt.Sprintf("Record %d claims evidence %d; its measurements show %d.", idx, o.Evidence, level),
			fmt.Sprintf("Dòng %d nhận mức chứng cứ %d; số đo chỉ cho mức %d.", idx, o.Evidence, level))
	}
	if o.Why == "scheduled" {
		_, promised := b.owed[o.Occurrence]
		// An epoch that took over a running station decides what the epoch before had planned, until it has a plan.
		if !promised && (b.planned || rep.Epoch <= 1) && !b.before(o.Due.Time) {
			rep.find("unplanned", idx, idx+1, fmt.Sprintf("Record %d decides %q, which no plan before it has promised.", idx, o.Occurrence),
				fmt.Sprintf("Dòng %d ghi kết quả cho %q mà trước đó không kế hoạch nào nêu.", idx, o.Occurrence))
		}
		delete(b.owed, o.Occurrence)
	}
	rep.Figures.count(o)
	return true
}

func (b *books) finish(rep *Report) {
	rep.Figures.ready()
	rep.Figures.Interrupted = 0
	for it := range b.started {
		if !b.running[it.broadcast] {
			rep.Figures.Interrupted++
		}
	}
	ids := make([]string, 0, len(b.owed))
	for id := range b.owed {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		o := b.owed[id]
		if limit := later(o.deadline, b.settled).Add(grace); b.lastRec.After(limit) && !b.held && !b.running[id] && !b.before(o.due) {
			rep.find("undecided", o.idx, o.idx+1, fmt.Sprintf("%q, planned in record %d, has no outcome though its time has passed.", id, o.idx),
				fmt.Sprintf("%q, có trong kế hoạch ở dòng %d, đã qua giờ mà không có kết quả.", id, o.idx))
			continue
		}
		if o.due.After(b.lastRec) {
			rep.NotDue++
		} else {
			rep.Awaited++
		}
		if len(rep.Owed) < maxListed {
			rep.Owed = append(rep.Owed, id)
		}
	}
}

// before reports whether what was due then may have been promised, started or decided before the part at hand.
func (b *books) before(due time.Time) bool { return b.middle && !due.After(b.opened) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
