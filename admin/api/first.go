package api

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"time"

	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// First is what a form asks for as the station's first programme: one clip, every day.
type First struct {
	ClipID string // chosen, or made of a file that came along
	Times  []string
}

// FirstBody is the most that the form of the first programme may have.
const FirstBody = uploadLimit

// ReadFirst reads the form; a file that came along becomes a clip, whatever else is missing. What was read is returned with
// an error, too.
func (a *API) ReadFirst(c *route.Call) (f First, err error) {
	select {
	case a.uploads <- struct{}{}:
		defer func() { <-a.uploads }()
	default:
		return f, &route.Problem{Status: http.StatusServiceUnavailable, Code: "busy", Detail: "other files are being imported"}
	}
	c.Extend(uploadTime)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return f, route.BadRequest("bad_form", err.Error())
	}
	var file *os.File
	var name string
	defer func() {
		if file != nil {
			if err := file.Close(); err != nil {
				a.o.Logger.Warn("closing an upload", "err", err)
			}
		}
	}()
	err = readForm(form, f.field, func(part *multipart.Part) (err error) {
		if part.FileName() == "" { // nothing was chosen
			_, err := io.Copy(io.Discard, io.LimitReader(part, 1))
			return err
		}
		if file != nil {
			return route.BadRequest("bad_form", "file is given twice; send one file at a time")
		}
		name = fileName(part)
		file, err = a.spool(part)
		return err
	})
	if err != nil || file == nil {
		return f, err
	}
	clip, _, err := a.o.Library.Import(c.Request.Context(), c.Who.Actor, library.Import{Reader: file, Name: name, Via: "upload"}, nil)
	f.ClipID = clip.ID
	return f, err
}

func (f *First) field(name, value string) error {
	value = strings.TrimSpace(value)
	switch name {
	case "clip_id":
		f.ClipID = value
	case "time":
		if value != "" {
			f.Times = append(f.Times, timeOfDay(value))
		}
	default:
		return unknownField(name, []string{"file", "clip_id", "time"})
	}
	return nil
}

// timeOfDay is a time as people here write it, 6h30, 6.30 or 6:30, as the rules have it; what is no time stays as it is.
func timeOfDay(s string) string {
	s = strings.NewReplacer("h", ":", "H", ":", ".", ":").Replace(s)
	if t, err := time.Parse("15:4", s); err == nil {
		return t.Format("15:04")
	}
	return s
}

// MakeFirst makes a playlist of the clip and a programme that plays it every day. The clip is approved by who asks, as far as it is not yet. Programmes that sound at night ask twice, as ever.
func (a *API) MakeFirst(c *route.Call, f First) error {
	if f.ClipID == "" {
		return schedule.Problems{{Field: "clip_id", Code: "required", Message: "choose a clip or send a file."}}
	}
	if len(f.Times) == 0 {
		return schedule.Problems{{Field: "when.times", Code: "required", Message: "give a time."}}
	}
	clip, err := a.o.Library.Get(f.ClipID)
	if err != nil {
		return err
	}
	list := schedule.Playlist{Title: clip.Title, Items: []schedule.Item{{Kind: schedule.KindClip, ClipID: clip.ID}}}
	p := schedule.Programme{Title: clip.Title, PlaylistID: previewID, When: &schedule.When{Form: schedule.FormDaily, Times: f.Times}}.Normalise()
	if err := schedule.ValidateProgramme(p); err != nil {
		return err
	}
	try, tried := list.Normalise(), p
	try.ID, tried.ID, tried.EffectiveFrom = previewID, previewID, a.o.Now()
	after := with(withList(approvedIn(a.o.Input(), []string{clip.ID}), try), tried)
	if err := silent(after, a.o.Now()); err != nil {
		return err
	}
	if err := a.askNight(ActOf(c), after); err != nil {
		return err
	}
	if clip.State != library.StateApproved {
		_, err := a.o.Library.Approve(c.Who.Actor, []string{clip.ID}, nil)
		a.acted(c.Who, "approve", clip.ID, err)
		if err != nil {
			return err
		}
	}
	if list, err = a.o.Rules.PutPlaylist(c.Who.Actor, list); err != nil {
		return err
	}
	p.PlaylistID = list.ID
	if _, err = a.o.Rules.PutProgramme(c.Who.Actor, p); err != nil {
		return fmt.Errorf("making the first programme: %w", err)
	}
	return nil
}

// silent refuses a first programme of which a rule lets some time fall silent: nobody expects that of what they just made.
func silent(after schedule.Input, now time.Time) error {
	for _, o := range schedule.Plan(after, now, now.Add(24*time.Hour)) {
		if o.ProgrammeID == previewID && o.Verdict == schedule.VerdictSkipped {
			return schedule.Problems{{Field: "when.times", Code: string(o.Reason), Message: fmt.Sprintf("at %s nothing would sound: %s.", o.Due.Format("15:04"), o.Reason)}}
		}
	}
	return nil
}
