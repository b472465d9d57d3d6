package api

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"rsc.io/qr"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// maxRecords is how many records one answer of the log holds at most; a mirror asks again with the next index.
const (
	defaultRecords = 1000
	maxRecords     = 100_000
)

// snapshotTime is how long copying the log may take before its first byte goes out.
const snapshotTime = 10 * time.Minute

// ErrLog says that the log could not answer; the log has raised its own alarm then.
var ErrLog = errors.New("log does not answer")

func logError(err error) error { return fmt.Errorf("%w: %w", ErrLog, err) }

// proofAnswer is an inclusion or consistency proof, hashes in base64 as in RFC 6962.
type proofAnswer struct {
	Epoch  int64    `json:"epoch"`
	Index  int64    `json:"index,omitempty"`
	From   int64    `json:"from,omitempty"`
	Size   int64    `json:"size"`
	Hashes []string `json:"hashes"`
}

func (a *API) logRoutes() []route.Route {
	list := read("/log", "Records as stored, one JSON line each.", a.getLog)
	list.Slow, list.Doc.Type = true, "application/x-ndjson"
	list.Doc.Query = []route.Param{{Name: "epoch", About: "default the current one"}, {Name: "after", About: "index; records behind it are sent; default -1"},
		{Name: "limit", About: "at most 100000, default 1000"}}
	note := read("/log/checkpoint", "The newest checkpoint, a signed note.", a.getCheckpoint)
	note.Doc.Type = "text/plain"
	note.Doc.Query = []route.Param{{Name: "format", About: "text (the default) or qr, the same text as a PNG for a phone"},
		{Name: "size", About: "the checkpoint over that many records, default the newest"}}
	proof := described(read("/log/proof", "Proof that a record is in the tree of a size.", a.getProof), nil, proofAnswer{}, 0)
	proof.Doc.Query = []route.Param{{Name: "index", About: "of the record"}, {Name: "size", About: "of the tree, default now"},
		{Name: "format", About: "json (the default) or tlog-proof: one text file with the record, its proof and the newest signed checkpoint, for loaxa verify"}}
	extends := described(read("/log/consistency", "Proof that the tree of one size extends that of another.", a.getConsistency), nil, proofAnswer{}, 0)
	extends.Doc.Query = []route.Param{{Name: "from", About: "smaller size"}, {Name: "to", About: "larger size, default now"}}
	snapshot := read("/log/snapshot", "A copy of the log's database as it stands, for loaxa verify.", a.getSnapshot)
	snapshot.Slow, snapshot.Logged, snapshot.Doc.Type = true, "export", "application/octet-stream"
	snapshot.Roles = []account.Role{account.Inspector, account.Approver, account.Administrator}
	export := read("/log/export", "The records of a period as one file, for loaxa verify.", a.getExport)
	export.Slow, export.Logged, export.Doc.Type = true, "export", "application/zip"
	export.Roles = snapshot.Roles
	export.Doc.Query = []route.Param{{Name: "from", About: "time or day"}, {Name: "until", About: "time or day, not itself part of the period; default now"}}
	return []route.Route{list, note, proof, extends, snapshot, export, a.rotateRoute()}
}

// epoch refuses another epoch than the one that is open, and a log that is not open at all.
func (a *API) epoch(c *route.Call) (int64, error) {
	current := a.o.Log.Epoch()
	if current == 0 {
		return 0, ErrLog
	}
	asked, err := c.Int("epoch", current, 1, 1<<31)
	if err != nil {
		return 0, err
	}
	if asked != current {
		return 0, &route.Problem{Status: http.StatusNotFound, Code: "epoch", Detail: fmt.Sprintf("epoch %d is asked for, %d is open", asked, current)}
	}
	return current, nil
}

func (a *API) getLog(c *route.Call) (route.Reply, error) {
	epoch, err := a.epoch(c)
	if err != nil {
		return nil, err
	}
	after, err := c.Int("after", -1, -1, 1<<53)
	if err != nil {
		return nil, err
	}
	limit, err := c.Int("limit", defaultRecords, 1, maxRecords)
	if err != nil {
		return nil, err
	}
	size := a.o.Log.Size()
	until := min(size, after+1+limit)
	h := http.Header{}
	h.Set("X-Loaxa-Epoch", strconv.FormatInt(epoch, 10))
	h.Set("X-Loaxa-Size", strconv.FormatInt(size, 10))
	return route.Stream{Type: "application/x-ndjson", Header: h, Write: func(ctx context.Context, w route.Writer) error {
		if after+1 >= until {
			return nil
		}
		return a.copyRecords(ctx, w, after+1, until)
	}}, nil
}

// copyRecords sends records as they are stored. The log holds no lock while a slow reader takes them.
func (a *API) copyRecords(ctx context.Context, w route.Writer, from, until int64) error {
	lines := bufio.NewWriterSize(w, 64<<10)
	err := a.o.Log.Read(from, until, func(_ int64, raw []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := lines.Write(raw); err != nil {
			return err
		}
		return lines.WriteByte('\n')
	})
	if err != nil {
		return fmt.Errorf("sending records from %d: %w", from, err)
	}
	return lines.Flush()
}

// Checkpoint is the newest checkpoint as text; "" while there is none.
func (a *API) Checkpoint() string { return string(a.o.Log.LatestCheckpoint()) }

func (a *API) getCheckpoint(c *route.Call) (route.Reply, error) {
	if _, err := a.epoch(c); err != nil {
		return nil, err
	}
	text, err := a.askedCheckpoint(c)
	if err != nil {
		return nil, err
	}
	switch format := c.Query("format"); format {
	case "", "text":
		return route.Text{Type: "text/plain; charset=utf-8", Body: []byte(text)}, nil
	case "qr":
		code, err := qr.Encode(text, qr.M)
		if err != nil {
			return nil, fmt.Errorf("drawing checkpoint as QR code: %w", err)
		}
		return route.Text{Type: "image/png", Body: code.PNG()}, nil
	default:
		msg := fmt.Sprintf("format is %q; write text or qr", format)
		return nil, route.BadRequest("bad_format", msg, route.Field{Field: "format", Code: "bad_format", Message: msg})
	}
}

// askedCheckpoint is the newest checkpoint, or the one over as many records as are asked for: a page that shows one as
// text gets the picture of that same one, also when another was cut in between.
func (a *API) askedCheckpoint(c *route.Call) (string, error) {
	size, err := c.Int("size", 0, 1, 1<<53)
	if err != nil {
		return "", err
	}
	if size == 0 {
		if text := a.Checkpoint(); text != "" {
			return text, nil
		}
		return "", route.NotFound("checkpoint", "newest")
	}
	if text := a.o.Log.CheckpointAt(size); text != nil {
		return string(text), nil
	}
	return "", route.NotFound("checkpoint", strconv.FormatInt(size, 10))
}

func (a *API) getProof(c *route.Call) (route.Reply, error) {
	epoch, err := a.epoch(c)
	if err != nil {
		return nil, err
	}
	switch format := c.Query("format"); format {
	case "", "json":
	case "tlog-proof":
		return a.singleProof(c, epoch)
	default:
		msg := fmt.Sprintf("format is %q; write json or tlog-proof", format)
		return nil, route.BadRequest("bad_format", msg, route.Field{Field: "format", Code: "bad_format", Message: msg})
	}
	now := a.o.Log.Size()
	size, err := c.Int("size", now, 1, now)
	if err != nil {
		return nil, err
	}
	index, err := indexIn(c, size)
	if err != nil {
		return nil, err
	}
	hashes, err := a.o.Log.Proof(index, size)
	if err != nil {
		return nil, logError(err)
	}
	return route.JSON{Value: proofAnswer{Epoch: epoch, Index: index, Size: size, Hashes: base64Of(hashes)}}, nil
}

func (a *API) getConsistency(c *route.Call) (route.Reply, error) {
	epoch, err := a.epoch(c)
	if err != nil {
		return nil, err
	}
	now := a.o.Log.Size()
	to, err := c.Int("to", now, 1, now)
	if err != nil {
		return nil, err
	}
	from, err := c.Int("from", 0, 1, to)
	if err != nil {
		return nil, err
	}
	if from == 0 {
		return nil, route.BadRequest("bad_number", "from is missing", route.Field{Field: "from", Code: "required", Message: "from is missing"})
	}
	hashes, err := a.o.Log.Consistency(from, to)
	if err != nil {
		return nil, logError(err)
	}
	return route.JSON{Value: proofAnswer{Epoch: epoch, From: from, Size: to, Hashes: base64Of(hashes)}}, nil
}

func base64Of[H ~[32]byte](hashes []H) []string {
	out := make([]string, len(hashes))
	for i, h := range hashes {
		b := [32]byte(h)
		out[i] = base64.StdEncoding.EncodeToString(b[:])
	}
	return out
}

// getSnapshot copies the log to the disk before it sends it: a reader of the database itself that takes its time would
// keep the log from growing. The export is on record before the first byte goes out.
func (a *API) getSnapshot(c *route.Call) (route.Reply, error) {
	epoch, err := a.epoch(c)
	if err != nil {
		return nil, err
	}
	f, err := a.logCopy()
	if err != nil {
		return nil, fmt.Errorf("copying the log: %w", err)
	}
	a.Operator(c.Who.Actor, evidence.Operator{What: "export", Object: fmt.Sprintf("playlog epoch %d", epoch), Result: "done"})
	c.Extend(snapshotTime)
	if err := a.o.Log.Snapshot(f); err != nil {
		return nil, errors.Join(logError(err), f.Close())
	}
	return route.Content{File: f, Type: "application/octet-stream", Name: fmt.Sprintf("playlog-%d.db", epoch)}, nil
}

func (a *API) getExport(c *route.Call) (route.Reply, error) {
	now := a.o.Now()
	from, err := c.Time("from", now.Location(), time.Time{})
	if err != nil {
		return nil, err
	}
	until, err := c.Time("until", now.Location(), now)
	if err != nil {
		return nil, err
	}
	return a.Export(c, from, until)
}

// Export puts a period of the log into one file on the disk before it sends it. The export is on record first, so that
// an export up to now holds its own record.
func (a *API) Export(c *route.Call, from, until time.Time) (route.Reply, error) {
	epoch, err := a.epoch(c)
	if err != nil {
		return nil, err
	}
	if from.IsZero() || !from.Before(until) {
		msg := "from must be a time before until"
		return nil, route.BadRequest("bad_period", msg, route.Field{Field: "from", Code: "bad_period", Message: msg})
	}
	span := from.Format(time.RFC3339) + " – " + until.Format(time.RFC3339)
	f, err := a.logCopy()
	if err != nil {
		return nil, fmt.Errorf("exporting the log: %w", err)
	}
	a.Operator(c.Who.Actor, evidence.Operator{What: "export", Object: fmt.Sprintf("playlog epoch %d, %s", epoch, span), Result: "done"})
	c.Extend(snapshotTime)
	_, err = a.o.Log.Export(c.Request.Context(), f, playlog.Period{From: from, Until: until})
	if errors.Is(err, playlog.ErrNoRecords) {
		return nil, errors.Join(&route.Problem{Status: http.StatusNotFound, Code: "no_records", Detail: "the log has no record from " + span}, f.Close())
	}
	if err != nil {
		return nil, errors.Join(logError(err), f.Close())
	}
	name := fmt.Sprintf("nhat-ky-%d-%s-%s.loaxa", epoch, from.Format("20060102"), until.Format("20060102"))
	return route.Content{File: f, Type: "application/zip", Name: name}, nil
}

// SignedIn records that somebody opened a session.
func (a *API) SignedIn(who account.Identity, how string) {
	a.Operator(who.Actor, evidence.Operator{What: "sign_in", Object: how, Result: "done"})
}

// SignedOut records that somebody ended their session; nobody did when the cookie opened nothing any more.
func (a *API) SignedOut(who account.Identity) {
	if who.Known() {
		a.Operator(who.Actor, evidence.Operator{What: "sign_out", Object: who.Session, Result: "done"})
	}
}
