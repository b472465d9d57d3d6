package api

import (
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/player"
	"loaxa/player/alarm"
)

// Now is what is on air, what is next and what is wrong.
type Now struct {
	At     time.Time `json:"at"`
	State  string    `json:"state"` // resting | warming_up | playing
	OnAir  *OnAir    `json:"on_air"`
	Next   *Next     `json:"next"`
	Hold   *Hold     `json:"hold"`
	Device string    `json:"device"` // what was asked for: auto, virtual, a name
	Output string    `json:"output"` // of the running or last broadcast: hardware | unproven | virtual; "" before the first
	Alarms []Alarm   `json:"alarms"`
	Clock  string    `json:"clock"` // synchronised | set | rtc | doubtful
	Log    LogState  `json:"log"`
}

// LogState says how far the log has come.
type LogState struct {
	Epoch int64 `json:"epoch"`
	Size  int64 `json:"size"`
}

// OnAir is the running broadcast.
type OnAir struct {
	Broadcast  string    `json:"broadcast"`
	Occurrence string    `json:"occurrence"`
	Kind       string    `json:"kind"` // scheduled | rehearsal | emergency
	Title      string    `json:"title"`
	Programme  string    `json:"programme"`
	ItemTitle  string    `json:"item_title"`
	Item       int       `json:"item"` // from 0
	Items      int       `json:"items"`
	Due        time.Time `json:"due"`
	Started    time.Time `json:"started,omitzero"` // absent while warming up
	PositionMS int64     `json:"position_ms"`
	LengthMS   int64     `json:"length_ms"`
	Lost       bool      `json:"lost"`          // the device is away and is being reopened
	Ends       time.Time `json:"ends,omitzero"` // of an emergency: when it ends at the latest, unless it is extended
	Waiting    int       `json:"waiting"`       // emergencies that wait for its end
}

// Next is the next broadcast that the plan expects.
type Next struct {
	Occurrence string    `json:"occurrence"`
	Programme  string    `json:"programme"`
	Title      string    `json:"title"`
	Due        time.Time `json:"due"`
	LengthMS   int64     `json:"length_ms"`
}

// Hold is the order by which the whole station rests.
type Hold struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // absent: until released
}

// Alarm is one trouble, with its cause and what to do in the language asked for.
type Alarm struct {
	Code   string    `json:"code"`
	Grave  bool      `json:"grave"`
	Since  time.Time `json:"since"`
	Cause  string    `json:"cause"`
	Do     string    `json:"do"`
	Detail string    `json:"detail"`
}

// Now says what is going on.
func (a *API) Now(w locale.Words) Now {
	s := a.o.Player.Now()
	n := Now{At: milli(a.o.Now()), State: string(s.State), Device: s.Device, Output: s.Output,
		Alarms: a.alarms(w), Clock: string(a.o.Stamp().Trust), Log: LogState{Epoch: a.o.Log.Epoch(), Size: a.o.Log.Size()}}
	if o := s.OnAir; o != nil {
		n.OnAir = &OnAir{Broadcast: o.Broadcast, Occurrence: o.Occurrence, Kind: string(o.Kind), Title: o.Title,
			Programme: o.Programme, ItemTitle: o.ItemTitle, Item: o.Item, Items: o.Items, Due: milli(o.Due),
			Started: milli(o.Started), PositionMS: position(s, n.At), LengthMS: o.Length.Milliseconds(), Lost: o.Lost,
			Ends: milli(o.Ends), Waiting: o.Waiting}
	}
	if u := s.Next; u != nil {
		n.Next = &Next{Occurrence: u.Occurrence, Programme: u.Programme, Title: u.Title, Due: milli(u.Due), LengthMS: u.Length.Milliseconds()}
	}
	if h := s.Hold; h != nil {
		n.Hold = &Hold{By: h.By, Reason: h.Reason, Since: milli(h.Since), Until: milli(h.Until)}
	}
	return n
}

// position carries the published position on to now: the player publishes when something changes, not all the time.
func position(s player.Snapshot, now time.Time) int64 {
	p := s.OnAir.Position
	if passed := now.Sub(s.At); s.State == player.Playing && !s.OnAir.Lost && passed > 0 {
		p += passed
	}
	return min(p, s.OnAir.Length).Milliseconds()
}

func (a *API) alarms(w locale.Words) []Alarm {
	standing := a.o.Alarms.Snapshot()
	out := make([]Alarm, 0, len(standing))
	for _, x := range standing {
		t := alarm.Explain(x.Code)
		one := Alarm{Code: string(x.Code), Grave: t.Grave, Since: milli(x.Since), Cause: t.CauseVI, Do: t.DoVI, Detail: x.Detail}
		if w.Language == locale.English {
			one.Cause, one.Do = t.CauseEN, t.DoEN
		}
		out = append(out, one)
	}
	return out
}

// milli cuts a time to milliseconds, as all times of the API are.
func milli(t time.Time) time.Time { return t.Truncate(time.Millisecond) }

func (a *API) getNow(c *route.Call) (route.Reply, error) {
	return route.JSON{Value: a.Now(c.Words)}, nil
}

func (a *API) getAlarms(c *route.Call) (route.Reply, error) {
	return route.JSON{Value: alarmList{Alarms: a.alarms(c.Words)}}, nil
}

type alarmList struct {
	Alarms []Alarm `json:"alarms"`
}
