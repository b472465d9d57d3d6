package reports

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/report/decree"
	"loaxa/admin/route"
)

const templatePath = "/reports/template"

// templateType is that of a DOCX.
const templateType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// Template is the page of the commune's own form of the report.
type Template struct {
	frame.Shell
	Own          bool // there is one
	Placeholders []decree.Placeholder
	Problem      frame.Notice
	Detail       string // what is wrong with the one that was sent
}

func (p *Pages) templateRoutes() []route.Route {
	put := frame.Act(templatePath, "template", p.postTemplate)
	put.MaxBody, put.Slow = api.MaxTemplate+64<<10, true
	return []route.Route{frame.Look(templatePath, p.getTemplate), frame.Look(templatePath+"/file", p.getTemplateFile), put,
		frame.Act(templatePath+"/remove", "template", p.postRemoveTemplate)}
}

func (p *Pages) getTemplate(c *route.Call) (route.Reply, error) {
	page, err := p.templatePage(c)
	if err != nil {
		return nil, err
	}
	return route.Page{Name: "report-template.html", Data: page}, nil
}

func (p *Pages) templatePage(c *route.Call) (Template, error) {
	shell, err := p.frame.Shell(c, reportsPath, c.Words.T("reports.template"))
	if err != nil {
		return Template{}, err
	}
	own, err := p.station.Template()
	return Template{Shell: shell, Own: own != nil, Placeholders: decree.Placeholders()}, err
}

// getTemplateFile hands out the form in use, the program's own while there is no other.
func (p *Pages) getTemplateFile(c *route.Call) (route.Reply, error) {
	own, err := p.station.Template()
	if err == nil && (own == nil || c.Query("default") != "") {
		own, err = decree.DefaultTemplate()
	}
	if err != nil {
		return nil, err
	}
	return route.Content{File: frame.FromMemory(own), Type: templateType, Name: "mau-bao-cao.docx"}, nil
}

// postTemplate takes a form that can be filled; what is wrong with another is said on the page.
func (p *Pages) postTemplate(c *route.Call) (route.Reply, error) {
	part, err := filePart(c.Request)
	if err != nil {
		return nil, err
	}
	if part == nil {
		err = route.BadRequest("no_template", "no file was chosen")
	} else {
		err = p.station.StoreTemplate(c, part)
	}
	if err == nil {
		return route.Redirect{To: templatePath + "?note=template_stored"}, nil
	}
	page, errPage := p.templatePage(c)
	if errPage != nil {
		return nil, errors.Join(err, errPage)
	}
	var status int
	page.Problem, status = p.frame.Refused(c.Words, err)
	if problem := p.frame.ProblemOf(err); problem.Code == "bad_template" {
		page.Detail = problem.Detail
	}
	return frame.RefusedPage("report-template.html", status, page), nil
}

// filePart is the file of a form, nil when none was chosen.
func filePart(r *http.Request) (*multipart.Part, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	for {
		part, err := route.NextPart(form)
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("receiving the template: %w", err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
}

func (p *Pages) postRemoveTemplate(c *route.Call) (route.Reply, error) {
	if err := p.station.RemoveTemplate(c); err != nil {
		return nil, err
	}
	return route.Redirect{To: templatePath + "?note=template_removed"}, nil
}
