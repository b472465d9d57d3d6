package library

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"loaxa/audio/decode"
)

// Errors of the library. They come wrapped, with the clip they speak of.
var (
	ErrNotFound    = errors.New("no such clip")
	ErrChanged     = errors.New("the file on disk is not the one that was imported; import the clip again")
	ErrMissing     = errors.New("the file is not on disk; import the clip again")
	ErrNoRoom      = errors.New("the disk is nearly full and the log needs the rest; make room on it")
	ErrNewerSchema = errors.New("the library was written by a newer version of this program")
	ErrState       = errors.New("the clip's state does not allow it") // wrapped: what cannot be done, and why
	ErrMeanwhile   = errors.New("the clip was changed meanwhile; look at it and try again")
	ErrNotAsSeen   = errors.New("the clip is not as it was shown; listen to it and look at it again")
	ErrNoPhoto     = errors.New("no such photo")
)

// Refusal says why a file cannot become a clip: a stable code and a sentence for a person. Import returns it wrapped.
type Refusal = decode.Refusal

// InputError is what a person or a program gave wrongly beside the file.
type InputError struct {
	Field   string // title, tags, source, letter.date, valid_from, why, ids, paper.photo, until_ms, state, cursor, limit …
	Message string
}

func (e *InputError) Error() string { return e.Field + ": " + e.Message }

func wrong(field, format string, args ...any) *InputError {
	return &InputError{Field: field, Message: fmt.Sprintf(format, args...)}
}

// InUseError refuses to take away or change a clip that is still to be played.
type InUseError struct {
	ID   string
	Uses []Use
}

// Error names the first uses.
func (e *InUseError) Error() string {
	return fmt.Sprintf("clip %s is used by %s", e.ID, e.names("and %d more"))
}

// Sentence tells a person in "vi" or, for anything else, in English.
func (e *InUseError) Sentence(lang string) string {
	if lang == "vi" {
		return fmt.Sprintf("Tệp đang dùng trong %d lịch: %s. Hãy bỏ tệp khỏi các lịch đó trước, hoặc xác nhận vẫn làm.",
			len(e.Uses), e.names("và %d lịch khác"))
	}
	return fmt.Sprintf("The clip is used in %d places: %s. Take it out of them first, or confirm that it is to be done all the same.",
		len(e.Uses), e.names("and %d more"))
}

func (e *InUseError) names(more string) string {
	const named = 3
	var names []string
	for i, u := range e.Uses {
		if i == named {
			names = append(names, fmt.Sprintf(more, len(e.Uses)-named))
			break
		}
		names = append(names, fmt.Sprintf("%s (%s)", u.Title, u.ID))
	}
	return strings.Join(names, ", ")
}

// stateError is an ErrState that says which clip, what and why.
type stateError struct{ id, be, why string }

func (e *stateError) Error() string { return "clip " + e.id + " cannot be " + e.be + ": it " + e.why }
func (e *stateError) Unwrap() error { return ErrState }

// cannot says that a clip's state forbids something.
func cannot(c Clip, be string) error { return &stateError{c.ID, be, "is " + c.State} }

// asNoRoom makes a disk that ran full in the middle the refusal that it is. The decoding child can only tell of it in
// words; they are the same program's.
func asNoRoom(err error) error {
	if err == nil || errors.Is(err, ErrNoRoom) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
		return fmt.Errorf("%w: %w", err, ErrNoRoom)
	}
	return err
}
