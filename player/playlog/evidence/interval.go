package evidence

import (
	"fmt"
	"sort"

	"golang.org/x/mod/sumdb/tlog"
)

// interval is a source that does not begin at record 0.
type interval interface {
	Source
	part() (first int64, frontier []tlog.Hash, origin, key string)
}

func (e *Export) part() (int64, []tlog.Hash, string, string) {
	return e.manifest.First, e.frontier, e.manifest.Origin, e.manifest.PublicKey
}

// begin sets the verification at an interval's first record: the frontier stands for all records before it.
func (v *verification) begin(s interval) {
	first, frontier, origin, key := s.part()
	if first == 0 {
		return
	}
	v.first, v.good = first, first
	v.tree = Tree{size: first, peaks: append([]tlog.Hash(nil), frontier...)}
	v.books.middle, v.clocks.middle = true, true
	v.rep.First, v.rep.Signed = first, first
	if n, err := EpochOf(origin); err == nil {
		v.rep.Epoch = n
	}
	v.rep.Origin = origin
	v.bring(origin)
	v.signer(key)
	v.rep.say(fmt.Sprintf("This is a part of a log, from record %d on. Of what came before it only the hash is known: whether a broadcast was decided twice, or promised and forgotten before it, and how the key came to be the log's, cannot be told from here.", first),
		fmt.Sprintf("Đây là một phần nhật ký, bắt đầu từ dòng %d. Về phần trước đó chỉ biết mã băm: từ đây không biết được buổi phát nào đã có kết quả trước đó, kế hoạch nào trước đó bị bỏ quên, và khóa được giao cho nhật ký ra sao.", first))
}

// Joined are exports of one log that follow each other or overlap, read as one. Each must also be verified by itself.
type Joined struct {
	parts []*Export // by first record
	end   int64
	notes map[int64][]byte
	last  []byte
}

// Join puts exports together that are of one log and leave no record out between them; those that stand apart form
// groups of their own. Groups come by origin, then by first record.
func Join(exports []*Export) []*Joined {
	sorted := append([]*Export(nil), exports...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i].manifest, sorted[j].manifest
		if a.Origin != b.Origin {
			return a.Origin < b.Origin
		}
		return a.First < b.First
	})
	var out []*Joined
	for _, e := range sorted {
		g := (*Joined)(nil)
		if n := len(out); n > 0 {
			g = out[n-1]
		}
		if g == nil || g.Origin() != e.manifest.Origin || e.manifest.First > g.end {
			g = &Joined{notes: map[int64][]byte{}}
			out = append(out, g)
		}
		g.take(e)
	}
	return out
}

func (j *Joined) take(e *Export) {
	j.parts = append(j.parts, e)
	for size, n := range e.notes {
		j.notes[size] = n
	}
	if j.last == nil || e.manifest.End > j.end {
		j.end, j.last = e.manifest.End, e.newest
	}
}

// Origin is the log that the exports are of.
func (j *Joined) Origin() string { return j.parts[0].manifest.Origin }

// First is the index of the first record.
func (j *Joined) First() int64 { return j.parts[0].manifest.First }

// Parts is how many exports were joined.
func (j *Joined) Parts() int { return len(j.parts) }

// Size is the index after the last record.
func (j *Joined) Size() int64 { return j.end }

// Checkpoint is a signed checkpoint of that size from one of the exports.
func (j *Joined) Checkpoint(size int64) ([]byte, error) { return j.notes[size], nil }

// Newest is the checkpoint of the export that reaches furthest.
func (j *Joined) Newest() ([]byte, error) { return j.last, nil }

// Records reads each record once: where exports overlap, from the first. The checkpoints of all must hold over these
// records, so that exports that differ where they overlap do not verify.
func (j *Joined) Records(fn func(idx int64, raw []byte) error) error {
	next := j.First()
	for _, e := range j.parts {
		if e.manifest.End <= next {
			continue
		}
		err := e.Records(func(idx int64, raw []byte) error {
			if idx < next {
				return nil
			}
			next = idx + 1
			return fn(idx, raw)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *Joined) part() (int64, []tlog.Hash, string, string) { return j.parts[0].part() }

// MissingBetween says in words that records between two groups of one log were not brought.
func MissingBetween(a, b *Joined) (Finding, bool) {
	if a.Origin() != b.Origin() || b.First() <= a.end {
		return Finding{}, false
	}
	return Finding{Code: "missing", From: a.end, Until: b.First(), Text: Text{
		EN: fmt.Sprintf("Between the exports records %d to %d of %s are missing: bring the export of that time too.", a.end, b.First()-1, a.Origin()),
		VI: fmt.Sprintf("Giữa các bản trích thiếu các dòng từ %d đến %d của %s: cần có cả bản trích của khoảng đó.", a.end, b.First()-1, a.Origin())}}, true
}
