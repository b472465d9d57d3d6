package setting

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/schedule"
)

// settingsPart is a group or a field with the page that it stands on.
type settingsPart struct {
	Page  Settings
	Group *SettingGroup
	Field *SettingField
}

// settingsIn hands a part of the page to its template.
func settingsIn(page Settings, part any) settingsPart {
	switch x := part.(type) {
	case SettingGroup:
		return settingsPart{Page: page, Group: &x}
	case SettingField:
		return settingsPart{Page: page, Field: &x}
	case *SettingField:
		return settingsPart{Page: page, Field: x}
	}
	return settingsPart{Page: page}
}

// settingWords is a value as people say it.
func (p *Pages) settingWords(w locale.Words, f setting, v string) string {
	switch f.kind {
	case settingTick:
		if v == "1" {
			return w.T("set.yes")
		}
		return w.T("set.no")
	case settingChoice:
		return w.Or("set."+f.name+"."+v, v)
	case settingNumber:
		if v == "0" && strings.HasPrefix(f.name, "limits.") {
			return w.T("set.unlimited")
		}
		return v + " " + w.T("set.unit."+f.unit)
	case settingTime:
		if v == "" {
			return w.T("set.never")
		}
	case settingLines:
		if v == "" {
			return w.T("set.none")
		}
		return strings.ReplaceAll(v, "\n", ", ")
	case settingList:
		for _, l := range p.station.Playlists() {
			if l.ID == v {
				return l.Title
			}
		}
		return w.T("set.playlist.none")
	case settingSpans, settingLevels:
		return spansWords(w, v)
	}
	if v == "" {
		return w.T("set.empty")
	}
	return v
}

func spansWords(w locale.Words, v string) string {
	var out []string
	for line := range strings.Lines(v) {
		d, percent, err := readSpan(line)
		if err != nil {
			continue
		}
		text := d.From + "–" + d.To
		if len(d.Days) > 0 {
			text += " (" + daysWords(w, d.Days) + ")"
		}
		if percent > 0 {
			text += ": " + strconv.Itoa(percent) + "%"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return w.T("set.none")
	}
	return strings.Join(out, ", ")
}

func daysWords(w locale.Words, days []int) string {
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = w.T("set.day." + strconv.Itoa(d))
	}
	return strings.Join(out, ", ")
}

// spanRows are the parts of the day that are set, and room for one more; never less than two.
func spanRows(w locale.Words, v string) []SpanRow {
	var out []SpanRow
	for line := range strings.Lines(v) {
		row := SpanRow{Number: len(out)}
		parts := strings.Fields(line)
		row.From, row.To, _ = strings.Cut(parts[0], "-")
		if len(parts) > 1 && parts[1] != "*" {
			row.Days = parts[1]
		}
		if len(parts) > 2 {
			row.Percent = parts[2]
		}
		out = append(out, row)
	}
	for len(out) < 2 || len(out) < schedule.MaxQuietSpans && out[len(out)-1].From != "" {
		out = append(out, SpanRow{Number: len(out)})
	}
	for i := range out {
		out[i].Choices = dayChoices(w, out[i].Days)
	}
	return out
}

// typedRows are the rows as somebody typed them, whatever it was.
func typedRows(w locale.Words, name string, form url.Values) []SpanRow {
	var out []SpanRow
	for i := range schedule.MaxQuietSpans {
		part := func(part string) string { return form.Get(fmt.Sprintf("%s.%d.%s", name, i, part)) }
		row := SpanRow{Number: len(out), From: part("from"), To: part("to"), Days: part("days"), Percent: part("percent")}
		if row.From == "" && row.To == "" && len(out) >= 2 {
			continue
		}
		row.Choices = dayChoices(w, row.Days)
		out = append(out, row)
	}
	return out
}

// dayChoices are the weekdays that rules are made for, and those that stand there.
func dayChoices(w locale.Words, chosen string) []frame.Pick {
	values := []string{"", "1,2,3,4,5", "6,7", "1", "2", "3", "4", "5", "6", "7"}
	if !slices.Contains(values, chosen) {
		values = append(values, chosen)
	}
	out := make([]frame.Pick, len(values))
	for i, v := range values {
		word := ""
		switch v {
		case "":
			word = w.T("set.days.all")
		case "1,2,3,4,5":
			word = w.T("set.days.work")
		case "6,7":
			word = w.T("set.days.weekend")
		default:
			var days []int
			for _, n := range strings.Split(v, ",") {
				if d, err := strconv.Atoi(n); err == nil {
					days = append(days, d)
				}
			}
			word = daysWords(w, days)
		}
		out[i] = frame.Pick{Value: v, Word: word, Chosen: v == chosen}
	}
	return out
}
