package schedule

import "time"

// air is who holds the loudspeakers, as the plan goes through the candidates in their order. LADDER.md says what it does.
// All times are Unix nanoseconds.
//
// It remembers who is on air, who waits, and how many broadcasts the day has had. At a moment at which all that is
// surely nothing (see freeAir) it can begin as at the beginning of time.
//
// While the air is free nobody waits: whoever waits may begin at once, or has given up.
type air struct {
	pl      *planner
	keys    []key
	fates   []fate // of each key
	guard   guard
	waiting waiters

	onAir  int // whose broadcast, -1: nobody's
	item   int // at which item it began or goes on …
	since  int64
	endsAt int64
}

// fate is what becomes of one candidate. No verdict at all: it is no start on that day.
type fate struct {
	content *content
	ordinal int64
	start   int64
	cuts    []cutFate
	verdict Verdict
	reason  Reason
}

// cutFate is a Cut whose cutter is still a number.
type cutFate struct {
	at, resumes int64
	by, item    int
}

func newAir(pl *planner, keys []key, begin, end int64) *air {
	return &air{pl: pl, keys: keys, fates: make([]fate, len(keys)), onAir: -1, guard: newGuard(pl, begin, end)}
}

// run goes on until all that is due before hi is decided.
func (a *air) run(hi int64) {
	for i := 0; i < len(a.keys); {
		due := a.keys[i].due()
		if due >= hi && a.settled(newKey(hi, 0)) {
			return
		}
		now := due * int64(time.Second)
		for a.onAir >= 0 && a.endsAt < now {
			a.release(a.endsAt)
		}
		for ; i < len(a.keys) && a.keys[i].due() == due; i++ {
			a.admit(i, now)
		}
		a.contend(now)
	}
	for a.onAir >= 0 {
		a.release(a.endsAt)
	}
}

// settled tells whether nothing before k is on air or waiting.
func (a *air) settled(k key) bool {
	if a.onAir >= 0 && a.keys[a.onAir] < k {
		return false
	}
	for _, w := range a.waiting {
		if a.keys[w.who] < k {
			return false
		}
	}
	return true
}

// admit takes one candidate to the guards at its due time. One that they let through is among the waiting, though
// perhaps for no time at all, and skipped for an overlap unless it begins.
func (a *air) admit(i int, due int64) {
	ln, f := a.pl.lines[a.keys[i].line()], &a.fates[i]
	day := a.guard.dayAt(a.keys[i].due())
	f.start = due
	f.ordinal = ln.ordinal
	if !ln.changed {
		f.ordinal = ln.take(a.pl.zone, a.keys[i].due())
		if ln.p.Schedule != ScheduleOrdinary && ln.p.Schedule != day.rule.Use {
			return
		}
	}
	f.content = ln.bill.at(f.ordinal, day.rule.Mourning, due, due+ln.lateness)
	f.verdict = VerdictSkipped
	last, r := a.guard.window(ln, f.content, due)
	if r == ReasonNone && a.guard.limits.sessions > 0 && day.begun+a.waiting.hoping(day.number, due) >= a.guard.limits.sessions {
		r = ReasonSessions
	}
	if r != ReasonNone {
		f.reason = r
		return
	}
	f.reason = ReasonOverlap
	a.waiting.push(waiter{rank: ln.p.Class.Rank(), who: i, last: last, day: day.number})
}

// contend gives the air, at a moment at which something fell due, to whom it belongs.
func (a *air) contend(now int64) {
	switch {
	case a.onAir < 0 || a.endsAt <= now:
		a.release(now)
	case len(a.waiting) > 0 && a.waiting[0].rank > a.rank(a.onAir):
		a.cut(now, a.waiting.pop())
	}
}

func (a *air) rank(i int) int { return a.pl.lines[a.keys[i].line()].p.Class.Rank() }

// release frees the air and gives it to the first of those who wait that may still begin.
func (a *air) release(now int64) {
	a.onAir = -1
	for len(a.waiting) > 0 {
		if w := a.waiting.pop(); w.last >= now {
			a.begin(w, now)
			return
		}
	}
}

// begin puts a broadcast on air, or lets it go on.
func (a *air) begin(w waiter, now int64) {
	f, due := &a.fates[w.who], a.keys[w.who].due()*int64(time.Second)
	switch {
	case w.cut:
		f.cuts[len(f.cuts)-1].resumes = now
	default:
		f.start, f.verdict, f.reason = now, VerdictAirs, ReasonNone
		if now > due {
			f.verdict, f.reason = VerdictWaits, ReasonOverlap
		}
		a.guard.count(w.day)
	}
	a.onAir, a.item, a.since = w.who, w.item, now
	a.endsAt = now + f.content.rest(w.item)
}

// cut takes the air from a lower class. What was cut waits like the others when its programme says so.
func (a *air) cut(now int64, by waiter) {
	i := a.onAir
	f, ln := &a.fates[i], a.pl.lines[a.keys[i].line()]
	item := f.content.itemAt(a.item, now-a.since)
	f.cuts = append(f.cuts, cutFate{at: now, by: by.who, item: item})
	if f.verdict == VerdictAirs {
		f.reason = ReasonPreempted
	}
	if ln.p.ResumeAfterCut {
		last := a.guard.goesOn(f.content, item, now, a.keys[i].due()*int64(time.Second)+ln.lateness)
		a.waiting.push(waiter{rank: a.rank(i), who: i, last: last, item: item, cut: true})
	}
	a.begin(by, now)
}

// waiter is a broadcast that would begin or go on as soon as the air is free, not after last.
type waiter struct {
	rank, who int
	last      int64
	day       int64
	item      int
	cut       bool
}

func (w *waiter) before(v *waiter) bool { return w.rank > v.rank || w.rank == v.rank && w.who < v.who }

// waiters is a heap: the first is who comes next. The order of candidates is that of due times, then of lines.
type waiters []waiter

func (h *waiters) push(w waiter) {
	q := append(*h, w)
	i := len(q) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !q[i].before(&q[up]) {
			break
		}
		q[i], q[up] = q[up], q[i]
		i = up
	}
	*h = q
}

func (h *waiters) pop() waiter {
	q := *h
	first, n := q[0], len(q)-1
	q[0] = q[n]
	q = q[:n]
	for i := 0; ; {
		next := i
		for c := 2*i + 1; c <= 2*i+2 && c < n; c++ {
			if q[c].before(&q[next]) {
				next = c
			}
		}
		if next == i {
			break
		}
		q[i], q[next] = q[next], q[i]
		i = next
	}
	*h = q
	return first
}

// hoping counts those of a day that have not been on air and still may be: they keep their place in the day's number.
func (h waiters) hoping(day, now int64) int {
	n := 0
	for i := range h {
		if w := &h[i]; !w.cut && w.day == day && w.last >= now {
			n++
		}
	}
	return n
}
