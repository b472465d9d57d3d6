package page

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
	"loaxa/admin/route"
	"loaxa/player"
	"loaxa/player/playlog/evidence"
)

const diaryPath = "/diary"

// diaryLines is how many broadcasts stand on one page.
const diaryLines = 50

// Diary is the page of what was planned beside what came of it. Nothing on it changes anything.
type Diary struct {
	Shell
	From, Until  string // days as the form has them; Until is the last day
	Span         string // the period in words
	Quick        []QuickSpan
	Before, Next string // addresses of the periods beside this one; Next is "" when it has not come
	Only         string
	Programme    string
	Programmes   []api.DiaryProgramme
	Outcomes     []Pick
	Filtered     bool
	Counts       []Badge
	Outputs      []Badge
	Gaps         []DiaryLine
	GapsAll      int
	GapsMore     string // address of all gaps; "" when they all stand here
	Lines        []DiaryLine
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
	Problem      Notice // the period could not be shown
}

// QuickSpan is a period that is often asked for.
type QuickSpan struct {
	Word, Address string
	Here          bool
}

// Pick is one entry of a list to choose from.
type Pick struct {
	Value, Word string
	Chosen      bool
}

// Badge is a word with a mark.
type Badge struct{ Mark, Text string }

// DiaryLine is one broadcast of the diary.
type DiaryLine struct {
	Day     string // above the first line of a day
	Due     time.Time
	Title   string
	Status  Badge
	Actual  string // when it began, in words
	Unsure  bool   // Actual is not certain
	Notes   []string
	Proof   Badge // how far it is proved that it was heard; no text when nothing sounded
	Address string
}

func (p *Pages) diaryRoutes() []route.Route {
	export := look("/diary/export", p.getDiaryExport)
	export.Roles, export.Slow, export.Logged = exporters(), true, "export"
	return []route.Route{
		look(diaryPath, p.getDiary),
		look(checkPath, p.getCheck),
		{Method: http.MethodPost, Path: checkPath, Access: route.Signed, Roles: route.Everybody(), MaxBody: formLimit, Slow: true, Page: true, Handle: p.postCheck},
		export,
		look("/diary/:id", p.getStory),
	}
}

// exporters may take the log away.
func exporters() []account.Role {
	return []account.Role{account.Inspector, account.Approver, account.Administrator}
}

func (p *Pages) getDiary(c *route.Call) (route.Reply, error) {
	shell, err := p.shell(c, diaryPath, c.Words.T("menu.diary"))
	if err != nil {
		return nil, err
	}
	d := Diary{Shell: shell, Checkpoint: p.o.Station.Checkpoint(), KeyForm: formPath, MayExport: slices.Contains(exporters(), c.Who.Role)}
	d.Picture = picture(d.Checkpoint)
	if len(p.o.Verifier) > 0 {
		d.Verifier = VerifierPath
	}
	if last := p.o.Station.LastCheck(); last != nil {
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
		list, err = p.o.Station.Diary(q)
	}
	d.Outcomes = diaryOutcomes(c.Words, q.Only)
	if err != nil {
		d.Problem, status = p.refused(c.Words, err)
		return status
	}
	d.Programmes, d.Matching, d.GapsAll = list.Programmes, list.Matching, list.GapsAll
	d.Pages = max(1, (list.Matching+diaryLines-1)/diaryLines)
	d.Lines, d.Gaps = diaryLinesOf(c.Words, list.Rows, true), diaryLinesOf(c.Words, list.Gaps, false)
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
	today := dayStart(d.Now.At)
	d.Today = today.Format(time.DateOnly)
	d.From, d.Until = c.Query("from"), c.Query("until")
	if from, err = c.Time("from", loc, today); err != nil {
		return from, until, err
	}
	from = dayStart(from.In(loc))
	last, err := c.Time("until", loc, from)
	if err != nil {
		return from, until, err
	}
	last = dayStart(last.In(loc))
	until = last.AddDate(0, 0, 1)
	d.From, d.Until = from.Format(time.DateOnly), last.Format(time.DateOnly)
	d.Span = spanWords(c.Words, from, last)
	days := int(until.Sub(from).Hours()+12) / 24
	if days >= 1 {
		d.Before = spanAddress(from.AddDate(0, 0, -days), from.AddDate(0, 0, -1))
		if next := until; !next.After(today) {
			d.Next = spanAddress(next, until.AddDate(0, 0, days-1))
		}
	}
	monday := today.AddDate(0, 0, -((int(today.Weekday()) + 6) % 7))
	month := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, loc)
	for _, s := range []struct {
		word       string
		from, last time.Time
	}{{"today", today, today}, {"yesterday", today.AddDate(0, 0, -1), today.AddDate(0, 0, -1)}, {"week", monday, monday.AddDate(0, 0, 6)},
		{"month", month, month.AddDate(0, 1, -1)}} {
		d.Quick = append(d.Quick, QuickSpan{Word: c.Words.T("diary.quick." + s.word), Address: spanAddress(s.from, s.last),
			Here: s.from.Equal(from) && s.last.Equal(last)})
	}
	return from, until, nil
}

func dayStart(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func spanAddress(from, last time.Time) string {
	return diaryPath + "?" + url.Values{"from": {from.Format(time.DateOnly)}, "until": {last.Format(time.DateOnly)}}.Encode()
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
	return diaryPath + "?" + q.Encode()
}

func spanWords(w locale.Words, from, last time.Time) string {
	if from.Equal(last) {
		return weekday(w, from) + ", " + dayText(from)
	}
	return w.T("diary.span", dayText(from), dayText(last))
}

func diaryOutcomes(w locale.Words, chosen string) []Pick {
	var out []Pick
	for _, v := range []string{api.DiaryGaps, api.DiaryOpen, string(evidence.Full), string(evidence.Late), string(evidence.Partial),
		string(evidence.Preempted), string(evidence.Missed), string(evidence.Skipped), string(evidence.Cancelled)} {
		out = append(out, Pick{v, w.Or("diary.only."+v, w.T("status."+v)), v == chosen})
	}
	return out
}

// diaryCounts counts apart what reached no proven loudspeaker.
func diaryCounts(w locale.Words, list []api.DiaryCount) []Badge {
	var out []Badge
	for _, n := range list {
		chip := statusChip(w, n.Status, n.Output)
		if n.Output != "" && n.Output != string(evidence.Hardware) {
			chip.Text += " (" + proofChip(w, n.Output).Text + ")"
		}
		out = append(out, Badge{chip.Mark, fmt.Sprintf("%s: %d", chip.Text, n.N)})
	}
	return out
}

func diaryOutputs(w locale.Words, list []api.DiaryCount) []Badge {
	var out []Badge
	for _, n := range list {
		chip := proofChip(w, n.Output)
		chip.Text = w.T("diary.output.sum", chip.Text, n.N, api.SpanText(n.AiredMS))
		out = append(out, chip)
	}
	return out
}

func statusWord(w locale.Words, status string) string {
	return w.Or("diary.status."+status, w.Or("status."+status, status))
}

// statusChip marks an outcome. What reached no proven loudspeaker does not look like a success.
func statusChip(w locale.Words, status, output string) Badge {
	r := row(w, api.Broadcast{Status: status, Output: output, Why: string(player.Scheduled)})
	if status == api.StatusPending || status == string(evidence.Skipped) {
		r.Mark = "bad"
	}
	return Badge{r.Mark, statusWord(w, status)}
}

// proofChip says in a word where the sound went.
func proofChip(w locale.Words, output string) Badge {
	switch evidence.Output(output) {
	case evidence.Hardware:
		return Badge{"ok", w.T("diary.proof.hardware")}
	case evidence.Virtual:
		return Badge{"plain", w.T("diary.proof.virtual")}
	}
	return Badge{"warn", w.T("diary.proof.unproven")}
}

// diaryLinesOf puts rows into words; days marks where another day begins.
func diaryLinesOf(w locale.Words, rows []api.DiaryRow, days bool) []DiaryLine {
	out := make([]DiaryLine, 0, len(rows))
	last := ""
	for _, r := range rows {
		l := diaryLine(w, r)
		if day := weekday(w, r.Due) + ", " + dayText(r.Due); days && day != last {
			l.Day, last = day, day
		}
		out = append(out, l)
	}
	return out
}

func diaryLine(w locale.Words, r api.DiaryRow) DiaryLine {
	l := DiaryLine{Due: r.Due, Title: r.Title, Status: statusChip(w, r.Status, r.Output), Address: storyAddress(r.Broadcast)}
	if l.Title == "" {
		l.Title = w.T("diary.untitled")
	}
	if r.AiredMS > 0 {
		l.Proof = proofChip(w, r.Output)
		l.Actual, l.Unsure = startWords(w, r.Start, r.Due)
	}
	if r.Why != string(player.Scheduled) {
		l.Notes = append(l.Notes, w.Or("why."+r.Why, r.Why))
	}
	if r.Reason != "" {
		l.Notes = append(l.Notes, reasonText(w, r.Reason)+outageText(r.Broadcast))
	}
	if r.Person != "" {
		l.Notes = append(l.Notes, w.T("row.person", person(w, r.Person)))
	}
	switch {
	case r.AiredMS > 0:
		l.Notes = append(l.Notes, w.T("row.aired", api.SpanText(r.AiredMS), api.SpanText(r.PlannedMS)))
	case r.PlannedMS > 0:
		l.Notes = append(l.Notes, w.T("diary.length", api.SpanText(r.PlannedMS)))
	}
	return l
}

// startWords is when something began: as written, as corrected, or that it is not known.
func startWords(w locale.Words, s evidence.CorrectedTime, due time.Time) (text string, unsure bool) {
	at := func(t time.Time) string {
		if t = t.In(due.Location()); !dayStart(t).Equal(dayStart(due)) {
			return t.Format("15:04:05 02/01/2006")
		}
		return t.Format("15:04:05")
	}
	switch s.State {
	case evidence.AsWritten:
		return w.T("diary.began", at(s.Written.Time)), false
	case evidence.ByUptime:
		return w.T("diary.began.corrected", at(s.True.Time), at(s.Written.Time)), false
	case evidence.Inconclusive:
		return w.T("diary.began.unsure", at(s.Written.Time)), true
	}
	return "", false
}

// storyAddress leads to a broadcast's story: by its record, which is for ever, or by its ID while it has none.
func storyAddress(b api.Broadcast) string {
	if b.Record != nil {
		return fmt.Sprintf("%s/%d-%d", diaryPath, b.Record.Epoch, b.Record.Index)
	}
	return diaryPath + "/open?broadcast=" + url.QueryEscape(b.Broadcast)
}

// getDiaryExport takes whole days, the last one included.
func (p *Pages) getDiaryExport(c *route.Call) (route.Reply, error) {
	d := Diary{Shell: Shell{Now: p.o.Station.Now(c.Words)}}
	from, until, err := d.period(c)
	if err != nil {
		return nil, err
	}
	return p.o.Station.Export(c, from, until)
}
