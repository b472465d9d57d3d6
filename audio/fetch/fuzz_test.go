package fetch

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// fuzzLimits are small, so that a bomb is told from a slow test.
var fuzzLimits = Limits{Entries: 50, EntryBytes: 1 << 16, TotalBytes: 1 << 18, Ratio: 50, RatioFree: 1 << 14, DirectoryBytes: 1 << 16} //nolint:gochecknoglobals // a constant in all but form

func checkUnpack(t *testing.T, b []byte) {
	files := 0
	total := int64(0)
	c, err := unpack(context.Background(), bytes.NewReader(b), int64(len(b)), fuzzLimits, func(e Entry, r io.Reader) error {
		files++
		if e.Name == "" || strings.ContainsAny(e.Name, "/\\\x00") || e.Name == ".." || !utf8.ValidString(e.Name) {
			t.Fatalf("name %q", e.Name)
		}
		n, err := io.Copy(io.Discard, r)
		if total += n; n > fuzzLimits.EntryBytes {
			t.Fatalf("%q has %d bytes", e.Name, n)
		}
		return err
	})
	if err != nil && asRefusal(err) == nil {
		t.Fatalf("no refusal: %v", err)
	}
	if files > fuzzLimits.Entries || total > fuzzLimits.TotalBytes || c.Files > files {
		t.Fatalf("%d files, %d bytes, %+v", files, total, c)
	}
}

func FuzzUnpackZip(f *testing.F) {
	f.Add(zipOf(f, packed{"Bài 1.mp3", song(300, 1), 0}, packed{"d/", nil, fs.ModeDir}, packed{"l", []byte("x"), fs.ModeSymlink}))
	f.Add(zipOf(f, packed{"silence.wav", make([]byte, 1<<17), 0}))
	f.Add(zipOf(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !isZip(b) {
			b = append([]byte("PK\x03\x04"), b...)
		}
		checkUnpack(t, b)
	})
}

// FuzzUnpackTar sets the sum of the first header right, without which nothing is tried.
func FuzzUnpackTar(f *testing.F) {
	f.Add(tarOf(f, packed{"Bài 1.mp3", song(300, 1), 0}, packed{"l", nil, fs.ModeSymlink}))
	f.Add(tarOf(f, packed{strings.Repeat("long/", 60) + "a.mp3", song(300, 1), 0}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= archiveHead {
			b = bytes.Clone(b)
			copy(b[148:156], "        ")
			sum := 0
			for _, c := range b[:archiveHead] {
				sum += int(c)
			}
			copy(b[148:156], []byte{'0' + byte(sum>>15&7), '0' + byte(sum>>12&7), '0' + byte(sum>>9&7), '0' + byte(sum>>6&7), '0' + byte(sum>>3&7), '0' + byte(sum&7), 0, ' '})
		}
		checkUnpack(t, b)
	})
}

// FuzzUnpackGzip leaves the outer form to chance.
func FuzzUnpackGzip(f *testing.F) {
	f.Add(gzipOf(f, tarOf(f, packed{"a.mp3", song(300, 1), 0})))
	f.Fuzz(func(t *testing.T, b []byte) { checkUnpack(t, b) })
}

// FuzzLink pastes anything. What comes out is either refused or an address that is what it seems.
func FuzzLink(f *testing.F) {
	for _, s := range []string{"https://bom.so/ab cd", "https : //đài.vn:443/x#y", "bit.ly/x", "https://[::1]/", "https://a:b@c.vn/", "<https://a.vn/b>).",
		"https://drive.google.com/file/d/1AbCdEfGhIjKlMn/view", "https://1drv.ms/u/c/a/b"} {
		f.Add(s)
	}
	fetcher, err := New(Options{MaxBytes: 1})
	must(f, err)
	f.Fuzz(func(t *testing.T, pasted string) {
		link, refusal := repair(pasted)
		if refusal != nil {
			return
		}
		u, refusal := fetcher.address(link)
		if refusal != nil {
			return
		}
		if u.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Host == "" || u.Port() != "" || strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }) {
			t.Fatalf("%q gives %q", pasted, u)
		}
		again, refusal := fetcher.address(u.String())
		if refusal != nil || again.Host != u.Host {
			t.Fatalf("%q gives %q, and that %v, %v", pasted, u, again, refusal)
		}
		_ = shownHost(u.Hostname())
		if _, to, _ := shared(u); to != nil && to.Scheme != "https" {
			t.Fatalf("%q is turned into %q", pasted, to)
		}
	})
}

// FuzzName reads any header as a name.
func FuzzName(f *testing.F) {
	f.Add(`attachment; filename="a.mp3"; filename*=UTF-8''B%C3%A0i.mp3`)
	f.Add("attachment; filename=\"=?UTF-8?B?QsOgaS5tcDM=?=\"")
	f.Fuzz(func(t *testing.T, header string) {
		name := nameOf(http.Header{"Content-Disposition": {header}}, &url.URL{Path: "/"})
		if !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName || strings.ContainsAny(name, "/\\\x00\r\n") || name == ".." {
			t.Fatalf("%q gives %q", header, name)
		}
	})
}
