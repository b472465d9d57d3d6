package evidence

import "testing"

func TestInterruptedItemIsStated(t *testing.T) {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	a.plan("x")
	a.add(Start{Broadcast: "x", Occurrence: "x", Attempt: 1})
	if rep := verified(t, a.m, VerifyOptions{}); rep.Figures.Interrupted != 0 || len(rep.Owed) != 1 || rep.Open != 4 {
		t.Fatalf("on air: %+v", rep)
	}
	a.add(Boot{Previous: "crash"})
	if rep := verified(t, a.m, VerifyOptions{}); rep.Figures.Interrupted != 1 {
		t.Fatal("an item without an end is not stated")
	}
	a.add(End{Broadcast: "x", Attempt: 1, Result: "interrupted", Bounded: true})
	if rep := verified(t, a.m, VerifyOptions{}); rep.Figures.Interrupted != 0 {
		t.Fatal("the item has its end")
	}
}

func TestLevel(t *testing.T) {
	for _, c := range []struct {
		m    Measurements
		want int
	}{
		{Measurements{Hardware, 0, 1}, 0}, {Measurements{Hardware, 1000, 1}, 2}, {Measurements{Hardware, 1000, 0.9}, 2}, {Measurements{Hardware, 1000, 1.2}, 1},
		{Measurements{Hardware, 1000, 0}, 1}, {Measurements{Unproven, 1000, 1}, 1}, {Measurements{Virtual, 1000, 1}, 1}, {Measurements{"", 1000, 1}, 1},
	} {
		if got := Level(c.m); got != c.want {
			t.Errorf("Level(%+v) = %d, want %d", c.m, got, c.want)
		}
	}
}
