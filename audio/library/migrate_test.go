package library_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio/library"
)

// schemaOne writes a library as the first version of this program did: one clip that was approved by importing it, one
// that was retired later, and one that somebody had made a draft.
func schemaOne(t *testing.T, s *station, sound []byte, sum string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(s.dir, "originals", sum), sound, 0o600))
	must(t, os.WriteFile(filepath.Join(s.dir, "clips", sum+".wav"), sound, 0o600))
	clip := func(id, sum, state, approved string) string {
		return fmt.Sprintf(`{"id":%q,"sha256":%q,"canonical_sha256":%q,"title":"Cảnh báo","original_name":"a.wav","source":"","tags":["otp"],
			"duration_ms":600,"frames":28800,"loudness_lufs":-16,"true_peak_dbtp":-12.2,"state":%q,"codec":"wav","source_rate":48000,
			"channels":1,"size":57644,"imported_by":"lan","imported_at":"2026-11-20T05:00:00+07:00","approved_by":"%s","warnings":[]%s}`,
			id, sum, sum, state, approved, map[bool]string{true: `,"approved_at":"2026-11-21T05:00:00+07:00"`}[approved != ""])
	}
	clips := map[string]string{
		"c-" + sum[:12]:  clip("c-"+sum[:12], sum, "approved", "lan"),
		"c-bbbbbbbbbbbb": clip("c-bbbbbbbbbbbb", strings.Repeat("b", 64), "retired", "minh"),
		"c-cccccccccccc": clip("c-cccccccccccc", strings.Repeat("c", 64), "draft", ""),
	}
	at := time.Date(2026, 11, 20, 5, 0, 0, 0, time.FixedZone("", 7*3600))
	must(t, s.db.Update(func(tx *bbolt.Tx) error {
		must(t, tx.DeleteBucket([]byte("library")))
		root, err := tx.CreateBucket([]byte("library"))
		must(t, err)
		must(t, root.Put([]byte("schema"), binary.BigEndian.AppendUint64(nil, 1)))
		for _, name := range []string{"clip", "hash", "time", "pending"} {
			b, err := root.CreateBucket([]byte(name))
			must(t, err)
			for id, raw := range clips {
				var c struct{ SHA256 string }
				must(t, json.Unmarshal([]byte(raw), &c))
				key, value := map[string][]byte{
					"clip": []byte(id), "hash": []byte(c.SHA256), "time": append(binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano())), id...),
				}[name], []byte(id)
				if name == "clip" {
					value = []byte(raw)
				}
				if name != "pending" {
					must(t, b.Put(key, value))
				}
			}
		}
		return nil
	}))
}

// A station that is updated goes on with the clips that it had, and what was approved is on air the same evening.
func TestClipsOfAnOlderVersionStayAsTheyWere(t *testing.T) {
	s := newStation(t)
	sound := tone(t, 440, 600*time.Millisecond)
	c := s.bring("a.wav", sound)
	schemaOne(t, s, sound, c.SHA256)
	for range 2 { // once migrated, it is not migrated again
		s.records = nil
		s.reopen(nil)
		all, err := s.All()
		must(t, err)
		if len(all) != 3 || len(s.records) != 0 {
			t.Fatalf("%d clips, %d records", len(all), len(s.records))
		}
		got, err := s.Get(c.ID)
		must(t, err)
		a := got.Approval
		if got.State != library.StateApproved || a == nil || a.By != "lan" || !a.At.Equal(got.ApprovedAt) || got.ApprovedAt.Day() != 21 ||
			a.SHA256 != c.SHA256 || a.CanonicalSHA256 != c.SHA256 || a.Batch != "" || got.Tags[0] != "otp" {
			t.Errorf("%+v, approval %+v", got, a)
		}
		if got, err := s.Get("c-bbbbbbbbbbbb"); err != nil || got.State != library.StateRetired || got.Approval == nil || got.Approval.By != "minh" {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := s.Get("c-cccccccccccc"); err != nil || got.State != library.StateDraft || got.Approval != nil {
			t.Errorf("%+v, %v", got, err)
		}
		o, err := s.Open(c.ID)
		must(t, err)
		must(t, o.Close())
	}
	if level, err := s.Peaks(c.ID, 10); err != nil || len(level.High) == 0 { // it had no such file
		t.Errorf("peaks %+v, %v", level, err)
	}
}

// A migration that cannot be finished leaves the library as it was, for the version that wrote it.
func TestAMigrationIsWholeOrNotAtAll(t *testing.T) {
	s := newStation(t)
	sound := tone(t, 440, 600*time.Millisecond)
	c := s.bring("a.wav", sound)
	schemaOne(t, s, sound, c.SHA256)
	must(t, s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("library")).Bucket([]byte("clip")).Put([]byte("c-zzz"), []byte("{"))
	}))
	if _, err := library.Open(s.options); err == nil || !strings.Contains(err.Error(), "c-zzz") {
		t.Fatalf("opened: %v", err)
	}
	must(t, s.db.View(func(tx *bbolt.Tx) error {
		root := tx.Bucket([]byte("library"))
		raw := root.Bucket([]byte("clip")).Get([]byte(c.ID))
		if n := binary.BigEndian.Uint64(root.Get([]byte("schema"))); n != 1 || strings.Contains(string(raw), `"approval"`) {
			t.Errorf("schema %d, clip %s", n, raw)
		}
		return nil
	}))
}
