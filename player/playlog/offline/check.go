package offline

import (
	"fmt"
	"slices"
	"strings"

	"loaxa/player/playlog/evidence"
)

// Brought is everything that the verifying person hands over.
type Brought struct {
	Files       []Offer
	Keys        string // typed: verifier keys or fingerprints, one a line
	Checkpoints string // typed: signed checkpoints kept elsewhere
}

// The words on everything together.
const (
	Nothing    = "nothing"    // nothing was brought that can be judged
	Holds      = "holds"      // everything holds, and the key is one that the person brought
	Internal   = "internal"   // everything holds, but whose key it is, is not known: internal consistency only
	Unfinished = "unfinished" // nothing is wrong so far, but not all that was brought could be used
	Fails      = "fails"
)

// Answer is all that the page shows.
type Answer struct {
	Word     string               `json:"word"`
	Files    []File               `json:"files"`
	Verdicts []Verdict            `json:"verdicts"` // of each export, then of exports of one log together
	Typed    Typed                `json:"typed"`
	Problems []Problem            `json:"problems"`           // what is wrong beside the verdicts
	Compared *evidence.Comparison `json:"compared,omitempty"` // with the report that was brought, by the log that counts
	Held     []HeldNote           `json:"held"`
}

// Verdict is evidence's verdict as the page shows it.
type Verdict struct {
	Name        string           `json:"name"`
	Parts       int              `json:"parts"`
	Joined      bool             `json:"joined"`
	Holds       bool             `json:"holds"`
	Error       string           `json:"error,omitempty"` // it could not be read: the report says nothing then
	Report      *evidence.Report `json:"report,omitempty"`
	Fingerprint string           `json:"fingerprint"` // of the log's key
}

// wantsKey reports whether it is a proof of one record and only a key is missing: such a proof carries none.
func (v Verdict) wantsKey() bool {
	return v.Report != nil && v.Report.Single != nil && len(v.Report.Findings) > 0 &&
		!slices.ContainsFunc(v.Report.Findings, func(f evidence.Finding) bool { return f.Code != "no_key" })
}

// Typed says what was read in the two text fields.
type Typed struct {
	Keys        int      `json:"keys"`
	Checkpoints int      `json:"checkpoints"`
	Unread      []string `json:"unread"` // lines that are neither key nor checkpoint
}

// Problem is something that belongs to no single log: something wrong, or with Slip something that the person must do
// again.
type Problem struct {
	Code string `json:"code"`
	Slip bool   `json:"slip"`
	evidence.Text
}

// HeldNote is what became of one held checkpoint, over all logs that were brought.
type HeldNote struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Status string `json:"status"` // as in evidence.Held
}

type check struct {
	exports []evidence.NamedExport
	singles []namedSingle
	options evidence.VerifyOptions
}

type namedSingle struct {
	name string
	evidence.Single
}

// verify verifies everything once, in the order in which the command does.
func (c *check) verify() []evidence.Verdict {
	var out []evidence.Verdict
	for _, s := range c.singles {
		r, err := evidence.VerifySingle(s.Single, c.options)
		out = append(out, evidence.Verdict{Name: s.name, Report: r, Err: err})
	}
	return append(out, evidence.VerifyAll(c.exports, c.options)...)
}

// together verifies everything, and once more when the files speak of each other: each may be sound by itself and yet
// not fit the other. Then what an earlier run remembered has its say.
func (c *check) together() []evidence.Verdict {
	verdicts := c.verify()
	if c.options.Cited = evidence.Citations(verdicts); len(c.options.Cited) > 0 {
		verdicts = c.verify()
	}
	if c.options.Kept != nil {
		c.options.Kept.Apply(verdicts) // the page has nowhere to keep the newer memory
	}
	return verdicts
}

// Check judges everything together. It reads nothing but what it is given, and comes to the same verdict on the same
// exports as `loaxa verify`.
func Check(b Brought) Answer {
	c := &check{}
	a := Answer{Files: []File{}, Verdicts: []Verdict{}, Typed: Typed{Unread: []string{}}, Problems: []Problem{}, Held: []HeldNote{}}
	if len(b.Files) > MaxFiles {
		a.slip("too_many", fmt.Sprintf("%d files are too many at once: at most %d.", len(b.Files), MaxFiles),
			fmt.Sprintf("%d tệp là quá nhiều cho một lần: nhiều nhất %d tệp.", len(b.Files), MaxFiles))
		a.Word = Unfinished
		return a
	}
	for _, o := range b.Files {
		a.Files = append(a.Files, c.take(o))
	}
	a.typed(c, b)
	c.unite()
	verdicts := c.together()
	for _, v := range verdicts {
		a.Verdicts = append(a.Verdicts, shown(v))
	}
	for _, s := range evidence.StrangeCheckpoints(verdicts, len(c.options.Held)) {
		a.problem("strange", fmt.Sprintf("A checkpoint that was brought is of the log %s, which is none of these.", s.Origin),
			fmt.Sprintf("Có dấu mốc mang theo thuộc nhật ký %s, không phải nhật ký nào ở đây.", s.Origin))
	}
	a.Held = heldNotes(verdicts, len(c.options.Held))
	for _, h := range a.Held {
		if h.Status == "apart" {
			a.problem("apart", "A checkpoint cannot be compared with a proof of one record: bring an export, too.",
				"Có dấu mốc không so được với chứng minh của một dòng: cần thêm bản trích.")
		}
	}
	a.compare(verdicts, c.options.Claims)
	a.conclude()
	return a
}

// typed reads the two text fields. A line that is meant as a key and is none must not be passed over: the person would
// take the log for checked against it.
func (a *Answer) typed(c *check, b Brought) {
	for _, text := range []string{b.Keys, b.Checkpoints} {
		if len(text) > maxNotes {
			a.slip("typed", "The text is too long.", "Nội dung nhập quá dài.")
			continue
		}
		n := readNotes(text)
		c.addNotes(n)
		a.Typed.Keys += len(n.keys) + len(n.prints)
		a.Typed.Checkpoints += len(n.checkpoints)
		for _, line := range n.other {
			a.Typed.Unread = append(a.Typed.Unread, fmt.Sprintf("%.80s", line))
		}
	}
	if n := len(a.Typed.Unread); n > 0 {
		a.slip("typed", "What was typed is neither a key, a fingerprint nor a whole checkpoint: "+strings.Join(a.Typed.Unread[:min(n, 3)], " / "),
			"Nội dung nhập không phải khóa, dấu vân tay khóa hay một dấu mốc trọn vẹn: "+strings.Join(a.Typed.Unread[:min(n, 3)], " / "))
	}
}

func (c *check) addNotes(n notes) {
	c.options.Keys = append(c.options.Keys, n.keys...)
	c.options.Fingerprints = append(c.options.Fingerprints, n.prints...)
	c.options.Held = append(c.options.Held, n.checkpoints...)
}

// unite leaves out keys and checkpoints that came twice, as when somebody drops a file a second time.
func (c *check) unite() {
	c.options.Keys = once(c.options.Keys)
	c.options.Fingerprints = once(c.options.Fingerprints)
	texts := make([]string, len(c.options.Held))
	for i, h := range c.options.Held {
		texts[i] = string(h)
	}
	c.options.Held = nil
	for _, t := range once(texts) {
		c.options.Held = append(c.options.Held, []byte(t))
	}
}

func once(all []string) []string {
	seen := make(map[string]bool, len(all))
	var out []string
	for _, s := range all {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func shown(v evidence.Verdict) Verdict {
	s := Verdict{Name: v.Name, Parts: v.Parts, Joined: v.Joined, Holds: v.Holds()}
	if v.Err != nil {
		s.Error = v.Err.Error()
		return s
	}
	s.Report = &v.Report
	if print, err := evidence.Fingerprint(v.PublicKey); err == nil {
		s.Fingerprint = print
	}
	return s
}

// heldNotes says of each held checkpoint the most telling of what the verdicts say.
func heldNotes(verdicts []evidence.Verdict, n int) []HeldNote {
	rank := map[string]int{"other_log": 1, "apart": 2, "before": 3, "later": 4, "beyond": 5, "extends": 6, "unreadable": 7, "contradicts": 8}
	out := make([]HeldNote, n)
	for _, v := range verdicts {
		for i, h := range v.Held {
			if i < n && rank[h.Status] > rank[out[i].Status] {
				out[i] = HeldNote{Origin: h.Origin, Size: h.Size, Status: h.Status}
			}
		}
	}
	return out
}

// compare takes over the comparison that counts, of those that the verdicts carry.
func (a *Answer) compare(verdicts []evidence.Verdict, claims *evidence.Claims) {
	if claims == nil {
		return
	}
	var reports []evidence.Report
	for _, v := range verdicts {
		if v.Err == nil {
			reports = append(reports, v.Report)
		}
	}
	a.Compared = evidence.Decisive(reports)
	if a.Compared == nil && len(reports) > 0 {
		a.slip("other_station", fmt.Sprintf("The report is of station %s, and none of these logs is: it was not compared.", claims.StationCode),
			fmt.Sprintf("Báo cáo là của đài %s, không nhật ký nào ở đây là của đài đó: chưa so được.", claims.StationCode))
	}
}

func (a *Answer) problem(code, en, vi string) {
	a.Problems = append(a.Problems, Problem{Code: code, Text: evidence.Text{EN: en, VI: vi}})
}

func (a *Answer) slip(code, en, vi string) {
	a.Problems = append(a.Problems, Problem{Code: code, Slip: true, Text: evidence.Text{EN: en, VI: vi}})
}

// conclude finds the one word: the worst that any part deserves.
func (a *Answer) conclude() {
	order := []string{Nothing, Holds, Internal, Unfinished, Fails}
	worst := 0
	note := func(word string) { worst = max(worst, slices.Index(order, word)) }
	for _, f := range a.Files {
		switch {
		case f.Broken && (f.Kind == KindExport || f.Kind == KindProof):
			note(Fails)
		case f.Broken:
			note(Unfinished)
		}
	}
	for _, p := range a.Problems {
		if p.Slip {
			note(Unfinished)
		} else {
			note(Fails)
		}
	}
	for _, v := range a.Verdicts {
		switch {
		case !v.Holds && v.wantsKey():
			note(Unfinished)
		case !v.Holds:
			note(Fails)
		case !v.Report.KeyKnown:
			note(Internal)
		default:
			note(Holds)
		}
	}
	switch c := a.Compared; {
	case c == nil || c.OK:
	case c.RowsDiffer+c.FiguresDiffer > 0:
		note(Fails)
	default: // nothing differs, but a part of its period was not brought
		note(Unfinished)
	}
	a.Word = order[worst]
}
