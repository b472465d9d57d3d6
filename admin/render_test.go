package admin

import (
	"math"
	"net/http"
	"testing"

	"loaxa/admin/route"
)

// A reply that cannot be written must not look like an empty success.
func TestBrokenReplyIsAProblem(t *testing.T) {
	s := newStation(t)
	for name, reply := range map[string]route.Reply{"JSON": route.JSON{Value: math.NaN()}, "page": route.Page{Name: "no such template"}, "none": nil} {
		s.table = []route.Route{{Method: "GET", Path: "/broken", Access: route.Public, Handle: func(*route.Call) (route.Reply, error) { return reply, nil }}}
		s.handler = s.engine()
		if w := s.ask("GET", "/broken", "", ""); w.Code != http.StatusInternalServerError || code(t, w.Body.Bytes()) != "internal" {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
	}
}
