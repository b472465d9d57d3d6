package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Get takes the file that Look found and a person agreed to, into to, which it empties first and leaves at its start.
// A cut connection is continued where the server proves, by a strong ETag or date, that it still has the same bytes, and
// begun anew otherwise. progress may be nil; total is -1 where the server does not say.
//
// The error is a *Refusal, or wraps that of ctx, of Options.Room or of writing; then the file's content is worth nothing.
func (f *Fetcher) Get(ctx context.Context, found Found, to *os.File, progress func(done, total int64)) (Got, error) {
	if found.Kind == KindPage && found.Page != nil {
		return Got{}, found.Page
	}
	u, refusal := f.address(found.URL)
	if refusal != nil {
		return Got{}, refusal
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.o.Timeout, refuse(CodeTooSlow, "not done within %v", f.o.Timeout))
	defer cancel()
	w, err := f.newWalk(true)
	if err != nil {
		return Got{}, err
	}
	d := &download{f: f, w: w, found: found, u: u, to: to, total: -1, progress: progress}
	if err := d.run(ctx); err != nil {
		return Got{}, err
	}
	return d.got()
}

// download is one file on its way, over as many connections as it takes.
type download struct {
	f        *Fetcher
	w        *walk
	found    Found
	u        *url.URL
	to       *os.File
	progress func(done, total int64)

	have      int64  // bytes in the file
	total     int64  // bytes announced; -1 unknown
	validator string // by which the rest can be asked for; "" it cannot
	started   bool   // a first answer was accepted
	viaLink   bool   // u is the link itself: its former end had expired
	name      string
	host      string
	cutAt     int64 // where the last connection was cut in the body
	sameCuts  int   // how often in a row it was cut there
	askedRoom int64 // have, when there was room last
}

// cut is an end that another connection may go on from.
type cut struct{ err error }

func (c *cut) Error() string { return "cut: " + c.err.Error() }
func (c *cut) Unwrap() error { return c.err }

func (d *download) run(ctx context.Context) error {
	if err := d.restart(); err != nil {
		return err
	}
	wait, tries := d.f.o.Backoff, 0
	for {
		before := d.have
		err := d.attempt(ctx)
		var again *cut
		if err == nil || !errors.As(err, &again) {
			return err
		}
		if tries++; tries > d.f.o.Retries {
			return d.givenUp(again)
		}
		if d.have > before {
			wait = d.f.o.Backoff
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, 30*d.f.o.Backoff)
	}
}

func (d *download) givenUp(last *cut) error {
	if r := asRefusal(last.err); r != nil {
		return r
	}
	return refuse(CodeCut, "after %d bytes of %d from %s: %v", d.have, d.total, d.host, last.err)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}

// ended gives why a context ended: our own refusal, or what the caller did.
func ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if r := asRefusal(cause); r != nil {
		return r
	}
	return fmt.Errorf("downloading: %w", cause)
}

// restart forgets all bytes.
func (d *download) restart() error {
	d.have, d.validator, d.askedRoom = 0, "", 0
	if err := d.to.Truncate(0); err != nil {
		return fmt.Errorf("emptying the file of a download: %w", err)
	}
	return d.room()
}

func (d *download) room() error {
	if d.f.o.Room == nil {
		return nil
	}
	if err := d.f.o.Room(); err != nil {
		return fmt.Errorf("downloading: %w", err)
	}
	d.askedRoom = d.have
	return nil
}

// attempt asks once and takes what comes.
func (d *download) attempt(ctx context.Context) error {
	paced, p := newPace(ctx, d.f.o.Idle, d.f.o.MinRate)
	defer p.stop()
	if d.have > 0 && d.validator == "" {
		if err := d.restart(); err != nil {
			return err
		}
	}
	header := http.Header{}
	if d.have > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", d.have))
		header.Set("If-Range", d.validator)
	}
	resp, err := d.w.to(paced, d.u, header)
	if err != nil {
		return d.failed(ctx, err)
	}
	defer resp.Body.Close() //nolint:errcheck // nothing was written
	if d.expired(resp) {
		resp.Body.Close() //nolint:errcheck,gosec // nothing was written
		return d.attempt(ctx)
	}
	if err := d.accept(resp); err != nil {
		return err
	}
	return d.take(ctx, paced, p, resp)
}

// failed judges an attempt without an answer. Before the first one there is nothing to go on from, and a person waits.
func (d *download) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	r := asRefusal(err)
	if !d.started || r == nil {
		return err
	}
	switch r.Code {
	case CodeUnreachable, CodeNoInternet, CodeNoSuchHost, CodeTooSlow:
		return &cut{r}
	}
	return err
}

// expired says whether the address found is no longer good, and goes back to the link, once. Services sign the last
// address for some minutes only, and a person may have taken longer to agree.
func (d *download) expired(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
	default:
		return false
	}
	if d.viaLink || d.found.Link == "" || d.found.Link == d.found.URL {
		return false
	}
	link, refusal := d.f.address(d.found.Link)
	if refusal != nil {
		return false
	}
	d.viaLink, d.u = true, link
	return true
}

// got reads the file once more if it was put together from several answers: the hash is of what is in it.
func (d *download) got() (Got, error) {
	if d.have == 0 {
		return Got{}, refuse(CodeEmpty, "0 bytes")
	}
	if _, err := d.to.Seek(0, io.SeekStart); err != nil {
		return Got{}, fmt.Errorf("rereading a download: %w", err)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, d.to)
	if err != nil || n != d.have {
		return Got{}, fmt.Errorf("rereading a download: %d bytes of %d: %w", n, d.have, errors.Join(err, errShort(n, d.have)))
	}
	if _, err := d.to.Seek(0, io.SeekStart); err != nil {
		return Got{}, fmt.Errorf("rereading a download: %w", err)
	}
	return Got{Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil)), Name: d.name, Host: d.host}, nil
}

func errShort(n, want int64) error {
	if n == want {
		return nil
	}
	return errors.New("the file has another length")
}
