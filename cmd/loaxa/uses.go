package main

import (
	"cmp"
	"slices"

	"loaxa/audio/library"
	"loaxa/schedule"
)

// usesOf is what plays a clip: the playlists that hold it, then the programmes that play those. Programmes that are
// paused count, since they may go on any day; those whose last day is past do not need to be told apart here: who
// retires their clip can say so.
func usesOf(in schedule.Input, id string) []library.Use {
	var lists, programmes []library.Use
	for _, l := range in.Playlists {
		if slices.ContainsFunc(l.Items, func(it schedule.Item) bool { return it.Kind == schedule.KindClip && it.ClipID == id }) {
			lists = append(lists, library.Use{Kind: "playlist", ID: l.ID, Title: l.Title})
		}
	}
	for _, p := range in.Programmes {
		if slices.ContainsFunc(lists, func(u library.Use) bool { return u.ID == p.PlaylistID }) {
			programmes = append(programmes, library.Use{Kind: "programme", ID: p.ID, Title: p.Title})
		}
	}
	for _, uses := range [][]library.Use{lists, programmes} {
		slices.SortFunc(uses, func(a, b library.Use) int {
			return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) // IDs are numbered
		})
	}
	return append(lists, programmes...)
}
