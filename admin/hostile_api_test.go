package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"loaxa/admin/account"
)

// spots are the places of a document where a text stands, as the keys that lead there.
func spots(v any, at []any) (out [][]any) {
	switch v := v.(type) {
	case string:
		out = append(out, at)
	case map[string]any:
		for k, x := range v {
			out = append(out, spots(x, append(slices.Clone(at), k))...)
		}
	case []any:
		for i, x := range v {
			out = append(out, spots(x, append(slices.Clone(at), i))...)
		}
	}
	return out
}

// planted is the document with another text at a spot.
func planted(v any, at []any, text string) any {
	if len(at) == 0 {
		return text
	}
	switch k := at[0].(type) {
	case string:
		if m, ok := v.(map[string]any); ok {
			m[k] = planted(m[k], at[1:], text)
		}
	case int:
		if l, ok := v.([]any); ok {
			l[k] = planted(l[k], at[1:], text)
		}
	}
	return v
}

// real fills the parameters of an address with things that are there, so that the document is read at all.
func (w *world) real(t *testing.T, path string) string {
	t.Helper()
	switch {
	case strings.Contains(path, "/clips/:id"):
		return strings.ReplaceAll(path, ":id", w.approved(t, "Bản tin"))
	case strings.Contains(path, "/campaigns/:id"):
		return strings.ReplaceAll(path, ":id", w.letterFor(t).ID)
	case strings.Contains(path, "/programmes/:id"):
		return strings.ReplaceAll(path, ":id", "p-1")
	case strings.Contains(path, "/playlists/:id"):
		return strings.ReplaceAll(path, ":id", "l-1")
	}
	return address(path)
}

// What a program sends is held to the same: no text of a document makes the station fall over, every answer is a document
// in UTF-8, and what was stored of it is text on every page.
func TestEveryDocumentAgainstHostileText(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of requests by one goroutine: runs in full, without the race detector")
	}
	w := newWorld(t)
	w.described = nil // hostile answers are held against this test
	token := w.token(t, account.Administrator)
	n := 0
	for i, rt := range w.table {
		if rt.Doc.Request == nil || strings.HasSuffix(rt.Path, "/password") {
			continue
		}
		example, err := json.Marshal(rt.Doc.Request)
		must(t, err)
		var doc any
		must(t, json.Unmarshal(example, &doc))
		path := w.real(t, rt.Path)
		for j, at := range spots(doc, nil) {
			for k, h := range hostileTexts {
				if k > 0 && !every(11, i+j+k) || h.name == "no UTF-8" { // JSON cannot carry that; it is refused as no document
					continue
				}
				must(t, json.Unmarshal(example, &doc))
				body, err := json.Marshal(planted(doc, at, h.text))
				must(t, err)
				n++
				w.document(t, rt.Method, path, token, string(body), fmt.Sprintf("%s in %v", h.name, at))
			}
		}
		w.document(t, rt.Method, path, token, "{\"x\":\"\xff\xfe\"}", "no UTF-8")
	}
	if n < 50 {
		t.Errorf("only %d texts were planted: the examples of the routes carry none", n)
	}
	for _, address := range w.pages {
		for _, f := range faultsOf(t, w.boss.get(address).Body.String()) {
			t.Errorf("afterwards, on %s: %s", address, f)
		}
	}
}

func (w *world) document(t *testing.T, method, path, token, body, about string) {
	t.Helper()
	r := w.ask(method, path, token, body)
	faults := append(headerFaults(r), w.log.taken()...)
	if r.Code >= http.StatusInternalServerError {
		faults = append(faults, fmt.Sprintf("status %d: %s", r.Code, short(r.Body.String())))
	}
	if kind := r.Header().Get("Content-Type"); strings.Contains(kind, "json") && (!utf8.Valid(r.Body.Bytes()) || !json.Valid(r.Body.Bytes())) {
		faults = append(faults, "the answer is no document: "+short(r.Body.String()))
	}
	for _, f := range faults {
		t.Errorf("%s %s, %s: %s", method, path, about, f)
	}
}

// The control: texts are found and changed wherever they stand.
func TestPlantedTextsStandWhereTheyShould(t *testing.T) {
	const doc = `{"a":"x","b":[{"c":"y"},{"c":"z","n":1}]}`
	var v any
	must(t, json.Unmarshal([]byte(doc), &v))
	all := spots(v, nil)
	if len(all) != 3 {
		t.Fatalf("spots %v", all)
	}
	for _, at := range all {
		v = planted(v, at, "!")
	}
	if got, err := json.Marshal(v); err != nil || string(got) != `{"a":"!","b":[{"c":"!"},{"c":"!","n":1}]}` {
		t.Errorf("%s, %v", got, err)
	}
}
