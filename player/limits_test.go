package player

import (
	"slices"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// What lasts into quiet hours, for whatever cause, is silent when they begin; what ends with their beginning is not cut.
func TestQuietHoursEndABroadcastAtTheirBorder(t *testing.T) {
	o := five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "05:01", To: "05:30"}}
	}, func(w *world) {
		w.until("05:00:05")
		w.hung.Store(true) // the device goes away and comes back with 41 s left to play
		w.cutLine()
		w.until("05:00:30")
		w.hung.Store(false)
		w.until("05:40:00")
	})[fiveID]
	if o.Outcome != evidence.Partial || o.Reason != "quiet_border" {
		t.Errorf("%s (%s), aired %d ms", o.Outcome, o.Reason, o.AiredMS)
	}

	o = five(t, func(w *world) {
		w.in.Programmes[0].Cron = ""
		w.in.Programmes[0].Starts = []time.Time{moment("05:00:20")}
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "05:01", To: "05:30"}}
	}, func(w *world) { w.until("05:40:00") })["p@2026-11-24T05:00:20+07:00"]
	want(t, o, evidence.Full, "", 40000)
}

// The hours are made longer while something is on air.
func TestQuietHoursThatAreSetWhileOnAir(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("05:00:15")
		w.mu.Lock()
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "05:00", To: "06:00"}}
		w.mu.Unlock()
		w.player.Replan("user:lan")
		w.until("05:00:20")
		if s := w.player.Now(); s.State != Resting {
			w.t.Errorf("still %s", s.State)
		}
		w.until("05:40:00")
	})[fiveID]
	want(t, o, evidence.Partial, "quiet_border", 15000)
}

// The device may warm up in silence before quiet hours are over, so that the first broadcast after them is on time.
func TestWarmUpBeforeQuietHoursEnd(t *testing.T) {
	o := five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "21:00", To: "05:00"}}
	}, func(w *world) {
		w.until("04:59:59")
		if s := w.player.Now(); s.State != WarmingUp {
			w.t.Errorf("a second before quiet hours end it is %s", s.State)
		}
		w.until("05:40:00")
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
	onTime(t, o)
}

// A session is as long as what sounded of it, before and after a cut together.
func TestSessionIsMeasuredByWhatSounded(t *testing.T) {
	long(t)
	out, _ := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 1, class: schedule.Ordinary, lateness: 900, resume: true},
		{id: "p-2", at: "05:04:00", clips: 1, class: schedule.Priority, lateness: 600},
	}, func(w *world) {
		w.clip("a", 5*time.Minute)
		w.in.Settings.MaxSessionS = 400
	}, nil)
	// Four minutes sounded before the cut: 160 s were left of 400.
	if o := out["p-1"]; o.Reason != "max_session" || o.Outcome != evidence.Partial {
		t.Errorf("%s (%s), aired %d ms", o.Outcome, o.Reason, o.AiredMS)
	}
	want(t, out["p-2"], evidence.Full, "", 300000)
}

// A chime whose file is gone must not keep the broadcast from the air; which part failed is said.
func TestFailedOpeningDoesNotFailTheBody(t *testing.T) {
	o := five(t, func(w *world) {
		w.clip("chime", 5*time.Second)
		w.in.Playlists["l-chime"] = schedule.Playlist{ID: "l-chime", Title: "Nhạc hiệu", Mode: schedule.ModeAll, Items: []schedule.Item{{Kind: schedule.KindClip, ClipID: "chime"}}}
		w.in.Settings.OpeningID = "l-chime"
		w.broken = "chime"
	}, func(w *world) { w.until("05:30:00") })[fiveID]
	want(t, o, evidence.Partial, "clip_unusable", 40000)
	i := slices.IndexFunc(o.Items, func(x evidence.AiredItem) bool { return x.Part == "opening" })
	if i != 0 || o.Items[i].Failed != "clip_unusable" || o.Items[1].Failed != "" || o.LatenessMS > 1000 {
		t.Errorf("items %+v, late by %d ms", o.Items, o.LatenessMS)
	}
}

// The volume follows the hour without a step that could be heard, and the start says what it was.
func TestVolumeFollowsTheHour(t *testing.T) {
	s := schedule.DefaultSettings()
	s.VolumeRampS = 10
	s.VolumeSpans = []schedule.VolumeSpan{{DailySpan: schedule.DailySpan{From: "05:00", To: "05:01"}, Percent: 50}}
	f := fader{settings: s, b: &broadcast{kind: Scheduled, volume: 100}}
	at := moment("05:00:55")
	last, most := int16(5000), 0
	for range 20 * 20 { // 20 s in blocks of 50 ms
		block := make([]int16, feedFrames)
		for i := range block {
			block[i] = 10000
		}
		f.apply(block, at)
		at = at.Add(50 * time.Millisecond)
		for _, v := range block {
			most = max(most, int(v-last), int(last-v))
			last = v
		}
	}
	if last != 10000 || most > 2 {
		t.Errorf("it ends at %d of 10000, with a step of %d", last, most)
	}
	if db := f.db(moment("05:00:30")); db > -6 || db < -6.1 {
		t.Errorf("half the volume is %.2f dB", db)
	}
	f.b.kind = Emergency
	if f.target(moment("05:00:30")) != 1 {
		t.Error("an emergency is lowered by the hour")
	}
}

// The samples that reach the device: what a cut leaves fades out, what goes on fades in.
func TestCutAndResumptionDoNotClick(t *testing.T) {
	var heard []int16
	out, _ := climb(t, []rung{
		{id: "p-1", at: "05:00:00", clips: 2, class: schedule.Ordinary, lateness: 600, resume: true},
		{id: "p-2", at: "05:00:25", clips: 1, class: schedule.Priority, lateness: 600},
	}, func(w *world) {
		w.tap = func(frames []int16) { heard = append(heard, frames...) }
	}, nil)
	want(t, out["p-1"], evidence.Full, "after_cut", 40000)
	// The clips are a constant 1000 from their first frame on: the clip's own edges, 0 to 1000, are the only steps there
	// may be. Of the four items begun three begin so, and three end so; the resumed one rises slowly and the cut one falls.
	up, down := 0, 0
	for i := 1; i < len(heard); i++ {
		switch d := int(heard[i]) - int(heard[i-1]); {
		case d > 100:
			up++
		case d < -100:
			down++
		}
	}
	if up != 2 || down != 2 {
		t.Errorf("%d steps up and %d down, want 2 and 2 (the clips' own)", up, down)
	}
}
