package admin

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"time"

	"loaxa/admin/route"
)

// render writes a reply. What fails before the first byte becomes a problem; what fails after can only be logged.
func (s *Server) render(w http.ResponseWriter, rt route.Route, call *route.Call, reply route.Reply) {
	var err error
	switch rep := reply.(type) {
	case route.JSON:
		err = writeJSON(w, rep)
	case route.Text:
		for k, v := range rep.Header {
			w.Header()[k] = v
		}
		err = write(w, rep.Status, rep.Type, rep.Body)
	case route.Page:
		err = s.writePage(w, call.Request, rep)
	case route.Redirect:
		if rep.Cookie != nil {
			http.SetCookie(w, rep.Cookie)
		}
		http.Redirect(w, call.Request, rep.To, http.StatusSeeOther)
	case route.Content:
		s.writeContent(w, call, rep)
	case route.Stream:
		err = s.writeStream(w, call, rep)
	case route.Raw:
		if err := rep.Serve(w, call.Request); err != nil {
			s.refuse(w, call.Request, rt.Page, err)
		}
	default:
		err = fmt.Errorf("rendering %s %s: no reply of type %T is known", rt.Method, rt.Path, reply)
	}
	if err == nil || call.Request.Context().Err() != nil {
		return
	}
	s.log.Error("answering", "route", rt.Path, "err", err)
	if g, ok := w.(interface{ Written() bool }); ok && !g.Written() {
		s.refuse(w, call.Request, rt.Page, err) // else net/http would send an empty 200
	}
}

func write(w http.ResponseWriter, status int, contentType string, body []byte) error {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

func writeJSON(w http.ResponseWriter, rep route.JSON) error {
	if rep.Location != "" {
		w.Header().Set("Location", rep.Location)
	}
	if rep.Status == http.StatusNoContent {
		w.WriteHeader(rep.Status)
		return nil
	}
	body, err := encode(rep.Value)
	if err != nil {
		return err
	}
	return write(w, rep.Status, "application/json; charset=utf-8", body)
}

// encode keeps <, > and & as they are: the answers are read as JSON and never put into a page.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// pageWorthPacking is from how many bytes on a page is packed. Pages carry no secret that an answer's length could betray:
// forms are protected by their origin, sessions by a cookie.
const pageWorthPacking = 1400

func (s *Server) writePage(w http.ResponseWriter, r *http.Request, rep route.Page) error {
	var b bytes.Buffer
	if err := s.pages.Execute(&b, rep.Name, rep.Data); err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept-Encoding")
	body := b.Bytes()
	if len(body) >= pageWorthPacking && route.TakesGzip(r) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(body); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		w.Header().Set("Content-Encoding", "gzip")
		body = packed.Bytes()
	}
	return write(w, rep.Status, "text/html; charset=utf-8", body)
}

func (s *Server) writeContent(w http.ResponseWriter, call *route.Call, rep route.Content) {
	h := w.Header()
	h.Set("Content-Type", rep.Type)
	if rep.ETag != "" {
		h.Set("ETag", rep.ETag)
		h.Set("Cache-Control", "private, max-age=31536000, immutable") // the address or the tag carries the hash
	}
	if rep.Encoding != "" {
		h.Set("Content-Encoding", rep.Encoding)
	}
	attach(h, rep.Name)
	http.ServeContent(&patient{ResponseWriter: w, extend: call.Extend, piece: s.limits.piece}, call.Request, "", rep.Modified, rep.File)
	if err := rep.File.Close(); err != nil {
		s.log.Warn("closing a file that was sent", "err", err)
	}
}

func attach(h http.Header, name string) {
	if name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
}

// writeStream gives the stream a context that also ends when the server stops, so that stopping waits for nobody.
func (s *Server) writeStream(w http.ResponseWriter, call *route.Call, rep route.Stream) error {
	ctx, cancel := context.WithCancel(call.Request.Context())
	defer cancel()
	stop := context.AfterFunc(s.stopping, cancel)
	defer stop()
	h := w.Header()
	for k, v := range rep.Header {
		h[k] = v
	}
	h.Set("Content-Type", rep.Type)
	attach(h, rep.Name)
	out := &streamWriter{patient: patient{ResponseWriter: w, extend: call.Extend, piece: s.limits.piece}, control: http.NewResponseController(w)}
	w.WriteHeader(http.StatusOK)
	err := rep.Write(ctx, out)
	if ctx.Err() != nil {
		return nil // the reader went away or the server stops: that is how streams end
	}
	if err != nil {
		// The status is out already. Breaking the connection tells the reader that the answer is not whole.
		s.log.Error("streaming", "route", call.Request.URL.Path, "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// patient moves the deadline on with every piece, so that a slow line is served and a dead one is dropped.
type patient struct {
	http.ResponseWriter
	extend func(time.Duration)
	piece  time.Duration // that one piece may take to be taken
}

func (p *patient) Write(b []byte) (int, error) {
	p.extend(p.piece)
	return p.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// ReadFrom hides the writer's own, which would copy a whole file under one deadline.
func (p *patient) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{p}, r)
}

type streamWriter struct {
	patient
	control *http.ResponseController
}

func (w *streamWriter) Flush() error {
	w.extend(w.piece)
	return w.control.Flush()
}

// document is a problem as RFC 9457 writes it, with our stable code and a sentence on what to do.
type document struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail,omitempty"`
	Code    string         `json:"code"`
	Do      string         `json:"do,omitempty"`
	Fields  []route.Field  `json:"fields,omitempty"`
	Context map[string]any `json:"context,omitempty"`
}

// refuse answers with the problem that err is.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, asPage bool, err error) {
	p := problemOf(err)
	level := slog.LevelDebug
	if p.Status >= 500 {
		level = slog.LevelError
	}
	s.log.Log(r.Context(), level, "refused", "method", r.Method, "code", p.Code, "status", p.Status, "err", err)
	h := w.Header()
	if p.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(p.Retry/time.Second)+1))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="loaxa"`)
	}
	words := s.wordsFor(asPage, r)
	doc := document{Type: "about:blank", Status: p.Status, Code: p.Code, Detail: plainly(p.Detail), Fields: p.Fields, Context: p.Context}
	doc.Title, doc.Do = p.Sentences(words)
	if asPage && (p.Code == "sign_in" || p.Code == "phone") && r.Method == http.MethodGet && r.URL.Query().Get("part") == "" {
		var page route.Page
		if page, err = s.pages.SignIn(words, r.URL.RequestURI(), p); err == nil {
			err = s.writePage(w, r, page)
		}
	} else if asPage {
		err = s.writePage(w, r, s.pages.Problem(words, doc.Status, doc.Title, doc.Do, doc.Detail, doc.Code))
	} else {
		var body []byte
		if body, err = encode(doc); err == nil {
			err = write(w, p.Status, "application/problem+json", body)
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		s.log.Warn("writing a problem", "err", err)
	}
}
