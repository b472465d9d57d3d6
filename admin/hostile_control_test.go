package admin

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A form as it must not be: each kind of harm has a handler that does it, and the attack on it must say so. Without this,
// a walk that finds nothing says nothing.
func TestAttackFindsFormsThatDoHarm(t *testing.T) {
	const form = `<form method="post" action="/hold"><input name="reason" value=""></form>`
	for name, c := range map[string]struct {
		handle func(w http.ResponseWriter, r *http.Request, log *slog.Logger)
		finds  string
	}{
		"shows what it got as it came": {func(w http.ResponseWriter, r *http.Request, _ *slog.Logger) {
			_, _ = io.WriteString(w, form+"<p>"+r.FormValue("reason")+"</p>") //nolint:gosec // this is the fault
		}, "a value became the element"},
		"loses what was typed": {func(w http.ResponseWriter, _ *http.Request, _ *slog.Logger) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, form)
		}, "is lost"},
		"throws the form away": {func(w http.ResponseWriter, _ *http.Request, _ *slog.Logger) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, "<p>no</p>")
		}, "is gone"},
		"falls over": {func(w http.ResponseWriter, _ *http.Request, _ *slog.Logger) {
			w.WriteHeader(http.StatusInternalServerError)
		}, "status Internal"},
		"logs an error": {func(w http.ResponseWriter, _ *http.Request, log *slog.Logger) {
			log.Error("that was not foreseen")
			_, _ = io.WriteString(w, form)
		}, "that was not foreseen"},
		"leads where it is told to": {func(w http.ResponseWriter, r *http.Request, _ *slog.Logger) {
			w.Header().Set("Location", r.FormValue("reason"))
			w.WriteHeader(http.StatusSeeOther)
		}, "leads to"},
		"says nothing of what is too much": {func(w http.ResponseWriter, _ *http.Request, _ *slog.Logger) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}, "does not say so"},
		"is refused as it is meant": {func(w http.ResponseWriter, _ *http.Request, _ *slog.Logger) {
			w.WriteHeader(http.StatusBadRequest)
		}, "as it is meant it is refused"},
	} {
		w := &world{log: &mishaps{}, station: newStation(t)}
		w.boss = w.at("192.168.1.5")
		w.described = nil
		w.handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			out.Header().Set("Content-Type", "text/html; charset=utf-8")
			if r.Method == http.MethodPost {
				c.handle(out, r, slog.New(w.log))
				return
			}
			_, _ = io.WriteString(out, form)
		})
		var found []string
		a := assault{battle: &battle{w: w, report: func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }},
			scene: scene{"a page", func(_ *testing.T, w *world) *httptest.ResponseRecorder { return w.boss.get("/") }}, key: "/hold reason", route: "/hold"}
		a.run(t)
		if !strings.Contains(strings.Join(found, "\n"), c.finds) {
			t.Errorf("of a form that %s the attack says only %q", name, found)
		}
	}
}
