package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// disk has so much room left as the tests say.
type disk struct {
	dir  string
	room int64
}

var errFull = errors.New("the disk is nearly full")

func (d *disk) Room() error {
	used := int64(0)
	files, err := filepath.Glob(filepath.Join(d.dir, "*"))
	for _, name := range files {
		if info, err := os.Stat(name); err == nil {
			used += info.Size()
		}
	}
	if used >= d.room {
		err = errors.Join(err, errFull)
	}
	return err
}

// send sends content from an offset on and gives the answer's status.
func send(t *testing.T, u *Uploads, id string, content []byte, at int) int {
	t.Helper()
	r := httptest.NewRequest("PATCH", "/uploads/"+id, bytes.NewReader(content[at:]))
	for k, v := range map[string]string{"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": strconv.Itoa(at)} {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	must(t, u.Patch(w, r, "user:lan", id))
	return w.Code
}

// One large piece must not take the last room of the disk, on which the log has to grow; and what came of it is kept for
// the time when there is room again.
func TestPieceEndsWhereTheDiskDoes(t *testing.T) {
	d := &disk{dir: t.TempDir(), room: roomEvery}
	u, err := New(Options{Dir: d.dir, Path: "/uploads/", MaxBytes: 1 << 30, Room: d.Room, Now: time.Now, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(t, err)
	content := bytes.Repeat([]byte("0123456789abcdef"), 3*roomEvery/16)
	r := httptest.NewRequest("POST", "/uploads/", nil)
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Upload-Length", strconv.Itoa(len(content)))
	w := httptest.NewRecorder()
	must(t, u.Create(w, r, "user:lan"))
	id := path.Base(w.Header().Get("Location"))
	if status := send(t, u, id, content, 0); status != http.StatusInsufficientStorage {
		t.Errorf("on a full disk: %d", status)
	}
	info, err := os.Stat(filepath.Join(d.dir, id))
	must(t, err)
	if info.Size() > 2*roomEvery || info.Size() == 0 {
		t.Errorf("%d bytes of %d are on a disk with room for %d", info.Size(), len(content), d.room)
	}
	d.room = 1 << 30
	if status := send(t, u, id, content, int(info.Size())); status != http.StatusNoContent {
		t.Errorf("with room again: %d", status)
	}
	whole, err := u.Open(context.Background(), "user:lan", id)
	must(t, err)
	got, err := io.ReadAll(whole.File)
	must(t, errors.Join(err, whole.File.Close()))
	if !bytes.Equal(got, content) {
		t.Errorf("%d bytes came, and they are others", len(got))
	}
}

func TestBoundedEndsWithTheRoom(t *testing.T) {
	for _, c := range []struct{ rooms, want int }{{0, 0}, {1, roomEvery}, {2, 2 * roomEvery}, {9, 3 * roomEvery}} {
		asked := 0
		n, err := io.Copy(io.Discard, Bounded(bytes.NewReader(make([]byte, 3*roomEvery)), func() error {
			if asked++; asked > c.rooms {
				return errFull
			}
			return nil
		}))
		if int(n) != c.want || errors.Is(err, errFull) != (c.rooms < 4) {
			t.Errorf("with room for %d times %d bytes: %d bytes, %v", c.rooms, roomEvery, n, err)
		}
	}
}
