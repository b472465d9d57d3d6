package intake

import (
	"context"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

// One file that lies on a bad spot of a stick must not keep the others from coming, and is not the station's fault.
func TestUnreadableFileDoesNotEndTheImport(t *testing.T) {
	bad, err := os.Open("/proc/self/mem") // reading it at 0 is an I/O error, as of a bad spot
	must(t, err)
	s := newShelf()
	in := running(t, Options{Library: s})
	i, err := in.Order(t.Context(), Order{Actor: "user:lan", Files: []File{{"bad.mp3", bad}, uploaded(t, "good.mp3", "good")}})
	must(t, err)
	i = await(t, in, i.ID, StateDone, StateFailed)
	if i.State != StateDone || len(i.Items) != 2 || i.Items[0].Refused == nil || i.Items[0].Refused.Code != "skipped_unreadable" || i.Items[1].ClipID == "" {
		t.Errorf("it is %s with %+v, %+v", i.State, i.Items, i.Problem)
	}
}

// The same where only the midst of a file cannot be read; a cancelled import is no bad spot.
func TestBadSpotIsOfOneFile(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	j := &job{}
	w := &work{o: Options{Library: newShelf()}, ctx: ctx, report: func(f func(*job)) { f(j) }}
	bad := func() io.Reader { return io.MultiReader(strings.NewReader("sound"), iotest.ErrReader(syscall.EIO)) }
	must(t, w.importRead("a.mp3", bad(), ViaStick, ""))
	if len(j.Items) != 1 || j.Items[0].Refused == nil || j.Items[0].Refused.Code != "skipped_unreadable" || j.Items[0].Refused.In("vi") == "" {
		t.Errorf("it ends as %+v", j.Items)
	}
	cancel(errCancelled)
	if err := w.importRead("a.mp3", bad(), ViaStick, ""); err == nil || len(j.Items) != 1 {
		t.Errorf("cancelled it ends as %v, %+v", err, j.Items)
	}
}
