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
	// ResumeAfterCut lets a broadcast that a higher class cut go on at the start of the interrupted item, when the air is
	// free again inside its window.
	ResumeAfterCut bool `json:"resume_after_cut"`
	// Order decides between programmes of one class that start at the same moment: the smaller first, then the older one.
	Order int64 `json:"order"`
	// When is a rule in the forms that people use; not together with Cron or Starts.
	When *When `json:"when,omitempty"`
	// PausedUntil ends a pause by itself; zero is until somebody lifts it.
	PausedUntil time.Time `json:"paused_until,omitzero"`
	// EndsBefore is set where "from this one on" was edited: no occurrence is due at or after it. Zero is open.
	EndsBefore time.Time `json:"ends_before,omitzero"`
	// Schedule names the days on which the programme runs: "" those of the ordinary schedule, else the days that a special
	// day gives to the schedule of this name ("tet").
	Schedule string `json:"schedule,omitempty"`
	// Opening and Closing are playlists played before and after: "" the station's, "none" nothing, else a playlist's ID.
	Opening string `json:"opening,omitempty"`
	Closing string `json:"closing,omitempty"`
	// Exceptions are changes of single occurrences, by the start that the rule gives them.
	Exceptions []Exception `json:"exceptions,omitempty"`
	// CampaignID is the campaign that made the programme.
	CampaignID string `json:"campaign_id,omitempty"`
	// EffectiveFrom is set by the rulebook when the timing changes (cron, starts, validity, pause lifted): Plan
	// makes no occurrence before it, so that an edit never creates an occurrence already due.
	EffectiveFrom time.Time `json:"effective_from"`
	Revision      int64     `json:"revision"`
}

// Form is one of the ways in which people say when.
type Form string

// The forms. Every form has Times; what else it needs is said at the fields of When.
const (
	FormDaily    Form = "daily"    // every day
	FormWeekdays Form = "weekdays" // on Weekdays
	FormMonthly  Form = "monthly"  // on the Nth Weekdays of each month: the first Monday, the last Sunday
	FormDates    Form = "dates"    // on Dates
	FormEvery    Form = "every"    // every EveryDays days, counted from From
	FormLunar    Form = "lunar"    // on lunar days, each year or each month
)

// When is a rule in the forms that people use. What a form does not need must be empty.
type When struct {
	Form      Form        `json:"form"`
	Times     []string    `json:"times"`                // "HH:MM", by the station's wall clock, ascending
	Weekdays  []int       `json:"weekdays,omitempty"`   // 1 Monday … 7 Sunday; forms weekdays, monthly
	Nth       []int       `json:"nth,omitempty"`        // 1–4, or -1 for the last; form monthly
	Dates     []Date      `json:"dates,omitempty"`      // form dates
	EveryDays int         `json:"every_days,omitempty"` // 2–366; form every
	From      Date        `json:"from,omitempty"`       // the first day; form every
	Lunar     []LunarDate `json:"lunar,omitempty"`      // form lunar
}

// LunarDate is a day of the Vietnamese lunar calendar: Month 1–12, or 0 for every month; Day 1–30. A leap month counts for
// Month 0 only. Day 30 of a month that has 29 days is its 29th.
type LunarDate struct {
	Month int `json:"month"`
	Day   int `json:"day"`
}

// Exception changes one occurrence, whose ID stays "programme@At". Cancelled takes it away; else To moves it, and
// PlaylistID and VolumePercent replace the programme's where they are given.
type Exception struct {
	At            time.Time `json:"at"` // its start by the rule
	Cancelled     bool      `json:"cancelled,omitempty"`
	To            time.Time `json:"to,omitzero"`
	PlaylistID    string    `json:"playlist_id,omitempty"`
	VolumePercent int       `json:"volume_percent,omitempty"`
	MakeupOf      string    `json:"makeup_of,omitempty"` // the ID of the occurrence that this one makes up for
}

// SpecialDay is a holiday, a day off, a day with a schedule of its own, or days of mourning. Either From (until Until, or
// one day) or Lunar with Days says when.
type SpecialDay struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	From   Date       `json:"from,omitempty"`
	Until  Date       `json:"until,omitempty"`  // the last day, inclusive; "" is From
	Lunar  *LunarDate `json:"lunar,omitempty"`  // every year; Month 1–12
	Days   int        `json:"days,omitempty"`   // how many days from the lunar date on; 0 is 1
	Before int        `json:"before,omitempty"` // how many days before the lunar date it begins
	// Use is what is on air: ScheduleOff nothing but emergencies, ScheduleOrdinary as always (the day is only named), else
	// the programmes of the schedule of this name in place of the ordinary ones. Where several days meet, the one with
	// fewer days decides; one that is only named decides nothing.
	Use string `json:"use,omitempty"`
	// Mourning (quốc tang) takes items with a tag of Settings.EntertainmentTags out of every broadcast.
	Mourning bool   `json:"mourning,omitempty"`
	Source   string `json:"source,omitempty"`   // where it is written
	Verified Date   `json:"verified,omitempty"` // when somebody looked it up
	Revision int64  `json:"revision"`
}

// The schedules that need no name of a station's own.
const (
	ScheduleOrdinary = ""
	ScheduleOff      = "off"
)

// Limits is what a station's own rules (quy chế) or its superiors allow. Zero values limit nothing.
type Limits struct {
	SessionsPerDay    int    `json:"sessions_per_day"`    // broadcasts a day
	MinutesPerSession int    `json:"minutes_per_session"` // of one broadcast
	EarliestStart     string `json:"earliest_start"`      // "HH:MM": nothing starts before
	LatestStart       string `json:"latest_start"`        // "HH:MM": nothing starts after
	Weekend           string `json:"weekend"`             // "" no rule | priority: only that class | none: nothing
	Basis             string `json:"basis"`               // the document that says so, in words
}

// VolumeSpan is a part of the day with its own volume, percent of the programme's.
type VolumeSpan struct {
	DailySpan
	Percent int `json:"percent"`
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
// Days, where given, are the weekdays (1 Monday … 7 Sunday) on which it begins.
type DailySpan struct {
	From string `json:"from"`
	To   string `json:"to"`
	Days []int  `json:"days,omitempty"`
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
	Limits           Limits      `json:"limits"`
	// OpeningID and ClosingID are the playlists before and after every broadcast of a programme that has no other; "" none.
	OpeningID string `json:"opening_id"`
	ClosingID string `json:"closing_id"`
	PauseMS   int64  `json:"pause_ms"` // silence between the items of a broadcast, default 0
	// VolumeSpans lower the volume in parts of the day; VolumeRampS is how long a change takes; MaxVolumePercent caps all
	// but emergencies, default 100.
	VolumeSpans      []VolumeSpan `json:"volume_spans"`
	VolumeRampS      int64        `json:"volume_ramp_s"`
	MaxVolumePercent int          `json:"max_volume_percent"`
	// EntertainmentTags fall silent on days of mourning.
	EntertainmentTags []string `json:"entertainment_tags"`
	// EmergencyMaxS is how long an emergency goes on unless it is extended, default 1800.
	EmergencyMaxS int64 `json:"emergency_max_s"`
	// RehearsalPercent is the volume of a rehearsal, default 30.
	RehearsalPercent int `json:"rehearsal_percent"`
	// NightCheckAt is when the station rehearses tomorrow in silence, "HH:MM", default 20:30; "" never.
	NightCheckAt string `json:"night_check_at"`
	// ToneHeardOn is the last day on which a person said that the test tone came out of the loudspeakers; "" nobody has, or
	// the last one said no.
	ToneHeardOn Date       `json:"tone_heard_on,omitempty"`
	Letterhead  Letterhead `json:"letterhead"`
	Revision    int64      `json:"revision"`
}

// DefaultSettings is a real station on its first day.
func DefaultSettings() Settings {
	return Settings{
		Zone: "Asia/Ho_Chi_Minh", LoudnessLUFS: -16, TruePeakDBTP: -1, LatenessS: 600, WarmUpMS: 3000,
		MaxSessionS: 7200, QuietHours: []DailySpan{{From: "21:00", To: "05:00"}}, ApprovalRequired: true,
		ClockRule: "strict", TrustedHosts: []string{}, ExpiryNoticeDays: 14,
		VolumeSpans: []VolumeSpan{}, VolumeRampS: 30, MaxVolumePercent: 100, EntertainmentTags: []string{"giai-tri", "ca-nhac"},
		EmergencyMaxS: 1800, RehearsalPercent: 30, NightCheckAt: "20:30",
	}
}

// Input is all that Plan looks at.
type Input struct {
	Settings   Settings
	Programmes []Programme
	Playlists  map[string]Playlist
	Clips      map[string]ClipFact
	Days       []SpecialDay
	Campaigns  map[string]CampaignFact // by ID; what records say of a letter
}
