package main

import (
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

// refresh reads the clips when something changed. The mutex is held.
func (f *facts) refresh(target float64) error {
	version := f.library.Version()
	if version == f.version && target == f.target {
		return nil
	}
	all, err := f.library.All()
	if err != nil {
		return err
	}
	clips := make(map[string]schedule.ClipFact, len(all))
	for _, c := range all {
		l := audio.Loudness{IntegratedLUFS: c.LoudnessLUFS, TruePeakDBTP: c.TruePeakDBTP}
		clips[c.ID] = schedule.ClipFact{
			ID: c.ID, Title: c.Title, SHA256: c.SHA256, Canonical: c.CanonicalSHA256, Frames: c.Frames, State: c.State,
			GainDB: audio.PlayGain(l, target), Tags: c.Tags, Source: c.Source,
			ValidFrom: schedule.Date(c.ValidFrom), ValidUntil: schedule.Date(c.ValidUntil),
		}
	}
	f.clips, f.version, f.target = clips, version, target
	return nil
}
