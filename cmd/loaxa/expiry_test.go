package main

import (
	"strings"
	"testing"
	"time"

	"loaxa/schedule"
)

// A clip that runs out unnoticed leaves a programme silent from one day to the next.
func TestExpiringClipsAreNamed(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.FixedZone("+07", 7*3600))
	for _, c := range []struct {
		name   string
		until  schedule.Date
		notice int
		edit   func(*schedule.Input)
		want   string
	}{
		{"no last day", "", 14, nil, ""},
		{"far off", "2026-12-09", 14, nil, ""},
		{"at the border", "2026-12-08", 14, nil, "Cảnh báo: còn đến (until) 2026-12-08"},
		{"today is the last", "2026-11-24", 0, nil, "Cảnh báo: còn đến (until) 2026-11-24"},
		{"tomorrow, no notice wanted", "2026-11-25", 0, nil, ""},
		{"over", "2026-11-23", 0, nil, "Cảnh báo: đã hết hạn (expired) 2026-11-23"},
		{"not planned", "2026-11-23", 14, func(in *schedule.Input) { in.Programmes[0].Paused = true }, ""},
		{"not approved", "2026-11-23", 14, func(in *schedule.Input) {
			c := in.Clips["c-1"]
			c.State = "draft"
			in.Clips["c-1"] = c
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := schedule.Input{Settings: schedule.DefaultSettings(),
				Clips: map[string]schedule.ClipFact{"c-1": {ID: "c-1", Title: "Cảnh báo", Frames: 48000, State: "approved", ValidUntil: c.until}},
				Playlists: map[string]schedule.Playlist{"l-1": {ID: "l-1", Mode: schedule.ModeAll,
					Items: []schedule.Item{{Kind: schedule.KindClip, ClipID: "c-1"}}}},
				Programmes: []schedule.Programme{{ID: "p-1", PlaylistID: "l-1", Cron: "0 6 * * 1", Class: schedule.Ordinary, Zone: "main", VolumePercent: 100}},
			}
			in.Settings.ExpiryNoticeDays = c.notice
			if c.edit != nil {
				c.edit(&in)
			}
			if got := expiryDetail(expiring(in, now), now); got != c.want {
				t.Errorf("says %q, want %q", got, c.want)
			}
		})
	}
}

func TestExpiryDetailStaysShort(t *testing.T) {
	clips := make([]schedule.ClipFact, 500)
	for i := range clips {
		clips[i] = schedule.ClipFact{ID: "c", ValidUntil: "2026-11-23"}
	}
	if got := expiryDetail(clips, time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)); !strings.HasSuffix(got, "; +490") {
		t.Errorf("%q", got)
	}
}
