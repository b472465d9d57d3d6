package speaker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"loaxa/audio"
)

// headerSize is that of the plain WAV header written here.
const headerSize = 44

// Recorded is a virtual speaker whose sound is kept in a WAV file.
type Recorded struct {
	*Virtual
	file *os.File
	err  error // owned by the virtual speaker's goroutine until it has ended
}

// OpenRecorded opens a virtual line that appends all that sounds, silence included, to the WAV file at path: 48 kHz,
// mono, 16 bits. The header's sizes are brought up to date when the line closes.
func OpenRecorded(ctx context.Context, o VirtualOptions, path string) (*Recorded, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644) //nolint:gosec // a recording is to be read by others
	if err != nil {
		return nil, fmt.Errorf("recording to %s: %w", path, err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() < headerSize {
		_, err = f.WriteAt(wavHeader(0), 0)
	}
	if err == nil {
		_, err = f.Seek(0, 2)
	}
	if err != nil {
		return nil, fmt.Errorf("recording to %s: %w", path, errors.Join(err, f.Close()))
	}
	r := &Recorded{file: f}
	o.Tap = func(frames []int16) {
		if _, err := f.Write(framesToBytes(frames)); err != nil && r.err == nil {
			r.err = fmt.Errorf("recording to %s: %w", path, err)
		}
	}
	r.Virtual = OpenVirtual(ctx, o)
	return r, nil
}

// Close ends the line and completes the file.
func (r *Recorded) Close() error {
	err := r.Virtual.Close()
	info, statErr := r.file.Stat()
	if statErr == nil {
		_, statErr = r.file.WriteAt(wavHeader(info.Size()-headerSize), 0)
	}
	return errors.Join(err, r.err, statErr, r.file.Close())
}

// wavHeader describes n bytes of canonical frames.
func wavHeader(n int64) []byte {
	b := make([]byte, 0, headerSize)
	u32 := func(v int64) { b = binary.LittleEndian.AppendUint32(b, uint32(min(v, 1<<32-1))) } //nolint:gosec // bounded here
	u16 := func(v uint16) { b = binary.LittleEndian.AppendUint16(b, v) }
	b = append(b, "RIFF"...)
	u32(36 + n)
	b = append(b, "WAVEfmt "...)
	u32(16)
	u16(1)
	u16(1)
	u32(audio.Rate)
	u32(2 * audio.Rate)
	u16(2)
	u16(16)
	b = append(b, "data"...)
	u32(n)
	return b
}
