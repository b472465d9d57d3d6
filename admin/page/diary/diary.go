package diary

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// diaryLines is how many broadcasts stand on one page.
const diaryLines = 50

// Diary is the page of what was planned beside what came of it. Nothing on it changes anything.
type Diary struct {
	frame.Shell
	From, Until  string // days as the form has them; Until is the last day
	Span         string // the period in words
	Quick        []QuickSpan
	Before, Next string // addresses of the periods beside this one; Next is "" when it has not come
	Only         string
	Programme    string
	Programmes   []api.DiaryProgramme
	Outcomes     []frame.Pick
	Filtered     bool
	Counts       []airing.Badge
	Outputs      []airing.Badge
	Gaps         []airing.DiaryLine
	GapsAll      int
	GapsMore     string // address of all gaps; "" when they all stand here
	Lines        []airing.DiaryLine
	Matching     int
	Page, Pages  int
	Back, On     string // addresses of the pages before and after
	Live         string // address of the list alone, for a period that goes on; "" otherwise
	Check        *CheckResult
	Checkpoint   string
	Picture      string
	Verifier     string
	KeyForm      string
	MayExport    bool
	Today        string
	Problem      frame.Notice // the period could not be shown
}

// QuickSpan is a period that is often asked for.
type QuickSpan struct {
	Word, Address string
	Here          bool
}

func (p *Pages) routes() []route.Route {
	export := frame.Look("/diary/export", p.getDiaryExport)
	export.Roles, export.Slow, export.Logged = exporters(), true, "export"
	return []route.Route{
		frame.Look(airing.DiaryPath, p.getDiary),
		frame.Look(checkPath, p.getCheck),
		{Method: http.MethodPost, Path: checkPath, Access: route.Signed, Roles: route.Everybody(), MaxBody: frame.FormLimit, Slow: true, Page: true, Handle: p.postCheck},
		export,
		frame.Look("/diary/:id", p.getStory),
	}
}

// exporters may take the log away.
func exporters() []account.Role {
	return []account.Role{account.Inspector, account.Approver, account.Administrator}
}

func (p *Pages) getDiary(c *route.Call) (route.Reply, error) {
	shell, err := p.frame.Shell(c, airing.DiaryPath, c.Words.T("menu.diary"))
	if err != nil {
		return nil, err
	}
	d := Diary{Shell: shell, Checkpoint: p.station.Checkpoint(), KeyForm: frame.KeyFormPath, MayExport: slices.Contains(exporters(), c.Who.Role)}
	d.Picture = frame.CheckpointPicture(d.Checkpoint)
	d.Verifier = p.frame.Verifier()
	if last := p.station.LastCheck(); last != nil {
		r := checkResult(c.Words, last)
		d.Check = &r
	}
	status := d.read(c, p)
	if c.Query("part") == "list" {
		return route.Page{Status: status, Name: "diary-list", Data: d}, nil
	}
	return route.Page{Status: status, Name: "diary.html", Data: d}, nil
}

// read fills the list. A period that cannot be shown says so on the page that asked.
func (d *Diary) read(c *route.Call, p *Pages) (status int) {
	from, until, err := d.period(c)
	q := api.DiaryQuery{From: from, Until: until, Only: c.Query("only"), Programme: c.Query("programme"), Limit: diaryLines}
	d.Only, d.Programme = q.Only, q.Programme
	d.Filtered = q.Only != "" || q.Programme != ""
	d.Page = 1
	if n, convErr := strconv.Atoi(c.Query("p")); convErr == nil && n > 1 && n < 1e6 {
		d.Page = n
		q.Offset = (n - 1) * diaryLines
	}
	var list api.Diary
	if err == nil {
		list, err = p.station.Diary(q)
	}
	d.Outcomes = diaryOutcomes(c.Words, q.Only)
	if err != nil {
		d.Problem, status = p.frame.Refused(c.Words, err)
		return status
	}
	d.Programmes, d.Matching, d.GapsAll = list.Programmes, list.Matching, list.GapsAll
	d.Pages = max(1, (list.Matching+diaryLines-1)/diaryLines)
	d.Lines, d.Gaps = airing.DiaryLines(c.Words, list.Rows, true), airing.DiaryLines(c.Words, list.Gaps, false)
	d.Counts, d.Outputs = diaryCounts(c.Words, list.Counts), diaryOutputs(c.Words, list.Outputs)
	if list.GapsAll > len(d.Gaps) {
		d.GapsMore = d.address(url.Values{"only": {api.DiaryGaps}})
	}
	if q.Only == api.DiaryGaps { // the list itself is of them
		d.Gaps = nil
	}
	if d.Page > 1 {
		d.Back = d.address(url.Values{"only": {d.Only}, "p": {strconv.Itoa(d.Page - 1)}})
	}
	if d.Page < d.Pages {
		d.On = d.address(url.Values{"only": {d.Only}, "p": {strconv.Itoa(d.Page + 1)}})
	}
	if until.After(d.Now.At) {
		d.Live = d.address(url.Values{"only": {d.Only}, "p": {strconv.Itoa(d.Page)}, "part": {"list"}})
	}
	return http.StatusOK
}

// period reads the days asked for; today by default. It also makes the addresses of the periods around.
func (d *Diary) period(c *route.Call) (from, until time.Time, err error) {
	loc := d.Now.At.Location()
	today := frame.DayStart(d.Now.At)
	d.Today = today.Format(time.DateOnly)
	d.From, d.Until = c.Query("from"), c.Query("until")
	if from, err = c.Time("from", loc, today); err != nil {
		return from, until, err
	}
	from = frame.DayStart(from.In(loc))
	last, err := c.Time("until", loc, from)
	if err != nil {
		return from, until, err
	}
	last = frame.DayStart(last.In(loc))
	until = last.AddDate(0, 0, 1)
	d.From, d.Until = from.Format(time.DateOnly), last.Format(time.DateOnly)
	d.Span = spanWords(c.Words, from, last)
	days := int(until.Sub(from).Hours()+12) / 24
	if days >= 1 {
		d.Before = airing.SpanAddress(from.AddDate(0, 0, -days), from.AddDate(0, 0, -1))
		if next := until; !next.After(today) {
			d.Next = airing.SpanAddress(next, until.AddDate(0, 0, days-1))
		}
	}
	monday := today.AddDate(0, 0, -((int(today.Weekday()) + 6) % 7))
	month := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, loc)
	for _, s := range []struct {
		word       string
		from, last time.Time
	}{{"today", today, today}, {"yesterday", today.AddDate(0, 0, -1), today.AddDate(0, 0, -1)}, {"week", monday, monday.AddDate(0, 0, 6)},
		{"month", month, month.AddDate(0, 1, -1)}} {
		d.Quick = append(d.Quick, QuickSpan{Word: c.Words.T("diary.quick." + s.word), Address: airing.SpanAddress(s.from, s.last),
			Here: s.from.Equal(from) && s.last.Equal(last)})
	}
	return from, until, nil
}

// address is this page with something changed.
func (d *Diary) address(change url.Values) string {
	q := url.Values{"from": {d.From}, "until": {d.Until}}
	if d.Programme != "" {
		q.Set("programme", d.Programme)
	}
	for k, v := range change {
		if len(v) > 0 && v[0] != "" {
			q[k] = v
		}
	}
	return airing.DiaryPath + "?" + q.Encode()
}

func spanWords(w locale.Words, from, last time.Time) string {
	if from.Equal(last) {
		return frame.Weekday(w, from) + ", " + frame.DayText(from)
	}
	return w.T("diary.span", frame.DayText(from), frame.DayText(last))
}

func diaryOutcomes(w locale.Words, chosen string) []frame.Pick {
	var out []frame.Pick
	for _, v := range []string{api.DiaryGaps, api.DiaryOpen, string(evidence.Full), string(evidence.Late), string(evidence.Partial),
		string(evidence.Preempted), string(evidence.Missed), string(evidence.Skipped), string(evidence.Cancelled)} {
		out = append(out, frame.Pick{Value: v, Word: w.Or("diary.only."+v, w.T("status."+v)), Chosen: v == chosen})
	}
	return out
}

// diaryCounts counts apart what reached no proven loudspeaker.
func diaryCounts(w locale.Words, list []api.DiaryCount) []airing.Badge {
	var out []airing.Badge
	for _, n := range list {
		chip := airing.StatusChip(w, n.Status, n.Output)
		if n.Output != "" && n.Output != string(evidence.Hardware) {
			chip.Text += " (" + airing.ProofChip(w, n.Output).Text + ")"
		}
		out = append(out, airing.Badge{Mark: chip.Mark, Text: fmt.Sprintf("%s: %d", chip.Text, n.N)})
	}
	return out
}

func diaryOutputs(w locale.Words, list []api.DiaryCount) []airing.Badge {
	var out []airing.Badge
	for _, n := range list {
		chip := airing.ProofChip(w, n.Output)
		chip.Text = w.T("diary.output.sum", chip.Text, n.N, api.SpanText(n.AiredMS))
		out = append(out, chip)
	}
	return out
}

// getDiaryExport takes whole days, the last one included.
func (p *Pages) getDiaryExport(c *route.Call) (route.Reply, error) {
	d := Diary{Shell: frame.Shell{Now: p.station.Now(c.Words)}}
	from, until, err := d.period(c)
	if err != nil {
		return nil, err
	}
	return p.station.Export(c, from, until)
}
