package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"loaxa/audio"
)

func TestMP3OfEveryRateSoundsRight(t *testing.T) {
	longSums(t)
	for _, c := range []struct {
		rate, channels int
		bitrate        string
	}{
		{44100, 2, "128k"}, {44100, 1, "64k"}, {48000, 2, "192k"}, {32000, 1, "96k"},
		{24000, 1, "48k"}, {22050, 1, "32k"}, {22050, 1, "56k"}, {22050, 1, "8k"}, {22050, 1, "24k"}, {22050, 2, "32k"}, {22050, 2, "96k"}, {22050, 2, "160k"}, {22050, 2, "64k"}, {16000, 1, "24k"}, {16000, 2, "32k"},
	} {
		t.Run(strconv.Itoa(c.rate)+"x"+strconv.Itoa(c.channels)+" "+c.bitrate, func(t *testing.T) {
			facts, all, err := decoded(t, options(t), sineMP3(t, c.rate, c.channels, c.bitrate, "4"))
			if err != nil {
				t.Fatal(err)
			}
			if facts.Codec != "mp3" || facts.SourceRate != c.rate || facts.Channels != c.channels || len(facts.Warnings) > 0 {
				t.Errorf("facts: %+v", facts)
			}
			if seconds := float64(len(all)) / audio.Rate; seconds < 4 || seconds > 4.15 {
				t.Errorf("%.3f s of 4", seconds)
			}
			if got := snr(all[24000:168000], 440); got < 55 {
				t.Errorf("the tone stands %.1f dB above everything else", got)
			}
		})
	}
}

// Speech uses what a tone does not: the bit reservoir, short blocks, every scale factor.
func TestMP3SpeechEqualsWhatFFmpegHears(t *testing.T) {
	longSums(t)
	need(t, "espeak-ng")
	speech := speechWAV(t)
	for _, c := range []struct {
		rate, channels int
		args           []string
	}{
		{44100, 2, []string{"-b:a", "128k"}}, {44100, 1, []string{"-q:a", "5"}}, {22050, 1, []string{"-b:a", "32k"}},
		{22050, 1, []string{"-q:a", "4"}}, {22050, 2, []string{"-b:a", "96k"}}, {16000, 1, []string{"-b:a", "24k"}},
	} {
		t.Run(fmt.Sprintf("%d Hz, %d channels, %v", c.rate, c.channels, c.args), func(t *testing.T) {
			args := append([]string{"-f", "wav", "-i", "-", "-ar", strconv.Itoa(c.rate), "-ac", strconv.Itoa(c.channels)}, c.args...)
			file := ffmpeg(t, speech, append(args, "-f", "mp3", "-")...)
			_, all, err := decoded(t, options(t), file)
			if err != nil {
				t.Fatal(err)
			}
			theirs := ffmpeg(t, file, "-f", "mp3", "-i", "-", "-ac", "1", "-ar", "48000", "-f", "s16le", "-")
			other := make([]int16, len(theirs)/2)
			for i := range other {
				other[i] = int16(binary.LittleEndian.Uint16(theirs[2*i:]))
			}
			lag, likeness := align(all, other)
			if likeness < 0.999 {
				t.Errorf("correlation %.5f at a lag of %d frames", likeness, lag)
			}
		})
	}
}

// align finds by how many frames b lies behind a, which may be up to 3000 either way since encoders' padding is cut by
// some and kept by others, and how alike they are there (1: the same but for level).
func align(a, b []int16) (lag int, likeness float64) {
	at := func(lag, from, to int) float64 {
		var ab, aa, bb float64
		for i := max(from, -lag); i < min(to, len(a), len(b)-lag); i++ {
			x, y := float64(a[i]), float64(b[i+lag])
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
		return ab / math.Sqrt(aa*bb+1)
	}
	for l := -3000; l <= 3000; l++ {
		if c := at(l, 30000, 32000); c > likeness {
			lag, likeness = l, c
		}
	}
	return lag, at(lag, 0, len(a))
}

// speechWAV is some Vietnamese speech.
func speechWAV(t testing.TB) []byte {
	t.Helper()
	need(t, "espeak-ng")
	out, err := exec.CommandContext(t.Context(), "espeak-ng", "-v", "vi", "--stdout",
		"Công an xã xin thông báo: không chuyển tiền cho người lạ gọi điện tự xưng là cán bộ. Hãy gọi số một một ba.").Output()
	if err != nil {
		t.Fatalf("espeak-ng: %v", err)
	}
	return out
}

func TestTagsAndJunkAroundTheSoundDoNoHarm(t *testing.T) {
	plain := sineMP3(t, 44100, 1, "64k", "2")
	_, want, err := decoded(t, options(t), plain)
	if err != nil {
		t.Fatal(err)
	}
	id3 := append([]byte("ID3\x04\x00\x00\x00\x00\x4e\x10"), make([]byte, 0x4e<<7|0x10)...)
	id3v1 := append([]byte("TAG"), make([]byte, 125)...)
	for name, data := range map[string][]byte{
		"a large picture in front": slices.Concat(id3, plain),
		"two tags in front":        slices.Concat(id3, id3, plain),
		"old tag behind":           slices.Concat(plain, id3v1),
		"zeros in front":           slices.Concat(make([]byte, 3000), plain),
		"zeros behind":             slices.Concat(plain, make([]byte, 3000)),
	} {
		facts, all, err := decoded(t, options(t), data)
		if err != nil || len(all) != len(want) || len(facts.Warnings) > 0 {
			t.Errorf("%s: %d frames of %d, warnings %v, error %v", name, len(all), len(want), facts.Warnings, err)
		}
	}
}

func TestHostileMP3IsRefused(t *testing.T) {
	plain := sineMP3(t, 44100, 2, "128k", "6")
	low := sineMP3(t, 8000, 1, "16k", "2")
	mp2 := ffmpeg(t, nil, "-f", "lavfi", "-i", "sine=duration=2", "-f", "mp2", "-")
	for _, c := range []struct {
		name   string
		data   []byte
		code   string
		detail string
	}{
		{"10 bytes whose tag says 512 MB", []byte("ID3\x03\x00\x00\xff\xff\xff\xff"), CodeDamaged, "impossible length"},
		{"tag longer than the file", slices.Concat([]byte("ID3\x03\x00\x00\x7f\x7f\x7f\x7f"), plain), CodeTruncated, "are left"},
		{"tag and nothing", slices.Concat([]byte("ID3\x03\x00\x00\x00\x00\x00\x10"), make([]byte, 16)), CodeDamaged, "no MP3 frame"},
		{"MPEG-2.5", low, CodeNeedsFFmpeg, "MPEG-2.5"},
		{"Layer II", mp2, CodeNeedsFFmpeg, "Layer II"},
		{"half of it missing", plain[:len(plain)/2], CodeTruncated, "holds"},
		{"silence", ffmpeg(t, nil, "-f", "lavfi", "-i", "anullsrc=duration=2", "-f", "mp3", "-"), CodeSilent, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := decoded(t, options(t), c.data)
			if got := refused(t, err, c.code); !strings.Contains(got, c.detail) {
				t.Errorf("detail %q does not say %q", got, c.detail)
			}
		})
	}
}

func TestALittleDamageIsHeardAndSaid(t *testing.T) {
	plain := sineMP3(t, 44100, 1, "64k", "6")
	end := plain[:len(plain)-100]
	facts, _, err := decoded(t, options(t), end)
	if err != nil || !slices.Equal(facts.Warnings, []string{WarnEndMissing}) {
		t.Errorf("last frame cut: warnings %v, error %v", facts.Warnings, err)
	}
	middle := slices.Concat(plain[:20000], make([]byte, 300), plain[20000:])
	facts, _, err = decoded(t, options(t), middle)
	if err != nil || !slices.Equal(facts.Warnings, []string{WarnPartsSkipped}) {
		t.Errorf("300 foreign bytes: warnings %v, error %v", facts.Warnings, err)
	}
}

// Whatever is done to a file: it becomes a whole clip or it is refused, and the station goes on.
func TestMutatedFilesEndInAClipOrARefusal(t *testing.T) {
	seed := uint64(20)
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	originals := [][]byte{
		sineMP3(t, 44100, 2, "64k", "0.5"), sineMP3(t, 22050, 1, "32k", "0.5"), sineMP3(t, 16000, 2, "32k", "0.5"),
		wavFile{tag: tagPCM, channels: 2, rate: 44100, bits: 24, data: tonePCM(44100, 2, 24, 0.2), dataSays: -1}.bytes(),
	}
	clips, refusals := 0, 0
	for i := range 32 {
		data := slices.Clone(originals[i%len(originals)])
		for range 1 + rng.IntN(20) {
			data[rng.IntN(len(data))] = byte(rng.IntN(256))
		}
		var r *Refusal
		switch _, _, err := decoded(t, options(t), data); {
		case err == nil:
			clips++
		case errors.As(err, &r):
			refusals++
		default:
			t.Fatalf("mutation %d: %v", i, err)
		}
	}
	t.Logf("%d clips, %d refusals", clips, refusals)
	if clips == 0 || refusals == 0 {
		t.Errorf("%d clips and %d refusals: the mutations prove nothing", clips, refusals)
	}
}

func FuzzMP3(f *testing.F) {
	frame := append([]byte{0xFF, 0xFB, 0x90, 0x64}, make([]byte, 413)...)
	f.Add(slices.Concat(frame, frame, frame))
	low := append([]byte{0xFF, 0xF3, 0x42, 0xC4}, make([]byte, 101)...) // 22050 Hz
	f.Add(slices.Concat(low, low, low, []byte("TAG")))
	f.Add([]byte("ID3\x03\x00\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, refusal := newMP3Stream(bytes.NewReader(data), int64(len(data)))
		if refusal != nil {
			return
		}
		got := 0
		for {
			out, err := s.read(nil)
			got += len(out)
			if err == nil {
				continue
			}
			var r *Refusal
			if !errors.Is(err, io.EOF) && !errors.As(err, &r) {
				t.Fatalf("neither an end nor a refusal: %v", err)
			}
			break
		}
		if most := int(s.frames.count) * s.frames.first.samples; got > most {
			t.Fatalf("%d samples from %d frames", got, s.frames.count)
		}
	})
}
