package admin

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A form that is too long says so also where its length was not announced; before, it was "not readable", and nobody knew
// what to shorten.
func TestFormWithoutALengthThatIsTooLong(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	w := s.ask("POST", "/hold", "", "", func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader("reason="+strings.Repeat("a", 1<<20))), -1
	})
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), s.words.In("vi").T("problem.too_large")) {
		t.Errorf("%d %s", w.Code, plain(w.Body.String()))
	}
}

// What somebody asks for in an address is shown again in the search box: as it prints, and without what turns it around.
func TestWhatIsAskedForIsCleanedToo(t *testing.T) {
	s := newStation(t)
	html := s.page(t, s.session(t), "/clips?q="+url.QueryEscape("lu\u031b\u0300a\u202e \x00đảo\xff"))
	if !strings.Contains(html, `value="lừa đảo`) {
		t.Error("the search box does not show what was asked for as it prints")
	}
	for _, f := range faultsOf(t, html) {
		t.Error(f)
	}
}

// A browser drops tabs out of an address: behind one, another site stands at once.
func TestLanguageLeadsNowhereElse(t *testing.T) {
	s := newStation(t)
	for _, back := range []string{"/\t/evil.example", "//evil.example", `/\evil.example`, "https://evil.example", "/\n/evil.example"} {
		_, to, _ := s.post(s.session(t), "/language", url.Values{"language": {"en"}, "back": {back}})
		if to != "/" {
			t.Errorf("%q leads to %q", back, to)
		}
	}
}

// A part of the day with the end of a line in it cost the whole page.
func TestPartOfTheDayWithSpacesInIt(t *testing.T) {
	s := newStation(t)
	code, _, body := s.post(s.session(t), "/settings/quiet", url.Values{"quiet_hours.0.from": {"21:00"}, "quiet_hours.0.to": {"5\r\n \r\nh"}, "quiet_hours.0.days": {"\n"}})
	if code >= http.StatusInternalServerError {
		t.Errorf("%d %s", code, plain(body))
	}
}
