package audio

import "time"

// Rate is the canonical sample rate in Hz. One frame is one mono int16 sample.
const Rate = 48000

// Source gives canonical frames.
//
// ReadFrames fills dst from the start and returns how many frames it wrote; 0 < n ≤ len(dst), or 0 with io.EOF at the
// end (never n > 0 together with an error). Frames returns the total length and whether it is known.
type Source interface {
	ReadFrames(dst []int16) (n int, err error)
	Frames() (n int64, known bool)
}

// Duration of n frames.
func Duration(n int64) time.Duration { return time.Duration(n) * time.Second / Rate }

// FramesIn is the number of whole frames in d.
func FramesIn(d time.Duration) int64 { return int64(d) * Rate / int64(time.Second) }
