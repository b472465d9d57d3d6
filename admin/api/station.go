package api

import (
	"time"

	"loaxa/admin/route"
	"loaxa/schedule"
)

// Station says which installation this is.
type Station struct {
	Name          string               `json:"name"`
	Code          string               `json:"code"`
	Zone          string               `json:"zone"` // of loudspeakers
	TimeZone      string               `json:"time_zone"`
	Now           time.Time            `json:"now"`
	Device        string               `json:"device"` // what was asked for
	Output        string               `json:"output"` // see Now
	Clock         ClockState           `json:"clock"`
	Key           string               `json:"key"` // note verifier key of the log
	Epoch         int64                `json:"epoch"`
	QuietHours    []schedule.DailySpan `json:"quiet_hours"`
	Demo          bool                 `json:"demo"`
	Version       string               `json:"version"`
	OutboxPending int                  `json:"outbox_pending"` // changes that are not in the log yet
}

// ClockState says how far the time can be believed.
type ClockState struct {
	Trust string `json:"trust"` // synchronised | set | rtc | doubtful
	ErrUS int64  `json:"err_us"`
	Boot  string `json:"boot"`
	UpMS  int64  `json:"up_ms"`
}

func (a *API) stationRoutes() []route.Route {
	events := read("/events", "The state as server-sent events named now.", a.getEvents)
	events.Slow, events.Phone, events.Doc.Type = true, true, "text/event-stream"
	doctor := described(read("/doctor", "Every check of the doctor, and the alarms.", a.getDoctor), nil, findings{}, 0)
	doctor.Slow = true // it reads every clip
	return []route.Route{
		described(read("/station", "Name, code, device, clock, key.", a.getStation), nil, Station{}, 0),
		phone(described(read("/now", "What is on air, what is next, what is wrong.", a.getNow), nil, Now{}, 0)),
		events,
		described(read("/alarms", "What is wrong now, with cause and remedy.", a.getAlarms), nil, alarmList{}, 0),
		doctor,
	}
}

func (a *API) getStation(*route.Call) (route.Reply, error) {
	s, err := a.Station()
	return route.JSON{Value: s}, err
}

// Station says which installation this is.
func (a *API) Station() (Station, error) {
	pending, err := a.o.Rules.Outbox().Pending()
	if err != nil {
		return Station{}, err
	}
	set, now, stamp := a.o.Rules.Settings(), a.o.Player.Now(), a.o.Stamp()
	return Station{Name: set.StationName, Code: set.StationCode, Zone: schedule.MainZone, TimeZone: set.Zone, Now: milli(a.o.Now()),
		Device: now.Device, Output: now.Output, Key: a.o.Log.PublicKey(), Epoch: a.o.Log.Epoch(), QuietHours: notNil(set.QuietHours),
		Clock: ClockState{Trust: string(stamp.Trust), ErrUS: stamp.ErrUS, Boot: stamp.Boot, UpMS: stamp.Up.Milliseconds()},
		Demo:  a.o.Demo, Version: a.o.Version, OutboxPending: pending}, nil
}
