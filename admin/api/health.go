package api

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/player"
)

// checkTime is how long one check of the doctor may take.
const checkTime = 2 * time.Minute

func (a *API) healthRoutes() []route.Route {
	return []route.Route{
		{Method: "GET", Path: "/healthz", Access: route.Local, Handle: a.getHealth,
			Doc: route.Doc{Summary: "200 while the play loop is alive, 503 when it is not.", Type: "text/plain"}},
		{Method: "GET", Path: "/metrics", Access: route.Local, Handle: a.getMetrics,
			Doc: route.Doc{Summary: "A few figures for a monitoring system.", Type: "text/plain"}},
		{Method: "GET", Path: Prefix + "/openapi.json", Access: route.Public, Handle: a.getOpenAPI,
			Doc: route.Doc{Summary: "This description.", Type: "application/json"}},
	}
}

func (a *API) getHealth(*route.Call) (route.Reply, error) {
	if !a.o.Player.Alive() {
		return route.Text{Status: http.StatusServiceUnavailable, Type: "text/plain; charset=utf-8", Body: []byte("the play loop does not answer\n")}, nil
	}
	return route.Text{Type: "text/plain; charset=utf-8", Body: []byte("ok\n")}, nil
}

func (a *API) getMetrics(c *route.Call) (route.Reply, error) {
	n := a.Now(c.Words)
	var b bytes.Buffer
	gauge := func(name, about string, value any) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n%s %v\n", name, about, name, name, value)
	}
	gauge("loaxa_alive", "1 while the play loop answers.", one(a.o.Player.Alive()))
	gauge("loaxa_on_air", "1 while something plays.", one(n.State == string(player.Playing)))
	gauge("loaxa_hold", "1 while the station rests by order.", one(n.Hold != nil))
	gauge("loaxa_output_hardware", "1 when the last broadcast went to real hardware.", one(n.Output == "hardware"))
	gauge("loaxa_log_epoch", "Epoch of the playback log.", n.Log.Epoch)
	gauge("loaxa_log_records", "Records in this epoch.", n.Log.Size)
	gauge("loaxa_event_streams", "Open event streams.", len(a.streams))
	gauge("loaxa_alarms", "Alarms that stand.", len(n.Alarms))
	for _, x := range n.Alarms {
		fmt.Fprintf(&b, "loaxa_alarm{code=%q,grave=\"%d\"} 1\n", x.Code, one(x.Grave))
	}
	return route.Text{Type: "text/plain; version=0.0.4; charset=utf-8", Body: b.Bytes()}, nil
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *API) getOpenAPI(*route.Call) (route.Reply, error) {
	return route.Text{Type: "application/json; charset=utf-8", Body: a.openapi}, nil
}

// findings is the doctor's answer.
type findings struct {
	Findings []Finding `json:"findings"`
	Alarms   []Alarm   `json:"alarms"`
}

func (a *API) getDoctor(c *route.Call) (route.Reply, error) {
	return route.JSON{Value: a.findings(c, c.Words)}, nil
}

func (a *API) findings(c *route.Call, w locale.Words) findings {
	out := findings{Findings: []Finding{}, Alarms: a.alarms(w)}
	for _, check := range a.o.Checks {
		c.Extend(checkTime)
		out.Findings = append(out.Findings, check(c.Request.Context()))
	}
	return out
}
