package frame

import (
	"bytes"
	"io"

	"loaxa/admin/route"
)

func (f *Frame) getAsset(c *route.Call) (route.Reply, error) {
	file, ok := f.files[c.Param("name")]
	if !ok {
		return nil, route.NotFound("file", c.Param("name"))
	}
	tag := `"` + file.Hash + `"`
	if file.Packed != nil && route.TakesGzip(c.Request) {
		return route.Content{File: FromMemory(file.Packed), Type: file.Type, ETag: `"` + file.Hash + `-gzip"`, Encoding: "gzip"}, nil
	}
	return route.Content{File: FromMemory(file.Body), Type: file.Type, ETag: tag}, nil
}

// FromMemory is a file whose bytes are at hand.
func FromMemory(body []byte) io.ReadSeekCloser { return nopCloser{bytes.NewReader(body)} }

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }
