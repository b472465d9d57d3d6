package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/schedule"
)

// How much a preview shows.
const (
	previewTimes   = 16 // of one day
	previewChanged = 8
	previewNotes   = 8
	previewNights  = 6
	previewFar     = 91 // days in which the first broadcast is looked for when the next seven have none
)

// PlanPreview is what a change would do, before it is saved.
type PlanPreview struct {
	W        locale.Words
	Sentence string
	Heading  string
	Days     []AheadDay
	None     bool     // nothing in the next seven days
	Later    string   // when it plays for the first time then; "" for never in three months
	Notes    []string // what keeps some from airing as planned
	Changed  []PreviewLine
	More     int      // other programmes' broadcasts that change and are not shown
	Warnings []string // what the rule does not say by itself
	Wrong    []string // why there is no preview
	Night    *NightQuestion
}

// AheadDay is the times of one day.
type AheadDay struct {
	Name  string
	Times []PreviewTime
	More  int // times that are not shown
}

// PreviewTime is one start.
type PreviewTime struct{ Clock, Mark, Status string }

// PreviewLine is one broadcast with what becomes of it.
type PreviewLine struct {
	Name, When string
	Says       []string
}

// NightQuestion asks a second time about what would sound between 21:00 and 06:00. Seen is what is asked about: saying yes
// to it says yes to nothing else.
type NightQuestion struct {
	Seen  string
	Times []string
	More  int
}

func verdictMark(o api.Occurrence) (mark, status string) {
	switch schedule.Verdict(o.Verdict) {
	case schedule.VerdictWaits:
		return "warn", api.StatusWillWait
	case schedule.VerdictSkipped:
		return "bad", api.StatusWillSkip
	}
	if len(o.Cuts) > 0 {
		return "warn", api.StatusPlanned
	}
	return "ok", api.StatusPlanned
}

// previewShown puts a preview into words.
func previewShown(w locale.Words, pre api.Preview, now time.Time) PlanPreview {
	out := PlanPreview{W: w, Sentence: pre.Sentence, Heading: w.T("schedule.preview.days"), None: len(pre.Occurrences) == 0, Night: nightOf(w, pre)}
	if !sameDay(pre.From, now) {
		out.Heading = w.T("schedule.preview.from", frame.DayText(pre.From))
	}
	for _, o := range pre.Occurrences {
		name := frame.Weekday(w, o.Due) + " " + o.Due.Format("02/01")
		if n := len(out.Days); n == 0 || out.Days[n-1].Name != name {
			out.Days = append(out.Days, AheadDay{Name: name})
		}
		d := &out.Days[len(out.Days)-1]
		if mark, status := verdictMark(o); len(d.Times) < previewTimes {
			d.Times = append(d.Times, PreviewTime{Clock: frame.ClockText(o.Due), Mark: mark, Status: w.T("status." + status)})
		} else {
			d.More++
		}
		for _, note := range remarks(o) {
			if !slices.Contains(out.Notes, note) && len(out.Notes) < previewNotes {
				out.Notes = append(out.Notes, note)
			}
		}
	}
	for i, o := range pre.Changed {
		if i == previewChanged {
			out.More = len(pre.Changed) - i
			break
		}
		out.Changed = append(out.Changed, PreviewLine{Name: o.Title, When: dayAndTime(w, o.Due), Says: o.Why})
	}
	return out
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// remarks is what is said of an occurrence beside that it airs.
func remarks(o api.Occurrence) []string {
	if o.Verdict == string(schedule.VerdictAirs) && len(o.Why) > 0 {
		return o.Why[1:]
	}
	return o.Why
}

// nightOf is the question about the night; nil when nothing new sounds then.
func nightOf(w locale.Words, pre api.Preview) *NightQuestion {
	if pre.Night == nil {
		return nil
	}
	q := &NightQuestion{}
	hours := map[string]bool{} // by weekday and clock: they stay the same while somebody thinks about it
	told := map[string]bool{}
	add := func(o api.Occurrence) {
		hours[o.Start.Format("Mon 15:04")] = true
		text := dayAndTime(w, o.Start) + ": " + o.Title
		if told[text] {
			return
		}
		told[text] = true
		if len(q.Times) < previewNights {
			q.Times = append(q.Times, text)
		} else {
			q.More++
		}
	}
	add(*pre.Night)
	for _, list := range [][]api.Occurrence{pre.Occurrences, pre.Changed} {
		for _, o := range list {
			if o.Verdict != string(schedule.VerdictSkipped) && schedule.AtNight(o.Start) {
				add(o)
			}
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Keys(hours)), "|")))
	q.Seen = hex.EncodeToString(sum[:8])
	return q
}

// meant says whether somebody who saw the question answered yes to just that.
func (q *NightQuestion) meant(do, seen string) bool {
	return q != nil && do == "night" && seen == q.Seen
}
