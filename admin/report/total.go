package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"loaxa/player/playlog/evidence"
)

// Tally is how often, and for how long the output took it.
type Tally struct {
	N       int64
	AiredMS int64
}

// Total sums the rows that have a key in common.
type Total struct {
	Key   string // "" is what has none: clips without a topic, broadcasts that no letter asked for
	Title string // as people read it; "" where the key says it all
	By    [standings]Tally
	Clips int64   // different clips that counted broadcasts played
	Plays int64   // how often they did
	Rows  []int32 // indexes into Account.Rows, in order
}

// Counted is what counts as broadcast.
func (t Total) Counted() Tally { return t.By[Aired] }

// Dimension is what rows can be summed by.
type Dimension struct {
	Name string
	// of gives the row's share in each total that it belongs to.
	of func(r Row, zone *time.Location) []share
	// byKey puts the totals in order of their keys; else the largest comes first.
	byKey bool
}

type share struct {
	key, title string
	airedMS    int64
	plays      []Play
}

// The dimensions.
var (
	ByDay       = Dimension{Name: "day", byKey: true, of: byTime("2006-01-02", func(t time.Time) time.Time { return t })}
	ByWeek      = Dimension{Name: "week", byKey: true, of: byTime("2006-01-02", monday)}
	ByMonth     = Dimension{Name: "month", byKey: true, of: byTime("2006-01", func(t time.Time) time.Time { return t })}
	ByProgramme = Dimension{Name: "programme", of: whole(func(r Row) (string, string) { return r.Programme, r.Title })}
	ByClass     = Dimension{Name: "class", byKey: true, of: whole(func(r Row) (string, string) { return r.Class, "" })}
	ByOutcome   = Dimension{Name: "outcome", byKey: true, of: whole(func(r Row) (string, string) { return string(r.Outcome), "" })}
	ByStanding  = Dimension{Name: "standing", of: whole(func(r Row) (string, string) { return r.Standing().Name(), "" })}
	ByOutput    = Dimension{Name: "output", byKey: true, of: whole(func(r Row) (string, string) { return string(r.Output), "" })}
	ByLevel     = Dimension{Name: "level", byKey: true, of: whole(func(r Row) (string, string) { return fmt.Sprint(r.Level), "" })}
	ByStation   = Dimension{Name: "station", of: whole(func(r Row) (string, string) { return r.StationCode, r.StationName })}
	ByCampaign  = Dimension{Name: "campaign", of: whole(ofLetter)}
	ByAgency    = Dimension{Name: "agency", of: whole(func(r Row) (string, string) {
		if r.Letter == nil {
			return "", ""
		}
		return r.Letter.Agency, r.Letter.Agency
	})}
	ByClip   = Dimension{Name: "clip", of: perPlay(func(c *evidence.Clip) []string { return []string{c.SHA256} }, func(c *evidence.Clip) string { return c.Title })}
	BySource = Dimension{Name: "source", of: perPlay(func(c *evidence.Clip) []string { return []string{c.Source} }, func(c *evidence.Clip) string { return c.Source })}
)

// ByAxis sums by the topics of one axis of the taxonomy, such as "A"; the key is the tag, "A.b.1". Free tags belong to
// none. A broadcast with clips of two topics stands under both, with the time of those clips.
func ByAxis(axis string) Dimension {
	return Dimension{Name: "axis " + axis, byKey: true, of: perPlay(func(c *evidence.Clip) []string {
		var out []string
		for _, t := range c.Tags {
			if strings.HasPrefix(t, axis+".") && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
		if len(out) == 0 {
			return []string{""}
		}
		return out
	}, nil)}
}

func ofLetter(r Row) (key, title string) {
	if r.Letter == nil {
		return "", ""
	}
	return r.Letter.Campaign, r.Letter.Title
}

func monday(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }

func byTime(form string, of func(time.Time) time.Time) func(Row, *time.Location) []share {
	return func(r Row, zone *time.Location) []share {
		return []share{{key: of(r.Moment().In(zone)).Format(form), airedMS: r.AiredMS, plays: r.Plays}}
	}
}

func whole(of func(Row) (key, title string)) func(Row, *time.Location) []share {
	return func(r Row, _ *time.Location) []share {
		key, title := of(r)
		return []share{{key, title, r.AiredMS, r.Plays}}
	}
}

// perPlay shares a row out by its clips. A row without any has a share of nothing under "".
func perPlay(keys func(*evidence.Clip) []string, title func(*evidence.Clip) string) func(Row, *time.Location) []share {
	return func(r Row, _ *time.Location) []share {
		var out []share
		for _, p := range r.Plays {
			if p.Clip == nil {
				continue
			}
			for _, key := range keys(p.Clip) {
				i := slices.IndexFunc(out, func(s share) bool { return s.key == key })
				if i < 0 {
					i, out = len(out), append(out, share{key: key})
					if title != nil {
						out[i].title = title(p.Clip)
					}
				}
				out[i].airedMS += p.TakenMS
				out[i].plays = append(out[i].plays, p)
			}
		}
		if len(out) == 0 {
			return []share{{}}
		}
		return out
	}
}

// Totals sums the account's rows; zone is that of the days and weeks.
func (a *Account) Totals(d Dimension, zone *time.Location) []Total {
	var out []Total
	at := map[string]int{}
	clips := map[string]map[string]bool{}
	for n, r := range a.Rows {
		standing := r.Standing()
		for _, s := range d.of(r, zone) {
			i, known := at[s.key]
			if !known {
				i = len(out)
				at[s.key], clips[s.key], out = i, map[string]bool{}, append(out, Total{Key: s.key})
			}
			t := &out[i]
			if s.title != "" {
				t.Title = s.title // the latest name of something that was renamed
			}
			t.By[standing].N++
			t.By[standing].AiredMS += s.airedMS
			t.Rows = append(t.Rows, int32(n)) //nolint:gosec // maxRows
			if standing == Aired {
				t.count(s.plays, clips[s.key])
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Total) int {
		if d.byKey {
			return cmp.Compare(x.Key, y.Key)
		}
		return cmp.Or(cmp.Compare(y.By[Aired].N, x.By[Aired].N), cmp.Compare(x.Title, y.Title), cmp.Compare(x.Key, y.Key))
	})
	return out
}

// count adds the clips of a broadcast that counts. What stands around the content (a signature tune) is no item of it.
func (t *Total) count(plays []Play, seen map[string]bool) {
	for _, p := range plays {
		if p.Clip == nil || p.Part != "" || p.TakenMS <= 0 {
			continue
		}
		t.Plays += int64(max(1, p.Times))
		if !seen[p.Clip.Canonical] {
			seen[p.Clip.Canonical] = true
			t.Clips++
		}
	}
}

// Sum is the total of everything.
func (a *Account) Sum() Total {
	all := a.Totals(Dimension{Name: "all", of: whole(func(Row) (string, string) { return "", "" })}, time.UTC)
	if len(all) == 0 {
		return Total{}
	}
	return all[0]
}
