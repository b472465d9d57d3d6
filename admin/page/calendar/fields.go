package calendar

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// Forms beside those of schedule.When.
const (
	formCron   = "cron"
	formStarts = "starts"
)

// ProgrammeFields is a programme as its form holds it: text, as it was typed, so that nothing is lost on the way.
type ProgrammeFields struct {
	Title, What, Search              string // What is "l:" and a playlist's ID, or "c:" and a clip's
	Form, Times                      string
	Weekdays, Nth                    []int
	Dates                            []string
	Every, EveryFrom, Lunar          string
	Cron, Starts                     string
	From, Until                      string
	Class, Volume, Late              string
	ResumePower, ResumeCut           bool
	Paused                           bool
	PausedUntil                      string
	Order, Schedule, Opening, Ending string
	Revision                         string
}

// blank is the form of a new programme.
func blank() ProgrammeFields {
	return ProgrammeFields{Form: string(schedule.FormDaily), Class: string(schedule.Ordinary), Volume: "100"}
}

func fieldsOf(p schedule.Programme, loc *time.Location) ProgrammeFields {
	f := ProgrammeFields{Title: p.Title, What: "l:" + p.PlaylistID, Form: formCron, Cron: p.Cron, From: string(p.ValidFrom), Until: string(p.ValidUntil),
		Class: string(p.Class), Volume: strconv.Itoa(p.VolumePercent), ResumePower: p.ResumeAfterPowerCut, ResumeCut: p.ResumeAfterCut,
		Paused: p.Paused, Schedule: p.Schedule, Opening: p.Opening, Ending: p.Closing, Revision: strconv.FormatInt(p.Revision, 10)}
	if p.LatenessS > 0 {
		f.Late = strconv.FormatInt((p.LatenessS+59)/60, 10)
	}
	if p.Order != 0 {
		f.Order = strconv.FormatInt(p.Order, 10)
	}
	if !p.PausedUntil.IsZero() {
		f.PausedUntil = p.PausedUntil.In(loc).Format(momentLayout)
	}
	if len(p.Starts) > 0 {
		f.Form = formStarts
		var lines []string
		for _, t := range p.Starts {
			layout := "15:04 02/01/2006"
			if t.Second() != 0 {
				layout = "15:04:05 02/01/2006"
			}
			lines = append(lines, t.In(loc).Format(layout))
		}
		f.Starts = strings.Join(lines, "\n")
	}
	if w := p.When; w != nil {
		f.Form, f.Times, f.Weekdays, f.Nth = string(w.Form), strings.Join(w.Times, ", "), w.Weekdays, w.Nth
		f.EveryFrom, f.Lunar = string(w.From), lunarWritten(w.Lunar)
		if w.EveryDays > 0 {
			f.Every = strconv.Itoa(w.EveryDays)
		}
		for _, d := range w.Dates {
			f.Dates = append(f.Dates, string(d))
		}
	}
	return f
}

func readFields(v url.Values) ProgrammeFields {
	f := ProgrammeFields{Title: v.Get("title"), What: v.Get("what"), Search: v.Get("q"), Form: v.Get("form"), Times: v.Get("times"),
		Weekdays: readNumbers(v["weekday"]), Nth: readNumbers(v["nth"]), Every: v.Get("every"), EveryFrom: v.Get("every_from"), Lunar: v.Get("lunar"),
		Cron: v.Get("cron"), Starts: v.Get("starts"), From: v.Get("from"), Until: v.Get("until"), Class: v.Get("class"), Volume: v.Get("volume"),
		Late: v.Get("late"), ResumePower: v.Get("resume_power") != "", ResumeCut: v.Get("resume_cut") != "", Paused: v.Get("paused") != "",
		PausedUntil: v.Get("paused_until"), Order: v.Get("order"), Schedule: v.Get("schedule"), Opening: v.Get("opening"), Ending: v.Get("closing"),
		Revision: v.Get("rev")}
	for _, d := range v["date"] {
		if strings.TrimSpace(d) != "" {
			f.Dates = append(f.Dates, d)
		}
	}
	return f
}

// Wrong is what is wrong with the fields of a form: a sentence by the name of the field.
type Wrong map[string]string

// draft lays the form over a programme as it is stored. What cannot even be read is told at its field.
func (f ProgrammeFields) draft(w locale.Words, base schedule.Programme, loc *time.Location) (api.Draft, Wrong) {
	wrong, p := Wrong{}, base
	number := func(field, text string, otherwise int64) int64 {
		n, ok := readNumber(text, otherwise)
		if !ok {
			wrong[field] = w.T("schedule.wrong.number", text)
		}
		return n
	}
	p.Title, p.ValidFrom, p.ValidUntil = f.Title, readDate(f.From), readDate(f.Until)
	p.Class, p.Schedule, p.Opening, p.Closing = schedule.Class(f.Class), f.Schedule, f.Opening, f.Ending
	p.ResumeAfterPowerCut, p.ResumeAfterCut, p.Paused = f.ResumePower, f.ResumeCut, f.Paused
	p.VolumePercent = int(number("volume", f.Volume, 100))
	p.Order = number("order", f.Order, 0)
	if late := number("late", f.Late, 0); (base.LatenessS+59)/60 != late { // an odd number of seconds stays unless it is changed
		p.LatenessS = late * 60
	}
	p.Revision = number("rev", f.Revision, 0)
	p.PausedUntil = time.Time{}
	if f.Paused && strings.TrimSpace(f.PausedUntil) != "" {
		t, ok := readMoment(f.PausedUntil, loc)
		if !ok {
			wrong["paused_until"] = w.T("schedule.wrong.moment", f.PausedUntil)
		}
		p.PausedUntil = t
	}
	d := api.Draft{}
	kind, id, _ := strings.Cut(f.What, ":")
	if kind == "c" {
		d.ClipID, p.PlaylistID = id, id // the second stands in until the clip's playlist is found
	} else {
		p.PlaylistID = id
	}
	f.timing(w, &p, loc, wrong)
	d.Programme = p
	return d, wrong
}

// timing reads when the programme plays; what belongs to other forms is left out.
func (f ProgrammeFields) timing(w locale.Words, p *schedule.Programme, loc *time.Location, wrong Wrong) {
	p.Cron, p.Starts, p.When = "", nil, nil
	var bad string
	switch f.Form {
	case formCron:
		p.Cron = f.Cron
		return
	case formStarts:
		if p.Starts, bad = readMoments(f.Starts, loc); bad != "" {
			wrong["starts"] = w.T("schedule.wrong.moment", bad)
		}
		return
	}
	when := schedule.When{Form: schedule.Form(f.Form)}
	if when.Times, bad = readTimes(f.Times); bad != "" {
		wrong["times"] = w.T("schedule.wrong.time", bad)
	}
	switch when.Form {
	case schedule.FormWeekdays:
		when.Weekdays = f.Weekdays
	case schedule.FormMonthly:
		when.Weekdays, when.Nth = f.Weekdays, f.Nth
	case schedule.FormDates:
		when.Dates = readDates(f.Dates)
	case schedule.FormEvery:
		n, ok := readNumber(f.Every, 0)
		if !ok {
			wrong["every"] = w.T("schedule.wrong.number", f.Every)
		}
		when.EveryDays, when.From = int(n), readDate(f.EveryFrom)
	case schedule.FormLunar:
		if when.Lunar, bad = readLunar(f.Lunar); bad != "" {
			wrong["lunar"] = w.T("schedule.wrong.lunar", bad)
		}
	}
	p.When = &when
}

// fieldNames are the form's names of the rulebook's fields.
var fieldNames = map[string]string{"playlist_id": "what", "when.form": "form", "when.times": "times", "when.weekdays": "weekday", "when.nth": "nth",
	"when.dates": "date", "when.every_days": "every", "when.from": "every_from", "when.lunar": "lunar", "valid_from": "from", "valid_until": "until",
	"volume_percent": "volume", "lateness_s": "late", "when": "form"}

// wrongOf puts the problem's fields into words of the form.
func wrongOf(w locale.Words, fields []route.Field) Wrong {
	wrong := Wrong{}
	for _, f := range fields {
		name, _, _ := strings.Cut(f.Field, "[")
		if n, ok := fieldNames[name]; ok {
			name = n
		}
		if _, told := wrong[name]; !told {
			wrong[name] = w.Or("schedule.wrong."+name+"."+f.Code, w.Or("schedule.wrong."+f.Code, f.Message))
		}
	}
	return wrong
}

// list is the sentences in the order of the form's fields, for those who do not see the fields.
func (w Wrong) list() []string {
	var names []string
	for name := range w {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []string
	for _, name := range names {
		out = append(out, w[name])
	}
	return out
}
