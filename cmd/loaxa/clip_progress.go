package main

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// progress shows on a terminal's error stream how far the work is, on one line that is written over. A nil one shows
// nothing.
type progress struct {
	w     io.Writer
	shown string
}

func (a *app) newProgress() *progress {
	if terminalOf(a.err) == nil {
		return nil
	}
	return &progress{w: a.err}
}

// lineMost is what fits into the narrowest terminal, in characters.
const lineMost = 78

func (p *progress) line(format string, args ...any) {
	if p == nil {
		return
	}
	text := plain(fmt.Sprintf(format, args...))
	if r := []rune(text); len(r) > lineMost {
		text = string(r[:lineMost-1]) + "…"
	}
	if text == p.shown {
		return
	}
	fmt.Fprintf(p.w, "\r%-*s\r%s", utf8.RuneCountInString(p.shown), "", text)
	p.shown = text
}

func (p *progress) clear() {
	if p == nil || p.shown == "" {
		return
	}
	p.line("")
}

// tell shows what an import is at.
func (p *progress) tell(v importView) {
	if p == nil {
		return
	}
	switch v.State {
	case "waiting":
		p.line("waiting for other imports")
	case "looking":
		p.line("looking where the link leads")
	case "fetching":
		if v.Total > 0 {
			p.line("fetching %s of %s  %s", bytesOf(v.Done), bytesOf(v.Total), v.File)
		} else {
			p.line("fetching %s  %s", bytesOf(v.Done), v.File)
		}
	case "importing":
		if v.Total > 0 {
			p.line("working %3d %%  %s", 100*v.Done/v.Total, v.File)
		} else {
			p.line("working  %s", v.File)
		}
	}
}
