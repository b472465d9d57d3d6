package route

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Reply is what a handler answers: JSON, Text, Page, Redirect, Content, Stream or Raw.
type Reply interface{ reply() }

// JSON is a JSON document. With status 204 there is no body.
type JSON struct {
	Status   int // 0 is 200
	Value    any
	Location string
}

// Text is a short document that is at hand.
type Text struct {
	Status int
	Type   string
	Body   []byte
	Header http.Header // may be nil
}

// Page is a template with its data.
type Page struct {
	Status int
	Name   string
	Data   any
}

// Redirect sends a browser on with 303 See Other.
type Redirect struct {
	To     string
	Cookie *http.Cookie // set on the way, may be nil
}

// Content is a file with ranges and a validator. It is closed when it was sent.
type Content struct {
	File     io.ReadSeekCloser
	Type     string
	Name     string // suggested to a person who saves it; "" shows it in place
	ETag     string // quoted
	Encoding string // of File's bytes: gzip; "" as they are
	Modified time.Time
}

// Stream is written piece by piece; Write returns when ctx ends.
type Stream struct {
	Type   string
	Name   string // suggested file name, may be ""
	Header http.Header
	Write  func(ctx context.Context, w Writer) error
}

// Writer is where a Stream goes.
type Writer interface {
	io.Writer
	// Flush sends what was written; an error means that nobody reads any more.
	Flush() error
}

// Raw is written by a library that speaks a protocol of its own. An error that it returns has written nothing.
type Raw struct {
	Serve func(w http.ResponseWriter, r *http.Request) error
}

func (JSON) reply()     {}
func (Text) reply()     {}
func (Page) reply()     {}
func (Redirect) reply() {}
func (Content) reply()  {}
func (Stream) reply()   {}
func (Raw) reply()      {}
