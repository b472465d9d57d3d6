package decode

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// ebur128 is what ffmpeg measures on a file.
func ebur128(t *testing.T, path string) (lufs, dbtp float64) {
	t.Helper()
	need(t, "ffmpeg")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-nostdin", "-i", path,
		"-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	number := func(pattern string) float64 {
		m := regexp.MustCompile(pattern).FindAllSubmatch(out, -1)
		if m == nil {
			t.Fatalf("no %q in %s", pattern, out)
		}
		v, err := strconv.ParseFloat(string(m[len(m)-1][1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	return number(`I:\s+(-?[\d.]+) LUFS`), number(`Peak:\s+(-?[\d.]+) dBFS`)
}

// A clip measured wrongly is aired too loud or too quiet for years.
func TestLoudnessOfSpeechIsWhatFFmpegMeasures(t *testing.T) {
	longSums(t)
	speech := speechWAV(t)
	for _, filter := range []string{"anull", "volume=-20dB", "volume=12dB", "apad=pad_dur=8", "highpass=f=800"} {
		t.Run(filter, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "speech.wav")
			ffmpeg(t, speech, "-f", "wav", "-i", "-", "-af", filter, "-ar", "44100", path)
			in, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close() //nolint:errcheck // a test file
			out := create(t, filepath.Join(dir, "canonical.wav"))
			facts, err := Run(t.Context(), options(t), in, out, nil)
			if err != nil {
				t.Fatal(err)
			}
			lufs, dbtp := ebur128(t, out.Name())
			t.Logf("%+v, ffmpeg %.1f LUFS %.1f dBTP", facts.Loudness, lufs, dbtp)
			// ffmpeg prints one decimal: 0.05 of the difference may be its rounding.
			if math.Abs(facts.Loudness.IntegratedLUFS-lufs) > 0.1+0.05 || math.Abs(facts.Loudness.TruePeakDBTP-dbtp) > 0.2+0.05 {
				t.Errorf("%+v, ffmpeg measures %.1f LUFS and %.1f dBTP", facts.Loudness, lufs, dbtp)
			}
		})
	}
}

func TestWarningsOfWhatWillSoundBad(t *testing.T) {
	speech := speechWAV(t)
	for filter, want := range map[string]string{"volume=40dB": WarnClipped, "volume=-32dB": WarnVeryQuiet} {
		facts, _, err := decoded(t, options(t), ffmpeg(t, speech, "-f", "wav", "-i", "-", "-af", filter, "-f", "wav", "-"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, w := range facts.Warnings {
			found = found || w == want
		}
		if !found {
			t.Errorf("%s: warnings %v, want %s", filter, facts.Warnings, want)
		}
	}
}

func TestProgressGoesForwardToTheEnd(t *testing.T) {
	dir := t.TempDir()
	in, out := create(t, filepath.Join(dir, "in")), create(t, filepath.Join(dir, "out"))
	data := wavFile{tag: tagPCM, channels: 1, rate: 8000, bits: 16, data: tonePCM(8000, 1, 16, 30), dataSays: -1}.bytes()
	if _, err := in.Write(data); err != nil {
		t.Fatal(err)
	}
	last, calls := int64(-1), 0
	_, err := Run(t.Context(), options(t), in, out, func(done, total int64) {
		if done < last || done > total {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last, calls = done, calls+1
	})
	if err != nil || calls < 50 || calls > 250 {
		t.Errorf("%d calls, error %v", calls, err)
	}
}

// The import of a long file: time for ten minutes, and the greatest resident memory of any child so far.
func BenchmarkRun10MinutesOfStereoMP3(b *testing.B) {
	benchmarkRun(b, "600")
}

// Beside the other, this shows that memory does not grow with the length.
func BenchmarkRun40MinutesOfStereoMP3(b *testing.B) {
	benchmarkRun(b, "2400")
}

func benchmarkRun(b *testing.B, seconds string) {
	dir := b.TempDir()
	path := filepath.Join(dir, "long.mp3")
	ffmpeg(b, nil, "-f", "lavfi", "-i", "anoisesrc=c=pink:amplitude=0.5:duration="+seconds,
		"-ar", "44100", "-ac", "2", "-b:a", "128k", path)
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // a test file
	for b.Loop() {
		out, err := os.Create(filepath.Join(dir, "out.wav"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Run(b.Context(), Options{Exe: exe, Timeout: 5 * time.Minute}, in, out, nil); err != nil {
			b.Fatal(err)
		}
		if err := out.Close(); err != nil {
			b.Fatal(err)
		}
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(usage.Maxrss)/1024, "child-MB")
}
