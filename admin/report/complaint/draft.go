package complaint

import (
	"cmp"
	"strings"

	"loaxa/admin/locale"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// Draft is the text of a reply that a person reads, changes and sends.
type Draft struct {
	For   string // complainant | superior
	Title string
	Text  string
}

// Drafts are the replies to choose from. They state facts alone, and nothing that the record does not say.
func (a *Answer) Drafts(w locale.Words, head schedule.Letterhead) []Draft {
	issuer := cmp.Or(head.Issuer, a.StationName, w.T("complaint.station"))
	var out []Draft
	for _, to := range []string{"complainant", "superior"} {
		d := Draft{For: to, Title: w.T("complaint.draft." + to)}
		text := []string{w.T("complaint.draft." + to + ".to"), ""}
		text = append(text, w.T("complaint.draft."+to+".head", a.Moment.Format("15:04"), a.Moment.Format("02/01/2006"), issuer), "")
		text = append(text, a.said(w, to == "superior")...)
		text = append(text, "", w.T("complaint.draft."+to+".end"), "", issuer)
		if head.Signer != "" {
			text = append(text, strings.TrimSpace(head.Title+" "+head.Signer))
		}
		d.Text = strings.Join(text, "\n")
		out = append(out, d)
	}
	return out
}

// said is the answer itself; whoever is above the station gets the records, too.
func (a *Answer) said(w locale.Words, records bool) []string {
	verdict := a.Verdict()
	out := []string{w.T("complaint.draft.verdict."+string(verdict), len(a.Heard))}
	if verdict != Sounded {
		out[0] = w.T("complaint.draft.verdict." + string(verdict))
	}
	for _, t := range a.Told {
		began := t.Start.True.In(a.Moment.Location()).Format(longTime)
		if o := t.Outcome; o == nil {
			out = append(out, w.T("complaint.draft.line.open", began, t.Title()))
		} else {
			line := w.T("complaint.draft.line", began, t.Title(), clockText(o.AiredMS), w.Or("complaint.why."+o.Why, o.Why))
			if evidence.Output(o.Output) != evidence.Hardware {
				line += " " + w.T("complaint.draft.unproven")
			}
			out = append(out, line)
			if o.Letter.Number != "" {
				out = append(out, w.T("complaint.draft.letter", o.Letter.Number, dayText(o.Letter.Date), o.Letter.Agency))
			}
		}
		if records {
			b := Block{}
			t.people(w, func(_, key string, args ...any) { b.Lines = append(b.Lines, Line{"", w.T("complaint."+key, args...)}) }, a.Moment.Location())
			for _, l := range b.Lines {
				out = append(out, "  + "+l.Text)
			}
			out = append(out, "  + "+w.T("complaint.chain", t.chain(w)))
		}
	}
	for _, l := range a.Machine(w) {
		if l.Mark == "warn" || records {
			out = append(out, "- "+l.Text)
		}
	}
	if records {
		out = append(out, "- "+w.T("complaint.basis", a.Origin, a.Size, a.First, a.Last))
	}
	return append(out, w.T("complaint.draft.limits"))
}
