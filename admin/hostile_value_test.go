package admin

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// hostileText is what a field is sent that nobody of good will would write, and what comes of clumsy keyboards.
type hostileText struct{ name, text string }

const markup = `"'><x-hostile data-hostile="1">` + `<script>hostile()</script><img src=x onerror=hostile()></textarea></title><x-hostile><a href="javascript:hostile()">x</a>`

var hostileTexts = []hostileText{
	{"markup", markup},
	{"an attribute", `" onfocus="hostile()" autofocus x-hostile="`},
	{"NUL", "tin\x00báo"},
	{"control characters", "tin\x1b[31m\x07\x7f\r\nX-Hostile: 1\r\n\r\nbáo"},
	{"text turned around", "tin \u202egnarT\u2066 b\u200fáo\u061c"},
	{"characters that do not show", "t\u200bi\ufeffn\u00ad \U000e0041báo"},
	{"a megabyte", strings.Repeat("ă", 1<<19)},
	{"a page of text", strings.Repeat("báo ", 400)},
	{"decomposed Vietnamese", norm.NFD.String("Cảnh báo lừa đảo")},
	{"no UTF-8", "tin\xff\xfe\xc3báo"},
	{"a path", "../../../../etc/passwd"},
	{"a formula", `=HYPERLINK("http://evil.example","báo")`},
	{"a long number", strings.Repeat("9", 40)},
	{"a negative number", "-1"},
	{"a fraction", "1e309"},
	{"another's ID", "c-99999"},
	{"an address of a script", "javascript:hostile()"},
	{"another site", "//evil.example/x"},
	{"another site behind a tab", "/\t/evil.example/x"},
	{"another site behind a backslash", `/\evil.example/x`},
	{"an escape", "%00%2e%2e%2f\\..\\"},
	{"nothing", ""},
	{"spaces", " \t\u3000 "},
}

// disguises are characters that turn a text around or do not show, so that one text passes for another.
func disguises(s string) []rune {
	var out []rune
	for _, r := range s {
		switch {
		case r == 0, r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0x7f, r >= 0x80 && r < 0xa0,
			r == 0x61c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
			r == 0x200b, r == 0xfeff, r == 0xad, r >= 0xe0000 && r <= 0xe007f:
			out = append(out, r)
		}
	}
	return out
}

// faultsOf says what of an answer is more than text: markup that came out of a value, an address that runs, characters
// that disguise, letters that print broken. What stands in a field is what somebody typed and may be as it was typed.
func faultsOf(t testing.TB, body string) (faults []string) {
	t.Helper()
	if !utf8.ValidString(body) {
		faults = append(faults, "the answer is no UTF-8")
	}
	if strings.ContainsRune(body, 0) {
		faults = append(faults, "the answer carries a NUL")
	}
	doc := pageOf(t, body)
	for n := range doc.Descendants() {
		switch n.Type {
		case html.ElementNode:
			faults = append(faults, elementFaults(n)...)
		case html.TextNode:
			if isElement(n.Parent, "textarea") {
				continue
			}
			if found := disguises(n.Data); len(found) > 0 {
				faults = append(faults, fmt.Sprintf("%+q is shown with %U", short(n.Data), found))
			}
			if !norm.NFC.IsNormalString(n.Data) {
				faults = append(faults, fmt.Sprintf("%+q is shown decomposed", short(n.Data)))
			}
		default:
		}
	}
	return faults
}

func elementFaults(n *html.Node) (faults []string) {
	if n.Data == "x-hostile" || (n.Data == "script" && strings.Contains(textOf(n), "hostile")) {
		faults = append(faults, "a value became the element "+n.Data)
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), strings.Contains(a.Key, "hostile"), a.Key == "style", a.Key == "srcdoc":
			faults = append(faults, fmt.Sprintf("a value became the attribute %s of %s", a.Key, n.Data))
		case slices.Contains([]string{"href", "src", "action", "formaction", "poster", "hx-get", "hx-post"}, a.Key):
			faults = append(faults, addressFaults(n.Data+" "+a.Key, a.Val)...)
		}
	}
	return faults
}

// addressFaults is what is wrong with an address that somebody may follow: it runs, or leads away from the station.
func addressFaults(at, address string) []string {
	// As browsers read it: tabs and ends of lines fall out, a backslash is a slash.
	u, err := url.Parse(strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimSpace(address)))
	if err != nil {
		return []string{fmt.Sprintf("%s is no address: %q", at, short(address))}
	}
	if (u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https") || strings.Contains(u.Host, "evil") {
		return []string{fmt.Sprintf("%s leads to %q", at, short(address))}
	}
	return nil
}

// headerFaults is what a value did to the head of an answer.
func headerFaults(w *httptest.ResponseRecorder) (faults []string) {
	for k, list := range w.Header() {
		for _, v := range list {
			if strings.Contains(k, "Hostile") || strings.ContainsAny(v, "\r\n\x00") {
				faults = append(faults, fmt.Sprintf("the header %s is %q", k, short(v)))
			}
		}
	}
	if to := w.Header().Get("Location"); to != "" {
		faults = append(faults, addressFaults("Location", to)...)
	}
	return faults
}

// short is as much of a text as a report needs.
func short(s string) string {
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}

// standsAgain says whether a form shows what was typed into a field: as it was, as it would be kept, or within more text.
func standsAgain(shown []string, text string) bool {
	plain := func(s string) string {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.Map(func(r rune) rune {
			if len(disguises(string(r))) > 0 || r == utf8.RuneError {
				return -1
			}
			return r
		}, s)
		return strings.Join(strings.Fields(norm.NFC.String(s)), "") // where spaces stand is the form's affair
	}
	return slices.ContainsFunc(shown, func(s string) bool {
		return plain(s) == plain(text) || len(text) > 2 && strings.Contains(plain(s), plain(text))
	})
}

// The controls: what would hurt somebody is found, and what is only text is not.
func TestHostileTextIsFound(t *testing.T) {
	for body, want := range map[string]string{
		`<p>` + markup + `</p>`:                               "became the element",
		`<input value="` + hostileTexts[1].text + `">`:        "became the attribute",
		`<a href="javascript:hostile()">x</a>`:                "leads to",
		`<form action="//evil.example/x"></form>`:             "leads to",
		"<h1>" + hostileTexts[2].text + "</h1>":               "NUL",
		"<h1>" + hostileTexts[3].text + "</h1>":               "is shown with",
		"<h1>" + hostileTexts[4].text + "</h1>":               "is shown with",
		"<h1>" + hostileTexts[5].text + "</h1>":               "is shown with",
		"<h1>" + hostileTexts[8].text + "</h1>":               "decomposed",
		"<h1>" + hostileTexts[9].text + "</h1>":               "no UTF-8",
		"<p>" + html.EscapeString(markup) + "</p>":            "",
		"<textarea>\u202e</textarea><input value='\u202e'>":   "",
		"<p>Cảnh báo lừa đảo</p><a href='/clips?q=1#x'>y</a>": "",
	} {
		got := strings.Join(faultsOf(t, body), "; ")
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%q: found %q, want %q", short(body), got, want)
		}
	}
	w := httptest.NewRecorder()
	w.Header().Set("Location", "//evil.example/")
	w.Header().Set("X-Hostile", "1")
	if got := headerFaults(w); len(got) != 2 {
		t.Errorf("of the head: %v", got)
	}
	if standsAgain([]string{"tin"}, "tin báo") || !standsAgain([]string{"tin báo"}, " tin\u202e  báo") {
		t.Error("what was lost counts as kept, or what was kept as lost")
	}
}
