package decode

import (
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"loaxa/audio"
)

// encoded is a file that ffmpeg makes of a source, under a name that decides the container.
func encoded(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name) // a container is finished only where ffmpeg can go back
	ffmpeg(t, nil, append(slices.Clone(args), path)...)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// withFFmpeg are options with which the child may use ffmpeg.
func withFFmpeg(t *testing.T) Options {
	t.Helper()
	need(t, "ffmpeg")
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.FFmpeg = path
	return o
}

// heard is what ffmpeg makes of a file, in mono as ours.
func heard(t testing.TB, data []byte, channels int) []int16 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-i", path, "-map", "0:a:0", "-ar", "48000", "-f", "s16le", "-"}
	if channels == 2 {
		args = slices.Insert(args, 4, "-af", "pan=mono|c0=0.5*c0+0.5*c1")
	}
	raw := ffmpeg(t, nil, args...)
	all := make([]int16, len(raw)/2)
	for i := range all {
		all[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return all
}

// differ is how far ours stands above what is different from theirs, in dB, without shifting either.
func differ(ours, theirs []int16) float64 {
	var signal, rest float64
	for i := range min(len(ours), len(theirs)) {
		a, b := float64(ours[i]), float64(theirs[i])
		signal += a * a
		rest += (a - b) * (a - b)
	}
	return 10 * math.Log10(signal/(rest+1))
}

// TestStaffsFilesSoundRight is every format of an everyday file, in several rates and channels.
func TestStaffsFilesSoundRight(t *testing.T) {
	for n, c := range []struct {
		name  string
		args  []string
		codec string
		via   string
		long  float64 // seconds that the codec may add
		like  float64 // dB that it equals what ffmpeg hears
	}{
		{"a.flac", []string{"-sample_fmt", "s16"}, "flac 16-bit", "", 0, 45},
		{"24.flac", []string{"-sample_fmt", "s32"}, "flac 24-bit", "", 0, 45},
		{"a.ogg", []string{"-c:a", "libvorbis", "-q:a", "3"}, "vorbis", "", 0, 45},
		{"low.ogg", []string{"-c:a", "libvorbis", "-q:a", "-1"}, "vorbis", "", 0, 45},
		{"a.m4a", []string{"-c:a", "aac", "-b:a", "64k"}, "aac", "", 0.001, 40},
		{"fast.m4a", []string{"-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart"}, "aac", "", 0.001, 40},
		{"a.3gp", []string{"-c:a", "aac", "-b:a", "48k"}, "aac", "", 0.001, 40},
		{"a.mov", []string{"-c:a", "aac", "-b:a", "64k"}, "aac", "", 0.001, 40},
		{"vbr.m4a", []string{"-c:a", "aac", "-q:a", "1"}, "aac", "", 0.001, 40},
		{"a.aac", []string{"-c:a", "aac", "-b:a", "64k", "-f", "adts"}, "aac", "", 0.25, 40},
	} {
		for i, rate := range []int{8000, 16000, 22050, 44100, 48000, 96000} {
			channels := 1 + rate/11025%2
			if os.Getenv("LOAXA_SOAK") != "1" && (i+n)%4 != 0 {
				continue // each format meets two rates at least, each rate three formats
			}
			t.Run(c.name+" "+strconv.Itoa(rate)+"x"+strconv.Itoa(channels), func(t *testing.T) {
				t.Parallel()
				args := []string{"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2.345,volume=0.7", "-ar", strconv.Itoa(rate), "-ac", strconv.Itoa(channels)}
				file := encoded(t, c.name, append(args, c.args...)...)
				facts, all, err := decoded(t, options(t), file)
				if err != nil {
					t.Fatal(err)
				}
				if facts.Codec != c.codec || facts.Via != c.via || facts.SourceRate != rate || facts.Channels != channels || len(facts.Warnings) > 0 {
					t.Errorf("facts: %+v", facts)
				}
				const seconds = 2.345
				if got := float64(len(all)) / audio.Rate; got < seconds-1.0/8000 || got > seconds+c.long+1.0/8000 {
					t.Errorf("%.4f s of %.4f", got, seconds)
				}
				if c.name != "a.aac" && math.Abs(float64(facts.Declared-facts.Frames)) > 96 {
					t.Errorf("%d frames, %d announced", facts.Frames, facts.Declared)
				}
				if got := snr(all[9600:96000], 440); got < 20 && !strings.HasPrefix(c.name, "low") {
					t.Errorf("the tone stands %.1f dB above everything else", got)
				}
				if got := differ(all, heard(t, file, channels)); got < c.like {
					t.Errorf("%.1f dB like what ffmpeg hears", got)
				}
			})
		}
	}
}

// The voice of a surround recording stands in the centre; it is louder than what comes from the sides, and nothing of
// it is lost in Vorbis' own order of channels.
func TestSurroundKeepsTheVoice(t *testing.T) {
	source := []string{"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2,volume=4", "-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=48000:duration=2",
		"-filter_complex", "[0][1]amerge=inputs=2,pan=5.1|FC=c0|BL=0.1*c1|BR=0.1*c1|LFE=c1"}
	for name, args := range map[string][]string{"a.flac": nil, "a.ogg": {"-c:a", "libvorbis", "-q:a", "6"}, "a.mka": {"-c:a", "libopus", "-b:a", "256k"}} {
		facts, all, err := decoded(t, withFFmpeg(t), encoded(t, name, append(slices.Clone(source), args...)...))
		if err != nil || facts.Channels != 6 {
			t.Errorf("%s: %+v, %v", name, facts, err)
			continue
		}
		if got := snr(all[9600:86400], 440); got < 20 {
			t.Errorf("%s: the voice stands %.1f dB above the rest", name, got)
		}
	}
}

// Speech uses what a tone does not. Every decoder of ours must hear what ffmpeg hears.
func TestSpeechEqualsWhatFFmpegHears(t *testing.T) {
	longSums(t)
	need(t, "espeak-ng")
	path := filepath.Join(t.TempDir(), "speech.wav")
	if err := os.WriteFile(path, speechWAV(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		like float64 // dB
	}{
		{"a.flac", []string{"-ar", "48000", "-ac", "2"}, 70},
		{"a.ogg", []string{"-ar", "48000", "-ac", "2", "-c:a", "libvorbis"}, 65},
		{"a.m4a", []string{"-ar", "48000", "-ac", "2", "-b:a", "128k"}, 60},
		{"phone.m4a", []string{"-ar", "16000", "-ac", "1", "-b:a", "24k"}, 35},
	} {
		file := encoded(t, c.name, append([]string{"-i", path}, c.args...)...)
		facts, all, err := decoded(t, options(t), file)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		theirs := heard(t, file, facts.Channels)
		if got := differ(all, theirs); got < c.like {
			t.Errorf("%s: %.1f dB like what ffmpeg hears", c.name, got)
		}
		if d := len(all) - len(theirs); d > 1100 || d < -1100 {
			t.Errorf("%s: %d frames, ffmpeg gives %d", c.name, len(all), len(theirs))
		}
	}
}
