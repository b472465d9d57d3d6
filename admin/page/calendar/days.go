package calendar

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// DaysPage is the special days: holidays, days off, days of mourning.
type DaysPage struct {
	frame.Shell
	List      []DayLine
	F         DayFields
	Wrong     Wrong
	Suggested []Suggestion
	Year      int // whose holidays are suggested; 0 for none
	Years     []int
	Mourning  *DayLine // days of mourning that are not over
	Night     *DayNight
}

// DayNight asks about a change of special days that lets something sound at night.
type DayNight struct {
	NightQuestion

	Action string
	Fields map[string]string
}

// DayLine is one special day of the list.
type DayLine struct {
	ID, Name, When, Rule, Source string
	Past, Mourning               bool
	next                         string
}

// Suggestion is a holiday that the station has not taken over.
type Suggestion struct {
	DayLine

	F        DayFields
	Verified string
}

// DayFields are a special day as its form holds it.
type DayFields struct {
	Name, From, Until, Lunar, Days, Before, Use, Schedule, Source, Verified string
	Mourning                                                                bool
}

func readDay(v url.Values) DayFields {
	return DayFields{Name: v.Get("name"), From: v.Get("from"), Until: v.Get("until"), Lunar: v.Get("lunar"), Days: v.Get("days"), Before: v.Get("before"),
		Use: v.Get("use"), Schedule: v.Get("schedule"), Source: v.Get("source"), Verified: v.Get("verified"), Mourning: v.Get("mourning") != ""}
}

// values is the form as it was sent, to be sent once more.
func (f DayFields) values() map[string]string {
	m := map[string]string{"name": f.Name, "from": f.From, "until": f.Until, "lunar": f.Lunar, "days": f.Days, "before": f.Before, "use": f.Use,
		"schedule": f.Schedule, "source": f.Source, "verified": f.Verified}
	if f.Mourning {
		m["mourning"] = "1"
	}
	return m
}

// useOther is the choice of a schedule of the day's own.
const useOther = "other"

func (f DayFields) day(w locale.Words) (schedule.SpecialDay, Wrong) {
	wrong := Wrong{}
	d := schedule.SpecialDay{Name: f.Name, From: readDate(f.From), Until: readDate(f.Until), Use: f.Use, Mourning: f.Mourning, Source: f.Source, Verified: readDate(f.Verified)}
	if f.Use == useOther {
		if d.Use = f.Schedule; strings.TrimSpace(f.Schedule) == "" {
			wrong["schedule"] = w.T("schedule.wrong.required")
		}
	}
	if strings.TrimSpace(f.Lunar) != "" {
		dates, bad := readLunar(f.Lunar)
		if bad != "" || len(dates) != 1 {
			wrong["lunar"] = w.T("schedule.wrong.lunar", f.Lunar)
		} else {
			d.Lunar = &dates[0]
		}
		for name, to := range map[string]*int{"days": &d.Days, "before": &d.Before} {
			text := map[string]string{"days": f.Days, "before": f.Before}[name]
			n, ok := readNumber(text, 0)
			if !ok {
				wrong[name] = w.T("schedule.wrong.number", text)
			}
			*to = int(n)
		}
	}
	return d, wrong
}

func (p *Pages) getDays(c *route.Call) (route.Reply, error) {
	year, err := c.Int("year", 0, 2000, 2100)
	if err != nil {
		return nil, err
	}
	page, err := p.daysPage(c, int(year), DayFields{})
	return route.Page{Name: "schedule_days.html", Data: page}, err
}

func (p *Pages) daysPage(c *route.Call, year int, f DayFields) (DaysPage, error) {
	w := c.Words
	shell, err := p.frame.Shell(c, schedulePath, w.T("schedule.days"))
	if err != nil {
		return DaysPage{}, err
	}
	today := shell.Now.At
	out := DaysPage{Shell: shell, F: f, Wrong: Wrong{}, Year: year, Years: []int{today.Year(), today.Year() + 1}}
	for _, d := range p.station.Days() {
		line := dayLine(w, d, today)
		out.List = append(out.List, line)
		if d.Mourning && !line.Past {
			out.Mourning = &line
		}
	}
	slices.SortStableFunc(out.List, func(a, b DayLine) int {
		if a.Past != b.Past {
			if a.Past {
				return 1
			}
			return -1
		}
		return strings.Compare(a.next, b.next)
	})
	if year == 0 {
		return out, nil
	}
	suggested, err := p.station.SuggestedDays(year)
	if err != nil {
		return out, err
	}
	for _, d := range suggested {
		s := Suggestion{DayLine: dayLine(w, d, time.Date(year, 1, 1, 0, 0, 0, 0, today.Location())), Verified: typedDay(d.Verified),
			F: DayFields{Name: d.Name, From: string(d.From), Until: string(d.Until), Source: d.Source, Verified: string(d.Verified)}}
		if d.Lunar != nil {
			s.F.Lunar, s.F.Days, s.F.Before = lunarWritten([]schedule.LunarDate{*d.Lunar}), strconv.Itoa(max(d.Days, 1)), strconv.Itoa(d.Before)
		}
		out.Suggested = append(out.Suggested, s)
	}
	return out, nil
}

func typedDay(d schedule.Date) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return frame.DayText(t)
}

// dayLine says when a special day is and what it does. A lunar one is told with its next days by the solar calendar.
func dayLine(w locale.Words, d schedule.SpecialDay, today time.Time) DayLine {
	l := DayLine{ID: d.ID, Name: d.Name, Source: d.Source, Mourning: d.Mourning, Rule: w.T("schedule.use.ordinary")}
	switch {
	case d.Use == schedule.ScheduleOff:
		l.Rule = w.T("schedule.use.off")
	case d.Use != schedule.ScheduleOrdinary:
		l.Rule = w.T("schedule.day.other", d.Use)
	}
	if d.Mourning {
		l.Rule += " · " + w.T("schedule.day.mourning")
	}
	now := today.Format(time.DateOnly)
	if d.Lunar == nil {
		last := d.From
		if d.Until != "" {
			last = d.Until
		}
		l.next, l.Past = string(d.From), string(last) < now
		l.When = typedDay(d.From)
		if last != d.From {
			l.When += " – " + typedDay(last)
		}
		return l
	}
	l.When = w.T("schedule.lunar_date", d.Lunar.Day, d.Lunar.Month)
	for year := today.Year() - 1; year <= today.Year()+1; year++ {
		first, ok := schedule.SolarOf(year, d.Lunar.Month, d.Lunar.Day, false)
		at, err := time.Parse(time.DateOnly, string(first))
		if !ok || err != nil {
			continue
		}
		from, until := at.AddDate(0, 0, -d.Before), at.AddDate(0, 0, max(d.Days, 1)-1)
		if until.Format(time.DateOnly) < now {
			continue
		}
		l.next = from.Format(time.DateOnly)
		l.When += ": " + frame.DayText(from)
		if until.After(from) {
			l.When += " – " + frame.DayText(until)
		}
		break
	}
	return l
}

func (p *Pages) postDay(c *route.Call) (route.Reply, error) {
	v, err := sentForm(c)
	if err != nil {
		return nil, err
	}
	f := readDay(v)
	d, wrong := f.day(c.Words)
	if len(wrong) == 0 {
		return p.storedDay(c, f, schedulePath+"/days", v, func(act api.Act) error {
			_, err := p.station.SaveDay(act, d)
			return err
		})
	}
	page, err := p.daysPage(c, 0, f)
	page.Wrong, page.Notice = wrong, frame.Notice{Mark: "bad", Text: c.Words.T("schedule.not_saved")}
	return route.Page{Status: http.StatusUnprocessableEntity, Name: "schedule_days.html", Data: page}, err
}

// storedDay does an act on the special days. What it lets sound at night is named and asked about; the answer counts for that
// moment only.
func (p *Pages) storedDay(c *route.Call, f DayFields, action string, v url.Values, do func(api.Act) error) (route.Reply, error) {
	act := api.ActOf(c)
	act.Night = false
	err := do(act)
	problem := (*route.Problem)(nil)
	if err != nil {
		problem = p.frame.ProblemOf(err)
	}
	seen := ""
	if problem != nil && problem.Code == "confirm_night" {
		seen = problem.Detail
		if v.Get("do") == "night" && v.Get("seen") == seen {
			act.Night = true
			if err = do(act); err != nil {
				problem = p.frame.ProblemOf(err)
			}
		}
	}
	if err == nil {
		return notedAt(schedulePath+"/days", "schedule_day_saved", ""), nil
	}
	page, failed := p.daysPage(c, 0, f)
	if failed != nil {
		return nil, failed
	}
	page.Notice, _ = p.frame.Refused(c.Words, err)
	page.Wrong = wrongOf(c.Words, problem.Fields)
	if problem.Code == "confirm_night" {
		page.Notice = frame.Notice{}
		page.Night = &DayNight{Action: action, Fields: f.values(), NightQuestion: NightQuestion{Seen: seen, Times: nightTimes(c.Words, problem)}}
	}
	return route.Page{Status: problem.Status, Name: "schedule_days.html", Data: page}, nil
}

// nightTimes is the moment that a refusal names.
func nightTimes(w locale.Words, problem *route.Problem) []string {
	o, ok := problem.Context["occurrence"].(api.Occurrence)
	if !ok {
		return []string{problem.Detail}
	}
	return []string{dayAndTime(w, o.Start) + ": " + o.Title}
}

func (p *Pages) postMourning(c *route.Call) (route.Reply, error) {
	v, err := sentForm(c)
	if err != nil {
		return nil, err
	}
	f := DayFields{Name: v.Get("name"), From: v.Get("from"), Until: v.Get("until"), Mourning: true}
	return p.storedDay(c, f, schedulePath+"/days/mourning", v, func(act api.Act) error {
		_, err := p.station.Mourning(act, f.Name, readDate(f.From), readDate(f.Until))
		return err
	})
}

func (p *Pages) postDeleteDay(c *route.Call) (route.Reply, error) {
	v, err := sentForm(c)
	if err != nil {
		return nil, err
	}
	id := c.Param("id")
	return p.storedDay(c, DayFields{}, fmt.Sprintf("%s/days/%s/delete", schedulePath, url.PathEscape(id)), v, func(act api.Act) error {
		return p.station.DeleteDay(act, id)
	})
}
