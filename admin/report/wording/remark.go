package wording

import (
	"strings"
	"time"

	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

// Approver is who approved the content and the letter before the row began; "" where no record says so.
func (t *Teller) Approver(r report.Row) string {
	var names []string
	for _, p := range r.Plays {
		if p.Clip != nil && p.Part == "" {
			names = append(names, t.approved("clip", p.Clip.ID, r))
		}
	}
	if r.Letter != nil {
		names = append(names, t.approved("campaign", r.Letter.Campaign, r))
	}
	return join("; ", names...)
}

// approved is the newest approval of a thing before the row began.
func (t *Teller) approved(what, id string, r report.Row) string {
	edits := t.approvalsOf(what, id)
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		// An outcome is written when the broadcast is over: what was approved while it was on air came too late for it.
		late := !r.Start.True.IsZero() && !e.At.True.IsZero() && e.At.True.After(r.Start.True.Time)
		if e.Index >= r.Index || late {
			continue
		}
		if e.Approved.Signer == "" {
			return t.Actor(e.Approved.By)
		}
		if day, err := time.Parse(time.DateOnly, e.Approved.Day); err == nil {
			return t.words.T("record.paper.day", t.line(e.Approved.Signer), Day(day))
		}
		return t.words.T("record.paper", t.line(e.Approved.Signer))
	}
	return ""
}

func (t *Teller) approvalsOf(what, id string) []report.Edit {
	key := [2]string{what, id}
	list, known := t.approvals[key]
	if !known {
		for _, e := range t.history.Edits(what, id) {
			if e.Approved != nil {
				list = append(list, e)
			}
		}
		t.approvals[key] = list
	}
	return list
}

// Machine is what the row shows of the equipment.
func (t *Teller) Machine(r report.Row) string {
	code, _, _ := strings.Cut(r.Reason, ":")
	var trouble string
	switch code {
	case "power_cut", "not_running", "shutdown", "no_device", "device_lost", "device_fast", "suspended", "clock_step", "clock_untrusted", "resumed":
		trouble = t.words.T("reason." + code)
		if span := t.Outage(r); span != "" {
			trouble += " " + span
		}
	}
	if r.AiredMS <= 0 {
		return trouble
	}
	key := "record.machine." + string(r.Output)
	if r.Output == evidence.Hardware && r.Level < 2 {
		key = "record.machine.rate"
	}
	return join("; ", trouble, t.words.Or(key, t.Output(r.Output)))
}

// Outage is when the power, or the program, was away: "04:50–05:20".
func (t *Teller) Outage(r report.Row) string {
	if r.OutageFrom.IsZero() || r.OutageUntil.IsZero() {
		return ""
	}
	from, until := r.OutageFrom.In(t.zone), r.OutageUntil.In(t.zone)
	if from.Format(time.DateOnly) == until.Format(time.DateOnly) {
		return Clock(from) + "–" + Clock(until)
	}
	return from.Format("15:04 02/01") + "–" + until.Format("15:04 02/01")
}

// Note is what else has to be known to read a row right.
func (t *Teller) Note(r report.Row) string {
	var notes []string
	note := func(key string, args ...any) { notes = append(notes, t.words.T("record.note."+key, args...)) }
	switch r.Why {
	case "rehearsal", "emergency":
		note(r.Why)
	}
	if r.AiredMS > 0 && r.Output != evidence.Hardware {
		note("unproven")
	}
	if r.AiredMS > 0 && r.AiredMS < r.PlannedMS && r.Outcome != evidence.Full && r.Outcome != evidence.Late {
		note("part", Length(r.AiredMS), Length(r.PlannedMS))
	}
	if r.Outcome == evidence.Late {
		note("late", Length(r.LatenessMS))
	}
	if r.MakeupOf != "" {
		note("makeup", t.madeUp(r.MakeupOf))
	}
	if span := t.Outage(r); span != "" && t.Machine(r) == "" {
		note("outage", span)
	}
	switch r.Start.State {
	case evidence.ByUptime:
		note("corrected", r.Start.Written.In(t.zone).Format("15:04 02/01/2006"))
	case evidence.Inconclusive:
		note("doubt", r.Start.Written.In(t.zone).Format("15:04 02/01/2006"))
	}
	for _, p := range r.Plays {
		if p.Failed != "" && p.Clip != nil {
			note("failed", t.line(p.Clip.Title))
		}
	}
	if r.Level != r.Written {
		note("level", r.Written, r.Level)
	}
	return join("; ", notes...)
}

// madeUp is when the broadcast was due that this one makes up for.
func (t *Teller) madeUp(occurrence string) string {
	if at := strings.LastIndexByte(occurrence, '@'); at >= 0 {
		if due, err := time.Parse(time.RFC3339, occurrence[at+1:]); err == nil {
			return due.In(t.zone).Format("15:04 02/01/2006")
		}
	}
	return t.line(occurrence)
}
