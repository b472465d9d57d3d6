package sheet

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

// Broadcast is a row of the JSON document. It has what GET /broadcasts says of a broadcast, under the same names, and more.
type Broadcast struct {
	Broadcast   string    `json:"broadcast"`
	Occurrence  string    `json:"occurrence"`
	Why         string    `json:"why"`
	Programme   string    `json:"programme"`
	Title       string    `json:"title"`
	Playlist    string    `json:"playlist"`
	Class       string    `json:"class"`
	Due         time.Time `json:"due"`
	Started     time.Time `json:"started,omitzero"` // as the record has it; see Start
	Ended       time.Time `json:"ended,omitzero"`
	Status      string    `json:"status"` // an outcome, or pending
	Reason      string    `json:"reason"`
	Person      string    `json:"person"`
	LatenessMS  int64     `json:"lateness_ms"`
	AiredMS     int64     `json:"aired_ms"`
	PlannedMS   int64     `json:"planned_ms"`
	Device      string    `json:"device"`
	Output      string    `json:"output"`
	Evidence    int       `json:"evidence"` // as the record has it
	OutageFrom  time.Time `json:"outage_from,omitzero"`
	OutageUntil time.Time `json:"outage_until,omitzero"`
	Record      *Record   `json:"record"` // of the outcome; null while there is none

	Standing    string                 `json:"standing"`
	Level       int                    `json:"level"` // of the evidence, as recomputed
	Start       evidence.CorrectedTime `json:"start,omitzero"`
	End         evidence.CorrectedTime `json:"end,omitzero"`
	Volume      int                    `json:"volume_percent"`
	Zone        string                 `json:"zone"`
	StationName string                 `json:"station_name"`
	StationCode string                 `json:"station_code"`
	Letter      *evidence.Letter       `json:"letter,omitempty"`
	MakeupOf    string                 `json:"makeup_of,omitempty"`
	Plays       []Play                 `json:"plays,omitempty"`
}

// Record says where in the log an outcome stands.
type Record struct {
	Epoch int64 `json:"epoch"`
	Index int64 `json:"index"`
}

// Play is an item of a row. Clip is an index into the document's clips, -1 for silence.
type Play struct {
	Clip    int    `json:"clip"`
	TakenMS int64  `json:"taken_ms"`
	Part    string `json:"part,omitempty"`
	Failed  string `json:"failed,omitempty"`
	Times   int    `json:"times,omitempty"`
}

// Total is a total of the JSON document. Rows are indexes into its broadcasts, from 0.
type Total struct {
	Key   string                    `json:"key"`
	Title string                    `json:"title,omitempty"`
	By    map[string]evidence.Count `json:"by"` // by standing, of those that there are
	Clips int64                     `json:"clips"`
	Plays int64                     `json:"plays"`
	Rows  []int32                   `json:"rows"`
}

// head is what the document says before its rows.
type head struct {
	From        time.Time           `json:"from"`
	Until       time.Time           `json:"until"`
	StationName string              `json:"station_name"`
	StationCode string              `json:"station_code"`
	Logs        []evidence.LogState `json:"logs"`
	Figures     evidence.Figures    `json:"figures"`
	Truncated   bool                `json:"truncated"`
	Checkpoint  string              `json:"checkpoint"`
	Begins      time.Time           `json:"begins"`
	Read        time.Time           `json:"read"`
}

// JSON writes the account as the report document that `loaxa verify --report` compares with the log, with its totals. The
// rows stream.
func JSON(ctx context.Context, w io.Writer, a *report.Account, o Options) error {
	out := bufio.NewWriter(w)
	d := document{w: out, clips: map[*evidence.Clip]int{}}
	if err := d.write(ctx, a, o); err != nil {
		return fmt.Errorf("writing json: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing json: %w", err)
	}
	return nil
}

type document struct {
	w     *bufio.Writer // keeps its error
	clips map[*evidence.Clip]int
	list  []*evidence.Clip
}

func (d *document) write(ctx context.Context, a *report.Account, o Options) error {
	h := head{From: a.From.In(o.Zone), Until: a.Until.In(o.Zone), StationCode: evidence.CodeOf(a.Origin), Figures: a.Figures,
		Logs: []evidence.LogState{{Origin: a.Origin, Size: a.Size}}, Checkpoint: string(a.Checkpoint), Begins: a.Begins.In(o.Zone), Read: a.Read.In(o.Zone)}
	_, h.StationName = o.teller().Station(a, o.Station)
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	d.text(string(b[:len(b)-1]) + ",\n\"broadcasts\":[")
	err = o.each(ctx, a, 0, 0.8, func(n int, r report.Row) error {
		d.text(separator(n))
		return d.value(d.broadcast(r, o.Zone))
	})
	if err != nil {
		return err
	}
	d.text("],\n\"clips\":[")
	for n, c := range d.list {
		d.text(separator(n))
		if err := d.value(c); err != nil {
			return err
		}
	}
	d.text("],\n\"totals\":{")
	dims := append(dimensions(o), report.ByOutcome, report.ByOutput, report.ByLevel, report.ByStation)
	for n, dim := range dims {
		if err := o.step(ctx, 0.8+0.2*float64(n)/float64(len(dims))); err != nil {
			return err
		}
		d.text(separator(n))
		if err := d.value(dim.Name); err != nil {
			return err
		}
		d.text(":")
		if err := d.value(totals(a, dim, o.Zone)); err != nil {
			return err
		}
	}
	d.text("}}\n")
	return o.step(ctx, 1)
}

func separator(n int) string {
	if n == 0 {
		return "\n"
	}
	return ",\n"
}

func (d *document) text(s string) { _, _ = d.w.WriteString(s) } // Flush tells

func (d *document) value(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = d.w.Write(b)
	return err
}

func (d *document) broadcast(r report.Row, zone *time.Location) Broadcast {
	b := Broadcast{Broadcast: r.Broadcast, Occurrence: r.Occurrence, Why: r.Why, Programme: r.Programme, Title: r.Title, Playlist: r.Playlist, Class: r.Class,
		Due: r.Due.In(zone), Started: r.Start.Written.Time, Ended: r.End.Written.Time, Status: status(&r), Reason: r.Reason, Person: r.Person,
		LatenessMS: r.LatenessMS, AiredMS: r.AiredMS, PlannedMS: r.PlannedMS, Device: r.Device, Output: string(r.WrittenOutput), Evidence: r.Written,
		OutageFrom: r.OutageFrom, OutageUntil: r.OutageUntil, Standing: r.Standing().Name(), Level: r.Level, Start: r.Start, End: r.End,
		Volume: r.Volume, Zone: r.Zone, StationName: r.StationName, StationCode: r.StationCode, Letter: r.Letter, MakeupOf: r.MakeupOf}
	if r.Outcome != "" {
		b.Record = &Record{Epoch: r.Epoch, Index: r.Index}
	}
	for _, p := range r.Plays {
		b.Plays = append(b.Plays, Play{Clip: d.clip(p.Clip), TakenMS: p.TakenMS, Part: p.Part, Failed: p.Failed, Times: p.Times})
	}
	return b
}

// clip is the index of a clip; the same one stands in thousands of rows.
func (d *document) clip(c *evidence.Clip) int {
	if c == nil {
		return -1
	}
	n, known := d.clips[c]
	if !known {
		n = len(d.list)
		d.clips[c], d.list = n, append(d.list, c)
	}
	return n
}

func totals(a *report.Account, dim report.Dimension, zone *time.Location) []Total {
	out := []Total{}
	for _, t := range a.Totals(dim, zone) {
		x := Total{Key: t.Key, Title: t.Title, By: map[string]evidence.Count{}, Clips: t.Clips, Plays: t.Plays, Rows: t.Rows}
		for s, tally := range t.By {
			if tally != (report.Tally{}) {
				x.By[report.Standing(s).Name()] = evidence.Count{N: tally.N, AiredMS: tally.AiredMS}
			}
		}
		out = append(out, x)
	}
	return out
}

// dimensions are those by which every form sums.
func dimensions(o Options) []report.Dimension {
	out := []report.Dimension{report.ByMonth, report.ByClass}
	for _, axis := range o.Taxonomy.Axes {
		out = append(out, report.ByAxis(axis.ID))
	}
	return append(out, report.ByCampaign, report.ByAgency, report.ByProgramme, report.ByClip, report.BySource, report.ByWeek, report.ByDay)
}
