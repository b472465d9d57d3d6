package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	takeBuffer = 64 << 10
	roomEvery  = 4 << 20 // bytes between two questions for room
	sameCutMax = 3       // cuts at one and the same byte, after which it is no accident
)

// accept judges an answer before a byte of it is taken, and prepares the file for it.
func (d *download) accept(resp *http.Response) error {
	host := resp.Request.URL.Hostname()
	if !sameHost(host, d.found.Host) {
		return refuse(CodeHostChanged, "%s, confirmed was %s", host, d.found.Host)
	}
	if d.started && (resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests ||
		resp.StatusCode == http.StatusRequestedRangeNotSatisfiable) {
		if resp.StatusCode == http.StatusRequestedRangeNotSatisfiable {
			d.validator = ""
		}
		return &cut{refuse(CodeServer, "%s answers %d", host, resp.StatusCode)}
	}
	if refusal := d.f.answer(resp); refusal != nil {
		return refusal
	}
	if resp.StatusCode == http.StatusPartialContent {
		return d.acceptRest(resp)
	}
	return d.acceptWhole(resp, host)
}

func (d *download) acceptWhole(resp *http.Response, host string) error {
	if d.have > 0 {
		if err := d.restart(); err != nil {
			return err
		}
	}
	size := resp.ContentLength
	if size > d.f.o.MaxBytes {
		return refuse(CodeTooLarge, "%d bytes, at most %d", size, d.f.o.MaxBytes)
	}
	if size >= 0 && d.found.Size >= 0 && size != d.found.Size {
		return refuse(CodeChanged, "%d bytes, %d when it was looked at", size, d.found.Size)
	}
	d.started, d.total, d.host = true, max(size, d.found.Size, -1), host
	d.validator = validator(resp.Header)
	if d.name = nameOf(resp.Header, resp.Request.URL); d.name == "" {
		d.name = d.found.Name
	}
	return nil
}

// acceptRest takes a part only if it is exactly the one asked for, of a file of the same length and mark.
func (d *download) acceptRest(resp *http.Response) error {
	if d.have == 0 {
		return refuse(CodeServer, "%s sends a part that was not asked for", d.found.Host)
	}
	var from, until, total int64
	r := resp.Header.Get("Content-Range")
	if _, err := fmt.Sscanf(strings.TrimSuffix(r, "/*"), "bytes %d-%d/%d", &from, &until, &total); err != nil {
		total = -1
		if _, err := fmt.Sscanf(r, "bytes %d-%d/*", &from, &until); err != nil {
			d.validator = ""
			return &cut{refuse(CodeServer, "Content-Range %q", clip(r, 100))}
		}
	}
	mark := validator(resp.Header)
	if from != d.have || total >= 0 && d.total >= 0 && total != d.total || mark != "" && mark != d.validator {
		d.validator = "" // another file: begin anew
		return &cut{refuse(CodeChanged, "asked for byte %d of %d, got %q", d.have, d.total, clip(r, 100))}
	}
	return nil
}

// validator gives what proves that the bytes are still the same (RFC 9110, 8.8): a strong ETag, or a date that is at
// least a second older than the answer. "" where there is none, or where the server refuses ranges.
func validator(h http.Header) string {
	if strings.EqualFold(h.Get("Accept-Ranges"), "none") {
		return ""
	}
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) && len(tag) <= 1<<10 {
		return tag
	}
	changed, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return ""
	}
	if sent, err := http.ParseTime(h.Get("Date")); err != nil || sent.Sub(changed) < time.Second {
		return ""
	}
	return h.Get("Last-Modified")
}

// take writes the body to the file.
func (d *download) take(ctx, paced context.Context, p *pace, resp *http.Response) error {
	buf := make([]byte, takeBuffer)
	judged := d.have > 0
	if !judged {
		// Until the first bytes are judged nothing is written.
		n, err := readSome(resp.Body, buf, headLeast)
		p.came(n)
		if isPage(buf[:min(n, headBytes)], mediaType(resp.Header)) {
			return pageRefusal(append(d.found.Hops, Hop{Host: d.host}))
		}
		if err := d.write(buf[:n]); err != nil {
			return err
		}
		if err != nil {
			return d.bodyEnd(ctx, paced, err)
		}
	}
	for {
		n, err := resp.Body.Read(buf)
		p.came(n)
		if err := d.write(buf[:n]); err != nil {
			return err
		}
		if err != nil {
			return d.bodyEnd(ctx, paced, err)
		}
	}
}

// readSome reads least bytes or more. Other than io.ReadAtLeast it leaves the error as it is: a body that ends and one
// that is cut are two things.
func readSome(r io.Reader, buf []byte, least int) (int, error) {
	n := 0
	for n < least {
		m, err := r.Read(buf[n:])
		if n += m; err != nil {
			return n, err
		}
	}
	return n, nil
}

func (d *download) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if n := d.have + int64(len(b)); d.total >= 0 && n > d.total {
		return refuse(CodeWrongLength, "more than the %d bytes announced", d.total)
	} else if n > d.f.o.MaxBytes {
		return refuse(CodeTooLarge, "more than %d bytes", d.f.o.MaxBytes)
	}
	if _, err := d.to.WriteAt(b, d.have); err != nil {
		return fmt.Errorf("writing a download: %w", err)
	}
	d.have += int64(len(b))
	d.progress(d.have, d.total)
	if d.have-d.askedRoom >= roomEvery {
		return d.room()
	}
	return nil
}

// bodyEnd judges how a body ended.
func (d *download) bodyEnd(ctx, paced context.Context, err error) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if cause := context.Cause(paced); cause != nil {
		var s *stall
		if errors.As(cause, &s) {
			return &cut{s.refusal}
		}
		return ended(paced)
	}
	if errors.Is(err, io.EOF) {
		if d.total >= 0 && d.have < d.total {
			return refuse(CodeWrongLength, "%d bytes, announced were %d", d.have, d.total)
		}
		return nil
	}
	if d.have != d.cutAt {
		d.sameCuts = 0
	}
	if d.cutAt, d.sameCuts = d.have, d.sameCuts+1; d.sameCuts >= sameCutMax && d.total >= 0 {
		return refuse(CodeWrongLength, "always ends after %d bytes, announced were %d", d.have, d.total)
	}
	return &cut{err}
}
