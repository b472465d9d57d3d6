package main

import (
	"errors"
	"maps"
	"sync"

	"loaxa/audio"
	"loaxa/audio/library"
	"loaxa/schedule"
	"loaxa/schedule/rulebook"
)

// facts joins the rulebook with what the library knows of the clips. The clips are read anew only when the library or
// the loudness target has changed, since the plan is asked for often.
type facts struct {
	library *library.Library
	book    *rulebook.Book

	mu      sync.Mutex
	version int64
	target  float64
	clips   map[string]schedule.ClipFact
}

func newFacts(l *library.Library, b *rulebook.Book) (*facts, error) {
	f := &facts{library: l, book: b, version: -1}
	return f, f.load(b.Settings().LoudnessLUFS)
}

// input is the station's rules, settings and clips as they stand now. Its maps are shared: read only.
func (f *facts) input() schedule.Input {
	in := f.book.Input()
	f.mu.Lock()
	defer f.mu.Unlock()
	// A library that cannot be read keeps the clips known before: the player hashes each file before it plays.
	_ = f.refresh(in.Settings.LoudnessLUFS)
	in.Clips = f.clips
	return in
}

func (f *facts) load(target float64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refresh(target)
}

// refresh reads the clips that changed. The mutex is held. The map that others read already is never written to.
func (f *facts) refresh(target float64) error {
	ids, version, known := f.library.Changed(f.version)
	if known && target == f.target {
		return f.follow(ids, version)
	}
	all, err := f.library.All()
	if err != nil {
		return err
	}
	clips := make(map[string]schedule.ClipFact, len(all))
	for _, c := range all {
		clips[c.ID] = factOf(c, target)
	}
	f.clips, f.version, f.target = clips, version, target
	return nil
}

// follow brings the facts to a version to which only these clips changed.
func (f *facts) follow(ids []string, version int64) error {
	if len(ids) == 0 {
		return nil
	}
	clips := maps.Clone(f.clips)
	for _, id := range ids {
		c, err := f.library.Get(id)
		switch {
		case errors.Is(err, library.ErrNotFound):
			delete(clips, id)
		case err != nil:
			return err
		default:
			clips[id] = factOf(c, f.target)
		}
	}
	f.clips, f.version = clips, version
	return nil
}

func factOf(c library.Clip, target float64) schedule.ClipFact {
	l := audio.Loudness{IntegratedLUFS: c.LoudnessLUFS, TruePeakDBTP: c.TruePeakDBTP}
	return schedule.ClipFact{
		ID: c.ID, Title: c.Title, SHA256: c.SHA256, Canonical: c.CanonicalSHA256, Frames: c.Frames, State: c.State,
		GainDB: audio.PlayGain(l, target), Tags: c.Tags, Source: c.Source,
		ValidFrom: schedule.Date(c.ValidFrom), ValidUntil: schedule.Date(c.ValidUntil),
	}
}
