package evidence

import (
	"fmt"
	"maps"
	"slices"
)

// frameMS is the length of n frames in ms.
func frameMS(n int64) int64 { return n * 1000 / 48000 }

// trace is what starts, progress and ends say of a broadcast that has no outcome yet.
type trace struct {
	idx        int64 // of its first start
	run        int64 // of the program, see runs
	items      map[int]*traceItem
	total      int
	output     Output // the weakest of all its starts
	onset      Time   // of the first frame, as first measured
	onsetStamp Stamp
	promised   bool // a plan had promised it when it started
	due        Time // as promised then, else as the start has it
	length     int64
	cut        int64 // index of the end that says that a higher class took the air, while it has not gone on; -1
}

type traceItem struct {
	frames   int64
	taken    int64
	finished bool
	open     int64 // index of a start without an end, -1
	attempt  int
}

// maxItems bounds the items of one broadcast that are remembered.
const maxItems = 10000

func (r *reconciler) start(rec Record, s Start) {
	if !r.mayStart(rec, s) {
		return
	}
	t := r.traces[s.Broadcast]
	if t == nil {
		t = &trace{idx: rec.Idx, items: map[int]*traceItem{}, output: Output(s.Output), due: s.Due, cut: -1}
		if p := r.owed[s.Occurrence]; p != nil {
			t.promised, t.due, t.length = true, p.Due, p.LengthMS
		}
		r.traces[s.Broadcast] = t
	}
	r.mayGoOn(rec, s, t)
	t.run, t.total, t.cut = r.runs.count, s.Items, -1
	if strength(Output(s.Output)) < strength(t.output) {
		t.output = Output(s.Output)
	}
	it := t.items[s.Item]
	if it == nil {
		if len(t.items) >= maxItems {
			return
		}
		it = &traceItem{open: -1}
		t.items[s.Item] = it
	}
	if it.open >= 0 {
		r.noEnd(s.Broadcast, s.Due, it.open, rec.Idx)
	} else {
		r.onAir[s.Broadcast]++
	}
	it.open, it.frames, it.attempt = rec.Idx, s.Frames, s.Attempt
}

// mayStart holds a start against what the plan, the outcomes and the other broadcasts say. It is false for a broadcast
// that was decided: nothing more of it is followed.
func (r *reconciler) mayStart(rec Record, s Start) bool {
	say := func(code string, other int64, vi, en string) {
		d := Difference{Code: code, Records: []int64{rec.Idx}, Broadcast: s.Broadcast, At: s.Due, Text: Text{VI: vi, EN: en}}
		if other >= 0 {
			d.Records = append(d.Records, other)
		}
		r.differ(d)
	}
	if at, done := r.decided[s.Broadcast]; done {
		say("after_outcome", at, fmt.Sprintf("Dòng %d bắt đầu phát %q dù dòng %d đã ghi kết quả cuối cùng.", rec.Idx, s.Broadcast, at),
			fmt.Sprintf("Record %d starts %q, which record %d had decided.", rec.Idx, s.Broadcast, at))
		return false
	}
	if p := r.owed[s.Occurrence]; p != nil {
		switch {
		case p.State == "withdrawn":
			say("start_withdrawn", p.idx, fmt.Sprintf("Dòng %d bắt đầu phát %q dù kế hoạch ở dòng %d ghi là đã rút.", rec.Idx, s.Broadcast, p.idx),
				fmt.Sprintf("Record %d starts %q, which the plan in record %d says was withdrawn.", rec.Idx, s.Broadcast, p.idx))
		case p.Verdict == "skipped" && p.Reason != "overlap":
			say("start_refused", p.idx, fmt.Sprintf("Dòng %d bắt đầu phát %q dù kế hoạch ở dòng %d không cho phát (%s).", rec.Idx, s.Broadcast, p.idx, p.Reason),
				fmt.Sprintf("Record %d starts %q, which the plan in record %d refuses (%s).", rec.Idx, s.Broadcast, p.idx, p.Reason))
		}
	}
	for _, other := range sortedKeys(r.onAir) {
		if other != s.Broadcast {
			say("two_on_air", -1, fmt.Sprintf("Dòng %d bắt đầu phát %q khi %q chưa dừng.", rec.Idx, s.Broadcast, other),
				fmt.Sprintf("Record %d starts %q while %q has not ended.", rec.Idx, s.Broadcast, other))
			break
		}
	}
	return true
}

// mayGoOn holds it against the plan that a broadcast which a higher class had cut goes on: its programme must say so, and
// its window must not have passed. One that was cut before its first frame has not been on air at all.
func (r *reconciler) mayGoOn(rec Record, s Start, t *trace) {
	p := r.owed[s.Occurrence]
	if taken, _ := t.measured(); t.cut < 0 || taken == 0 || p == nil {
		return
	}
	d := Difference{Records: []int64{rec.Idx, t.cut}, Broadcast: s.Broadcast, At: s.Due}
	switch window := p.Due.Add(p.lateness); {
	case !p.resumeCut:
		d.Code, d.Text = "resumed_unasked", Text{
			VI: fmt.Sprintf("Dòng %d phát tiếp %q sau khi bị cắt ở dòng %d dù chương trình không cho phát tiếp.", rec.Idx, s.Broadcast, t.cut),
			EN: fmt.Sprintf("Record %d goes on with %q, which was cut in record %d, though its programme does not say so.", rec.Idx, s.Broadcast, t.cut),
		}
	case rec.Wall.After(window.Add(grace)):
		d.Code, d.Text = "resumed_late", Text{
			VI: fmt.Sprintf("Dòng %d phát tiếp %q, bị cắt ở dòng %d, khi đã quá hạn bắt đầu.", rec.Idx, s.Broadcast, t.cut),
			EN: fmt.Sprintf("Record %d goes on with %q, which was cut in record %d, after its window.", rec.Idx, s.Broadcast, t.cut),
		}
	default:
		return
	}
	r.differ(d)
}

func (r *reconciler) progress(rec Record, p Progress) {
	t, it := r.item(p.Broadcast, p.Item)
	if it == nil || it.open < 0 {
		r.noStart(rec, p.Broadcast)
		return
	}
	it.taken = max(it.taken, p.Taken)
	if t.onset.IsZero() && !p.Onset.IsZero() {
		t.onset, t.onsetStamp = p.Onset, rec.Stamp
	}
}

func (r *reconciler) end(rec Record, e End) {
	t, it := r.item(e.Broadcast, e.Item)
	if it == nil || it.open < 0 {
		// An item that could not be opened fails without ever having started.
		if e.Result != "failed" || e.Taken > 0 {
			r.noStart(rec, e.Broadcast)
		}
		return
	}
	it.taken = max(it.taken, e.Taken)
	if t.cut = -1; e.Result == "cut" {
		t.cut = rec.Idx
	}
	it.open, it.finished = -1, it.finished || e.Result == "finished"
	if r.onAir[e.Broadcast]--; r.onAir[e.Broadcast] <= 0 {
		delete(r.onAir, e.Broadcast)
	}
}

func (r *reconciler) item(broadcast string, n int) (*trace, *traceItem) {
	if t := r.traces[broadcast]; t != nil {
		return t, t.items[n]
	}
	return nil, nil
}

// landed forgets what of a broadcast is still open: its outcome has said so by now.
func (r *reconciler) landed(broadcast string) { delete(r.onAir, broadcast) }

func (r *reconciler) noStart(rec Record, broadcast string) {
	if _, done := r.decided[broadcast]; done {
		return // its start was held against the outcome
	}
	if r.epoch > 1 && r.traces[broadcast] == nil {
		return // it may have started in the epoch before
	}
	r.differ(Difference{Code: "no_start", Records: []int64{rec.Idx}, Broadcast: broadcast, At: rec.Wall, Text: Text{
		VI: fmt.Sprintf("Dòng %d nói về một mục của %q không có dòng bắt đầu.", rec.Idx, broadcast),
		EN: fmt.Sprintf("Record %d tells of an item of %q that has no start on record.", rec.Idx, broadcast),
	}})
}

func (r *reconciler) noEnd(broadcast string, at Time, start, seen int64) {
	r.differ(Difference{Code: "no_end", Records: []int64{start, seen}, Broadcast: broadcast, At: at, Text: Text{
		VI: fmt.Sprintf("Mục của %q bắt đầu ở dòng %d không có dòng kết thúc trước dòng %d.", broadcast, start, seen),
		EN: fmt.Sprintf("The item of %q started in record %d has no end before record %d.", broadcast, start, seen),
	}})
}

// finishTraces says which rehearsals, emergencies and unpromised broadcasts were begun by an earlier run and never got
// their outcome. Promised ones are said by finishPromises.
func (r *reconciler) finishTraces() {
	for _, id := range sortedKeys(r.traces) {
		t := r.traces[id]
		over := t.run != r.runs.count && r.spokenUntil().After(r.settled.Add(grace))
		if r.owed[id] != nil || !over || r.held {
			continue
		}
		r.differ(Difference{Code: "begun_undecided", Records: []int64{t.idx}, Broadcast: id, At: t.due, Text: Text{
			VI: fmt.Sprintf("%q bắt đầu ở dòng %d và không có kết quả.", id, t.idx),
			EN: fmt.Sprintf("%q was started in record %d and has no outcome.", id, t.idx),
		}})
	}
}

func strength(o Output) int {
	switch o {
	case Hardware:
		return 3
	case Unproven:
		return 2
	case Virtual:
		return 1
	}
	return 0
}

// measured sums what the records show of the whole broadcast, in ms; tolerance is what rounding may cost.
func (t *trace) measured() (taken, tolerance int64) {
	var frames int64
	for _, it := range t.items {
		frames += min(it.taken, it.frames)
	}
	return frameMS(frames), int64(len(t.items)) + 1
}

// complete reports whether every item has a finished end.
func (t *trace) complete() bool {
	for i := range t.total {
		if it := t.items[i]; it == nil || !it.finished {
			return false // at the latest behind the items that are remembered
		}
	}
	return t.total > 0
}

func sortedItems(items map[int]*traceItem) []int { return slices.Sorted(maps.Keys(items)) }
