package device

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

// Whatever happens to the log's file between two runs, the commune hears the next broadcast on time, the trouble is said
// aloud, the new log begins where the last anchor ended, and the old file is kept as it was found.
func TestLogDamage(t *testing.T) {
	needDevice(t)
	t.Parallel()
	for _, d := range []struct {
		name string
		why  string
		// damage gives the file's new content from the old one and a copy made earlier; nil deletes it.
		damage func(whole, earlier []byte) []byte
	}{
		{"deleted", "lost", func([]byte, []byte) []byte { return nil }},
		{"truncated to half", "damaged", func(whole, _ []byte) []byte {
			return whole[:len(bytes.TrimRight(whole, "\x00"))/2] // the database keeps room behind what it uses
		}},
		{"filled with noise", "damaged", func(whole, _ []byte) []byte {
			b := make([]byte, len(whole))
			_, _ = rand.Read(b) // never fails, by its documentation
			return b
		}},
		{"replaced by yesterday's copy", "rolled_back", func(_, earlier []byte) []byte { return earlier }},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			s.serve("--device", "virtual")
			c := s.bring("mot", noise(pulsetest.Rate*7/10, 7))
			s.anyHour(map[string]any{"warm_up_ms": 500})
			due := every(2*time.Second, 8*time.Second, 2)
			id := s.programme(s.playlist(schedule.ModeAll, c), 30, due...)
			var earlier []byte
			s.must("GET", "/log/snapshot", nil, &earlier)
			s.awaitOutcomes(id, 1, patience)
			s.quit()
			anchor := readFile(t, s.path("anchors/epoch-1.checkpoint"))
			found := d.damage(readFile(t, s.path("playlog.db")), earlier)
			replace(t, s.path("playlog.db"), found)

			s.serve("--device", "virtual")
			s.awaitAlarm("LOG-02", patience)
			outcomes := s.awaitOutcomes(id, 1, patience)
			if o := outcomes[0]; len(outcomes) != 1 || o.Outcome != evidence.Full || !o.Due.Equal(due[1]) || o.LatenessMS > 50 || o.LatenessMS < -50 {
				t.Errorf("outcomes %+v, want one: due %s, full, on time", outcomes, due[1])
			}
			if n := s.now(); n.Log.Epoch != 2 {
				t.Errorf("epoch %d, want 2", n.Log.Epoch)
			}
			first := of[evidence.Epoch](s.mustLog())[0]
			if first.Why != d.why || first.LastCheckpoint != string(anchor) {
				t.Errorf("the new epoch says %q and cites\n%s\nwant %q and the anchor\n%s", first.Why, first.LastCheckpoint, d.why, anchor)
			}
			s.verify()
			s.quit()
			s.verify()
			judgeSetAside(t, s, first.SetAside, found)
		})
	}
}

// judgeSetAside wants the damaged file beside the new one, byte for byte.
func judgeSetAside(t testing.TB, s *station, named string, found []byte) {
	t.Helper()
	if found == nil {
		if named != "" {
			t.Errorf("the new epoch names %q as set aside; there was no file", named)
		}
		return
	}
	if !strings.HasPrefix(named, "playlog.db.aside-") {
		t.Fatalf("the new epoch names %q as set aside", named)
	}
	if got := readFile(t, s.path(named)); !bytes.Equal(got, found) {
		t.Errorf("%s has %d bytes and is not as it was found (%d bytes)", named, len(got), len(found))
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func replace(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if content == nil {
		return
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
