package desk

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// make makes one report, on Run's goroutine.
func (d *Desk) make(ctx context.Context, j *job) {
	defer j.cancel(nil)
	err := d.write(ctx, j)
	if errors.Is(context.Cause(ctx), errCancelled) {
		err = errCancelled
	}
	if err == nil && j.order.Made != nil {
		d.mu.Lock()
		made := j.Job
		d.mu.Unlock()
		j.order.Made(made)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end(j, err)
}

// end settles a report. Callers hold the mutex.
func (d *Desk) end(j *job, err error) {
	j.Ended = d.o.Now()
	switch {
	case err == nil:
		j.State, j.Share = StateDone, 1
	case errors.Is(err, errCancelled):
		j.State, j.Err = StateCancelled, nil
	default:
		j.State, j.Err = StateFailed, err
	}
	if err != nil {
		d.take(j)
	}
	j.order.Make, j.order.Made = nil, nil // they hold what the report was made of
	j.tell()
}

// write makes the file of a report. A maker that falls over costs its report, not the station.
func (d *Desk) write(ctx context.Context, j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			d.o.Logger.Error("making a report panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("making a report: it fell over: %v", p)
		}
	}()
	f, err := os.OpenFile(d.path(j.ID), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("making a report: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b := &bounded{ctx: ctx, to: f, room: d.o.Room}
	hash := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(b, hash), 64<<10)
	err = j.order.Make(ctx, out, func(doing string, share float64) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		j.Doing, j.Share = doing, min(1, max(0, share))
		return nil
	})
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	j.Size, j.SHA256 = b.written, hex.EncodeToString(hash.Sum(nil))
	return nil
}

// roomEvery is after how many bytes the disk is looked at again: on it the log has to grow.
const roomEvery = 4 << 20

// bounded stops a report that was given up, grows too large or would fill the disk.
type bounded struct {
	ctx     context.Context
	to      io.Writer
	room    func() error
	written int64
	looked  int64 // up to which byte there was room
}

func (b *bounded) Write(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if b.written+int64(len(p)) > maxBytes {
		return 0, fmt.Errorf("writing a report: %w", ErrTooLarge)
	}
	if b.written >= b.looked {
		if err := b.room(); err != nil {
			return 0, fmt.Errorf("writing a report: %w", err)
		}
		b.looked = b.written + roomEvery
	}
	n, err := b.to.Write(p)
	b.written += int64(n)
	return n, err
}
