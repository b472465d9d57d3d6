package player

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// A priority broadcast starts on time, whatever ordinary one is on air; that one is cut, and says so.
func TestPriorityCutsOrdinaryOnTime(t *testing.T) {
	out, _ := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 2, class: schedule.Ordinary, lateness: 600},
		{id: "p-2", at: "05:00:25", clips: 1, class: schedule.Priority, lateness: 600},
	}, nil, nil)
	want(t, out["p-1"], evidence.Preempted, "preempted", 24000)
	want(t, out["p-2"], evidence.Full, "", 20000)
	onTime(t, out["p-2"])
}

// What was cut goes on at the start of the item that was interrupted, when its programme says so: nothing is missing.
func TestCutBroadcastGoesOnAtTheItem(t *testing.T) {
	out, order := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 3, class: schedule.Ordinary, lateness: 600, resume: true},
		{id: "p-2", at: "05:00:25", clips: 1, class: schedule.Priority, lateness: 600},
	}, nil, nil)
	want(t, out["p-1"], evidence.Full, "after_cut", 60000)
	want(t, out["p-2"], evidence.Full, "", 20000)
	onTime(t, out["p-1"])
	if w := []string{"p-1/0", "p-1/1", "p-2/0", "p-1/1", "p-1/2"}; !slices.Equal(order, w) {
		t.Errorf("items began in the order %v, want %v", order, w)
	}
}

// It goes on inside its window or not at all.
func TestCutBroadcastDoesNotOutliveItsWindow(t *testing.T) {
	out, order := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 3, class: schedule.Ordinary, lateness: 40, resume: true},
		{id: "p-2", at: "05:00:25", clips: 1, class: schedule.Priority, lateness: 600},
	}, nil, nil)
	want(t, out["p-1"], evidence.Preempted, "preempted", 24000)
	if len(order) != 3 {
		t.Errorf("items began in the order %v", order)
	}
}

// Nor may it go on into quiet hours: what counts is how much of it is left.
func TestResumptionAfterACutKeepsQuietHours(t *testing.T) {
	for quiet, word := range map[string]evidence.Outcome{"05:01": evidence.Preempted, "05:02": evidence.Full} {
		out, _ := climb(t, []rung{
			{id: "p-1", at: "05:00:00", clips: 2, class: schedule.Ordinary, lateness: 600, resume: true},
			{id: "p-2", at: "05:00:25", clips: 1, class: schedule.Priority, lateness: 600},
		}, func(w *world) {
			w.in.Settings.QuietHours = []schedule.DailySpan{{From: quiet, To: "05:30"}}
		}, nil)
		if o := out["p-1"]; o.Outcome != word {
			t.Errorf("quiet hours from %s: %s (%s), aired %d ms; want %s", quiet, o.Outcome, o.Reason, o.AiredMS, word)
		}
	}
}

// Within a class nothing is cut: the later one waits inside its window, else it is refused as overlap.
func TestWithinAClassTheLaterWaits(t *testing.T) {
	for _, class := range []schedule.Class{schedule.Ordinary, schedule.Priority} {
		for lateness, c := range map[int64]struct {
			word   evidence.Outcome
			reason string
			aired  int64
		}{600: {evidence.Late, "", 20000}, 10: {evidence.Skipped, "overlap", 0}} {
			out, _ := climb(t, []rung{
				{id: "p-1", at: "05:00:00", clips: 2, class: class, lateness: 600},
				{id: "p-2", at: "05:00:20", clips: 1, class: class, lateness: lateness},
			}, nil, nil)
			want(t, out["p-1"], evidence.Full, "", 40000)
			want(t, out["p-2"], c.word, c.reason, c.aired)
		}
	}
}

// When the air becomes free and several wait: the higher class, then the earlier due time, then the station's order, then
// the older programme, by number.
func TestWhoGoesFirst(t *testing.T) {
	_, order := climb(t, []rung{
		{id: "p-10", at: "05:00:05", clips: 1, class: schedule.Ordinary, lateness: 900},
		{id: "p-9", at: "05:00:05", clips: 1, class: schedule.Ordinary, lateness: 900},
		{id: "p-11", at: "05:00:05", clips: 1, class: schedule.Ordinary, lateness: 900, order: -1},
		{id: "p-12", at: "05:00:02", clips: 1, class: schedule.Ordinary, lateness: 900},
		{id: "p-20", at: "05:00:30", clips: 1, class: schedule.Priority, lateness: 900},
		{id: "p-21", at: "05:00:25", clips: 1, class: schedule.Priority, lateness: 900},
	}, nil, func(w *world) {
		w.until("04:59:50")
		w.emergency("e", func(r *PlayRequest) { r.Repeat, r.PauseMS = 3, 1000 })
	})
	w := []string{"emergency:e/0", "emergency:e/1", "emergency:e/2", "emergency:e/3", "emergency:e/4",
		"p-21/0", "p-20/0", "p-12/0", "p-11/0", "p-9/0", "p-10/0"}
	if !slices.Equal(order, w) {
		t.Errorf("order %v\nwant  %v", order, w)
	}
}

// An emergency cuts a priority broadcast, too; it goes on by the same rule, and may be cut again.
func TestEmergencyCutsPriorityAgainAndAgain(t *testing.T) {
	out, order := climb(t, []rung{{id: "p-1", at: "05:00:00", clips: 2, class: schedule.Priority, lateness: 600, resume: true}}, nil, func(w *world) {
		for i, at := range []string{"05:00:10", "05:00:45", "05:01:40"} {
			w.until(at)
			w.emergency(fmt.Sprint(i), nil)
		}
	})
	want(t, out["p-1"], evidence.Full, "after_cut", 40000)
	for _, id := range []string{"emergency:0", "emergency:1", "emergency:2"} {
		want(t, out[id], evidence.Full, "vỡ đê", 20000)
		onTime(t, out[id])
	}
	if order[0] != "p-1/0" || order[2] != "p-1/0" {
		t.Errorf("order %v", order)
	}
}

// An ordinary broadcast starts although a priority one will cut it; but nothing is begun that could not be heard.
func TestOrdinaryStartsBeforeAPriorityBroadcast(t *testing.T) {
	for at, aired := range map[string]int64{"04:59:50": 9000, "04:59:59": 0} {
		out, order := climb(t, []rung{
			{id: "p-1", at: at, clips: 2, class: schedule.Ordinary, lateness: 5},
			{id: "p-2", at: "05:00:00", clips: 1, class: schedule.Priority, lateness: 600},
		}, nil, nil)
		word, reason := evidence.Preempted, "preempted"
		if aired == 0 {
			word, reason = evidence.Skipped, "overlap"
		}
		want(t, out["p-1"], word, reason, aired)
		onTime(t, out["p-2"])
		if want(t, out["p-2"], evidence.Full, "", 20000); order[len(order)-1] != "p-2/0" {
			t.Errorf("order %v", order)
		}
	}
}

// At the same moment the higher class goes first, and the other waits.
func TestSameMomentTheHigherClassGoesFirst(t *testing.T) {
	out, order := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 1, class: schedule.Ordinary, lateness: 600, order: -5},
		{id: "p-2", at: "05:00:00", clips: 1, class: schedule.Priority, lateness: 600},
	}, nil, nil)
	want(t, out["p-1"], evidence.Late, "", 20000)
	want(t, out["p-2"], evidence.Full, "", 20000)
	if !slices.Equal(order, []string{"p-2/0", "p-1/0"}) {
		t.Errorf("order %v", order)
	}
}

// A crash or a pulled plug while a cut broadcast waits changes nothing of its right to go on; one that may not is
// preempted, as it would have been.
func TestCutBroadcastOutlivesACrash(t *testing.T) {
	long(t)
	for _, power := range []bool{false, true} {
		for resume, c := range map[bool]struct {
			word   evidence.Outcome
			reason string
			aired  int64
		}{true: {evidence.Full, "", 60000}, false: {evidence.Preempted, "preempted", 24000}} {
			out, _ := climb(t, []rung{
				{id: "p-1", at: "05:00:00", clips: 3, class: schedule.Ordinary, lateness: 600, resume: resume},
				{id: "p-2", at: "05:00:25", clips: 2, class: schedule.Priority, lateness: 600},
			}, nil, func(w *world) {
				w.until("05:00:40")
				if power {
					w.powerCut(5*time.Second, true)
				} else {
					w.crash(5 * time.Second)
				}
			})
			want(t, out["p-1"], c.word, c.reason, c.aired)
		}
	}
}

// A programme that was taken away while it waited to go on does not sound again; what was heard stays true.
func TestCutBroadcastThatIsTakenAway(t *testing.T) {
	out, order := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 3, class: schedule.Ordinary, lateness: 600, resume: true},
		{id: "p-2", at: "05:00:25", clips: 1, class: schedule.Priority, lateness: 600},
	}, nil, func(w *world) {
		w.until("05:00:35")
		w.edit(0, func(p *schedule.Programme) { p.Paused = true })
	})
	want(t, out["p-1"], evidence.Preempted, "withdrawn", 24000)
	if len(order) != 3 {
		t.Errorf("order %v", order)
	}
}

// A priority broadcast that a guard refuses cuts nothing.
func TestWhatAGuardRefusesCutsNothing(t *testing.T) {
	out, _ := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 2, class: schedule.Ordinary, lateness: 600},
		{id: "p-2", at: "05:00:25", clips: 2, class: schedule.Priority, lateness: 600},
	}, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "05:01", To: "05:30"}}
	}, nil)
	want(t, out["p-1"], evidence.Full, "", 40000)
	want(t, out["p-2"], evidence.Skipped, "quiet_hours", 0)
}

// What a person stops while it is being cut does not go on afterwards.
func TestStopWhileBeingCut(t *testing.T) {
	out, _ := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 2, class: schedule.Ordinary, lateness: 600, resume: true},
	}, nil, func(w *world) {
		w.until("05:00:10")
		w.emergency("e", nil)
		if _, err := w.player.Stop(context.Background(), "user:lan"); err != nil {
			w.t.Fatal(err)
		}
	})
	if want(t, out["p-1"], evidence.Partial, "stopped", 10000); out["p-1"].Person != "user:lan" {
		t.Errorf("stopped by %q", out["p-1"].Person)
	}
	want(t, out["emergency:e"], evidence.Full, "vỡ đê", 20000)
}
