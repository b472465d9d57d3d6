package decode

import (
	"math/rand/v2"
	"slices"
	"testing"

	"loaxa/audio"
)

// stereoWAV is 16-bit PCM of two channels.
func stereoWAV(rate int, left, right []int16) []byte {
	var data []byte
	for i := range left {
		data = append(data, byte(left[i]), byte(left[i]>>8), byte(right[i]), byte(right[i]>>8))
	}
	return wavFile{tag: tagPCM, channels: 2, rate: rate, bits: 16, data: data, dataSays: -1}.bytes()
}

// hiss is noise of a peak of 16 bits.
func hiss(seconds float64, peak int, seed uint64) []int16 {
	rng := rand.New(rand.NewPCG(seed, 8))
	out := make([]int16, int(seconds*audio.Rate))
	for i := range out {
		out[i] = int16(rng.IntN(2*peak+1) - peak)
	}
	return out
}

// Who cuts a pause off must get the rest as it was, and no click where the cut is.
func TestTrimKeepsTheSpanAndFadesWhatWasCut(t *testing.T) {
	all := hiss(3, 9000, 1)
	file := stereoWAV(audio.Rate, all, all)
	total := int64(len(all))
	for _, c := range []struct {
		name    string
		span    audio.Span
		in, out bool // faded
	}{
		{"everything", audio.Span{}, false, false},
		{"all of it, said in numbers", audio.Span{Until: total}, false, false},
		{"the start goes", audio.Span{From: 12345}, true, false},
		{"the start goes, end in numbers", audio.Span{From: 1, Until: total}, true, false},
		{"the end goes", audio.Span{Until: total - 1}, false, true},
		{"both go", audio.Span{From: 20001, Until: 130001}, true, true},
		{"exactly a second", audio.Span{From: 50000, Until: 98000}, true, true},
		{"the last second", audio.Span{From: total - audio.Rate}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(t)
			o.Trim = c.span
			facts, got, err := decoded(t, o, file)
			if err != nil {
				t.Fatal(err)
			}
			until := c.span.Until
			if until == 0 {
				until = total
			}
			want := slices.Clone(all[c.span.From:until])
			if c.in {
				audio.FadeInBlock(want[:cutFade], 0, cutFade)
			}
			if c.out {
				audio.FadeOutBlock(want[len(want)-cutFade:], 0, cutFade)
			}
			if facts.Frames != int64(len(want)) || !slices.Equal(got, want) {
				t.Errorf("%d frames, want %d; the same: %v", len(got), len(want), slices.Equal(got, want))
			}
			if c.in && got[0] != 0 {
				t.Errorf("it begins at %d", got[0])
			}
		})
	}
}

func TestTrimOutsideTheSoundIsRefused(t *testing.T) {
	all := hiss(2, 9000, 1)
	file := stereoWAV(audio.Rate, all, all)
	for _, span := range []audio.Span{
		{From: -1}, {Until: -1}, {From: 5, Until: 4}, {From: 10, Until: 9 + audio.Rate}, // what no sound can have
		{Until: 2*audio.Rate + 1}, {From: audio.Rate + 1}, {From: 3 * audio.Rate}, {From: 1 << 62}, {From: 0, Until: 1 << 62},
	} {
		o := options(t)
		o.Trim = span
		_, _, err := decoded(t, o, file)
		refused(t, err, CodeBadTrim)
	}
}

// The span of an MP3 lies where it was heard, and what is measured is what is kept.
func TestTrimOfACompressedFileIsThePartThatWasHeard(t *testing.T) {
	quiet, loud := hiss(2, 300, 1), hiss(2, 20000, 2)
	both := slices.Concat(quiet, loud)
	file := ffmpeg(t, stereoWAV(44100, both, both), "-f", "wav", "-i", "-", "-b:a", "192k", "-f", "mp3", "-")
	_, all, err := decoded(t, options(t), file)
	if err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Trim = audio.Span{From: 10007, Until: 10007 + audio.Rate}
	facts, got, err := decoded(t, o, file)
	if err != nil {
		t.Fatal(err)
	}
	if inner := got[cutFade : len(got)-cutFade]; !slices.Equal(inner, all[10007+cutFade:][:len(inner)]) {
		t.Error("the frames are not those of the whole")
	}
	m := audio.NewMeter()
	m.Write(got)
	if facts.Loudness != m.Result() || facts.Loudness.IntegratedLUFS > -35 {
		t.Errorf("%+v, the kept part measures %+v", facts.Loudness, m.Result())
	}
}

// Cutting block by block is cutting at once, wherever the blocks end.
func TestTrimIsTheSameInAnyPortions(t *testing.T) {
	all := hiss(1.2, 9000, 3)
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		span := audio.Span{From: int64(rng.IntN(len(all) - audio.Rate)), Until: 0}
		if rng.IntN(4) > 0 {
			span.Until = span.From + audio.Rate + int64(rng.IntN(len(all)-audio.Rate-int(span.From)+1))
		}
		run := func(portion func() int) (got []int16, err error) {
			keep := func(frames []int16) error {
				got = append(got, frames...)
				return nil
			}
			c, rest := cutter{span: span}, slices.Clone(all)
			for len(rest) > 0 {
				n := min(portion(), len(rest))
				if err := c.take(rest[:n], keep); err != nil {
					return nil, err
				}
				rest = rest[n:]
			}
			err = c.end(keep)
			return got, err
		}
		want, err := run(func() int { return len(all) })
		if err != nil {
			t.Fatalf("seed %d, %v: %v", seed, span, err)
		}
		got, err := run(func() int { return 1 + rng.IntN(600) })
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("seed %d, %v: differs in portions, error %v", seed, span, err)
		}
	}
}
