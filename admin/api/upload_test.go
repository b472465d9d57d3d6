package api

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"os"
	"slices"
	"strings"
	"testing"

	"loaxa/admin/route"
)

type part struct{ name, file, value string }

func form(t *testing.T, parts ...part) *multipart.Reader {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		var err error
		var out io.Writer
		if p.file != "" {
			out, err = w.CreateFormFile(p.name, p.file)
		} else {
			out, err = w.CreateFormField(p.name)
		}
		if err == nil {
			_, err = io.WriteString(out, p.value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return multipart.NewReader(&b, w.Boundary())
}

// curl sends the file first when it is named first: the order of the fields must not matter.
func TestReceiveTakesAnyOrder(t *testing.T) {
	file, title, tags := part{"file", `C:\clip\lừa đảo.mp3`, "the sound"}, part{"title", "", "Cảnh báo"}, part{"tags", "", "OTP, ngân hàng ,,"}
	for _, parts := range [][]part{{file, title, tags}, {title, tags, file}, {tags, file, title}} {
		a := &API{o: Options{SpoolDir: t.TempDir()}, room: func() error { return nil }}
		u, err := a.receive(form(t, parts...))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(u.file)
		if err != nil || string(body) != "the sound" {
			t.Errorf("the file came as %q, %v", body, err)
		}
		if u.in.Title != "Cảnh báo" || !slices.Equal(u.in.Tags, []string{"OTP", "ngân hàng"}) || strings.ContainsAny(u.in.Name, `/\`) {
			t.Errorf("the form came as %+v", u.in)
		}
		if err := u.file.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(a.o.SpoolDir); err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

func TestReceiveRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		parts []part
		code  string
	}{
		"an unknown field": {[]part{{"titel", "", "x"}}, "unknown_key"},
		"two files":        {[]part{{"file", "a", "x"}, {"file", "b", "y"}}, "bad_form"},
		"an endless title": {[]part{{"title", "", strings.Repeat("x", fieldLimit+1)}}, "too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			a := &API{o: Options{SpoolDir: t.TempDir()}, room: func() error { return nil }}
			u, err := a.receive(form(t, c.parts...))
			var p *route.Problem
			if !errors.As(err, &p) || p.Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
			if u.file != nil {
				if err := u.file.Close(); err != nil {
					t.Error(err)
				}
			}
			if left, err := os.ReadDir(a.o.SpoolDir); err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func TestReceiveOfACutUpload(t *testing.T) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	out, err := w.CreateFormFile("file", "a.mp3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(out, strings.Repeat("x", 10_000)); err != nil {
		t.Fatal(err)
	}
	a := &API{o: Options{SpoolDir: t.TempDir()}, room: func() error { return nil }}
	if _, err := a.receive(multipart.NewReader(bytes.NewReader(b.Bytes()[:5000]), w.Boundary())); err == nil {
		t.Error("half a file was taken for the whole")
	}
}

func TestMediaType(t *testing.T) {
	for head, want := range map[string]string{"RIFF\x00\x00\x00\x00WAVE": "audio/wave", "ID3\x03": "audio/mpeg", "\xff\xfb\x90\x00": "audio/mpeg",
		"<html><script>": "application/octet-stream", "": "application/octet-stream"} {
		if got := mediaType(strings.NewReader(head)); got != want {
			t.Errorf("%q is %s, want %s", head, got, want)
		}
	}
}

func TestReceiveBoundsTheFields(t *testing.T) {
	a := &API{o: Options{SpoolDir: t.TempDir()}, room: func() error { return nil }}
	if _, err := a.receive(form(t, slices.Repeat([]part{{"tags", "", "a,b"}}, maxParts)...)); err != nil {
		t.Errorf("%d fields: %v", maxParts, err)
	}
	_, err := a.receive(form(t, slices.Repeat([]part{{"tags", "", "a,b"}}, maxParts+1)...))
	var p *route.Problem
	if !errors.As(err, &p) || p.Code != "bad_form" {
		t.Errorf("%d fields: %v", maxParts+1, err)
	}
}
