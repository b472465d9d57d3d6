package device

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"loaxa/player/playlog/evidence"
)

// line is one record of the log with its body.
type line struct {
	evidence.Record
	body evidence.Body
}

// log reads every record from the running station.
func (s *station) log() ([]line, error) {
	var raw []byte
	if err := s.ask("GET", "/log?limit=100000", nil, &raw); err != nil {
		return nil, err
	}
	var out []line
	for row := range bytes.Lines(raw) {
		r, err := evidence.Decode(bytes.TrimSuffix(row, []byte("\n")))
		if err != nil {
			return nil, err
		}
		body, err := evidence.DecodeBody(r)
		if err != nil {
			return nil, err
		}
		out = append(out, line{r, body})
	}
	return out, nil
}

func (s *station) mustLog() []line {
	s.t.Helper()
	lines, err := s.log()
	if err != nil {
		s.t.Fatalf("reading the log: %v", err)
	}
	return lines
}

// of is all bodies of one kind, in order.
func of[T evidence.Body](lines []line) []T {
	var out []T
	for _, l := range lines {
		if b, ok := l.body.(T); ok {
			out = append(out, b)
		}
	}
	return out
}

// awaitOutcomes waits until n occurrences of the programme have an outcome and returns all of them, in order of the log.
func (s *station) awaitOutcomes(programme string, n int, within time.Duration) []evidence.OutcomeBody {
	s.t.Helper()
	var got []evidence.OutcomeBody
	await(s.t, within, fmt.Sprintf("%d broadcasts have their outcome", n), func() error {
		lines, err := s.log()
		if err != nil {
			return err
		}
		got = got[:0]
		for _, o := range of[evidence.OutcomeBody](lines) {
			if o.Programme == programme {
				got = append(got, o)
			}
		}
		if len(got) < n {
			return fmt.Errorf("%d have", len(got))
		}
		return nil
	})
	return got
}

// verify runs `loaxa verify` on the log, and wants it to hold.
func (s *station) verify() evidence.Report {
	s.t.Helper()
	out, errs, code := s.cli("verify", filepath.Join(s.dir, "playlog.db"), "--json")
	var reports []evidence.Report
	if err := json.Unmarshal([]byte(out), &reports); err != nil || len(reports) != 1 {
		s.t.Fatalf("verifying: exit code %d, %v: %s %s", code, err, out, errs)
	}
	if r := reports[0]; code != 0 || !r.OK {
		s.t.Errorf("verifying: exit code %d, findings %+v: %s", code, r.Findings, errs)
	}
	return reports[0]
}

// now is what the station says of itself, as far as the tests ask.
type now struct {
	State string `json:"state"`
	OnAir *struct {
		Broadcast  string `json:"broadcast"`
		PositionMS int64  `json:"position_ms"`
		Lost       bool   `json:"lost"`
	} `json:"on_air"`
	Output string `json:"output"`
	Alarms []struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
	} `json:"alarms"`
	Log struct {
		Epoch int64 `json:"epoch"`
	} `json:"log"`
}

func (s *station) now() now {
	s.t.Helper()
	var n now
	s.must("GET", "/now", nil, &n)
	return n
}

func (s *station) awaitAlarm(code string, within time.Duration) {
	s.t.Helper()
	await(s.t, within, "alarm "+code+" stands", func() error {
		var codes []string
		for _, a := range s.now().Alarms {
			if a.Code == code {
				return nil
			}
			codes = append(codes, a.Code)
		}
		return fmt.Errorf("standing: %s", strings.Join(codes, " "))
	})
}

// said lists what the device records tell.
func said(lines []line) []string {
	var out []string
	for _, d := range of[evidence.Device](lines) {
		out = append(out, d.What)
	}
	return out
}
