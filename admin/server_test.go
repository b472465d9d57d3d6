package admin

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player"
)

// onAir puts something on air.
func (s *station) onAir() {
	s.player.show(func(p *player.Snapshot) {
		p.State = player.Playing
		p.OnAir = &player.OnAir{Broadcast: "p-1@2026-03-05T16:58:00+07:00", Kind: player.Scheduled, Title: "Cảnh báo", Items: 1,
			Due: s.clock(), Started: s.clock(), Length: time.Minute}
	})
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	for want, spoil := range map[string]func(*Options){
		"Options.Logger": func(o *Options) { o.Logger = nil }, "Options.Listen": func(o *Options) { o.Listen = "" },
		"Options.Player": func(o *Options) { o.Station.Player = nil }, "Options.SpoolDir": func(o *Options) { o.Station.SpoolDir = "" },
	} {
		s := newStation(t)
		o := s.options
		spoil(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %s", err, want)
		}
	}
}

func TestAddressInUseIsSaidAtOnce(t *testing.T) {
	s := newStation(t)
	o := s.options
	o.Listen = s.Address()
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), s.Address()) {
		t.Errorf("error %v does not name the address", err)
	}
}

// A page that follows the station must not keep the station from stopping.
func TestEventsAndStop(t *testing.T) {
	s := newStation(t)
	base, stop := s.start(t)
	req, err := http.NewRequestWithContext(t.Context(), "GET", base+"/api/v1/events", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+s.token(t, account.Inspector))
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end below
	lines := bufio.NewScanner(res.Body)
	if got := nextState(t, lines); got != "resting" {
		t.Errorf("the first event says %s", got)
	}
	s.onAir()
	if got := nextState(t, lines); got != "playing" {
		t.Errorf("after something went on air the event says %s", got)
	}
	began := time.Now()
	must(t, stop())
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping with an open stream took %s", took)
	}
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the stream did not end: %v", err)
	}
}

func nextState(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var n struct{ State string }
		must(t, json.Unmarshal([]byte(data), &n))
		return n.State
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return ""
}

func TestStreamsAreBounded(t *testing.T) {
	s := newStation(t)
	base, _ := s.start(t)
	token := s.token(t, account.Operator)
	open := func() (status int) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", base+"/api/v1/events", nil)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		t.Cleanup(func() { _ = res.Body.Close() }) // it ends with the server at the latest
		return res.StatusCode
	}
	refused := 0
	for range 40 {
		if open() == http.StatusServiceUnavailable {
			refused++
		}
	}
	if refused != 8 {
		t.Errorf("%d of 40 streams were refused, want 8", refused)
	}
}

func socketClient(path string) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}}}
}

func TestSocketPeerIsTheActor(t *testing.T) {
	var path string
	s := newStation(t, func(o *Options) {
		path = filepath.Join(o.Station.SpoolDir, "loaxa.sock")
		o.Socket = path
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"}) // left behind by a crash
		must(t, err)
		l.SetUnlinkOnClose(false)
		must(t, l.Close())
	})
	st, err := os.Stat(path)
	must(t, err)
	if st.Mode().Perm() != 0o600 {
		t.Errorf("mode %o: others may speak to the station as administrator", st.Mode().Perm())
	}
	_, stop := s.start(t)
	me, err := user.Current()
	must(t, err)
	c := socketClient(path)
	ask := func(as string) (status int) {
		s.onAir()
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://loaxa/api/v1/stop", nil)
		must(t, err)
		if as != "" {
			req.Header.Set("X-Loaxa-As", as)
		}
		res, err := c.Do(req)
		must(t, err)
		must(t, res.Body.Close())
		return res.StatusCode
	}
	for as, want := range map[string]string{"": "socket:" + me.Username, "Tran Thi B": "user:Tran Thi B"} {
		if status := ask(as); status != http.StatusAccepted {
			t.Fatalf("as %q: %d", as, status)
		}
		if got := s.player.stopped[len(s.player.stopped)-1]; got != want {
			t.Errorf("as %q the actor is %s, want %s", as, got, want)
		}
	}
	if status := ask("a:b"); status != http.StatusUnprocessableEntity {
		t.Errorf("a name that could pass for another kind of actor: %d", status)
	}
	c.CloseIdleConnections()
	must(t, stop())
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

// Over TCP nobody may borrow a name.
func TestAsHeaderIsForTheSocketOnly(t *testing.T) {
	s := newStation(t)
	s.onAir()
	token := s.token(t, account.Operator)
	s.ask("POST", "/api/v1/stop", token, "", func(r *http.Request) { r.Header.Set("X-Loaxa-As", "Tran Thi B") })
	if got := s.player.stopped; len(got) != 1 || !strings.HasPrefix(got[0], "token:") {
		t.Errorf("actors %v", got)
	}
}

func TestSocketIsNotPutOverAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "loaxa.sock")
	must(t, os.WriteFile(path, []byte("something else"), 0o600))
	if _, err := listenSocket(path); err == nil {
		t.Error("a file was replaced")
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// One handler that falls over costs one answer, not the station.
func TestPanicCostsOneAnswer(t *testing.T) {
	s := newStation(t)
	base, _ := s.start(t)
	token := s.token(t, account.Operator)
	get := func(path string) (int, error) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", base+path, nil)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err
		}
		_, err = io.ReadAll(res.Body)
		return res.StatusCode, errors.Join(err, res.Body.Close())
	}
	s.player.mu.Lock()
	s.player.falls = true
	s.player.mu.Unlock()
	if status, err := get("/api/v1/now"); status != http.StatusInternalServerError || err != nil {
		t.Errorf("before the first byte: %d, %v", status, err)
	}
	// A stream has begun when it falls: it must break off, not end as if it were whole.
	if status, err := get("/api/v1/events"); err == nil {
		t.Errorf("in the midst of an answer: %d, %v", status, err)
	}
	s.player.mu.Lock()
	s.player.falls = false
	s.player.mu.Unlock()
	if status, err := get("/api/v1/now"); status != http.StatusOK || err != nil {
		t.Errorf("afterwards: %d, %v", status, err)
	}
}
