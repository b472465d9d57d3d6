package library_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"loaxa/audio/library"
)

const demoFolder = "../../cmd/loaxa/demo"

func demoFile(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(demoFolder, name))
	must(t, err)
	return raw
}

// The first sound of a new station: it must come in without a complaint, be short, and be neither faint nor overdriven.
func TestDemoClipsComeIn(t *testing.T) {
	s := newStation(t)
	for _, name := range []string{"gia-danh-cong-an.mp3", "khong-cho-muon-otp.mp3"} {
		file := demoFile(t, name)
		c := s.bring(name, file)
		t.Logf("%s: %d bytes, %d ms, %.1f LUFS, %.1f dBTP, %s %d Hz", name, len(file), c.DurationMS, c.LoudnessLUFS, c.TruePeakDBTP, c.Codec, c.SourceRate)
		if len(file) > 150_000 || c.DurationMS < 8_000 || c.DurationMS > 12_500 {
			t.Errorf("%s has %d bytes and %d ms", name, len(file), c.DurationMS)
		}
		if c.LoudnessLUFS < -21 || c.LoudnessLUFS > -16 || c.TruePeakDBTP > -1 || len(c.Warnings) > 0 {
			t.Errorf("%s: %.1f LUFS, %.1f dBTP, warnings %v", name, c.LoudnessLUFS, c.TruePeakDBTP, c.Warnings)
		}
	}
}

// Whatever a damaged file does to the decoder, the station gives a clip that plays or a refusal, and nothing is left of
// what was refused.
func TestDamagedFilesGiveAClipOrARefusal(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for name, file := range map[string][]byte{
		"wav": tone(t, 440, 500*time.Millisecond),
		"mp3": demoFile(t, "gia-danh-cong-an.mp3")[20_000:32_000], // frames alone: any that still decodes is taken
	} {
		s := newStation(t)
		taken, refused := 0, map[string]int{}
		for range 40 {
			c, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(mutated(random, file)), Name: name}, nil)
			var refusal *library.Refusal
			switch {
			case err == nil:
				taken++
				o, err := s.Open(c.ID)
				must(t, err)
				if n := count(t, o); n != c.Frames {
					t.Errorf("%s: %d frames of %d", name, n, c.Frames)
				}
				must(t, o.Close())
			case errors.As(err, &refusal):
				refused[refusal.Code]++
			default:
				t.Errorf("%s: %v", name, err)
			}
		}
		t.Logf("%s: %d taken, refused %v", name, taken, refused)
		if name == "wav" && taken > 30 {
			t.Errorf("%d of 40 files with a damaged header were taken: the test does not reach it", taken)
		}
		all, err := s.All()
		must(t, err)
		if files := s.files(); len(files) != 3*len(all) {
			t.Errorf("%s: %d clips and the files %v", name, len(all), files)
		}
	}
}

// mutated changes a few bytes, most of them near the start, where the sizes are; now and then it cuts the file.
func mutated(random *rand.Rand, file []byte) []byte {
	out := slices.Clone(file)
	for range 1 + random.IntN(4) {
		reach := len(out)
		if random.IntN(3) > 0 {
			reach = min(reach, 48)
		}
		out[random.IntN(reach)] = byte(random.Uint32())
	}
	if random.IntN(5) == 0 {
		out = out[:1+random.IntN(len(out))]
	}
	return out
}
