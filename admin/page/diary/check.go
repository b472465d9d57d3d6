package diary

import (
	"net/http"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

const checkPath = "/diary/check"

// checkTime is how long a browser may wait for a comparison of years of records.
const checkTime = 4 * time.Minute

// differencesShown is how many differences the page lists; the command lists them all.
const differencesShown = 50

// Check is the page of the last comparison of the log with itself.
type Check struct {
	frame.Shell
	Result   *CheckResult // nil before the first
	Verifier string
}

// CheckResult is a comparison in words.
type CheckResult struct {
	OK          bool
	At          time.Time
	By          string
	Seconds     string
	Lines       []frame.Line // what was looked at, and whether it holds
	Differences []string
	More        int64 // differences that are not listed
	Away        []string
}

// postCheck compares the log with itself. Pressed by two people at once, the second is told to wait for the first.
func (p *Pages) postCheck(c *route.Call) (route.Reply, error) {
	c.Extend(checkTime)
	if _, err := p.station.CheckLog(c.Request.Context(), c.Who); err != nil {
		page, shellErr := p.checkPage(c)
		if shellErr != nil {
			return nil, err
		}
		notice, status := p.frame.Refused(c.Words, err)
		page.Notice = notice
		return route.Page{Status: status, Name: "diary-check.html", Data: page}, nil
	}
	return route.Redirect{To: checkPath}, nil
}

func (p *Pages) getCheck(c *route.Call) (route.Reply, error) {
	page, err := p.checkPage(c)
	if err != nil {
		return nil, err
	}
	return route.Page{Status: http.StatusOK, Name: "diary-check.html", Data: page}, nil
}

func (p *Pages) checkPage(c *route.Call) (Check, error) {
	shell, err := p.frame.Shell(c, airing.DiaryPath, c.Words.T("check.title"))
	if err != nil {
		return Check{}, err
	}
	page := Check{Shell: shell}
	if last := p.station.LastCheck(); last != nil {
		r := checkResult(c.Words, last)
		page.Result = &r
	}
	page.Verifier = p.frame.Verifier()
	return page, nil
}

func checkResult(w locale.Words, last *api.LogCheck) CheckResult {
	proof, account := last.Proof, last.Account
	r := CheckResult{OK: last.OK(), At: last.At, By: frame.Person(w, last.By), Seconds: last.Took.Round(100 * time.Millisecond).String()}
	mark := func(ok bool, good, bad string) {
		if ok {
			r.Lines = append(r.Lines, frame.Line{Mark: "ok", Text: good})
		} else {
			r.Lines = append(r.Lines, frame.Line{Mark: "bad", Text: bad})
		}
	}
	mark(proof.OK, w.T("check.proof.ok", proof.Size, proof.Signed), w.T("check.proof.bad", proof.FindingAll))
	decided := account.Promised - account.Undecided
	mark(account.OK, w.T("check.account.ok", decided), w.T("check.account.bad", account.DifferenceAll, account.Promised))
	if account.Undecided > 0 {
		r.Lines = append(r.Lines, frame.Line{Mark: "plain", Text: w.T("check.undecided", account.Undecided)})
	}
	if account.Corrected > 0 {
		r.Lines = append(r.Lines, frame.Line{Mark: "plain", Text: w.T("check.corrected", account.Corrected)})
	}
	if account.Inconclusive > 0 {
		r.Lines = append(r.Lines, frame.Line{Mark: "warn", Text: w.T("check.inconclusive", account.Inconclusive)})
	}
	r.differences(w, last)
	newest := account.Intervals[max(0, len(account.Intervals)-10):]
	for i := len(newest) - 1; i >= 0; i-- {
		x := newest[i]
		r.Away = append(r.Away, w.T("check.away."+x.Kind, x.From.Format("15:04 02/01/2006"), x.Until.Format("15:04 02/01/2006"), w.Or("away."+x.Why, x.Why)))
	}
	return r
}

// differences lists what does not hold. Both ways of looking may say the same of a record; it is listed once.
func (r *CheckResult) differences(w locale.Words, last *api.LogCheck) {
	all, told := last.Proof.FindingAll+last.Account.DifferenceAll, map[string]bool{}
	take := func(t evidence.Text) {
		text := t.VI
		if w.Language == locale.English {
			text = t.EN
		}
		switch {
		case told[text]:
			all--
		case len(r.Differences) < differencesShown:
			r.Differences, told[text] = append(r.Differences, text), true
		}
	}
	for _, f := range last.Proof.Findings {
		take(f.Text)
	}
	for _, d := range last.Account.Differences {
		take(d.Text)
	}
	r.More = all - int64(len(r.Differences))
}
