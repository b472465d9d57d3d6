package admin

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/admin/account"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// fill puts n clips into the index as imports would, without their files.
func (s *station) fill(b *testing.B, n int) {
	b.Helper()
	at := s.clock().Add(-time.Duration(n) * time.Hour)
	must(b, s.db.Update(func(tx *bbolt.Tx) error {
		root := tx.Bucket([]byte("library"))
		for i := range n {
			sum := fmt.Sprintf("%016x%048x", i*7919, i)
			c := library.Clip{ID: "c-" + sum[:16], SHA256: sum, CanonicalSHA256: sum, Title: fmt.Sprintf("Bản tin số %d về lừa đảo qua mạng", i),
				OriginalName: "ban-tin.mp3", Source: "Công an tỉnh", Tags: []string{"A.b.1", fmt.Sprintf("B.%d", i%24+1)}, DurationMS: 185_000,
				Frames: 185 * 48000, State: []string{library.StateDraft, library.StateSubmitted, library.StateRetired}[i%3], ImportedBy: "user:hoa",
				ImportedAt: at.Add(time.Duration(i) * time.Hour), Letter: library.Letter{Agency: "Công an tỉnh", Number: fmt.Sprintf("%d/CV-CAT", i)}}
			raw, err := json.Marshal(c)
			key := append(binary.BigEndian.AppendUint64(nil, uint64(c.ImportedAt.UnixNano())), c.ID...) //nolint:gosec // after 1970
			err = errors.Join(err, root.Bucket([]byte("clip")).Put([]byte(c.ID), raw), root.Bucket([]byte("hash")).Put([]byte(sum), []byte(c.ID)),
				root.Bucket([]byte("time")).Put(key, []byte(c.ID)))
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// BenchmarkClipsPage10000 is the pages of a library of ten thousand clips: p95 must stay below 20 ms, also right after one of
// them was changed.
func BenchmarkClipsPage10000(b *testing.B) {
	facts := map[string]schedule.ClipFact{} // the program's own wiring follows the changes of the library, too
	var s *station
	s = newStation(b, func(o *Options) {
		o.Station.Input = func() schedule.Input {
			in := s.rules.Input()
			in.Clips = facts
			return in
		}
	})
	op := s.token(b, account.Operator)
	s.fill(b, 10_000)
	list, err := s.library.All()
	must(b, err)
	for _, c := range list {
		facts[c.ID] = schedule.ClipFact{ID: c.ID, Title: c.Title, Frames: c.Frames, State: c.State}
	}
	for name, path := range map[string]string{"first": "/clips", "last": "/clips?page=222", "search": "/clips?q=lua+dao+9876", "topic": "/clips?tag=B.7&state=draft",
		"queue": "/clips/queue", "clip": "/clips/" + list[0].ID, "add": "/playlists/clips?q=lua+dao"} {
		for _, changed := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/changed=%v", name, changed), func(b *testing.B) {
				s.ask("GET", path, op, "") // the first page after the start reads all
				var took []time.Duration
				for i := 0; b.Loop(); i++ {
					if changed {
						title := fmt.Sprint("Bản tin ", i)
						if _, err := s.library.Edit("x", list[0].ID, library.Edit{Title: &title}); err != nil {
							b.Fatal(err)
						}
					}
					start := time.Now()
					if w := s.ask("GET", path, op, ""); w.Code != http.StatusOK {
						b.Fatal(w.Code, w.Body)
					}
					took = append(took, time.Since(start))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			})
		}
	}
}
