package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// What a report document may ask of its reader.
const (
	MaxClaims    = 64 << 20 // bytes
	MaxClaimRows = 200_000
	maxClaimText = 4 << 10 // bytes of one text in a row
	maxLogStates = 1000
)

// ErrClaims says that a document is no report that can be compared with a log.
var ErrClaims = errors.New("not a report that can be compared with a log")

// Claims are what a report says of a period: one row for each broadcast that was due in it, and the figures.
type Claims struct {
	From, Until time.Time // due in [From, Until)
	StationName string
	StationCode string
	Logs        []LogState // how long the logs were when the report was made; may be empty
	Rows        []Claim
	Figures     ClaimedFigures
}

// LogState is how far a log had come.
type LogState struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
}

// Claim is what a report says of one broadcast. What is nil it does not say.
type Claim struct {
	Broadcast string
	Due       time.Time
	Status    string // an outcome, or planned, will_wait, will_skip, pending, on_air: not decided when the report was made
	AiredMS   int64
	PlannedMS int64
	Output    string
	Evidence  int64
	Why       *string
	Reason    *string
	Title     *string
}

// ClaimedFigures are a report's totals, named as in Figures. Broadcasts must be there; what else is nil it does not say.
type ClaimedFigures struct {
	Occurrences map[Outcome]int64
	Broadcasts  *Count
	ByOutput    map[Output]Count
	ByLevel     map[int]Count
	Rehearsals  *Count
	Emergencies *Count
	Topics      map[string]Count
}

// Decided reports whether the row claims an outcome.
func (c Claim) Decided() bool {
	switch c.Status {
	case "planned", "will_wait", "will_skip", "pending", "on_air":
		return false
	}
	return true
}

// ReadClaims reads a report document, as `loaxa log list --json` prints it. Fields that it does not know are left
// alone; those that are compared must be there, once and spelled exactly.
func ReadClaims(b []byte) (Claims, error) {
	c, err := readClaims(b, MaxClaimRows)
	if err != nil {
		return Claims{}, fmt.Errorf("reading report: %w: %w", ErrClaims, err)
	}
	return c, nil
}

func readClaims(b []byte, most int) (c Claims, err error) {
	if len(b) > MaxClaims {
		return c, fmt.Errorf("it has %d bytes, at most %d are read", len(b), MaxClaims)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff")) // some editors put it there
	dec := json.NewDecoder(bytes.NewReader(b))
	truncated := false
	top := fieldSet{
		"from": {need: true, read: instant(&c.From)}, "until": {need: true, read: instant(&c.Until)},
		"station_name": {read: text(&c.StationName)}, "station_code": {need: true, read: text(&c.StationCode)},
		"logs":       {read: list(&c.Logs)},
		"broadcasts": {need: true, read: func(d *json.Decoder) error { return c.readRows(d, most) }},
		"figures":    {need: true, read: func(d *json.Decoder) error { return c.Figures.read(d) }},
		"truncated":  {read: into(&truncated)},
	}
	if err := top.object(dec); err != nil {
		return c, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return c, errors.New("something follows it")
	}
	switch {
	case truncated:
		return c, errors.New("the list in it was cut short; make it again for a shorter period")
	case !c.From.Before(c.Until):
		return c, errors.New("its period ends before it begins")
	case c.StationCode == "":
		return c, errors.New("station_code is empty")
	case len(c.Logs) > maxLogStates:
		return c, errors.New("it names too many logs")
	}
	return c, nil
}

func (c *Claims) readRows(d *json.Decoder, most int) error {
	if err := delim(d, '['); err != nil {
		return err
	}
	var r Claim
	fields := fieldSet{
		"broadcast": {need: true, read: text(&r.Broadcast)}, "due": {need: true, read: instant(&r.Due)},
		"status": {need: true, read: text(&r.Status)}, "aired_ms": {need: true, read: into(&r.AiredMS)},
		"planned_ms": {need: true, read: into(&r.PlannedMS)}, "output": {read: text(&r.Output)},
		"evidence": {need: true, read: into(&r.Evidence)}, "why": {read: maybe(&r.Why)},
		"reason": {read: maybe(&r.Reason)}, "title": {read: maybe(&r.Title)},
	}
	for d.More() {
		if len(c.Rows) == most {
			return fmt.Errorf("it has more than %d rows", most)
		}
		r = Claim{}
		err := fields.object(d)
		switch {
		case err != nil:
			return fmt.Errorf("row %d: %w", len(c.Rows)+1, err)
		case r.Broadcast == "" || r.Status == "":
			return fmt.Errorf("row %d: broadcast and status must not be empty", len(c.Rows)+1)
		}
		c.Rows = append(c.Rows, r)
	}
	return delim(d, ']')
}

func (f *ClaimedFigures) read(d *json.Decoder) error {
	return fieldSet{
		"occurrences": {read: list(&f.Occurrences)}, "broadcasts": {need: true, read: into(&f.Broadcasts)},
		"by_output": {read: list(&f.ByOutput)}, "by_level": {read: list(&f.ByLevel)},
		"rehearsals": {read: into(&f.Rehearsals)}, "emergencies": {read: into(&f.Emergencies)}, "topics": {read: list(&f.Topics)},
	}.object(d)
}

// fieldSet reads an object whose fields of these names count; others are skipped.
type fieldSet map[string]field

type field struct {
	need bool
	read func(*json.Decoder) error
}

// object refuses a field that comes twice: one reader would show the first and another the last of them.
func (s fieldSet) object(d *json.Decoder) error {
	if err := delim(d, '{'); err != nil {
		return err
	}
	seen := make([]string, 0, len(s))
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return cut(err)
		}
		name, _ := t.(string)
		f, known := s[name]
		if !known {
			var skipped json.RawMessage
			if err := d.Decode(&skipped); err != nil {
				return cut(err)
			}
			continue
		}
		if slices.Contains(seen, name) {
			return fmt.Errorf("field %s is there twice", name)
		}
		seen = append(seen, name)
		if err := f.read(d); err != nil {
			return fmt.Errorf("field %s: %w", name, cut(err))
		}
	}
	if err := delim(d, '}'); err != nil {
		return err
	}
	for name, f := range s {
		if f.need && !slices.Contains(seen, name) {
			return fmt.Errorf("field %s is missing", name)
		}
	}
	return nil
}

func delim(d *json.Decoder, want rune) error {
	t, err := d.Token()
	if err != nil {
		return cut(err)
	}
	if t != json.Delim(want) {
		return fmt.Errorf("%q is wanted at byte %d", want, d.InputOffset())
	}
	return nil
}

func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	return err
}

// into reads a value of its own kind: null is none.
func into[T any](to *T) func(*json.Decoder) error {
	return func(d *json.Decoder) error {
		var p *T
		if err := d.Decode(&p); err != nil {
			return err
		}
		if p == nil {
			return errors.New("it is null")
		}
		*to = *p
		return nil
	}
}

// list reads a table or list; null is an empty one.
func list[T any](to *T) func(*json.Decoder) error {
	return func(d *json.Decoder) error { return d.Decode(to) }
}

func text(to *string) func(*json.Decoder) error {
	return func(d *json.Decoder) error {
		if err := into(to)(d); err != nil {
			return err
		}
		if len(*to) > maxClaimText {
			return fmt.Errorf("it has more than %d bytes", maxClaimText)
		}
		return nil
	}
}

func maybe(to **string) func(*json.Decoder) error {
	return func(d *json.Decoder) error {
		s := new(string)
		if err := text(s)(d); err != nil {
			return err
		}
		*to = s
		return nil
	}
}

// instant reads a moment, to the millisecond that records have.
func instant(to *time.Time) func(*json.Decoder) error {
	return func(d *json.Decoder) error {
		var s string
		if err := text(&s)(d); err != nil {
			return err
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return fmt.Errorf("%.40q is no time such as 2026-03-02T05:00:00+07:00", s)
		}
		*to = t
		return nil
	}
}
