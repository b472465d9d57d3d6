package airing

import (
	"fmt"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/player"
	"loaxa/player/playlog/evidence"
)

// Row is one broadcast of today.
type Row struct {
	Due    time.Time
	Title  string
	Mark   string // ok | warn | bad | live | plain
	Status string
	Notes  []string
}

// RowOf is a broadcast as a row.
func RowOf(w locale.Words, b api.Broadcast) Row {
	marks := map[string]string{string(evidence.Full): "ok", string(evidence.Late): "warn", api.StatusOnAir: "live",
		api.StatusPlanned: "plain", api.StatusPending: "plain", api.StatusWillWait: "warn", api.StatusWillSkip: "warn",
		string(evidence.Cancelled): "plain", string(evidence.Skipped): "warn"}
	mark, ok := marks[b.Status]
	if !ok {
		mark = "bad" // missed, preempted, partial, and whatever comes that this page does not know
	}
	if mark == "ok" && b.Output != string(evidence.Hardware) {
		mark = "plain" // it does not count as broadcast, so it does not look like one
	}
	r := Row{Due: b.Due, Title: b.Title, Mark: mark, Status: w.Or("status."+b.Status, b.Status)}
	if b.Why != string(player.Scheduled) {
		r.Notes = append(r.Notes, w.Or("why."+b.Why, b.Why))
	}
	if b.Reason != "" {
		r.Notes = append(r.Notes, Reason(w, b.Reason)+Outage(b))
	}
	if b.Person != "" {
		r.Notes = append(r.Notes, w.T("row.person", frame.Person(w, b.Person)))
	}
	switch {
	case b.AiredMS > 0:
		r.Notes = append(r.Notes, w.T("row.aired", api.SpanText(b.AiredMS), api.SpanText(b.PlannedMS)))
	case b.PlannedMS > 0:
		r.Notes = append(r.Notes, api.SpanText(b.PlannedMS))
	}
	if b.AiredMS > 0 && b.Output != string(evidence.Hardware) {
		r.Notes = append(r.Notes, w.Or("row.output."+b.Output, b.Output))
	}
	return r
}

// Counts says how the day stands: "đã phát đủ: 3 · đã lên lịch: 12". What reached no proven loudspeaker is counted apart.
func Counts(w locale.Words, list []api.Broadcast) string {
	of := make(map[string]int)
	var order []string
	for _, b := range list {
		status := w.Or("status."+b.Status, b.Status)
		if b.AiredMS > 0 && b.Output != string(evidence.Hardware) {
			status += " (" + w.Or("count."+b.Output, b.Output) + ")"
		}
		if of[status] == 0 {
			order = append(order, status)
		}
		of[status]++
	}
	for i, status := range order {
		order[i] = fmt.Sprintf("%s: %d", status, of[status])
	}
	return strings.Join(order, " · ")
}

// Outage is when the power was away: " 04:50–05:20".
func Outage(b api.Broadcast) string {
	from, until := b.OutageFrom, b.OutageUntil
	switch {
	case from.IsZero() || until.IsZero():
		return ""
	case from.YearDay() == until.YearDay() && from.Year() == until.Year():
		return " " + from.Format("15:04") + "–" + until.Format("15:04")
	}
	return " " + from.Format("15:04 02/01") + "–" + until.Format("15:04 02/01")
}

// Reason puts a reason into words; what follows its code (a clip's name, an error) stays as it is.
func Reason(w locale.Words, reason string) string {
	code, rest, found := strings.Cut(reason, ":")
	text := w.Or("reason."+code, code)
	if found {
		text += ":" + rest
	}
	return text
}
