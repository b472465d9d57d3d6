package decode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hajimehoshi/go-mp3"
)

// heardWhole is the sound of an MP3 and its end, through batches that are spread over cores or not.
func heardWhole(data []byte, spread bool) (all []float32, notes []string, err error) {
	s, refusal := newMP3Stream(bytes.NewReader(data), int64(len(data)))
	if refusal != nil {
		return nil, nil, refusal
	}
	s.batch.spread = spread
	for err == nil {
		all, err = s.read(all)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return all, s.notes, err
}

// heardByOne is the sound of an MP3 through one decoder that is given one frame after the other.
func heardByOne(data []byte) (all []float32) {
	frames, refusal := newMP3Frames(bytes.NewReader(data), int64(len(data)))
	if refusal != nil {
		return nil
	}
	d := &layer3{t: newLayer3Tables(frames.first.rate)}
	for {
		frame, h, err := frames.give(nil)
		if err != nil {
			return all
		}
		out := make([]float32, h.samples)
		d.decode(out, frame, h, &downmix{})
		all = append(all, out...)
	}
}

// heardByGoMP3 is the sound of an MP3 through another decoder.
func heardByGoMP3(t *testing.T, data []byte) []float32 {
	t.Helper()
	dec, err := mp3.NewDecoder(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(dec)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float32, len(raw)/stereoBytes)
	mixStereo(out, raw)
	return out
}

// kindsOfMP3 are some seconds of speech over noise in every way that changes how far a frame reaches back.
func kindsOfMP3(t testing.TB) map[string][]byte {
	t.Helper()
	speech := speechWAV(t)
	files := map[string][]byte{}
	for name, args := range map[string][]string{
		"128k joint":            {"-ar", "44100", "-ac", "2", "-b:a", "128k"},
		"128k apart":            {"-ar", "44100", "-ac", "2", "-b:a", "128k", "-joint_stereo", "0"},
		"32k stereo":            {"-ar", "44100", "-ac", "2", "-b:a", "32k"},
		"32k at 48 kHz":         {"-ar", "48000", "-ac", "1", "-b:a", "32k"},
		"poor VBR":              {"-ar", "44100", "-ac", "2", "-q:a", "9"},
		"mono VBR":              {"-ar", "44100", "-ac", "1", "-q:a", "6"},
		"no reservoir":          {"-ar", "44100", "-ac", "2", "-b:a", "96k", "-reservoir", "0"},
		"MPEG-2":                {"-ar", "24000", "-ac", "2", "-b:a", "64k"},
		"MPEG-2, 8k":            {"-ar", "24000", "-ac", "1", "-b:a", "8k"},
		"MPEG-2, laid out anew": {"-ar", "22050", "-ac", "2", "-b:a", "32k"},
	} {
		all := append([]string{"-f", "wav", "-i", "-", "-f", "lavfi", "-i", "anoisesrc=a=0.02:seed=7",
			"-t", "8", "-filter_complex", "[0]apad=pad_dur=1,aecho=1:0.8:900|1700|3100:0.7|0.5|0.4,aformat=channel_layouts=stereo[a];[a][1]amix=duration=first"}, args...)
		files[name] = ffmpeg(t, speech, append(all, "-write_xing", "0", "-f", "mp3", "-")...)
	}
	half := func(name string) []byte { return files[name][:len(files[name])/2] }
	files["mono after stereo"] = slices.Concat(half("128k joint"), half("mono VBR"), half("128k apart"))
	files["stereo after mono"] = slices.Concat(half("mono VBR"), half("poor VBR"))
	return files
}

func TestMP3OnSeveralCores(t *testing.T) {
	files := kindsOfMP3(t)
	t.Run("as another decoder", func(t *testing.T) { testAsAnotherDecoder(t, files) })
	t.Run("the same sound", func(t *testing.T) { testSameSound(t, files) })
	t.Run("without warm-up a cut is heard", func(t *testing.T) { testColdCuts(t, files) })
	t.Run("damage ends alike", func(t *testing.T) { testDamageEndsAlike(t, files) })
}

// Not more than the rounding of the other one to 16 bits may lie between the two.
func testAsAnotherDecoder(t *testing.T, files map[string][]byte) {
	for name, data := range files {
		if strings.Contains(name, "after") || name == "MPEG-2, laid out anew" {
			continue // go-mp3 v0.3.4 decodes what it lacks bits for, and takes padded frames of 22050 Hz for shorter ones
		}
		got, _, err := heardWhole(data, true)
		want := heardByGoMP3(t, data)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d samples, %d by the other; error %v", name, len(got), len(want), err)
		}
		var sound, noise float64
		for i, v := range want {
			sound += float64(v) * float64(v)
			noise += float64(v-got[i]) * float64(v-got[i])
		}
		if ratio := 10 * math.Log10(sound/noise); ratio < 60 {
			t.Errorf("%s: the difference lies %.1f dB below the sound", name, ratio)
		}
	}
}

// Where a file was cut for the cores must not be heard, not even by a hash.
func testSameSound(t *testing.T, files map[string][]byte) {
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			want := heardByOne(data)
			for _, spread := range []bool{true, false} {
				got, notes, err := heardWhole(data, spread)
				if err != nil {
					t.Fatal(err)
				}
				if i := firstDifference(got, want); i >= 0 || len(want) < 3*runFrames*576 {
					t.Errorf("spread %v: %d samples, %d by one decoder, the first other one is %d; warnings %v", spread, len(got), len(want), i, notes)
				}
			}
		})
	}
}

// firstDifference is -1 where there is none.
func firstDifference(a, b []float32) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// Without each part of the warm-up the cut is heard: what the other tests hold is not there by itself. And nearly every
// place where a file may be cut is used, or the second core has nothing to do.
func testColdCuts(t *testing.T, files map[string][]byte) {
	for _, name := range []string{"128k joint", "32k stereo", "poor VBR", "MPEG-2, laid out anew"} {
		data := files[name]
		want := heardByOne(data)
		s, refusal := newMP3Stream(bytes.NewReader(data), int64(len(data)))
		if refusal != nil {
			t.Fatal(refusal)
		}
		if err := s.batch.fill(s.frames); err != nil {
			t.Fatal(name, err)
		}
		s.batch.spread = true
		samples := s.frames.first.samples
		runs := s.batch.runs()
		if len(runs) != batchRuns {
			t.Errorf("%s: cut into %d runs", name, len(runs))
		}
		heard := 0
		for _, r := range runs[1:] {
			out := make([]float32, (r.to-r.from)*samples)
			for _, cold := range []mp3Run{
				{r.from, r.from, r.from, r.to, &layer3{t: r.decoder.t}},   // nothing
				{r.heard, r.heard, r.from, r.to, &layer3{t: r.decoder.t}}, // no sound bits
				{r.held, r.from, r.from, r.to, &layer3{t: r.decoder.t}},   // no past
			} {
				if err := s.batch.decodeRun(cold, out); err != nil {
					t.Fatal(name, err)
				}
				heard += btoi(firstDifference(out, want[r.from*samples:r.to*samples]) >= 0)
			}
			if err := s.batch.decodeRun(r, out); err != nil {
				t.Fatal(name, err)
			}
			if i := firstDifference(out, want[r.from*samples:r.to*samples]); i >= 0 {
				t.Errorf("%s: a warm decoder differs from sample %d of its run on", name, i)
			}
		}
		if heard < 2*(len(runs)-1) { // a frame may happen to need no bits from before
			t.Errorf("%s: %d of %d cuts are heard without all of the warm-up", name, heard, 3*(len(runs)-1))
		}
	}
}

// Damage and foreign frames in the stream: the same sound, or the same refusal, on one core and on several.
func testDamageEndsAlike(t *testing.T, files map[string][]byte) {
	names, rounds, seed := slices.Sorted(maps.Keys(files)), 1, uint64(25)
	if os.Getenv("LOAXA_SOAK") == "1" {
		rounds, seed = 100, rand.Uint64()
	}
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	sounds, refusals, warned := 0, 0, 0
	for i := range rounds * len(names) {
		name := names[i%len(names)]
		data := damaged(files[name], rng)
		one, oneNotes, oneErr := heardWhole(data, false)
		several, severalNotes, severalErr := heardWhole(data, true)
		switch {
		case fmt.Sprint(oneErr) != fmt.Sprint(severalErr):
			t.Fatalf("damage %d, %s: one core: %v; several: %v", i, name, oneErr, severalErr)
		case firstDifference(one, several) >= 0:
			t.Fatalf("damage %d, %s: the sound differs from sample %d on", i, name, firstDifference(one, several))
		case !slices.Equal(oneNotes, severalNotes):
			t.Fatalf("damage %d, %s: one core warns %v, several %v", i, name, oneNotes, severalNotes)
		}
		if oneErr != nil {
			refusals++
			continue
		}
		sounds++
		warned += btoi(len(oneNotes) > 0)
		if at := firstDifference(several, heardByOne(data)); at >= 0 {
			t.Fatalf("damage %d, %s: by one decoder the sound differs from sample %d on", i, name, at)
		}
	}
	t.Logf("%d sounds, %d with warnings, %d refusals", sounds, warned, refusals)
	if sounds == 0 || warned == 0 {
		t.Errorf("%d sounds, %d with warnings: the damage proves nothing", sounds, warned)
	}
}

// damaged is a part of an MP3 with up to 30 damages: bits, side information, headers, missing bytes.
func damaged(data []byte, rng *rand.Rand) []byte {
	header := slices.Clone(data[:2])
	data = slices.Clone(data[:min(len(data), 30_000+rng.IntN(30_000))])
	for range rng.IntN(30) {
		at := rng.IntN(len(data) - 100)
		frame := at + max(0, bytes.Index(data[at:len(data)-16], header))
		switch rng.IntN(4) {
		case 0:
			data[at] ^= 1 << rng.IntN(8)
		case 1:
			data[frame+4+rng.IntN(8)] = byte(rng.IntN(256))
		case 2: // another bit rate, padding or number of channels
			data[frame+2+rng.IntN(2)] ^= 1 << rng.IntN(8)
		case 3:
			data = slices.Delete(data, at, at+1+rng.IntN(60))
		}
	}
	return data
}
