package locale

import (
	"regexp"
	"slices"
	"testing"

	"golang.org/x/text/unicode/norm"
)

var verb = regexp.MustCompile(`%[a-z]`)

// A key missing in one language would show its name on a page instead of words.
func TestCataloguesHaveTheSameKeys(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	vi, en := c.words[Vietnamese], c.words[English]
	if len(vi) < 100 {
		t.Fatalf("only %d texts were loaded", len(vi))
	}
	for k, text := range vi {
		other, ok := en[k]
		switch {
		case !ok:
			t.Errorf("%s is missing in en.json", k)
		case text == "" || other == "":
			t.Errorf("%s is empty", k)
		case !slices.Equal(verb.FindAllString(text, -1), verb.FindAllString(other, -1)):
			t.Errorf("%s takes other arguments in en.json", k)
		case !norm.NFC.IsNormalString(text):
			t.Errorf("%s is not NFC: it would print broken", k)
		}
	}
	for k := range en {
		if _, ok := vi[k]; !ok {
			t.Errorf("%s is missing in vi.json", k)
		}
	}
}

func TestLanguageChosen(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for accept, want := range map[string]Language{"": Vietnamese, "vi": Vietnamese, "vi-VN,vi;q=0.9,en;q=0.5": Vietnamese,
		"en": English, "en-US,en;q=0.5": English, "fr": Vietnamese} {
		if got := c.For(accept).Language; got != want {
			t.Errorf("Accept-Language %q gives %s, want %s", accept, got, want)
		}
	}
	if got := c.In(Vietnamese).T("no.such.key"); got != "no.such.key" {
		t.Errorf("a missing text gives %q", got)
	}
}
