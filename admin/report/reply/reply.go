package reply

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"loaxa/admin/report"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// Reply is a campaign's account.
type Reply struct {
	// The letter as the newest record of the campaign has it; as the campaign has it where nothing is on record yet.
	Letter      evidence.Letter
	Title       string
	StationName string
	StationCode string
	Asked       Asked
	// Account holds the campaign's rows alone, with the checkpoint that they rest on.
	Account *report.Account
	Sum     report.Total
	Weeks   []Week
	Gaps    []Gap
	Clips   []Clip
	// Complete: the last broadcast that was asked for is over, and nothing that was due is without an outcome.
	Complete bool
}

// Asked is what the letter asks for, by the campaign that was drawn up from it.
type Asked struct {
	From, Until schedule.Date
	Times       []string // of each day
	Weekdays    []int    // 1 Monday … 7 Sunday; none: every day
	Days        int      // on which something is asked for
	Slots       int64    // days × times
	Target      int64    // as the letter says; else Slots
	ReportDue   schedule.Date
}

// Week is one week of the campaign, from its Monday.
type Week struct {
	Monday  time.Time
	Asked   int64 // slots of it
	Aired   int64 // counted, make-ups of other weeks included
	AiredMS int64
	Failed  int64   // on record, and does not count
	Open    int64   // due, and without an outcome
	Absent  int64   // asked for, and never planned
	Rows    []int32 // indexes into Account.Rows
}

// Missed says whether something was asked for in the week and nothing of it was aired.
func (w Week) Missed() bool { return w.Asked > 0 && w.Aired == 0 }

// Gap is a broadcast of the campaign that does not count, and what made up for it.
type Gap struct {
	Row  int // index into Account.Rows
	Made int // index of the make-up that counts, -1 while there is none
}

// Clip is one that was aired for the campaign.
type Clip struct {
	Title      string
	SHA256     string // of the file as it was handed over
	Source     string
	DurationMS int64
	Plays      int64 // in broadcasts that count
	AiredMS    int64 // likewise
}

// farMakeups is how long after its last day a campaign's make-ups are looked for.
const farMakeups = 92 * 24 * time.Hour

// Read makes the reply from the log's first size records (0: as it stands, signed for it).
func Read(ctx context.Context, log *playlog.Log, k schedule.Campaign, size int64, zone *time.Location, step report.Step) (*Reply, error) {
	from, until := k.Days(zone)
	if from.IsZero() || until.IsZero() || !from.Before(until) {
		return nil, fmt.Errorf("replying for campaign %s: %w", k.ID, report.ErrPeriod)
	}
	a, err := report.Read(ctx, log, report.Query{From: from, Until: until.Add(farMakeups), Size: size}, step)
	if err != nil {
		return nil, fmt.Errorf("replying for campaign %s: %w", k.ID, err)
	}
	return Of(a, k, zone), nil
}

// Of makes the reply from an account that covers the campaign's days and its make-ups.
func Of(a *report.Account, k schedule.Campaign, zone *time.Location) *Reply {
	own := *a
	own.Rows, own.Figures = nil, evidence.NewFigures() // the figures were those of the whole station
	for _, r := range a.Rows {
		if r.Letter != nil && r.Letter.Campaign == k.ID && r.Why == "scheduled" {
			own.Rows = append(own.Rows, r)
		}
	}
	r := &Reply{Title: k.Title, Asked: askedBy(k, zone), Account: &own, Sum: own.Sum(),
		Letter: evidence.Letter{Campaign: k.ID, Title: k.Title, Agency: k.Agency, Number: k.Number, Date: string(k.Date)}}
	for _, row := range own.Rows {
		r.Letter, r.Title = *row.Letter, cmp.Or(row.Letter.Title, r.Title)
		r.StationName, r.StationCode = cmp.Or(row.StationName, r.StationName), cmp.Or(row.StationCode, r.StationCode)
	}
	r.weeks(k, zone)
	r.gaps()
	r.clips()
	r.Complete = a.Read.After(lastMoment(k, zone)) && r.Sum.By[report.Open].N == 0
	return r
}

// askedBy counts what the campaign asks for.
func askedBy(k schedule.Campaign, zone *time.Location) Asked {
	a := Asked{From: k.From, Until: k.Until, Times: k.Times, Weekdays: k.Weekdays, ReportDue: k.ReportDue}
	eachDay(k, zone, func(time.Time) { a.Days++ })
	a.Slots = int64(a.Days * len(k.Times))
	a.Target = cmp.Or(k.Target, a.Slots)
	return a
}

// eachDay calls fn with the midnight of each day on which the campaign asks for something.
func eachDay(k schedule.Campaign, zone *time.Location, fn func(time.Time)) {
	from, until := k.Days(zone)
	for d, n := from, 0; d.Before(until) && n < 2*schedule.MaxCampaignDays; d, n = d.AddDate(0, 0, 1), n+1 {
		if len(k.Weekdays) == 0 || slices.Contains(k.Weekdays, (int(d.Weekday())+6)%7+1) {
			fn(d)
		}
	}
}

// slot is a time of a day; false for what is none.
func slot(day time.Time, clock string) (time.Time, bool) {
	at, err := time.Parse("15:04", clock)
	return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, day.Location()), err == nil
}

// lastMoment is when the last broadcast that was asked for is due.
func lastMoment(k schedule.Campaign, zone *time.Location) time.Time {
	_, end := k.Days(zone)
	last := end.Add(-time.Second)
	eachDay(k, zone, func(d time.Time) {
		for _, t := range k.Times {
			if at, ok := slot(d, t); ok && (last.Equal(end.Add(-time.Second)) || at.After(last)) {
				last = at
			}
		}
	})
	return last
}

func monday(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, t.Location())
}

// weeks counts what was asked for and what came of it, week by week. What was made up for later stands in its own week.
func (r *Reply) weeks(k schedule.Campaign, zone *time.Location) {
	at := map[string]int{}
	week := func(t time.Time) *Week {
		first := monday(t.In(zone))
		key := first.Format(time.DateOnly)
		if _, known := at[key]; !known {
			at[key] = len(r.Weeks)
			r.Weeks = append(r.Weeks, Week{Monday: first})
		}
		return &r.Weeks[at[key]]
	}
	due, planned := map[string]int64{}, map[string]int64{}
	eachDay(k, zone, func(d time.Time) {
		w := week(d)
		w.Asked += int64(len(k.Times))
		for _, t := range k.Times {
			if at, ok := slot(d, t); ok && at.Before(r.Account.Read) {
				due[w.Monday.Format(time.DateOnly)]++
			}
		}
	})
	for _, row := range r.Account.Rows {
		if row.MakeupOf == "" {
			planned[monday(row.Due.In(zone)).Format(time.DateOnly)]++
		}
	}
	for _, total := range r.Account.Totals(report.ByWeek, zone) {
		first, err := time.ParseInLocation(time.DateOnly, total.Key, zone)
		if err != nil {
			continue
		}
		w := week(first)
		w.Aired, w.AiredMS, w.Open, w.Rows = total.Counted().N, total.Counted().AiredMS, total.By[report.Open].N, total.Rows
		w.Failed = int64(len(total.Rows)) - w.Aired - w.Open
	}
	for i := range r.Weeks {
		key := r.Weeks[i].Monday.Format(time.DateOnly)
		r.Weeks[i].Absent = max(0, due[key]-planned[key])
	}
	slices.SortFunc(r.Weeks, func(a, b Week) int { return a.Monday.Compare(b.Monday) })
}

// gaps finds what does not count, and joins it with its make-ups. A make-up may itself have been made up for.
func (r *Reply) gaps() {
	rows, of := r.Account.Rows, map[string]string{}
	for _, row := range rows {
		if row.MakeupOf != "" {
			of[row.Occurrence] = row.MakeupOf
		}
	}
	made := map[string]int{}
	for i, row := range rows {
		if row.MakeupOf == "" || row.Standing() != report.Aired {
			continue
		}
		root := row.MakeupOf
		for n := 0; of[root] != "" && n < len(rows); n++ {
			root = of[root]
		}
		if _, already := made[root]; !already {
			made[root] = i
		}
	}
	for i, row := range rows {
		if s := row.Standing(); row.MakeupOf != "" || s == report.Aired || s == report.Open {
			continue
		}
		g := Gap{Row: i, Made: -1}
		if m, ok := made[row.Occurrence]; ok {
			g.Made = m
		}
		r.Gaps = append(r.Gaps, g)
	}
}

// Unmade is how many gaps nothing has made up for.
func (r *Reply) Unmade() int {
	n := 0
	for _, g := range r.Gaps {
		if g.Made < 0 {
			n++
		}
	}
	return n
}

// MissedWeeks are those in which something was asked for and nothing was aired. Weeks of which the log knows nothing yet are
// none of them.
func (r *Reply) MissedWeeks() []Week {
	var out []Week
	for _, w := range r.Weeks {
		if w.Missed() && w.Monday.Before(r.Account.Read) {
			out = append(out, w)
		}
	}
	return out
}

// clips are those that the campaign's counted broadcasts played, by what the records say of them.
func (r *Reply) clips() {
	at := map[string]int{}
	for _, row := range r.Account.Rows {
		for _, p := range row.Plays {
			if p.Clip == nil || p.Part != "" {
				continue
			}
			i, known := at[p.Clip.SHA256]
			if !known {
				i = len(r.Clips)
				at[p.Clip.SHA256] = i
				r.Clips = append(r.Clips, Clip{SHA256: p.Clip.SHA256})
			}
			c := &r.Clips[i]
			c.Title, c.Source, c.DurationMS = p.Clip.Title, p.Clip.Source, p.Clip.DurationMS
			if row.Standing() == report.Aired && p.TakenMS > 0 {
				c.Plays += int64(max(1, p.Times))
				c.AiredMS += p.TakenMS
			}
		}
	}
}
