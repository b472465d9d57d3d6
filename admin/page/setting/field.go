package setting

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"loaxa/admin/page/frame"
	"loaxa/schedule"
)

// settingKind says how a setting is asked for.
type settingKind string

const (
	settingText   settingKind = "text"
	settingNumber settingKind = "number"
	settingTick   settingKind = "tick"
	settingChoice settingKind = "choice"
	settingTime   settingKind = "time"  // HH:MM, may be empty
	settingLines  settingKind = "lines" // one a line
	settingProse  settingKind = "prose" // a text of as many lines as it takes
	settingSpans  settingKind = "spans" // parts of the day
	settingLevels settingKind = "levels"
	settingList   settingKind = "playlist"
)

// setting is one thing that staff may set: where it stands, and how it is written in a form. Its words in the catalogue
// are set.NAME, set.NAME.about and, for choices, set.NAME.VALUE.
type setting struct {
	name    string // JSON path in schedule.Settings
	kind    settingKind
	unit    string   // key of the word after a number
	within  string   // what is allowed, as people write it
	choices []string // of settingChoice
	get     func(*schedule.Settings) string
	set     func(*schedule.Settings, string) error
}

// settingGroup is what is saved with one button.
type settingGroup struct {
	name   string
	fields []setting
}

var errWritten = errors.New("it is not written as it must be")

func textSetting(name string, at func(*schedule.Settings) *string) setting {
	return setting{name: name, kind: settingText, get: func(s *schedule.Settings) string { return *at(s) },
		set: func(s *schedule.Settings, v string) error { *at(s) = v; return nil }}
}

func tickSetting(name string, at func(*schedule.Settings) *bool) setting {
	return setting{name: name, kind: settingTick,
		get: func(s *schedule.Settings) string {
			if *at(s) {
				return "1"
			}
			return ""
		},
		set: func(s *schedule.Settings, v string) error { *at(s) = v == "1"; return nil }}
}

func choiceSetting(name string, choices []string, at func(*schedule.Settings) *string) setting {
	f := textSetting(name, at)
	f.kind, f.choices = settingChoice, choices
	return f
}

func kindOf(kind settingKind, f setting) setting {
	f.kind = kind
	return f
}

// numberSetting is a number that people give in another unit than it is kept in: scale of the kept make one of theirs.
func numberSetting[N int | int64 | float64](name, unit, within string, scale float64, at func(*schedule.Settings) *N) setting {
	return setting{name: name, kind: settingNumber, unit: unit, within: within,
		get: func(s *schedule.Settings) string { return decimal(float64(*at(s)) / scale) },
		set: func(s *schedule.Settings, v string) error {
			f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(v), ",", ".", 1), 64)
			kept := f * scale
			if err != nil || kept != kept || kept > 1e12 || kept < -1e12 {
				return errWritten
			}
			n := N(kept)
			if d := float64(n) - kept; d > 1e-6 || d < -1e-6 { // a part of what cannot be parted
				return errWritten
			}
			*at(s) = n
			return nil
		}}
}

// decimal writes a number with the comma that Viet Nam writes.
func decimal(f float64) string {
	return strings.Replace(strconv.FormatFloat(f, 'f', -1, 64), ".", ",", 1)
}

func linesSetting(name string, at func(*schedule.Settings) *[]string) setting {
	return setting{name: name, kind: settingLines, get: func(s *schedule.Settings) string { return strings.Join(*at(s), "\n") },
		set: func(s *schedule.Settings, v string) error {
			out := []string{}
			for line := range strings.Lines(v) {
				if line = strings.TrimSpace(line); line != "" {
					out = append(out, line)
				}
			}
			*at(s) = out
			return nil
		}}
}

// A part of the day is kept by the form as "21:00-05:00 1,2,3 80": days and percent may be left out.
func spanText(d schedule.DailySpan, percent int) string {
	out := d.From + "-" + d.To
	if len(d.Days) > 0 {
		days := make([]string, len(d.Days))
		for i, n := range d.Days {
			days[i] = strconv.Itoa(n)
		}
		out += " " + strings.Join(days, ",")
	} else {
		out += " *"
	}
	if percent > 0 {
		out += fmt.Sprintf(" %d", percent)
	}
	return out
}

func readSpan(line string) (d schedule.DailySpan, percent int, err error) {
	parts := strings.Fields(line)
	if len(parts) < 2 {
		return d, 0, errWritten
	}
	var ok bool
	if d.From, d.To, ok = strings.Cut(parts[0], "-"); !ok || d.From == "" || d.To == "" {
		return d, 0, errWritten
	}
	if parts[1] != "*" {
		for _, n := range strings.Split(parts[1], ",") {
			day, err := strconv.Atoi(n)
			if err != nil {
				return d, 0, errWritten
			}
			d.Days = append(d.Days, day)
		}
	}
	if len(parts) > 2 {
		if percent, err = strconv.Atoi(parts[2]); err != nil {
			return d, 0, errWritten
		}
	}
	return d, percent, nil
}

func spansSetting(name string, at func(*schedule.Settings) *[]schedule.DailySpan) setting {
	return setting{name: name, kind: settingSpans,
		get: func(s *schedule.Settings) string {
			var lines []string
			for _, d := range *at(s) {
				lines = append(lines, spanText(d, 0))
			}
			return strings.Join(lines, "\n")
		},
		set: func(s *schedule.Settings, v string) error {
			out := []schedule.DailySpan{}
			for line := range strings.Lines(v) {
				d, _, err := readSpan(line)
				if err != nil {
					return err
				}
				out = append(out, d)
			}
			*at(s) = out
			return nil
		}}
}

func levelsSetting(name string, at func(*schedule.Settings) *[]schedule.VolumeSpan) setting {
	return setting{name: name, kind: settingLevels, within: "1–100",
		get: func(s *schedule.Settings) string {
			var lines []string
			for _, d := range *at(s) {
				lines = append(lines, spanText(d.DailySpan, d.Percent))
			}
			return strings.Join(lines, "\n")
		},
		set: func(s *schedule.Settings, v string) error {
			out := []schedule.VolumeSpan{}
			for line := range strings.Lines(v) {
				d, percent, err := readSpan(line)
				if err != nil {
					return err
				}
				out = append(out, schedule.VolumeSpan{DailySpan: d, Percent: percent})
			}
			*at(s) = out
			return nil
		}}
}

// read takes a setting from a form. Parts of the day come in rows; a row that was left empty is none.
func (f setting) read(form url.Values) string {
	if f.kind != settingSpans && f.kind != settingLevels {
		return strings.ReplaceAll(form.Get(f.name), "\r\n", "\n")
	}
	var lines []string
	for i := range schedule.MaxQuietSpans {
		row := func(part string) string {
			// Without any space: the ends of lines and spaces are what keeps rows and parts apart below.
			return strings.Join(strings.Fields(form.Get(fmt.Sprintf("%s.%d.%s", f.name, i, part))), "")
		}
		from, to, days, percent := row("from"), row("to"), row("days"), row("percent")
		if from == "" && to == "" {
			continue
		}
		if days == "" {
			days = "*"
		}
		lines = append(lines, strings.TrimSpace(clockTyped(from)+"-"+clockTyped(to)+" "+days+" "+percent))
	}
	return strings.Join(lines, "\n")
}

// clockTyped gives 5:00 and 5h the form that is kept, and leaves alone what it does not know.
func clockTyped(s string) string {
	hour, minute, part, ok := frame.SaidTime(strings.ToLower(s))
	if !ok || part != "" {
		return s
	}
	return fmt.Sprintf("%02d:%02d", hour, minute)
}
