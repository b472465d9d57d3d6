package api

import (
	"cmp"
	"slices"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/route"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// What the diary can be narrowed to, beside the outcomes by name. Gaps are what nobody heard and nobody took away: no
// outcome yet although it was due, missed, or refused by a rule.
const (
	DiaryGaps = "gaps"
	DiaryOpen = "open" // due, and without an outcome
)

// DiaryLongest is the longest period that one page of the diary goes through.
const DiaryLongest = 366 * 24 * time.Hour

// gapsShown is how many gaps stand above the list; the filter shows the others.
const gapsShown = 10

// DiaryQuery asks for a page of the diary.
type DiaryQuery struct {
	From, Until time.Time // of the due times, [From, Until)
	Only        string    // "" all, an outcome, DiaryGaps or DiaryOpen
	Programme   string    // ID; "" all
	Offset      int
	Limit       int
}

// Diary is what was planned in a period beside what came of it. What is still to come is no part of it.
type Diary struct {
	Rows       []DiaryRow
	Matching   int        // of all pages
	Gaps       []DiaryRow // the first ones of the whole period
	GapsAll    int
	Counts     []DiaryCount     // of the whole period, by status and output
	Outputs    []DiaryCount     // of what sounded by schedule, by output alone
	Programmes []DiaryProgramme // that had a broadcast in the period
}

// DiaryRow is one line: the broadcast, and when it truly was where the clock was in doubt.
type DiaryRow struct {
	Broadcast
	Start evidence.CorrectedTime // zero where nothing sounded
}

// DiaryCount is how often something was, and for how long it sounded.
type DiaryCount struct {
	DiaryWord
	N       int
	AiredMS int64
}

// DiaryWord is what is counted. Output is "" for what did not sound.
type DiaryWord struct{ Status, Output string }

// DiaryProgramme is a programme as the filter offers it.
type DiaryProgramme struct{ ID, Title string }

// Gap says whether a broadcast was due, was not heard, and nobody took it away.
func (b Broadcast) Gap() bool { return gap(b.Status) }

func gap(status string) bool {
	return status == StatusPending || status == string(evidence.Missed) || status == string(evidence.Skipped)
}

// diaryWalk goes through a period in the order of due times. Outcomes are counted by their briefs; only what is shown is
// read from its record.
type diaryWalk struct {
	query    DiaryQuery
	open     []Broadcast // due and undecided, by due time
	page     []diaryPlace
	gaps     []diaryPlace
	matching int
	gapsAll  int
	counts   []DiaryCount // a handful: looking through them is faster than a map
	outputs  []DiaryCount
	last     map[string]int64 // programme → its newest outcome in the period, -1 for one without
}

// diaryPlace is where a line comes from: the record of an outcome, or what is open.
type diaryPlace struct {
	idx  int64
	open *Broadcast
}

// Diary reads a page of the diary.
func (a *API) Diary(q DiaryQuery) (Diary, error) {
	if !q.From.Before(q.Until) || q.Until.Sub(q.From) > DiaryLongest {
		return Diary{}, route.BadRequest("bad_diary_span", "until must lie after from, by at most 366 days")
	}
	open, err := a.undecided(q.From, q.Until)
	if err != nil {
		return Diary{}, err
	}
	w := &diaryWalk{query: q, open: open, last: map[string]int64{}}
	if err := a.o.Log.Briefs(q.From, q.Until, w.brief); err != nil {
		return Diary{}, logError(err)
	}
	w.openUntil(time.Time{})
	out := Diary{Matching: w.matching, GapsAll: w.gapsAll, Counts: sortedCounts(w.counts), Outputs: sortedCounts(w.outputs)}
	times := a.times()
	if out.Rows, err = a.diaryRows(w.page, times); err != nil {
		return Diary{}, err
	}
	if out.Gaps, err = a.diaryRows(w.gaps, times); err != nil {
		return Diary{}, err
	}
	out.Programmes, err = a.diaryProgrammes(w.last)
	return out, err
}

func (w *diaryWalk) brief(b playlog.Brief) error {
	w.openUntil(b.Due)
	output := ""
	if b.AiredMS > 0 {
		output = string(b.Output)
	}
	w.take(diaryPlace{idx: b.Idx}, string(b.Outcome), output, b.Programme, b.AiredMS)
	if b.Programme != "" {
		w.last[b.Programme] = b.Idx
	}
	if q := w.query.Programme; b.AiredMS > 0 && b.Why == "scheduled" && (q == "" || q == b.Programme) {
		w.outputs = add(w.outputs, DiaryWord{Output: output}, b.AiredMS)
	}
	return nil
}

// openUntil takes what is open and due before t; zero takes the rest.
func (w *diaryWalk) openUntil(t time.Time) {
	for len(w.open) > 0 && (t.IsZero() || w.open[0].Due.Before(t)) {
		b := &w.open[0]
		w.open = w.open[1:]
		if _, known := w.last[b.Programme]; !known && b.Programme != "" {
			w.last[b.Programme] = -1
		}
		w.take(diaryPlace{idx: -1, open: b}, b.Status, "", b.Programme, b.AiredMS)
	}
}

func (w *diaryWalk) take(at diaryPlace, status, output, programme string, airedMS int64) {
	if q := w.query.Programme; q != "" && q != programme {
		return
	}
	w.counts = add(w.counts, DiaryWord{status, output}, airedMS)
	if gap(status) {
		if w.gapsAll++; len(w.gaps) < gapsShown {
			w.gaps = append(w.gaps, at)
		}
	}
	switch only := w.query.Only; {
	case only == "", only == status, only == DiaryGaps && gap(status), only == DiaryOpen && status == StatusPending:
	default:
		return
	}
	if w.matching >= w.query.Offset && len(w.page) < w.query.Limit {
		w.page = append(w.page, at)
	}
	w.matching++
}

func add(to []DiaryCount, word DiaryWord, airedMS int64) []DiaryCount {
	for i := range to {
		if to[i].DiaryWord == word {
			to[i].N++
			to[i].AiredMS += airedMS
			return to
		}
	}
	return append(to, DiaryCount{word, 1, airedMS})
}

func sortedCounts(list []DiaryCount) []DiaryCount {
	slices.SortFunc(list, func(a, b DiaryCount) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Output, b.Output))
	})
	return list
}

// diaryRows reads what is shown.
func (a *API) diaryRows(places []diaryPlace, times *report.Times) ([]DiaryRow, error) {
	out := make([]DiaryRow, 0, len(places))
	for _, at := range places {
		if at.open != nil {
			out = append(out, DiaryRow{Broadcast: *at.open})
			continue
		}
		rec, o, err := a.outcomeAt(at.idx)
		if err != nil {
			return nil, err
		}
		out = append(out, DiaryRow{Broadcast: a.decided(rec.Idx, dueOr(o, rec)), Start: times.Near(rec, o.Started)})
	}
	return out, nil
}

// dueOr gives an emergency, which has no due time, that by which the log sorts it.
func dueOr(o evidence.OutcomeBody, rec evidence.Record) evidence.OutcomeBody {
	if o.Due.IsZero() {
		o.Due = rec.Wall
	}
	return o
}

// programmesOffered bounds the filter's list.
const programmesOffered = 200

// diaryProgrammes names the programmes of a period: by today's rules where they still are, else by their last record.
func (a *API) diaryProgrammes(last map[string]int64) ([]DiaryProgramme, error) {
	titles := map[string]string{}
	for _, p := range a.o.Rules.Programmes() {
		titles[p.ID] = p.Title
	}
	out, read := make([]DiaryProgramme, 0, len(last)), 0
	for id, idx := range last {
		title, known := titles[id]
		if !known && idx >= 0 && read < 20 { // one that was deleted since
			_, o, err := a.outcomeAt(idx)
			if err != nil {
				return nil, err
			}
			title = o.Title
			read++
		}
		out = append(out, DiaryProgramme{id, cmp.Or(title, id)})
	}
	slices.SortFunc(out, func(a, b DiaryProgramme) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	return out[:min(len(out), programmesOffered)], nil
}

// undecided is what is on air, and what was promised, is due and has no outcome, by due time.
func (a *API) undecided(from, until time.Time) ([]Broadcast, error) {
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(until) }
	var out []Broadcast
	onAir := ""
	if on := a.onAir(); on != nil {
		if onAir = on.Broadcast; within(on.Due) && !a.o.Log.Decided(on.Broadcast) {
			out = append(out, *on)
		}
	}
	owed, err := a.owed()
	if err != nil {
		return nil, err
	}
	now := a.o.Now()
	for _, b := range owed {
		if within(b.Due) && b.Due.Before(now) && b.Broadcast != onAir && !a.o.Log.Decided(b.Broadcast) {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b Broadcast) int { return a.Due.Compare(b.Due) })
	return out, nil
}
