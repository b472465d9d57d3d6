package people

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// Papers of the accounts: codes that are shown once, the recovery sheet, the record of a handover.

// Code is a one-time code on the page that shows it, this once.
type Code struct {
	frame.Shell
	Kind    string // password | visit
	For     string // name of the person
	Login   string
	Code    string
	Until   time.Time
	Address string   // where the code is typed
	Local   bool     // that address is good on the station's machine only
	QR      frame.QR // of the address, without the code
}

func (p *Pages) showCode(c *route.Call, code Code) (route.Reply, error) {
	s, err := p.frame.Shell(c, "/users", c.Words.T("code."+code.Kind+".title"))
	if err != nil {
		return nil, err
	}
	code.Shell = s
	path := "/signin"
	if code.Kind == "password" {
		path = "/password"
	}
	code.Address, code.Local = reachedBy(c.Request)+path, atConsole(c.Request)
	code.QR, err = frame.DrawQR(code.Address)
	return route.Page{Status: http.StatusCreated, Name: "code.html", Data: code}, err
}

// reachedBy is the address under which this browser has reached the station; the guard has let its name in.
func reachedBy(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}
	return scheme + r.Host
}

// atConsole says whether this browser reached the station by a name that means something on its machine only.
func atConsole(r *http.Request) bool {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return (err == nil && ip.IsLoopback()) || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Recovery is the page of the recovery sheet. Codes is filled only in the answer that made them.
type Recovery struct {
	frame.Shell
	Sheet   account.Recovery
	Codes   []string
	Address string
}

func (p *Pages) getRecovery(c *route.Call) (route.Reply, error) {
	s, err := p.frame.Shell(c, "/users", c.Words.T("recovery.title"))
	if err != nil {
		return nil, err
	}
	sheet, err := p.accounts.Recovery()
	return route.Page{Name: "recovery.html", Data: Recovery{Shell: s, Sheet: sheet}}, err
}

func (p *Pages) postRecovery(c *route.Call) (route.Reply, error) {
	codes, sheet, err := p.accounts.NewRecovery(c.Who.Actor)
	if err != nil {
		return nil, err
	}
	s, err := p.frame.Shell(c, "/users", c.Words.T("recovery.title"))
	address := reachedBy(c.Request) + "/signin"
	if atConsole(c.Request) { // the sheet is for years, and for whatever machine is at hand then
		address = c.Words.T("recovery.station")
	}
	return route.Page{Status: http.StatusCreated, Name: "recovery_sheet.html",
		Data: Recovery{Shell: s, Sheet: sheet, Codes: codes, Address: address}}, err
}

// Handover is "Biên bản bàn giao": who leaves, who goes on, what was closed, and how far the log was at that time.
type Handover struct {
	frame.Base
	Station api.Station
	Paper   account.Handover
	Mark    frame.Mark
	Printed time.Time
	Clock   string
	Long    bool
}

func (p *Pages) getHandover(c *route.Call) (route.Reply, error) {
	station, err := p.station.Station()
	if err != nil {
		return nil, err
	}
	paper, err := p.accounts.HandoverOf(c.Param("id"))
	if err != nil {
		return nil, err
	}
	h := Handover{Base: p.frame.Base(c.Words, c.Words.T("handover.title")), Station: station, Paper: paper, Printed: station.Now,
		Clock: frame.PrintedClock(c.Words, station.Clock.Trust), Long: len(paper.Closed.Tokens)+len(paper.Closed.Phones)+len(paper.Closed.Visits) > 12}
	if text := p.station.Checkpoint(); text != "" && station.Key != "" { // without a log there is nothing to hold it against
		if h.Mark, err = frame.MarkOf(text, station.Key); err != nil {
			return nil, err
		}
	}
	return route.Page{Name: "handover.html", Data: h}, nil
}
