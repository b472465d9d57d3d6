package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"rsc.io/qr"

	"loaxa/admin/page/frame"
)

// A code that is drawn with a module wrong opens nothing, on the one day on which somebody has only a phone.
func TestDrawnCodeHoldsTheLink(t *testing.T) {
	const link = "http://192.168.100.120:8080/setup/wEIRCZyH3GWC2GclqScq3qgmru8ipO-8sufmSUEQvkk"
	var out bytes.Buffer
	if err := drawCode(&out, link); err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(link, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	if len(lines) > 24 {
		t.Errorf("%d lines do not fit a terminal", len(lines))
	}
	wrong := 0
	for i, line := range lines {
		line = strings.TrimSuffix(strings.TrimPrefix(line, "  \x1b[30;107m"), "\x1b[0m")
		if n := utf8.RuneCountInString(line); n != code.Size+4 || n > 78 {
			t.Fatalf("line %d has %d columns", i, n)
		}
		x := -2
		for _, r := range line {
			upper, lower := r == '▀' || r == '█', r == '▄' || r == '█'
			if upper != code.Black(x, 2*i-2) || lower != code.Black(x, 2*i-1) {
				wrong++
			}
			x++
		}
	}
	if wrong > 0 {
		t.Errorf("%d pairs of modules are wrong", wrong)
	}
}

// Who reads the console knows from where the link opens; a file or a journal gets no picture.
func TestConsoleSaysWhereThePagesAre(t *testing.T) {
	for name, c := range map[string]struct {
		listen, public string
		want           []string
		not            string
	}{
		"this machine only": {"127.0.0.1:8080", "", []string{"(ready): http://127.0.0.1:8080/setup/x\n", "--listen 0.0.0.0:8080"}, "other devices"},
		"one address":       {"192.168.1.20:80", "", []string{"(ready): http://192.168.1.20:80/setup/x\n"}, "--listen"},
		"all addresses":     {"[::]:8080", "", []string{"(ready): http://127.0.0.1:8080/setup/x\n"}, "[::]"},
		"behind a proxy":    {"127.0.0.1:8080", "https://loa.example.vn", []string{"other devices): https://loa.example.vn/setup/x\n"}, "--listen"},
	} {
		var out bytes.Buffer
		a := &app{stdio: stdio{strings.NewReader(""), &out, &out}}
		if err := a.tellWhere(frame.ReachOf(c.listen, c.public), "/setup/x"); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is not said:\n%s", name, want, out.String())
			}
		}
		if strings.Contains(out.String(), c.not) || strings.Contains(out.String(), "█") {
			t.Errorf("%s: says %q, or draws into a file:\n%s", name, c.not, out.String())
		}
	}
}
