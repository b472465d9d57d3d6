package evidence

import (
	"fmt"
	"time"
)

// Drift is how far wall time and uptime may part within one boot without a clock record. A record stamped just before
// the clock record that explains it may stand before it, for at most explainWithin of uptime.
const (
	Drift         = 2 * time.Second
	explainWithin = 60 * time.Second
	// maxOffsets bounds what is remembered of one boot; a boot with more steps keeps the newest.
	maxOffsets = 64
)

// clocks applies the rule that within one boot the wall clock moves with the uptime. An offset is wall − uptime; it is
// known when the boot's first record or a clock record has it. Records may be written a little after they happened,
// so that the offset before a step stays known, and
// one that the next clock record explains is waited for.
type clocks struct {
	boot    string
	known   []time.Duration
	waiting []unexplained
	lastUp  time.Duration
	// middle is set for a part of a log: until its first boot has run explainWithin past the first record, offsets may
	// come from steps before that record.
	middle bool
	opened time.Duration // uptime of the first record, 0 before it
}

type unexplained struct {
	idx    int64
	offset time.Duration
	up     time.Duration
}

func newClocks() *clocks { return &clocks{} }

func (c *clocks) add(rep *Report, rec Record) {
	if rec.Boot != c.boot {
		c.settle(rep, c.lastUp)
		c.middle = c.middle && c.boot == ""
		c.boot, c.known, c.waiting, c.lastUp = rec.Boot, nil, nil, 0
	}
	up := time.Duration(rec.UpMS) * time.Millisecond
	offset := rec.Wall.Sub(time.Unix(0, 0)) - up
	c.lastUp = max(c.lastUp, up)
	c.settle(rep, c.lastUp)
	if len(c.known) == 0 {
		c.opened = up
	}
	switch {
	case rec.Kind == KindClock || len(c.known) == 0 || c.middle && up <= c.opened+explainWithin:
		c.learn(offset)
	case !c.knows(offset):
		c.waiting = append(c.waiting, unexplained{rec.Idx, offset, c.lastUp})
	}
}

func (c *clocks) learn(offset time.Duration) {
	c.known = append(c.known, offset)
	if len(c.known) > maxOffsets {
		c.known = c.known[1:]
	}
	c.forget()
}

// forget drops what is explained by now.
func (c *clocks) forget() {
	rest := c.waiting[:0]
	for _, w := range c.waiting {
		if !c.knows(w.offset) {
			rest = append(rest, w)
		}
	}
	c.waiting = rest
}

func (c *clocks) knows(offset time.Duration) bool {
	for _, k := range c.known {
		if (offset - k).Abs() <= Drift {
			return true
		}
	}
	return false
}

// settle reports what waited too long for its explanation.
func (c *clocks) settle(rep *Report, up time.Duration) {
	rest := c.waiting[:0]
	for _, w := range c.waiting {
		if up-w.up <= explainWithin && len(c.waiting) <= 10*maxOffsets {
			rest = append(rest, w)
			continue
		}
		rep.find("clock", w.idx, w.idx+1,
			fmt.Sprintf("At record %d the wall clock has moved by more than 2 s against the uptime, and no clock record says so.", w.idx),
			fmt.Sprintf("Ở dòng %d giờ máy lệch quá 2 giây so với thời gian chạy máy mà không có dòng nào ghi việc chỉnh giờ.", w.idx))
	}
	c.waiting = rest
}

// finish leaves open what is younger than explainWithin: the record that explains it may be the next one.
func (c *clocks) finish(rep *Report) { c.settle(rep, c.lastUp) }
