package evidence

import "fmt"

// Text is one sentence in both languages.
type Text struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// Finding is something that does not hold. From and Until bound the records in question, [From, Until).
type Finding struct {
	Code  string `json:"code"`
	From  int64  `json:"from"`
	Until int64  `json:"until"`
	Text
}

// Interval is a span of wall time that is stated, such as an outage.
type Interval struct {
	From  Time   `json:"from"`
	Until Time   `json:"until"`
	Why   string `json:"why"`
	Index int64  `json:"index"` // the record that states it
}

// Held is what became of one checkpoint that the verifying person kept. Status: extends (the log goes on from it),
// contradicts, beyond (the log is shorter than it), before (it ends before the part that was brought begins), later (it
// covers more than this part, and another export that was brought with it reaches it), apart (one record cannot be
// compared with it), other_log, unreadable.
type Held struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Status string `json:"status"`
	Detail string `json:"detail"`
	Whose  string `json:"whose,omitempty"` // kept: from the memory of earlier runs; cited: by another file that was brought

	mild bool // that the log ends before it is nothing wrong
}

// Count is how many airings, and for how long they were taken by an output.
type Count struct {
	N       int64 `json:"n"`
	AiredMS int64 `json:"aired_ms"`
}

// Figures are recomputed from the records. Only what hardware took counts as broadcast.
type Figures struct {
	Occurrences map[Outcome]int64 `json:"occurrences"` // decided occurrences of the plan by outcome, whatever the output
	Broadcasts  Count             `json:"broadcasts"`  // scheduled, and taken by hardware
	ByOutput    map[Output]Count  `json:"by_output"`   // scheduled, aired
	ByLevel     map[int]Count     `json:"by_level"`    // scheduled, by evidence level as recomputed
	Rehearsals  Count             `json:"rehearsals"`  // never broadcasts
	Emergencies Count             `json:"emergencies"` // on hardware
	Interrupted int64             `json:"interrupted"` // items that started and have no end
	// Topics are the tags of the clips that hardware took in scheduled broadcasts: broadcasts, and time of those clips.
	// Under "" is what does not fit into maxTopics of them.
	Topics map[string]Count `json:"topics"`
}

// Report is what a verification shows. OK means: no finding. What OK proves and what it does not is in Statements.
type Report struct {
	OK          bool   `json:"ok"`
	Origin      string `json:"origin"`
	Epoch       int64  `json:"epoch"`
	StationName string `json:"station_name"`
	StationCode string `json:"station_code"`
	PublicKey   string `json:"public_key"`
	KeyKnown    bool   `json:"key_known"` // the key is one that the verifying person brought
	First       int64  `json:"first"`     // index of the first record; above 0 for a part of a log
	Size        int64  `json:"size"`      // index after the last record
	Root        string `json:"root"`
	Signed      int64  `json:"signed"` // records under the newest valid checkpoint
	Open        int64  `json:"open"`   // records after it: they can still be changed unseen
	FirstWall   Time   `json:"first_wall"`
	LastWall    Time   `json:"last_wall"`

	FirstBad   int64      `json:"first_bad"` // index of the first record in question; -1 when there is none
	Findings   []Finding  `json:"findings"`  // at most MaxFindings; FindingsAll counts them
	FindingAll int64      `json:"findings_all"`
	Held       []Held     `json:"held"`
	Owed       []string   `json:"owed"`    // occurrences promised and not decided yet
	NotDue     int64      `json:"not_due"` // of those: due after the log's last record
	Awaited    int64      `json:"awaited"` // of those: due before it, their outcome still to come
	Outages    []Interval `json:"outages"` // the program was not running
	Gaps       []Interval `json:"gaps"`    // the log could not be written
	Figures    Figures    `json:"figures"`
	Statements []Text     `json:"statements"` // what is proved, what is not

	Single *SingleRecord `json:"single,omitempty"` // only for a proof of one record

	Comparison *Comparison `json:"comparison,omitempty"` // with the report that was brought
	Sample     []Sampled   `json:"sample,omitempty"`     // for a spot check, in the log's order
	Seed       uint64      `json:"seed,omitempty"`       // of the spot check

	chain link // what ties it to other epochs and to what was kept
}

// MaxFindings is how many findings a report lists.
const MaxFindings = 100

// maxListed bounds the outages, gaps and owed occurrences that a report lists: hostile logs must not exhaust memory.
const maxListed = 10000

func (r *Report) find(code string, from, until int64, en, vi string) {
	r.FindingAll++
	if r.FirstBad < 0 || from < r.FirstBad {
		r.FirstBad = from
	}
	if len(r.Findings) < MaxFindings {
		r.Findings = append(r.Findings, Finding{Code: code, From: from, Until: until, Text: Text{EN: en, VI: vi}})
	}
}

// Add puts a finding into a report that is finished: it does not hold then.
func (r *Report) Add(f Finding) {
	r.find(f.Code, f.From, f.Until, f.EN, f.VI)
	r.OK = false
	r.say("As a whole this does NOT hold: "+f.EN, "Xét chung thì KHÔNG khớp: "+f.VI)
}

func (r *Report) say(en, vi string) { r.Statements = append(r.Statements, Text{EN: en, VI: vi}) }

// conclude writes down what the verification shows and what it cannot show.
func (r *Report) conclude() {
	r.OK = r.FindingAll == 0
	if !r.OK {
		r.say(fmt.Sprintf("The log does NOT verify: %d findings, the first at record %d.", r.FindingAll, r.FirstBad),
			fmt.Sprintf("Nhật ký KHÔNG khớp: %d điểm sai, điểm đầu tiên ở dòng %d.", r.FindingAll, r.FirstBad))
	} else {
		r.say(fmt.Sprintf("All %d records are intact and in order: nothing was changed, removed or inserted under a signed checkpoint.", r.Size-r.First),
			fmt.Sprintf("Toàn bộ %d dòng còn nguyên và đúng thứ tự: không dòng nào dưới dấu mốc đã ký bị sửa, xóa hay chèn thêm.", r.Size-r.First))
	}
	if !r.KeyKnown {
		r.say("The key is not known to you: this shows internal consistency only. Compare the key with the one registered on paper.",
			"Chưa biết khóa này của ai: chỉ chứng minh nhất quán nội bộ. Hãy đối chiếu khóa với phiếu đăng ký khóa.")
	}
	if r.Open > 0 {
		r.say(fmt.Sprintf("The last %d records come after the newest checkpoint: no signature covers them yet.", r.Open),
			fmt.Sprintf("%d dòng cuối nằm sau dấu mốc mới nhất: chưa có chữ ký nào bao trùm.", r.Open))
	}
	if !r.broughtHeld() {
		r.say("No checkpoint kept elsewhere was brought: a log rewritten as a whole by the holder of the key would not be noticed.",
			"Không có dấu mốc giữ ở nơi khác để đối chiếu: nếu người giữ khóa viết lại cả quyển nhật ký thì không phát hiện được.")
	}
	r.sayHeld()
	if r.NotDue > 0 {
		r.say(fmt.Sprintf("%d planned broadcasts were not due yet at the log's last record.", r.NotDue),
			fmt.Sprintf("%d buổi phát theo kế hoạch chưa đến giờ vào lúc ghi dòng cuối.", r.NotDue))
	}
	if r.Awaited > 0 {
		r.say(fmt.Sprintf("%d planned broadcasts were due at the log's last record and still await their outcome, within the time they have for it.", r.Awaited),
			fmt.Sprintf("%d buổi phát theo kế hoạch đã đến giờ vào lúc ghi dòng cuối, còn chờ kết quả và chưa quá hạn.", r.Awaited))
	}
	if r.Figures.Interrupted > 0 {
		r.say(fmt.Sprintf("%d items started and have no end on record.", r.Figures.Interrupted),
			fmt.Sprintf("%d mục đã bắt đầu phát nhưng không có dòng kết thúc.", r.Figures.Interrupted))
	}
	r.sayUnproved()
}

func (r *Report) sayUnproved() {
	r.say("Not proved: that people heard it (chưa kiểm chứng ngoài loa), or that what was written was true when it was written.",
		"Không chứng minh được: người dân đã nghe thấy (chưa kiểm chứng ngoài loa), hay điều được ghi là đúng vào lúc ghi.")
}

// sayHeld says what the checkpoints that were kept elsewhere cover, and what they leave open.
func (r *Report) sayHeld() {
	covered, own, others := int64(-1), 0, 0
	for _, h := range r.Held {
		if h.Whose == "cited" {
			continue
		}
		own++
		switch h.Status {
		case "extends":
			covered = max(covered, h.Size)
		case "before":
			r.say(fmt.Sprintf("The held checkpoint over %d records ends before this part begins: it cannot be compared with it.", h.Size),
				fmt.Sprintf("Dấu mốc mang theo của %d dòng nằm trước phần này: không đối chiếu được.", h.Size))
		case "later":
			r.say(fmt.Sprintf("The held checkpoint over %d records lies after this part: it is compared with the export that reaches it.", h.Size),
				fmt.Sprintf("Dấu mốc mang theo của %d dòng nằm sau phần này: được đối chiếu với bản trích chứa đến dòng đó.", h.Size))
		case "other_log":
			others++
		}
	}
	if others > 0 && others == own {
		r.say(fmt.Sprintf("None of the checkpoints that you kept is of this log, %s: nothing here was compared with what you kept.", r.Origin),
			fmt.Sprintf("Không dấu mốc nào bạn giữ là của nhật ký này, %s: chưa có gì ở đây được đối chiếu với phần bạn giữ.", r.Origin))
	}
	if open := r.Size - covered; covered >= 0 && open > 0 {
		r.say(fmt.Sprintf("The last %d records come after the newest checkpoint that you kept: for them you rely on the holder of the key.", open),
			fmt.Sprintf("%d dòng cuối nằm sau dấu mốc mới nhất mà bạn giữ: phần này chỉ dựa vào người giữ khóa.", open))
	}
}
