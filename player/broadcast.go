package player

import (
	"cmp"
	"time"

	"loaxa/audio"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker"
	"loaxa/schedule"
)

// broadcast is one going on air, from warm-up to its outcome.
type broadcast struct {
	id        string // the occurrence's ID, or rehearsal:…, emergency:…
	kind      Kind
	debt      *debt // nil for rehearsal and emergency
	actor     string
	approver  bool   // the actor may approve: what it asks for is approved for this play
	reason    string // a person's, for an emergency
	programme string
	title     string
	playlist  string
	class     schedule.Class
	zone      string
	volume    int
	due       time.Time
	lateness  time.Duration
	notAfter  time.Time // for what a person asked for: nothing sounds after it; zero for no such limit
	resumeCut bool      // it may go on after a higher class cut it
	anyHour   bool      // it may sound in quiet hours
	term      *term     // when an emergency ends; nil for all else
	rounds    *rounds   // what is repeated; nil: every item sounds once
	items     []schedule.PlannedItem
	from      cursor // where it begins or goes on

	taken     []int64  // per item: the highest frame taken
	done      []bool   // per item: it has its end record
	failed    []string // per item: why it could not be opened, or may not sound
	refused   string   // the rule that forbids an item
	onset     time.Time
	resuming  bool          // it was cut, and nothing of its going on has sounded yet
	sounded   time.Duration // how long it was heard, all lines together
	ended     time.Time
	attempt   int
	losses    int
	output    evidence.Output
	device    string
	underruns int64
	rates     rateMean
}

// cursor is a place in a broadcast.
type cursor struct {
	item   int
	offset int64 // frames into the item
}

// rateMean averages the device's rate over the windows that were seen.
type rateMean struct {
	sum float64
	n   int
}

func (r *rateMean) add(v float64) {
	if v > 0 {
		r.sum, r.n = r.sum+v, r.n+1
	}
}

func (r *rateMean) mean() float64 {
	if r.n == 0 {
		return 0
	}
	return r.sum / float64(r.n)
}

func (b *broadcast) ready() *broadcast {
	b.taken, b.done, b.failed = make([]int64, len(b.items)), make([]bool, len(b.items)), make([]string, len(b.items))
	return b
}

// scheduledBroadcast makes a broadcast of a debt; one that was cut by a crash goes on where the judge said.
func scheduledBroadcast(o schedule.Occurrence, d *debt) *broadcast {
	b := (&broadcast{
		id: o.ID, kind: Scheduled, debt: d, actor: "station", programme: o.ProgrammeID, title: o.Title,
		playlist: o.PlaylistTitle, class: o.Class, zone: o.Zone, volume: o.VolumePercent, due: o.Due,
		lateness: o.Lateness, resumeCut: o.ResumeCut, items: o.Items,
	}).ready()
	b.attempt = d.attempt
	if d.begun == nil {
		return b
	}
	b.from.item, b.onset, b.underruns = min(d.item, len(b.items)), d.begun.Onset, d.begun.Underruns
	b.output, b.refused = d.begun.Output, d.begun.Refused
	for i := range b.from.item {
		it := d.begun.Items[i]
		if it == nil || it.Failed {
			b.failed[i] = cmp.Or(d.begun.Refused, judge.ReasonClip)
		}
	}
	for i, it := range d.begun.Items {
		if i < len(b.items) {
			b.taken[i], b.done[i] = min(it.Taken, b.items[i].Frames), it.Finished
			b.attempt = max(b.attempt, it.Start.Attempt)
		}
	}
	return b
}

// frames is the whole length, and what of it was taken.
func (b *broadcast) frames() (planned, taken int64) {
	for i, it := range b.items {
		planned += it.Frames
		taken += min(b.taken[i], it.Frames)
	}
	return planned, taken
}

// sentTo keeps the weakest output of all attempts: nothing above what was measured throughout is claimed.
func (b *broadcast) sentTo(i speaker.Info) {
	b.device = i.Device
	b.output = judge.Weaker(b.output, evidence.Output(i.Output))
}

// position tells how far the broadcast has come at taken frames.
func (b *broadcast) position() time.Duration {
	_, taken := b.frames()
	return audio.Duration(taken)
}

// word is the outcome that follows from what was measured.
func (b *broadcast) word(preempted bool) evidence.Outcome {
	planned, taken := b.frames()
	m := judge.Measured{Taken: taken, Planned: planned, Preempted: preempted}
	if !b.onset.IsZero() {
		m.Lateness = b.onset.Sub(b.due)
	}
	return judge.Word(m)
}
