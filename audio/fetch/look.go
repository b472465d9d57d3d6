package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// headBytes of a body are looked at to tell a page from a file; headLeast are waited for, if there are as many.
const (
	headBytes = 1 << 10
	headLeast = 64
)

// Look finds out where a pasted link leads, without taking the file: it asks as Get will, and closes the connection
// after the first bytes of the body. Every hop is in Found, also when the error is not nil, so that a person sees how far
// it went. The error is a *Refusal unless ctx ended.
func (f *Fetcher) Look(ctx context.Context, link string) (Found, error) {
	found := Found{Size: -1}
	repaired, refusal := repair(link)
	if refusal != nil {
		return found, refusal
	}
	u, refusal := f.address(repaired)
	if refusal != nil {
		return found, refusal
	}
	found.Link = u.String()
	if repaired != strings.TrimSpace(link) {
		found.Warnings = append(found.Warnings, WarnRepaired)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.o.LookTime, refuse(CodeTooSlow, "no answer within %v", f.o.LookTime))
	defer cancel()
	w, err := f.newWalk(true)
	if err != nil {
		return found, err
	}
	resp, err := w.to(ctx, u, nil)
	found.walked(w)
	if err != nil {
		return found, err
	}
	defer resp.Body.Close() //nolint:errcheck // nothing was written
	return found, f.describe(ctx, &found, resp)
}

// walked takes over where the walk went.
func (found *Found) walked(w *walk) {
	found.Hops, found.Rewritten = w.hops, w.rewritten
	for _, h := range w.hops {
		found.URL, found.Host, found.HostShown = h.URL, h.Host, h.HostShown
		if isIDN(h.Host) {
			found.warn(WarnIDN)
		}
		if lookAlike(h.Host) {
			found.warn(WarnLookAlike)
		}
	}
}

func (found *Found) warn(code string) {
	if !slices.Contains(found.Warnings, code) {
		found.Warnings = append(found.Warnings, code)
	}
}

// describe says what stands at the end of the walk.
func (f *Fetcher) describe(ctx context.Context, found *Found, resp *http.Response) error {
	if refusal := f.answer(resp); refusal != nil {
		return refusal
	}
	found.Kind, found.Name, found.Size = KindFile, nameOf(resp.Header, resp.Request.URL), resp.ContentLength
	found.Type = mediaType(resp.Header)
	if found.Size > f.o.MaxBytes {
		return refuse(CodeTooLarge, "%d bytes, at most %d", found.Size, f.o.MaxBytes)
	}
	if found.Size == 0 {
		return refuse(CodeEmpty, "0 bytes")
	}
	head := make([]byte, headBytes)
	n, err := readSome(resp.Body, head, headLeast)
	if err != nil && n == 0 {
		if errors.Is(err, io.EOF) {
			return refuse(CodeEmpty, "0 bytes")
		}
		return f.explain(ctx, found.Host, err)
	}
	if isPage(head[:n], found.Type) {
		found.Kind, found.Page = KindPage, pageRefusal(found.Hops)
	}
	return nil
}

func mediaType(h http.Header) string {
	t, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return clip(t, 100)
}

// pageRefusal says what to do about a page, by the service it came from.
func pageRefusal(hops []Hop) *Refusal {
	for _, h := range slices.Backward(hops) {
		if s := serviceOf(h.Host); s != "" {
			return &Refusal{Code: CodeService, Detail: s}
		}
	}
	return refuse(CodeWebPage, "%s sends a page", hops[len(hops)-1].Host)
}

// isPage tells a page by its first bytes, and by the server's word only where the bytes look like text: audio is often
// served under a wrong type.
func isPage(head []byte, claimed string) bool {
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\f"))
	for _, start := range []string{"<!doctype", "<html", "<head", "<body", "<script", "<meta", "<title", "<!--", "<?xml"} {
		if bytes.HasPrefix(text, []byte(start)) {
			return true
		}
	}
	if claimed != "text/html" && claimed != "application/xhtml+xml" {
		return false
	}
	return !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n\f\x1b", r) })
}
