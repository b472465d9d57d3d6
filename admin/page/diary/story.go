package diary

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player"
	"loaxa/player/playlog/evidence"
)

// Story is the page of one broadcast: what the log says of it, in words.
type Story struct {
	frame.Shell
	Broadcast string
	Name      string
	Status    airing.Badge
	Proof     airing.Badge
	Due       string
	Lines     []Fact // what was planned, what happened
	Evidence  []Fact
	Clock     []Fact
	Letter    string
	Items     []StoryItem
	Events    []StoryEvent
	Cut       bool
	Volume    int64  // of the log; 0 while there is no outcome
	Index     int64  // the outcome's record
	ProofFile string // address of the proof of this record alone
}

// Fact is a name with what is said of it.
type Fact struct {
	Word, Text string
	Mark       string // "" for none
}

// StoryItem is one item as it was played.
type StoryItem struct {
	Number   int
	Title    string
	Kind     string
	Onset    string
	Aired    string
	Result   airing.Badge
	Reason   string
	Original string // hashes
	Opened   string
	Same     frame.Line
	Notes    []string
	Records  string
}

// StoryEvent is what happened beside it.
type StoryEvent struct {
	At    string
	Text  string
	Index int64
}

// recordAddress is volume and record, as lines of the diary link to them.
var recordAddress = regexp.MustCompile(`^([0-9]{1,9})-([0-9]{1,15})$`)

func (p *Pages) getStory(c *route.Call) (route.Reply, error) {
	epoch, index, broadcast := int64(0), int64(-1), c.Query("broadcast")
	if m := recordAddress.FindStringSubmatch(c.Param("id")); m != nil {
		epoch, _ = strconv.ParseInt(m[1], 10, 64) // the pattern bounds both
		index, _ = strconv.ParseInt(m[2], 10, 64)
	} else if c.Param("id") != "open" || broadcast == "" {
		return nil, route.NotFound("broadcast", c.Param("id"))
	}
	told, err := p.station.Story(epoch, index, broadcast)
	if err != nil {
		return nil, err
	}
	w := c.Words
	line := airing.DiaryLineOf(w, told.DiaryRow)
	shell, err := p.frame.Shell(c, airing.DiaryPath, line.Title)
	if err != nil {
		return nil, err
	}
	s := Story{Shell: shell, Broadcast: told.Broadcast.Broadcast, Name: line.Title, Status: line.Status, Proof: line.Proof, Cut: told.Cut,
		Due: told.Due.Format("15:04:05") + ", " + frame.Weekday(w, told.Due) + " " + frame.DayText(told.Due)}
	s.facts(w, told, line)
	for i, it := range told.Items {
		s.Items = append(s.Items, storyItem(w, i+1, it, told.Due))
	}
	for _, e := range told.Events {
		s.Events = append(s.Events, storyEvent(w, e, told.Due))
	}
	if r := told.Record; r != nil {
		s.Volume, s.Index = r.Epoch, r.Index
		s.ProofFile = fmt.Sprintf("%s/log/proof?index=%d&format=tlog-proof", api.Prefix, r.Index)
	}
	return route.Page{Name: "diary-story.html", Data: s}, nil
}

// facts says what was planned, what came of it, and what that proves.
func (s *Story) facts(w locale.Words, t api.Story, line airing.DiaryLine) {
	say := func(to *[]Fact, key, text string) {
		if text != "" {
			*to = append(*to, Fact{Word: w.T("story." + key), Text: text})
		}
	}
	if t.Why == string(player.Scheduled) {
		say(&s.Lines, "due", s.Due)
	} else {
		say(&s.Lines, "why", w.Or("why."+t.Why, t.Why))
	}
	if p := t.Promise; p != nil {
		promised := w.T("story.promised", momentWords(w, p.At, t.Due), p.Index)
		if p.Reason != "" {
			promised += " " + w.T("story.promised.reason", airing.Reason(w, p.Reason))
		}
		say(&s.Lines, "promise", promised)
	}
	say(&s.Lines, "began", line.Actual)
	if t.LatenessMS > 5000 {
		say(&s.Lines, "late", api.SpanText(t.LatenessMS))
	}
	if t.AiredMS > 0 {
		say(&s.Lines, "aired", w.T("row.aired", api.SpanText(t.AiredMS), api.SpanText(t.PlannedMS)))
	}
	say(&s.Lines, "outcome", line.Status.Text)
	if t.Reason != "" {
		say(&s.Lines, "reason", airing.Reason(w, t.Reason)+airing.Outage(t.Broadcast))
	}
	if t.Person != "" {
		say(&s.Lines, "person", frame.Person(w, t.Person))
	}
	say(&s.Lines, "playlist", t.Playlist)
	if t.Body.MakeupOf != "" {
		say(&s.Lines, "makeup", t.Body.MakeupOf)
	}
	if l := t.Body.Letter; l.Number != "" || l.Agency != "" {
		day := l.Date
		if d, err := time.Parse(time.DateOnly, l.Date); err == nil {
			day = frame.DayText(d)
		}
		s.Letter = w.T("story.letter", l.Number, day, l.Agency)
	}
	if t.Record == nil {
		return
	}
	s.evidence(w, t)
	say(&s.Clock, "clock", w.Or("story.clock."+t.Trust, t.Trust))
	say(&s.Clock, "decided", momentWords(w, t.Decided, t.Due))
}

// evidence says what the measurements show, and what they do not.
func (s *Story) evidence(w locale.Words, t api.Story) {
	mark := "warn"
	if t.Evidence >= 2 {
		mark = "ok"
	}
	if t.AiredMS <= 0 {
		mark = "plain"
	}
	s.Evidence = append(s.Evidence, Fact{Mark: mark, Word: w.T("story.level"), Text: w.Or(fmt.Sprintf("story.level.%d", t.Evidence), strconv.Itoa(t.Evidence))})
	if t.AiredMS <= 0 {
		return
	}
	s.Evidence = append(s.Evidence, Fact{Word: w.T("story.device"), Text: strings.TrimSpace(t.Device + " · " + s.Proof.Text)},
		Fact{Word: w.T("story.rate"), Text: w.T("story.rate.text", t.Body.Rate*100)})
	if n := t.Body.Underruns; n > 0 {
		s.Evidence = append(s.Evidence, Fact{Mark: "warn", Word: w.T("story.underruns"), Text: w.T("story.underruns.text", n/48)})
	}
}

// momentWords is a moment as written, as corrected, or that it is in doubt; the day stands there when it is another one.
func momentWords(w locale.Words, c evidence.CorrectedTime, due time.Time) string {
	form := func(t time.Time) string {
		if t = t.In(due.Location()); frame.DayStart(t).Equal(frame.DayStart(due)) {
			return t.Format("15:04:05")
		}
		return t.Format("15:04:05 02/01/2006")
	}
	switch c.State {
	case evidence.ByUptime:
		return w.T("story.at.corrected", form(c.True.Time), form(c.Written.Time))
	case evidence.Inconclusive:
		return w.T("story.at.unsure", form(c.Written.Time))
	case evidence.AsWritten:
		return form(c.Written.Time)
	}
	return ""
}

func storyItem(w locale.Words, number int, it api.StoryItem, due time.Time) StoryItem {
	out := StoryItem{Number: number, Kind: w.Or("story.part."+it.Start.Part, ""), Onset: momentWords(w, it.Onset, due),
		Aired: w.T("row.aired", api.SpanText(it.TakenMS), api.SpanText(it.PlannedMS)), Records: fmt.Sprint(it.Index)}
	if clip := it.Start.Clip; clip != nil {
		out.Title, out.Original, out.Opened = clip.Title, clip.SHA256, it.Start.Opened
		out.Same = frame.Line{Mark: "ok", Text: w.T("story.same")}
		if !it.Same() {
			out.Same = frame.Line{Mark: "bad", Text: w.T("story.other")}
		}
		if clip.Source != "" {
			out.Notes = append(out.Notes, w.T("story.source", clip.Source))
		}
	} else {
		out.Title = w.T("story.silence")
	}
	if it.Start.Attempt > 1 {
		out.Notes = append(out.Notes, w.T("story.attempt", it.Start.Attempt))
	}
	if it.Underruns > 0 {
		out.Notes = append(out.Notes, w.T("story.underruns.text", it.Underruns))
	}
	out.Result = airing.Badge{Mark: "live", Text: w.T("story.result.none")}
	if e := it.End; e != nil {
		mark := "bad"
		if e.Result == "finished" {
			mark = "ok"
		}
		out.Result, out.Reason = airing.Badge{Mark: mark, Text: w.Or("story.result."+e.Result, e.Result)}, reasonOrNone(w, e.Reason)
		out.Records = fmt.Sprintf("%d–%d", it.Index, it.EndIndex)
		if e.LevelDBFS < 0 && e.Taken > 0 {
			out.Notes = append(out.Notes, w.T("story.loudness", e.LevelDBFS))
		}
		if e.Bounded {
			out.Notes = append(out.Notes, w.T("story.bounded"))
		}
	}
	return out
}

func reasonOrNone(w locale.Words, reason string) string {
	if reason == "" {
		return ""
	}
	return airing.Reason(w, reason)
}

func storyEvent(w locale.Words, e api.StoryEvent, due time.Time) StoryEvent {
	out := StoryEvent{At: momentWords(w, e.At, due), Index: e.Index}
	out.Text = w.Or("story."+e.Kind+"."+e.What, e.Kind+": "+e.What)
	if e.Kind == string(evidence.KindOperator) {
		out.Text = w.T("story.by", out.Text, frame.Person(w, e.Actor))
	}
	if e.Detail != "" {
		out.Text += ": " + e.Detail
	}
	return out
}
