package admin

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// mishaps keeps what a station logs as an error: nothing that comes from outside may be one.
type mishaps struct {
	mu   sync.Mutex
	list []string
}

func (m *mishaps) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (m *mishaps) WithAttrs([]slog.Attr) slog.Handler           { return m }
func (m *mishaps) WithGroup(string) slog.Handler                { return m }

func (m *mishaps) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += fmt.Sprintf(" %s=%s", a.Key, short(a.Value.String())); return true })
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, text)
	return nil
}

func (m *mishaps) taken() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.list
	m.list = nil
	return out
}

// world is a station with something of everything, and a person who may do everything.
type world struct {
	*station
	boss  *browserAt
	log   *mishaps
	pages []string // addresses of all pages
	came  int      // strangers so far
}

func newWorld(t *testing.T) *world {
	t.Helper()
	log := &mishaps{}
	w := &world{log: log}
	w.station = newStation(t, func(o *Options) {
		o.Logger, o.Station.Logger = slog.New(log), slog.New(log)
		rules, clips := o.Station.Rules, o.Station.Library
		o.Station.Input = func() schedule.Input {
			in := rules.Input()
			in.Clips = map[string]schedule.ClipFact{"c-1": {ID: "c-1", Title: "Cảnh báo", Frames: 48000 * 90, State: "approved"}}
			all, err := clips.All()
			must(t, err)
			for _, c := range all {
				in.Clips[c.ID] = schedule.ClipFact{ID: c.ID, Title: c.Title, SHA256: c.SHA256, Canonical: c.CanonicalSHA256, Frames: c.Frames, State: c.State, Tags: c.Tags}
			}
			return in
		}
	})
	w.boss = w.member(t, "chu-tich", account.Administrator, "192.168.1.5")
	w.pages = w.walk(t)
	return w
}

// scene is a page on which forms stand, and how the station comes to show it.
type scene struct {
	name string
	show func(*testing.T, *world) *httptest.ResponseRecorder
}

// scenes are all pages of the walk, and those that stand only in the midst of something.
func (w *world) scenes() []scene {
	var out []scene
	for _, address := range w.pages {
		path, _, _ := strings.Cut(address, "?")
		rt := w.find("GET", path)
		out = append(out, scene{"GET " + rt.Path, func(_ *testing.T, w *world) *httptest.ResponseRecorder { return w.boss.get(w.address(rt.Path)) }})
	}
	return append(out, moreScenes...)
}

// formKey names a form so that it is found again in another world. "" is for forms that only ask.
func (w *world) formKey(f *sheet, action string) (key, path string) {
	path, _, _ = strings.Cut(action, "?")
	var rt *route.Route
	for i, r := range w.table { // as the server has it: an address without parameters goes before one with
		if r.Method == "POST" && f.method == "POST" && strings.Count(r.Path, "/") == strings.Count(path, "/") &&
			equalParts(strings.Split(r.Path, "/"), strings.Split(path, "/")) && (rt == nil || !strings.Contains(r.Path, ":")) {
			rt = &w.table[i]
		}
	}
	if rt == nil {
		return "", ""
	}
	names := f.names()
	slices.Sort(names)
	for i, n := range names { // seen.ID is one field for each clip
		names[i], _, _ = strings.Cut(n, ".")
	}
	return rt.Path + " " + strings.Join(slices.Compact(names), ","), rt.Path
}

// actions are the addresses that a form leads to: its own and those of its buttons.
func (f *sheet) actions() []string {
	out := []string{f.action}
	for _, b := range f.buttons {
		if b.action != "" && !slices.Contains(out, b.action) {
			out = append(out, b.action)
		}
	}
	return out
}
