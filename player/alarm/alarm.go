// Package alarm holds what is wrong now. A code is raised by whoever sees the trouble and cleared by whoever sees it
// gone; the table says in both languages what it means and what to do.
package alarm

import (
	"sort"
	"sync"
	"time"
)

// Code names a trouble, like "AUD-01".
type Code string

// Alarm is one trouble that stands now.
type Alarm struct {
	Code   Code      `json:"code"`
	Since  time.Time `json:"since"`
	Detail string    `json:"detail"` // the cause as measured, for the technician
}

// Board is the set of alarms that stand. Its zero value is not usable; call NewBoard.
type Board struct {
	mu      sync.Mutex
	now     func() time.Time
	alarms  map[Code]Alarm
	changed func()
}

// NewBoard returns an empty board; changed (may be nil) is called after each change, without locks held.
func NewBoard(now func() time.Time, changed func()) *Board {
	return &Board{now: now, alarms: make(map[Code]Alarm), changed: changed}
}

// Raise makes code stand; raised again it keeps its first time and takes the new detail.
func (b *Board) Raise(code Code, detail string) {
	b.mu.Lock()
	a, ok := b.alarms[code]
	if !ok {
		a = Alarm{Code: code, Since: b.now()}
	}
	same := ok && a.Detail == detail
	a.Detail = detail
	b.alarms[code] = a
	b.mu.Unlock()
	if !same && b.changed != nil {
		b.changed()
	}
}

// Clear takes code off the board.
func (b *Board) Clear(code Code) {
	b.mu.Lock()
	_, ok := b.alarms[code]
	delete(b.alarms, code)
	b.mu.Unlock()
	if ok && b.changed != nil {
		b.changed()
	}
}

// Snapshot is what stands now, gravest first, then by code.
func (b *Board) Snapshot() []Alarm {
	b.mu.Lock()
	out := make([]Alarm, 0, len(b.alarms))
	for _, a := range b.alarms {
		out = append(out, a)
	}
	b.mu.Unlock()
	sort.Slice(out, func(i, j int) bool {
		gi, gj := Explain(out[i].Code).Grave, Explain(out[j].Code).Grave
		if gi != gj {
			return gi
		}
		return out[i].Code < out[j].Code
	})
	return out
}
