package evidence

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// diary is an honest log of some days: on hardware, on a virtual speaker, missed, rehearsed, an emergency; its last plan
// names broadcasts that are not due yet.
func diary(t testing.TB) *author {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	words := []Outcome{Full, Late, Missed, Partial, Full}
	for d := range 4 {
		var ids []string
		for i := range 6 {
			ids = append(ids, fmt.Sprintf("p@%d-%d", d, i))
		}
		planned := a.wall
		a.plan(ids...)
		for i, id := range ids {
			if i == 5 && d == 3 {
				break // still to come
			}
			o := full(id)
			o.Due, o.Title, o.Outcome = At(planned.Add(time.Duration(i+1)*time.Minute)), "Cảnh giác", words[i%len(words)]
			clip := &Clip{ID: "c", SHA256: strings.Repeat("ab", 32), Tags: []string{"lừa đảo", fmt.Sprint("tháng ", d)}}
			switch o.Outcome {
			case Missed:
				o.AiredMS, o.Output, o.Rate, o.Evidence = 0, "", 0, 0
			case Partial:
				o.AiredMS, o.Output, o.Evidence = 4000, "virtual", 1
			}
			o.Started = o.Due
			o.Items = []AiredItem{{Kind: "clip", Clip: clip, TakenMS: o.AiredMS}}
			a.wall, a.up = o.Due.Time, a.up+o.Due.Sub(a.wall)
			a.add(o)
		}
		for _, why := range []string{"rehearsal", "emergency"} {
			a.add(OutcomeBody{Broadcast: fmt.Sprint(why, ":", d), Why: why, Outcome: Full, AiredMS: 5000, PlannedMS: 5000, Due: At(a.wall), Output: "hardware", Rate: 1, Evidence: 2})
		}
		a.sign()
		if d < 3 {
			a.pass(3 * time.Hour)
		}
	}
	a.add(Operator{What: "sign_in"})
	a.sign()
	return a
}

// paper is a report document, as a program other than this one would write it.
type paper struct {
	From    string           `json:"from"`
	Until   string           `json:"until"`
	Code    string           `json:"station_code"`
	Logs    []LogState       `json:"logs"`
	Rows    []map[string]any `json:"broadcasts"`
	Figures map[string]any   `json:"figures"`
}

func (p paper) claims(t testing.TB) *Claims {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ReadClaims(b)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

// honestPaper is the report of [from, until) that follows from the records, added up here in its own way.
func honestPaper(t testing.TB, m *memory, from, until time.Time) paper {
	p := paper{From: from.Format(time.RFC3339Nano), Until: until.Format(time.RFC3339Nano), Code: "XA-01",
		Logs: []LogState{{"loaxa/XA-01/may-1/1", m.Size()}}, Rows: []map[string]any{}}
	n := map[string][2]int64{}
	add := func(key string, ms int64) { n[key] = [2]int64{n[key][0] + 1, n[key][1] + ms} }
	for _, raw := range m.raws {
		rec, err := Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Kind != KindOutcome {
			continue
		}
		body, err := DecodeBody(rec)
		if err != nil {
			t.Fatal(err)
		}
		o := body.(OutcomeBody) //nolint:errcheck // of that kind
		if o.Due.Before(from) || !o.Due.Before(until) {
			continue
		}
		p.Rows = append(p.Rows, map[string]any{"broadcast": o.Broadcast, "due": o.Due.UTC().Format(time.RFC3339Nano), "status": o.Outcome, "why": o.Why,
			"aired_ms": o.AiredMS, "planned_ms": o.PlannedMS, "output": o.Output, "evidence": o.Evidence, "title": o.Title, "reason": o.Reason, "seen": true})
		if o.Why != "scheduled" {
			add(o.Why, o.AiredMS)
			continue
		}
		add("o:"+string(o.Outcome), 0)
		add(fmt.Sprint("l:", o.Evidence), o.AiredMS)
		if o.AiredMS > 0 {
			add("out:"+o.Output, o.AiredMS)
		}
		if o.AiredMS > 0 && o.Output == "hardware" {
			add("hardware", o.AiredMS)
			for _, it := range o.Items {
				for _, tag := range it.Clip.Tags {
					add("t:"+tag, o.AiredMS)
				}
			}
		}
	}
	pick := func(prefix string) map[string]any {
		out := map[string]any{}
		for k, v := range n {
			if name, ok := strings.CutPrefix(k, prefix); ok {
				out[name] = map[string]int64{"n": v[0], "aired_ms": v[1]}
			}
		}
		return out
	}
	count := func(key string) map[string]int64 { return map[string]int64{"n": n[key][0], "aired_ms": n[key][1]} }
	words := map[string]any{}
	for k, v := range n {
		if name, ok := strings.CutPrefix(k, "o:"); ok {
			words[name] = v[0]
		}
	}
	p.Figures = map[string]any{"broadcasts": count("hardware"), "rehearsals": count("rehearsal"), "emergencies": count("emergency"),
		"occurrences": words, "by_output": pick("out:"), "by_level": pick("l:"), "topics": pick("t:")}
	return p
}

// month is a period that holds all of the diary.
func month() (from, until time.Time) {
	return moment(0).AddDate(0, 0, -1), moment(0).AddDate(0, 0, 30)
}

func compared(t testing.TB, src Source, c *Claims) *Comparison {
	t.Helper()
	rep := verified(t, src, VerifyOptions{Claims: c})
	if !rep.OK {
		t.Fatalf("the log itself does not verify: %+v", rep.Findings)
	}
	if rep.Comparison == nil {
		t.Fatal("nothing was compared")
	}
	return rep.Comparison
}

// partial is a log from record first on.
type partial struct {
	*memory
	first    int64
	frontier []tlog.Hash
	key      string
}

func (p *partial) part() (int64, []tlog.Hash, string, string) {
	return p.first, p.frontier, "loaxa/XA-01/may-1/1", p.key
}

func (p *partial) Records(fn func(int64, []byte) error) error {
	return p.memory.Records(func(i int64, raw []byte) error {
		if i < p.first {
			return nil
		}
		return fn(i, raw)
	})
}

// partOf begins at the plan of the given day.
func partOf(t testing.TB, a *author, day int) *partial {
	p := &partial{memory: a.m, key: a.vkey}
	var tree Tree
	for i, raw := range a.m.raws {
		rec, err := Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Kind == KindPlan {
			if day == 0 {
				p.first, p.frontier = int64(i), append([]tlog.Hash(nil), tree.peaks...)
				return p
			}
			day--
		}
		tree.Add(raw)
	}
	t.Fatal("no such day")
	return nil
}
