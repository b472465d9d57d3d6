package sheet

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"loaxa/admin/report"
	"loaxa/admin/report/wording"
	"loaxa/player/playlog/evidence"
)

// Separators of CSV. A Vietnamese Windows writes decimals with a comma, and Excel takes the semicolon there to divide cells;
// one set to English takes the comma, and so do most other systems.
const (
	Semicolon = ';'
	Comma     = ','
)

// CSV writes the rows under stable English names, for other systems: UTF-8 with a byte order mark, without which Excel takes
// the letters for another alphabet; quoted as in RFC 4180; moments as RFC 3339, lengths in milliseconds.
func CSV(ctx context.Context, w io.Writer, a *report.Account, o Options, separator rune) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("writing csv: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = separator, true
	columns := csvColumns(o)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	if err := out.Write(line); err != nil {
		return fmt.Errorf("writing csv: %w", err)
	}
	err := o.each(ctx, a, 0, 1, func(n int, r report.Row) error {
		for i, c := range columns {
			line[i] = c.of(n, &r)
		}
		return out.Write(line)
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err != nil {
		return fmt.Errorf("writing csv: %w", err)
	}
	return nil
}

type csvColumn struct {
	name string
	of   func(n int, r *report.Row) string
}

// csvColumns are the columns in order. New ones go to the end: others have counted them.
func csvColumns(o Options) []csvColumn {
	t := o.teller()
	text := func(name string, of func(*report.Row) string) csvColumn {
		return csvColumn{name, func(_ int, r *report.Row) string { return Harmless(of(r)) }}
	}
	number := func(name string, of func(*report.Row) int64) csvColumn {
		return csvColumn{name, func(_ int, r *report.Row) string { return strconv.FormatInt(of(r), 10) }}
	}
	moment := func(name string, of func(*report.Row) time.Time) csvColumn {
		return csvColumn{name, func(_ int, r *report.Row) string { return instant(of(r), o.Zone) }}
	}
	return []csvColumn{
		{"n", func(n int, _ *report.Row) string { return strconv.Itoa(n + 1) }},
		text("station_code", func(r *report.Row) string { return r.StationCode }),
		text("station_name", func(r *report.Row) string { return r.StationName }),
		text("zone", func(r *report.Row) string { return r.Zone }),
		text("class", func(r *report.Row) string { return r.Class }),
		text("broadcast", func(r *report.Row) string { return r.Broadcast }),
		text("occurrence", func(r *report.Row) string { return r.Occurrence }),
		text("why", func(r *report.Row) string { return r.Why }),
		text("programme", func(r *report.Row) string { return r.Programme }),
		text("title", func(r *report.Row) string { return r.Title }),
		text("clips", func(r *report.Row) string { return t.Clips(*r) }),
		text("clip_sha256", func(r *report.Row) string {
			return perClip(r, func(c *evidence.Clip) []string { return []string{c.SHA256} })
		}),
		text("topics", func(r *report.Row) string { return perClip(r, func(c *evidence.Clip) []string { return c.Tags }) }),
		text("source", func(r *report.Row) string { return t.Source(*r) }),
		{"day", func(_ int, r *report.Row) string { return r.Moment().In(o.Zone).Format(time.DateOnly) }},
		moment("due", func(r *report.Row) time.Time { return r.Due }),
		moment("started", func(r *report.Row) time.Time { return r.Start.True.Time }),
		moment("ended", func(r *report.Row) time.Time { return r.End.True.Time }),
		text("time_state", func(r *report.Row) string { return r.Start.State }),
		text("status", status),
		text("standing", func(r *report.Row) string { return r.Standing().Name() }),
		text("reason", func(r *report.Row) string { return r.Reason }),
		text("person", func(r *report.Row) string { return r.Person }),
		number("lateness_ms", func(r *report.Row) int64 { return r.LatenessMS }),
		number("aired_ms", func(r *report.Row) int64 { return r.AiredMS }),
		number("planned_ms", func(r *report.Row) int64 { return r.PlannedMS }),
		number("volume_percent", func(r *report.Row) int64 { return int64(r.Volume) }),
		text("device", func(r *report.Row) string { return r.Device }),
		text("output", func(r *report.Row) string { return string(r.Output) }),
		number("evidence", func(r *report.Row) int64 { return int64(r.Level) }),
		text("campaign", ofLetter(func(l *evidence.Letter) string { return l.Campaign })),
		text("letter_agency", ofLetter(func(l *evidence.Letter) string { return l.Agency })),
		text("letter_number", ofLetter(func(l *evidence.Letter) string { return l.Number })),
		text("letter_date", ofLetter(func(l *evidence.Letter) string { return l.Date })),
		text("makeup_of", func(r *report.Row) string { return r.MakeupOf }),
		text("approver", func(r *report.Row) string { return t.Approver(*r) }),
		moment("outage_from", func(r *report.Row) time.Time { return r.OutageFrom }),
		moment("outage_until", func(r *report.Row) time.Time { return r.OutageUntil }),
		number("epoch", func(r *report.Row) int64 { return r.Epoch }),
		number("record", func(r *report.Row) int64 { return r.Index }),
	}
}

// status is an outcome, or that there is none yet.
func status(r *report.Row) string {
	if r.Outcome == "" {
		return "pending"
	}
	return string(r.Outcome)
}

func ofLetter(of func(*evidence.Letter) string) func(*report.Row) string {
	return func(r *report.Row) string {
		if r.Letter == nil {
			return ""
		}
		return of(r.Letter)
	}
}

// perClip lists what the clips of the content say, each once.
func perClip(r *report.Row, of func(*evidence.Clip) []string) string {
	var out []string
	seen := map[string]bool{}
	for _, p := range r.Plays {
		if p.Clip == nil || p.Part != "" {
			continue
		}
		for _, s := range of(p.Clip) {
			if !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return strings.Join(out, " | ")
}

func instant(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02T15:04:05.000Z07:00")
}

// Harmless is a text as a cell of CSV: one line, and nowhere that a reader could begin a cell does it begin as a formula.
// Readers differ in what divides cells: the quoted "x,=1+1" of a file with semicolons is two cells for one that splits at
// commas.
func Harmless(s string) string {
	s = wording.Line(s)
	var out strings.Builder
	begins := true // a cell could begin here
	for _, r := range s {
		switch {
		case strings.ContainsRune(",;|\t", r):
			begins = true
		case begins && strings.ContainsRune("=+-@＝＋－＠", r):
			out.WriteByte('\'')
			begins = false
		case unicode.IsSpace(r) || r == '"':
		default:
			begins = false
		}
		out.WriteRune(r)
	}
	return out.String()
}
