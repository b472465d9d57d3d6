package rulebook

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

// desk is a book with a clock that the test moves.
type desk struct {
	*Book
	db      *bbolt.DB
	now     time.Time
	changes []string // actors told of by Changed
}

var morning = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

func openDB(t testing.TB, path string) *bbolt.DB {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{db: openDB(t, filepath.Join(t.TempDir(), "state.db")), now: morning}
	book, err := Open(Options{DB: d.db, Now: func() time.Time { return d.now },
		Changed: func(actor string) { d.changes = append(d.changes, actor) }})
	if err != nil {
		t.Fatal(err)
	}
	d.Book = book
	return d
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func list(title string) schedule.Playlist {
	return schedule.Playlist{Title: title, Items: []schedule.Item{{ClipID: "c-1"}}}
}

func daily(playlist string) schedule.Programme {
	return schedule.Programme{Title: "Bản tin sáng", PlaylistID: playlist, Cron: "30 6 * * *"}
}

func TestMissingOptionsAreNamed(t *testing.T) {
	if _, err := Open(Options{}); err == nil || !strings.Contains(err.Error(), "Options.DB") {
		t.Errorf("without a database: %v", err)
	}
	db := openDB(t, filepath.Join(t.TempDir(), "state.db"))
	if _, err := Open(Options{DB: db}); err == nil || !strings.Contains(err.Error(), "Options.Now") {
		t.Errorf("without a clock: %v", err)
	}
}

func TestWhatIsPutIsThereAfterReopening(t *testing.T) {
	d := newDesk(t)
	l := must(d.PutPlaylist("lan", list("Ca\u0309nh ba\u0301o  lừa đảo")))(t)
	if l.ID != "l-1" || l.Revision != 1 || l.Title != "Cảnh báo lừa đảo" || l.Mode != schedule.ModeAll || l.Items[0].Kind != schedule.KindClip {
		t.Errorf("stored as %+v", l)
	}
	p := must(d.PutProgramme("lan", daily(l.ID)))(t)
	if p.ID != "p-1" || p.Revision != 1 || p.VolumePercent != 100 || p.Class != schedule.Ordinary || !p.EffectiveFrom.Equal(morning) {
		t.Errorf("stored as %+v", p)
	}
	s := d.Settings()
	s.StationName, s.QuietHours = "Đài truyền thanh xã An Bình", nil
	must(d.PutSettings("minh", s))(t)
	again := must(Open(Options{DB: d.db, Now: time.Now}))(t)
	in := again.Input()
	if len(in.Programmes) != 1 || in.Programmes[0].ID != p.ID || in.Playlists[l.ID].Title != l.Title {
		t.Errorf("after reopening: %+v", in)
	}
	if in.Settings.StationName != s.StationName || len(in.Settings.QuietHours) != 0 || in.Settings.LatenessS != 600 {
		t.Errorf("settings after reopening: %+v", in.Settings)
	}
	if fmt.Sprint(d.changes) != "[lan lan minh]" {
		t.Errorf("told of changes by %v", d.changes)
	}
}

func TestNewSettingsHaveTheirDefaults(t *testing.T) {
	d := newDesk(t)
	err := d.db.Update(func(tx *bbolt.Tx) error {
		return bucket(tx, bucketSettings).Put([]byte(settingsID), []byte(`{"station_name":"An Bình","revision":3}`))
	})
	if err != nil {
		t.Fatal(err)
	}
	s := must(Open(Options{DB: d.db, Now: time.Now}))(t).Settings()
	if s.StationName != "An Bình" || s.Revision != 3 || s.LoudnessLUFS != -16 || len(s.QuietHours) != 1 {
		t.Errorf("read as %+v", s)
	}
}

// TestAnEditIsNeverDueInThePast: what changes the times takes effect now; what does not keeps its date.
func TestAnEditIsNeverDueInThePast(t *testing.T) {
	for _, c := range []struct {
		name    string
		edit    func(*schedule.Programme)
		retimed bool
	}{
		{"title", func(p *schedule.Programme) { p.Title = "Bản tin" }, false},
		{"volume", func(p *schedule.Programme) { p.VolumePercent = 50 }, false},
		{"lateness", func(p *schedule.Programme) { p.LatenessS = 60 }, false},
		{"a forged date", func(p *schedule.Programme) { p.EffectiveFrom = time.Time{} }, false},
		{"pause", func(p *schedule.Programme) { p.Paused = true }, false},
		{"rule", func(p *schedule.Programme) { p.Cron = "0 6 * * *" }, true},
		{"first day", func(p *schedule.Programme) { p.ValidFrom = "2026-01-01" }, true},
		{"last day", func(p *schedule.Programme) { p.ValidUntil = "2027-01-01" }, true},
		{"single starts", func(p *schedule.Programme) { p.Cron, p.Starts = "", []time.Time{morning} }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			p := must(d.PutProgramme("lan", daily(must(d.PutPlaylist("lan", list("a")))(t).ID)))(t)
			d.now = morning.Add(time.Hour)
			c.edit(&p)
			p = must(d.PutProgramme("lan", p))(t)
			if got := p.EffectiveFrom.Equal(d.now); got != c.retimed || p.EffectiveFrom.IsZero() {
				t.Errorf("takes effect %v, edited at %v", p.EffectiveFrom, d.now)
			}
			d.now = morning.Add(2 * time.Hour)
			p.Paused = false
			wasPaused := c.name == "pause"
			if p = must(d.PutProgramme("lan", p))(t); p.EffectiveFrom.Equal(d.now) != wasPaused {
				t.Errorf("pause lifted %v: takes effect %v", wasPaused, p.EffectiveFrom)
			}
		})
	}
}

func TestANewZoneOfTimeIsNeverDueInThePast(t *testing.T) {
	d := newDesk(t)
	must(d.PutProgramme("lan", daily(must(d.PutPlaylist("lan", list("a")))(t).ID)))(t)
	d.now = morning.Add(time.Hour)
	s := d.Settings()
	s.Zone = "Asia/Tokyo"
	must(d.PutSettings("minh", s))(t)
	p := must(d.Programme("p-1"))(t)
	if !p.EffectiveFrom.Equal(d.now) || p.Revision != 2 {
		t.Errorf("after the zone changed: %+v", p)
	}
	if h := must(d.History(WhatProgramme, "p-1"))(t); len(h) != 2 || h[1].Actor != "minh" {
		t.Errorf("history %+v", h)
	}
}

func TestTwoEditors(t *testing.T) {
	d := newDesk(t)
	l := must(d.PutPlaylist("lan", list("a")))(t)
	p := must(d.PutProgramme("lan", daily(l.ID)))(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won, lost := 0, 0
	d.Book.changed = nil
	for i := range 8 {
		wg.Go(func() {
			mine := p
			mine.Title = fmt.Sprintf("editor %d", i)
			_, err := d.PutProgramme("lan", mine)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case errors.Is(err, ErrConflict):
				lost++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 || lost != 7 {
		t.Errorf("%d editors won, %d were told of the conflict", won, lost)
	}
	if _, err := d.PutPlaylist("lan", schedule.Playlist{ID: l.ID, Title: "b"}); !errors.Is(err, ErrConflict) {
		t.Errorf("overwriting without a revision: %v", err)
	}
	if _, err := d.PutSettings("lan", schedule.Settings{Revision: 1}); err == nil {
		t.Error("empty settings were stored")
	}
	s := d.Settings()
	s.Revision = 5
	if _, err := d.PutSettings("lan", s); !errors.Is(err, ErrConflict) {
		t.Errorf("stale settings: %v", err)
	}
	if _, err := d.PutPlaylist("lan", schedule.Playlist{ID: "l-99", Title: "b", Revision: 1}); !errors.Is(err, ErrNotFound) {
		t.Errorf("editing what is not there: %v", err)
	}
}

func TestDeleting(t *testing.T) {
	d := newDesk(t)
	l := must(d.PutPlaylist("lan", list("a")))(t)
	p := must(d.PutProgramme("lan", daily(l.ID)))(t)
	var used *InUseError
	if err := d.DeletePlaylist("lan", l.ID); !errors.As(err, &used) || len(used.Users) != 1 || used.Users[0] != (User{p.ID, p.Title}) {
		t.Errorf("deleting a playlist in use: %v", err)
	} else if !strings.Contains(err.Error(), "p-1 (Bản tin sáng)") {
		t.Errorf("the user is not named: %v", err)
	}
	for _, del := range []func() error{
		func() error { return d.DeleteProgramme("lan", p.ID) },
		func() error { return d.DeletePlaylist("lan", l.ID) },
	} {
		if err := del(); err != nil {
			t.Fatal(err)
		}
		if err := del(); !errors.Is(err, ErrNotFound) {
			t.Errorf("deleted twice: %v", err)
		}
	}
	l2 := must(d.PutPlaylist("lan", list("a")))(t)
	p2 := must(d.PutProgramme("lan", daily(l2.ID)))(t)
	if l2.ID == l.ID || p2.ID == p.ID {
		t.Errorf("IDs given again: %s %s", l2.ID, p2.ID)
	}
	h := must(d.History(WhatProgramme, p.ID))(t)
	if len(h) != 2 || string(h[0].Before) != "null" || string(h[1].After) != "null" || h[1].Number != 2 {
		t.Errorf("history of the deleted programme: %+v", h)
	}
	if _, err := d.History(WhatProgramme, "p"); !errors.Is(err, ErrNotFound) {
		t.Errorf("history of p holds that of p-1: %v", err)
	}
}

func TestNothingHalfStored(t *testing.T) {
	d := newDesk(t)
	p := daily("l-404")
	var ps schedule.Problems
	if _, err := d.PutProgramme("lan", p); !errors.As(err, &ps) || ps[0].Field != "playlist_id" {
		t.Errorf("a programme without its playlist: %v", err)
	}
	p.Cron = "99 * * * *"
	if _, err := d.PutProgramme("lan", p); !errors.As(err, &ps) || ps[0].Field != "cron" {
		t.Errorf("a broken rule: %v", err)
	}
	if n := must(d.Outbox().Pending())(t); n != 0 || len(d.Programmes()) != 0 || len(d.changes) != 0 {
		t.Errorf("refused, and yet %d changes wait", n)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	d := newDesk(t)
	err := d.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketRoot).Put(keySchema, []byte{0, 0, 0, 0, 0, 0, 0, schemaVersion + 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{DB: d.db, Now: time.Now}); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("a newer schema was opened: %v", err)
	}
}

func TestInputStaysAsItWas(t *testing.T) {
	d := newDesk(t)
	l := must(d.PutPlaylist("lan", list("a")))(t)
	before := d.Input()
	l.Title = "b"
	must(d.PutPlaylist("lan", l))(t)
	if before.Playlists[l.ID].Title != "a" || d.Input().Playlists[l.ID].Title != "b" {
		t.Error("an Input handed out changes, or a new one does not")
	}
}
