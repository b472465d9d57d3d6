package player

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"loaxa/audio"
	"loaxa/player/alarm"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// world is a station in a bubble of fake time: a real player, a real log without fsync, a virtual speaker that takes
// sound in long ticks, a wall clock that can be stepped. Power cuts and crashes end the player without a word.
type world struct {
	t     *testing.T
	rnd   *rand.Rand
	dir   string
	clock *clock.Fake
	mu    sync.Mutex // guards in, line and broken once the station runs
	in    schedule.Input
	boots int

	start, began time.Time // the truth at the beginning, and time.Now then
	asleep       time.Duration
	bootAt       map[string]time.Time // when each kernel began, in truth
	approvals    []approval
	// deaf makes the device impossible to open.
	deaf atomic.Bool
	// hung lets the device open and take nothing.
	hung atomic.Bool
	// fast lets the device open and be no real one.
	fast atomic.Bool
	// broken is the ID of a clip whose file is gone.
	broken    string
	brokenAll bool
	// short is the ID of a clip whose file ends too soon.
	short string
	// slow is how long a clip takes to open; files is told +1 for one opened and -1 for one closed.
	slow  map[string]time.Duration
	files func(int)
	// tap receives what sounds.
	tap func([]int16)

	player *Player
	line   *speaker.Virtual // the newest
	log    *playlog.Log
	alarms *alarm.Board
	stop   context.CancelFunc
	ended  chan error
}

func newWorld(t *testing.T, seed uint64, start time.Time) *world {
	dir := t.TempDir()
	if shm, err := os.MkdirTemp("/dev/shm", "loaxa-sim"); err == nil {
		dir = shm
		t.Cleanup(func() {
			if err := os.RemoveAll(shm); err != nil {
				t.Error(err)
			}
		})
	}
	w := &world{t: t, rnd: rand.New(rand.NewPCG(seed, 1)), dir: dir, clock: clock.NewFake(start), boots: 1,
		start: start, began: time.Now(), bootAt: map[string]time.Time{"boot-1": start}}
	w.in.Settings = schedule.DefaultSettings()
	w.in.Settings.StationName, w.in.Settings.StationCode = "Đài thử", "SIM"
	return w
}

// quiet is a source of n frames, all the same, so that a year costs little.
type tone struct{ left int64 }

func (s *tone) Frames() (int64, bool) { return s.left, true }

func (s *tone) ReadFrames(dst []int16) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(dst)), s.left)
	for i := range dst[:n] {
		dst[i] = 1000
	}
	s.left -= n
	return int(n), nil
}

func (w *world) clip(id string, length time.Duration) {
	if w.in.Clips == nil {
		w.in.Clips = map[string]schedule.ClipFact{}
	}
	w.in.Clips[id] = schedule.ClipFact{ID: id, Title: "Clip " + id, SHA256: id, Canonical: id, Frames: audio.FramesIn(length), State: "approved"}
}

func (w *world) programme(p schedule.Programme, items ...schedule.Item) {
	if w.in.Playlists == nil {
		w.in.Playlists = map[string]schedule.Playlist{}
	}
	if p.PlaylistID == "" {
		p.PlaylistID = "l-" + p.ID
		w.in.Playlists[p.PlaylistID] = schedule.Playlist{ID: p.PlaylistID, Title: p.PlaylistID, Mode: schedule.ModeAll, Items: items}
	}
	p.Zone, p.VolumePercent = "main", 100
	if p.Class == "" {
		p.Class = schedule.Ordinary
	}
	w.in.Programmes = append(w.in.Programmes, p)
}

// boot starts the program. A new kernel boot gives the clock a new ID and an uptime of zero.
func (w *world) boot() {
	w.t.Helper()
	w.alarms = alarm.NewBoard(w.clock.Now, nil)
	var err error
	w.log, err = playlog.Open(playlog.Options{
		Path: filepath.Join(w.dir, "playlog.db"), AnchorDir: filepath.Join(w.dir, "anchors"), KeyPath: filepath.Join(w.dir, "key"),
		StationCode: "SIM", StationName: "Đài thử", Device: "main", NoSync: true, MayInit: w.boots == 1 && !w.logThere(),
		Stamp: func() evidence.Stamp { return StampOf(w.clock.Stamp()) },
		Raise: func(code, detail string) { w.alarms.Raise(alarm.Code(code), detail) },
		Clear: func(code string) { w.alarms.Clear(alarm.Code(code)) },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.player, err = New(Options{
		Clock: w.clock, Setter: w.clock, Log: w.log, Alarms: w.alarms, Input: w.input, Device: "sim",
		OpenClip: func(id string) (*Clip, error) {
			w.mu.Lock()
			broken, all := w.broken, w.brokenAll
			w.mu.Unlock()
			time.Sleep(w.slow[id])
			if id == broken || all {
				return nil, errors.New("no such file")
			}
			frames := w.input().Clips[id].Frames
			if id == w.short {
				frames /= 2
			}
			w.file(1)
			closed := func() error { w.file(-1); return nil }
			return &Clip{Source: &tone{frames}, SHA256: id, Close: closed}, nil
		},
		OpenLine: func(ctx context.Context) (Line, error) {
			if w.deaf.Load() {
				return nil, errors.New("no such device")
			}
			if w.hung.Load() {
				return openHung(ctx, speaker.Stalled), nil
			}
			if w.fast.Load() {
				return openHung(ctx, speaker.Fast), nil
			}
			l := speaker.OpenVirtual(ctx, speaker.VirtualOptions{Tick: time.Second, Tap: w.tap})
			w.mu.Lock()
			defer w.mu.Unlock()
			w.line = l
			return l, nil
		},
		Heartbeat: filepath.Join(w.dir, "heartbeat"), HeartbeatEvery: time.Hour, PulseEvery: 6 * time.Hour,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stop, w.ended = stop, make(chan error, 1)
	go func() { w.ended <- w.player.Run(ctx) }()
}

func (w *world) file(n int) {
	if w.files != nil {
		w.files(n)
	}
}

func (w *world) input() schedule.Input {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.in
}

// edit changes a programme as the rulebook does: the old list stays as it was.
func (w *world) edit(i int, change func(*schedule.Programme)) {
	w.mu.Lock()
	w.in.Programmes = slices.Clone(w.in.Programmes)
	change(&w.in.Programmes[i])
	w.mu.Unlock()
	w.player.Replan("user:sim")
}

func (w *world) logThere() bool {
	_, err := os.Stat(filepath.Join(w.dir, "playlog.db"))
	return err == nil
}

// die ends the program without a word: what the log does not have by now is gone.
func (w *world) die() {
	w.player.journal.dead.Store(true)
	w.quit()
}

// quit ends the program as a signal does.
func (w *world) quit() {
	w.t.Helper()
	w.stop()
	if err := <-w.ended; err != nil {
		w.t.Fatal(err)
	}
	if err := w.log.Close(); err != nil {
		w.t.Fatal(err)
	}
}

// powerCut takes the machine down for d; without a battery its clock stands still meanwhile.
func (w *world) powerCut(d time.Duration, battery bool) {
	w.die()
	time.Sleep(d)
	if !battery {
		w.clock.Step(-d)
	}
	w.newKernel()
	w.boot()
}

// blackout takes the machine down for d. Without a hardware clock it comes back at the time at which it went off, as after
// fake-hwclock or timesyncd, and nothing vouches for that.
func (w *world) blackout(d time.Duration) {
	w.die()
	time.Sleep(d)
	w.clock.Step(-d)
	w.clock.SetTrust(clock.Doubtful, 16_000_000)
	w.newKernel()
	w.boot()
}

func (w *world) newKernel() {
	w.boots++
	id := fmt.Sprintf("boot-%d", w.boots)
	w.clock.Reboot(id)
	w.bootAt[id] = w.truth()
}

// truth is what time it really is, whatever the station's clock says.
func (w *world) truth() time.Time { return w.start.Add(time.Since(w.began) + w.asleep) }

// crash takes the program down for d; the machine runs on.
func (w *world) crash(d time.Duration) {
	w.die()
	time.Sleep(d)
	w.boot()
}
