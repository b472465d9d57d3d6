package frame

import (
	"strings"

	"loaxa/admin/locale"
)

// Notice is the sentence at the top of a page after an act: ok, warn or bad.
type Notice struct {
	Mark, Text string
	Undo       *Undo // nil where nothing can be taken back
}

// Undo takes the last act back: a form with one button.
type Undo struct {
	Action string // address of the form
	Fields map[string]string
}

// Noted is the sentence of a note in the address, which is a code that the catalogue knows: the address bar is no place to
// speak through. "note.X" tells of something done; without it "problem.X" of something refused.
func Noted(w locale.Words, code string) Notice {
	if code == "" {
		return Notice{}
	}
	mark := "ok"
	switch code {
	case "emergency_waits", "nothing_on_air", "not_on_hold", "campaign_few_times", "tone_not_heard", "not_heard": // no fault of anybody's
		mark = "warn"
	}
	if text := w.Or("note."+code, ""); text != "" {
		return Notice{Mark: mark, Text: text}
	}
	if text := w.Or("problem."+code, ""); text != "" {
		if mark == "ok" {
			mark = "bad"
		}
		return Notice{Mark: mark, Text: strings.TrimSpace(text + " " + w.Or("problem."+code+".do", ""))}
	}
	return Notice{}
}

// Refused is an error as a notice on the page whose form was sent, with the status of the answer: what happened, what to do,
// the code.
func (f *Frame) Refused(w locale.Words, err error) (Notice, int) {
	problem := f.problemOf(err)
	title, do := problem.Sentences(w)
	return Notice{Mark: "bad", Text: strings.TrimSpace(title+" "+do) + " [" + problem.Code + "]"}, problem.Status
}
