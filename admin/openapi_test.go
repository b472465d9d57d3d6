package admin

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http/httptest"
	"strings"
	"testing"

	"loaxa/admin/api"
	"loaxa/admin/route"
)

type description struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	Summary   string
	Responses map[string]struct {
		Content map[string]struct{ Schema *schema }
	}
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       string
	Properties map[string]*schema
	Required   []string
	Items      *schema
	AnyOf      []*schema
}

func (s *station) description(t testing.TB) description {
	t.Helper()
	w := s.ask("GET", "/api/v1/openapi.json", "", "")
	var d description
	must(t, json.Unmarshal(w.Body.Bytes(), &d))
	return d
}

func TestEveryRouteIsDescribed(t *testing.T) {
	s := newStation(t)
	d := s.description(t)
	n := 0
	for _, rt := range s.table {
		if rt.Page || strings.HasPrefix(rt.Path, "/asset") {
			continue
		}
		n++
		if op, ok := d.Paths[openPath(rt.Path)][strings.ToLower(rt.Method)]; !ok || op.Summary == "" {
			t.Errorf("%s %s is not described", rt.Method, rt.Path)
		}
	}
	for path, ops := range d.Paths {
		n -= len(ops)
		for method, op := range ops {
			if len(op.Responses) < 2 {
				t.Errorf("%s %s: responses %v", method, path, op.Responses)
			}
		}
	}
	if n != 0 {
		t.Errorf("routes less descriptions: %d", n)
	}
	for _, call := range []string{"/station", "/now", "/events", "/settings", "/clips", "/playlists", "/programmes", "/plan", "/plan/preview", "/play",
		"/stop", "/hold", "/release", "/broadcasts", "/log", "/log/checkpoint", "/log/proof", "/log/consistency", "/log/snapshot", "/log/rotate-key"} {
		if _, ok := d.Paths[api.Prefix+call]; !ok {
			t.Errorf("%s is promised to the outside and missing", call)
		}
	}
}

func openPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// conform checks a JSON answer against the description: every required key is there and every key is described.
func (s *station) conform(t testing.TB, d description, method, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	kind, _, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	path, _, _ = strings.Cut(path, "?")
	rt := s.find(method, path)
	if err != nil || rt == nil || rt.Page || !strings.HasPrefix(path, api.Prefix) || strings.HasSuffix(path, "/openapi.json") || strings.HasSuffix(path, "/file") ||
		(kind != "application/json" && kind != "application/problem+json") {
		return // nothing that is described
	}
	op := d.Paths[openPath(rt.Path)][strings.ToLower(method)]
	response, ok := op.Responses[fmt.Sprint(w.Code)]
	if !ok {
		response = op.Responses["default"]
		if w.Code < 300 && w.Code != 200 {
			t.Errorf("%s %s: status %d is not described", method, path, w.Code)
		}
		if w.Code == 200 { // an import that found the clip there answers 200 beside 201
			response = op.Responses["201"]
		}
	}
	var v any
	must(t, json.Unmarshal(w.Body.Bytes(), &v))
	for _, fault := range compare(d, response.Content[kind].Schema, v, "") {
		t.Errorf("%s %s: %s", method, path, fault)
	}
}

func (s *station) find(method, path string) *route.Route {
	parts := strings.Split(path, "/")
	for i, rt := range s.table {
		pattern := strings.Split(rt.Path, "/")
		if rt.Method != method || len(pattern) != len(parts) {
			continue
		}
		if equalParts(pattern, parts) {
			return &s.table[i]
		}
	}
	return nil
}

func equalParts(pattern, parts []string) bool {
	for i := range pattern {
		if !strings.HasPrefix(pattern[i], ":") && pattern[i] != parts[i] {
			return false
		}
	}
	return true
}

func compare(d description, sc *schema, v any, at string) (faults []string) {
	if sc == nil {
		return []string{at + " has no schema"}
	}
	if sc.Ref != "" {
		sc = d.Components.Schemas[strings.TrimPrefix(sc.Ref, "#/components/schemas/")]
	}
	if len(sc.AnyOf) > 0 {
		if v == nil {
			return nil
		}
		return compare(d, sc.AnyOf[0], v, at)
	}
	switch v := v.(type) {
	case map[string]any:
		if sc.Properties == nil {
			return nil
		}
		for _, k := range sc.Required {
			if _, ok := v[k]; !ok {
				faults = append(faults, at+"."+k+" is required and missing")
			}
		}
		for k, x := range v {
			p, ok := sc.Properties[k]
			if !ok {
				faults = append(faults, at+"."+k+" is not described")
				continue
			}
			faults = append(faults, compare(d, p, x, at+"."+k)...)
		}
	case []any:
		if sc.Type != "array" {
			return []string{at + " is a list and described as " + sc.Type}
		}
		for i, x := range v {
			faults = append(faults, compare(d, sc.Items, x, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case nil:
		faults = append(faults, at+" is null and described as "+sc.Type)
	case string:
		if sc.Type != "string" && sc.Type != "" {
			faults = append(faults, at+" is a string and described as "+sc.Type)
		}
	case float64:
		if sc.Type != "integer" && sc.Type != "number" {
			faults = append(faults, at+" is a number and described as "+sc.Type)
		}
	case bool:
		if sc.Type != "boolean" {
			faults = append(faults, at+" is a boolean and described as "+sc.Type)
		}
	}
	return faults
}

// The comparison itself must be able to find fault.
func TestCompareFindsFaults(t *testing.T) {
	d := description{}
	sc := &schema{Type: "object", Required: []string{"a"}, Properties: map[string]*schema{"a": {Type: "integer"}, "l": {Type: "array", Items: &schema{Type: "string"}}}}
	for in, want := range map[string]int{`{"a":1}`: 0, `{"a":1,"l":["x"]}`: 0, `{}`: 1, `{"a":"1"}`: 1, `{"a":null}`: 1, `{"a":1,"b":2}`: 1, `{"a":1,"l":[1]}`: 1} {
		var v any
		must(t, json.Unmarshal([]byte(in), &v))
		if got := compare(d, sc, v, ""); len(got) != want {
			t.Errorf("%s: faults %v, want %d", in, got, want)
		}
	}
}
