package audio

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
)

// frames is a Source over what is held in memory, giving at most chunk frames at a time.
type frames struct {
	all   []int16
	chunk int
	next  int
	err   error // instead of io.EOF
}

func (f *frames) ReadFrames(dst []int16) (int, error) {
	if f.next == len(f.all) {
		if f.err != nil {
			return 0, f.err
		}
		return 0, io.EOF
	}
	n := copy(dst, f.all[f.next:min(len(f.all), f.next+f.chunk)])
	f.next += n
	return n, nil
}

func (f *frames) Frames() (int64, bool) { return int64(len(f.all)), true }

// contract reads a source in blocks of changing size, and says where it breaks the contract of Source.
func contract(s Source, seed uint64) ([]int16, error) {
	rng := rand.New(rand.NewPCG(seed, 1))
	declared, known := s.Frames()
	var all []int16
	for {
		dst := make([]int16, 1+rng.IntN(3000))
		n, err := s.ReadFrames(dst)
		switch {
		case n < 0 || n > len(dst):
			return nil, fmt.Errorf("%d frames into %d", n, len(dst))
		case n > 0 && err != nil:
			return nil, fmt.Errorf("%d frames together with %w", n, err)
		case n == 0 && err == nil:
			return nil, errors.New("no frame and no error")
		case err != nil && !errors.Is(err, io.EOF):
			return all, err
		case err != nil:
			if known && declared != int64(len(all)) {
				return nil, fmt.Errorf("%d frames, declared %d", len(all), declared)
			}
			if n, err := s.ReadFrames(dst); n != 0 || !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("after the end: %d frames, %w", n, err)
			}
			return all, nil
		}
		all = append(all, dst[:n]...)
	}
}

// tone is a sine of the given peak, in hertz and parts of full scale.
func tone(hertz, peak, seconds float64) []int16 {
	out := make([]int16, int(seconds*Rate))
	for i := range out {
		out[i] = int16(math.Round(peak * 32767 * math.Sin(2*math.Pi*hertz*float64(i)/Rate)))
	}
	return out
}

// noise is white, in parts of full scale.
func noise(peak, seconds float64, seed uint64) []int16 {
	rng := rand.New(rand.NewPCG(seed, 2))
	out := make([]int16, int(seconds*Rate))
	for i := range out {
		out[i] = int16(peak * 32767 * (2*rng.Float64() - 1))
	}
	return out
}

func measured(all []int16) Loudness {
	m := NewMeter()
	m.Write(all)
	return m.Result()
}
