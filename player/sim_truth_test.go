package player

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"loaxa/audio"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// What must be true of every sound that a simulated station made, by the records and by the truth beside them.

// approval is what people last said of a clip, and when.
type approval struct {
	at   time.Time // in truth
	clip string
	yes  bool
}

// sounded is a stretch of an item that the device took.
type sounded struct {
	start  evidence.Start
	stamp  evidence.Stamp // of its start
	onset  evidence.Time
	heard  evidence.Stamp // of the record that has the onset
	end    evidence.Stamp
	length time.Duration // taken of the item
	before bool          // the same broadcast had sounded before
	woke   bool          // the machine had just been asleep when this was heard
}

// sounds reads back what the device took of which item.
func (w *world) sounds() []sounded {
	w.t.Helper()
	type key struct {
		broadcast     string
		item, attempt int
	}
	open, heard := map[key]*sounded{}, map[string]bool{}
	var woken []evidence.Stamp // ends of sleeps; the record may come just after that of the sound
	var out []sounded
	err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
		r, body, err := decodeRecord(raw)
		if err != nil {
			return err
		}
		switch b := body.(type) {
		case evidence.ClockChange:
			if b.What == "suspend" {
				woken = append(woken, r.Stamp)
			}
		case evidence.Start:
			open[key{b.Broadcast, b.Item, b.Attempt}] = &sounded{start: b, stamp: r.Stamp}
		case evidence.Progress:
			if s := open[key{b.Broadcast, b.Item, b.Attempt}]; s != nil && s.onset.IsZero() && !b.Onset.IsZero() {
				s.onset, s.heard, s.before = b.Onset, r.Stamp, heard[b.Broadcast]
				heard[b.Broadcast] = true
			}
		case evidence.End:
			k := key{b.Broadcast, b.Item, b.Attempt}
			if s := open[k]; s != nil && !s.onset.IsZero() {
				s.end = s.heard
				if !b.Bounded {
					s.end = r.Stamp
				}
				s.length = audio.Duration(max(0, b.Taken-s.start.Offset))
				out = append(out, *s)
			}
			delete(open, k)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for i, s := range out {
		out[i].woke = slices.ContainsFunc(woken, func(at evidence.Stamp) bool {
			return at.Boot == s.heard.Boot && max(at.UpMS-s.heard.UpMS, s.heard.UpMS-at.UpMS) < 1000
		})
	}
	return out
}

// trueTime is when a record was made, in truth.
func (w *world) trueTime(s evidence.Stamp) time.Time {
	return w.bootAt[s.Boot].Add(time.Duration(s.UpMS) * time.Millisecond)
}

// off is how far a stamp's wall time is from the truth.
func (w *world) off(s evidence.Stamp) time.Duration { return s.Wall.Sub(w.trueTime(s)).Abs() }

// stepped reports whether the clock was set between two records of one boot.
func stepped(a, b evidence.Stamp) bool {
	return (b.Wall.Sub(a.Wall.Time) - time.Duration(b.UpMS-a.UpMS)*time.Millisecond).Abs() > time.Second
}

// breaches says what a station did that it must never do.
func (w *world) breaches() []string {
	var out []string
	in := w.input()
	for _, s := range w.sounds() {
		b := s.start
		say := func(format string, args ...any) {
			out = append(out, b.Broadcast+": "+fmt.Sprintf(format, args...))
		}
		if b.Why == string(Scheduled) && !s.before && !s.stamp.Clock.Trusted() {
			say("began by itself at %s (in truth %s) on an untrusted clock", s.stamp.Wall, w.trueTime(s.stamp))
		}
		if b.Why == string(Scheduled) && b.Clip != nil && !w.approved(b.Clip.ID, w.trueTime(s.stamp)) {
			say("clip %s sounds and is not approved", b.Clip.ID)
		}
		if b.Why == string(Emergency) || !s.stamp.Clock.Trusted() || w.asleep > 0 && s.stamp.Boot != s.end.Boot {
			continue
		}
		// A clock that was set midway is the next broadcast's affair: this one was stopped for it.
		if stepped(s.stamp, s.heard) || stepped(s.heard, s.end) {
			continue
		}
		// What the device holds when the machine falls asleep sounds when it wakes, before anybody can notice: of the simulated
		// one, which takes sound second by second, no more than that.
		if s.woke && s.before && s.length <= 1100*time.Millisecond {
			continue
		}
		// The simulated speaker takes sound second by second, and places it no finer.
		if schedule.Quiet(in.Settings, s.onset.Time, 0) && schedule.Quiet(in.Settings, s.onset.Add(1100*time.Millisecond), 0) {
			say("sounds at %s, in quiet hours", s.onset)
		}
		if w.off(s.heard) > 2*time.Second {
			continue // trusted and wrong: somebody vouched for it
		}
		if at := w.trueTime(s.heard); schedule.Quiet(in.Settings, at.Add(-quietGrace), 0) && schedule.Quiet(in.Settings, at.Add(1100*time.Millisecond), 0) {
			say("sounds at %s in truth, in quiet hours", at)
		}
		if at := w.trueTime(s.heard).Add(s.length); schedule.Quiet(in.Settings, at.Add(-quietGrace-10*time.Second), 0) && schedule.Quiet(in.Settings, at, 0) {
			say("sounds until %s in truth, in quiet hours", at)
		}
	}
	return out
}

// approved reports whether a clip was approved at, or within the seconds before, a moment of the truth: what is being
// begun while somebody takes the approval back may sound.
func (w *world) approved(clip string, at time.Time) bool {
	yes := true
	for _, a := range w.approvals {
		if a.clip != clip {
			continue
		}
		if a.at.After(at.Add(-10*time.Second)) && yes {
			return true
		}
		yes = a.yes
		if a.at.After(at) {
			break
		}
	}
	return yes
}

// checkSounds fails for each breach.
func (w *world) checkSounds(t *testing.T) {
	t.Helper()
	all := w.breaches()
	for _, b := range all[:min(5, len(all))] {
		t.Error(b)
	}
}
