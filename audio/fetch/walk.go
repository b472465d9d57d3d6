package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

const (
	maxHops        = 10
	maxHeaderBytes = 64 << 10
)

// walk follows one link, hop by hop, and remembers where it went.
type walk struct {
	f         *Fetcher
	client    *http.Client
	hops      []Hop
	rewritten string
	shares    bool // whether share links are turned into downloads
}

func (f *Fetcher) newWalk(shares bool) (*walk, error) {
	j, err := newJar()
	if err != nil {
		return nil, fmt.Errorf("making a cookie jar: %w", err)
	}
	stop := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &walk{f: f, shares: shares, client: &http.Client{Transport: f.transport, Jar: j, CheckRedirect: stop}}, nil
}

// to asks for u and follows redirects, each checked like the link itself. The answer is the last one; its body is the
// caller's to close. Range headers go along on every hop.
func (w *walk) to(ctx context.Context, u *url.URL, header http.Header) (*http.Response, error) {
	for range maxHops {
		if w.shares {
			next, err := w.asDownload(u)
			if err != nil {
				return nil, err
			}
			if next != nil {
				u = next
				continue
			}
		}
		resp, err := w.ask(ctx, u, header)
		if err != nil {
			return nil, w.f.explain(ctx, u.Hostname(), err)
		}
		if !redirects(resp) {
			return resp, nil
		}
		_ = resp.Body.Close()
		if u, err = w.next(u, resp); err != nil {
			return nil, err
		}
	}
	return nil, refuse(CodeRedirects, "more than %d hops, the last to %s", maxHops, u.Hostname())
}

// asDownload turns a share link into the address of its file, and records it as a hop of its own.
func (w *walk) asDownload(u *url.URL) (*url.URL, error) {
	rule, to, refusal := shared(u)
	if refusal != nil {
		w.record(u, 0)
		return nil, refusal
	}
	if rule == nil {
		return nil, nil
	}
	w.record(u, 0)
	w.rewritten = rule.service
	return to, nil
}

func (w *walk) record(u *url.URL, status int) {
	host := u.Hostname()
	w.hops = append(w.hops, Hop{URL: u.String(), Host: host, HostShown: shownHost(host), Status: status})
}

func (w *walk) ask(ctx context.Context, u *url.URL, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for k, v := range header {
		req.Header[k] = slices.Clone(v)
	}
	req.Header.Set("User-Agent", "loaxa/"+w.f.o.Version)
	req.Header.Set("Accept", "audio/*, application/zip, */*;q=0.5")
	req.Header.Set("Accept-Encoding", "identity") // a packed answer would hide its size
	resp, err := w.client.Do(req)                 //nolint:bodyclose // closed by the caller of to, or in it
	if err != nil {
		w.record(u, 0)
		return nil, err
	}
	w.record(u, resp.StatusCode)
	return resp, nil
}

func redirects(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return resp.Header.Get("Location") != ""
	}
	return false
}

func (w *walk) next(from *url.URL, resp *http.Response) (*url.URL, error) {
	target, err := from.Parse(resp.Header.Get("Location"))
	if err != nil {
		return nil, refuse(CodeBadLink, "a redirect of %s: %v", from.Hostname(), err)
	}
	if from.Scheme == "https" && target.Scheme == "http" {
		return nil, refuse(CodeDowngrade, "%s to %s", from.Hostname(), target.Hostname())
	}
	to, refusal := w.f.address(target.String())
	if refusal != nil {
		return nil, refusal
	}
	return to, nil
}

// answer judges the status and the headers of a last answer.
func (f *Fetcher) answer(resp *http.Response) *Refusal {
	host := resp.Request.URL.Hostname()
	switch s := resp.StatusCode; s {
	case http.StatusOK, http.StatusPartialContent:
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return refuse(CodeSignIn, "%s answers %d", host, s)
	case http.StatusNotFound, http.StatusGone:
		return refuse(CodeNotFound, "%s answers %d", host, s)
	default:
		return refuse(CodeServer, "%s answers %d", host, s)
	}
	if e := resp.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return refuse(CodeEncoded, "%s sends it as %s", host, clip(e, 40))
	}
	return nil
}

// asRefusal gives the refusal inside an error, or nil.
func asRefusal(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
