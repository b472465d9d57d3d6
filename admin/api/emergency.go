package api

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/intake"
	"loaxa/admin/route"
	"loaxa/player"
	"loaxa/schedule"
)

// What emergencies need beside POST /play: their end, and a form that brings its own sound.

type extendRequest struct {
	ByS int64 `json:"by_s"` // seconds
}

func (a *API) postExtend(c *route.Call) (route.Reply, error) {
	var in extendRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	ends, err := a.Extend(c.Request.Context(), c.Who, c.Param("id"), time.Duration(min(max(in.ByS, 0), 1e6))*time.Second)
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: http.StatusAccepted, Value: done{Result: "extended", Broadcast: c.Param("id"), Ends: milli(ends)}}, nil
}

// Extend puts off the end of an emergency and says when it ends; zero while it waits for another one.
func (a *API) Extend(ctx context.Context, who account.Identity, broadcast string, by time.Duration) (time.Time, error) {
	return a.o.Player.Extend(ctx, who.Actor, broadcast, by)
}

// Choice is a clip that may be chosen for an emergency.
type Choice struct {
	ID, Title string
	Disaster  bool // approved beforehand for disasters: on an order it may sound at any hour
}

// Choices lists the approved clips that may sound today, those for disasters first, then by title.
func (a *API) Choices() []Choice {
	in := a.o.Input()
	var out []Choice
	for _, c := range in.Clips {
		if c.State != "approved" || c.Refused(in.Settings, true, a.o.Now()) != schedule.ReasonNone {
			continue
		}
		out = append(out, Choice{ID: c.ID, Title: c.Title, Disaster: slices.Contains(c.Tags, player.DisasterTag)})
	}
	slices.SortFunc(out, func(x, y Choice) int {
		if x.Disaster != y.Disaster {
			if x.Disaster {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.Title, y.Title), cmp.Compare(x.ID, y.ID))
	})
	return out
}

// Limits of what a form may ask for; the player has its own.
const (
	EmergencyBody    = uploadLimit
	EmergencyMinutes = 360
)

// EmergencyForm reads the form of a page: a clip, or a file that is brought along and imported first, with a reason. It
// plays at once. The form's file input sends a part without a name where nothing was chosen.
func (a *API) EmergencyForm(c *route.Call) (id string, waits bool, err error) {
	c.Extend(uploadTime)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return "", false, route.BadRequest("bad_form", err.Error())
	}
	e := emergency{in: playRequest{Kind: string(player.Emergency)}}
	defer func() {
		if e.file.File != nil {
			<-a.urgent
			if err := e.file.File.Close(); err != nil {
				a.o.Logger.Warn("closing an upload", "err", err)
			}
		}
	}()
	if err := readForm(form, e.field, func(part *multipart.Part) error { return a.emergencyFile(&e, part) }); err != nil {
		return "", false, err
	}
	if e.file.File != nil {
		e.in.ClipID, err = a.importNow(c, e)
		if err != nil {
			return "", false, err
		}
	}
	if err := e.in.check(); err != nil {
		return "", false, err
	}
	return a.play(c.Request.Context(), c.Who, e.in)
}

// emergency is the form as it came.
type emergency struct {
	in   playRequest
	file intake.File
}

func (e *emergency) field(name, value string) error {
	value = strings.TrimSpace(value)
	number := func(most int64) (int64, error) {
		if value == "" {
			return 0, nil
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 || n > most {
			return 0, route.BadRequest("bad_form", fmt.Sprintf("%s is a number from 0 to %d", name, most))
		}
		return n, nil
	}
	var err error
	switch name {
	case "clip_id":
		e.in.ClipID = value
	case "reason":
		e.in.Reason = value
	case "ordered_by":
		e.in.OrderedBy = value
	case "request_id":
		e.in.RequestID = value
	case "replace":
		e.in.Replace = value != ""
	case "minutes":
		var n int64
		n, err = number(EmergencyMinutes)
		e.in.ForS = 60 * n
	case "pause_s":
		var n int64
		n, err = number(3600)
		e.in.PauseMS = 1000 * n
	default:
		return unknownField(name, []string{"file", "clip_id", "reason", "ordered_by", "request_id", "replace", "minutes", "pause_s"})
	}
	return err
}

func (a *API) emergencyFile(e *emergency, part *multipart.Part) error {
	if part.FileName() == "" {
		_, err := io.Copy(io.Discard, io.LimitReader(part, 1))
		return err
	}
	if e.file.File != nil {
		return route.BadRequest("bad_form", "file is given twice; send one file at a time")
	}
	select {
	case a.urgent <- struct{}{}: // its own place: other imports do not keep an emergency waiting
	default:
		return &route.Problem{Status: http.StatusServiceUnavailable, Code: "busy", Retry: 10 * time.Second, Detail: "another emergency's file is being imported"}
	}
	f, err := a.spool(part)
	if err != nil {
		<-a.urgent
		return err
	}
	e.file = intake.File{Name: fileName(part), File: f}
	return nil
}

// importNow makes a clip of what was brought along, past the queue of other imports.
func (a *API) importNow(c *route.Call, e emergency) (string, error) {
	if strings.TrimSpace(e.in.Reason) == "" {
		return "", e.in.check() // before minutes of decoding
	}
	u := arrival{file: e.file.File}
	u.in.Via, u.in.Name, u.in.Reader = intake.ViaUpload, e.file.Name, e.file.File
	u.in.Title = "Tin khẩn cấp " + a.o.Now().Format("15:04 02/01/2006")
	clip, _, err := a.o.Library.Import(c.Request.Context(), c.Who.Actor, u.in, nil)
	if err != nil {
		return "", err
	}
	if clip.State == "retired" {
		return "", &player.Refusal{Code: "retired", Detail: "this file was retired before"}
	}
	return clip.ID, nil
}
