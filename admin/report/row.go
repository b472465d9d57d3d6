package report

import (
	"time"

	"loaxa/player/playlog/evidence"
)

// Row is one broadcast that was due in the period, as the log has it.
type Row struct {
	Broadcast                string
	Occurrence               string // "" for a rehearsal and an emergency
	Why                      string // scheduled | rehearsal | emergency
	Programme                string // ID
	Title                    string
	Playlist                 string
	Class                    string
	Zone                     string
	Due                      time.Time // of an emergency and a rehearsal: when the outcome was written
	Start, End               evidence.CorrectedTime
	Outcome                  evidence.Outcome // "" while there is none
	Reason                   string
	Person                   string // who acted, where one did
	LatenessMS               int64
	AiredMS                  int64
	PlannedMS                int64
	Volume                   int
	Plays                    []Play
	Device                   string
	Output                   evidence.Output // "" where nothing sounded
	WrittenOutput            evidence.Output // as the record has it, also where nothing sounded
	Level                    int             // of the evidence, as recomputed
	Written                  int             // the level as the record has it
	Letter                   *evidence.Letter
	MakeupOf                 string
	OutageFrom, OutageUntil  time.Time
	StationName, StationCode string
	Epoch                    int64
	Index                    int64 // the outcome's record; of a row without outcome the plan record that promised it
}

// Play is one item that sounded, or should have.
type Play struct {
	Clip    *evidence.Clip // nil for silence; shared: nobody changes it
	TakenMS int64
	Part    string // opening | closing | pause; "" is the programme's own content
	Failed  string
	Times   int // in how many rounds; TakenMS is the sum
}

// Standing is how a row counts. Every row has exactly one.
type Standing int

// The standings. Only Aired counts as a broadcast; the others are told apart from it.
const (
	Aired     Standing = iota // scheduled, whole, on hardware
	Cut                       // scheduled, on hardware, not to its end
	Unproven                  // scheduled or an emergency; sounded on an output of which nothing shows that it is a loudspeaker
	Virtual                   // likewise, on the virtual speaker
	Emergency                 // on hardware
	Rehearsal                 // on whatever output
	Silent                    // nothing sounded: cancelled, skipped, missed, or cut before its first sound
	Open                      // no outcome yet
	standings
)

// Standings are all of them, in order.
func Standings() []Standing {
	out := make([]Standing, standings)
	for i := range out {
		out[i] = Standing(i)
	}
	return out
}

// Name is the standing's stable name.
func (s Standing) Name() string {
	return [...]string{"aired", "cut", "unproven", "virtual", "emergency", "rehearsal", "silent", "open"}[s]
}

// Standing is how the row counts.
func (r Row) Standing() Standing {
	switch {
	case r.Outcome == "":
		return Open
	case r.Why == "rehearsal":
		return Rehearsal
	case r.AiredMS <= 0:
		return Silent
	case r.Output == evidence.Virtual:
		return Virtual
	case r.Output != evidence.Hardware:
		return Unproven
	case r.Why == "emergency":
		return Emergency
	case r.Outcome == evidence.Full || r.Outcome == evidence.Late:
		return Aired
	}
	return Cut
}

// Moment is when the row is told of: when it truly began where that is known, else when it was due.
func (r Row) Moment() time.Time {
	if !r.Start.True.IsZero() {
		return r.Start.True.Time
	}
	return r.Due
}

// words keeps each text once: the same title stands in thousands of rows.
type words struct {
	texts   map[string]string
	clips   map[clipKey]*evidence.Clip
	letters map[evidence.Letter]*evidence.Letter
}

type clipKey struct{ id, title, canonical, tags, source string }

func newWords() *words {
	return &words{texts: map[string]string{}, clips: map[clipKey]*evidence.Clip{}, letters: map[evidence.Letter]*evidence.Letter{}}
}

func (w *words) once(s string) string {
	if known, ok := w.texts[s]; ok {
		return known
	}
	w.texts[s] = s
	return s
}

func (w *words) clip(c *evidence.Clip) *evidence.Clip {
	if c == nil {
		return nil
	}
	tags := ""
	for _, t := range c.Tags {
		tags += t + "\x00"
	}
	key := clipKey{c.ID, c.Title, c.Canonical, tags, c.Source}
	if known, ok := w.clips[key]; ok {
		return known
	}
	w.clips[key] = c
	return c
}

func (w *words) letter(l evidence.Letter) *evidence.Letter {
	if l == (evidence.Letter{}) {
		return nil
	}
	if known, ok := w.letters[l]; ok {
		return known
	}
	w.letters[l] = &l
	return &l
}

func (w *words) row(rec evidence.Record, o evidence.OutcomeBody) Row {
	r := Row{Broadcast: o.Broadcast, Occurrence: o.Occurrence, Why: w.once(o.Why), Programme: w.once(o.Programme), Title: w.once(o.Title),
		Playlist: w.once(o.Playlist), Class: w.once(o.Class), Zone: w.once(o.Zone), Due: o.Due.Time, Outcome: evidence.Outcome(w.once(string(o.Outcome))),
		Reason: w.once(o.Reason), Person: w.once(o.Person), LatenessMS: o.LatenessMS, AiredMS: o.AiredMS, PlannedMS: o.PlannedMS, Volume: o.Volume,
		Device: w.once(o.Device), Level: evidence.Level(o.Measured()), Written: o.Evidence, Letter: w.letter(o.Letter), MakeupOf: o.MakeupOf,
		OutageFrom: o.OutageFrom.Time, OutageUntil: o.OutageUntil.Time, StationName: w.once(o.StationName), StationCode: w.once(o.StationCode), Index: rec.Idx}
	if r.Due.IsZero() { // as the log sorts it
		r.Due = rec.Wall.Time
	}
	r.WrittenOutput = evidence.Output(w.once(o.Output))
	if o.AiredMS > 0 {
		r.Output = r.WrittenOutput
	}
	if len(o.Items) > 0 {
		r.Plays = make([]Play, len(o.Items))
	}
	for i, it := range o.Items {
		r.Plays[i] = Play{Clip: w.clip(it.Clip), TakenMS: it.TakenMS, Part: w.once(it.Part), Failed: w.once(it.Failed), Times: it.Times}
	}
	return r
}
