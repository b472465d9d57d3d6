package evidence

import "encoding/json"

// Epoch opens a log file. It is always the record of index 0.
type Epoch struct {
	Epoch       int64  `json:"epoch"`
	Origin      string `json:"origin"`     // loaxa/STATION-CODE/DEVICE/EPOCH
	PublicKey   string `json:"public_key"` // note verifier key (golang.org/x/mod/sumdb/note)
	Why         string `json:"why"`        // init | lost | damaged | rolled_back | new_code
	StationName string `json:"station_name"`
	StationCode string `json:"station_code"`
	// LastCheckpoint is the newest checkpoint known of the epoch before, from the anchor; "" in epoch 1.
	LastCheckpoint string `json:"last_checkpoint"`
	SetAside       string `json:"set_aside"` // name of the file put aside, "" when there was none
}

// Boot says that the daemon began to run and what it knows of the time before.
type Boot struct {
	Version       string `json:"version"`
	BuildHash     string `json:"build_hash"` // SHA-256 of the binary
	Previous      string `json:"previous"`   // clean | crash (same kernel boot) | power (another kernel boot) | none
	LastHeartbeat Time   `json:"last_heartbeat"`
	LastBoot      string `json:"last_boot"` // kernel boot ID of the last heartbeat
	OutageFrom    Time   `json:"outage_from"`
	OutageUntil   Time   `json:"outage_until"`
}

// Shutdown says that the daemon ends on purpose.
type Shutdown struct {
	Why string `json:"why"` // signal | restart | error: …
}

// Clip is a clip by value.
type Clip struct {
	ID         string  `json:"id"`
	Title      string  `json:"title"`
	SHA256     string  `json:"sha256"`    // of the original file, hex: what officials hold
	Canonical  string  `json:"canonical"` // of the canonical WAV file, hex
	DurationMS int64   `json:"duration_ms"`
	GainDB     float64 `json:"gain_db"`
	// What the library said of it when the record was made; later tagging changes nothing. Left out when empty.
	Tags   []string `json:"tags,omitempty"`   // topics
	Source string   `json:"source,omitempty"` // who made it, such as an agency and its document's number
}

// Planned is one occurrence as planned, by value. Programme-wide facts stand in Plan.Programmes.
type Planned struct {
	ID        string   `json:"id"`
	Programme string   `json:"programme"` // ID; looked up in Plan.Programmes
	Due       Time     `json:"due"`
	LengthMS  int64    `json:"length_ms"`
	Clips     []string `json:"clips"`            // IDs, in order; looked up in Plan.Clips
	Verdict   string   `json:"verdict"`          // airs | waits | skipped
	Reason    string   `json:"reason,omitempty"` // why it waits or is skipped
	State     string   `json:"state,omitempty"`  // in Plan.Open only: pending | withdrawn
	By        string   `json:"by,omitempty"`     // who withdrew it
	At        Time     `json:"at,omitzero"`      // when
	MakeupOf  string   `json:"makeup_of,omitempty"`
}

// Letter is the campaign that asked for a broadcast, by value.
type Letter struct {
	Campaign string `json:"campaign"` // ID
	Title    string `json:"title"`
	Agency   string `json:"agency"`
	Number   string `json:"number"`
	Date     string `json:"date"` // of the letter, YYYY-MM-DD
}

// PlannedProgramme is a programme as planned, by value.
type PlannedProgramme struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Playlist   string `json:"playlist"` // its title
	Class      string `json:"class"`
	Zone       string `json:"zone"`
	Volume     int    `json:"volume"`
	LatenessMS int64  `json:"lateness_ms"`
	Resume     bool   `json:"resume"` // after a power cut
	// ResumeCut: after a higher class cut it. Order decides between programmes of one class due at the same moment.
	ResumeCut bool  `json:"resume_cut,omitempty"`
	Order     int64 `json:"order,omitempty"`
	// Letter is left out where no campaign asked for it.
	Letter Letter `json:"letter,omitzero"`
}

// Plan states every occurrence in [From, Until) and, in Open, every occurrence promised before that is not decided
// yet. Together they are all that is still owed: a later Plan takes the place of an earlier one.
type Plan struct {
	From        Time               `json:"from"`
	Until       Time               `json:"until"`
	Why         string             `json:"why"` // start | daily | horizon | change | catch_up (made for a time already slept through)
	Programmes  []PlannedProgramme `json:"programmes"`
	Clips       []Clip             `json:"clips"`
	Occurrences []Planned          `json:"occurrences"`
	Open        []Planned          `json:"open"`
	Hold        *Hold              `json:"hold"` // null when the station is not at rest by order
}

// Hold is an order that the whole station rests.
type Hold struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	Since  Time   `json:"since"`
	Until  Time   `json:"until"` // "" is until released
}

// Start is the intent to play one item. It is committed before the item's first frame.
type Start struct {
	Broadcast  string  `json:"broadcast"`  // ID of the broadcast: the occurrence's ID, or "rehearsal:…", "emergency:…"
	Occurrence string  `json:"occurrence"` // "" for rehearsal and emergency
	Why        string  `json:"why"`        // scheduled | rehearsal | emergency
	Item       int     `json:"item"`       // position among the items, from 0
	Items      int     `json:"items"`      // how many items the broadcast has
	Attempt    int     `json:"attempt"`    // 1, counted up when an item begins again after a loss
	Offset     int64   `json:"offset"`     // first frame of the clip that will be played
	Frames     int64   `json:"frames"`     // of the whole item
	ItemKind   string  `json:"item_kind"`  // clip | silence
	Clip       *Clip   `json:"clip"`       // by value; null for silence
	Opened     string  `json:"opened"`     // SHA-256 of the bytes opened now
	Device     string  `json:"device"`
	Output     string  `json:"output"` // hardware | unproven | virtual
	Volume     int     `json:"volume"`
	GainDB     float64 `json:"gain_db"` // applied: normalising and volume together
	Class      string  `json:"class"`
	Zone       string  `json:"zone"`
	Due        Time    `json:"due"`
	Part       string  `json:"part,omitempty"` // opening | closing | pause; "" is the programme's own content
}

// Progress says how far an item has come, as measured. The first one of an item carries its onset.
type Progress struct {
	Broadcast string  `json:"broadcast"`
	Item      int     `json:"item"`
	Attempt   int     `json:"attempt"`
	Onset     Time    `json:"onset,omitzero"` // when its first frame is reckoned to have sounded
	Written   int64   `json:"written"`        // frames handed over
	Taken     int64   `json:"taken"`          // frames the device took, of this item, its whole length so far
	Underruns int64   `json:"underruns"`      // frames of silence put in because nothing was ready
	Rate      float64 `json:"rate"`           // frames taken over time, 1 = true
}

// End is how an item ended.
type End struct {
	Broadcast string  `json:"broadcast"`
	Item      int     `json:"item"`
	Attempt   int     `json:"attempt"`
	Result    string  `json:"result"` // finished | stopped | lost | cut | interrupted | failed
	Reason    string  `json:"reason"`
	Written   int64   `json:"written"`
	Taken     int64   `json:"taken"`
	Underruns int64   `json:"underruns"`
	Rate      float64 `json:"rate"`
	LevelDBFS float64 `json:"level_dbfs"` // RMS of the frames taken
	// Bounded is set when the figures are only the last ones known: the program was not there to see the end.
	Bounded bool `json:"bounded"`
}

// AiredItem is what an outcome says of one item.
type AiredItem struct {
	Kind    string `json:"kind"`
	Clip    *Clip  `json:"clip"`
	TakenMS int64  `json:"taken_ms"`
	Part    string `json:"part,omitempty"`   // opening | closing | pause; "" is the programme's own content
	Failed  string `json:"failed,omitempty"` // why it could not sound, or not to its end
	Times   int    `json:"times,omitempty"`  // of what was repeated: in how many rounds; TakenMS is the sum
}

// OutcomeBody is an occurrence's final word, or that of a rehearsal or an emergency.
type OutcomeBody struct {
	Broadcast   string      `json:"broadcast"`
	Occurrence  string      `json:"occurrence"` // "" for rehearsal and emergency
	Why         string      `json:"why"`        // scheduled | rehearsal | emergency
	Outcome     Outcome     `json:"outcome"`
	Reason      string      `json:"reason"`
	Person      string      `json:"person"` // who acted, where one did
	Programme   string      `json:"programme"`
	Title       string      `json:"title"`
	Playlist    string      `json:"playlist"`
	Class       string      `json:"class"`
	Zone        string      `json:"zone"`
	Volume      int         `json:"volume"`
	Due         Time        `json:"due"`
	Started     Time        `json:"started"` // onset of the first frame; "" when nothing was taken
	Ended       Time        `json:"ended"`
	LatenessMS  int64       `json:"lateness_ms"`
	AiredMS     int64       `json:"aired_ms"`
	PlannedMS   int64       `json:"planned_ms"`
	Items       []AiredItem `json:"items"`
	Device      string      `json:"device"`
	Output      string      `json:"output"`
	Underruns   int64       `json:"underruns"`
	Rate        float64     `json:"rate"`
	Evidence    int         `json:"evidence"` // level, see Level
	OutageFrom  Time        `json:"outage_from,omitzero"`
	OutageUntil Time        `json:"outage_until,omitzero"`
	StationName string      `json:"station_name"`
	StationCode string      `json:"station_code"`
	Letter      Letter      `json:"letter,omitzero"`     // of the campaign that asked for it
	MakeupOf    string      `json:"makeup_of,omitempty"` // the occurrence that it makes up for
}

// Operator says what a person did, also when it was denied.
type Operator struct {
	What   string `json:"what"`   // stop | hold | release | rehearse | emergency | sign_in | export | …
	Object string `json:"object"` // broadcast, clip … it was done to
	Reason string `json:"reason"`
	Result string `json:"result"` // done | denied: why
}

// Change is a change of the state, before and after.
type Change struct {
	Seq    int64           `json:"seq"` // outbox sequence number
	What   string          `json:"what"`
	ID     string          `json:"id"`
	By     string          `json:"by"`
	Made   Time            `json:"made"` // when the state changed; the record may come later
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// Device says what happened to the sound device.
type Device struct {
	What   string  `json:"what"` // opened | lost | absent | fast | slow | stalled | recovered | closed
	Device string  `json:"device"`
	Driver string  `json:"driver"`
	Output string  `json:"output"`
	Rate   float64 `json:"rate"`
	Detail string  `json:"detail"`
}

// What a ClockChange says of the station beside the clock: from a hold to the release after it nothing starts by itself,
// because the clock is not trusted, and what falls due stays undecided. A hold is said again after each plan record.
const (
	ClockHold    = "hold"
	ClockRelease = "release"
	// HoldPlan is the source of a hold that is said again for the plan record before it.
	HoldPlan = "plan"
)

// ClockChange says that the wall clock was stepped, that its trust changed, that the machine was suspended, or that
// nothing starts by itself for want of a trusted clock.
type ClockChange struct {
	What   string `json:"what"` // step | trust | suspend | hold | release
	Before Time   `json:"before"`
	After  Time   `json:"after"`
	Source string `json:"source"`
	From   string `json:"from"` // trust before
	To     string `json:"to"`   // trust after
}

// Key is a rotation of the signing key, recorded under the old one.
type Key struct {
	PublicKey string `json:"public_key"`
	Why       string `json:"why"`
}

// Gap says what could not be written in time.
type Gap struct {
	From    Time   `json:"from"`
	Until   Time   `json:"until"`
	Delayed int64  `json:"delayed"` // records written late, following this one
	Lost    int64  `json:"lost"`    // records dropped because memory was bounded
	Why     string `json:"why"`
}

// The kinds of the bodies.
func (Epoch) Kind() Kind       { return KindEpoch }
func (Boot) Kind() Kind        { return KindBoot }
func (Shutdown) Kind() Kind    { return KindShutdown }
func (Plan) Kind() Kind        { return KindPlan }
func (Start) Kind() Kind       { return KindStart }
func (Progress) Kind() Kind    { return KindProgress }
func (End) Kind() Kind         { return KindEnd }
func (OutcomeBody) Kind() Kind { return KindOutcome }
func (Operator) Kind() Kind    { return KindOperator }
func (Change) Kind() Kind      { return KindChange }
func (Device) Kind() Kind      { return KindDevice }
func (ClockChange) Kind() Kind { return KindClock }
func (Key) Kind() Kind         { return KindKey }
func (Gap) Kind() Kind         { return KindGap }
