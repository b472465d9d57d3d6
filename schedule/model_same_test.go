package schedule

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPlanDependsOnNothingElse: not on the asking, on the order in which things are stored, or on where a day is cut in
// two; else a page, the player and the night check would each tell people something else.
func TestPlanDependsOnNothingElse(t *testing.T) {
	scenes := 0
	rapid.Check(t, func(t *rapid.T) {
		if scenes++; raceDetector && scenes > 15 { // it makes each of them long
			return
		}
		sc := genScene(t)
		whole := Plan(sc.in, sc.from, sc.until)
		if again := Plan(sc.in, sc.from, sc.until); !same(whole, again) {
			t.Fatalf("asked twice:\n%s", difference(whole, again))
		}
		for range 4 {
			cut := sc.from.Add(time.Duration(rapid.IntRange(0, 40*3600*1000).Draw(t, "cut")) * time.Millisecond)
			if split := append(Plan(sc.in, sc.from, cut), Plan(sc.in, cut, sc.until)...); !same(whole, split) {
				t.Fatalf("in two at %v:\n%s", cut, difference(whole, split))
			}
		}
		stored := sc.in
		stored.Programmes, stored.Days = slices.Clone(stored.Programmes), slices.Clone(stored.Days)
		slices.Reverse(stored.Programmes)
		slices.Reverse(stored.Days)
		for i, p := range stored.Programmes {
			stored.Programmes[i].Exceptions = slices.Clone(p.Exceptions)
			slices.Reverse(stored.Programmes[i].Exceptions)
		}
		if other := Plan(stored, sc.from, sc.until); !same(whole, other) {
			t.Fatalf("stored the other way round:\n%s", difference(whole, other))
		}
		oneAtATime(t, Input{Settings: Settings{Zone: sc.in.Settings.Zone}}, whole)
		for _, o := range whole {
			for _, s := range o.OnAir() {
				if Quiet(sc.in.Settings, s.From, s.Until.Sub(s.From)) {
					t.Fatalf("%s sounds in quiet hours: %+v", o.ID, s)
				}
			}
		}
	})
}
