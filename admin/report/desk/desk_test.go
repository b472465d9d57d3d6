package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// office is a desk at work, with a clock and a disk that the test holds.
type office struct {
	*Desk
	dir string

	mu   sync.Mutex
	now  time.Time
	full error
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) room() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.full
}

func open(t *testing.T, run bool) *office {
	t.Helper()
	o := &office{dir: filepath.Join(t.TempDir(), "reports"), now: time.Date(2026, 3, 5, 5, 0, 0, 0, time.UTC)}
	var err error
	o.Desk, err = New(Options{Dir: o.dir, Room: o.room, Now: o.clock, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if run {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- o.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("the desk ended with %v", err)
			}
		})
	}
	return o
}

// order asks for a report of that text.
func (o *office) order(t *testing.T, actor, text string) Job {
	t.Helper()
	return o.orderOf(t, actor, func(_ context.Context, w io.Writer, step Step) error {
		if err := step("rows", 0.5); err != nil {
			return err
		}
		_, err := io.WriteString(w, text)
		return err
	})
}

func (o *office) orderOf(t *testing.T, actor string, do func(context.Context, io.Writer, Step) error) Job {
	t.Helper()
	j, err := o.Order(Order{Actor: actor, Name: "bao-cao.csv", Type: "text/csv", Make: do})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func (o *office) over(t *testing.T, j Job) Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	j, err := o.Wait(ctx, j.Actor, j.ID)
	if err != nil || !j.Over() {
		t.Fatalf("report %+v, %v: it is not over", j, err)
	}
	return j
}

// files are what stands in the desk's folder.
func (o *office) files(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(o.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What somebody ordered must come to them whole, and to nobody else.
func TestAReportIsFetchedByWhoOrderedIt(t *testing.T) {
	o := open(t, true)
	text := strings.Repeat("một dòng\n", 20_000)
	j := o.over(t, o.order(t, "user:can-bo", text))
	sum := sha256.Sum256([]byte(text))
	if j.State != StateDone || j.Size != int64(len(text)) || j.SHA256 != hex.EncodeToString(sum[:]) || j.Share != 1 {
		t.Errorf("report %+v", j)
	}
	_, f, err := o.Open("user:can-bo", j.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil || string(got) != text {
		t.Errorf("%d bytes of %d, %v", len(got), len(text), err)
	}
	for _, err := range []error{second(o.Get("user:khac", j.ID)), third(o.Open("user:khac", j.ID)), second(o.Remove("user:khac", j.ID)), second(o.Wait(t.Context(), "user:khac", j.ID))} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("somebody else: %v, want %v", err, ErrNotFound)
		}
	}
	if list := o.List("user:khac"); len(list) != 0 {
		t.Errorf("somebody else sees %+v", list)
	}
}

func second[A any](_ A, err error) error      { return err }
func third[A, B any](_ A, _ B, e error) error { return e }

// An officer who gave a report up must not find it filling the disk.
func TestACancelledReportLeavesNothing(t *testing.T) {
	o := open(t, true)
	begun := make(chan struct{})
	j := o.orderOf(t, "user:can-bo", func(ctx context.Context, w io.Writer, step Step) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		close(begun)
		<-ctx.Done()
		return step("rows", 0.5)
	})
	waits := o.order(t, "user:can-bo", "x")
	<-begun
	if now, err := o.Get("user:can-bo", waits.ID); err != nil || now.State != StateWaiting || now.Ahead != 1 {
		t.Errorf("the second is %+v, %v: one at a time is made", now, err)
	}
	if len(o.files(t)) != 1 {
		t.Fatalf("files %v, want the one being made: the control", o.files(t))
	}
	if _, _, err := o.Open("user:can-bo", j.ID); !errors.Is(err, ErrNotDone) {
		t.Errorf("half a report was opened: %v", err)
	}
	if _, err := o.Remove("user:can-bo", waits.ID); err != nil {
		t.Error(err)
	}
	if _, err := o.Remove("user:can-bo", j.ID); err != nil {
		t.Error(err)
	}
	for _, one := range []Job{j, waits} {
		if now := o.over(t, one); now.State != StateCancelled || now.Err != nil {
			t.Errorf("report %+v, want it cancelled", now)
		}
	}
	if left := o.files(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if j := o.over(t, o.order(t, "user:can-bo", "x")); j.State != StateDone {
		t.Errorf("the next one: %+v", j)
	}
}

// A report that fails must say so, leave no half, and not take the next one with it.
func TestWhatFailsLeavesNothing(t *testing.T) {
	boom, full := errors.New("boom"), errors.New("no room")
	for name, c := range map[string]struct {
		make func(context.Context, io.Writer, Step) error
		full error
		want string
	}{
		"its maker fails": {make: func(_ context.Context, w io.Writer, _ Step) error {
			_, err := w.Write(make([]byte, 1<<20))
			return errors.Join(err, boom)
		}, want: "boom"},
		"its maker panics": {make: func(_ context.Context, w io.Writer, _ Step) error {
			_, _ = w.Write(make([]byte, 1<<20))
			panic("fell")
		}, want: "fell over: fell"},
		"the disk is full": {make: func(_ context.Context, w io.Writer, _ Step) error {
			_, err := w.Write(make([]byte, 1<<20))
			return err
		}, full: full, want: "no room"},
		"it is too large": {make: func(_ context.Context, _ io.Writer, _ Step) error {
			b := &bounded{ctx: context.Background(), to: io.Discard, room: func() error { return nil }, written: maxBytes}
			_, err := b.Write([]byte{1})
			return err
		}, want: ErrTooLarge.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, true)
			o.mu.Lock()
			o.full = c.full
			o.mu.Unlock()
			j := o.over(t, o.orderOf(t, "user:can-bo", c.make))
			if j.State != StateFailed || j.Err == nil || !strings.Contains(j.Err.Error(), c.want) {
				t.Errorf("report %+v, want it failed with %q", j, c.want)
			}
			if left := o.files(t); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
			o.mu.Lock()
			o.full = nil
			o.mu.Unlock()
			if j := o.over(t, o.order(t, "user:can-bo", "x")); j.State != StateDone {
				t.Errorf("the next one: %+v", j)
			}
		})
	}
}

// Reports that nobody fetches must not fill the card of a small machine.
func TestReportsAreTakenAway(t *testing.T) {
	o := open(t, true)
	j := o.over(t, o.order(t, "user:can-bo", "x"))
	_, held, err := o.Open("user:can-bo", j.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close() //nolint:errcheck // only read
	o.mu.Lock()
	o.now = o.now.Add(keptFor - time.Second)
	o.mu.Unlock()
	if _, err := o.Get("user:can-bo", j.ID); err != nil {
		t.Errorf("within the hour: %v", err)
	}
	o.mu.Lock()
	o.now = o.now.Add(time.Second)
	o.mu.Unlock()
	if _, err := o.Get("user:can-bo", j.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("after the hour: %v", err)
	}
	if left := o.files(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if text, err := io.ReadAll(held); err != nil || string(text) != "x" {
		t.Errorf("being fetched meanwhile: %q, %v", text, err)
	}
	for i := range maxKept + 5 {
		o.over(t, o.order(t, "user:can-bo", fmt.Sprint(i)))
	}
	if n := len(o.List("user:can-bo")); n > maxKept+1 {
		t.Errorf("%d are kept", n)
	}
	if err := os.WriteFile(filepath.Join(o.dir, "left"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: o.dir, Room: o.room, Now: o.clock, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}); err != nil {
		t.Fatal(err)
	}
	if left := o.files(t); len(left) != 0 {
		t.Errorf("after a start: %v", left)
	}
}

// An impatient finger must not queue reports for the whole night.
func TestOnlySoManyWait(t *testing.T) {
	o := open(t, false)
	for range maxOpen {
		o.order(t, "user:can-bo", "x")
	}
	if _, err := o.Order(Order{Actor: "user:can-bo"}); !errors.Is(err, ErrBusy) {
		t.Errorf("one more: %v, want %v", err, ErrBusy)
	}
}
