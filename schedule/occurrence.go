package schedule

import (
	"cmp"
	"time"
)

// Verdict is what the plan expects of an occurrence.
type Verdict string

// VerdictAirs: it will go on air at Due. VerdictWaits: it will begin later than Due, inside its window, because
// another broadcast holds the air. VerdictSkipped: a rule refuses it; Reason says which.
const (
	VerdictAirs    Verdict = "airs"
	VerdictWaits   Verdict = "waits"
	VerdictSkipped Verdict = "skipped"
)

// Reason is a stable code for why an occurrence is refused or waits.
type Reason string

// Reasons given by Plan.
const (
	ReasonNone       Reason = ""
	ReasonQuietHours Reason = "quiet_hours"    // some part of it would sound in quiet hours
	ReasonOverlap    Reason = "overlap"        // another broadcast holds the air past its window, or (waits) part of it
	ReasonNoPlaylist Reason = "no_playlist"    // the playlist is gone
	ReasonEmpty      Reason = "empty"          // nothing to play
	ReasonNoClip     Reason = "no_clip"        // a clip of it is not in the library
	ReasonUnapproved Reason = "unapproved"     // a clip of it is not approved
	ReasonRetired    Reason = "retired"        // a clip of it was retired
	ReasonExpired    Reason = "expired"        // the last day of a clip of it is over
	ReasonNotYet     Reason = "not_yet_valid"  // the first day of a clip of it has not come
	ReasonTooLong    Reason = "too_long"       // longer than the station's maximum session
	ReasonPreempted  Reason = "preempted"      // (airs) a higher class will cut it; Cut says when
	ReasonDayOff     Reason = "day_off"        // a special day on which nothing is on air
	ReasonOtherDay   Reason = "other_schedule" // a special day on which another schedule runs in place of this
	ReasonMourning   Reason = "mourning"       // days of mourning leave nothing of it
	ReasonSessions   Reason = "limit_sessions" // more broadcasts on this day than the station's limit
	ReasonMinutes    Reason = "limit_minutes"  // longer than the station's limit
	ReasonHours      Reason = "limit_hours"    // before the earliest or after the latest start
	ReasonWeekend    Reason = "limit_weekend"  // a weekend, on which it may not air
	ReasonBadRule    Reason = "bad_rule"       // the stored rule cannot be read; never silent
)

// Part is what an item is in its broadcast.
type Part string

// PartBody is the programme's own content; a rest is a pause that the station makes between items.
const (
	PartBody    Part = ""
	PartOpening Part = "opening"
	PartClosing Part = "closing"
	PartPause   Part = "pause"
)

// Cut is what a higher class does to an occurrence.
type Cut struct {
	At   time.Time
	By   string // the ID of the occurrence that cuts it
	Item int    // which item it interrupts
	// Resumes is when it goes on at the start of that item; zero: it does not.
	Resumes time.Time
}

// PlannedItem is one item of an occurrence, with what was known of its clip when planned.
type PlannedItem struct {
	Kind   ItemKind
	Part   Part     // what it is in the broadcast
	Clip   ClipFact // zero for silence
	Frames int64    // length at 48 kHz
}

// Occurrence is one planned airing. ID is "programme@start-by-rule" and never changes.
type Occurrence struct {
	ID            string
	ProgrammeID   string
	Title         string
	PlaylistID    string
	PlaylistTitle string
	Due           time.Time
	Start         time.Time // when it is expected to begin: Due unless it waits
	Length        time.Duration
	Class         Class
	Zone          string
	VolumePercent int
	Lateness      time.Duration
	Resume        bool // after a power cut
	ResumeCut     bool // after a higher class cut it
	Order         int64
	CampaignID    string
	MakeupOf      string
	Cuts          []Cut // in order of time
	Ordinal       int64
	Items         []PlannedItem
	Verdict       Verdict
	Reason        Reason
}

// Stretch is a time on air.
type Stretch struct{ From, Until time.Time }

// OnAir lists when it is expected to sound, in order: once, or several times when it is cut and goes on. What is skipped
// never does.
func (o Occurrence) OnAir() []Stretch {
	if o.Verdict == VerdictSkipped {
		return nil
	}
	var list []Stretch
	from, item := o.Start, 0
	for _, c := range o.Cuts {
		list = append(list, Stretch{From: from, Until: c.At})
		if c.Resumes.IsZero() {
			return list
		}
		from, item = c.Resumes, c.Item
	}
	until := from
	for _, it := range o.Items[item:] {
		until = until.Add(framesLength(it.Frames))
	}
	return append(list, Stretch{From: from, Until: until})
}

// End is when it is expected to be over: after its length, or when it is cut for good, or when what goes on after a cut
// is over.
func (o Occurrence) End() time.Time {
	if len(o.Cuts) == 0 {
		return o.Start.Add(o.Length)
	}
	list := o.OnAir()
	return list[len(list)-1].Until
}

// Window is the last moment at which it may begin.
func (o Occurrence) Window() time.Time { return o.Due.Add(o.Lateness) }

// CompareOnAir orders those that wait as the ladder does: negative when a goes on air before b once the air is free.
func CompareOnAir(a, b Occurrence) int {
	return cmp.Or(cmp.Compare(b.Class.Rank(), a.Class.Rank()), a.Due.Compare(b.Due), cmp.Compare(a.Order, b.Order),
		CompareIDs(a.ProgrammeID, b.ProgrammeID), cmp.Compare(a.ID, b.ID))
}
