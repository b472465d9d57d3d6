package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"loaxa/admin/account"
	"loaxa/admin/intake"
	"loaxa/admin/route"
	"loaxa/audio/library"
)

// maxFiles is how many files one form may bring; more come as an archive.
const maxFiles = 50

// ImportRequest asks for an import: one of link, uploads, stick and inbox.
type ImportRequest struct {
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
	post := described(edit("POST", "/imports", "import", "Import from a link, uploads, a stick or the inbox, or the files of a form (file, several times); the work goes on behind.", a.postImport), ImportRequest{}, ImportAnswer{}, http.StatusAccepted)
	post.MaxBody, post.Slow = MaxImportForm, true
	events := read("/imports/:id/events", "One import as server-sent events named import, until it is over.", a.getImportEvents)
	events.Slow, events.Doc.Type = true, "text/event-stream"
	return []route.Route{post,
		described(read("/imports", "What is being imported and what was lately, newest first.", a.listImports), nil, importList{}, 0),
		described(read("/imports/:id", "One import.", a.getImport), nil, ImportAnswer{}, 0), events,
		described(edit("POST", "/imports/:id/confirm", "import", "Say that the final host of a link is the right one.", a.confirmImport), confirmRequest{}, ImportAnswer{}, http.StatusAccepted),
		described(edit("DELETE", "/imports/:id", "import", "Cancel an import; clips that are complete stay.", a.deleteImport), nil, ImportAnswer{}, 0),
		described(read("/sticks", "Removable media that are plugged in.", a.listSticks), nil, stickList{}, 0),
	}
}

// MaxImportForm is the most that one form may bring in all.
const MaxImportForm = 2 << 30

func (a *API) postImport(c *route.Call) (route.Reply, error) {
	if strings.HasPrefix(c.Request.Header.Get("Content-Type"), "multipart/") {
		_, s, err := a.ImportForm(c)
		return a.importReply(c, s, err)
	}
	var in ImportRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	s, err := a.order(c, in, nil)
	return a.importReply(c, s, err)
}

// order asks for an import, of files at hand or of what the request names. The files are closed whatever happens.
func (a *API) order(c *route.Call, in ImportRequest, files []intake.File) (_ intake.Import, err error) {
	o := intake.Order{Actor: c.Who.Actor, About: in.about(), Link: strings.TrimSpace(in.Link), Files: files}
	taken := false
	defer func() {
		if !taken {
			err = errors.Join(err, o.Close())
		}
	}()
	if err := a.mayImport(c, in, len(files)); err != nil {
		return intake.Import{}, err
	}
	if in.Inbox {
		return a.o.Intake.OrderInbox(c.Request.Context(), c.Who.Actor, in.about())
	}
	if in.Stick != "" {
		stick, err := findStick(in.Stick)
		if err != nil {
			return intake.Import{}, err
		}
		o.Folder = stick.Path
	}
	for _, id := range in.Uploads {
		w, err := a.pieces.Open(c.Request.Context(), c.Who.Actor, id)
		if err != nil {
			return intake.Import{}, err
		}
		o.Files = append(o.Files, intake.File{Name: w.Name, File: w.File})
	}
	taken = true
	s, err := a.o.Intake.Order(c.Request.Context(), o)
	if err == nil {
		a.forget(in.Uploads)
	}
	return s, err
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
func (a *API) mayImport(c *route.Call, in ImportRequest, files int) error {
	if in.Approve {
		if err := a.asApprover(c.Who, "import", "approve needs an approver; import without it and submit the clips"); err != nil {
			return err
		}
	}
	n := 0
	for _, given := range []bool{in.Link != "", len(in.Uploads)+files > 0, in.Stick != "", in.Inbox} {
		if given {
			n++
		}
	}
	switch {
	case n != 1:
		return route.BadRequest("one_of", "give one of link, uploads, stick and inbox")
	case len(in.Uploads)+files > maxFiles:
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

func (in ImportRequest) about() intake.About {
	return intake.About{Title: in.Title, Source: in.Source, Tags: in.Tags, Letter: in.Letter, ValidFrom: in.ValidFrom,
		ValidUntil: in.ValidUntil, Submit: in.Submit, Approve: in.Approve, Paper: in.Paper}
}

func (a *API) listImports(c *route.Call) (route.Reply, error) {
	all, err := a.Imports(c)
	return route.JSON{Value: importList{Imports: all}}, err
}

// Imports is what is being imported and what was lately, newest first.
func (a *API) Imports(c *route.Call) ([]ImportAnswer, error) {
	all, err := a.o.Intake.Imports(c.Request.Context())
	out := []ImportAnswer{}
	for _, s := range all {
		out = append(out, importView(c.Words, s))
	}
	return out, err
}

func (a *API) getImport(c *route.Call) (route.Reply, error) {
	s, err := a.Import(c, c.Param("id"))
	return route.JSON{Value: s}, err
}

// Import is one of them.
func (a *API) Import(c *route.Call, id string) (ImportAnswer, error) {
	s, err := a.o.Intake.Import(c.Request.Context(), id)
	return importView(c.Words, s), err
}

func (a *API) confirmImport(c *route.Call) (route.Reply, error) {
	var in confirmRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	s, err := a.ConfirmImport(c, c.Param("id"), in.Host)
	return a.importReply(c, s, err)
}

// ConfirmImport says that the final host of a link is the right one.
func (a *API) ConfirmImport(c *route.Call, id, host string) (intake.Import, error) {
	s, err := a.o.Intake.Import(c.Request.Context(), id)
	if err != nil {
		return s, err
	}
	if s.Approve { // whose host it is, is a part of what is approved
		if err := a.asApprover(c.Who, s.ID, "what comes is approved at once, so an approver must confirm the host"); err != nil {
			return s, err
		}
	}
	s, err = a.o.Intake.Confirm(c.Request.Context(), s.ID, host)
	a.acted(c.Who, "confirm", id+" "+host, err)
	return s, err
}

func (a *API) deleteImport(c *route.Call) (route.Reply, error) {
	s, err := a.EndImport(c, c.Param("id"))
	return route.JSON{Value: importView(c.Words, s)}, err
}

// EndImport ends an import; clips that are complete stay.
func (a *API) EndImport(c *route.Call, id string) (intake.Import, error) {
	return a.o.Intake.Cancel(c.Request.Context(), id)
}
