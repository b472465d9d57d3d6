package decode

import (
	"math"
	"slices"
	"testing"

	"loaxa/audio"
)

// canonical is mono 16-bit PCM at the canonical rate.
func canonical(all []int16) []byte {
	var data []byte
	for _, v := range all {
		data = append(data, byte(v), byte(v>>8))
	}
	return wavFile{tag: tagPCM, channels: 1, rate: audio.Rate, bits: 16, data: data, dataSays: -1}.bytes()
}

// Dead air before the first word makes people think that the loudspeaker is broken; a warning about air that is not
// dead makes them cut words off.
func TestSilenceAtTheEndsIsMeasured(t *testing.T) {
	seconds := func(s float64) []int16 { return make([]int16, int(s*audio.Rate)) }
	sound := hiss(3, 6000, 1) // about -20 LUFS
	offset := slices.Repeat([]int16{300}, int(2.2*audio.Rate))
	for _, c := range []struct {
		name        string
		all         []int16
		lead, trail float64 // s
		warnings    []string
	}{
		{"none", sound, 0, 0, nil},
		{"short pauses", slices.Concat(seconds(0.9), sound, seconds(1.9)), 0.9, 1.9, nil},
		{"long pauses", slices.Concat(seconds(1), sound, seconds(2.05)), 1, 2.05, []string{WarnLeadSilence, WarnTrailSilence}},
		{"the pause in the middle is part of it", slices.Concat(sound, seconds(4), sound), 0, 0, nil},
		{"noise 46 dB under it is silence", slices.Concat(hiss(1.5, 30, 2), sound, hiss(2.5, 30, 3)), 1.5, 2.5, []string{WarnLeadSilence, WarnTrailSilence}},
		{"noise 34 dB under it is not", slices.Concat(hiss(1.5, 120, 2), sound, hiss(2.5, 120, 3)), 0, 0, nil},
		{"in a quiet clip the same noise is not silence", slices.Concat(hiss(1.5, 30, 2), hiss(3, 1000, 4)), 0, 0, nil},
		{"an offset of the sound card is silence", slices.Concat(sound, offset), 0, 2.2, []string{WarnTrailSilence}},
		{"a word at the very end", slices.Concat(sound, seconds(3), sound[:400]), 0, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			facts, _, err := decoded(t, options(t), canonical(c.all))
			if err != nil {
				t.Fatal(err)
			}
			lead, trail := float64(facts.LeadSilence)/audio.Rate, float64(facts.TrailSilence)/audio.Rate
			// The weighting filter rings for some hundredths of a second.
			if math.Abs(lead-c.lead) > 0.011 || math.Abs(trail-c.trail) > 0.06 || !slices.Equal(facts.Warnings, c.warnings) {
				t.Errorf("%.3f s and %.3f s, want %.3f and %.3f; warnings %v, want %v", lead, trail, c.lead, c.trail, facts.Warnings, c.warnings)
			}
		})
	}
}

// A clip that plays well on headphones and is not heard from the horns would be found out on air.
func TestChannelsThatCancelAreFound(t *testing.T) {
	left, other := hiss(2, 8000, 1), hiss(2, 8000, 2)
	mixed := func(x, y float64) []int16 {
		out := make([]int16, len(left))
		for i := range out {
			out[i] = int16(x*float64(left[i]) + y*float64(other[i]))
		}
		return out
	}
	for _, c := range []struct {
		name    string
		right   []int16
		warning bool
		code    string
	}{
		{"the same", left, false, ""},
		{"nothing on one side", make([]int16, len(left)), false, ""},
		{"unrelated", other, false, ""},
		{"half inverted", mixed(-0.5, 0.87), false, ""},
		{"nearly inverted", mixed(-0.95, 0.3), true, ""},
		{"inverted and weaker", mixed(-0.8, 0), true, ""},
		{"inverted", mixed(-1, 0), false, CodeOutOfPhase},
	} {
		files := map[string][]byte{"wav": stereoWAV(audio.Rate, left, c.right)}
		if c.code == "" {
			// Separate channels: joint stereo at a low rate may itself leave something of an inverted sound.
			files["mp3"] = ffmpeg(t, files["wav"], "-f", "wav", "-i", "-", "-b:a", "320k", "-joint_stereo", "0", "-f", "mp3", "-")
		}
		for kind, file := range files {
			t.Run(kind+", "+c.name, func(t *testing.T) {
				facts, _, err := decoded(t, options(t), file)
				if c.code != "" {
					refused(t, err, c.code)
					return
				}
				if err != nil || slices.Contains(facts.Warnings, WarnOutOfPhase) != c.warning {
					t.Errorf("warnings %v, error %v", facts.Warnings, err)
				}
			})
		}
	}
}

func TestCancellingIsFoundInEightBitsToo(t *testing.T) {
	var data []byte
	for _, v := range hiss(1, 100, 1) {
		data = append(data, byte(128+v), byte(128-v))
	}
	file := wavFile{tag: tagPCM, channels: 2, rate: audio.Rate, bits: 8, data: data, dataSays: -1}.bytes()
	_, _, err := decoded(t, options(t), file)
	refused(t, err, CodeOutOfPhase)
}

func TestSilenceInEveryChannelIsSilence(t *testing.T) {
	none := make([]int16, 2*audio.Rate)
	_, _, err := decoded(t, options(t), stereoWAV(audio.Rate, none, none))
	refused(t, err, CodeSilent)
}

func TestMonoIsTheMeanOfTheChannels(t *testing.T) {
	var d downmix
	for channels, want := range map[int][]float32{1: {1, 2, 3, 4, 5, 6}, 2: {1.5, 3.5, 5.5}, 3: {2, 5}, 6: {3.5}} {
		if got := d.mono([]float32{9}, []float32{1, 2, 3, 4, 5, 6}, channels); !slices.Equal(got[1:], want) || got[0] != 9 {
			t.Errorf("%d channels: %v, want %v", channels, got, want)
		}
	}
}

func TestSamplesAreRoundedToTheNearest(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	in := []float32{0, 0.5 / 32768, -0.5 / 32768, 0.49 / 32768, 1.5 / 32768, 1, -1, 1.2, -1.2, 32767.4 / 32768, 1e30, -1e30, inf, -inf, nan}
	want := []int16{0, 1, -1, 0, 2, 32767, -32768, 32767, -32768, 32767, 32767, -32768, 32767, -32768, 0}
	if got := narrowed(nil, in); !slices.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}

// What cannot be raised to the usual loudness is said.
func TestQuietBeginsWhereTheGainEnds(t *testing.T) {
	for peak, quiet := range map[int]bool{1000: false, 600: false, 300: true} {
		facts, _, err := decoded(t, options(t), canonical(hiss(2, peak, 1)))
		reached := facts.Loudness.IntegratedLUFS + audio.PlayGain(facts.Loudness, -16)
		if err != nil || slices.Contains(facts.Warnings, WarnVeryQuiet) != quiet || quiet != (reached < -16.001) {
			t.Errorf("%.1f LUFS, played at %.1f: warnings %v, error %v", facts.Loudness.IntegratedLUFS, reached, facts.Warnings, err)
		}
	}
}
