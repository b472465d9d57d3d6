package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/route"
)

// Event streams: how many at once, how often the state is sent when nothing changes (a page that hears nothing for
// longer says that the connection is lost), and the comment that keeps proxies from closing a quiet connection.
const (
	maxStreams  = 32
	eventsEvery = 5 * time.Second
	beatEvery   = 15 * time.Second
	leastPause  = 200 * time.Millisecond // between two events, however much happens
	streamLife  = 15 * time.Minute       // then the reader signs in anew: a revoked token does not listen on
)

func (a *API) getEvents(c *route.Call) (route.Reply, error) {
	return a.events(func(ctx context.Context, w route.Writer) error { return a.stream(ctx, w, c.Words) })
}

// events is a stream of server-sent events, of which so many may be open at once.
func (a *API) events(write func(context.Context, route.Writer) error) (route.Reply, error) {
	select {
	case a.streams <- struct{}{}:
	default:
		return nil, &route.Problem{Status: http.StatusServiceUnavailable, Code: "too_many_streams", Retry: 30 * time.Second,
			Detail: fmt.Sprintf("%d event streams are open", maxStreams)}
	}
	return route.Stream{Type: "text/event-stream", Header: http.Header{"X-Accel-Buffering": {"no"}},
		Write: func(ctx context.Context, w route.Writer) error {
			defer func() { <-a.streams }()
			return write(ctx, w)
		}}, nil
}

// stream sends the state at once, whenever it changes, and every few seconds.
func (a *API) stream(ctx context.Context, w route.Writer, words locale.Words) error {
	changed, done := a.o.Player.Watch()
	defer done()
	tick := time.NewTicker(eventsEvery)
	defer tick.Stop()
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	life := time.NewTimer(streamLife)
	defer life.Stop()
	if _, err := w.Write([]byte("retry: 1000\n\n")); err != nil {
		return err
	}
	for {
		if err := sendEvent(w, "now", a.Now(words)); err != nil {
			return err
		}
		if err := pause(ctx, leastPause); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, ok := <-changed:
			if !ok { // the player has ended
				return nil
			}
		case <-life.C:
			return nil
		case <-tick.C:
		case <-beat.C:
			if _, err := w.Write([]byte(": still here\n\n")); err != nil {
				return err
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func sendEvent(w route.Writer, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data); err != nil {
		return err
	}
	return w.Flush()
}
