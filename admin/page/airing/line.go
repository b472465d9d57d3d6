package airing

import (
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/player"
	"loaxa/player/playlog/evidence"
)

// Badge is a word with a mark.
type Badge struct{ Mark, Text string }

// DiaryLine is one broadcast of the diary.
type DiaryLine struct {
	Day     string // above the first line of a day
	Due     time.Time
	Title   string
	Status  Badge
	Actual  string // when it began, in words
	Unsure  bool   // Actual is not certain
	Notes   []string
	Proof   Badge // how far it is proved that it was heard; no text when nothing sounded
	Address string
}

// DiaryLines puts rows into words; days marks where another day begins.
func DiaryLines(w locale.Words, rows []api.DiaryRow, days bool) []DiaryLine {
	out := make([]DiaryLine, 0, len(rows))
	last := ""
	for _, r := range rows {
		l := DiaryLineOf(w, r)
		if day := frame.Weekday(w, r.Due) + ", " + frame.DayText(r.Due); days && day != last {
			l.Day, last = day, day
		}
		out = append(out, l)
	}
	return out
}

// DiaryLineOf puts a row into words.
func DiaryLineOf(w locale.Words, r api.DiaryRow) DiaryLine {
	l := DiaryLine{Due: r.Due, Title: r.Title, Status: StatusChip(w, r.Status, r.Output), Address: storyAddress(r.Broadcast)}
	if l.Title == "" {
		l.Title = w.T("diary.untitled")
	}
	if r.AiredMS > 0 {
		l.Proof = ProofChip(w, r.Output)
		l.Actual, l.Unsure = Began(w, r.Start, r.Due)
	}
	if r.Why != string(player.Scheduled) {
		l.Notes = append(l.Notes, w.Or("why."+r.Why, r.Why))
	}
	if r.Reason != "" {
		l.Notes = append(l.Notes, Reason(w, r.Reason)+Outage(r.Broadcast))
	}
	if r.Person != "" {
		l.Notes = append(l.Notes, w.T("row.person", frame.Person(w, r.Person)))
	}
	switch {
	case r.AiredMS > 0:
		l.Notes = append(l.Notes, w.T("row.aired", api.SpanText(r.AiredMS), api.SpanText(r.PlannedMS)))
	case r.PlannedMS > 0:
		l.Notes = append(l.Notes, w.T("diary.length", api.SpanText(r.PlannedMS)))
	}
	return l
}

// Began is when something began: as written, as corrected, or that it is not known.
func Began(w locale.Words, s evidence.CorrectedTime, due time.Time) (text string, unsure bool) {
	at := func(t time.Time) string {
		if t = t.In(due.Location()); !frame.DayStart(t).Equal(frame.DayStart(due)) {
			return t.Format("15:04:05 02/01/2006")
		}
		return t.Format("15:04:05")
	}
	switch s.State {
	case evidence.AsWritten:
		return w.T("diary.began", at(s.Written.Time)), false
	case evidence.ByUptime:
		return w.T("diary.began.corrected", at(s.True.Time), at(s.Written.Time)), false
	case evidence.Inconclusive:
		return w.T("diary.began.unsure", at(s.Written.Time)), true
	}
	return "", false
}

// Status is an outcome, or what a broadcast waits for, in a word.
func Status(w locale.Words, status string) string {
	return w.Or("diary.status."+status, w.Or("status."+status, status))
}

// StatusChip marks an outcome. What reached no proven loudspeaker does not look like a success.
func StatusChip(w locale.Words, status, output string) Badge {
	r := RowOf(w, api.Broadcast{Status: status, Output: output, Why: string(player.Scheduled)})
	if status == api.StatusPending || status == string(evidence.Skipped) {
		r.Mark = "bad"
	}
	return Badge{r.Mark, Status(w, status)}
}

// ProofChip says in a word where the sound went.
func ProofChip(w locale.Words, output string) Badge {
	switch evidence.Output(output) {
	case evidence.Hardware:
		return Badge{"ok", w.T("diary.proof.hardware")}
	case evidence.Virtual:
		return Badge{"plain", w.T("diary.proof.virtual")}
	}
	return Badge{"warn", w.T("diary.proof.unproven")}
}
