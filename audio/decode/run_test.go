package decode

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"loaxa/audio"
)

// TestMain makes this test binary the decoder that Run starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "decode":
			os.Exit(Main(os.Args[2:]))
		case "hungry", "hungry-free":
			os.Exit(hungry(os.Args[1] == "hungry"))
		}
	}
	os.Exit(m.Run())
}

// hungry takes 600 MB, with or without the limits of a decoder.
func hungry(limited bool) int {
	if limited {
		if err := limit(time.Hour, 60); err != nil {
			return 3
		}
	}
	b := make([]byte, 600<<20)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	if b[4096] == 1 {
		return 0
	}
	return 4
}

func options(t *testing.T) Options {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Under the race detector a process rests a second before it ends, unless told not to.
	quick := script(t, `GORACE=atexit_sleep_ms=0 exec "`+exe+`" "$@"`)
	return Options{Exe: quick, Timeout: 2 * time.Minute}
}

// decoded runs bytes through the real child and gives what came out.
func decoded(t *testing.T, o Options, data []byte) (Facts, []int16, error) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "in")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // a test file
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close() //nolint:errcheck // a test file
	facts, err := Run(t.Context(), o, in, out, nil)
	if err != nil {
		return facts, nil, err
	}
	info, err := out.Stat()
	if err != nil {
		t.Fatal(err)
	}
	r, err := audio.NewWAVReader(out, info.Size())
	if err != nil {
		t.Fatalf("what came out is not canonical: %v", err)
	}
	var all []int16
	buf := make([]int16, 4096)
	for {
		n, err := r.ReadFrames(buf)
		all = append(all, buf[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if facts.Frames != int64(len(all)) {
		t.Fatalf("facts say %d frames, the file has %d", facts.Frames, len(all))
	}
	return facts, all, nil
}

// refused wants a refusal of the given code and gives its detail.
func refused(t *testing.T, err error, code string) string {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("want a refusal %q, got %v", code, err)
	}
	if r.Code != code {
		t.Fatalf("want a refusal %q, got %v", code, r)
	}
	return r.Detail
}

// need skips the test where a program is missing, or fails it where everything must be there.
func need(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("LOAXA_TEST_ALL") == "1" {
		t.Fatalf("%s is missing", program)
	}
	t.Skipf("%s is missing", program)
}

// ffmpeg gives what ffmpeg writes to its standard output.
func ffmpeg(t testing.TB, stdin []byte, args ...string) []byte {
	t.Helper()
	need(t, "ffmpeg")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ffmpeg", append([]string{"-hide_banner", "-loglevel", "error", "-nostdin"}, args...)...)
	if stdin != nil {
		cmd = exec.CommandContext(ctx, "ffmpeg", append([]string{"-hide_banner", "-loglevel", "error"}, args...)...)
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var cry bytes.Buffer
	cmd.Stderr = &cry
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ffmpeg %v: %v: %s", args, err, cry.String())
	}
	return out
}

// sineMP3 is a tone as MP3.
func sineMP3(t testing.TB, rate, channels int, bitrate, seconds string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sine.mp3") // into a pipe the frames could not be counted in the first one
	ffmpeg(t, nil, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration="+seconds,
		"-ar", strconv.Itoa(rate), "-ac", strconv.Itoa(channels), "-b:a", bitrate, "-f", "mp3", path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// snr compares with the best-fitting sine of that frequency, in dB. The fit solves the normal equations, so that the
// stretch need not hold whole periods.
func snr(all []int16, hertz float64) float64 {
	var ss, sc, cc, vs, vc float64
	for i, v := range all {
		sin, cos := math.Sincos(2 * math.Pi * hertz * float64(i) / audio.Rate)
		ss, sc, cc = ss+sin*sin, sc+sin*cos, cc+cos*cos
		vs, vc = vs+float64(v)*sin, vc+float64(v)*cos
	}
	det := ss*cc - sc*sc
	s, c := (vs*cc-vc*sc)/det, (vc*ss-vs*sc)/det
	var signal, rest float64
	for i, v := range all {
		sin, cos := math.Sincos(2 * math.Pi * hertz * float64(i) / audio.Rate)
		want := s*sin + c*cos
		signal += want * want
		rest += (float64(v) - want) * (float64(v) - want)
	}
	return 10 * math.Log10(signal/rest)
}
