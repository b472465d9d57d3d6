package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ReconcileOptions is the period that is asked about and how far the log is expected to reach.
type ReconcileOptions struct {
	From  time.Time // occurrences due, and intervals that begin, from here on; zero: from the beginning
	Until time.Time // and before here; zero: to the end
	// Now is when the log was read from a station that runs: by then it should have spoken. Zero for a file: what comes
	// after its last record is not known, and not held against it.
	Now time.Time
}

// Difference is one thing that the records of a log do not agree on, or do not explain.
type Difference struct {
	Code      string  `json:"code"`
	Records   []int64 `json:"records"`   // indexes of the records in question
	Broadcast string  `json:"broadcast"` // "" when it is about an interval
	At        Time    `json:"at"`        // due time, or the interval's beginning
	Until     Time    `json:"until"`     // the interval's end, else ""
	Text
}

// ReconcileRow is one promised occurrence, or one broadcast without a promise, beside what came of it.
type ReconcileRow struct {
	Broadcast string `json:"broadcast"`
	Title     string `json:"title"`
	Due       Time   `json:"due"`
	Plan      int64  `json:"plan"`    // index of the newest plan record that promised it, -1 when none did
	Outcome   int64  `json:"outcome"` // index of its outcome, -1 when there is none yet
	Word      string `json:"word"`    // the outcome; "" while open
	Reason    string `json:"reason"`
	AiredMS   int64  `json:"aired_ms"`
	PlannedMS int64  `json:"planned_ms"`
	Output    string `json:"output"`
	// Started is the onset, Decided the outcome's time, both with what the clock was worth.
	Started CorrectedTime `json:"started"`
	Decided CorrectedTime `json:"decided"`
	Codes   []string      `json:"codes"` // of the differences about it

	startStamp, outcomeStamp Stamp
	onset                    Time
}

// MaxRows is how many rows a reconciliation lists; ask for a shorter period to see the others.
const MaxRows = 10000

// Reconciliation is plan and outcome side by side, from the records alone.
type Reconciliation struct {
	OK          bool   `json:"ok"` // no difference
	Origin      string `json:"origin"`
	StationName string `json:"station_name"`
	Size        int64  `json:"size"`
	FirstWall   Time   `json:"first_wall"`
	LastWall    Time   `json:"last_wall"`

	Promised     int64              `json:"promised"` // occurrences in the period
	Outcomes     map[Outcome]int64  `json:"outcomes"`
	Undecided    int64              `json:"undecided"`    // their time has not passed yet
	Corrected    int64              `json:"corrected"`    // broadcasts whose time was corrected
	Inconclusive int64              `json:"inconclusive"` // broadcasts whose true time cannot be told
	Differences  []Difference       `json:"differences"`  // at most MaxFindings; DifferenceAll counts them
	Intervals    []ReconcileExcused `json:"intervals"`    // in which the station was not there or could not write
	Rows         []ReconcileRow     `json:"rows"`

	DifferenceAll int64 `json:"differences_all"`
	RowsAll       int64 `json:"rows_all"`
}

// ReconcileExcused is an interval that a record states.
type ReconcileExcused struct {
	Kind string `json:"kind"` // outage | gap
	Interval
}

// Reconcile lays every occurrence that the plan records promised beside its outcome, and says what differs and what is
// not explained. It takes the log's word for everything and compares it with itself; whether the log is the one that
// was signed, Verify says. The error is for a source that cannot be read. It streams: memory grows with the number of
// occurrences and boots, not of records.
func Reconcile(src Source, o ReconcileOptions) (Reconciliation, error) {
	r := &reconciler{
		opts: o, times: NewCorrectedTimes(), about: map[string][]string{}, owed: map[string]*promise{},
		decided: map[string]int64{}, traces: map[string]*trace{}, onAir: map[string]int{},
	}
	r.out = Reconciliation{
		Outcomes: map[Outcome]int64{}, Differences: []Difference{}, Intervals: []ReconcileExcused{}, Rows: []ReconcileRow{},
	}
	if err := src.Records(r.record); err != nil {
		return Reconciliation{}, fmt.Errorf("reconciling log: %w", err)
	}
	r.finish()
	return r.out, nil
}

// reconciler folds the records one by one. Its parts: promises and outcomes (reconcile_promises.go), what went on air
// (reconcile_traces.go), when the program ran (reconcile_runs.go).
type reconciler struct {
	opts  ReconcileOptions
	out   Reconciliation
	times *CorrectedTimes
	about map[string][]string // broadcast → codes of its differences, until its row is written

	epoch   int64
	planned bool                // a plan was seen
	owed    map[string]*promise // by occurrence
	decided map[string]int64    // broadcast → index of its outcome
	traces  map[string]*trace   // broadcasts begun and not decided
	onAir   map[string]int      // broadcasts with items that have a start and no end → how many
	settled time.Time           // since when the present run could have judged
	held    bool                // for want of a trusted clock the present run decides nothing
	runs    runs
}

func (r *reconciler) record(idx int64, raw []byte) error {
	rec, err := Decode(raw)
	var body Body
	if err == nil {
		body, err = DecodeBody(rec)
	}
	if err != nil {
		r.differ(Difference{Code: "unreadable", Records: []int64{idx}, At: r.out.LastWall, Text: Text{
			VI: fmt.Sprintf("Không đọc được dòng %d nên không đối chiếu được: %v.", idx, err),
			EN: fmt.Sprintf("Record %d cannot be read and is not taken into account: %v.", idx, err),
		}})
		return nil
	}
	rec.Idx = idx
	if r.out.Size == 0 {
		r.out.FirstWall = rec.Wall
	}
	r.out.Size, r.out.LastWall = idx+1, rec.Wall
	r.times.Add(rec.Stamp)
	r.running(rec, body)
	switch b := body.(type) {
	case Epoch:
		r.epoch, r.out.Origin, r.out.StationName = b.Epoch, b.Origin, b.StationName
	case Plan:
		r.plan(rec, b)
	case Start:
		r.start(rec, b)
	case Progress:
		r.progress(rec, b)
	case End:
		r.end(rec, b)
	case OutcomeBody:
		r.outcome(rec, b)
	case Boot:
		r.settled, r.held = rec.Wall.Time, false
	case ClockChange:
		r.settled, r.held = rec.Wall.Time, b.holds(r.held)
	case Gap:
		r.settled = rec.Wall.Time
	}
	return nil
}

// within reports whether a moment lies in the period asked about.
func (r *reconciler) within(t Time) bool {
	return (r.opts.From.IsZero() || !t.Before(r.opts.From)) && (r.opts.Until.IsZero() || t.Before(r.opts.Until))
}

func (r *reconciler) differ(d Difference) {
	if !r.within(d.At) {
		return
	}
	r.out.DifferenceAll++
	if d.Broadcast != "" && len(r.about[d.Broadcast]) < 8 && !slices.Contains(r.about[d.Broadcast], d.Code) {
		r.about[d.Broadcast] = append(r.about[d.Broadcast], d.Code)
	}
	if len(r.out.Differences) < MaxFindings {
		r.out.Differences = append(r.out.Differences, d)
	}
}

func (r *reconciler) excuse(e ReconcileExcused) {
	if r.within(e.From) && len(r.out.Intervals) < maxListed {
		r.out.Intervals = append(r.out.Intervals, e)
	}
}

func (r *reconciler) row(w ReconcileRow) {
	w.Codes = r.about[w.Broadcast]
	delete(r.about, w.Broadcast)
	if w.Codes == nil {
		w.Codes = []string{}
	}
	if !r.within(w.Due) {
		return
	}
	r.out.RowsAll++
	if len(r.out.Rows) < MaxRows {
		r.out.Rows = append(r.out.Rows, w)
	}
}

// finish judges what is left, corrects the times and sorts.
func (r *reconciler) finish() {
	r.finishRuns()
	r.finishPromises()
	r.finishTraces()
	for i := range r.out.Rows {
		w := &r.out.Rows[i]
		if w.Outcome >= 0 {
			w.Decided = r.times.Of(w.outcomeStamp)
		}
		w.Started = r.times.Near(w.startStamp, w.onset)
		switch w.Started.State {
		case ByUptime:
			r.out.Corrected++
		case Inconclusive:
			r.out.Inconclusive++
		}
		if late := r.about[w.Broadcast]; len(late) > 0 { // found after its row was written
			w.Codes = append(w.Codes, late...)
		}
	}
	slices.SortStableFunc(r.out.Rows, func(a, b ReconcileRow) int {
		if c := a.Due.Compare(b.Due.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Broadcast, b.Broadcast)
	})
	r.out.OK = r.out.DifferenceAll == 0
}
