package letter

import (
	"slices"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/schedule"
)

// Preview is what the campaign would put on air, in words and clock times.
type Preview struct {
	From, Until          string // first and last day, with their weekdays
	Days                 int    // on which something is due
	Total                int
	Length               string // of one broadcast
	Airs, Waits, Skipped int
	Week                 []PreviewDay // the first seven days
	Night                string       // when it would first sound at night; "" never
	Early                bool         // something sounds between five and six
	Changed              []string     // what becomes of others
	NoClips              bool         // the files are still to come: whether anything airs is not known
	MoreChanged          int
	Reasons              []string // why some do not air on time, each once
	start                time.Time
}

// previewPart is the preview alone, drawn anew while somebody chooses.
type previewPart struct {
	W       locale.Words
	Preview *Preview
}

// PreviewDay is one day of the first week.
type PreviewDay struct {
	Weekday string
	Day     time.Time
	Items   []PreviewItem
}

// PreviewItem is one broadcast of it.
type PreviewItem struct {
	Time, Mark, Note string
}

// preview is what the campaign would put on air; nil while too little is known.
func (p *Pages) preview(w locale.Words, k schedule.Campaign) *Preview {
	if len(k.Times) == 0 || daysOf(k) == 0 || schedule.ValidateCampaignDraft(k.Normalise()) != nil {
		return nil
	}
	plan := p.station.PreviewCampaign(w, k)
	out := &Preview{Total: len(plan.Occurrences), Airs: plan.Counts["airs"], Waits: plan.Counts["waits"], Skipped: plan.Counts["skipped"],
		NoClips: len(k.ClipIDs) == 0}
	from, until := k.Days(p.station.Now(w).At.Location())
	out.From, out.Until = dayWords(w, from), dayWords(w, until.AddDate(0, 0, -1))
	days := map[string]bool{}
	var least, most int64
	for _, o := range plan.Occurrences {
		days[o.Due.Format(time.DateOnly)] = true
		if o.LengthMS > 0 && (least == 0 || o.LengthMS < least) {
			least = o.LengthMS
		}
		most = max(most, o.LengthMS)
		out.add(w, o)
	}
	out.Days = len(days)
	if out.Length = api.SpanText(least); api.SpanText(most) != out.Length {
		out.Length += "–" + api.SpanText(most)
	}
	if plan.Night != nil {
		out.Night = plan.Night.Start.Format("15:04") + " " + dayWords(w, plan.Night.Start)
	}
	const named = 5
	for i, o := range plan.Changed {
		if i == named {
			out.MoreChanged = len(plan.Changed) - named
			break
		}
		out.Changed = append(out.Changed, o.Title+": "+strings.Join(o.Why, " "))
	}
	return out
}

// add takes one broadcast into the first week, and keeps why it does not air on time.
func (v *Preview) add(w locale.Words, o api.Occurrence) {
	item := PreviewItem{Time: o.Due.Format("15:04"), Mark: "ok"}
	switch {
	case v.NoClips:
		item.Mark = "plain"
	case o.Verdict == string(schedule.VerdictWaits):
		item.Mark, item.Note = "warn", w.T("campaign.waits", o.Start.Format("15:04"))
	case o.Verdict == string(schedule.VerdictSkipped):
		item.Mark, item.Note = "bad", w.Or("reason."+o.Reason, o.Reason)
		reason := w.Or("reason."+o.Reason, o.Reason)
		if do := w.Or("said.do."+o.Reason, ""); do != "" {
			reason += ". " + do
		}
		if !slices.Contains(v.Reasons, reason) {
			v.Reasons = append(v.Reasons, reason)
		}
	default:
		v.Early = v.Early || o.Start.Hour() == 5
	}
	if v.start.IsZero() {
		v.start = time.Date(o.Due.Year(), o.Due.Month(), o.Due.Day(), 0, 0, 0, 0, o.Due.Location())
	}
	if !o.Due.Before(v.start.AddDate(0, 0, 7)) {
		return
	}
	if n := len(v.Week); n == 0 || v.Week[n-1].Day.YearDay() != o.Due.YearDay() {
		v.Week = append(v.Week, PreviewDay{Weekday: frame.Weekday(w, o.Due), Day: o.Due})
	}
	last := &v.Week[len(v.Week)-1]
	last.Items = append(last.Items, item)
}

// dayWords is "Thứ Sáu 06/03/2026".
func dayWords(w locale.Words, t time.Time) string {
	return frame.Weekday(w, t) + " " + frame.DayText(t)
}
