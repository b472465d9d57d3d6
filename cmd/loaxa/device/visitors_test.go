package device

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

// People look at the station while it speaks: five turn pages without a rest, and twenty pages listen for what changes. The
// commune hears every frame of every clip all the same.
func TestVisitorsDoNotDisturb(t *testing.T) {
	needDevice(t)
	pulsetest.Steadily(t, 4, visited)
}

func visited(t testing.TB) {
	const n, step, people, listeners = 4, 6 * time.Second, 5, 20
	server := pulsetest.Start(t)
	capture := server.Capture(t)
	s := newStation(t, server.Env()...)
	s.serve()
	clip := s.bring("khach", noise(pulsetest.Rate*4, 5))
	s.anyHour(map[string]any{"loudness_lufs": clip.LUFS, "warm_up_ms": 1500})
	due := every(2*time.Second, step, n)
	id := s.programme(s.playlist(schedule.ModeAll, clip), 30, due...)

	base, _, _ := strings.Cut(s.proc.link, "/setup/")
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var turned, heard atomic.Int64
	var signedIn []*visitor // a person has so many sessions only, so each of the five also listens
	for range people {
		signedIn = append(signedIn, s.visitor(ctx, base))
	}
	for i := range listeners {
		v := signedIn[i%people]
		all.Go(func() { v.listen(&heard) })
	}
	for _, v := range signedIn {
		all.Go(func() { v.turn(&turned) })
	}
	outcomes := s.awaitOutcomes(id, n, time.Duration(n+4)*step)
	leave()
	all.Wait()
	capture.Stop()

	offs := onsets(t, capture, clip.samples, due)
	t.Logf("%d pages turned, %d events heard, %d broadcasts whole; onsets %v", turned.Load(), heard.Load(), n, offs)
	for i, o := range outcomes {
		if o.Underruns != 0 {
			t.Errorf("broadcast %d: %d frames of underrun", i, o.Underruns)
		}
	}
	if turned.Load() < 50 || heard.Load() < listeners {
		t.Errorf("only %d pages were turned and %d events heard: that is no visit", turned.Load(), heard.Load())
	}
}

// visitor is a browser of somebody who is signed in.
type visitor struct {
	t      testing.TB
	ctx    context.Context
	base   string
	client *http.Client
}

func (s *station) visitor(ctx context.Context, base string) *visitor {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	v := &visitor{t: s.t, ctx: ctx, base: base, client: &http.Client{Jar: jar}}
	link, _, _ := strings.Cut(s.mustCLI("user", "link"), " ")
	if !strings.HasPrefix(link, "http") {
		link = base + link
	}
	if at, err := url.Parse(link); err == nil { // a link may name the station as other machines see it
		link = base + at.Path
	}
	if _, err := v.get(link); err != nil {
		s.t.Fatalf("signing in: %v", err)
	}
	return v
}

func (v *visitor) get(address string) (string, error) {
	req, err := http.NewRequestWithContext(v.ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", address, resp.Status)
	}
	return string(text), err
}

var menuEntry = regexp.MustCompile(`<li><a href="(/[a-z]*)"`)

// turn goes through the pages of the menu, one after the other, with a fifth of a second to look at each.
func (v *visitor) turn(turned *atomic.Int64) {
	for v.ctx.Err() == nil {
		home, err := v.get(v.base + "/")
		if v.ctx.Err() != nil {
			return
		}
		entries := menuEntry.FindAllStringSubmatch(home, -1)
		if err != nil || len(entries) == 0 {
			v.t.Errorf("the home page: %v, with %d entries in its menu", err, len(entries))
			return
		}
		for _, e := range entries {
			if _, err := v.get(v.base + e[1]); err != nil && v.ctx.Err() == nil {
				v.t.Error(err)
			}
			turned.Add(1)
			select {
			case <-v.ctx.Done():
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}
}

// listen reads the events until it is told to leave.
func (v *visitor) listen(heard *atomic.Int64) {
	req, err := http.NewRequestWithContext(v.ctx, http.MethodGet, v.base+"/api/v1/events", nil)
	if err != nil {
		v.t.Error(err)
		return
	}
	resp, err := v.client.Do(req)
	if err != nil {
		if v.ctx.Err() == nil {
			v.t.Error(err)
		}
		return
	}
	defer resp.Body.Close() //nolint:errcheck // broken off on purpose
	if resp.StatusCode != http.StatusOK {
		v.t.Errorf("listening: %s", resp.Status)
		return
	}
	piece := make([]byte, 16<<10)
	for {
		n, err := resp.Body.Read(piece)
		heard.Add(int64(strings.Count(string(piece[:n]), "event: now")))
		if err != nil {
			return
		}
	}
}
