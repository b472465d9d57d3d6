package speaker

import (
	"encoding/binary"
	"fmt"
	"io"
)

// The types of message from parent to child. Each message is one type byte, the payload's length as 32 bits little
// endian, and the payload.
const (
	msgFrames byte = 'F' // payload: int16 little endian frames
	msgPlace  byte = 'P' // payload: int64 little endian, CLOCK_MONOTONIC ns at which the next frame shall sound
	msgFade   byte = 'X' // no payload: fade out and drop what is queued
	msgEnd    byte = 'E' // no payload: nothing more will come
)

// maxPayload bounds what a child accepts in one message.
const maxPayload = 256 << 10

// ringLimit bounds the child's ring in frames; the parent's credit is far below it.
const ringLimit = 5 * 48000

func writeMessage(w io.Writer, kind byte, payload []byte) error {
	buf := make([]byte, 5+len(payload))
	buf[0] = kind
	binary.LittleEndian.PutUint32(buf[1:], uint32(len(payload))) //nolint:gosec // payloads are built here, far below 4 GiB
	copy(buf[5:], payload)
	if _, err := w.Write(buf); err != nil {
		return fmt.Errorf("writing to the speaker: %w", err)
	}
	return nil
}

// readMessage reads one message into buf, growing it within maxPayload.
func readMessage(r io.Reader, buf []byte) (kind byte, payload []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.LittleEndian.Uint32(head[1:])
	if n > maxPayload {
		return 0, nil, fmt.Errorf("reading message %q: %d bytes is more than %d", head[0], n, maxPayload)
	}
	if cap(buf) < int(n) {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		return 0, nil, fmt.Errorf("reading message %q: %w", head[0], err)
	}
	return head[0], buf, nil
}

func framesToBytes(frames []int16) []byte {
	b := make([]byte, 2*len(frames))
	for i, f := range frames {
		binary.LittleEndian.PutUint16(b[2*i:], uint16(f)) //nolint:gosec // the bits are what is wanted
	}
	return b
}

func bytesToFrames(b []byte) ([]int16, error) {
	if len(b)%2 != 0 {
		return nil, fmt.Errorf("reading frames: odd length %d", len(b))
	}
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(b[2*i:])) //nolint:gosec // the bits are what is wanted
	}
	return out, nil
}

// report is one line from child to parent.
type report struct {
	What     string `json:"what"` // ready | status | lost | drained
	NowNS    int64  `json:"now_ns"`
	Consumed int64  `json:"consumed"` // frames the device took since it opened, silence included
	Taken    int64  `json:"taken"`    // frames of content the device took
	Underrun int64  `json:"underrun"` // frames of silence inside the content
	Begun    bool   `json:"begun"`    // content has been handed to the device
	FirstNS  int64  `json:"first_ns"` // then: when its first frame sounds
	Driver   string `json:"driver,omitempty"`
	Device   string `json:"device,omitempty"`
	Output   string `json:"output,omitempty"`
	Detail   string `json:"detail,omitempty"`
}

func placePayload(at int64) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(at)) //nolint:gosec // the bits are what is wanted
}

func placeOf(payload []byte) int64 {
	return int64(binary.LittleEndian.Uint64(payload)) //nolint:gosec // the bits are what is wanted
}
