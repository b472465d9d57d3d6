package api

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"

	"loaxa/audio/library"
	"loaxa/schedule"
)

// shelf is what lists look at of every clip, in memory and newest first: ten thousand clips are searched in a millisecond,
// where reading them from the index takes a tenth of a second. It follows the library's changes.
type shelf struct {
	library *library.Library

	mu      sync.Mutex
	known   bool
	version int64
	clips   []shelved // newest first, by at and then ID
}

// shelved is one clip of it.
type shelved struct {
	id, state, validUntil string
	at                    int64 // when it was imported, ns since 1970
	tags                  []string
	text                  string // folded: where its words are looked for
}

func shelve(c library.Clip) shelved {
	said := append([]string{c.Title, c.Source, c.Letter.Agency, c.Letter.Number, c.OriginalName, c.ID}, c.Tags...)
	return shelved{id: c.ID, state: c.State, validUntil: c.ValidUntil, at: c.ImportedAt.UnixNano(), tags: c.Tags, text: folded(strings.Join(said, "\n"))}
}

func (s shelved) before(o shelved) int {
	return cmp.Or(cmp.Compare(o.at, s.at), cmp.Compare(o.id, s.id))
}

// find gives the IDs of a page of what the filter keeps, how many it keeps, and how many clips there are in each state. A page
// beyond the last one is the last one.
func (s *shelf) find(f clipFilter, page, size int) (ids []string, shown, found int, states map[string]int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(); err != nil {
		return nil, 0, 0, nil, err
	}
	states = make(map[string]int)
	var kept []string
	for _, c := range s.clips {
		states[c.state]++
		if f.keeps(c) {
			kept = append(kept, c.id)
		}
	}
	page = max(1, min(page, (len(kept)+size-1)/size))
	from := min((page-1)*size, len(kept))
	return kept[from:min(from+size, len(kept))], page, len(kept), states, nil
}

// refresh follows the library. The mutex is held.
func (s *shelf) refresh() error {
	ids, now, ok := s.library.Changed(s.version)
	if ok && s.known {
		for _, id := range ids {
			if err := s.put(id); err != nil {
				return err
			}
		}
		s.version = now
		return nil
	}
	all, err := s.library.All()
	if err != nil {
		return err
	}
	s.clips = make([]shelved, 0, len(all))
	for _, c := range all {
		s.clips = append(s.clips, shelve(c))
	}
	slices.SortFunc(s.clips, shelved.before)
	s.version, s.known = now, true
	return nil
}

// put reads one clip anew.
func (s *shelf) put(id string) error {
	c, err := s.library.Get(id)
	if errors.Is(err, library.ErrNotFound) {
		s.clips = slices.DeleteFunc(s.clips, func(o shelved) bool { return o.id == id })
		return nil
	}
	if err != nil {
		return err
	}
	now := shelve(c)
	at, there := slices.BinarySearchFunc(s.clips, now, shelved.before)
	if there {
		s.clips[at] = now
	} else {
		s.clips = slices.Insert(s.clips, at, now)
	}
	return nil
}

// ShelfEntry is a clip in a list for people.
type ShelfEntry struct {
	library.Clip
	Lists      int  // playlists that hold it
	Programmes int  // programmes that play those
	DaysLeft   *int // until its last day, which is 0; negative once it is past; nil: there is none
}

// ShelfPage is one page of clips.
type ShelfPage struct {
	Clips       []ShelfEntry
	Found       int            // clips on all pages
	Page, Pages int            // from 1
	States      map[string]int // how many of all clips are in each state
}

// ShelfQuery asks for clips.
type ShelfQuery struct {
	State string // "": all that are not retired
	Tag   string
	Words string // of title, source, letter, tags; accents do not matter
	Page  int    // from 1
	Size  int    // of a page
}

// Shelf gives a page of clips, newest first.
func (a *API) Shelf(q ShelfQuery) (ShelfPage, error) {
	f, err := a.filter(q.State, q.Tag, q.Words)
	if err != nil {
		return ShelfPage{}, err
	}
	f.inUse = q.State == ""
	ids, shown, found, states, err := a.shelf.find(f, q.Page, q.Size)
	if err != nil {
		return ShelfPage{}, err
	}
	out := ShelfPage{Found: found, States: states, Page: shown, Pages: max(1, (found+q.Size-1)/q.Size)}
	uses := usesOf(a.o.Input(), ids)
	for _, id := range ids {
		c, err := a.o.Library.Get(id)
		if errors.Is(err, library.ErrNotFound) { // removed in this moment
			continue
		}
		if err != nil {
			return ShelfPage{}, err
		}
		u := uses[id]
		out.Clips = append(out.Clips, ShelfEntry{Clip: c, Lists: u.lists, Programmes: u.programmes, DaysLeft: daysLeft(c, f.now)})
	}
	return out, nil
}

// useCount is how many playlists hold a clip, and how many programmes play those.
type useCount struct{ lists, programmes int }

// usesOf counts what plays each of some clips.
func usesOf(in schedule.Input, ids []string) map[string]useCount {
	out := make(map[string]useCount, len(ids))
	for _, id := range ids {
		out[id] = useCount{}
	}
	programmes := make(map[string]int) // of a playlist
	for _, p := range in.Programmes {
		programmes[p.PlaylistID]++
	}
	for _, l := range in.Playlists {
		seen := make(map[string]bool)
		for _, it := range l.Items {
			u, asked := out[it.ClipID]
			if !asked || it.Kind != schedule.KindClip || seen[it.ClipID] {
				continue
			}
			seen[it.ClipID] = true
			out[it.ClipID] = useCount{u.lists + 1, u.programmes + programmes[l.ID]}
		}
	}
	return out
}
