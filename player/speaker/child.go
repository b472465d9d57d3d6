package speaker

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/ebitengine/oto/v3"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"loaxa/audio"
)

// The buffers: a compromise between a quick stop (about 150 ms), the load of small periods, and a busy machine that
// lets the child wait.
const (
	deviceBuffer = 40 * time.Millisecond
	playerBuffer = 100 * time.Millisecond
	readChunk    = 10 * audio.Rate / 1000
	openTimeout  = 4 * time.Second
	// leaveTime lets a fade be heard when the parent is gone without a word.
	leaveTime = 150 * time.Millisecond
)

// envDevice names the device for the child: auto, pulse:SINK or alsa:CARD.
const envDevice = "LOAXA_SPEAKER_DEVICE"

var errDone = errors.New("done")

// Main is the child's whole life: open the device, play what stdin says, tell stdout. It returns an exit code: 0 when
// it ended as asked, 1 otherwise. The process must end after it: oto cannot be opened twice.
func Main(stdin io.Reader, stdout io.Writer) int {
	c := &child{out: json.NewEncoder(stdout), device: os.Getenv(envDevice)}
	if err := c.run(stdin); err != nil && !errors.Is(err, errDone) {
		if err := c.say(report{What: "lost", NowNS: monotonic(), Detail: err.Error()}); err != nil {
			return 1 // nobody listens any more
		}
		return 1
	}
	return 0
}

func monotonic() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(err) // CLOCK_MONOTONIC cannot fail on Linux
	}
	return ts.Nano()
}

type child struct {
	device string
	mu     sync.Mutex
	out    *json.Encoder
	tl     *timeline
	player *oto.Player
}

func (c *child) say(r report) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Encode(r)
}

// niceness puts the child before ordinary work: its buffers hold 100 ms, and a starved child is a hole in the sound.
const niceness = -11

func (c *child) run(stdin io.Reader) error {
	// The whole group, which is this process alone, so that all threads get it. Without the right to do so the child
	// plays as well as it can.
	_ = unix.Setpriority(unix.PRIO_PGRP, 0, niceness) //nolint:errcheck // see above
	route, err := chooseRoute(c.device)
	if err != nil {
		return err
	}
	defer route.close()
	ctx, err := openOto()
	if err != nil {
		return route.explain(err)
	}
	info, err := route.settle()
	if err != nil {
		return err
	}
	c.tl = newTimeline(monotonic, route.latency())
	c.tl.starves = true
	c.player = ctx.NewPlayer(reader{c})
	c.player.SetBufferSize(int(audio.FramesIn(playerBuffer)) * 2)
	c.player.Play()
	if err := c.say(report{What: "ready", NowNS: monotonic(), Driver: info.Driver, Device: info.Device, Output: info.Output}); err != nil {
		return fmt.Errorf("telling the parent: %w", err)
	}
	var g errgroup.Group
	// The first of the three to end decides; the process ends with it, so the others need no telling.
	result := make(chan error, 3)
	g.Go(func() error { result <- c.listen(stdin); return nil })
	g.Go(func() error { result <- c.tell(ctx); return nil })
	g.Go(func() error { result <- route.watch(c.moved); return nil })
	return <-result
}

// openOto opens the one context this process may have, within openTimeout.
func openOto() (*oto.Context, error) {
	ctx, ready, err := oto.NewContext(&oto.NewContextOptions{
		SampleRate: audio.Rate, ChannelCount: 1, Format: oto.FormatSignedInt16LE,
		BufferSize: deviceBuffer, ApplicationName: "loaxa",
	})
	if err != nil {
		return nil, fmt.Errorf("opening the sound device: %w", err)
	}
	select {
	case <-ready:
	case <-time.After(openTimeout):
		return nil, fmt.Errorf("opening the sound device: no answer within %s", openTimeout)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("opening the sound device: %w", err)
	}
	return ctx, nil
}

// reader hands the timeline to oto in small pieces, so that a gate or a fade waits for no more than one of them.
type reader struct{ c *child }

func (r reader) Read(p []byte) (int, error) {
	n := min(len(p)/2, readChunk)
	frames := make([]int16, n)
	r.c.tl.read(frames, r.c.buffered())
	copy(p, framesToBytes(frames))
	return 2 * n, nil
}

// buffered is how many frames oto holds that the device side has not pulled.
func (c *child) buffered() int64 { return int64(c.player.BufferedSize() / 2) }

// listen carries out the parent's messages until stdin ends.
func (c *child) listen(stdin io.Reader) error {
	buf := make([]byte, 0, 64<<10)
	in := bufio.NewReaderSize(stdin, 16<<10) // a message's head and payload in one call
	for {
		kind, payload, err := readMessage(in, buf)
		if err != nil {
			c.tl.fade()
			time.Sleep(leaveTime)
			if errors.Is(err, io.EOF) {
				return errDone
			}
			return err
		}
		if err := c.obey(kind, payload); err != nil {
			return err
		}
	}
}

func (c *child) obey(kind byte, payload []byte) error {
	switch kind {
	case msgFrames:
		frames, err := bytesToFrames(payload)
		if err != nil {
			return err
		}
		if !c.tl.push(frames) {
			return errors.New("reading frames: more than the ring holds")
		}
	case msgPlace:
		if len(payload) != 8 {
			return fmt.Errorf("reading place: %d bytes", len(payload))
		}
		c.tl.place(placeOf(payload))
	case msgFade:
		c.tl.fade()
	case msgEnd:
		c.tl.end()
	default:
		return fmt.Errorf("reading message: unknown type %q", kind)
	}
	return nil
}

// tell reports every statusEvery until the content has drained or the device is lost.
func (c *child) tell(ctx *oto.Context) error {
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	for range tick.C {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("playing: %w", err)
		}
		if err := c.player.Err(); err != nil {
			return fmt.Errorf("playing: %w", err)
		}
		r, drained := c.tl.status(c.buffered())
		if drained {
			r.What = "drained"
		}
		if err := c.say(r); err != nil {
			return fmt.Errorf("telling the parent: %w", err)
		}
		if drained {
			return errDone
		}
	}
	return nil
}

// moved tells that the stream now goes elsewhere.
func (c *child) moved(info Info) error {
	return c.say(report{What: "moved", NowNS: monotonic(), Driver: info.Driver, Device: info.Device, Output: info.Output})
}
