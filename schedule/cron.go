package schedule

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// maxCronLength is generous: a list of all 60 minutes takes 169 bytes.
const maxCronLength = 500

var (
	cronFields = [5]struct{ name, allowed string }{
		{"minute", "0–59"},
		{"hour", "0–23"},
		{"day of month", "1–31"},
		{"month", "1–12 or jan–dec"},
		{"weekday", "0–7 (0 and 7 are Sunday) or sun–sat"},
	}
	// The library's parser is laxer than its grammar ("*-5" means "*", "1,,2" means "1,2"); what a person reads must
	// be what fires, so each part is held to this shape first.
	cronPart = regexp.MustCompile(`^(\*|\?|[0-9]{1,3}(-[0-9]{1,3})?|[A-Za-z]{3}(-[A-Za-z]{3})?)(/[0-9]{1,3})?$`)
)

// parseCron returns the bit sets of a five-field expression; Location of the result is meaningless. The error is one
// sentence, without a full stop, that names the field.
func parseCron(expr string) (*cron.SpecSchedule, error) {
	trimmed := strings.TrimSpace(expr)
	upper := strings.ToUpper(trimmed)
	switch {
	case trimmed == "":
		return nil, errors.New("the rule is empty: write five fields, minute hour day month weekday, such as \"30 6 * * *\"")
	case len(trimmed) > maxCronLength:
		return nil, fmt.Errorf("the rule is longer than %d characters", maxCronLength)
	case strings.HasPrefix(upper, "TZ=") || strings.HasPrefix(upper, "CRON_TZ="):
		return nil, errors.New("a rule has no time zone of its own: leave out TZ=, the station's zone is used")
	case strings.HasPrefix(trimmed, "@"):
		return nil, fmt.Errorf("%s is not accepted: write five fields, minute hour day month weekday", firstWord(trimmed))
	}
	fields := strings.Fields(trimmed)
	if len(fields) != len(cronFields) {
		return nil, fmt.Errorf("the rule has %d fields, not five: minute hour day month weekday", len(fields))
	}
	for i, field := range fields {
		if err := checkCronField(i, field); err != nil {
			return nil, err
		}
	}
	fields[4] = sundayIsZero(fields[4])
	spec, err := robfigParse(strings.Join(fields, " "))
	if err != nil {
		return nil, fmt.Errorf("the rule cannot be read: %w", err)
	}
	// From a fixed day, so that the answer never depends on when it is asked. Four years hold every possible date.
	spec.Location = time.UTC
	if spec.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("the rule never fires: no month it names has the day of month %q", fields[2])
	}
	return spec, nil
}

// checkCronField parses one field alone, so that the error can name it.
func checkCronField(i int, field string) error {
	refused := func() error {
		return fmt.Errorf("the %s field %q is not valid: use %s, *, lists (1,2), ranges (1-5) or steps (*/2)",
			cronFields[i].name, field, cronFields[i].allowed)
	}
	for part := range strings.SplitSeq(field, ",") {
		if !cronPart.MatchString(part) {
			return refused()
		}
	}
	alone := []string{"*", "*", "*", "*", "*"}
	alone[i] = field
	if i == 4 {
		alone[i] = sundayIsZero(field)
	}
	if _, err := robfigParse(strings.Join(alone, " ")); err != nil {
		return refused()
	}
	return nil
}

// robfigParse calls the library behind recover: it has panicked on input.
func robfigParse(expr string) (spec *cron.SpecSchedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			spec, err = nil, fmt.Errorf("parser gave up on %q: %v", expr, r)
		}
	}()
	parsed, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(expr)
	if err != nil {
		return nil, err
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("%q is not a rule of five fields", expr)
	}
	return spec, nil
}

// sundayIsZero rewrites weekday 7, which the library refuses, to 0: alone, in lists and at the end of ranges
// ("5-7", "0-7", "fri-sun", "1-7/2"). Anything else passes unchanged, also what is wrong.
func sundayIsZero(field string) string {
	parts := strings.Split(field, ",")
	for i, part := range parts {
		parts[i] = sundayPart(part)
	}
	return strings.Join(parts, ",")
}

func sundayPart(part string) string {
	span, stepText, hasStep := strings.Cut(part, "/")
	first, last, isRange := strings.Cut(span, "-")
	if !isRange {
		day, err := strconv.Atoi(span)
		step, errStep := strconv.Atoi(stepText)
		if err == nil && day == 7 && (!hasStep || errStep == nil && step > 0) {
			return "0" // nothing comes after it
		}
		return part
	}
	if n, err := strconv.Atoi(last); (err != nil || n != 7) && !strings.EqualFold(last, "sun") {
		return part
	}
	from, ok := weekdayNumber(first)
	if !ok || from == 0 && strings.EqualFold(last, "sun") {
		return part
	}
	step := 1
	if hasStep {
		n, err := strconv.Atoi(stepText)
		if err != nil || n < 1 {
			return part
		}
		step = n
	}
	var days []string
	for d := from; d <= 7; d += step {
		days = append(days, strconv.Itoa(d%7))
	}
	return strings.Join(days, ",")
}

// weekdayNumber reads 0–7 or sun–sat.
func weekdayNumber(s string) (int, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(s, d.String()[:3]) {
			return int(d), true
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= 7
}

func firstWord(s string) string { return strings.Fields(s)[0] }
