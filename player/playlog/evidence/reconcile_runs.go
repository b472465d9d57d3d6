package evidence

import (
	"fmt"
	"time"
)

// silentMost is how long a running program may write nothing: a plan record is due every day.
const silentMost = 26 * time.Hour

// runs follows when the program ran, and whether a plan spoke for that time. The program is known to run from its boot
// record to its shutdown record or its last record; other commands may write to the log while it does not.
type runs struct {
	count   int64  // boot records seen
	boot    string // kernel boot of the newest boot record
	running bool
	clean   bool // the last record of the program is a shutdown
	seen    bool // the program has made a record in this log
	last    Stamp
	lastIdx int64

	from, until Time  // what the newest plan states; zero while a plan is awaited
	planIdx     int64 // of the newest plan
	since       Stamp // from when a plan is awaited
	outage      Interval
	bootStamp   Stamp    // of the newest boot record
	gap         Interval // the newest in which the log could not be written
}

// ofProgram reports whether only the running program makes records of that kind.
func ofProgram(k Kind) bool {
	switch k {
	case KindBoot, KindShutdown, KindPlan, KindStart, KindProgress, KindEnd, KindOutcome, KindDevice, KindClock:
		return true
	case KindEpoch, KindOperator, KindChange, KindKey, KindGap:
	}
	return false
}

// states reports whether the newest boot record states just that outage, or would have if its clock had been right.
func (r *reconciler) states(from, until Time) bool {
	s := &r.runs
	if !s.outage.From.Equal(from.Time) {
		return false
	}
	c := r.times.Of(s.bootStamp)
	return s.outage.Until.Equal(until.Time) || c.State == ByUptime && c.True.Sub(until.Time).Abs() <= Drift
}

// running follows the program from record to record.
func (r *reconciler) running(rec Record, body Body) {
	s := &r.runs
	switch b := body.(type) {
	case Epoch:
		s.since = rec.Stamp
		return
	case Gap:
		r.gap(rec, b)
		return
	}
	if !ofProgram(rec.Kind) {
		return
	}
	if rec.Kind != KindBoot && rec.Kind != KindClock {
		r.announced(rec)
	}
	if s.seen && rec.Boot == s.last.Boot && rec.UpMS < s.last.UpMS && rec.Kind != KindBoot && rec.Kind != KindPlan {
		return // it had to wait for the disk
	}
	switch b := body.(type) {
	case Boot:
		r.booted(rec, b)
	case Plan:
		r.covered(rec)
		if b.Why != "catch_up" { // that one speaks for a time slept through
			s.from, s.until, s.planIdx, s.since = b.From, b.Until, rec.Idx, Stamp{}
		}
	case ClockChange: // a step is also seen by the record of the trust that came with it
		s.stepped(rec)
	default:
		r.covered(rec)
	}
	s.seen, s.last, s.lastIdx = true, rec.Stamp, rec.Idx
	s.clean = rec.Kind == KindShutdown
	if s.clean {
		s.running = false
	}
}

// announced says when the program makes records without having said that it started.
func (r *reconciler) announced(rec Record) {
	s := &r.runs
	takenOver := r.epoch > 1 && s.count == 0 // a log set aside while the program ran
	if s.running && rec.Boot == s.boot {
		return
	}
	if !takenOver || s.seen && rec.Boot != s.last.Boot {
		r.differ(Difference{Code: "boot_missing", Records: []int64{rec.Idx}, At: r.lastOr(rec), Until: rec.Wall, Text: Text{
			VI: fmt.Sprintf("Từ dòng %d máy đã khởi động lại mà không có dòng khởi động: không rõ máy tắt từ lúc nào.", rec.Idx),
			EN: fmt.Sprintf("At record %d the program had started anew, and no boot record says so nor how long it was off.", rec.Idx),
		}})
	}
	s.running, s.boot = true, rec.Boot
	s.from, s.until, s.since = Time{}, Time{}, rec.Stamp
	s.last, s.lastIdx = rec.Stamp, rec.Idx
}

func (r *reconciler) lastOr(rec Record) Time {
	if r.runs.seen {
		return r.runs.last.Wall
	}
	return rec.Wall
}

// booted holds a boot record against the last record before it.
func (r *reconciler) booted(rec Record, b Boot) {
	s := &r.runs
	say := func(code, vi, en string) {
		r.differ(Difference{Code: code, Records: []int64{rec.Idx, s.lastIdx}, At: s.last.Wall, Until: rec.Wall, Text: Text{VI: vi, EN: en}})
	}
	switch {
	case !s.seen:
	case b.OutageFrom.IsZero():
		say("outage_unstated", fmt.Sprintf("Dòng khởi động %d không nêu máy đã tắt từ lúc nào (dòng trước đó: %d).", rec.Idx, s.lastIdx),
			fmt.Sprintf("The boot record %d does not state since when the program was off (last record before: %d).", rec.Idx, s.lastIdx))
	case s.last.Wall.Sub(b.OutageFrom.Time) > Drift || rec.Wall.Sub(b.OutageUntil.Time).Abs() > grace:
		say("outage_wrong", fmt.Sprintf("Thời gian máy tắt ở dòng khởi động %d không khớp với các dòng quanh nó.", rec.Idx),
			fmt.Sprintf("The outage in boot record %d does not fit the records around it.", rec.Idx))
	case (b.Previous == "clean") != s.clean:
		say("outage_wrong", fmt.Sprintf("Dòng khởi động %d ghi lần chạy trước kết thúc kiểu %q, dòng %d cho thấy khác.", rec.Idx, b.Previous, s.lastIdx),
			fmt.Sprintf("The boot record %d says that the run before ended %q; record %d shows otherwise.", rec.Idx, b.Previous, s.lastIdx))
	case b.OutageFrom.Sub(s.last.Wall.Time) > silentMost:
		r.silent(s.last.Wall, b.OutageFrom, s.lastIdx, rec.Idx)
	}
	s.outage, s.bootStamp = Interval{From: b.OutageFrom, Until: b.OutageUntil, Why: b.Previous, Index: rec.Idx}, rec.Stamp
	if !b.OutageFrom.IsZero() {
		r.excuse(ReconcileExcused{Kind: "outage", Interval: s.outage})
	}
	s.count++
	s.boot, s.running = rec.Boot, true
	s.from, s.until, s.since = Time{}, Time{}, rec.Stamp
}

// stepped: after a step of the wall clock the plan may speak for another time; a new one is awaited.
func (s *runs) stepped(rec Record) {
	if !s.from.IsZero() && (rec.Wall.Before(s.from.Add(-Drift)) || rec.Wall.After(s.until.Time)) {
		s.from, s.until, s.since = Time{}, Time{}, rec.Stamp
	} else if s.from.IsZero() {
		s.since = rec.Stamp
	}
}

// covered says when the program ran and no plan spoke for that time, or when it was silent for too long.
func (r *reconciler) covered(rec Record) {
	s := &r.runs
	up := time.Duration(rec.UpMS-s.last.UpMS) * time.Millisecond
	wall := rec.Wall.Sub(s.last.Wall.Time)
	if s.seen && s.running && rec.Boot == s.last.Boot && up > silentMost {
		r.silent(s.last.Wall, rec.Wall, s.lastIdx, rec.Idx)
	}
	switch {
	case s.from.IsZero():
		if !s.since.Wall.IsZero() && rec.Boot == s.since.Boot && rec.UpMS-s.since.UpMS > grace.Milliseconds() {
			r.uncovered(s.since.Wall, rec.Wall, rec.Idx)
			s.since = rec.Stamp
		}
	case (wall-up).Abs() <= Drift && rec.Wall.Sub(s.until.Time) > grace:
		r.uncovered(s.until, rec.Wall, rec.Idx)
		s.from, s.until, s.since = Time{}, Time{}, rec.Stamp
	}
}

func (r *reconciler) uncovered(from, until Time, idx int64) {
	d := Difference{Code: "uncovered", Records: []int64{idx}, At: from, Until: until, Text: Text{
		VI: fmt.Sprintf("Từ %s đến %s chương trình chạy mà không có kế hoạch nào (trước dòng %d).", from.Format(span), until.Format(span), idx),
		EN: fmt.Sprintf("From %s to %s the program ran and no plan record speaks for that time (before record %d).", from.Format(span), until.Format(span), idx),
	}}
	if r.planned {
		d.Records = append(d.Records, r.runs.planIdx)
	}
	r.differ(d)
}

func (r *reconciler) silent(from, until Time, last, idx int64) {
	g := r.runs.gap
	if !g.From.IsZero() && !g.From.After(until.Time) && !g.Until.Before(from.Time) {
		return // said by the gap
	}
	r.differ(Difference{Code: "silence", Records: []int64{last, idx}, At: from, Until: until, Text: Text{
		VI: fmt.Sprintf("Từ %s đến %s không có dòng nào (giữa dòng %d và %d) dù mỗi ngày phải có ít nhất một kế hoạch.", from.Format(span), until.Format(span), last, idx),
		EN: fmt.Sprintf("From %s to %s there is no record (between %d and %d) although a plan is due every day.", from.Format(span), until.Format(span), last, idx),
	}})
}

const span = "15:04:05 02/01/2006"

func (r *reconciler) gap(rec Record, g Gap) {
	r.runs.gap = Interval{From: g.From, Until: g.Until, Why: g.Why, Index: rec.Idx}
	r.excuse(ReconcileExcused{Kind: "gap", Interval: r.runs.gap})
	if g.Lost > 0 {
		r.differ(Difference{Code: "lost", Records: []int64{rec.Idx}, At: g.From, Until: g.Until, Text: Text{
			VI: fmt.Sprintf("Từ %s đến %s có %d dòng không ghi được và đã mất (dòng %d).", g.From.Format(span), g.Until.Format(span), g.Lost, rec.Idx),
			EN: fmt.Sprintf("From %s to %s %d records could not be written and are lost (record %d).", g.From.Format(span), g.Until.Format(span), g.Lost, rec.Idx),
		}})
	}
}

// finishRuns looks at a station that is said to run now.
func (r *reconciler) finishRuns() {
	s, now := &r.runs, At(r.opts.Now)
	if r.opts.Now.IsZero() || !s.running {
		return
	}
	if now.Sub(s.last.Wall.Time) > silentMost {
		r.silent(s.last.Wall, now, s.lastIdx, r.out.Size)
	}
	if !s.from.IsZero() && now.Sub(s.until.Time) > grace {
		r.uncovered(s.until, now, r.out.Size)
	}
}
