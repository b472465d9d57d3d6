package complaint

import (
	"fmt"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/player/playlog/evidence"
)

// Sheet is an answer in sentences, the plainest first. The page, the PDF and the picture show the same ones.
type Sheet struct {
	Title   string
	Station string
	Asked   string // the moment, and what was looked at
	Verdict string
	Mark    string // of the verdict: live (it sounded), ok (it did not), warn (not all is known)
	Blocks  []Block
	Basis   string // log, records
	Signed  string // the checkpoint itself
	Label   string // over the checkpoint
	Check   string // how it is checked
	Shorter string // of the picture, where it could not hold all
}

// Block is some sentences under a heading.
type Block struct {
	Heading string
	Lines   []Line
}

// Line is a sentence; Mark is ok, warn or "".
type Line struct{ Mark, Text string }

const (
	longTime = "15:04:05 02/01/2006"
	minutes  = "15:04 02/01/2006"
)

// Sheet puts the answer into words.
func (a *Answer) Sheet(w locale.Words) Sheet {
	verdict := a.Verdict()
	s := Sheet{Title: w.T("complaint.title"), Station: a.StationName,
		Asked:   w.T("complaint.asked", a.Moment.Format("15:04"), a.Moment.Format("02/01/2006"), a.From.Format(minutes), a.Until.Format(minutes)),
		Verdict: w.T("complaint.verdict." + string(verdict)), Mark: map[Verdict]string{Sounded: "live", Silent: "ok", Off: "ok"}[verdict],
		Basis: w.T("complaint.basis", a.Origin, a.Size, a.First, a.Last), Signed: string(a.Checkpoint),
		Label: w.T("complaint.signed"), Check: w.T("complaint.check"), Shorter: w.T("complaint.shorter")}
	switch verdict {
	case Sounded:
		s.Verdict = w.T("complaint.verdict.sounded", len(a.Heard))
	case Partly, Inconclusive:
		s.Mark = "warn"
	}
	for i, t := range a.Told {
		s.Blocks = append(s.Blocks, t.block(w, w.T("complaint.heard", i+1, t.Title()), a.Moment.Location()))
	}
	if more := len(a.Heard) - len(a.Told); more > 0 {
		s.Blocks = append(s.Blocks, Block{Heading: w.T("complaint.more", more)})
	}
	for _, t := range a.Maybe {
		s.Blocks = append(s.Blocks, t.block(w, w.T("complaint.maybe", t.Title()), a.Moment.Location()))
	}
	s.Blocks = append(s.Blocks, Block{w.T("complaint.machine"), a.Machine(w)}, Block{w.T("complaint.limits"), Limits(w)})
	return s
}

// Limits is what no machine in one place can know.
func Limits(w locale.Words) []Line {
	var out []Line
	for _, key := range []string{"amplifier", "fm", "microphone", "hamlet"} {
		out = append(out, Line{"", w.T("complaint.limit." + key)})
	}
	return out
}

// Machine says whether the machine was there to know.
func (a *Answer) Machine(w locale.Words) []Line {
	var out []Line
	add := func(mark, key string, args ...any) { out = append(out, Line{mark, w.T("complaint."+key, args...)}) }
	switch x := a.Watch; {
	case x.Unbroken && x.Starts == 0:
		add("ok", "watch.silent", x.Before.Index, x.Before.At.Format(longTime), x.After.Index, x.After.At.Format(longTime))
	case x.Unbroken:
		add("ok", "watch.ran", x.Before.Index, x.Before.At.Format(longTime), x.After.Index, x.After.At.Format(longTime))
	case x.Before.Index >= 0 && x.After.Index < 0 && x.Boots == 0 && !a.Ahead:
		key := "watch.since"
		if x.Starts > 0 {
			key = "watch.since.ran"
		}
		add("ok", key, x.Before.Index, x.Before.At.Format(longTime))
	}
	for _, x := range a.Away {
		add("warn", "away", x.From.Format(minutes), x.Until.Format(minutes), w.Or("away."+x.Why, x.Why), x.Index)
	}
	for _, x := range a.Steps {
		add("warn", "step", x.Before.Format(longTime), x.After.Format(longTime), x.Index)
	}
	switch {
	case a.Unknown:
		add("warn", "clock.unknown")
	case a.Doubtful:
		add("warn", "clock.reckoned")
	default:
		add("ok", "clock.known")
	}
	for _, x := range []struct {
		is  bool
		key string
	}{{a.Before, "before"}, {a.Ahead, "ahead"}, {a.Cut, "cut"}, {a.Lost, "lost"}} {
		if x.is {
			add("warn", x.key)
		}
	}
	add("", "relay")
	return out
}

// block tells of one broadcast: when, what, how loud, by whom, and by which records that is known.
func (t Told) block(w locale.Words, heading string, zone *time.Location) Block {
	b := Block{Heading: heading}
	add := func(mark, key string, args ...any) {
		b.Lines = append(b.Lines, Line{mark, w.T("complaint."+key, args...)})
	}
	t.when(add, zone)
	if o := t.Outcome; o != nil {
		text := w.Or("status."+string(o.Outcome), string(o.Outcome))
		if o.Reason != "" {
			text += " (" + w.Or("reason."+o.Reason, o.Reason) + ")"
		}
		add("", "outcome", w.Or("complaint.why."+o.Why, o.Why), text, clockText(o.AiredMS), clockText(o.PlannedMS))
		add("", "output."+string(evidence.Output(o.Output)), o.Device)
	} else {
		add("warn", "undecided")
	}
	b.Lines = append(b.Lines, t.Led(w, zone)...)
	return b
}

// Led says how loud it was, who planned and approved it, and by which records that is known.
func (t Told) Led(w locale.Words, zone *time.Location) []Line {
	var out []Line
	add := func(mark, key string, args ...any) { out = append(out, Line{mark, w.T("complaint."+key, args...)}) }
	t.loud(w, add)
	t.people(w, add, zone)
	add("", "chain", t.chain(w))
	return out
}

type adder func(mark, key string, args ...any)

func (t Told) when(add adder, zone *time.Location) {
	written := t.Start.Written.Format(longTime)
	if t.Start.True.IsZero() {
		add("warn", "when.unknown", written)
		return
	}
	began, ended := t.Start.True.In(zone).Format(longTime), t.End.In(zone).Format(longTime)
	switch {
	case t.Outcome == nil:
		add("", "when.open", began, ended)
	case t.Stepped:
		add("warn", "when.stepped", began, ended, written)
	case t.Start.State == evidence.ByUptime:
		add("warn", "when.reckoned", began, ended, written)
	default:
		add("", "when", began, ended)
	}
}

// loud says of each item how it was played: the volume that was set, and what the samples measured.
func (t Told) loud(w locale.Words, add adder) {
	for _, it := range t.Trace.Items {
		name := w.T("complaint.quiet")
		if it.Start.Clip != nil {
			name = it.Start.Clip.Title
		}
		level := w.T("complaint.level.none")
		if it.End != nil && !it.End.Bounded && it.TakenMS > 0 {
			level = w.T("complaint.level", decimal(it.End.LevelDBFS))
		}
		add("", "loud", name, it.Start.Volume, decimal(it.Start.GainDB), level, clockText(it.TakenMS))
	}
}

// people says who planned it, who approved it, and which letter asked for it.
func (t Told) people(w locale.Words, add adder, zone *time.Location) {
	at := func(c evidence.CorrectedTime) string {
		if c.True.IsZero() {
			return c.Written.Format(longTime)
		}
		return c.True.In(zone).Format(longTime)
	}
	switch {
	case t.Order != nil && t.Order.Reason == "":
		add("", "order.plain", actor(w, t.Order.By), at(t.Order.At), t.Order.Index)
	case t.Order != nil:
		add("", "order", actor(w, t.Order.By), at(t.Order.At), t.Order.Index, t.Order.Reason)
	case t.why() != "scheduled":
		add("warn", "order.none")
	case t.Changed != nil:
		add("", "planned", actor(w, t.Changed.By), at(t.Changed.At), t.Changed.Index)
	default:
		add("warn", "planned.none")
	}
	for _, a := range t.Approvals {
		switch {
		case a.Edit == nil:
			add("warn", "approved.none", a.Clip.Title)
		case a.Edit.Approved.Signer != "":
			add("", "approved.paper", a.Clip.Title, a.Edit.Approved.Signer, dayText(a.Edit.Approved.Day), actor(w, a.Edit.Approved.By), a.Edit.Index)
		default:
			add("", "approved", a.Clip.Title, actor(w, a.Edit.Approved.By), at(a.Edit.At), a.Edit.Index)
		}
	}
	if o := t.Outcome; o != nil && o.Letter != (evidence.Letter{}) {
		add("", "letter", o.Letter.Number, dayText(o.Letter.Date), o.Letter.Agency, o.Letter.Title)
		if c := t.Campaign; c != nil {
			add("", "letter.approved", actor(w, c.Approved.By), at(c.At), c.Index)
		}
	}
	for _, e := range t.Trace.Events {
		if e.Kind == string(evidence.KindOperator) {
			add("", "event", w.Or("story.operator."+e.What, e.What), actor(w, e.Actor), at(e.At), e.Index)
		}
	}
}

// chain names the records, so that an inspector finds each of them.
func (t Told) chain(w locale.Words) string {
	var parts []string
	add := func(key string, index int64) { parts = append(parts, w.T("complaint.chain."+key, index)) }
	if t.Changed != nil {
		add("change", t.Changed.Index)
	}
	if t.Order != nil {
		add("order", t.Order.Index)
	}
	if t.Trace.Promise != nil {
		add("plan", t.Trace.Promise.Index)
	}
	for _, it := range t.Trace.Items {
		add("start", it.Index)
		if it.OnsetAt >= 0 {
			add("onset", it.OnsetAt)
		}
		if it.End != nil {
			add("end", it.EndIndex)
		}
	}
	if t.Index >= 0 {
		add("outcome", t.Index)
	}
	return strings.Join(parts, " → ")
}

// actor is who a record names.
func actor(w locale.Words, who string) string {
	kind, name, ok := strings.Cut(who, ":")
	if kind == "user" {
		return name
	}
	text := w.Or("actor."+kind, kind)
	if ok {
		text += " " + name
	}
	return text
}

// decimal writes a number with one digit as Vietnamese does.
func decimal(x float64) string {
	return strings.NewReplacer(".", ",", "-", "−").Replace(fmt.Sprintf("%.1f", x))
}

// clockText is a length as 1:02 or 1:02:03.
func clockText(ms int64) string {
	s := (ms + 500) / 1000
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// dayText is a day as papers write it; what is none stays as it is.
func dayText(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("02/01/2006")
}
