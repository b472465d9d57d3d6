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
	"loaxa/audio/library"
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

// ChoiceOf is a clip by its ID; one that is not there has no title.
func (a *API) ChoiceOf(id string) Choice {
	clip, err := a.o.Library.Get(id)
	if err != nil {
		return Choice{}
	}
	return Choice{ID: clip.ID, Title: clip.Title}
}

// Of the newest so many clips those of the last hours are offered to whoever may let them sound.
const (
	recentClips = 20
	recent      = 24 * time.Hour
)

// Unapproved lists the newest files that were brought in today and nobody approved: somebody else recorded one, and an
// approver is asked to let it sound. A library that does not answer has none.
func (a *API) Unapproved() []Choice {
	list, _, err := a.o.Library.List("", recentClips, "")
	if err != nil {
		a.o.Logger.Warn("looking for unapproved clips", "err", err)
	}
	var out []Choice
	for _, c := range list {
		waits := c.State == library.StateDraft || c.State == library.StateSubmitted
		if waits && c.Via != viaTone && a.o.Now().Sub(c.ImportedAt) < recent {
			out = append(out, Choice{ID: c.ID, Title: c.Title})
		}
	}
	return out
}

// Limits of what a form may ask for; the player has its own.
const (
	EmergencyBody    = uploadLimit
	EmergencyMinutes = 360
)

// Urgent is an emergency as the form of a page asks for it.
type Urgent struct {
	ClipID    string
	Reason    string // a ready one, with what was added to it
	OrderedBy string
	RequestID string
	Minutes   int64 // how long it repeats; 0 plays once
	Replace   bool
}

// ReadEmergency reads the form of a page: a clip, or a file that is brought along and imported first, whatever else is
// missing: nobody has to speak twice. What was read is returned with an error as well, so that nothing typed is lost. The
// form's file inputs send a part without a name where nothing was chosen.
func (a *API) ReadEmergency(c *route.Call) (Urgent, error) {
	c.Extend(uploadTime)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return Urgent{}, route.BadRequest("bad_form", err.Error())
	}
	var e emergency
	defer func() {
		if e.file.File != nil {
			<-a.urgent
			if err := e.file.File.Close(); err != nil {
				a.o.Logger.Warn("closing an upload", "err", err)
			}
		}
	}()
	if err := readForm(form, e.field, func(part *multipart.Part) error { return a.emergencyFile(&e, part) }); err != nil {
		return e.asked(), err
	}
	if e.file.File != nil {
		e.in.ClipID = "" // the file was meant
		if e.in.ClipID, err = a.importNow(c, e); err != nil {
			return e.asked(), err
		}
	}
	return e.asked(), nil
}

// SoundEmergency plays it at once. waits is true when another emergency holds it back.
func (a *API) SoundEmergency(ctx context.Context, who account.Identity, u Urgent) (waits bool, err error) {
	in := u.request()
	if err := in.check(); err != nil {
		return false, err
	}
	_, waits, err = a.play(ctx, who, in)
	return waits, err
}

func (u Urgent) request() playRequest {
	return playRequest{Kind: string(player.Emergency), ClipID: u.ClipID, Reason: u.Reason, OrderedBy: u.OrderedBy,
		RequestID: u.RequestID, ForS: 60 * u.Minutes, Replace: u.Replace}
}

// UrgentReview is what a person is shown before an emergency sounds.
type UrgentReview struct {
	Title    string
	LengthMS int64
	Draft    bool   // nobody approved it
	Refused  string // code of why this person may not let it sound; "" when nothing is known against it
	Ends     time.Time
}

// framesPerMS is how many frames of a clip a millisecond has.
const framesPerMS = 48

// ReviewEmergency says what would sound, before it does. What it finds against it is told in advance; the player decides.
func (a *API) ReviewEmergency(who account.Identity, u Urgent) (UrgentReview, error) {
	if err := u.request().check(); err != nil {
		return UrgentReview{}, err
	}
	for field, text := range map[string]string{"reason": u.Reason, "ordered_by": u.OrderedBy} {
		if _, err := oneLine(field, text); err != nil {
			return UrgentReview{}, err
		}
	}
	in, now := a.o.Input(), a.o.Now()
	clip, ok := in.Clips[u.ClipID] // in memory: a library that does not answer keeps nobody from being warned
	if !ok {
		return UrgentReview{}, &player.Refusal{Code: "no_clip", Detail: "there is no clip " + u.ClipID}
	}
	r := UrgentReview{Title: clip.Title, LengthMS: clip.Frames / framesPerMS, Draft: clip.State != library.StateApproved,
		Refused: string(player.Forbids(in, u.ClipID, now, player.Emergency, who.Role.MayApprove()))}
	if u.Minutes > 0 {
		r.Ends = milli(now.Add(time.Duration(u.Minutes) * time.Minute))
	}
	switch disaster := !r.Draft && slices.Contains(clip.Tags, player.DisasterTag); {
	case r.Refused != "" || !a.NeedsOrder(who) || disaster && u.OrderedBy != "":
	case disaster:
		r.Refused = "order_missing"
	default:
		r.Refused = "quiet_hours"
	}
	return r, nil
}

// NeedsOrder says whether these are quiet hours in which who may play only what was approved for disasters, by order.
func (a *API) NeedsOrder(who account.Identity) bool {
	return !who.Role.MayOverrideQuiet() && !a.o.Player.Now().ClockHeld && schedule.Quiet(a.o.Input().Settings, a.o.Now(), 0)
}

// emergency is the form as it came.
type emergency struct {
	in   Urgent
	more string // added to a ready reason
	file intake.File
}

func (e *emergency) asked() Urgent {
	u := e.in
	switch more := strings.TrimSpace(e.more); {
	case u.Reason == "":
		u.Reason = more
	case more != "":
		u.Reason += ": " + more
	}
	return u
}

func (e *emergency) field(name, value string) error {
	value = strings.TrimSpace(value)
	switch name {
	case "clip_id":
		e.in.ClipID = value
	case "reason":
		e.in.Reason = value
	case "ordered_by":
		e.in.OrderedBy = value
	case "reason_more":
		e.more = value
	case "request_id":
		e.in.RequestID = value
	case "replace":
		e.in.Replace = value != ""
	case "minutes":
		if value == "" {
			return nil
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 || n > EmergencyMinutes {
			return route.BadRequest("bad_form", fmt.Sprintf("minutes is a number from 0 to %d", EmergencyMinutes))
		}
		e.in.Minutes = n
	default:
		return unknownField(name, []string{"file", "clip_id", "reason", "reason_more", "ordered_by", "request_id", "replace", "minutes"})
	}
	return nil
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
