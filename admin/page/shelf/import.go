package shelf

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"loaxa/admin/api"
	"loaxa/admin/intake"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/audio/fetch"
	"loaxa/audio/library"
)

// ImportForm is the page on which files are brought in.
type ImportForm struct {
	frame.Shell
	Box    frame.UploadBox
	In     api.ImportRequest // as it was typed
	Sticks []fetch.Stick
	Said   Said
	From   string // the way that stands open: "", link, stick
}

func (p *Pages) importForm(c *route.Call, in api.ImportRequest) (ImportForm, error) {
	s, err := p.frame.Shell(c, "/clips", c.Words.T("clip.new"))
	if err != nil {
		return ImportForm{}, err
	}
	topics, err := p.station.Taxonomy()
	if err != nil {
		return ImportForm{}, err
	}
	out := ImportForm{Shell: s, In: in, Box: s.Upload(), Said: Said{W: c.Words, Source: in.Source, Letter: in.Letter, ValidFrom: in.ValidFrom,
		ValidUntil: in.ValidUntil, Axes: axes(topics, in.Tags), Other: strings.Join(otherTags(topics, in.Tags), ", "), TagName: "tags", OtherName: "tags"}}
	for _, id := range in.Uploads {
		out.Box.Rows = append(out.Box.Rows, frame.UploadRow{ID: id, Title: c.Words.T("clip.new.kept"), Line: c.Words.T("upload.sent")})
	}
	if out.Sticks, err = p.station.Sticks(); err != nil {
		return ImportForm{}, err
	}
	switch {
	case in.Link != "":
		out.From = "link"
	case in.Stick != "" || in.Inbox:
		out.From = "stick"
	}
	return out, nil
}

func (p *Pages) getImportForm(c *route.Call) (route.Reply, error) {
	out, err := p.importForm(c, api.ImportRequest{Submit: true})
	if err != nil {
		return nil, err
	}
	return route.Page{Name: "import_form.html", Data: out}, nil
}

// postImport orders an import. What was typed comes back with a refusal, and uploads that were sent are named again.
func (p *Pages) postImport(c *route.Call) (route.Reply, error) {
	in, s, err := p.station.ImportForm(c)
	if err == nil {
		return route.Redirect{To: "/clips/imports/" + url.PathEscape(s.ID)}, nil
	}
	problem := p.frame.ProblemOf(err)
	if problem.Status >= http.StatusInternalServerError && problem.Code == "internal" {
		return nil, err
	}
	out, wrong := p.importForm(c, in)
	if wrong != nil {
		return nil, wrong
	}
	out.Notice, _ = p.frame.Refused(c.Words, err)
	out.Said.Errors = fieldErrors(c.Words, "clip", problem)
	return frame.RefusedPage("import_form.html", problem.Status, out), nil
}

// ImportPage is one import as it goes.
type ImportPage struct {
	frame.Shell
	Import  api.ImportAnswer
	Percent int
	Drafts  []string // clips that came and wait to be submitted
	Came    int
	Refused int
	Seen    []ImportedClip
}

// ImportedClip is one line: a file and what became of it.
type ImportedClip struct {
	api.ItemAnswer
	LengthMS int64
	Chip     Chip
	Notes    []string
}

func (p *Pages) getImport(c *route.Call) (route.Reply, error) {
	s, err := p.frame.Shell(c, "/clips", c.Words.T("clip.import.title"))
	if err != nil {
		return nil, err
	}
	out := ImportPage{Shell: s}
	if out.Import, err = p.station.Import(c, c.Param("id")); err != nil {
		return nil, err
	}
	if t := out.Import.Total; t > 0 {
		out.Percent = int(min(100, 100*out.Import.Done/t))
	}
	for _, i := range out.Import.Items {
		line := ImportedClip{ItemAnswer: i}
		if i.Refused != nil {
			out.Refused++
		} else if clip, err := p.station.Clip(c.Words, i.ClipID); err == nil { // it may have been removed since
			out.Came++
			line.LengthMS, line.Chip, line.Notes = clip.DurationMS, clipChip(c.Words, clip.Clip), clip.Notes
			if clip.State == library.StateDraft {
				out.Drafts = append(out.Drafts, clip.ID)
			}
		}
		out.Seen = append(out.Seen, line)
	}
	if c.Query("part") != "" {
		return route.Page{Name: "import-live", Data: out}, nil
	}
	return route.Page{Name: "import.html", Data: out}, nil
}

func (p *Pages) postConfirmImport(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	return p.afterImport(c)(p.station.ConfirmImport(c, c.Param("id"), c.Request.PostForm.Get("host")))
}

func (p *Pages) postCancelImport(c *route.Call) (route.Reply, error) {
	return p.afterImport(c)(p.station.EndImport(c, c.Param("id")))
}

// afterImport leads back to the import, which says how it stands.
func (p *Pages) afterImport(c *route.Call) func(intake.Import, error) (route.Reply, error) {
	return func(_ intake.Import, err error) (route.Reply, error) {
		if err != nil {
			return nil, err
		}
		return route.Redirect{To: "/clips/imports/" + url.PathEscape(c.Param("id"))}, nil
	}
}

// megabytesText is a size of a file.
func megabytesText(bytes int64) string {
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)), ".", ",", 1)
}
