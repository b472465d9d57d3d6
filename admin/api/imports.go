package api

import (
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/intake"
	"loaxa/admin/route"
	"loaxa/audio/library"
)

// maxFiles is how many files one form may bring; more come as an archive.
const maxFiles = 50

// importRequest asks for an import: one of link, uploads, stick and inbox.
type importRequest struct {
	Link       string         `json:"link,omitempty"`
	Uploads    []string       `json:"uploads,omitempty"` // IDs of complete uploads
	Stick      string         `json:"stick,omitempty"`   // label or path, as in GET /sticks
	Inbox      bool           `json:"inbox,omitempty"`
	Title      string         `json:"title,omitempty"` // of a single file
	Source     string         `json:"source,omitempty"`
	Tags       []string       `json:"tags,omitempty"`
	Letter     library.Letter `json:"letter,omitzero"`
	ValidFrom  string         `json:"valid_from,omitempty"`
	ValidUntil string         `json:"valid_until,omitempty"`
	Submit     bool           `json:"submit,omitempty"`
	Approve    bool           `json:"approve,omitempty"` // for approvers
	Paper      *library.Paper `json:"paper,omitempty"`   // with approve: signed on paper
}

type confirmRequest struct {
	Host string `json:"host"` // found.host of the import
}

func (a *API) importRoutes() []route.Route {
	post := described(edit("POST", "/imports", "import", "Import from a link, uploads, a stick or the inbox, or the files of a form (file, several times); the work goes on behind.", a.postImport), importRequest{}, importAnswer{}, http.StatusAccepted)
	post.MaxBody, post.Slow = MaxImportForm, true
	events := read("/imports/:id/events", "One import as server-sent events named import, until it is over.", a.getImportEvents)
	events.Slow, events.Doc.Type = true, "text/event-stream"
	return []route.Route{post,
		described(read("/imports", "What is being imported and what was lately, newest first.", a.listImports), nil, importList{}, 0),
		described(read("/imports/:id", "One import.", a.getImport), nil, importAnswer{}, 0), events,
		described(edit("POST", "/imports/:id/confirm", "import", "Say that the final host of a link is the right one.", a.confirmImport), confirmRequest{}, importAnswer{}, http.StatusAccepted),
		described(edit("DELETE", "/imports/:id", "import", "Cancel an import; clips that are complete stay.", a.deleteImport), nil, importAnswer{}, 0),
		described(read("/sticks", "Removable media that are plugged in.", a.listSticks), nil, stickList{}, 0),
	}
}

// MaxImportForm is the most that one form may bring in all.
const MaxImportForm = 2 << 30

func (a *API) postImport(c *route.Call) (route.Reply, error) {
	if strings.HasPrefix(c.Request.Header.Get("Content-Type"), "multipart/") {
		return a.postImportForm(c)
	}
	var in importRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	if err := a.mayImport(c, in); err != nil {
		return nil, err
	}
	if in.Inbox {
		s, err := a.o.Intake.OrderInbox(c.Request.Context(), c.Who.Actor, in.about())
		return a.importReply(c, s, err)
	}
	o := intake.Order{Actor: c.Who.Actor, About: in.about(), Link: strings.TrimSpace(in.Link)}
	if in.Stick != "" {
		stick, err := findStick(in.Stick)
		if err != nil {
			return nil, err
		}
		o.Folder = stick.Path
	}
	for _, id := range in.Uploads {
		w, err := a.pieces.Open(c.Request.Context(), c.Who.Actor, id)
		if err != nil {
			return nil, errors.Join(err, o.Close())
		}
		o.Files = append(o.Files, intake.File{Name: w.Name, File: w.File})
	}
	s, err := a.o.Intake.Order(c.Request.Context(), o)
	if err == nil {
		a.forget(in.Uploads)
	}
	return a.importReply(c, s, err)
}

// forget removes uploads that an import has taken over. What cannot be removed is swept in a day.
func (a *API) forget(ids []string) {
	for _, id := range ids {
		if err := a.pieces.Forget(id); err != nil {
			a.o.Logger.Warn("forgetting an upload that was imported", "err", err)
		}
	}
}

// mayImport refuses before any work what the role does not allow or what is not one thing.
func (a *API) mayImport(c *route.Call, in importRequest) error {
	if in.Approve {
		if err := a.asApprover(c.Who, "import", "approve needs an approver; import without it and submit the clips"); err != nil {
			return err
		}
	}
	n := 0
	for _, given := range []bool{in.Link != "", len(in.Uploads) > 0, in.Stick != "", in.Inbox} {
		if given {
			n++
		}
	}
	switch {
	case n != 1:
		return route.BadRequest("one_of", "give one of link, uploads, stick and inbox")
	case len(in.Uploads) > maxFiles:
		return route.BadRequest("too_many_files", fmt.Sprintf("at most %d files at once; send an archive", maxFiles))
	case in.Paper != nil && !in.Approve:
		return route.BadRequest("one_of", "paper goes with approve")
	}
	return in.about().Check() // now: a wrong date must not cost the files that came
}

// asApprover refuses an act that is a part of an approval to who may not approve.
func (a *API) asApprover(who account.Identity, object, detail string) error {
	if who.Role == account.Approver || who.Role == account.Administrator {
		return nil
	}
	err := &route.Problem{Status: http.StatusForbidden, Code: "role", Detail: detail}
	a.acted(who, "approve", object, err)
	return err
}

func (in importRequest) about() intake.About {
	return intake.About{Title: in.Title, Source: in.Source, Tags: in.Tags, Letter: in.Letter, ValidFrom: in.ValidFrom,
		ValidUntil: in.ValidUntil, Submit: in.Submit, Approve: in.Approve, Paper: in.Paper}
}

// postImportForm takes the files of a form. They lie on the disk without a name until they are imported.
func (a *API) postImportForm(c *route.Call) (_ route.Reply, err error) {
	var in importRequest
	o, err := a.receiveFiles(c, in.field)
	if err != nil {
		return nil, err
	}
	in.Uploads = make([]string, len(o.Files)) // for the count
	if err := a.mayImport(c, in); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	o.About = in.about()
	s, err := a.o.Intake.Order(c.Request.Context(), o)
	return a.importReply(c, s, err)
}

// receiveFiles takes the files of a form as an order that is not given yet, and hands its texts to field. Without any file
// it is refused.
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
	err = readForm(form, field, func(part *multipart.Part) error {
		if part.FileName() == "" {
			return nil // a form that was sent without choosing a file
		}
		if len(o.Files) == maxFiles {
			return route.BadRequest("too_many_files", fmt.Sprintf("at most %d files at once; send an archive", maxFiles))
		}
		f, err := a.spool(part)
		if err == nil {
			o.Files = append(o.Files, intake.File{Name: fileName(part), File: f})
		}
		return err
	})
	if err == nil && len(o.Files) == 0 {
		err = &route.Problem{Status: http.StatusUnprocessableEntity, Code: "no_file"}
	}
	if err != nil {
		err = errors.Join(err, o.Close())
	}
	return o, err
}

// field takes one text of a form.
func (in *importRequest) field(name, value string) (err error) {
	texts := map[string]*string{"title": &in.Title, "source": &in.Source, "agency": &in.Letter.Agency, "number": &in.Letter.Number,
		"letter_date": &in.Letter.Date, "valid_from": &in.ValidFrom, "valid_until": &in.ValidUntil}
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
			"submit", "approve", "paper_signer", "paper_date", "paper_photo"})
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

func (a *API) listImports(c *route.Call) (route.Reply, error) {
	all, err := a.o.Intake.Imports(c.Request.Context())
	out := importList{Imports: []importAnswer{}}
	for _, s := range all {
		out.Imports = append(out.Imports, importView(c.Words, s))
	}
	return route.JSON{Value: out}, err
}

func (a *API) getImport(c *route.Call) (route.Reply, error) {
	s, err := a.o.Intake.Import(c.Request.Context(), c.Param("id"))
	return route.JSON{Value: importView(c.Words, s)}, err
}

func (a *API) confirmImport(c *route.Call) (route.Reply, error) {
	var in confirmRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	s, err := a.o.Intake.Import(c.Request.Context(), c.Param("id"))
	if err != nil {
		return nil, err
	}
	if s.Approve { // whose host it is, is a part of what is approved
		if err := a.asApprover(c.Who, s.ID, "what comes is approved at once, so an approver must confirm the host"); err != nil {
			return nil, err
		}
	}
	s, err = a.o.Intake.Confirm(c.Request.Context(), s.ID, in.Host)
	a.acted(c.Who, "confirm", c.Param("id")+" "+in.Host, err)
	return a.importReply(c, s, err)
}

func (a *API) deleteImport(c *route.Call) (route.Reply, error) {
	s, err := a.o.Intake.Cancel(c.Request.Context(), c.Param("id"))
	return route.JSON{Value: importView(c.Words, s)}, err
}
