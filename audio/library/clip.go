package library

import (
	"time"
)

// The states of a clip. Draft and submitted wait for an approver; retired is kept and not played any more.
const (
	StateDraft     = "draft"
	StateSubmitted = "submitted"
	StateApproved  = "approved"
	StateRetired   = "retired"
)

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
	Frames          int64     `json:"frames"` // canonical: 48,000 a second
	State           string    `json:"state"`
	Codec           string    `json:"codec"`
	Decoder         string    `json:"decoder,omitempty"` // "" = this program, else the program that it took: "ffmpeg"
	SourceRate      int       `json:"source_rate"`       // Hz
	Channels        int       `json:"channels"`
	Size            int64     `json:"size"` // bytes of the original
	ImportedBy      string    `json:"imported_by"`
	ImportedAt      time.Time `json:"imported_at"`
	Warnings        []string  `json:"warnings"` // stable codes, of the decoder

	// What was measured of the mono that is played; the maxima and the range are 0 in clips imported before they were
	// measured, and so are the silences.
	LoudnessLUFS     float64   `json:"loudness_lufs"`          // BS.1770-4 integrated
	MomentaryMaxLUFS float64   `json:"momentary_max_lufs"`     // 400 ms
	ShortTermMaxLUFS float64   `json:"short_term_max_lufs"`    // 3 s
	RangeLU          float64   `json:"range_lu"`               // EBU Tech 3342
	TruePeakDBTP     float64   `json:"true_peak_dbtp"`         // 4 times oversampled
	LeadSilenceMS    int64     `json:"lead_silence_ms"`        // before the first sound
	TrailSilenceMS   int64     `json:"trail_silence_ms"`       // after the last
	Trim             *Trim     `json:"trim,omitempty"`         // nil = the whole original
	Letter           Letter    `json:"letter,omitzero"`        // the official letter that it came with
	Via              string    `json:"via,omitempty"`          // upload, link, inbox, stick, archive, demo …
	Link             string    `json:"link,omitempty"`         // as it was given
	FinalHost        string    `json:"final_host,omitempty"`   // that sent the bytes, after all redirects
	ValidFrom        string    `json:"valid_from,omitempty"`   // first day, 2006-01-02 in the station's zone; "" = open
	ValidUntil       string    `json:"valid_until,omitempty"`  // last day, inclusive; "" = open
	SubmittedBy      string    `json:"submitted_by,omitempty"` // the latest submission
	RejectedBy       string    `json:"rejected_by,omitempty"`  // of the latest submission; "" when it was not
	RejectedWhy      string    `json:"rejected_why,omitempty"` // in the rejecter's words
	ApprovedBy       string    `json:"approved_by"`            // the latest approval, also one that is void; "" = never
	Approval         *Approval `json:"approval,omitempty"`     // the one that holds for these bytes; nil = none does

	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	RejectedAt  time.Time `json:"rejected_at,omitzero"`
	ApprovedAt  time.Time `json:"approved_at,omitzero"`
}

// Letter is the official letter that a clip came with, as written on it. All of it may be "".
type Letter struct {
	Agency string `json:"agency,omitempty"`
	Number string `json:"number,omitempty"`
	Date   string `json:"date,omitempty"` // 2006-01-02
}

// Approval is who allowed which bytes on air. It holds while both hashes are those of the clip.
type Approval struct {
	By              string    `json:"by"`
	At              time.Time `json:"at"`
	SHA256          string    `json:"sha256"`
	CanonicalSHA256 string    `json:"canonical_sha256"`
	Batch           string    `json:"batch,omitempty"` // the same for clips that were approved at once; "" in old ones
	Paper           *Paper    `json:"paper,omitempty"` // nil = approved in this program
}

// Paper is an approval signed on paper.
type Paper struct {
	Signer    string `json:"signer"`     // name and office, as signed
	Date      string `json:"date"`       // of the signature, 2006-01-02
	Photo     string `json:"photo"`      // SHA-256, hex, of the picture of it, which KeepPhoto stored
	EnteredBy string `json:"entered_by"` // set by Approve
}

// Trim is what is kept of the untrimmed clip.
type Trim struct {
	FromMS  int64 `json:"from_ms"`
	UntilMS int64 `json:"until_ms"` // 0 = to the end
}

// Use is a thing that plays a clip.
type Use struct {
	Kind  string `json:"kind"` // "playlist" or "programme"
	ID    string `json:"id"`
	Title string `json:"title"`
}

// approvalHolds tells whether the clip's approval is one of the bytes that it has now.
func (c Clip) approvalHolds() bool {
	return c.Approval != nil && c.Approval.SHA256 == c.SHA256 && c.Approval.CanonicalSHA256 == c.CanonicalSHA256
}

// everApproved also counts approvals that are void.
func (c Clip) everApproved() bool { return c.Approval != nil || !c.ApprovedAt.IsZero() }

// void takes the approval from a clip whose bytes or whose letter are not those that were approved. It waits for an
// approver again; one that was retired stays so, since nobody asked for its return.
func (c *Clip) void() {
	c.Approval = nil
	if c.State != StateRetired {
		c.State = StateDraft
	}
}
