package api

import (
	"context"
	"net/http"
	"time"

	"loaxa/admin/intake"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/audio/fetch"
)

// ImportAnswer is one import as it stands.
type ImportAnswer struct {
	ID      string         `json:"id"`
	State   string         `json:"state"` // waiting looking confirm fetching importing done failed cancelled
	Actor   string         `json:"actor"`
	Via     string         `json:"via"`
	Name    string         `json:"name"`
	Created time.Time      `json:"created"`
	Ended   time.Time      `json:"ended,omitzero"`
	Approve bool           `json:"approve,omitempty"` // its clips are approved as they come
	Found   *fetch.Found   `json:"found,omitempty"`   // where a link leads
	File    string         `json:"file,omitempty"`    // being worked on
	Done    int64          `json:"done"`
	Total   int64          `json:"total"` // 0: not known
	Items   []ItemAnswer   `json:"items"`
	Problem *ProblemAnswer `json:"problem,omitempty"` // why it failed
}

// ItemAnswer is what became of one file of an import.
type ItemAnswer struct {
	Name    string         `json:"name"`
	ClipID  string         `json:"clip_id,omitempty"`
	Title   string         `json:"title,omitempty"`
	Existed bool           `json:"existed,omitempty"`
	Refused *ProblemAnswer `json:"refused,omitempty"`
}

// ProblemAnswer is why something was refused, in words.
type ProblemAnswer struct {
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"` // technical English
	Do     string `json:"do"`               // what is wrong and what to do
}

// Over tells whether nothing more will happen.
func (v ImportAnswer) Over() bool { return !v.Ended.IsZero() }

type importList struct {
	Imports []ImportAnswer `json:"imports"`
}

func (a *API) importReply(c *route.Call, s intake.Import, err error) (route.Reply, error) {
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: http.StatusAccepted, Value: importView(c.Words, s), Location: Prefix + "/imports/" + s.ID}, nil
}

func importView(words locale.Words, s intake.Import) ImportAnswer {
	v := ImportAnswer{ID: s.ID, State: s.State, Actor: s.Actor, Via: s.Via, Name: s.Name, Created: s.Created, Ended: s.Ended,
		Approve: s.Approve, Found: s.Found, File: s.File, Done: s.Done, Total: s.Total, Items: []ItemAnswer{}, Problem: noteView(words, s.Problem)}
	for _, i := range s.Items {
		v.Items = append(v.Items, ItemAnswer{Name: i.Name, ClipID: i.ClipID, Title: i.Title, Existed: i.Existed, Refused: noteView(words, i.Refused)})
	}
	return v
}

func noteView(words locale.Words, n *intake.Note) *ProblemAnswer {
	if n == nil {
		return nil
	}
	return &ProblemAnswer{Code: n.Code, Detail: n.Detail, Do: n.In(string(words.Language))}
}

// getImportEvents sends an import whenever it changes, until it is over.
func (a *API) getImportEvents(c *route.Call) (route.Reply, error) {
	id := c.Param("id")
	if _, err := a.o.Intake.Import(c.Request.Context(), id); err != nil {
		return nil, err
	}
	return a.events(func(ctx context.Context, w route.Writer) error { return a.streamImport(ctx, w, c.Words, id) })
}

func (a *API) streamImport(ctx context.Context, w route.Writer, words locale.Words, id string) error {
	changed, done := a.o.Intake.Watch()
	defer done()
	tick := time.NewTicker(eventsEvery)
	defer tick.Stop()
	for {
		s, err := a.o.Intake.Import(ctx, id)
		if err != nil {
			return err
		}
		if err := sendEvent(w, "import", importView(words, s)); err != nil || s.Over() {
			return err
		}
		if err := pause(ctx, leastPause); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, ok := <-changed:
			if !ok {
				return nil
			}
		case <-tick.C:
		}
	}
}
