package decode

import (
	"errors"
	"io"

	"golang.org/x/sync/errgroup"
)

// piece is a block of samples on its way from the decoder, and how far the decoder was.
type piece struct {
	samples     []float32
	done, total int64
}

// errStopped ends the reading side when the other one has failed.
var errStopped = errors.New("stopped")

// pump brings the sound of s through p. Decoder and arithmetic have a goroutine each, so that on two cores an import
// takes only as long as the slower of them; a few blocks are under way, never more.
func pump(s stream, p *pipe, progress func(done, total int64)) error {
	const blocks = 4
	full, empty := make(chan piece, blocks), make(chan []float32, blocks)
	for range blocks {
		empty <- nil
	}
	stop := make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		defer close(full)
		return readAhead(s, full, empty, stop)
	})
	err := drain(p, full, empty, progress)
	close(stop)
	if reading := g.Wait(); err == nil {
		err = reading
	}
	return err
}

// readAhead reads s to its end.
func readAhead(s stream, full chan<- piece, empty <-chan []float32, stop <-chan struct{}) error {
	for {
		var block []float32
		select {
		case block = <-empty:
		case <-stop:
			return errStopped
		}
		block, err := s.read(block[:0])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		done, total := s.position()
		full <- piece{block, done, total} // never waits: there are no more blocks than the channel holds
	}
}

// drain takes every piece and gives its block back.
func drain(p *pipe, full <-chan piece, empty chan<- []float32, progress func(done, total int64)) error {
	for x := range full {
		if err := p.take(x.samples); err != nil {
			return err
		}
		progress(x.done, x.total)
		empty <- x.samples
	}
	return nil
}
