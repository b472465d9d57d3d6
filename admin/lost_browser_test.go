package admin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/admin/account"
	"loaxa/player"
	"loaxa/schedule"
)

// wire is what stands between a browser and the station.
type wire struct {
	*httptest.Server
	cut  atomic.Bool // connections end, and no new one comes through
	deaf atomic.Bool // nothing ends, and nothing comes through either: the radio is out of reach
	slow atomic.Bool // answers take their time; events do not
}

func (s *station) wire(t *testing.T) *wire {
	t.Helper()
	w := &wire{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if w.slow.Load() && !strings.HasSuffix(r.URL.Path, "/events") {
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
			}
		}
		s.handler.ServeHTTP(&muffled{rw, w}, r)
	}))
	t.Cleanup(func() {
		w.CloseClientConnections()
		w.Close()
	})
	return w
}

// muffled loses what is written while the wire is deaf.
type muffled struct {
	http.ResponseWriter
	wire *wire
}

func (m *muffled) Write(b []byte) (int, error) {
	if m.wire.deaf.Load() {
		return len(b), nil
	}
	return m.ResponseWriter.Write(b)
}

// Flush is what a stream is asked for that it may be sent piece by piece.
func (m *muffled) Flush() {
	if f, ok := m.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

func (m *muffled) Unwrap() http.ResponseWriter { return m.ResponseWriter }

// watchStale notes every moment in which the page says that something is on air after it had said that the line is lost.
const watchStale = `(() => {
	window.stale = 0;
	let lost = false;
	const look = () => {
		lost ||= !document.getElementById("lost").hidden;
		if (lost && [...document.querySelectorAll(".state-chip, .word, .chip, .words")].some(e => /đang phát/i.test(e.textContent) && e.checkVisibility({visibilityProperty: true}))) window.stale++;
		requestAnimationFrame(look);
	};
	look();
	return true })()`

// The Wi-Fi is gone in the middle of a broadcast and comes back after its end: from the first moment of doubt to the first
// fresh word the page never claims that the commune hears something.
func TestBrowserNeverShowsAStaleBroadcastWhenTheLineIsLostAndBack(t *testing.T) {
	t.Parallel()
	for path, state := range map[string]string{"/": "#state", "/schedule": "#station"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			s.onAirBySchedule(t)
			line := s.wire(t)
			ctx := browserFor(t, 360, 800, 4*time.Minute)
			s.opens(ctx, t, line.URL, path)
			waitText(ctx, t, state, "ĐANG PHÁT")
			if path == "/schedule" {
				waitText(ctx, t, ".day-list", "đang phát")
			}
			evaluate[bool](ctx, t, watchStale)
			for name, broken := range map[string]*atomic.Bool{"cut": &line.cut, "out of reach": &line.deaf} {
				broken.Store(true)
				if name == "cut" {
					line.CloseClientConnections()
				}
				waitText(ctx, t, "#lost:not([hidden])", "Mất kết nối")
				s.player.show(func(p *player.Snapshot) { p.State, p.OnAir = player.Resting, nil })
				line.slow.Store(true) // what is old must not be shown while the new is on its way
				broken.Store(false)
				waitTrue(ctx, t, `document.getElementById("lost").hidden`)
				if got := evaluate[string](ctx, t, `document.querySelector("`+state+`").innerText`); !strings.Contains(got, "ĐANG NGHỈ") {
					t.Errorf("%s and back, the page says %q", name, got)
				}
				if n := evaluate[int](ctx, t, `window.stale`); n > 0 {
					t.Errorf("%s: in %d moments the page showed a broadcast that it could not know of", name, n)
				}
				line.slow.Store(false)
				s.onAirBySchedule(t)
				must(t, chromedp.Do(ctx, chromedp.Reload()))
				waitText(ctx, t, state, "ĐANG PHÁT")
				evaluate[bool](ctx, t, watchStale)
			}
		})
	}
}

// onAirBySchedule puts a broadcast of the plan on air, which then stands in the week, too.
func (s *station) onAirBySchedule(t testing.TB) {
	t.Helper()
	if len(s.rules.Programmes()) == 0 {
		op := s.token(t, account.Operator)
		list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"L","items":[{"clip_id":"c-1"}]}`), 201)
		into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", op, `{"title":"Cảnh báo","playlist_id":"`+list.ID+`","cron":"58 16 * * *"}`), 201)
	}
	s.onAir()
}
