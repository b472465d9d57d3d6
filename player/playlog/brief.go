package playlog

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// Brief is what a list needs to know of an outcome to count, filter and page: it stands in the index beside the due time,
// so that a year is gone through without reading a record. The record alone has the word: a Brief is made from it.
type Brief struct {
	Idx       int64
	Due       time.Time // of an emergency: when its outcome was written
	Outcome   evidence.Outcome
	Output    evidence.Output
	Why       string // scheduled | rehearsal | emergency
	Programme string // ID, cut where it is unusually long
	AiredMS   int64
	PlannedMS int64
}

// briefForm is the first byte of a brief; an index entry without one, or of another form, is read from its record.
const (
	briefForm    = 1
	maxBriefName = 255
)

// codeOf is the place of a word in its list, from 1 on; 0 is a word that this program does not know.
func codeOf(list []string, word string) byte {
	for i, w := range list {
		if w == word {
			return byte(i + 1) //nolint:gosec // the lists are short
		}
	}
	return 0
}

func wordOf(list []string, n byte) string {
	if n == 0 || int(n) > len(list) {
		return ""
	}
	return list[n-1]
}

// The order of these lists is stored: append only.
func briefOutcomes() []string {
	return []string{string(evidence.Cancelled), string(evidence.Skipped), string(evidence.Missed), string(evidence.Preempted),
		string(evidence.Partial), string(evidence.Late), string(evidence.Full)}
}

func briefOutputs() []string {
	return []string{string(evidence.Hardware), string(evidence.Unproven), string(evidence.Virtual)}
}

func briefWhys() []string { return []string{"scheduled", "rehearsal", "emergency"} }

func packBrief(o evidence.OutcomeBody) []byte {
	name := o.Programme[:min(len(o.Programme), maxBriefName)]
	out := make([]byte, 0, 16+len(name))
	out = append(out, briefForm, codeOf(briefOutcomes(), string(o.Outcome)), codeOf(briefOutputs(), o.Output), codeOf(briefWhys(), o.Why))
	out = binary.AppendVarint(out, o.AiredMS)
	out = binary.AppendVarint(out, o.PlannedMS)
	return append(out, name...)
}

// unpackBrief is false for whatever packBrief does not write, and for words that were not known when it was written.
func unpackBrief(v []byte, b *Brief, words *briefWords) bool {
	if len(v) < 6 || v[0] != briefForm || v[1] == 0 || v[3] == 0 {
		return false
	}
	b.Outcome, b.Output, b.Why = evidence.Outcome(wordOf(words.outcomes, v[1])), evidence.Output(wordOf(words.outputs, v[2])), wordOf(words.whys, v[3])
	v = v[4:]
	aired, n := binary.Varint(v)
	if n <= 0 {
		return false
	}
	planned, m := binary.Varint(v[n:])
	if m <= 0 {
		return false
	}
	b.AiredMS, b.PlannedMS, b.Programme = aired, planned, words.programme(v[n+m:])
	return true
}

// briefWords keeps each programme's name once for a whole list.
type briefWords struct {
	outcomes, outputs, whys []string
	names                   map[string]string
}

func newBriefWords() *briefWords {
	return &briefWords{outcomes: briefOutcomes(), outputs: briefOutputs(), whys: briefWhys(), names: map[string]string{}}
}

func (w *briefWords) programme(v []byte) string {
	if s, ok := w.names[string(v)]; ok {
		return s
	}
	s := string(v)
	w.names[s] = s
	return s
}

// briefChunk is how many briefs are taken in one look into the database.
const briefChunk = 4096

// Briefs calls fn with the brief of each outcome that was due in [from, until), by due time.
func (l *Log) Briefs(from, until time.Time, fn func(Brief) error) error {
	at, end, words := outcomeKey(from, 0), outcomeKey(until, 0), newBriefWords()
	part := make([]Brief, 0, 256)
	for {
		part = part[:0]
		err := l.view(func(s *store) error {
			return s.db.View(func(tx *bolt.Tx) error {
				c := tx.Bucket(bucketOutcome).Cursor()
				for k, v := c.Seek(at); len(k) == 16 && bytes.Compare(k, end) < 0 && len(part) < briefChunk; k, v = c.Next() {
					b := Brief{Idx: int64Of(k[8:]), Due: time.UnixMilli(int64Of(k[:8]))}
					if !unpackBrief(v, &b, words) {
						if err := briefOfRecord(tx, &b); err != nil {
							return err
						}
					}
					part = append(part, b)
					at = append(append(at[:0], k...), 0)
				}
				return nil
			})
		})
		if err != nil {
			return fmt.Errorf("reading outcomes: %w", err)
		}
		for _, b := range part {
			if err := fn(b); err != nil {
				return stopped(err)
			}
		}
		if len(part) < briefChunk {
			return nil
		}
	}
}

// briefOfRecord is for entries that an earlier version of the program made.
func briefOfRecord(tx *bolt.Tx, b *Brief) error {
	rec, err := evidence.Decode(tx.Bucket(bucketRecord).Get(key64(b.Idx)))
	if err != nil {
		return err
	}
	var o evidence.OutcomeBody
	if err := json.Unmarshal(rec.Data, &o); err != nil {
		return fmt.Errorf("record %d: %w", b.Idx, err)
	}
	b.Outcome, b.Output, b.Why, b.Programme, b.AiredMS, b.PlannedMS = o.Outcome, evidence.Output(o.Output), o.Why, o.Programme, o.AiredMS, o.PlannedMS
	return nil
}

// OutcomeOf is the record with a broadcast's outcome; ok is false while there is none in the log.
func (l *Log) OutcomeOf(broadcast string) (idx int64, ok bool) {
	err := l.view(func(s *store) error {
		return s.db.View(func(tx *bolt.Tx) error {
			if v := tx.Bucket(bucketDecided).Get(decidedKey(broadcast)); len(v) == 8 {
				idx, ok = int64Of(v), true
			}
			return nil
		})
	})
	return idx, ok && err == nil
}
