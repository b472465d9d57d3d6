package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// client speaks the JSON API over the station's Unix socket.
type client struct {
	http *http.Client
	as   string
}

// socketOf is where a running station listens for commands.
func socketOf(dir string) string { return filepath.Join(dir, "loaxa.sock") }

func dial(socket, as string) *client {
	return &client{as: as, http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		},
	}}}
}

// running reports whether a station answers on the socket.
func running(socket string) bool {
	c, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// problem is the API's "no" (RFC 9457).
type problem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	Status int    `json:"status"`
	Do     string `json:"do"`
}

func (p *problem) Error() string {
	switch {
	case p.Detail != "":
		return p.Detail
	case p.Title != "":
		return p.Title
	}
	return p.Code
}

// exit is the exit code that a refusal of the API means.
func (p *problem) exit() int {
	switch p.Status {
	case http.StatusForbidden, http.StatusConflict, http.StatusUnauthorized:
		return exitRefused
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return exitTemporary
	}
	return exitFailed
}

// answerWait is how long a station may take over a short answer. The longest is the doctor's, who reads every clip.
const answerWait = time.Minute

// call sends a request and decodes the JSON answer into out, which may be nil or an *io.Writer for raw bytes.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("asking the station: %w", err)
		}
		body = bytes.NewReader(b)
	}
	if _, long := out.(io.Writer); !long {
		limited, cancel := context.WithTimeout(ctx, answerWait)
		defer cancel()
		ctx = limited
	}
	err := c.send(ctx, method, path, "application/json", body, out)
	if errors.Is(err, context.DeadlineExceeded) {
		return failWith(exitTemporary, "look at its journal; start it again if it stays so",
			"asking the station: it runs but has not answered for %s", answerWait)
	}
	return err
}

func (c *client) send(ctx context.Context, method, path, kind string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost/api/v1"+path, body)
	if err != nil {
		return fmt.Errorf("asking the station: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Accept-Language", "en")
	if strings.ContainsFunc(c.as, unicode.IsControl) {
		return usage("give the person's name", "reading the command: --as holds a control character")
	}
	if c.as != "" {
		req.Header.Set("X-Loaxa-As", c.as)
	}
	resp, err := c.http.Do(req)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return failWith(exitTemporary, "try again", "asking the station: it has just stopped")
	}
	if err != nil {
		return fmt.Errorf("asking the station: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or not needed
	if resp.StatusCode >= 400 {
		return refusal(resp)
	}
	return receive(resp.Body, out)
}

// refusal turns an error answer into an error with an exit code.
func refusal(resp *http.Response) error {
	p := &problem{Status: resp.StatusCode}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("reading the station's answer: %w", err)
	}
	if err := json.Unmarshal(text, p); err != nil {
		p.Detail = resp.Status
	}
	p.Status = resp.StatusCode
	return &fault{code: p.exit(), hint: p.Do, err: p}
}

func receive(body io.Reader, out any) error {
	switch o := out.(type) {
	case nil:
		_, err := io.Copy(io.Discard, body)
		return err
	case io.Writer:
		if _, err := io.Copy(o, body); err != nil {
			return fmt.Errorf("reading the station's answer: %w", err)
		}
		return nil
	}
	if err := json.NewDecoder(body).Decode(out); err != nil {
		return fmt.Errorf("reading the station's answer: %w", err)
	}
	return nil
}

// reach calls use with a client of the running station, or of this process when none runs: it then holds the data
// folder's lock for as long as use takes.
func (a *app) reach(ctx context.Context, use func(*client) error) error {
	c, err := a.settings()
	if err != nil {
		return err
	}
	socket := socketOf(c.Data)
	if running(socket) {
		return use(dial(socket, a.as))
	}
	return a.within(ctx, c, use)
}
