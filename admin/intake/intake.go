package intake

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// ask runs f on the desk and waits for it.
func (in *Intake) ask(ctx context.Context, f func(*desk) error) error {
	done := make(chan error, 1)
	select {
	case in.orders <- func(d *desk) { done <- f(d) }:
		return <-done
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Order queues an import. The files of an order that is refused are closed.
func (in *Intake) Order(ctx context.Context, o Order) (s Import, err error) {
	taken := false
	defer func() {
		if !taken {
			err = errors.Join(err, o.Close())
		}
	}()
	if err := checkOrder(o); err != nil {
		return Import{}, err
	}
	j := &job{Import: Import{Actor: o.Actor, Via: o.via(), Name: nameOf(o), For: o.For}, order: o}
	err = in.ask(ctx, func(d *desk) error {
		open := 0
		for _, k := range d.jobs {
			if !k.Over() {
				open++
			}
		}
		if open >= maxWaiting {
			return fmt.Errorf("ordering an import: %w", ErrBusy)
		}
		d.add(j)
		taken, s = true, j.snapshot()
		return nil
	})
	return s, err
}

func nameOf(o Order) string {
	switch o.via() {
	case ViaLink:
		return strings.TrimSpace(o.Link)
	case ViaUpload:
		names := make([]string, len(o.Files))
		for i, f := range o.Files {
			names[i] = f.Name
		}
		return strings.Join(names, ", ")
	case ViaTrim:
		return o.Trim.Title
	}
	return filepath.Base(o.Folder)
}

// OrderInbox looks through the inbox now, whatever changed in it lately; ErrNotFound when there is none or it is empty.
func (in *Intake) OrderInbox(ctx context.Context, actor string, about About) (s Import, err error) {
	err = in.ask(ctx, func(d *desk) error {
		files := d.inbox.all(d.o)
		if len(files) == 0 || d.inboxUnderWay() {
			return fmt.Errorf("the inbox is empty, or is being read already: %w", ErrNotFound)
		}
		j := &job{Import: Import{Actor: actor, Via: ViaInbox, Name: d.o.Inbox},
			order: Order{Actor: actor, About: about, Folder: d.o.Inbox}, inboxed: files}
		d.add(j)
		s = j.snapshot()
		return nil
	})
	return s, err
}

// Imports lists what is under way and what was lately, newest first.
func (in *Intake) Imports(ctx context.Context) (out []Import, err error) {
	err = in.ask(ctx, func(d *desk) error {
		for i := len(d.jobs) - 1; i >= 0; i-- {
			out = append(out, d.jobs[i].snapshot())
		}
		return nil
	})
	return out, err
}

// Import is one of them; ErrNotFound when it is not known, or no longer.
func (in *Intake) Import(ctx context.Context, id string) (s Import, err error) {
	err = in.ask(ctx, func(d *desk) error {
		j, err := d.find(id)
		if err == nil {
			s = j.snapshot()
		}
		return err
	})
	return s, err
}

// Confirm lets a link go on that waits for its final host to be confirmed; host must be that one, else ErrNotWaiting.
func (in *Intake) Confirm(ctx context.Context, id, host string) (s Import, err error) {
	err = in.ask(ctx, func(d *desk) error {
		j, err := d.find(id)
		if err != nil {
			return err
		}
		if j.State != StateConfirm || j.Found == nil || !strings.EqualFold(strings.TrimSpace(host), j.Found.Host) {
			return fmt.Errorf("confirming import %s: %w", id, ErrNotWaiting)
		}
		j.confirmed, j.State = j.Found.Host, StateWaiting
		s = j.snapshot()
		return nil
	})
	return s, err
}

// Cancel ends an import; clips that are complete stay. One that is over stays as it is.
func (in *Intake) Cancel(ctx context.Context, id string) (s Import, err error) {
	err = in.ask(ctx, func(d *desk) error {
		j, err := d.find(id)
		switch {
		case err != nil:
			return err
		case j == d.busy:
			j.cancel(errCancelled) // it says itself when it has ended
		case !j.Over():
			j.State = StateCancelled
			d.end(j)
		}
		s = j.snapshot()
		return nil
	})
	return s, err
}

// Watch tells of changes until done is called; the channel is closed when the program ends.
func (in *Intake) Watch() (changed <-chan struct{}, done func()) { return in.watchers.add() }
