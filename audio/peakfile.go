package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// The file of peaks, numbers in little-endian order:
//
//	 0  4 bytes  "LXPK"
//	 4  uint16   version, 1
//	 6  uint16   bins of one level in a bin of the next, 4
//	 8  uint32   frames in a bin of the finest level, 480
//	12  uint32   CRC-32C of everything from byte 16
//	16  uint64   frames of the clip
//	24           the levels, finest first: each bin is two signed bytes, the least and the greatest sample as parts of 127
//
// The number of levels and of bins in each follows from the frames: ⌈frames/480⌉ bins, then a quarter of them, rounded
// up, until there is one. A clip without frames has no level. The file holds nothing after the last level.
const (
	peaksMagic       = "LXPK"
	peaksVersion     = 1
	peaksHeaderBytes = 24
	peaksSumFrom     = 16
	peaksBinBytes    = 2
)

// ErrNoPeaks is wrapped by what ReadPeaks says of a file that is damaged or of another version; the peaks can be found
// again in the clip.
var ErrNoPeaks = errors.New("not a whole file of peaks")

func writePeaks(w io.Writer, frames int64, finest []bin) (int64, error) {
	le := binary.LittleEndian
	out := make([]byte, 0, peaksHeaderBytes+peaksBinBytes*(len(finest)+len(finest)/(peakFactor-1)+32))
	out = append(out, peaksMagic...)
	out = le.AppendUint16(out, peaksVersion)
	out = le.AppendUint16(out, peakFactor)
	out = le.AppendUint32(out, peakBinFrames)
	out = le.AppendUint32(out, 0)
	out = le.AppendUint64(out, uint64(frames))
	for level := finest; len(level) > 0; level = coarser(level) {
		for _, b := range level {
			out = append(out, byte(b.low), byte(b.high))
		}
		if len(level) == 1 {
			break
		}
	}
	le.PutUint32(out[12:], crc32.Checksum(out[peaksSumFrom:], crc32.MakeTable(crc32.Castagnoli)))
	n, err := w.Write(out)
	if err != nil {
		return int64(n), fmt.Errorf("writing peaks: %w", err)
	}
	return int64(n), nil
}

// Peaks is the waveform of a clip in several resolutions.
type Peaks struct {
	frames int64
	levels [][]bin
}

// ReadPeaks reads a file of peaks of size bytes. Memory is taken for what the file holds, never for what it claims; a
// file that is not exactly as PeakMeter wrote it is refused.
func ReadPeaks(r io.ReaderAt, size int64) (*Peaks, error) {
	le := binary.LittleEndian
	var head [peaksHeaderBytes]byte
	if n, err := r.ReadAt(head[:], 0); n < len(head) {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading peaks: %w", err)
		}
		return nil, fmt.Errorf("reading peaks: %d bytes: %w", n, ErrNoPeaks)
	}
	frames := le.Uint64(head[16:])
	switch {
	case string(head[:4]) != peaksMagic || le.Uint16(head[4:]) != peaksVersion:
		return nil, fmt.Errorf("reading peaks: it begins with %q: %w", head[:6], ErrNoPeaks)
	case le.Uint16(head[6:]) != peakFactor || le.Uint32(head[8:]) != peakBinFrames:
		return nil, fmt.Errorf("reading peaks: other resolutions: %w", ErrNoPeaks)
	case frames > wavMaxFrames:
		return nil, fmt.Errorf("reading peaks: %d frames: %w", frames, ErrNoPeaks)
	}
	sizes, total := levelSizes(int64(frames)), int64(0)
	for _, n := range sizes {
		total += n
	}
	if size != peaksHeaderBytes+peaksBinBytes*total {
		return nil, fmt.Errorf("reading peaks: %d bytes for %d frames: %w", size, frames, ErrNoPeaks)
	}
	raw := make([]byte, size-peaksSumFrom)
	if n, err := r.ReadAt(raw, peaksSumFrom); n < len(raw) {
		return nil, fmt.Errorf("reading peaks: %w", errors.Join(ErrNoPeaks, eofIsUnexpected(err)))
	}
	if le.Uint32(head[12:]) != crc32.Checksum(raw, crc32.MakeTable(crc32.Castagnoli)) {
		return nil, fmt.Errorf("reading peaks: wrong checksum: %w", ErrNoPeaks)
	}
	p := &Peaks{frames: int64(frames)}
	raw = raw[peaksHeaderBytes-peaksSumFrom:]
	for i, n := range sizes {
		level := make([]bin, n)
		for i := range level {
			level[i] = bin{int8(raw[2*i]), int8(raw[2*i+1])}
		}
		if i == 0 && slices.ContainsFunc(level, bin.impossible) || i > 0 && !slices.Equal(level, coarser(p.levels[i-1])) {
			return nil, fmt.Errorf("reading peaks: level %d: %w", i, ErrNoPeaks)
		}
		p.levels = append(p.levels, level)
		raw = raw[peaksBinBytes*n:]
	}
	return p, nil
}

// Frames is the length of the clip.
func (p *Peaks) Frames() int64 { return p.frames }

// Level is the waveform in at most maxBins bins, and in more than half of that where the clip is long enough: bins of
// the coarsest stored level that has more, put together. maxBins below 1 gives the finest level.
func (p *Peaks) Level(maxBins int) PeakLevel {
	if len(p.levels) == 0 {
		return PeakLevel{FramesPerBin: peakBinFrames, Low: []int8{}, High: []int8{}}
	}
	at, per := 0, int64(peakBinFrames)
	for at+1 < len(p.levels) && maxBins >= 1 && len(p.levels[at+1]) > maxBins {
		at++
		per *= peakFactor
	}
	level := p.levels[at]
	if maxBins >= 1 && len(level) > maxBins {
		n := int(binsIn(int64(len(level)), int64(maxBins)))
		level, per = merged(nil, level, n), per*int64(n)
	}
	out := PeakLevel{FramesPerBin: per, Low: make([]int8, len(level)), High: make([]int8, len(level))}
	for i, b := range level {
		out.Low[i], out.High[i] = b.low, b.high
	}
	return out
}
