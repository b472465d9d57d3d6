package route

import (
	"fmt"
	"strconv"
	"time"
)

// Time reads a query parameter as RFC 3339 or as a day, "2006-01-02", which begins at midnight in loc. Absent, it is
// otherwise.
func (c *Call) Time(name string, loc *time.Location, otherwise time.Time) (time.Time, error) {
	s := c.Query(name)
	if s == "" {
		return otherwise, nil
	}
	return ParseTime(name, s, loc)
}

// ParseTime reads a time as the API takes it, see Call.Time.
func ParseTime(name, s string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, loc); err == nil {
		return t, nil
	}
	msg := fmt.Sprintf("%s is %q; write a time like 2026-03-05T17:30:00+07:00 or a day like 2026-03-05", name, s)
	return time.Time{}, BadRequest("bad_time", msg, Field{Field: name, Code: "bad_time", Message: msg})
}

// Int reads a query parameter as a whole number between least and most. Absent, it is otherwise.
func (c *Call) Int(name string, otherwise, least, most int64) (int64, error) {
	s := c.Query(name)
	if s == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < least || n > most {
		msg := fmt.Sprintf("%s is %q; write a whole number from %d to %d", name, s, least, most)
		return 0, BadRequest("bad_number", msg, Field{Field: name, Code: "bad_number", Message: msg})
	}
	return n, nil
}
