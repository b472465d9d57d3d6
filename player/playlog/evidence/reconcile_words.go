package evidence

import (
	"fmt"
	"time"
)

// contradiction holds one outcome against itself and against the starts, progress and ends of its broadcast.
type contradiction struct {
	r   *reconciler
	rec Record
	o   OutcomeBody
	t   *trace // nil when nothing was started
}

func (c contradiction) say(code, vi, en string) {
	d := Difference{Code: code, Records: []int64{c.rec.Idx}, Broadcast: c.o.Broadcast, At: c.o.Due, Text: Text{
		VI: fmt.Sprintf("Kết quả ở dòng %d của %q: %s.", c.rec.Idx, c.o.Broadcast, vi),
		EN: fmt.Sprintf("The outcome in record %d of %q: %s.", c.rec.Idx, c.o.Broadcast, en),
	}}
	if c.t != nil {
		d.Records = append(d.Records, c.t.idx)
	}
	c.r.differ(d)
}

// words holds the outcome's word against its own figures.
func (c contradiction) words() {
	o := c.o
	played := o.Outcome == Full || o.Outcome == Late
	switch {
	case !o.Outcome.known():
		c.say("outcome", fmt.Sprintf("từ %.40q không rõ nghĩa", string(o.Outcome)), fmt.Sprintf("the word %.40q is not known", string(o.Outcome)))
	case played && o.AiredMS < o.PlannedMS-int64(len(o.Items))-1:
		c.say("full_not_all", fmt.Sprintf("ghi %s nhưng chỉ phát %d trên %d ms", o.Outcome, o.AiredMS, o.PlannedMS),
			fmt.Sprintf("says %s, but only %d of %d ms were taken", o.Outcome, o.AiredMS, o.PlannedMS))
	case o.Outcome == Full && o.LatenessMS > lateAfter.Milliseconds():
		c.say("full_late", fmt.Sprintf("ghi full (đúng giờ) nhưng trễ %d ms", o.LatenessMS), fmt.Sprintf("says full, but was %d ms late", o.LatenessMS))
	case o.Outcome == Late && o.LatenessMS < lateAfter.Milliseconds():
		c.say("late_on_time", fmt.Sprintf("ghi late (trễ) nhưng chỉ trễ %d ms", o.LatenessMS), fmt.Sprintf("says late, but was %d ms late", o.LatenessMS))
	case (o.Outcome == Partial || o.Outcome == Preempted) && o.AiredMS == 0 && c.nothing():
		c.say("partial_nothing", fmt.Sprintf("ghi %s nhưng không phát được gì", o.Outcome), fmt.Sprintf("says %s, but nothing was taken", o.Outcome))
	case o.Outcome == Cancelled && o.Person == "":
		c.say("cancelled_by_nobody", "ghi cancelled (hủy) mà không có người hủy", "says cancelled, and nobody did it")
	}
	if !o.Started.IsZero() {
		if d := o.Started.Sub(o.Due.Time) - time.Duration(o.LatenessMS)*time.Millisecond; d.Abs() > 2*time.Millisecond {
			c.say("lateness", fmt.Sprintf("độ trễ ghi %d ms không khớp giờ bắt đầu", o.LatenessMS),
				fmt.Sprintf("the lateness of %d ms does not follow from when it started", o.LatenessMS))
		}
	}
	if !o.OutageFrom.IsZero() && !c.r.states(o.OutageFrom, o.OutageUntil) {
		c.say("outage_unbacked", "viện dẫn thời gian máy tắt mà dòng khởi động không nêu", "cites an outage that the boot record does not state")
	}
}

// nothing reports whether the records show no frame taken: less than a millisecond is still something.
func (c contradiction) nothing() bool {
	if c.t == nil {
		return true
	}
	for _, it := range c.t.items {
		if it.taken > 0 {
			return false
		}
	}
	return true
}

// trace holds the outcome against what was started and taken.
func (c contradiction) trace() {
	o, t := c.o, c.t
	played := o.Outcome == Full || o.Outcome == Late
	if t == nil {
		if o.AiredMS > 0 || played {
			c.say("aired_without_start", "ghi là đã phát mà không có dòng bắt đầu nào", "says that something was aired, and nothing was started")
		}
		return
	}
	taken, tolerance := t.measured()
	switch {
	case o.AiredMS > taken+tolerance:
		c.say("aired_more", fmt.Sprintf("ghi phát %d ms, các dòng kết thúc chỉ cho %d ms", o.AiredMS, taken),
			fmt.Sprintf("says %d ms aired, the ends show %d ms", o.AiredMS, taken))
	case o.AiredMS < taken-tolerance:
		c.say("aired_less", fmt.Sprintf("ghi phát %d ms, các dòng kết thúc cho tới %d ms", o.AiredMS, taken),
			fmt.Sprintf("says %d ms aired, the ends show %d ms", o.AiredMS, taken))
	}
	nothing := o.Outcome == Missed || o.Outcome == Skipped || o.Outcome == Cancelled
	switch {
	case nothing && (!c.nothing() || o.AiredMS > 0):
		c.say("missed_but_aired", fmt.Sprintf("ghi %s (không phát) nhưng loa đã nhận %d ms", o.Outcome, taken),
			fmt.Sprintf("says %s, but %d ms were taken", o.Outcome, taken))
	case played && !t.complete():
		c.say("full_unfinished", fmt.Sprintf("ghi %s nhưng có mục chưa phát xong", o.Outcome),
			fmt.Sprintf("says %s, but not every item has a finished end", o.Outcome))
	case (o.Outcome == Partial || o.Outcome == Preempted) && t.complete() && o.AiredMS >= o.PlannedMS:
		c.say("partial_but_all", fmt.Sprintf("ghi %s nhưng mọi mục đã phát xong", o.Outcome), fmt.Sprintf("says %s, but every item finished", o.Outcome))
	}
	if strength(Output(o.Output)) > strength(t.output) {
		c.say("output", fmt.Sprintf("ghi đầu ra %q, dòng bắt đầu chỉ có %q", o.Output, t.output),
			fmt.Sprintf("claims the output %q, its starts have %q", o.Output, t.output))
	}
	if o.AiredMS > 0 && !same2ms(o.Started, t.onset) {
		c.say("onset", "giờ bắt đầu không phải giờ đo được khi tiếng đầu tiên phát ra", "when it started is not when its onset was measured")
	}
	for _, n := range sortedItems(t.items) {
		if it := t.items[n]; it.open >= 0 {
			c.r.noEnd(o.Broadcast, o.Due, it.open, c.rec.Idx)
		}
	}
}

func same2ms(a, b Time) bool {
	if a.IsZero() || b.IsZero() {
		return a.IsZero() == b.IsZero()
	}
	return a.Sub(b.Time).Abs() <= 2*time.Millisecond
}
