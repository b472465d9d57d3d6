package evidence

import (
	"encoding/json"
	"fmt"
	"time"
)

// Version is the record format's version, the field "v".
const Version = 1

// Kind names what a record says.
type Kind string

// The kinds of record.
const (
	KindEpoch    Kind = "epoch"
	KindBoot     Kind = "boot"
	KindShutdown Kind = "shutdown"
	KindPlan     Kind = "plan"
	KindStart    Kind = "start"
	KindProgress Kind = "progress"
	KindEnd      Kind = "end"
	KindOutcome  Kind = "outcome"
	KindOperator Kind = "operator"
	KindChange   Kind = "change"
	KindDevice   Kind = "device"
	KindClock    Kind = "clock"
	KindKey      Kind = "key"
	KindGap      Kind = "gap"
)

// timeLayout is RFC 3339 with milliseconds, always, and the offset in figures.
const timeLayout = "2006-01-02T15:04:05.000-07:00"

// Time is a wall time as records write it.
type Time struct{ time.Time }

// At makes a Time of t, cut to milliseconds and without a monotonic reading.
func At(t time.Time) Time { return Time{t.Round(0).Truncate(time.Millisecond)} }

// MarshalJSON writes the time with milliseconds and offset; the zero time is "".
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte(`""`), nil
	}
	return []byte(`"` + t.Format(timeLayout) + `"`), nil
}

// UnmarshalJSON accepts exactly what MarshalJSON writes.
func (t *Time) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("reading time: %w", err)
	}
	if s == "" {
		*t = Time{}
		return nil
	}
	p, err := time.Parse(timeLayout, s)
	if err != nil {
		return fmt.Errorf("reading time: %w", err)
	}
	t.Time = p
	return nil
}

// Clock says how far the wall time of a record can be trusted.
type Clock struct {
	State string `json:"state"`  // synchronised | set | rtc | doubtful
	ErrUS int64  `json:"err_us"` // the kernel's maximum error, microseconds
}

// Stamp is the time part of a record.
type Stamp struct {
	Wall  Time   `json:"wall"`
	Boot  string `json:"boot"`
	UpMS  int64  `json:"up_ms"`
	Clock Clock  `json:"clock"`
}

// Record is one line of the log. The order of the fields is the order of the bytes.
type Record struct {
	V   int   `json:"v"`
	Idx int64 `json:"idx"`
	// Kind decides the shape of Data.
	Kind Kind `json:"kind"`
	Stamp
	Actor string          `json:"actor"` // "station", "user:LOGIN", "token:NAME", "socket:USER", "visit:NAME", "phone:NAME", "recovery:SHEET-NO"
	Data  json.RawMessage `json:"data"`
}

// Body is the Data of one kind of record.
type Body interface{ Kind() Kind }
