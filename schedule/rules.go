package schedule

import "time"

// Class orders broadcasts. A higher class may cut a lower one.
type Class string

// The classes, lowest first.
const (
	Ordinary  Class = "ordinary"
	Priority  Class = "priority"
	Emergency Class = "emergency"
)

// Rank is 1 for ordinary, 2 for priority, 3 for emergency and 0 for anything else.
func (c Class) Rank() int {
	switch c {
	case Ordinary:
		return 1
	case Priority:
		return 2
	case Emergency:
		return 3
	}
	return 0
}

// ItemKind says what a playlist item is. Unknown kinds are refused.
type ItemKind string

// The kinds of item known today.
const (
	KindClip    ItemKind = "clip"
	KindSilence ItemKind = "silence"
)

// Item is one entry of a playlist: a clip by ID, or a silence of SilenceMS milliseconds.
type Item struct {
	Kind      ItemKind `json:"kind"`
	ClipID    string   `json:"clip_id,omitempty"`
	SilenceMS int64    `json:"ms,omitempty"`
}

// Mode says how a playlist is used by one occurrence.
type Mode string

// ModeAll plays every item in order. ModeRotate plays one item, chosen by the
// occurrence's ordinal, so that the next occurrence plays the next item.
const (
	ModeAll    Mode = "all"
	ModeRotate Mode = "rotate"
)

// Playlist is items in order.
type Playlist struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Mode     Mode   `json:"mode"`
	Items    []Item `json:"items"`
	Revision int64  `json:"revision"`
}

// Date is a calendar day at the station, "2006-01-02"; empty means open.
type Date string

// Programme is what recurs: a playlist and either a cron expression or single starts.
type Programme struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	PlaylistID string      `json:"playlist_id"`
	Cron       string      `json:"cron,omitempty"`   // five fields, in the station's zone of time
	Starts     []time.Time `json:"starts,omitempty"` // single starts; not together with Cron
	ValidFrom  Date        `json:"valid_from,omitempty"`
	ValidUntil Date        `json:"valid_until,omitempty"` // the last day, inclusive
	Class      Class       `json:"class"`
	// LatenessS is for how many seconds after its due time an occurrence may still begin; 0 takes the station's default.
	LatenessS     int64  `json:"lateness_s"`
	VolumePercent int    `json:"volume_percent"` // 1–100; of the normalised level
	Zone          string `json:"zone"`           // "main"
	Paused        bool   `json:"paused"`
	// ResumeAfterPowerCut lets a broadcast cut by a pulled plug go on at the start of the interrupted item.
	ResumeAfterPowerCut bool `json:"resume_after_power_cut"`
	// EffectiveFrom is set by the rulebook when the timing changes (cron, starts, validity, pause lifted): Plan
	// makes no occurrence before it, so that an edit never creates an occurrence already due.
	EffectiveFrom time.Time `json:"effective_from"`
	Revision      int64     `json:"revision"`
}

// ClipFact is what Plan needs to know of a clip.
type ClipFact struct {
	ID        string
	Title     string
	SHA256    string // of the original, hex
	Canonical string // SHA-256 of the canonical WAV file, hex
	Frames    int64  // at 48 kHz
	State     string // approved | retired | …
	GainDB    float64
	Tags      []string // topics; as records carry them, nothing is planned by them
	Source    string   // who made it, in the importer's words
	// It may start to sound from the beginning of ValidFrom to the end of ValidUntil, by the station's calendar.
	ValidFrom, ValidUntil Date
}

// DailySpan is a part of the day by wall clock, "21:00" to "05:00" crossing midnight; From == To is empty.
type DailySpan struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Settings is what staff may set, each with its default.
type Settings struct {
	StationName      string      `json:"station_name"`
	StationCode      string      `json:"station_code"`
	Zone             string      `json:"time_zone"`          // IANA name; default Asia/Ho_Chi_Minh
	LoudnessLUFS     float64     `json:"loudness_lufs"`      // playing target, default -16
	TruePeakDBTP     float64     `json:"true_peak_dbtp"`     // held at play, default -1
	LatenessS        int64       `json:"lateness_s"`         // default window, 600
	WarmUpMS         int64       `json:"warm_up_ms"`         // device opened this long before due, default 3000
	MaxSessionS      int64       `json:"max_session_s"`      // a broadcast is refused above it, default 7200
	QuietHours       []DailySpan `json:"quiet_hours"`        // default 21:00–05:00
	ApprovalRequired bool        `json:"approval_required"`  // default true: a clip that nobody approved is not planned
	ClockRule        string      `json:"clock_rule"`         // strict | allow_doubtful
	TrustedHosts     []string    `json:"trusted_hosts"`      // from which links are fetched without asking again: "host", or ".domain" with all below it
	ExpiryNoticeDays int         `json:"expiry_notice_days"` // so many days before a clip expires it is said; default 14
	Revision         int64       `json:"revision"`
}

// DefaultSettings is a real station on its first day.
func DefaultSettings() Settings {
	return Settings{
		Zone: "Asia/Ho_Chi_Minh", LoudnessLUFS: -16, TruePeakDBTP: -1, LatenessS: 600, WarmUpMS: 3000,
		MaxSessionS: 7200, QuietHours: []DailySpan{{From: "21:00", To: "05:00"}}, ApprovalRequired: true,
		ClockRule: "strict", TrustedHosts: []string{}, ExpiryNoticeDays: 14,
	}
}

// Input is all that Plan looks at.
type Input struct {
	Settings   Settings
	Programmes []Programme
	Playlists  map[string]Playlist
	Clips      map[string]ClipFact
}
