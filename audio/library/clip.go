package library

import (
	"errors"
	"time"

	"loaxa/audio/decode"
)

// The states of a clip. Draft and submitted wait for an approver; retired is kept and not played any more.
const (
	StateDraft     = "draft"
	StateSubmitted = "submitted"
	StateApproved  = "approved"
	StateRetired   = "retired"
)

// Errors of the library. They come wrapped, with the clip they speak of.
var (
	ErrNotFound    = errors.New("no such clip")
	ErrChanged     = errors.New("the file on disk is not the one that was imported; import the clip again")
	ErrMissing     = errors.New("the file is not on disk; import the clip again")
	ErrNoRoom      = errors.New("the disk is nearly full and the log needs the rest; make room on it")
	ErrNewerSchema = errors.New("the library was written by a newer version of this program")
)

// Refusal says why a file cannot become a clip: a stable code and a sentence for a person. Import returns it wrapped.
type Refusal = decode.Refusal

// InputError is what a person or a program gave wrongly beside the file.
type InputError struct {
	Field   string // title, tags, source, state, cursor or limit
	Message string
}

func (e *InputError) Error() string { return e.Field + ": " + e.Message }

// Clip is one audio file as the station knows it. The hash of the original is what officials hold; that of the canonical
// file is what is compared each time it is played.
type Clip struct {
	ID              string    `json:"id"`               // "c-" and the first hex digits of SHA256
	SHA256          string    `json:"sha256"`           // of the original file, hex
	CanonicalSHA256 string    `json:"canonical_sha256"` // of the 48 kHz mono WAV, hex
	Title           string    `json:"title"`
	OriginalName    string    `json:"original_name"` // the file's name where it came from, without folders
	Source          string    `json:"source"`        // who made it or where it is from, in the importer's words
	Tags            []string  `json:"tags"`
	DurationMS      int64     `json:"duration_ms"`
	Frames          int64     `json:"frames"`         // canonical: 48,000 a second
	LoudnessLUFS    float64   `json:"loudness_lufs"`  // BS.1770-4 integrated, of the mono that is played
	TruePeakDBTP    float64   `json:"true_peak_dbtp"` // likewise
	State           string    `json:"state"`
	Codec           string    `json:"codec"`
	SourceRate      int       `json:"source_rate"` // Hz
	Channels        int       `json:"channels"`
	Size            int64     `json:"size"` // bytes of the original
	ImportedBy      string    `json:"imported_by"`
	ImportedAt      time.Time `json:"imported_at"`
	ApprovedBy      string    `json:"approved_by"`          // "" while nobody has
	ApprovedAt      time.Time `json:"approved_at,omitzero"` // the latest approval
	Warnings        []string  `json:"warnings"`             // stable codes, of the decoder and of this package
}
