package audio

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// need skips on a machine that lacks something; under LOAXA_TEST_ALL=1 it fails.
func need(t testing.TB, what string, there bool) {
	t.Helper()
	switch {
	case there:
	case os.Getenv("LOAXA_TEST_ALL") == "1":
		t.Fatalf("%s is missing", what)
	default:
		t.Skipf("%s is missing", what)
	}
}

func output(t testing.TB, stdin []byte, program string, args ...string) []byte {
	t.Helper()
	_, err := exec.LookPath(program)
	need(t, program, err == nil)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, cry bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &cry
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v: %s", program, err, cry.Bytes())
	}
	return out.Bytes()
}

// rawFlags tell ffmpeg what canonical frames without a header are.
var rawFlags = []string{"-f", "s16le", "-ar", "48000", "-ac", "1"}

func raw(all []int16) []byte {
	out := make([]byte, 0, 2*len(all))
	for _, v := range all {
		out = append(out, byte(v), byte(v>>8))
	}
	return out
}

func framesIn(data []byte) []int16 {
	all := make([]int16, len(data)/2)
	for i := range all {
		all[i] = int16(uint16(data[2*i]) | uint16(data[2*i+1])<<8)
	}
	return all
}

// byFFmpeg is what the filter ebur128 measures. It moves its windows by 100 ms; to find the loudest window nearly as this
// meter does, it is asked five times, the sound beginning 20 ms later each time.
func byFFmpeg(t *testing.T, all []int16) Loudness {
	t.Helper()
	found := Loudness{MomentaryMaxLUFS: SilentLUFS, ShortTermMaxLUFS: SilentLUFS}
	for delay := 0; delay < 10; delay += 2 {
		peak := "none"
		if delay == 0 {
			peak = "true"
		}
		said := output(t, raw(append(make([]int16, delay*tickFrames), all...)), "ffmpeg", slices.Concat([]string{"-v", "error"}, rawFlags,
			[]string{"-i", "-", "-af", "ebur128=metadata=1:peak=" + peak + ",ametadata=mode=print:file=-", "-f", "null", "/dev/null"})...)
		values := map[string][]float64{}
		for _, m := range regexp.MustCompile(`lavfi\.r128\.(\w+)=(\S+)`).FindAllSubmatch(said, -1) {
			v, err := strconv.ParseFloat(string(m[2]), 64)
			if err != nil {
				t.Fatal(err)
			}
			if math.IsNaN(v) {
				v = math.Inf(-1) // what it says of digital silence behind sound
			}
			values[string(m[1])] = append(values[string(m[1])], v)
		}
		if len(values["M"]) < len(all)/Rate*10-10 {
			t.Fatalf("ffmpeg gave %d readings of %d frames", len(values["M"]), len(all))
		}
		found.MomentaryMaxLUFS = max(found.MomentaryMaxLUFS, slices.Max(values["M"]))
		found.ShortTermMaxLUFS = max(found.ShortTermMaxLUFS, slices.Max(values["S"]))
		if last := func(name string) float64 { return values[name][len(values[name])-1] }; delay == 0 {
			found.IntegratedLUFS, found.RangeLU, found.TruePeakDBTP = last("I"), last("LRA"), decibels(slices.Max(values["true_peak"]))
		}
	}
	return found
}

// pieces divides sound into n.
func pieces(all []int16, n int) [][]int16 {
	return slices.Collect(slices.Chunk(all, len(all)/n+1))
}

// voices are recorded people: the speech that comes with alsa-utils.
func voices(t testing.TB) []int16 {
	t.Helper()
	found, err := filepath.Glob("/usr/share/sounds/alsa/*_*.wav") // eight; the one without a stroke is noise
	need(t, "/usr/share/sounds/alsa", err == nil && len(found) == 8)
	var files []string
	for _, path := range found {
		files = append(files, "-i", path)
	}
	return framesIn(output(t, nil, "ffmpeg", slices.Concat([]string{"-v", "error"}, files,
		[]string{"-filter_complex", "concat=n=8:v=0:a=1"}, rawFlags, []string{"-"})...))
}

// spoken is Vietnamese as a machine speaks it.
func spoken(t testing.TB) []int16 {
	t.Helper()
	file := output(t, nil, "espeak-ng", "-v", "vi", "--stdout", "Công an xã xin thông báo: không chuyển tiền cho người lạ gọi "+
		"điện tự xưng là cán bộ. Không cung cấp mã xác thực, số tài khoản và mật khẩu cho bất kỳ ai, kể cả người xưng là nhân viên "+
		"ngân hàng. Khi có nghi ngờ, hãy gọi ngay cho công an xã hoặc số một một ba. Xin cảm ơn bà con đã chú ý lắng nghe.")
	return framesIn(output(t, file, "ffmpeg", slices.Concat([]string{"-v", "error", "-i", "-"}, rawFlags, []string{"-"})...))
}

// programme strings pieces together at levels that change from one to the next, with pauses, until it is long enough.
func programme(pieces [][]int16, seconds float64) []int16 {
	var all []int16
	for i := 0; float64(len(all)) < seconds*Rate; i++ {
		gain := ratioOf([]float64{0, -6, -15, -3, -24, -9, -1}[i%7])
		for _, v := range pieces[i%len(pieces)] {
			all = append(all, int16(math.Round(float64(v)*gain)))
		}
		all = append(all, make([]int16, []int{0, Rate / 5, 0, Rate}[i%4])...)
	}
	return all
}

// A clip measured wrongly is aired too loud or too quiet for years; a peak that the limiter lets pass rasps in every
// street.
func TestSpeechMeasuresAsFFmpegSays(t *testing.T) {
	people, machine := voices(t), spoken(t)
	t.Run("people", func(t *testing.T) { compareWithFFmpeg(t, programme(pieces(people, 8), 40)) })
	t.Run("Vietnamese by machine", func(t *testing.T) { compareWithFFmpeg(t, programme(pieces(machine, 6), 60)) })
	t.Run("limited", func(t *testing.T) {
		if before := byFFmpegPeak(t, people); before+8 <= -1 {
			t.Fatalf("%.2f dBTP before: this needs no limiter", before)
		}
		pause := make([]int16, Rate/5)
		after := byFFmpegPeak(t, slices.Concat(amplified(t, people, 8), pause, amplified(t, people, 24), pause,
			amplified(t, machine, 24), pause, amplified(t, music(2), 24), pause, amplified(t, noise(0.9, 1, 3), 24), pause,
			amplified(t, alternating(3), 24)))
		t.Logf("%.3f dBTP", after)
		if after > -1 || after < -2 {
			t.Errorf("%.3f dBTP under a ceiling of -1", after)
		}
	})
}

func compareWithFFmpeg(t *testing.T, all []int16) {
	t.Helper()
	got, want := measured(all), byFFmpeg(t, all)
	t.Logf("%.1f s\n   here: %+v\n ffmpeg: %+v", float64(len(all))/Rate, got, want)
	for _, v := range []struct {
		what            string
		got, want, most float64
	}{
		{"integrated", got.IntegratedLUFS, want.IntegratedLUFS, 0.1},
		{"momentary max", got.MomentaryMaxLUFS, want.MomentaryMaxLUFS, 0.1},
		{"short-term max", got.ShortTermMaxLUFS, want.ShortTermMaxLUFS, 0.1},
		{"range", got.RangeLU, want.RangeLU, 0.1},
		{"true peak", got.TruePeakDBTP, want.TruePeakDBTP, 0.2},
	} {
		if !(math.Abs(v.got-v.want) <= v.most) {
			t.Errorf("%s: %.3f, ffmpeg measures %.3f", v.what, v.got, v.want)
		}
	}
}

func amplified(t testing.TB, all []int16, gain float64) []int16 {
	t.Helper()
	got, err := contract(Amplify(&frames{all: all, chunk: 4096}, gain, -1), 1)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// byFFmpegPeak is the true peak by ebur128, in dBTP with three digits of the ratio.
func byFFmpegPeak(t *testing.T, all []int16) float64 {
	t.Helper()
	// The filter reads whole steps of 100 ms only: silence behind lets it see the end.
	said := output(t, raw(append(slices.Clone(all), make([]int16, Rate/5)...)), "ffmpeg", slices.Concat([]string{"-v", "error"}, rawFlags,
		[]string{"-i", "-", "-af", "ebur128=peak=true:metadata=1,ametadata=mode=print:key=lavfi.r128.true_peak:file=-", "-f", "null", "/dev/null"})...)
	top := 0.0
	for _, m := range regexp.MustCompile(`true_peak=(\S+)`).FindAllSubmatch(said, -1) {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		top = max(top, v)
	}
	if top == 0 {
		t.Fatal("ffmpeg gave no peak")
	}
	return decibels(top)
}
