package admin

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"loaxa/admin/route"
)

// secrets are fields whose text counts as it is: the accounts judge it, and it is never shown.
var secrets = []string{"password", "again", "old"}

// takeTyped reads the form and the query of a request for a page, and leaves in them what the station takes of a text. It
// stands before the handlers, so that none of them shows or keeps what one of them forgot to look at. Forms that bring
// files are read by their handlers, piece by piece.
func takeTyped(r *http.Request) error {
	if q := r.URL.Query(); clean(q) {
		u := *r.URL
		u.RawQuery = q.Encode()
		r.URL = &u
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || r.Method != http.MethodPost || kind != "application/x-www-form-urlencoded" {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return route.BadRequest("bad_form", err.Error())
	}
	clean(r.PostForm)
	clean(r.Form)
	return nil
}

// clean says whether it changed anything.
func clean(v url.Values) (changed bool) {
	for name, list := range v {
		if slices.Contains(secrets, name) {
			continue
		}
		for i, text := range list {
			if c := route.Typed(text); c != text {
				list[i], changed = c, true
			}
		}
	}
	return changed
}

// plainly is the particular sentence of a refusal, which may repeat what was sent.
func plainly(detail string) string { return strings.TrimSpace(route.Typed(detail)) }
