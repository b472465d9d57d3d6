package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func peaksOf(t testing.TB, all []int16) ([]byte, *Peaks) {
	t.Helper()
	m := NewPeakMeter()
	m.Write(all)
	var file bytes.Buffer
	n, err := m.WriteTo(&file)
	if err != nil || n != int64(file.Len()) {
		t.Fatalf("%d bytes said, %d written, error %v", n, file.Len(), err)
	}
	p, err := ReadPeaks(bytes.NewReader(file.Bytes()), n)
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), p
}

// A waveform that misses a sound, or draws one where there is none, has people cut in the wrong place.
func TestEveryLevelShowsTheLeastAndTheGreatestSample(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 479, 480, 481, 1920, 5 * 480, 48000, 100_001} {
		all := noise(0.7, float64(n)/Rate+0.001, uint64(n))[:n]
		all[rng.IntN(n)], all[rng.IntN(n)] = 32767, -32768
		_, p := peaksOf(t, all)
		if p.Frames() != int64(n) {
			t.Errorf("%d frames, want %d", p.Frames(), n)
		}
		for _, bins := range []int{0, 1, 2, 3, 7, 50, 100, 333, 1 << 20} {
			l := p.Level(bins)
			if want := int(binsIn(int64(n), l.FramesPerBin)); len(l.Low) != want || len(l.High) != want || bins > 0 && want > bins {
				t.Fatalf("%d frames in at most %d bins: %d and %d bins of %d frames", n, bins, len(l.Low), len(l.High), l.FramesPerBin)
			}
			if finest := int(binsIn(int64(n), peakBinFrames)); bins > 1 && finest > bins && len(l.Low) <= bins/2 {
				t.Errorf("%d frames in at most %d bins: only %d", n, bins, len(l.Low))
			}
			for i := range l.Low {
				part := all[int64(i)*l.FramesPerBin : min(int64(n), int64(i+1)*l.FramesPerBin)]
				low, high := slices.Min(part), slices.Max(part)
				if l.Low[i] != seen(low) || l.High[i] != seen(high) {
					t.Fatalf("%d frames, bin %d of %d frames: %d to %d, want %d to %d", n, i, l.FramesPerBin, l.Low[i], l.High[i], low, high)
				}
			}
		}
	}
}

func TestTheFaintestSampleIsSeenAndTheLoudestFits(t *testing.T) {
	for v, want := range map[int16]int8{0: 0, 1: 1, -1: -1, 32767: 127, -32768: -127, 16384: 64, -16384: -64} {
		if got := seen(v); got != want {
			t.Errorf("%d: %d, want %d", v, got, want)
		}
	}
	last := int8(-127)
	for v := math.MinInt16; v <= math.MaxInt16; v++ {
		got := seen(int16(v))
		if got < last || v != 0 && got == 0 {
			t.Fatalf("%d: %d after %d", v, got, last)
		}
		last = got
	}
}

func TestAnEmptyClipHasAnEmptyWaveform(t *testing.T) {
	file, p := peaksOf(t, nil)
	if l := p.Level(100); len(file) != peaksHeaderBytes || l.Low == nil || len(l.Low)+len(l.High) != 0 || p.Frames() != 0 {
		t.Errorf("%d bytes, %+v", len(file), l)
	}
}

func TestPeaksAreTheSameInAnyPortions(t *testing.T) {
	all := noise(0.5, 0.731, 3)
	want, _ := peaksOf(t, all)
	m := NewPeakMeter()
	for i, n := 0, 1; i < len(all); n = n*5%1999 + 1 {
		end := min(i+n, len(all))
		m.Write(all[i:end])
		if _, err := m.WriteTo(&bytes.Buffer{}); err != nil { // looking must not change what is found
			t.Fatal(err)
		}
		i = end
	}
	var got bytes.Buffer
	if _, err := m.WriteTo(&got); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%d bytes in portions, %d at once, error %v", got.Len(), len(want), err)
	}
}

func TestDamagedPeaksAreRefused(t *testing.T) {
	file, _ := peaksOf(t, noise(0.5, 1, 9))
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 0x10
		if _, err := ReadPeaks(bytes.NewReader(bad), int64(len(bad))); !errors.Is(err, ErrNoPeaks) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for _, n := range []int{0, 3, 23, 24, len(file) - 2, len(file) - 1} {
		if _, err := ReadPeaks(bytes.NewReader(file[:n]), int64(n)); !errors.Is(err, ErrNoPeaks) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
		if _, err := ReadPeaks(bytes.NewReader(file[:n]), int64(len(file))); !errors.Is(err, ErrNoPeaks) {
			t.Errorf("cut to %d bytes, said to have %d: %v", n, len(file), err)
		}
	}
	longer := append(bytes.Clone(file), 0)
	if _, err := ReadPeaks(bytes.NewReader(longer), int64(len(longer))); !errors.Is(err, ErrNoPeaks) {
		t.Errorf("a byte too many: %v", err)
	}
}

func FuzzReadPeaks(f *testing.F) {
	for _, n := range []int{0, 1, 481, 4000} {
		file, _ := peaksOf(f, noise(0.5, 1, 2)[:n])
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, original []byte) {
		file := original
		if len(file) >= peaksHeaderBytes { // most changes would end at the checksum
			file = bytes.Clone(original)
			binary.LittleEndian.PutUint32(file[12:], crc32.Checksum(file[peaksSumFrom:], crc32.MakeTable(crc32.Castagnoli)))
		}
		p, err := ReadPeaks(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		for _, bins := range []int{-1, 1, 2, 100} {
			l := p.Level(bins)
			if len(l.Low) != len(l.High) || bins > 0 && len(l.Low) > bins || int64(len(l.Low)) != binsIn(p.Frames(), l.FramesPerBin) {
				t.Fatalf("%d frames, %d bins: %d and %d of %d", p.Frames(), bins, len(l.Low), len(l.High), l.FramesPerBin)
			}
		}
	})
}

func BenchmarkPeaksOfTenMinutes(b *testing.B) {
	second := noise(0.5, 1, 1)
	for b.Loop() {
		m := NewPeakMeter()
		for range 600 {
			m.Write(second)
		}
		if _, err := m.WriteTo(&bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
	}
}
