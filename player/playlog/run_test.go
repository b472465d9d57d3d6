package playlog

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"loaxa/player/playlog/evidence"
)

// What waits in memory is written by itself when the disk is back, also when nothing new happens for hours.
func TestRunWritesWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.close(b.open())
		b.opts.MayInit = false
		var broken atomic.Bool
		broken.Store(true)
		b.opts.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
			if broken.Load() {
				return nil, &os.PathError{Op: "open", Path: name, Err: unix.EROFS}
			}
			return os.OpenFile(name, flag, mode)
		}
		l := b.open()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
		if _, err := l.Append("station", evidence.Boot{Version: "1"}); !errors.Is(err, ErrQueued) {
			t.Fatal(err)
		}
		time.Sleep(5 * retryEvery) // of the bubble's clock
		synctest.Wait()
		if _, on := b.alarm("LOG-01"); !on || l.Waiting() != 1 {
			t.Fatal("control: the disk is not back yet")
		}
		broken.Store(false)
		time.Sleep(2 * retryEvery)
		synctest.Wait()
		if _, on := b.alarm("LOG-01"); on || l.Waiting() != 0 || l.Size() != 3 {
			t.Fatalf("alarm %v, %d wait, %d records", on, l.Waiting(), l.Size())
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		b.close(l)
	})
}
