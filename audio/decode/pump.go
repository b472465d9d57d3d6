package decode

import (
	"errors"
	"io"

	"golang.org/x/sync/errgroup"
)

// piece is a block of samples on its way from the decoder, and how far the decoder was. It goes round: the room in it is
// used again.
type piece struct {
	samples     []float32 // as decoded
	room        []float32 // for the resampler
	canonical   []float32 // in one of the two
	done, total int64
}

// errStopped ends the reading side when the other one has failed.
var errStopped = errors.New("stopped")

// pump brings the sound of s through p. Decoder, resampler, and what measures and writes have a goroutine each, so that on
// several cores an import takes only as long as the slowest of them; a few pieces are under way, never more.
func pump(s stream, p *pipe, progress func(done, total int64)) error {
	const pieces = 4
	empty, decoded, resampled := make(chan *piece, pieces), make(chan *piece, pieces), make(chan *piece, pieces)
	for range pieces {
		empty <- &piece{}
	}
	stop := make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		defer close(decoded)
		return readAhead(s, decoded, empty, stop)
	})
	g.Go(func() error {
		defer close(resampled)
		for x := range decoded {
			x.canonical = p.resample(x.samples, x.room)
			if p.resampler != nil {
				x.room = x.canonical
			}
			resampled <- x // never waits: there are no more pieces than the channel holds
		}
		return nil
	})
	err := drain(p, resampled, empty, progress)
	close(stop)
	if reading := g.Wait(); err == nil {
		err = reading
	}
	return err
}

// readAhead reads s to its end.
func readAhead(s stream, decoded chan<- *piece, empty <-chan *piece, stop <-chan struct{}) error {
	for {
		var x *piece
		select {
		case x = <-empty:
		case <-stop:
			return errStopped
		}
		var err error
		x.samples, err = s.read(x.samples[:0])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		x.done, x.total = s.position()
		decoded <- x // never waits either
	}
}

// drain takes every piece and gives it back.
func drain(p *pipe, resampled <-chan *piece, empty chan<- *piece, progress func(done, total int64)) error {
	for x := range resampled {
		if err := p.write(x.canonical); err != nil {
			return err
		}
		progress(x.done, x.total)
		empty <- x
	}
	return nil
}
