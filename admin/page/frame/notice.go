package frame

import (
	"net/url"
	"strings"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/route"
)

// Notice is the sentence at the top of a page after an act: ok, warn or bad.
type Notice struct {
	Mark, Text string
	Undo       *Undo // nil where nothing can be taken back
	Ask        *Ask  // nil where nothing is asked
}

// Undo takes the last act back: a form with one button.
type Undo struct {
	Action string // address of the form
	Fields map[string]string
}

// Ask is an act that is to be said yes to: the form as it was sent, with one more word in its address.
type Ask struct {
	Action string // address of the form
	Fields url.Values
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

// Asked is Refused for an act of one press that is refused for the night: it names what would sound, and has the button
// that says yes. Screens whose forms are filled in and looked at put the question into the form instead.
func (f *Frame) Asked(c *route.Call, err error) (Notice, int) {
	problem := f.problemOf(err)
	if problem.Code != "confirm_night" {
		return f.Refused(c.Words, err)
	}
	return Notice{Mark: "bad", Text: NightText(c.Words, problem),
		Ask: &Ask{Action: c.Request.URL.Path + "?" + url.Values{api.Confirm: {api.ConfirmNight}}.Encode(), Fields: c.Request.PostForm}}, problem.Status
}

// NightText asks about what would sound at night, as far as the refusal names it.
func NightText(w locale.Words, problem *route.Problem) string {
	o, ok := problem.Context["occurrence"].(api.Occurrence)
	if !ok {
		return w.T("night.ask")
	}
	return w.T("night.ask.first", o.Title, o.Start.Format("15:04"), Weekday(w, o.Start), DayText(o.Start))
}

// Refused is an error as a notice on the page whose form was sent, with the status of the answer: what happened, what to do,
// the code.
func (f *Frame) Refused(w locale.Words, err error) (Notice, int) {
	problem := f.problemOf(err)
	title, do := problem.Sentences(w)
	return Notice{Mark: "bad", Text: strings.TrimSpace(title+" "+do) + " [" + problem.Code + "]"}, problem.Status
}
