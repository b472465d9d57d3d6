package reply

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report/decree"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

var hanoi = time.FixedZone("+07", 7*3600)

// asked is a campaign of four weeks, twice a day, from a Monday on.
func asked() schedule.Campaign {
	return schedule.Campaign{ID: "k-1", Title: "Chậm mà chắc", Agency: "Công an tỉnh", Number: "12/KH-CAT", Date: "2026-02-20", Times: []string{"06:30", "17:00"},
		From: "2026-03-02", Until: "2026-03-29", State: schedule.CampaignApproved, Approved: &schedule.Signature{By: "user:lanhdao"}, ReportDue: "2026-04-02"}
}

var letter = evidence.Letter{Campaign: "k-1", Title: "Chậm mà chắc", Agency: "Công an tỉnh", Number: "12/KH-CAT", Date: "2026-02-20"}

var clip = &evidence.Clip{ID: "c-1", Title: "Cuộc gọi giả công an", SHA256: strings.Repeat("ab", 32), Canonical: strings.Repeat("cd", 32), DurationMS: 60_000, Source: "Công an tỉnh"}

// outcome of the campaign's broadcast.
func outcome(id string, due time.Time, word evidence.Outcome, change func(*evidence.OutcomeBody)) evidence.OutcomeBody {
	o := evidence.OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: word, Programme: "p-1", Title: "Chậm mà chắc", Due: evidence.At(due), Letter: letter,
		PlannedMS: 60_000, StationName: "Đài thử", StationCode: "THU", Items: []evidence.AiredItem{{Kind: "clip", Clip: clip}}}
	if word == evidence.Full || word == evidence.Late || word == evidence.Partial {
		o.AiredMS, o.Output, o.Rate, o.Evidence, o.Started, o.Ended = 60_000, "hardware", 1, 2, evidence.At(due), evidence.At(due.Add(time.Minute))
		o.Items[0].TakenMS = 60_000
	}
	if change != nil {
		change(&o)
	}
	return o
}

// aMonth is the log of the campaign: the second week without power, of which one broadcast was made up for, one on the
// virtual speaker, one cut, a rehearsal, and what belongs to no letter.
func aMonth(t *testing.T) *playlog.Log {
	t.Helper()
	now, dir := time.Date(2026, 3, 1, 12, 0, 0, 0, hanoi), t.TempDir()
	up := int64(0)
	log, err := playlog.Open(playlog.Options{Path: filepath.Join(dir, "playlog.db"), AnchorDir: filepath.Join(dir, "anchors"), KeyPath: filepath.Join(dir, "log.key"),
		StationCode: "THU", StationName: "Đài thử", Device: "main", MayInit: true, Raise: func(string, string) {}, Clear: func(string) {},
		Stamp: func() evidence.Stamp {
			up++
			return evidence.Stamp{Wall: evidence.At(now), Boot: "boot-1", UpMS: up, Clock: evidence.Clock{State: "synchronised"}}
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	put := func(o evidence.OutcomeBody) {
		t.Helper()
		now = o.Due.Add(2 * time.Minute)
		if _, err := log.Append("station", o); err != nil {
			t.Fatal(err)
		}
	}
	for day := range 28 {
		for n, clock := range []time.Duration{6*time.Hour + 30*time.Minute, 17 * time.Hour} {
			due := time.Date(2026, 3, 2+day, 0, 0, 0, 0, hanoi).Add(clock)
			id := "p-1@" + due.Format(time.RFC3339)
			switch {
			case day/7 == 1:
				put(outcome(id, due, evidence.Missed, func(o *evidence.OutcomeBody) { o.Reason = "power_cut" }))
			case day == 15 && n == 0:
				put(outcome(id, due, evidence.Full, func(o *evidence.OutcomeBody) { o.Output, o.Evidence = "virtual", 1 }))
			case day == 16 && n == 0:
				put(outcome(id, due, evidence.Partial, func(o *evidence.OutcomeBody) { o.Reason = "stopped" }))
			default:
				put(outcome(id, due, evidence.Full, nil))
			}
		}
	}
	made := time.Date(2026, 3, 31, 9, 0, 0, 0, hanoi)
	put(outcome("m-1@a", made, evidence.Missed, func(o *evidence.OutcomeBody) { o.MakeupOf = "p-1@2026-03-09T06:30:00+07:00" }))
	put(outcome("m-1@b", made.Add(time.Hour), evidence.Full, func(o *evidence.OutcomeBody) { o.MakeupOf = "m-1@a" }))
	put(outcome("x@1", made.Add(2*time.Hour), evidence.Full, func(o *evidence.OutcomeBody) { o.Letter = evidence.Letter{} }))
	put(outcome("x@2", made.Add(3*time.Hour), evidence.Full, func(o *evidence.OutcomeBody) { o.Letter.Campaign = "k-2" }))
	return log
}

func read(t *testing.T, log *playlog.Log, k schedule.Campaign, size int64) *Reply {
	t.Helper()
	r, err := Read(context.Background(), log, k, size, hanoi, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func words(t *testing.T) locale.Words {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.In(locale.Vietnamese)
}

// The agency that sent the letter adds up: what was asked, what was aired, what is missing.
func TestTheReplyCountsWhatWasAired(t *testing.T) {
	r := read(t, aMonth(t), asked(), 0)
	if r.Asked.Days != 28 || r.Asked.Slots != 56 || r.Asked.Target != 56 {
		t.Errorf("asked %+v", r.Asked)
	}
	// 56 less 14 without power, one virtual, one cut; and one make-up.
	if c := r.Sum.Counted(); c.N != 41 || c.AiredMS != 41*60_000 {
		t.Errorf("counted %+v", c)
	}
	if len(r.Gaps) != 16 || r.Unmade() != 15 {
		t.Errorf("%d gaps, %d not made up for", len(r.Gaps), r.Unmade())
	}
	if g := r.Gaps[0]; g.Made < 0 || r.Account.Rows[g.Made].Occurrence != "m-1@b" {
		t.Errorf("the first gap was made up for by a make-up of its make-up, not by %+v", g)
	}
	if m := r.MissedWeeks(); len(m) != 1 || m[0].Monday.Format(time.DateOnly) != "2026-03-09" {
		t.Errorf("missed weeks %+v", m)
	}
	if len(r.Clips) != 1 || r.Clips[0].Plays != 41 || r.Clips[0].SHA256 != clip.SHA256 {
		t.Errorf("clips %+v", r.Clips)
	}
	if !r.Complete || len(r.Weeks) != 5 {
		t.Errorf("complete %v, %d weeks", r.Complete, len(r.Weeks))
	}
	var aired, failed int64
	rows := map[int32]bool{}
	for _, w := range r.Weeks {
		aired, failed = aired+w.Aired, failed+w.Failed
		for _, i := range w.Rows {
			rows[i] = true
		}
		if w.Absent != 0 {
			t.Errorf("%s: %d were never planned", w.Monday, w.Absent)
		}
	}
	if aired != 41 || failed != 17 || len(rows) != len(r.Account.Rows) {
		t.Errorf("the weeks have %d aired, %d failed, %d rows of %d", aired, failed, len(rows), len(r.Account.Rows))
	}
}

// What was renamed or retagged since must not change what is handed in, and what nobody planned is told.
func TestTheRecordsSpeakNotTheCampaignOfToday(t *testing.T) {
	log := aMonth(t)
	first := read(t, log, asked(), 0)
	k := asked()
	k.Title, k.Number, k.Agency = "Tên mới", "99", "Ai đó"
	again := read(t, log, k, first.Account.Size)
	if again.Title != first.Title || again.Letter != first.Letter || !reflect.DeepEqual(again.Weeks, first.Weeks) || !reflect.DeepEqual(again.Gaps, first.Gaps) {
		t.Errorf("first %+v\nagain %+v", first.Letter, again.Letter)
	}
	k.Times = append(k.Times, "20:00")
	if r := read(t, log, k, 0); r.Weeks[0].Absent != 7 {
		t.Errorf("%d of a time that was never planned", r.Weeks[0].Absent)
	}
	k.ID = "k-3"
	r := read(t, log, k, 0)
	if len(r.Account.Rows) != 0 || r.Title != "Tên mới" || r.Sum.Counted().N != 0 || len(r.MissedWeeks()) != 4 {
		t.Errorf("a campaign of which nothing is on record: %+v", r)
	}
	k.From = "x"
	if _, err := Read(context.Background(), log, k, 0, hanoi, nil); err == nil {
		t.Error("a campaign without days has a reply")
	}
}

func docText(t *testing.T, d decree.Document) string {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("pdftotext (poppler-utils) is missing")
		}
		t.Skip("pdftotext is missing")
	}
	var b bytes.Buffer
	if err := decree.PDF(context.Background(), &b, d); err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-layout", in, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// The paper must say it in sentences that somebody can sign.
func TestTheReplyIsAPaper(t *testing.T) {
	r := read(t, aMonth(t), asked(), 0)
	d := r.Document(words(t), Head{Letterhead: schedule.Letterhead{Issuer: "Ủy ban nhân dân xã Thử", Place: "Thử", Mode: "tm", Title: "Chủ tịch"}, Made: time.Date(2026, 4, 1, 8, 0, 0, 0, hanoi)})
	text := docText(t, d)
	for _, want := range []string{"Kính gửi: Công an tỉnh.", "theo Văn bản số 12/KH-CAT ngày 20/02/2026", "mỗi ngày 2 lần (06:30, 17:00), tất cả các ngày, từ ngày 02/03/2026 đến ngày 29/03/2026: 28 ngày, 56 buổi.",
		"Đã phát đủ 41 buổi, 41,0 phút, trên 56 buổi được yêu cầu (73,2%)", "Không tính: 15 buổi không phát.", "1 buổi chỉ ra loa ảo", "Có 1 tuần không phát được buổi nào: 09/03 – 15/03/2026.",
		"Có 16 buổi không phát đủ: 1 buổi đã phát bù, 15 buổi chưa phát bù", "mất điện", "lúc 10:00 31/03/2026", "Cuộc gọi giả công an", "loaxa/THU/main/1", "buổi nào", "Trong số không tính có 1 buổi phát bù.", "TM. ỦY BAN NHÂN DÂN"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in %s", want, text)
		}
	}
	if !strings.Contains(strings.ReplaceAll(text, " ", ""), clip.SHA256) {
		t.Error("the clip's SHA-256 is not in it")
	}
	if strings.Contains(text, "reply.") || strings.Contains(text, "%!") {
		t.Errorf("a sentence is not filled in: %s", text)
	}
	if strings.Contains(text, "=./.") {
		t.Error("the end sign stands at the checkpoint")
	}
	empty := asked()
	empty.ID, empty.Number, empty.Agency, empty.Times = "k-9", "", "", nil
	var out bytes.Buffer
	if err := decree.DOCX(context.Background(), &out, read(t, aMonth(t), empty, 0).Document(words(t), Head{Made: time.Date(2026, 4, 1, 8, 0, 0, 0, hanoi)})); err != nil {
		t.Errorf("a campaign without anything: %v", err)
	}
}

// The answer is due on a day. The home page must offer it on the campaign's last day, not after somebody asks for it.
func TestRepliesAreReadyOnTheLastDay(t *testing.T) {
	k := asked()
	early := asked()
	early.ID, early.State, early.ReportDue, early.Closed = "k-2", schedule.CampaignClosed, "", &schedule.Signature{At: time.Date(2026, 3, 10, 9, 0, 0, 0, hanoi)}
	draft := asked()
	draft.ID, draft.State, draft.Approved = "k-3", schedule.CampaignClosed, nil
	for _, c := range []struct {
		now  string
		want string
	}{
		{"2026-03-09 12:00", ""}, {"2026-03-10 12:00", "k-2!"}, {"2026-03-28 23:59", "k-2!"}, {"2026-03-29 00:01", "k-1 k-2!"}, {"2026-03-29 17:01", "k-1! k-2!"},
		{"2026-04-03 08:00", "k-1!late k-2!"}, {"2026-05-02 08:00", "k-1!late"}, {"2026-05-20 08:00", ""},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, hanoi)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range ReadyOn([]schedule.Campaign{draft, early, k}, now) {
			s := r.Campaign.ID
			if r.Over {
				s += "!"
			}
			if r.Late {
				s += "late"
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.now, got, c.want)
		}
	}
}
