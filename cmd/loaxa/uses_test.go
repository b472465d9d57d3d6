package main

import (
	"fmt"
	"testing"

	"loaxa/schedule"
)

// Who retires a clip must hear of all that plays it: one use that is left out is a broadcast with a hole.
func TestUsesOfAClip(t *testing.T) {
	clip := func(ids ...string) (items []schedule.Item) {
		for _, id := range ids {
			items = append(items, schedule.Item{Kind: schedule.KindClip, ClipID: id})
		}
		return append(items, schedule.Item{Kind: schedule.KindSilence, SilenceMS: 500})
	}
	in := schedule.Input{
		Playlists: map[string]schedule.Playlist{
			"l2":  {ID: "l2", Title: "Chiều", Items: clip("b", "a", "a")},
			"l10": {ID: "l10", Title: "Tối", Items: clip("a")},
			"l3":  {ID: "l3", Title: "Trưa", Items: clip("b")},
			"l4":  {ID: "l4", Title: "Trống"},
		},
		Programmes: []schedule.Programme{
			{ID: "p7", Title: "Tin tối", PlaylistID: "l10"}, {ID: "p1", Title: "Trưa", PlaylistID: "l3"},
			{ID: "p2", Title: "Tin chiều", PlaylistID: "l2", Paused: true},
		},
	}
	for id, want := range map[string]string{
		"a": "[{playlist l2 Chiều} {playlist l10 Tối} {programme p2 Tin chiều} {programme p7 Tin tối}]",
		"b": "[{playlist l2 Chiều} {playlist l3 Trưa} {programme p1 Trưa} {programme p2 Tin chiều}]",
		"c": "[]",
		"":  "[]",
	} {
		if got := fmt.Sprint(usesOf(in, id)); got != want {
			t.Errorf("%q is used by %s, want %s", id, got, want)
		}
	}
}
