package audio

import "fmt"

// Span is a part of a clip in frames: From is the first that belongs to it, Until the first that does not; Until 0 is
// the clip's end. The zero value is the whole clip.
type Span struct {
	From  int64 `json:"from"`
	Until int64 `json:"until"`
}

// Whole tells whether the span is everything, whatever the clip's length.
func (s Span) Whole() bool { return s == Span{} }

func (s Span) String() string {
	if s.Until == 0 {
		return fmt.Sprintf("frames %d to the end", s.From)
	}
	return fmt.Sprintf("frames %d to %d", s.From, s.Until)
}
