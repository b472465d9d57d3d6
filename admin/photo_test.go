package admin

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loaxa/admin/account"
)

// A photo that the disk has lost costs an answer, not an open file each time somebody looks for it.
func TestDamagedPhotoIsClosed(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))))
	kept := into[struct{ SHA256 string }](t, s.ask("POST", "/api/v1/photos", op, b.String()), 201)
	path := filepath.Join(s.dir, "photos", kept.SHA256)
	must(t, os.Truncate(path, 2))
	for range 5 {
		if w := s.ask("GET", "/api/v1/photos/"+kept.SHA256, op, ""); w.Code == 200 {
			t.Error("it is sent as if it were whole")
		}
	}
	open, err := filepath.Glob("/proc/self/fd/*")
	must(t, err)
	for _, fd := range open {
		if to, err := os.Readlink(fd); err == nil && strings.HasSuffix(to, kept.SHA256) {
			t.Fatal("it is still open")
		}
	}
}
