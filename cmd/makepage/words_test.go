package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"loaxa/admin/locale"
)

// A word that one language lacks would show as its key. The outcomes are called what the home page calls them.
func TestThePageHasAllItsWords(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("..", "..", "player", "playlog", "offline", "page", name))
		must(t, err)
		return string(b)
	}
	text := read("words.js")
	vi, en, ok := strings.Cut(text, "\n  en: {")
	if !ok {
		t.Fatal("words.js has no English")
	}
	key := regexp.MustCompile(`[ {](\w+): "`)
	keys := func(part string) map[string]bool {
		out := map[string]bool{}
		for _, m := range key.FindAllStringSubmatch(part, -1) {
			out[m[1]] = true
		}
		return out
	}
	inVI, inEN := keys(vi), keys(en)
	for k := range inVI {
		if !inEN[k] {
			t.Errorf("%q has no English", k)
		}
	}
	for k := range inEN {
		if !inVI[k] {
			t.Errorf("%q has no Vietnamese", k)
		}
	}
	used := regexp.MustCompile(`(?:say\(|data-say=|cell\()"(\w+)"[,)>]`)
	n := 0
	for _, name := range []string{"template.html", "result.js", "page.js"} {
		for _, m := range used.FindAllStringSubmatch(read(name), -1) {
			if n++; !inVI[m[1]] {
				t.Errorf("%s says %q, which has no words", name, m[1])
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d words are used: the test does not see them", n)
	}
	catalogues, err := locale.Load()
	must(t, err)
	words := catalogues.In(locale.Vietnamese)
	for _, o := range []string{"full", "late", "partial", "preempted", "missed", "skipped", "cancelled"} {
		if home := words.T("status." + o); !strings.Contains(vi, `o_`+o+`: "`+home) {
			t.Errorf("the home page calls %s %q, the verifier page does not", o, home)
		}
	}
}
