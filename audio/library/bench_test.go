package library_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"loaxa/audio/library"
)

// besideFFmpeg is ten minutes of stereo speech over a little noise as they are brought, and what makes ffmpeg do the work
// of an import: decode, mix, resample, measure, write.
func besideFFmpeg() []struct{ name, file, mix, args string } {
	const stereo = "aresample=48000,pan=mono|c0=0.5*c0+0.5*c1,"
	return []struct{ name, file, mix, args string }{
		{"MP3 128k", "ten.mp3", stereo, "-b:a 128k -write_xing 0"},
		{"MP3 VBR", "vbr.mp3", stereo, "-q:a 4"},
		{"M4A", "ten.m4a", stereo, "-c:a aac -b:a 96k"},
		{"FLAC", "ten.flac", stereo, ""},
		{"WAV", "ten.wav", stereo, ""},
		{"WAV 48 kHz mono", "mono.wav", "", "-ar 48000 -ac 1"},
	}
}

// How long the import of ten minutes takes, from the first byte to the index, beside ffmpeg with the same file in turn:
// medians, and by how much ours is longer. On a machine that is busy otherwise the processor time says more than the
// clock.
func BenchmarkImportBesideFFmpeg(b *testing.B) {
	dir := b.TempDir()
	source := tenMinutes(b, dir)
	for _, c := range besideFFmpeg() {
		b.Run(c.name, func(b *testing.B) {
			path := filepath.Join(dir, c.file)
			if path != source {
				ffmpeg(b, append(append([]string{"-i", source}, strings.Fields(c.args)...), path)...)
			}
			var ours, theirs seconds
			most := &memory{}
			for b.Loop() {
				importOnce(b, path, &ours, most)
				b.StopTimer()
				began, before := time.Now(), childrenCPU(b)
				ffmpeg(b, "-i", path, "-af", c.mix+"ebur128=peak=true:framelog=verbose", "-c:a", "pcm_s16le", filepath.Join(dir, "out.wav"))
				theirs.add(time.Since(began), childrenCPU(b)-before)
				b.StartTimer()
			}
			b.ReportMetric(ours.wall(), "import-s")
			b.ReportMetric(theirs.wall(), "ffmpeg-s")
			b.ReportMetric(ours.wall()/theirs.wall(), "times-ffmpeg")
			b.ReportMetric(ours.cpu(), "decoder-cpu-s")
			b.ReportMetric(theirs.cpu(), "ffmpeg-cpu-s")
			most.report(b)
		})
	}
}

// The memory that the import of nearly two hours takes is that of ten minutes.
func BenchmarkImportNearlyTwoHoursOfMP3(b *testing.B) {
	dir := b.TempDir()
	ten, long := filepath.Join(dir, "ten.mp3"), filepath.Join(dir, "long.mp3")
	ffmpeg(b, "-i", tenMinutes(b, dir), "-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0", ten)
	part, err := os.ReadFile(ten)
	must(b, err)
	must(b, os.WriteFile(long, bytes.Repeat(part, 11), 0o600))
	var ours seconds
	most := &memory{}
	for b.Loop() {
		importOnce(b, long, &ours, most)
	}
	b.ReportMetric(ours.cpu(), "decoder-cpu-s")
	most.report(b)
}

// importOnce brings a file into a library that is empty. A type that is not decoded yet skips the benchmark.
func importOnce(b *testing.B, path string, took *seconds, most *memory) {
	b.Helper()
	b.StopTimer()
	s := newStation(b)
	f, err := os.Open(path)
	must(b, err)
	before := childrenCPU(b)
	b.StartTimer()
	began := time.Now()
	c, _, err := s.Import(context.Background(), "lan", library.Import{Reader: f, Name: path}, func(_, _ int64) { most.look(b) })
	wall := time.Since(began)
	b.StopTimer()
	if refusal := (*library.Refusal)(nil); errors.As(err, &refusal) {
		b.Skipf("not decoded: %v", refusal)
	}
	must(b, err)
	must(b, f.Close())
	took.add(wall, childrenCPU(b)-before)
	if c.DurationMS < 599_000 {
		b.Fatalf("imported %+v", c)
	}
	must(b, os.RemoveAll(s.dir))
	b.StartTimer()
}

// seconds are measurements of one thing.
type seconds struct{ walls, cpus []float64 }

func (s *seconds) add(wall, cpu time.Duration) {
	s.walls, s.cpus = append(s.walls, wall.Seconds()), append(s.cpus, cpu.Seconds())
}

func (s *seconds) wall() float64 { return median(s.walls) }
func (s *seconds) cpu() float64  { return median(s.cpus) }

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// memory is the most resident memory seen, in kB: of the decoder all and anonymous, and of this process, which includes
// the test itself.
type memory struct{ decoder, anonymous int }

func (m *memory) look(b *testing.B) {
	for _, pid := range children(b) {
		m.decoder = max(m.decoder, status(b, fmt.Sprint(pid), "VmHWM:"))
		m.anonymous = max(m.anonymous, status(b, fmt.Sprint(pid), "RssAnon:"))
	}
}

func (m *memory) report(b *testing.B) {
	b.ReportMetric(float64(m.decoder)/1024, "decoder-peak-MB")
	b.ReportMetric(float64(m.anonymous)/1024, "decoder-anon-MB")
	b.ReportMetric(float64(status(b, "self", "VmHWM:"))/1024, "parent-peak-MB")
}

// tenMinutes is ten minutes of 44.1 kHz stereo speech, over and over, in a room.
func tenMinutes(b *testing.B, dir string) string {
	b.Helper()
	for _, tool := range []string{"ffmpeg", "espeak-ng"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skip("needs ffmpeg and espeak-ng")
		}
	}
	speech, out := filepath.Join(dir, "speech.wav"), filepath.Join(dir, "ten.wav")
	said, err := exec.Command("espeak-ng", "-v", "vi", "-w", speech,
		"Công an xã xin thông báo: không chuyển tiền cho người lạ gọi điện tự xưng là cán bộ.").CombinedOutput()
	if err != nil {
		b.Fatalf("espeak-ng: %v: %s", err, said)
	}
	ffmpeg(b, "-stream_loop", "-1", "-i", speech, "-f", "lavfi", "-i", "anoisesrc=a=0.003:r=44100:seed=1", "-filter_complex",
		"[0]aresample=44100,aformat=channel_layouts=stereo[a];[a][1]amix=duration=longest,volume=2,aecho=0.9:0.5:23:0.3",
		"-t", "600", "-ac", "2", out)
	return out
}

func ffmpeg(b *testing.B, args ...string) {
	b.Helper()
	out, err := exec.Command("ffmpeg", append([]string{"-loglevel", "error", "-y"}, args...)...).CombinedOutput()
	if err != nil {
		b.Fatalf("ffmpeg %v: %v: %s", args, err, out)
	}
}

// childrenCPU is the processor time of all children that have ended.
func childrenCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// status is a line of what the system says of a process, in kB; 0 if it has ended.
func status(b *testing.B, pid, what string) (kilobytes int) {
	b.Helper()
	raw, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	_, line, found := strings.Cut(string(raw), what)
	if !found {
		return 0
	}
	if _, err := fmt.Sscan(line, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes
}

// Each broadcast hashes its clip when it is opened: a minute of it, as most are.
func BenchmarkOpenOneMinute(b *testing.B) {
	s := newStation(b)
	c := s.bring("0.wav", tone(b, 440, time.Minute))
	b.SetBytes(c.Frames * 2)
	for b.Loop() {
		o, err := s.Open(c.ID)
		must(b, err)
		must(b, o.Close())
	}
}
