package library_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"loaxa/audio/library"
)

// The import of ten minutes of stereo MP3, as a recording of an agency comes: how long, and the most memory that the
// decoder and this process ever had (this one includes the test itself).
func BenchmarkImportTenMinutesOfMP3(b *testing.B) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		b.Skip("needs ffmpeg to make the MP3")
	}
	s := newStation(b)
	dir := b.TempDir()
	decoder, calls, cpu := 0, 0, time.Duration(0)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		path := mp3(b, dir, i)
		f, err := os.Open(path)
		must(b, err)
		before := childrenCPU(b)
		b.StartTimer()
		c, existed, err := s.Import(context.Background(), "lan", library.Import{Reader: f, Name: path}, func(_, _ int64) {
			calls++
			for _, pid := range children(b) {
				decoder = max(decoder, peak(b, fmt.Sprint(pid)))
			}
		})
		must(b, err)
		must(b, f.Close())
		cpu += childrenCPU(b) - before
		if existed || c.DurationMS < 599_000 || c.SourceRate != 44100 || c.Channels != 2 {
			b.Fatalf("imported %+v, existed %v", c, existed)
		}
	}
	b.ReportMetric(float64(decoder)/1024, "decoder-peak-MB")
	b.ReportMetric(float64(peak(b, "self"))/1024, "parent-peak-MB")
	b.ReportMetric(cpu.Seconds()/float64(b.N), "decoder-cpu-s/op") // what the clock would say on an idle machine
	b.ReportMetric(float64(calls)/float64(b.N), "progress-calls/op")
}

// childrenCPU is the processor time of all children that have ended.
func childrenCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// mp3 is ten minutes of 44.1 kHz stereo, other sound for each i.
func mp3(b *testing.B, dir string, i int) string {
	b.Helper()
	path := filepath.Join(dir, fmt.Sprintf("%d.mp3", i))
	source := fmt.Sprintf("aevalsrc=0.3*sin(%d*2*PI*t)*sin(3*t)|0.2*sin(700*2*PI*t+sin(5*t)):s=44100:d=600", 300+i)
	out, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", source, "-b:a", "128k", path).CombinedOutput()
	if err != nil {
		b.Fatalf("making an MP3: %v: %s", err, out)
	}
	return path
}

// peak is the most resident memory a process had, in kB; 0 if it has ended.
func peak(b *testing.B, pid string) (kilobytes int) {
	b.Helper()
	raw, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	_, line, found := strings.Cut(string(raw), "VmHWM:")
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
