package decode

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// mutant is file with a few bytes changed, and sometimes without its end.
func mutant(r *rand.Rand, file []byte) []byte {
	data := bytes.Clone(file)
	for range 1 + r.IntN(4) {
		data[r.IntN(len(data))] = byte(r.Uint32())
	}
	if r.IntN(4) == 0 {
		data = data[:1+r.IntN(len(data)-1)]
	}
	return data
}

var seedNames = []string{"mono.wav", "stereo.mp3", "mono.flac", "mono.ogg", "mono.aac", "mono.m4a", "quick.mov"}

func TestMutationsOfEveryFormatEndInAClipOrARefusal(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for _, name := range seedNames {
		file := seedFile(t, name)
		const rounds = 60
		clips := 0
		for range rounds {
			if survives(t, mutant(r, file)) {
				clips++
			}
		}
		if whole := survives(t, file); !whole || clips == rounds {
			t.Errorf("%s: whole %v, %d of %d mutations became clips: this test shows nothing", name, whole, clips, rounds)
		}
	}
}

// The same through the real child, and for what ffmpeg reads.
func TestSoakMutationsThroughTheChild(t *testing.T) {
	rounds := 1
	if os.Getenv("LOAXA_SOAK") == "1" {
		rounds = 2000
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	files := map[string][]byte{"amr": amr(1)}
	for _, name := range seedNames {
		files[name] = seedFile(t, name)
	}
	for _, name := range []string{"a.opus", "a.wma", "a.mka", "a.aiff", "a.caf", "alac.m4a"} {
		args := []string{"-f", "lavfi", "-i", "sine=sample_rate=48000:duration=0.3"}
		if name == "a.mka" {
			args = append(args, "-c:a", "libopus")
		}
		files[name] = encoded(t, name, args...)
	}
	o := withFFmpeg(t)
	o.Timeout, o.MaxDuration = 20*time.Second, time.Minute
	for name, file := range files {
		clips := 0
		for range rounds {
			data := mutant(r, file)
			_, _, err := decoded(t, o, data)
			var refusal *Refusal
			switch {
			case err == nil:
				clips++
			case !errors.As(err, &refusal):
				t.Errorf("%s: neither clip nor refusal: %v", name, err)
			case refusal.Code == CodeTooSlow:
				t.Errorf("%s: %v", name, err)
			}
		}
		t.Logf("%s: %d of %d mutations became clips", name, clips, rounds)
	}
}
