// Package web is what browsers are given beside the pages: styles as they are written, scripts built from TypeScript by
// `make build`, and the help's pictures where `make pictures` has taken them. A program built without the scripts has no file of that name: pages then say so, and forms go on
// working.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
)

//go:embed style dist
var files embed.FS

// File is one file with its packed form.
type File struct {
	Body   []byte
	Packed []byte // gzip; nil where it saves nothing
	Hash   string // of Body, short: it stands in the address, so that browsers may keep the file for ever
	Type   string
}

// Files are all files by their base names, read once.
func Files() (map[string]File, error) {
	out := make(map[string]File)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Base(name) == "README" {
			return err
		}
		f, err := load(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, twice := out[path.Base(name)]; twice {
			return fmt.Errorf("%s: there are two files of that name", name)
		}
		out[path.Base(name)] = f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the pages' files: %w", err)
	}
	return out, nil
}

func load(name string) (File, error) {
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
		".png": "image/png"}
	kind, ok := kinds[path.Ext(name)]
	if !ok {
		return File{}, fmt.Errorf("no media type is known for it")
	}
	body, err := files.ReadFile(name)
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(body)
	f := File{Body: body, Hash: hex.EncodeToString(sum[:8]), Type: kind}
	packed, err := pack(body)
	if err != nil {
		return File{}, err
	}
	if len(packed) < len(body)*9/10 {
		f.Packed = packed
	}
	return f, nil
}

func pack(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
