package schedule

import (
	"slices"
	"time"
)

// bill is what a programme plays, as a playbill: a body for each turn, with an opening before and a closing after it.
type bill struct {
	in               *Input
	playlist, title  string
	refused          Reason // of every turn
	turns            [][]bodyItem
	opening, closing bookends
	plain            []content // of each turn on an ordinary day, with the whole opening and closing
	dated            validity  // while which all of these are in date
	others           map[variant]*content
}

// variant is a turn of a bill that is not plain.
type variant struct {
	turn     int
	mourning bool
	left     string // which items of opening and closing are left out, a byte each
}

// newBill reads a playlist: one turn for mode all; for mode rotate one a clip.
func (pl *planner) newBill(p *Programme, playlist string) *bill {
	b := &bill{in: pl.in, playlist: playlist, dated: always}
	list, ok := pl.in.Playlists[playlist]
	b.title = list.Title
	switch {
	case !ok:
		b.refused = ReasonNoPlaylist
	case p.Class.Rank() == 0:
		b.refused = ReasonBadRule
	case list.Mode == ModeAll:
		b.turns = append(b.turns, pl.bodyItems(list.Items))
	case list.Mode == ModeRotate:
		for i, it := range list.Items {
			if it.Kind != KindSilence {
				b.turns = append(b.turns, pl.bodyItems(list.Items[i:i+1]))
			}
		}
		if len(b.turns) == 0 {
			b.refused = ReasonEmpty
		}
	default:
		b.refused = ReasonBadRule
	}
	if b.refused != ReasonNone {
		b.plain = []content{{refused: b.refused}}
		return b
	}
	b.opening = pl.bookend(p, p.Opening, pl.in.Settings.OpeningID, PartOpening)
	b.closing = pl.bookend(p, p.Closing, pl.in.Settings.ClosingID, PartClosing)
	for _, e := range slices.Concat(b.opening, b.closing) {
		b.dated.narrowTo(e.valid)
	}
	for turn := range b.turns {
		b.plain = append(b.plain, b.compose(variant{turn: turn}))
	}
	return b
}

// at is what the occurrence of this ordinal plays. An item of the opening or closing that is not in date for the whole
// of the window is left out.
func (b *bill) at(ordinal int64, mourning bool, due, last int64) *content {
	turn := int(ordinal % int64(len(b.plain)))
	if !mourning && due >= b.dated.from && last < b.dated.until || b.refused != ReasonNone {
		return &b.plain[turn]
	}
	v := variant{turn: turn, mourning: mourning}
	if due < b.dated.from || last >= b.dated.until {
		left := make([]byte, 0, len(b.opening)+len(b.closing))
		for _, e := range slices.Concat(b.opening, b.closing) {
			out := byte(0)
			if due < e.valid.from || last >= e.valid.until {
				out = 1
			}
			left = append(left, out)
		}
		v.left = string(left)
	}
	c, ok := b.others[v]
	if !ok {
		made := b.compose(v)
		c = &made
		if b.others == nil {
			b.others = map[variant]*content{}
		}
		b.others[v] = c
	}
	return c
}

// longest is the length, in nanoseconds, of the longest thing that the bill may put on air; 0 when it may put none.
func (b *bill) longest() int64 {
	most := int64(0)
	for i := range b.plain {
		c := &b.plain[i]
		if c.refused == ReasonNone {
			most = max(most, int64(c.length))
			continue
		}
		if b.refused == ReasonNone && (b.dated != always || len(b.in.Days) > 0) {
			// With less in it, it may be allowed.
			most = max(most, min(int64(c.length), b.in.Settings.MaxSessionS*int64(time.Second)))
		}
	}
	return most
}

// bookends is the items of an opening or a closing that can be played.
type bookends []bookend

type bookend struct {
	item  PlannedItem
	valid validity
	light bool // falls silent on days of mourning
}

// bookend reads an opening or closing: own is what the programme says, common what the station says. What cannot be played
// is a fault and left out: it must not keep the programme from the air.
func (pl *planner) bookend(p *Programme, own, common string, part Part) bookends {
	id, whose := own, p.ID
	if own == "" {
		id, whose = common, ""
	}
	if id == "" || id == "none" {
		return nil
	}
	known := string(part) + " " + whose + " " + id
	list, read := pl.bookends[known]
	if !read {
		list = pl.readBookend(id, whose, part)
		pl.bookends[known] = list
	}
	return list
}

func (pl *planner) readBookend(id, whose string, part Part) bookends {
	fault := func(r Reason, detail string) {
		pl.faults = append(pl.faults, Fault{ProgrammeID: whose, Reason: r, Detail: "the " + string(part) + ": " + detail})
	}
	playlist, ok := pl.in.Playlists[id]
	if !ok {
		fault(ReasonNoPlaylist, "the playlist "+id+" is gone; it is left out")
		return nil
	}
	var list bookends
	for _, it := range playlist.Items {
		e := bookend{item: PlannedItem{Kind: it.Kind, Part: part}, valid: always}
		switch it.Kind {
		case KindSilence:
			e.item.Frames = silenceFrames(it.SilenceMS)
		case KindClip:
			fact, known := pl.in.Clips[it.ClipID]
			r := judgeClip(pl.in.Settings, fact, known)
			if r == ReasonNone && !e.valid.narrow(pl.zone, fact) {
				r = ReasonBadRule
			}
			if r != ReasonNone {
				fault(r, "the clip "+it.ClipID+" cannot be played ("+string(r)+"); it is left out")
				continue
			}
			e.item.Clip, e.item.Frames, e.light = fact, fact.Frames, light(pl.in.Settings, fact)
		default:
			fault(ReasonBadRule, "an item of kind \""+string(it.Kind)+"\" is not known; it is left out")
			continue
		}
		list = append(list, e)
	}
	return list
}

// light tells whether a clip falls silent on days of mourning.
func light(s Settings, fact ClipFact) bool {
	return slices.ContainsFunc(fact.Tags, func(tag string) bool { return slices.Contains(s.EntertainmentTags, tag) })
}

func silenceFrames(ms int64) int64 { return min(max(ms, 0), MaxSilenceMS) * sampleRate / 1000 }
