package playlog

import (
	"time"

	"loaxa/player/playlog/evidence"
)

// What memory may hold of records that cannot be written.
const (
	maxQueued      = 10000
	maxQueuedBytes = 16 << 20
)

// queue holds, in order, the records that could not be written. When it is full the oldest progress and device
// records go first: an outcome says again what they said. Not safe for concurrent use.
type queue struct {
	drafts   []evidence.Draft
	bytes    int
	maxN     int
	maxBytes int
	lost     int64
	since    time.Time // wall time of the first failure
	why      string
	doubtful int // so many, from the front, were in a transaction whose commit failed
}

func newQueue(maxN, maxBytes int) *queue { return &queue{maxN: maxN, maxBytes: maxBytes} }

func (q *queue) len() int { return len(q.drafts) }

func (q *queue) push(drafts []evidence.Draft, at time.Time, why error) {
	if q.len() == 0 && q.lost == 0 {
		q.since, q.why = at, why.Error()
	}
	for _, d := range drafts {
		q.drafts = append(q.drafts, d)
		q.bytes += d.Len()
	}
	for q.len() > q.maxN || q.bytes > q.maxBytes {
		q.drop()
	}
}

// drop gives up the oldest record that matters least.
func (q *queue) drop() {
	victim := 0
	for i, d := range q.drafts {
		if d.Kind() == evidence.KindProgress || d.Kind() == evidence.KindDevice {
			victim = i
			break
		}
	}
	if victim < q.doubtful {
		q.doubtful--
	}
	q.bytes -= q.drafts[victim].Len()
	q.drafts = append(q.drafts[:victim], q.drafts[victim+1:]...)
	q.lost++
}

// forgetDoubtful forgets the doubtful records: they turned out to be written, with lost of the losses.
func (q *queue) forgetDoubtful(lost int64) {
	n := min(q.doubtful, q.len())
	for _, d := range q.drafts[:n] {
		q.bytes -= d.Len()
	}
	q.drafts, q.doubtful = q.drafts[n:], 0
	q.lost -= lost
}

func (q *queue) reset() { *q = queue{maxN: q.maxN, maxBytes: q.maxBytes} }
