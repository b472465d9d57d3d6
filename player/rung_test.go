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

// rung is a programme with one start on the scene's day, of clips of 20 s each.
type rung struct {
	id       string
	at       string // "15:04:05"
	class    schedule.Class
	clips    int
	lateness int64
	order    int64
	resume   bool
}

func moment(hhmmss string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-24 "+hhmmss, sceneStart.Location())
	if err != nil {
		panic(err)
	}
	return at
}

// climb runs a station with those programmes until 05:40 and returns the outcome of each, and in which order their items
// began: "p/0" is the first item of p.
func climb(t *testing.T, rungs []rung, change, play func(*world)) (map[string]evidence.OutcomeBody, []string) {
	t.Helper()
	var order []string
	out := five(t, func(w *world) {
		w.in.Programmes = nil
		for _, r := range rungs {
			items := make([]schedule.Item, r.clips)
			for i := range items {
				items[i] = schedule.Item{Kind: schedule.KindClip, ClipID: []string{"a", "b"}[i%2]}
			}
			w.programme(schedule.Programme{ID: r.id, Title: r.id, Starts: []time.Time{moment(r.at)}, Class: r.class, LatenessS: r.lateness,
				Order: r.order, ResumeAfterCut: r.resume, EffectiveFrom: sceneStart}, items...)
		}
		if change != nil {
			change(w)
		}
	}, func(w *world) {
		if play != nil {
			play(w)
		}
		w.until("05:40:00")
		order = w.starts()
	})
	byProgramme := make(map[string]evidence.OutcomeBody)
	for id, o := range out {
		if o.Programme != "" {
			id = o.Programme
		}
		byProgramme[id] = o
	}
	return byProgramme, order
}

// starts lists the items that were begun, in order.
func (w *world) starts() []string {
	w.t.Helper()
	names := map[string]string{}
	var out []string
	err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
		_, body, err := decodeRecord(raw)
		switch b := body.(type) {
		case evidence.Plan:
			for _, o := range slices.Concat(b.Occurrences, b.Open) {
				names[o.ID] = o.Programme
			}
		case evidence.Start:
			name, ok := names[b.Broadcast]
			if !ok {
				name = b.Broadcast
			}
			out = append(out, fmt.Sprintf("%s/%d", name, b.Item))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) emergency(id string, change func(*PlayRequest)) {
	w.t.Helper()
	req := PlayRequest{ClipID: "b", Kind: Emergency, Reason: "vỡ đê", RequestID: id, Actor: "user:hai"}
	if change != nil {
		change(&req)
	}
	if _, err := w.player.Play(context.Background(), req); err != nil {
		w.t.Fatal(err)
	}
}

// onTime says that a broadcast sounded when it was due; the simulated speaker takes sound second by second.
func onTime(t *testing.T, o evidence.OutcomeBody) {
	t.Helper()
	if o.Started.IsZero() || o.LatenessMS < -1000 || o.LatenessMS > 1000 {
		t.Errorf("%s sounded at %s, %d ms after it was due", o.Programme, o.Started, o.LatenessMS)
	}
}
