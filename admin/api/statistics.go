package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// maxRemembered is of how many rows an account may be to be kept for the next question: that of a year on a small machine.
const maxRemembered = 20_000

// accounts makes accounts, one at a time, and remembers the last: the pages of one report ask for the same again and again.
type accounts struct {
	turn  chan struct{} // one element while an account is made or looked up
	last  *report.Account
	query report.Query // what last was made for, with its size
}

// Account reads a period from the log, by its first q.Size records; 0 is as it stands.
func (a *API) Account(ctx context.Context, q report.Query, step report.Step) (*report.Account, error) {
	select {
	case a.reckoned.turn <- struct{}{}:
		defer func() { <-a.reckoned.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	asked := q
	if asked.Size == 0 {
		asked.Size = a.o.Log.Size()
	}
	if a.reckoned.last != nil && a.reckoned.last.Origin == a.o.Log.Origin() && same(asked, a.reckoned.query) {
		return a.reckoned.last, nil
	}
	account, err := report.Read(ctx, a.o.Log, q, step)
	if err != nil {
		return nil, reportError(err)
	}
	a.reckoned.last = nil
	if len(account.Rows) <= maxRemembered {
		asked.Size = account.Size
		a.reckoned.last, a.reckoned.query = account, asked
	}
	return account, nil
}

func same(x, y report.Query) bool {
	return x.From.Equal(y.From) && x.Until.Equal(y.Until) && x.Size == y.Size
}

// reportError puts a refusal of the reports into a problem.
func reportError(err error) error {
	switch {
	case errors.Is(err, report.ErrPeriod):
		return badPeriod(err.Error())
	case errors.Is(err, report.ErrTooMany):
		return &route.Problem{Status: http.StatusUnprocessableEntity, Code: "too_many_rows", Detail: err.Error()}
	case errors.Is(err, report.ErrUnsigned):
		return route.NotFound("checkpoint", "of that size")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return logError(err)
}

func badPeriod(msg string) error {
	return route.BadRequest("bad_period", msg, route.Field{Field: "from", Code: "bad_period", Message: msg})
}

// dimensions are what statistics can be asked by, beside the axes of the taxonomy.
var dimensions = []report.Dimension{report.ByDay, report.ByWeek, report.ByMonth, report.ByProgramme, report.ByClip, report.BySource,
	report.ByCampaign, report.ByAgency, report.ByClass, report.ByOutcome, report.ByStanding, report.ByOutput, report.ByLevel, report.ByStation}

// DimensionOf is the dimension of a name: day, week … or the ID of an axis, such as A.
func (a *API) DimensionOf(name string) (report.Dimension, error) {
	for _, d := range dimensions {
		if d.Name == name {
			return d, nil
		}
	}
	topics, err := a.o.Rules.Taxonomy()
	if err != nil {
		return report.Dimension{}, err
	}
	var known []string
	for _, d := range dimensions {
		known = append(known, d.Name)
	}
	for _, axis := range topics.Axes {
		if axis.ID == name {
			return report.ByAxis(axis.ID), nil
		}
		known = append(known, axis.ID)
	}
	msg := fmt.Sprintf("by is %q; write one of %s", excerpt(name), strings.Join(known, ", "))
	return report.Dimension{}, route.BadRequest("bad_dimension", msg, route.Field{Field: "by", Code: "bad_dimension", Message: msg})
}

// Tally is how often, and for how long.
type Tally struct {
	N       int64 `json:"n"`
	AiredMS int64 `json:"aired_ms"`
}

// StatisticsTotal is the rows that have a key in common.
type StatisticsTotal struct {
	Key   string `json:"key"`   // "" what has none
	Title string `json:"title"` // as people read it, where the key does not say it
	Aired Tally  `json:"aired"` // whole, on hardware, as scheduled: alone counts as broadcast
	// By is every standing that occurs: aired, cut, unproven, virtual, emergency, rehearsal, silent, open.
	By      map[string]Tally `json:"by"`
	Clips   int64            `json:"clips"`             // different ones that counted broadcasts played
	Plays   int64            `json:"plays"`             // how often they did
	Records []int64          `json:"records,omitempty"` // that it sums, with rows=yes
}

// Statistics is the totals of a period.
type Statistics struct {
	From   time.Time         `json:"from"`
	Until  time.Time         `json:"until"`
	By     string            `json:"by"`
	Log    evidence.LogState `json:"log"`    // the records that it rests on
	Begins time.Time         `json:"begins"` // what was before is not covered
	Read   time.Time         `json:"read"`   // what is due after had not come yet
	Sum    StatisticsTotal   `json:"sum"`
	Totals []StatisticsTotal `json:"totals"`
}

func (a *API) statisticsRoutes() []route.Route {
	get := described(read("/statistics", "Totals of a period, from the log alone.", a.getStatistics), nil, Statistics{}, 0)
	get.Slow = true
	get.Doc.Query = []route.Param{{Name: "from", About: "time or day"}, {Name: "until", About: "time or day, not itself part of the period; default now"},
		{Name: "by", About: "day (the default), week, month, programme, clip, source, campaign, agency, class, outcome, standing, output, level, station, or the ID of an axis of the taxonomy"},
		{Name: "rows", About: "yes: list the records behind each total"}, {Name: "size", About: "by the log's first records alone, up to a checkpoint; default all"}}
	return []route.Route{get}
}

func (a *API) getStatistics(c *route.Call) (route.Reply, error) {
	q, err := a.queryOf(c)
	if err != nil {
		return nil, err
	}
	by := c.Query("by")
	if by == "" {
		by = report.ByDay.Name
	}
	d, err := a.DimensionOf(by)
	if err != nil {
		return nil, err
	}
	account, err := a.Account(c.Request.Context(), q, a.patience(c))
	if err != nil {
		return nil, err
	}
	rows := c.Query("rows") == "yes"
	out := Statistics{From: account.From, Until: account.Until, By: by, Begins: account.Begins, Read: account.Read,
		Log: evidence.LogState{Origin: account.Origin, Size: account.Size}, Sum: a.total(account, account.Sum(), "", rows), Totals: []StatisticsTotal{}}
	for _, t := range account.Totals(d, a.o.Now().Location()) {
		out.Totals = append(out.Totals, a.total(account, t, by, rows))
	}
	return route.JSON{Value: out}, nil
}

// queryOf reads the period of a call, and the size of the log that it is to rest on.
func (a *API) queryOf(c *route.Call) (q report.Query, err error) {
	now := a.o.Now()
	if q.From, err = c.Time("from", now.Location(), time.Time{}); err != nil {
		return q, err
	}
	if q.Until, err = c.Time("until", now.Location(), now); err != nil {
		return q, err
	}
	if q.From.IsZero() {
		return q, badPeriod("from must be a time before until")
	}
	q.Size, err = c.Int("size", 0, 1, 1<<53)
	return q, err
}

// patience gives a connection more time while an account is read.
func (a *API) patience(c *route.Call) report.Step {
	return func(float64) error {
		c.Extend(snapshotTime)
		return nil
	}
}

func (a *API) total(account *report.Account, t report.Total, by string, rows bool) StatisticsTotal {
	out := StatisticsTotal{Key: t.Key, Title: t.Title, Aired: Tally(t.Counted()), By: map[string]Tally{}, Clips: t.Clips, Plays: t.Plays}
	if len(by) > 0 && out.Title == "" && strings.HasPrefix(t.Key, by+".") {
		out.Title = a.TopicTitle(t.Key)
	}
	for _, s := range report.Standings() {
		if tally := t.By[s]; tally.N > 0 {
			out.By[s.Name()] = Tally(tally)
		}
	}
	if rows {
		out.Records = []int64{}
		for _, i := range t.Rows {
			out.Records = append(out.Records, account.Rows[i].Index)
		}
	}
	return out
}

// TopicTitle is what a tag stands for in today's taxonomy, the tag itself where it stands there no more.
func (a *API) TopicTitle(tag string) string {
	topics, err := a.o.Rules.Taxonomy()
	if err != nil {
		return tag
	}
	if title := topics.Title(tag); title != "" {
		return title
	}
	return tag
}

// Axes are those of today's taxonomy.
func (a *API) Axes() []schedule.Axis {
	topics, err := a.o.Rules.Taxonomy()
	if err != nil {
		a.o.Logger.Error("reading the taxonomy", "err", err)
	}
	return topics.Axes
}

// TotalOf is the total of one key, and its rows in the account; nil when nothing has it.
func TotalOf(account *report.Account, d report.Dimension, key string, zone *time.Location) *report.Total {
	all := account.Totals(d, zone)
	i := slices.IndexFunc(all, func(t report.Total) bool { return t.Key == key })
	if i < 0 {
		return nil
	}
	return &all[i]
}
