package report

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// Edit is one change of a clip, a programme, a playlist or a campaign, by the log's own change record.
type Edit struct {
	Index    int64
	At       evidence.CorrectedTime // when the state changed
	By       string                 // the actor, such as "user:LOGIN"
	Title    string                 // after it
	Deleted  bool
	Approved *Approval // it was approved by this very change
}

// Approval is who said that it may be aired.
type Approval struct {
	By     string
	Signer string // name and office, of an approval on paper that By entered; else ""
	Day    string // of the signature on paper, YYYY-MM-DD
}

// History is what was changed and approved, by whom, from the change records alone.
type History struct{ edits map[historyKey][]Edit }

type historyKey struct{ what, id string }

// Edits of a thing in the order of the log. What is clip, programme, playlist or campaign.
func (h History) Edits(what, id string) []Edit { return h.edits[historyKey{what, id}] }

// ApprovalBefore is the newest approval of a thing before a record, nil when there is none.
func (h History) ApprovalBefore(what, id string, index int64) *Edit {
	var found *Edit
	for i, e := range h.Edits(what, id) {
		if e.Index < index && e.Approved != nil {
			found = &h.edits[historyKey{what, id}][i]
		}
	}
	return found
}

// historyKept are the kinds of thing whose changes are kept; maxEdits bounds them all together.
var historyKept = map[string]bool{"clip": true, "programme": true, "playlist": true, "campaign": true}

const maxEdits = 500_000

// Edits reads the history from the log's first size records. It goes through all of them, and decodes changes only.
func Edits(ctx context.Context, log *playlog.Log, size int64, step Step) (History, error) {
	h := History{edits: map[historyKey][]Edit{}}
	w, times, n := newWords(), NewTimes(log, size), 0
	err := log.Read(0, size, func(idx int64, raw []byte) error {
		if idx%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if step != nil {
				if err := step(float64(idx) / float64(size)); err != nil {
					return err
				}
			}
		}
		if !bytes.Contains(raw[:min(len(raw), 64)], []byte(`"kind":"change"`)) {
			return nil
		}
		rec, err := evidence.Decode(raw)
		if err != nil {
			return err
		}
		body, err := evidence.DecodeBody(rec)
		if err != nil {
			return err
		}
		c, ok := body.(evidence.Change)
		if !ok || !historyKept[c.What] {
			return nil
		}
		if n++; n > maxEdits {
			return ErrTooMany
		}
		e := edit(c, w)
		e.Index, e.At = rec.Idx, times.Near(rec, c.Made)
		key := historyKey{w.once(c.What), w.once(c.ID)}
		h.edits[key] = append(h.edits[key], e)
		return nil
	})
	if err != nil {
		return History{}, fmt.Errorf("reading who changed and approved what: %w", err)
	}
	return h, nil
}

// subject is what a change record tells of a clip or a campaign, in the words of both.
type subject struct {
	Title    string    `json:"title"`
	State    string    `json:"state"`
	Approval *approval `json:"approval"` // of a clip
	Approved *approval `json:"approved"` // of a campaign
}

type approval struct {
	By     string `json:"by"`
	At     string `json:"at"`
	Signer string `json:"signer"`
	Day    string `json:"day"`
	Paper  *struct {
		Signer string `json:"signer"`
		Date   string `json:"date"`
	} `json:"paper"`
}

func (s subject) approval() *approval {
	if s.Approval != nil {
		return s.Approval
	}
	return s.Approved
}

func edit(c evidence.Change, w *words) Edit {
	var before, after subject
	// A shape that this program does not know tells of no approval; the record itself stays the word.
	_ = json.Unmarshal(c.Before, &before)
	_ = json.Unmarshal(c.After, &after)
	e := Edit{By: w.once(c.By), Title: w.once(cmp.Or(after.Title, before.Title)), Deleted: len(c.After) == 0 || bytes.Equal(c.After, []byte("null"))}
	now, was := after.approval(), before.approval()
	if now != nil && (was == nil || was.By != now.By || was.At != now.At) {
		e.Approved = &Approval{By: w.once(now.By), Signer: now.Signer, Day: now.Day}
		if now.Paper != nil {
			e.Approved.Signer, e.Approved.Day = now.Paper.Signer, now.Paper.Date
		}
	}
	return e
}
