package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// The hours that the week shows in any case, how much one of its fields holds, and how many rows a day has before it asks.
const (
	firstHour   = 5
	lastHour    = 20
	cellHolds   = 4
	dayListRows = 120
)

// Week is the calendar: seven days as a grid where there is room, and one of them as a list.
type Week struct {
	frame.Shell
	Range      string // "02/03 – 08/03/2026"
	Prev, Next string // a day of the week before and after
	Current    bool   // this week: it moves by itself
	Days       []WeekDay
	Hours      []WeekHour
	Chosen     WeekDay
	Rows       []Slot // of the chosen day
	Hidden     int    // rows of it that are not shown
	Counts     string
	Faults     []string
	NoLog      bool
	All        bool
}

// WeekDay is one day of the week.
type WeekDay struct {
	Date     time.Time
	Key      string // "2006-01-02"
	Name     string // weekday
	Lunar    string
	Names    []string // of the special days that it belongs to
	Rule     string   // what the day is, in words; "" for a day like any other
	Today    bool
	Chosen   bool
	Past     bool
	Count    int
	Troubled bool // something of it did not or will not air
}

// WeekHour is one line of the grid.
type WeekHour struct {
	Hour  int
	Empty bool
	Cells []WeekCell
}

// WeekCell is one hour of one day: its broadcasts, or where they are too many, how many there are of which programme.
type WeekCell struct {
	Key, Label string
	Slots      []Slot
	Groups     []WeekGroup
}

// WeekGroup is many broadcasts of one title in one hour.
type WeekGroup struct {
	Title          string
	Count, Trouble int
}

// Slot is one broadcast of the calendar.
type Slot struct {
	airing.Row
	ID       string // of the occurrence; "" for a rehearsal or an emergency, which have no page here
	Anchor   string // an ID in the page
	Class    string // in words, "" for ordinary
	Priority bool
	Ask      bool // it does not air as planned, so the grid offers to say why
	Trouble  bool // and nobody meant it so
	Movable  bool
}

func (p *Pages) getWeek(c *route.Call) (route.Reply, error) {
	shell, err := p.frame.Shell(c, schedulePath, c.Words.T("menu.schedule"))
	if err != nil {
		return nil, err
	}
	day, err := c.Time("day", shell.Now.At.Location(), shell.Now.At)
	if err != nil {
		return nil, err
	}
	if y := day.Year(); y < 2000 || y > 2199 {
		return nil, route.BadRequest("bad_time", "the calendar goes from 2000 to 2199")
	}
	wk, err := p.week(c, shell, day.In(shell.Now.At.Location()))
	if err != nil {
		return nil, err
	}
	if c.Query("part") == "week" {
		return route.Page{Name: "schedule-week", Data: wk}, nil
	}
	wk.Notice.Undo = p.undo(c)
	return route.Page{Name: "schedule.html", Data: wk}, nil
}

// undo is how the act that the note tells of is taken back: the address names an occurrence or a programme that there is.
func (p *Pages) undo(c *route.Call) *frame.Undo {
	id := c.Query("undo")
	if id == "" {
		return nil
	}
	switch c.Query("note") {
	case "schedule_cancelled", "schedule_changed":
		if o, err := p.station.Occurrence(c.Words, id); err == nil && o.Ahead && o.Exception != nil {
			return &frame.Undo{Action: occurrencePath(id, "/restore")}
		}
	case "schedule_paused":
		if pr, err := p.station.Programme(id); err == nil && pr.Paused {
			return &frame.Undo{Action: schedulePath + "/" + pr.ID + "/resume"}
		}
	}
	return nil
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func (p *Pages) week(c *route.Call, shell frame.Shell, day time.Time) (Week, error) {
	w, now := c.Words, shell.Now.At
	day = midnight(day)
	monday := day.AddDate(0, 0, -int(day.Weekday()+6)%7)
	end := monday.AddDate(0, 0, 7)
	wk := Week{Shell: shell, Range: monday.Format("02/01") + " – " + monday.AddDate(0, 0, 6).Format("02/01/2006"),
		Prev: day.AddDate(0, 0, -7).Format(time.DateOnly), Next: day.AddDate(0, 0, 7).Format(time.DateOnly),
		Current: !now.Before(monday) && now.Before(end), All: c.Query("all") != ""}
	list, err := p.station.Broadcasts(monday, end)
	if err != nil && !errors.Is(err, api.ErrLog) { // without the log the page still says so and shows the days
		return wk, err
	}
	wk.NoLog = err != nil
	list = append(list, p.station.CancelledAhead(monday, end)...)
	slices.SortStableFunc(list, func(a, b api.Broadcast) int { return a.Due.Compare(b.Due) })
	byDay := make(map[string][]api.Broadcast)
	for _, b := range list {
		key := b.Due.In(day.Location()).Format(time.DateOnly)
		byDay[key] = append(byDay[key], b)
	}
	slots := make([][]Slot, 7)
	for i := range 7 {
		d := p.weekDay(w, monday.AddDate(0, 0, i), now)
		for j, b := range byDay[d.Key] {
			s := slot(w, b, fmt.Sprintf("%s-%d", d.Key, j))
			s.Movable = s.Movable && shell.MayAct && b.Due.After(now)
			d.Troubled = d.Troubled || s.Trouble
			slots[i] = append(slots[i], s)
		}
		d.Count, d.Chosen = len(slots[i]), d.Date.Equal(day)
		if d.Chosen {
			wk.Chosen, wk.Rows, wk.Counts = d, slots[i], airing.Counts(w, byDay[d.Key])
		}
		wk.Days = append(wk.Days, d)
	}
	if !wk.All && len(wk.Rows) > dayListRows {
		wk.Hidden = len(wk.Rows) - dayListRows
		at, _ := slices.BinarySearchFunc(wk.Rows, now, func(s Slot, t time.Time) int { return s.Due.Compare(t) })
		from := min(max(0, at-dayListRows/2), wk.Hidden)
		wk.Rows = wk.Rows[from : from+dayListRows]
	}
	wk.Hours = hours(wk.Days, slots)
	for _, f := range p.station.Faults() {
		wk.Faults = append(wk.Faults, p.faultText(w, f))
	}
	return wk, nil
}

func (p *Pages) faultText(w locale.Words, f schedule.Fault) string {
	if pr, err := p.station.Programme(f.ProgrammeID); err == nil {
		return w.T("schedule.fault", pr.Title, f.Detail)
	}
	return w.T("schedule.fault.station", f.Detail)
}

func (p *Pages) weekDay(w locale.Words, date, now time.Time) WeekDay {
	d := WeekDay{Date: date, Key: date.Format(time.DateOnly), Name: frame.Weekday(w, date), Today: date.Equal(midnight(now)), Past: date.Before(midnight(now))}
	rule := p.station.DayOn(schedule.Date(d.Key))
	d.Lunar, d.Names = rule.Lunar, rule.Names
	switch {
	case rule.Use == schedule.ScheduleOff:
		d.Rule = w.T("schedule.day.off")
	case rule.Use != schedule.ScheduleOrdinary:
		d.Rule = w.T("schedule.day.other", rule.Use)
	case rule.Mourning:
		d.Rule = w.T("schedule.day.mourning")
	}
	return d
}

func slot(w locale.Words, b api.Broadcast, anchor string) Slot {
	s := Slot{Row: airing.RowOf(w, b), Anchor: anchor, Priority: b.Class == string(schedule.Priority)}
	if b.Class != "" && b.Class != string(schedule.Ordinary) {
		s.Class = w.Or("schedule.class."+b.Class, b.Class)
	}
	if strings.Contains(b.Broadcast, "@") { // its ID is an occurrence's
		s.ID = b.Broadcast
	}
	switch b.Status {
	case api.StatusPlanned, api.StatusWillWait, api.StatusWillSkip:
		s.Movable = s.ID != ""
	}
	switch b.Status {
	case api.StatusPlanned, api.StatusPending, api.StatusOnAir, string(evidence.Full):
		s.Ask = b.Status == api.StatusPlanned && b.Reason != ""
	default:
		s.Ask = true
	}
	switch schedule.Reason(b.Reason) {
	case schedule.ReasonDayOff, schedule.ReasonOtherDay, schedule.ReasonMourning: // the station's own special days
	default:
		s.Trouble = s.Ask && b.Status != string(evidence.Cancelled)
	}
	return s
}

// hours sorts the days' broadcasts into the lines of the grid: the hours of an ordinary day, and those in which there is
// something.
func hours(days []WeekDay, slots [][]Slot) []WeekHour {
	var used [24]bool
	for h := firstHour; h <= lastHour; h++ {
		used[h] = true
	}
	var at [24][7][]Slot
	for i := range slots {
		for _, s := range slots[i] {
			h := s.Due.In(days[i].Date.Location()).Hour()
			used[h] = true
			at[h][i] = append(at[h][i], s)
		}
	}
	var out []WeekHour
	for h, is := range used {
		if !is {
			continue
		}
		line := WeekHour{Hour: h, Empty: true}
		for i, d := range days {
			cell := WeekCell{Key: d.Key, Label: fmt.Sprintf("%s %02d:00", d.Name, h), Slots: at[h][i]}
			line.Empty = line.Empty && len(at[h][i]) == 0
			if len(cell.Slots) > cellHolds {
				cell.Groups, cell.Slots = groups(cell.Slots), nil
			}
			line.Cells = append(line.Cells, cell)
		}
		out = append(out, line)
	}
	return out
}

func groups(slots []Slot) []WeekGroup {
	var out []WeekGroup
	for _, s := range slots {
		i := slices.IndexFunc(out, func(g WeekGroup) bool { return g.Title == s.Title })
		if i < 0 {
			out, i = append(out, WeekGroup{Title: s.Title}), len(out)
		}
		out[i].Count++
		if s.Trouble {
			out[i].Trouble++
		}
	}
	return out
}

// Programmes is the list of all programmes.
type Programmes struct {
	frame.Shell
	List []ProgrammeLine
}

// ProgrammeLine is one programme of the list.
type ProgrammeLine struct {
	ID, Title, Sentence, Plays, Class string
	Paused, Campaign                  bool
}

func (p *Pages) getProgrammes(c *route.Call) (route.Reply, error) {
	shell, err := p.frame.Shell(c, schedulePath, c.Words.T("schedule.programmes"))
	if err != nil {
		return nil, err
	}
	out := Programmes{Shell: shell}
	for _, pr := range p.station.Programmes() {
		if !pr.EndsBefore.IsZero() && pr.EndsBefore.Before(shell.Now.At) {
			continue // another one followed it
		}
		out.List = append(out.List, p.programmeLine(c.Words, pr))
	}
	return route.Page{Name: "schedule_programmes.html", Data: out}, nil
}

func (p *Pages) programmeLine(w locale.Words, pr schedule.Programme) ProgrammeLine {
	l := ProgrammeLine{ID: pr.ID, Title: pr.Title, Sentence: p.station.Sentence(w, pr), Paused: pr.Paused, Campaign: pr.CampaignID != "",
		Class: w.Or("schedule.class."+string(pr.Class), string(pr.Class))}
	if plays, ok := p.station.ContentOf(pr.PlaylistID, false); ok {
		l.Plays = plays.Title
	}
	return l
}
