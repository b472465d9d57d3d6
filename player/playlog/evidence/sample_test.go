package evidence

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestSampleDependsOnTheSeedAlone(t *testing.T) {
	a := diary(t)
	whole := verified(t, a.m, VerifyOptions{Sample: 5, Seed: 42}).Sample
	if len(whole) != 5 || !reflect.DeepEqual(whole, verified(t, a.m, VerifyOptions{Sample: 5, Seed: 42}).Sample) {
		t.Fatalf("%+v", whole)
	}
	for i, s := range whole {
		if s.AiredMS == 0 || s.Why == "rehearsal" || s.Outcome == "" || s.Due.IsZero() || (s.Why == "scheduled" && (len(s.Clips) != 1 || s.Title == "")) {
			t.Errorf("%+v", s)
		}
		if i > 0 && s.Index <= whole[i-1].Index {
			t.Error("not in the log's order")
		}
	}
	if reflect.DeepEqual(whole, verified(t, a.m, VerifyOptions{Sample: 5, Seed: 43}).Sample) {
		t.Error("another seed picks the same")
	}
	// More are picked of the same order, and what lies in a part is picked from the part, too.
	all := verified(t, a.m, VerifyOptions{Sample: MaxSample, Seed: 42}).Sample
	if len(all) != 4*5+3 {
		t.Errorf("%d broadcasts were on air, want 23", len(all))
	}
	p := partOf(t, a, 2)
	some := verified(t, p, VerifyOptions{Sample: MaxSample, Seed: 42}).Sample
	if len(some) == 0 || !reflect.DeepEqual(some, all[len(all)-len(some):]) {
		t.Errorf("a part gives %d that the whole log does not give", len(some))
	}
	if s := verified(t, a.m, VerifyOptions{}).Sample; s != nil {
		t.Errorf("a sample that nobody asked for: %v", s)
	}
	for _, n := range []int{-1, MaxSample + 1} {
		if _, err := Verify(a.m, VerifyOptions{Sample: n}); !errors.Is(err, ErrSample) {
			t.Errorf("%d: %v", n, err)
		}
	}
}

// Each broadcast is picked as often as any other.
func TestSampleIsFair(t *testing.T) {
	counts := map[int64]int{}
	const n, most, rounds = 20, 5, 4000
	for seed := range uint64(rounds) {
		p := picker{most: most, seed: seed}
		for i := range int64(n) {
			p.add(1, Record{Idx: i}, OutcomeBody{AiredMS: 1})
		}
		for _, s := range p.finish() {
			counts[s.Index]++
		}
	}
	for i := range int64(n) { // 1000 expected, standard deviation 27
		if c := counts[i]; c < 860 || c > 1140 {
			t.Errorf("%d was picked %d times of %d", i, c, rounds)
		}
	}
}

func TestSampleKeepsToTheReportsPeriod(t *testing.T) {
	a := diary(t)
	p := honestPaper(t, a.m, moment(0).Add(-time.Hour), moment(0).Add(3*time.Hour))
	rep := verified(t, a.m, VerifyOptions{Sample: 1000, Seed: 1, Claims: p.claims(t)})
	if len(rep.Sample) != 6 { // five scheduled and an emergency on the first day
		t.Errorf("%+v", rep.Sample)
	}
}

func TestTopics(t *testing.T) {
	clip := func(tags ...string) *Clip { return &Clip{Tags: tags} }
	o := full("x")
	o.Items = []AiredItem{
		{Clip: clip("lừa đảo", "ma túy", "lừa đảo"), TakenMS: 4000}, {Clip: clip("lừa đảo"), TakenMS: 6000}, {Kind: "silence", TakenMS: 1000},
		{Clip: clip("không phát"), TakenMS: 0}, {Clip: clip(), TakenMS: 1000},
	}
	var f Figures
	f.Count(o)
	f.Count(o)
	want := map[string]Count{"lừa đảo": {2, 20000}, "ma túy": {2, 8000}}
	if !reflect.DeepEqual(f.Topics, want) {
		t.Errorf("%v, want %v", f.Topics, want)
	}
	for name, change := range map[string]func(*OutcomeBody){
		"virtual":   func(o *OutcomeBody) { o.Output = "virtual" },
		"rehearsal": func(o *OutcomeBody) { o.Why = "rehearsal" },
		"emergency": func(o *OutcomeBody) { o.Why = "emergency" },
		"missed":    func(o *OutcomeBody) { o.AiredMS = 0 },
	} {
		c := o
		change(&c)
		f.Count(c)
		if !reflect.DeepEqual(f.Topics, want) {
			t.Errorf("%s counts: %v", name, f.Topics)
		}
	}
}

func TestHostileTopics(t *testing.T) {
	var f Figures
	for i := range 600 {
		o := full("x")
		c := Clip{}
		for k := range 200 {
			c.Tags = append(c.Tags, fmt.Sprintf("%d-%d", i, k))
		}
		c.Tags[0] = string(make([]byte, maxTopic+1))
		o.Items = []AiredItem{{Clip: &c, TakenMS: 10}}
		f.Count(o)
	}
	if len(f.Topics) != maxTopics+1 || f.Topics[""].N != 600 {
		t.Errorf("%d topics, %+v under the rest", len(f.Topics), f.Topics[""])
	}
}

func TestOwedIsToldApart(t *testing.T) {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	a.plan("x", "y", "z") // due in one, two and three minutes
	a.pass(130 * time.Second)
	a.add(full("x"))
	a.sign()
	rep := verified(t, a.m, VerifyOptions{})
	if !rep.OK || len(rep.Owed) != 2 || rep.NotDue != 1 || rep.Awaited != 1 {
		t.Errorf("%+v", rep)
	}
}
