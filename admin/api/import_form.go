package api

import (
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/intake"
	"loaxa/admin/route"
	"loaxa/audio/library"
)

// ImportForm takes an import as a form: the files themselves, or what is said where they are. What the form said is given
// also when it is refused.
func (a *API) ImportForm(c *route.Call) (in ImportRequest, s intake.Import, err error) {
	o, err := a.receiveFiles(c, in.field)
	var none *route.Problem
	if errors.As(err, &none) && none.Code == "no_file" && !in.nothing() {
		err = nil
	}
	if err != nil {
		return in, s, err
	}
	s, err = a.order(c, in, o.Files)
	return in, s, err
}

// receiveFiles takes the files of a form as an order that is not given yet, and hands its texts to field. Files lie on the
// disk without a name until they are imported. Without any file it is refused.
func (a *API) receiveFiles(c *route.Call, field func(name, value string) error) (o intake.Order, err error) {
	select {
	case a.uploads <- struct{}{}:
		defer func() { <-a.uploads }()
	default:
		return o, &route.Problem{Status: http.StatusServiceUnavailable, Code: "busy", Retry: 30 * time.Second, Detail: "other files are being received"}
	}
	c.Extend(uploadTime)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return o, &route.Problem{Status: http.StatusUnsupportedMediaType, Code: "no_file", Detail: "the body is no multipart form: " + err.Error()}
	}
	o.Actor = c.Who.Actor
	var refused error // the texts are read all the same: what was typed comes back with the refusal
	err = readForm(form, field, func(part *multipart.Part) error {
		switch {
		case part.FileName() == "" || refused != nil: // a browser sends a choice of nothing as a file without a name
		case len(o.Files) == maxFiles:
			refused = route.BadRequest("too_many_files", fmt.Sprintf("at most %d files at once; send an archive", maxFiles))
		default:
			f, err := a.spool(part)
			if err != nil {
				refused = err
				break
			}
			o.Files = append(o.Files, intake.File{Name: fileName(part), File: f})
		}
		return nil
	})
	if refused != nil {
		err = refused
	}
	if err == nil && len(o.Files) == 0 {
		err = &route.Problem{Status: http.StatusUnprocessableEntity, Code: "no_file"}
	}
	if err != nil {
		err = errors.Join(err, o.Close())
	}
	return o, err
}

func (in ImportRequest) nothing() bool {
	return strings.TrimSpace(in.Link) == "" && len(in.Uploads) == 0 && in.Stick == "" && !in.Inbox
}

// field takes one text of a form.
func (in *ImportRequest) field(name, value string) (err error) {
	texts := map[string]*string{"title": &in.Title, "source": &in.Source, "agency": &in.Letter.Agency, "number": &in.Letter.Number,
		"letter_date": &in.Letter.Date, "valid_from": &in.ValidFrom, "valid_until": &in.ValidUntil, "link": &in.Link, "stick": &in.Stick}
	paper := func() *library.Paper {
		if in.Paper == nil {
			in.Paper = &library.Paper{}
		}
		return in.Paper
	}
	if to, ok := texts[name]; ok {
		*to = value
		return nil
	}
	switch name {
	case "tags":
		in.Tags = append(in.Tags, splitTags(value)...)
	case "upload":
		in.Uploads = append(in.Uploads, value)
	case "inbox":
		in.Inbox, err = yes(name, value)
	case "submit":
		in.Submit, err = yes(name, value)
	case "approve":
		in.Approve, err = yes(name, value)
	case "paper_signer":
		paper().Signer = value
	case "paper_date":
		paper().Date = value
	case "paper_photo":
		paper().Photo = value
	default:
		return unknownField(name, []string{"file", "title", "tags", "source", "agency", "number", "letter_date", "valid_from", "valid_until",
			"upload", "link", "stick", "inbox", "submit", "approve", "paper_signer", "paper_date", "paper_photo"})
	}
	return err
}

// yes reads a checkbox.
func yes(name, value string) (bool, error) {
	if value == "on" {
		return true, nil
	}
	b, err := strconv.ParseBool(value)
	if err != nil {
		return false, route.BadRequest("invalid", name+" is true or false", route.Field{Field: name, Code: "invalid", Message: "true or false"})
	}
	return b, nil
}
