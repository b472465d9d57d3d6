package audio

import "io"

// Silence is a source of frames zero samples; a negative number counts as none.
func Silence(frames int64) Source { return &silence{left: max(frames, 0), total: max(frames, 0)} }

type silence struct{ left, total int64 }

func (s *silence) ReadFrames(dst []int16) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(dst)), s.left))
	clear(dst[:n])
	s.left -= int64(n)
	return n, nil
}

func (s *silence) Frames() (int64, bool) { return s.total, true }
