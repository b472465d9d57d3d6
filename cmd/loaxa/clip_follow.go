package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"loaxa/audio/fetch"
)

// importView is an import as the API tells it.
type importView struct {
	ID      string       `json:"id"`
	State   string       `json:"state"`
	Found   *fetch.Found `json:"found"`
	File    string       `json:"file"`
	Done    int64        `json:"done"`
	Total   int64        `json:"total"`
	Items   []itemView   `json:"items"`
	Problem *noteView    `json:"problem"`
}

type itemView struct {
	Name    string    `json:"name"`
	ClipID  string    `json:"clip_id"`
	Existed bool      `json:"existed"`
	Refused *noteView `json:"refused"`
}

// noteView says why something was not taken.
type noteView struct {
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
	Do     string `json:"do,omitempty"` // a sentence for people
}

func (v importView) over() bool {
	return v.State == "done" || v.State == "failed" || v.State == "cancelled"
}

// fault is why an import that did not end well did not.
func (v importView) fault() error {
	if v.Problem != nil {
		return v.Problem.fault()
	}
	return failWith(exitFailed, "", "it was cancelled")
}

func (n noteView) fault() error {
	code := exitFailed
	if n.Code == "in_use" || n.Code == codeHost {
		code = exitRefused
	}
	if n.Detail == "" {
		return failWith(code, "", "%s", n.Do)
	}
	return failWith(code, n.Do, "%s", n.Detail)
}

// about puts what was being done before an error, and keeps its exit code and hint.
func about(err error, doing string) error {
	var f *fault
	if errors.As(err, &f) {
		return failWith(f.code, f.hint, "%s: %w", doing, f.err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// follower watches an import until it is over.
type follower struct {
	app     *app
	station *client
	shows   *progress
	hosts   []string // final hosts to which the person said yes beforehand
}

// How often an import is asked for when its events cannot be had, and how long a cancellation may take.
const (
	followPause = 500 * time.Millisecond
	cancelWait  = 5 * time.Second
)

// errStopped is a command that was stopped while it followed an import.
var errStopped = errors.New("stopped; what had become a clip before is kept, nothing else")

// follow returns the import as it ended. One that is not followed to its end is cancelled: who stops the command does
// not expect it to go on behind.
func (f *follower) follow(ctx context.Context, v importView) (_ importView, err error) {
	id := v.ID
	defer func() {
		f.shows.clear()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			err = errStopped
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelWait)
		defer cancel()
		// Without an answer, the station is gone and the import with it.
		_ = f.station.call(last, "DELETE", "/imports/"+id, nil, nil)
	}()
	for !v.over() {
		if v.State == "confirm" {
			if v, err = f.confirm(ctx, v); err != nil {
				return v, err
			}
		}
		if v, err = f.watch(ctx, v); err != nil {
			return v, err
		}
	}
	return v, nil
}

// errEnough ends a stream of events that has told what was to be known.
var errEnough = errors.New("enough was heard")

// watch hears of an import until it is over or waits for a person.
func (f *follower) watch(ctx context.Context, v importView) (importView, error) {
	events := &eventReader{each: func(data []byte) error {
		v = importView{}
		if err := json.Unmarshal(data, &v); err != nil {
			return fmt.Errorf("reading the station's answer: %w", err)
		}
		f.shows.tell(v)
		if v.over() || v.State == "confirm" {
			return errEnough
		}
		return nil
	}}
	id := v.ID
	err := f.station.call(ctx, "GET", "/imports/"+id+"/events", nil, events)
	var p *problem
	crowded := errors.As(err, &p) && p.Status == http.StatusServiceUnavailable
	switch {
	case errors.Is(err, errEnough):
		return v, nil
	case err != nil && !crowded:
		return v, err
	}
	select {
	case <-ctx.Done():
		return v, ctx.Err()
	case <-time.After(followPause):
	}
	v = importView{}
	if err := f.station.call(ctx, "GET", "/imports/"+id, nil, &v); err != nil {
		return importView{ID: id}, err
	}
	f.shows.tell(v)
	return v, nil
}

// eventReader hands on the data of server-sent events, as this program's station writes them: one line each.
type eventReader struct {
	rest []byte
	each func(data []byte) error
}

func (r *eventReader) Write(p []byte) (int, error) {
	r.rest = append(r.rest, p...)
	for {
		line, rest, whole := bytes.Cut(r.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		r.rest = rest
		if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
			if err := r.each(data); err != nil {
				return len(p), err
			}
		}
	}
}
