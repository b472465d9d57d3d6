package player

import (
	"fmt"
	"time"
)

// State is what the station is doing.
type State string

// Resting: nothing on air. WarmingUp: the device is open and a broadcast is about to begin. Playing: on air.
const (
	Resting   State = "resting"
	WarmingUp State = "warming_up"
	Playing   State = "playing"
)

// Kind says why something is on air.
type Kind string

// The kinds of broadcast.
const (
	Scheduled Kind = "scheduled"
	Rehearsal Kind = "rehearsal"
	Emergency Kind = "emergency"
)

// Snapshot is what the player says of itself; it never changes after it was published.
type Snapshot struct {
	At    time.Time
	State State
	OnAir *OnAir
	Next  *Upcoming
	Hold  *HoldOrder
	// ClockHeld: nothing starts by itself until the time is known.
	ClockHeld bool
	Device    string // what was asked for: auto, virtual, a name
	Output    string // of the running or last broadcast: hardware | unproven | virtual; "" before the first
}

// OnAir is the running broadcast.
type OnAir struct {
	Broadcast  string
	Occurrence string
	Kind       Kind
	Title      string
	Programme  string
	ItemTitle  string
	Item       int // from 0
	Items      int
	Due        time.Time
	Started    time.Time // zero while warming up
	Position   time.Duration
	Length     time.Duration
	Lost       bool      // the device is away and is being reopened
	Ends       time.Time // of an emergency: when it ends at the latest, unless it is extended
	Waiting    int       // emergencies that wait for its end
}

// Upcoming is the next occurrence that the plan expects to air.
type Upcoming struct {
	Occurrence string
	Programme  string
	Title      string
	Due        time.Time
	Length     time.Duration
}

// HoldOrder rests the whole station. A zero Until is "until released".
type HoldOrder struct {
	By     string
	Reason string
	Since  time.Time
	Until  time.Time
}

// PlayRequest asks for a rehearsal or an emergency. Exactly one of ClipID and PlaylistID is set.
type PlayRequest struct {
	ClipID           string
	PlaylistID       string
	Kind             Kind
	Reason           string // required for an emergency
	RequestID        string // the same one never sounds twice
	NotAfter         time.Time
	Actor            string
	MayOverrideQuiet bool // the actor's role allows an emergency in quiet hours
	MayApprove       bool // the actor's role approves clips: what it asks for is approved for that play

	// For emergencies only. Repeat is how often it sounds: 0 once, or, with For, until the end. PauseMS is the rest between
	// two rounds, 0 for 3 s. For is after how long it ends, from when it takes the air; 0 for Settings.EmergencyMaxS. A
	// round that could not sound to its end does not begin.
	Repeat  int
	PauseMS int64
	For     time.Duration
	// OrderedBy is who ordered it. An operator needs it in quiet hours, with clips that have the tag DisasterTag.
	OrderedBy string
	// Replace cuts an emergency that is on air; without it the new one waits for its end.
	Replace bool
}

// Refusal is a "no" that a person can act on. Codes are stable: on_air, quiet_hours, hold, no_clip, no_playlist,
// unapproved, retired, expired, not_yet_valid, bad_rule, empty, too_long, reason_missing, too_late, repeated, nothing_on_air,
// not_on_hold, order_missing, bad_repeat, bad_length.
type Refusal struct {
	Code   string
	Detail string
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused (%s): %s", r.Code, r.Detail) }
