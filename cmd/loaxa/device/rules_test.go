package device

import (
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

// clip is what the station says of an imported file.
type clip struct {
	ID        string  `json:"id"`
	SHA256    string  `json:"sha256"`
	LUFS      float64 `json:"loudness_lufs"`
	Canonical string  `json:"canonical_sha256"`

	samples []int16 // of the canonical file: what must come out at 0 dB
}

// noise is n samples that are found again in one place only, the same for the same seed.
func noise(n int, seed uint64) []int16 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(r.IntN(16000) - 8000)
	}
	return out
}

// inverted is another sound of exactly the same loudness.
func inverted(samples []int16) []int16 {
	out := make([]int16, len(samples))
	for i, v := range samples {
		out[i] = -v
	}
	return out
}

// bring imports samples as a WAV file with the command, approves them, and reads back what the station will play.
func (s *station) bring(title string, samples []int16) clip {
	s.t.Helper()
	path := filepath.Join(filepath.Dir(s.dir), title+".wav")
	if err := os.WriteFile(path, wav(s.t, samples), 0o600); err != nil {
		s.t.Fatal(err)
	}
	var clips []clip
	if err := json.Unmarshal([]byte(s.mustCLI("clip", "import", path, "--json")), &clips); err != nil {
		s.t.Fatalf("importing %s: %v", path, err)
	}
	c := clips[0]
	s.mustCLI("clip", "approve", c.ID)
	c.samples = readWAV(s.t, s.path("clips/"+c.SHA256+".wav"))
	return c
}

func wav(t testing.TB, samples []int16) []byte {
	t.Helper()
	n := 2 * len(samples)
	b := []byte("RIFF")
	var err error
	for _, v := range []any{uint32(36 + n), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(pulsetest.Rate),
		uint32(2 * pulsetest.Rate), uint16(2), uint16(16), []byte("data"), uint32(n), samples} {
		if b, err = binary.Append(b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// readWAV gives the samples of a plain 16-bit file: 44 bytes of header and nothing after the samples. Its header may be
// out of date, as that of a recording that was cut off.
func readWAV(t testing.TB, path string) []int16 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, max(0, len(b)-44)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(b[44+2*i:]))
	}
	return out
}

// anyHour lets the station play at every hour, on a machine whose clock nobody vouches for.
func (s *station) anyHour(more map[string]any) {
	s.t.Helper()
	set := map[string]any{"quiet_hours": []any{}, "clock_rule": "allow_doubtful"}
	for k, v := range more {
		set[k] = v
	}
	s.must("PUT", "/settings?confirm=night", set, nil)
}

func (s *station) playlist(mode schedule.Mode, clips ...clip) string {
	s.t.Helper()
	l := schedule.Playlist{Title: "Thử", Mode: mode}
	for _, c := range clips {
		l.Items = append(l.Items, schedule.Item{Kind: schedule.KindClip, ClipID: c.ID})
	}
	var made schedule.Playlist
	s.must("POST", "/playlists", l, &made)
	return made.ID
}

// programme plans single starts of a playlist and returns its ID.
func (s *station) programme(playlist string, latenessS int64, starts ...time.Time) string {
	s.t.Helper()
	var made schedule.Programme
	s.must("POST", "/programmes?confirm=night", map[string]any{
		"title": "Chương trình thử", "playlist_id": playlist, "starts": starts, "class": "ordinary", "lateness_s": latenessS,
		"volume_percent": 100, "zone": "main",
	}, &made)
	return made.ID
}

// every lists n whole seconds, step apart, the first at least lead from now.
func every(lead, step time.Duration, n int) []time.Time {
	first := time.Now().Add(lead + time.Second).Truncate(time.Second)
	out := make([]time.Time, n)
	for i := range out {
		out[i] = first.Add(time.Duration(i) * step)
	}
	return out
}
