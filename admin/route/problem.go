package route

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"loaxa/admin/locale"
)

// Problem is a "no" with a stable code. The sentences for people stand in the catalogues under
// problem.CODE (what happened) and problem.CODE.do (what to do).
type Problem struct {
	Status  int
	Code    string
	Detail  string // the particular case, for whoever reads closely
	Fields  []Field
	Retry   time.Duration // 429 and 503: when to try again
	Context map[string]any
	// Words names the sentences when they are not those of Code, and Say, if set, is what to do in a language: for
	// refusals that bring their own sentences.
	Words string
	Say   func(language string) string
}

// Field is what is wrong with one field of the input.
type Field struct {
	Field   string `json:"field"` // path like items[2].kind
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Code)
	if p.Detail != "" {
		b.WriteString(": " + p.Detail)
	}
	for _, f := range p.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Field, f.Message)
	}
	return b.String()
}

// Sentences is what happened and what to do, in the language of w; the second may be "".
func (p *Problem) Sentences(w locale.Words) (title, do string) {
	key := "problem." + cmp.Or(p.Words, p.Code)
	title, do = w.Or(key, p.Code), w.Or(key+".do", "")
	if p.Say != nil {
		do = p.Say(string(w.Language))
	}
	return title, do
}

// BadRequest is a 400 with a code and a particular sentence.
func BadRequest(code, detail string, fields ...Field) *Problem {
	return &Problem{Status: http.StatusBadRequest, Code: code, Detail: detail, Fields: fields}
}

// NotFound is a 404 for a named thing.
func NotFound(what, id string) *Problem {
	return &Problem{Status: http.StatusNotFound, Code: "not_found", Detail: fmt.Sprintf("no %s %q", what, id)}
}
