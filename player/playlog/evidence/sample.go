package evidence

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// MaxSample is how many broadcasts a spot check may pick.
const MaxSample = 1000

// Sampled is a broadcast that was picked for a spot check, with what an inspector compares with a paper diary or asks
// witnesses.
type Sampled struct {
	Index     int64    `json:"index"` // its outcome's record
	Broadcast string   `json:"broadcast"`
	Why       string   `json:"why"` // scheduled | emergency
	Due       Time     `json:"due"`
	Started   Time     `json:"started"`
	Title     string   `json:"title"`
	Outcome   Outcome  `json:"outcome"`
	AiredMS   int64    `json:"aired_ms"`
	PlannedMS int64    `json:"planned_ms"`
	Output    string   `json:"output"`
	Evidence  int      `json:"evidence"`
	Clips     []string `json:"clips"` // SHA-256 of the original files, in order
}

// maxSampledClips bounds the hashes that one picked broadcast lists.
const maxSampledClips = 100

// picker picks broadcasts for a spot check: of all that were on air, scheduled or emergency, those with the smallest
// SHA-256 of seed, epoch and record index. So the choice depends on the seed alone, not on the order of reading nor on
// the file in which a record was brought, and nobody who does not know the seed can prepare for it.
type picker struct {
	most   int
	seed   uint64
	within func(Record, OutcomeBody) bool // nil: all
	picked []pick                         // by key
}

type pick struct {
	key [sha256.Size]byte
	Sampled
}

func (p *picker) add(epoch int64, rec Record, o OutcomeBody) {
	if o.AiredMS <= 0 || o.Why == "rehearsal" || (p.within != nil && !p.within(rec, o)) {
		return
	}
	var b [24]byte
	binary.BigEndian.PutUint64(b[:], p.seed)
	binary.BigEndian.PutUint64(b[8:], uint64(epoch))    //nolint:gosec // never negative
	binary.BigEndian.PutUint64(b[16:], uint64(rec.Idx)) //nolint:gosec // never negative
	k := pick{key: sha256.Sum256(b[:])}
	at, _ := slices.BinarySearchFunc(p.picked, k, func(a, b pick) int { return bytes.Compare(a.key[:], b.key[:]) })
	if at >= p.most {
		return
	}
	k.Sampled = sampled(rec, o)
	if p.picked = slices.Insert(p.picked, at, k); len(p.picked) > p.most {
		p.picked = p.picked[:p.most]
	}
}

func sampled(rec Record, o OutcomeBody) Sampled {
	s := Sampled{Index: rec.Idx, Broadcast: short(o.Broadcast), Why: short(o.Why), Due: o.Due, Started: o.Started, Title: short(o.Title),
		Outcome: Outcome(short(string(o.Outcome))), AiredMS: o.AiredMS, PlannedMS: o.PlannedMS, Output: short(o.Output), Evidence: o.Evidence,
		Clips: []string{}}
	for _, it := range o.Items {
		if it.Clip != nil && len(s.Clips) < maxSampledClips {
			s.Clips = append(s.Clips, short(it.Clip.SHA256))
		}
	}
	return s
}

func (p *picker) finish() []Sampled {
	out := make([]Sampled, 0, len(p.picked))
	for _, k := range p.picked {
		out = append(out, k.Sampled)
	}
	slices.SortFunc(out, func(a, b Sampled) int { return cmp.Compare(a.Index, b.Index) })
	return out
}
