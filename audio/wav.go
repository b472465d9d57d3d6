package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// The canonical file: a 44-byte header, then every frame as little-endian signed 16-bit. Nothing else is written and
// nothing else is read, so the bytes of equal sound are equal and its hash names it.
const (
	wavHeaderBytes = 44
	wavMaxFrames   = (math.MaxUint32 - (wavHeaderBytes - 8)) / 2
)

func wavHeader(frames int64) [wavHeaderBytes]byte {
	var h [wavHeaderBytes]byte
	le := binary.LittleEndian
	data := uint32(frames * 2)
	copy(h[0:], "RIFF")
	le.PutUint32(h[4:], wavHeaderBytes-8+data)
	copy(h[8:], "WAVEfmt ")
	le.PutUint32(h[16:], 16)
	le.PutUint16(h[20:], 1) // integer PCM
	le.PutUint16(h[22:], 1) // mono
	le.PutUint32(h[24:], Rate)
	le.PutUint32(h[28:], Rate*2)
	le.PutUint16(h[32:], 2)
	le.PutUint16(h[34:], 16)
	copy(h[36:], "data")
	le.PutUint32(h[40:], data)
	return h
}

// WAVReader is a canonical WAV file as a Source.
type WAVReader struct {
	r      io.ReaderAt
	frames int64
	next   int64
	buf    [8192]byte
}

// NewWAVReader reads the header of a canonical WAV of size bytes; a file that differs from the canonical form in one
// bit of it, or whose length does not agree with it, is refused.
func NewWAVReader(r io.ReaderAt, size int64) (*WAVReader, error) {
	var got [wavHeaderBytes]byte
	if n, err := r.ReadAt(got[:], 0); n < len(got) {
		return nil, fmt.Errorf("reading the header of a canonical wav: %w", eofIsUnexpected(err))
	}
	frames := (size - wavHeaderBytes) / 2
	if size < wavHeaderBytes || size%2 != 0 || frames > wavMaxFrames {
		return nil, fmt.Errorf("reading the header of a canonical wav: %d bytes is not a length it can have", size)
	}
	if got != wavHeader(frames) {
		return nil, fmt.Errorf("reading the header of a canonical wav: not 48 kHz mono 16-bit of %d frames", frames)
	}
	return &WAVReader{r: r, frames: frames}, nil
}

// ReadFrames implements Source. A file that ended early or cannot be read gives an error that is not io.EOF.
func (w *WAVReader) ReadFrames(dst []int16) (int, error) {
	if w.next == w.frames {
		return 0, io.EOF
	}
	n := int(min(int64(len(dst)), w.frames-w.next, int64(len(w.buf)/2)))
	raw := w.buf[:n*2]
	if got, err := w.r.ReadAt(raw, wavHeaderBytes+w.next*2); got < len(raw) {
		return 0, fmt.Errorf("reading a canonical wav at frame %d: %w", w.next, eofIsUnexpected(err))
	}
	for i := range n {
		dst[i] = int16(binary.LittleEndian.Uint16(raw[i*2:]))
	}
	w.next += int64(n)
	return n, nil
}

// Frames implements Source.
func (w *WAVReader) Frames() (int64, bool) { return w.frames, true }

func eofIsUnexpected(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// WAVWriter writes a canonical WAV file.
type WAVWriter struct {
	w      io.WriteSeeker
	frames int64
	buf    []byte
}

// NewWAVWriter writes a header of length zero at the present position of w, which must be its start.
func NewWAVWriter(w io.WriteSeeker) (*WAVWriter, error) {
	h := wavHeader(0)
	if _, err := w.Write(h[:]); err != nil {
		return nil, fmt.Errorf("writing the header of a canonical wav: %w", err)
	}
	return &WAVWriter{w: w}, nil
}

// Write appends frames.
func (w *WAVWriter) Write(frames []int16) error {
	if w.frames+int64(len(frames)) > wavMaxFrames {
		return fmt.Errorf("writing a canonical wav: more than %d frames do not fit", int64(wavMaxFrames))
	}
	w.buf = w.buf[:0]
	for _, v := range frames {
		w.buf = binary.LittleEndian.AppendUint16(w.buf, uint16(v))
	}
	if _, err := w.w.Write(w.buf); err != nil {
		return fmt.Errorf("writing a canonical wav at frame %d: %w", w.frames, err)
	}
	w.frames += int64(len(frames))
	return nil
}

// Frames is how many frames have been written.
func (w *WAVWriter) Frames() int64 { return w.frames }

// Close writes the header with the sizes now known. The file underneath stays open and is not synced.
func (w *WAVWriter) Close() error {
	if _, err := w.w.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("closing a canonical wav: %w", err)
	}
	h := wavHeader(w.frames)
	if _, err := w.w.Write(h[:]); err != nil {
		return fmt.Errorf("closing a canonical wav: %w", err)
	}
	return nil
}
