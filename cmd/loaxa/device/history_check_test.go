package device

import (
	"fmt"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// history is what the test knows by itself, and what the log says.
type history struct {
	acknowledged map[string]bool    // IDs of what the station said it had stored
	promised     map[time.Time]bool // due times of everything planned
	lines        []line
}

func (h history) outcomes() map[int64]int {
	n := map[int64]int{}
	for _, o := range of[evidence.OutcomeBody](h.lines) {
		n[o.Due.Unix()]++
	}
	return n
}

// undecided is nil when everything planned has an outcome.
func (h history) undecided() error {
	n := h.outcomes()
	for at := range h.promised {
		if n[at.Unix()] == 0 {
			return fmt.Errorf("due %s is", at.Format(time.TimeOnly))
		}
	}
	return nil
}

// faults compares the two and tells what does not hold.
func (h history) faults() []error {
	var out []error
	blame := func(format string, args ...any) { out = append(out, fmt.Errorf(format, args...)) }
	n := h.outcomes()
	for at := range h.promised {
		if k := n[at.Unix()]; k != 1 {
			blame("due %s has %d outcomes", at.Format(time.TimeOnly), k)
		}
		delete(n, at.Unix())
	}
	for at := range n {
		blame("an outcome for %s, when nothing was planned", time.Unix(at, 0).Format(time.TimeOnly))
	}
	made := map[string]int{}
	for _, c := range of[evidence.Change](h.lines) {
		if string(c.Before) == "null" || len(c.Before) == 0 {
			made[c.ID]++
		}
	}
	for id := range h.acknowledged {
		if made[id] != 1 {
			blame("%s was acknowledged and is %d times in the log", id, made[id])
		}
	}
	type item struct {
		broadcast string
		index     int
	}
	finished := map[item]int{}
	for _, e := range of[evidence.End](h.lines) {
		if e.Result == "finished" {
			finished[item{e.Broadcast, e.Item}]++
		}
	}
	for it, k := range finished {
		if k > 1 {
			blame("item %d of %s finished %d times", it.index, it.broadcast, k)
		}
	}
	return out
}

// change makes playlists until stop or until the station is gone, and remembers those that were acknowledged.
func (h *history) change(s *station, c clip, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(60 * time.Millisecond):
		}
		var made schedule.Playlist
		err := s.ask("POST", "/playlists", schedule.Playlist{Title: "Sổ", Mode: schedule.ModeAll,
			Items: []schedule.Item{{Kind: schedule.KindClip, ClipID: c.ID}}}, &made)
		if err != nil {
			return // killed while asked: nothing was acknowledged
		}
		h.acknowledged[made.ID] = true
	}
}

// plan adds a programme with the next starts; its clips take turns over the whole test.
func (h *history) plan(s *station, list string, planned *time.Time, n int) {
	s.t.Helper()
	from := time.Now().Add(3 * time.Second).Truncate(time.Second)
	if planned.After(from) {
		from = *planned
	}
	starts := make([]time.Time, n)
	for i := range starts {
		starts[i] = from.Add(time.Duration(i) * crashStep)
	}
	id := s.programme(list, crashLate, starts...)
	h.acknowledged[id] = true
	for _, at := range starts {
		h.promised[at] = true
	}
	*planned = starts[n-1].Add(crashStep)
}

// controls: each kind of lie must be found in this very history, or the verdict on it says nothing.
func (h history) controls(t testing.TB) {
	t.Helper()
	known := func(c evidence.Change) bool { return h.acknowledged[c.ID] }
	decided := func(evidence.OutcomeBody) bool { return true }
	finished := func(e evidence.End) bool { return e.Result == "finished" }
	for name, forge := range map[string]func([]line) ([]line, bool){
		"an outcome twice":       copies(decided, 2),
		"an outcome missing":     copies(decided, 0),
		"a change twice":         copies(known, 2),
		"a change missing":       copies(known, 0),
		"an item finished twice": copies(finished, 2),
		"an outcome of nothing planned": func(lines []line) ([]line, bool) {
			o := of[evidence.OutcomeBody](lines)[0]
			o.Due = evidence.At(o.Due.AddDate(0, 0, -1))
			return append(lines[:len(lines):len(lines)], line{body: o}), true
		},
	} {
		forged := h
		var done bool
		if forged.lines, done = forge(h.lines); !done {
			t.Errorf("control: %s cannot be forged: the history has nothing of the kind", name)
		} else if len(forged.faults()) == 0 {
			t.Errorf("control: %s passes for an honest history", name)
		}
	}
}

// copies makes n of the first record that which chooses.
func copies[T evidence.Body](which func(T) bool, n int) func([]line) ([]line, bool) {
	return func(lines []line) (out []line, done bool) {
		for _, l := range lines {
			b, ok := l.body.(T)
			if done || !ok || !which(b) {
				out = append(out, l)
				continue
			}
			done = true
			for range n {
				out = append(out, l)
			}
		}
		return out, done
	}
}
