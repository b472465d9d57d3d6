package api

import (
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"loaxa/admin/intake"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/admin/upload"
	"loaxa/schedule"
)

// PhotoForm is the most that a form with one picture may have.
const PhotoForm = 11 << 20

// CampaignFiles takes what a form brings for a campaign: files, or the IDs of complete uploads under "upload", or a link
// under "link". They become clips behind, which come to the campaign by themselves. A campaign that is not stored yet is
// stored first. A form that brings nothing is the problem no_file; its texts are handed back in any case.
func (a *API) CampaignFiles(c *route.Call, k schedule.Campaign) (schedule.Campaign, url.Values, error) {
	texts := url.Values{}
	o, err := a.receiveFiles(c, func(name, value string) error { texts.Add(name, value); return nil })
	link, ids := strings.TrimSpace(texts.Get("link")), texts["upload"]
	var none *route.Problem
	if errors.As(err, &none) && none.Code == "no_file" && (len(ids) > 0 || link != "") {
		err, o.Actor = nil, c.Who.Actor
	}
	if err == nil && len(ids) > maxFiles {
		err = route.BadRequest("too_many_files", fmt.Sprintf("at most %d files at once; send an archive", maxFiles))
	}
	for _, id := range ids {
		if err != nil {
			break
		}
		var w upload.Whole
		if w, err = a.pieces.Open(c.Request.Context(), c.Who.Actor, id); err == nil {
			o.Files = append(o.Files, intake.File{Name: w.Name, File: w.File})
		}
	}
	if err == nil && k.ID == "" {
		k, err = a.PutCampaignDraft(c.Who, k)
	}
	if err != nil {
		return k, texts, errors.Join(err, o.Close())
	}
	o.About.Letter, o.For = letterOf(k), k.ID
	o.Then = func(clips []string) error {
		_, err := a.o.Rules.AddCampaignClips(c.Who.Actor, k.ID, clips)
		return err
	}
	if len(o.Files) > 0 {
		if _, err := a.o.Intake.Order(c.Request.Context(), o); err != nil {
			return k, texts, err
		}
		a.forget(ids)
	}
	if link != "" {
		o.Files, o.Link = nil, link
		_, err = a.o.Intake.Order(c.Request.Context(), o)
	}
	return k, texts, err
}

// FormWithPhoto reads a form that may bring a picture under "file": its texts, and the hash of the picture, "" without.
func (a *API) FormWithPhoto(c *route.Call) (texts url.Values, photo string, err error) {
	c.Extend(5 * time.Minute)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return nil, "", &route.Problem{Status: http.StatusUnsupportedMediaType, Code: "bad_form", Detail: err.Error()}
	}
	texts = url.Values{}
	var refused error // what was typed is read to the end all the same: nothing of it may be lost
	err = readForm(form, func(name, value string) error { texts.Add(name, value); return nil }, func(part *multipart.Part) error {
		if part.FileName() == "" {
			return nil
		}
		var err error
		if photo, err = a.o.Library.KeepPhoto(c.Request.Context(), part); err != nil {
			refused = err
		}
		return nil
	})
	return texts, photo, errors.Join(err, refused)
}

// ImportsFor is the imports of a campaign that go on, and those of the last hour that need a person's eye, newest first.
func (a *API) ImportsFor(c *route.Call, id string) ([]CampaignImport, error) {
	all, err := a.o.Intake.Imports(c.Request.Context())
	var out []CampaignImport
	for _, s := range all {
		if s.For != id || s.Over() && a.o.Now().Sub(s.Ended) > time.Hour {
			continue
		}
		if v := campaignImport(c.Words, s); !s.Over() || v.Problem != "" || len(v.Refused) > 0 {
			out = append(out, v)
		}
	}
	return out, err
}

// CampaignImport is an import as a campaign's page shows it.
type CampaignImport struct {
	ID, State, Name, File string
	Done, Total           int64 // of File; Total 0: not known
	Came                  int   // files that are clips by now
	Over                  bool
	Host, Link            string // of a link that waits for a person to say that its host is right
	Refused               []RefusedFile
	Problem               string
}

// RefusedFile is a file that became no clip, and why.
type RefusedFile struct{ Name, Why string }

func campaignImport(w locale.Words, s intake.Import) CampaignImport {
	v := CampaignImport{ID: s.ID, State: s.State, Name: s.Name, File: s.File, Done: s.Done, Total: s.Total, Over: s.Over()}
	if s.State == intake.StateConfirm && s.Found != nil {
		v.Host, v.Link = s.Found.Host, s.Found.Link
	}
	if s.Problem != nil {
		v.Problem = s.Problem.In(string(w.Language))
	}
	for _, i := range s.Items {
		if i.Refused != nil {
			v.Refused = append(v.Refused, RefusedFile{i.Name, i.Refused.In(string(w.Language))})
		} else {
			v.Came++
		}
	}
	return v
}

// ConfirmLink says that the host of a campaign's link is the right one.
func (a *API) ConfirmLink(c *route.Call, campaign, id, host string) error {
	if err := a.ofCampaign(c, campaign, id); err != nil {
		return err
	}
	_, err := a.ConfirmImport(c, id, host)
	return err
}

// CancelLink gives an import of a campaign up.
func (a *API) CancelLink(c *route.Call, campaign, id string) error {
	if err := a.ofCampaign(c, campaign, id); err != nil {
		return err
	}
	_, err := a.EndImport(c, id)
	return err
}

// ofCampaign is ErrNotFound for an import of something else.
func (a *API) ofCampaign(c *route.Call, campaign, id string) error {
	s, err := a.o.Intake.Import(c.Request.Context(), id)
	if err == nil && s.For != campaign {
		err = intake.ErrNotFound
	}
	return err
}
