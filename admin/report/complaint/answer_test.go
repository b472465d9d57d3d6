package complaint

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loaxa/admin/locale"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

var hanoi = time.FixedZone("+07", 7*3600)

// book is a log that a test writes.
type book struct {
	*playlog.Log
	t     testing.TB
	stamp evidence.Stamp
}

func newBook(t testing.TB, begins time.Time) *book {
	t.Helper()
	b, dir := &book{t: t}, t.TempDir()
	b.at(begins, "boot-1", time.Minute, "synchronised")
	var err error
	b.Log, err = playlog.Open(playlog.Options{Path: filepath.Join(dir, "playlog.db"), AnchorDir: filepath.Join(dir, "anchors"), KeyPath: filepath.Join(dir, "log.key"),
		StationCode: "THU", StationName: "Đài thử", Device: "main", MayInit: true, Raise: func(string, string) {}, Clear: func(string) {},
		Stamp: func() evidence.Stamp { return b.stamp }})
	if err != nil {
		t.Fatalf("opening a log: %v", err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// at sets the stamp of what is written next.
func (b *book) at(wall time.Time, boot string, up time.Duration, trust string) {
	b.stamp = evidence.Stamp{Wall: evidence.At(wall), Boot: boot, UpMS: up.Milliseconds(), Clock: evidence.Clock{State: trust}}
}

// later moves wall clock and uptime on.
func (b *book) later(d time.Duration) {
	b.stamp.Wall = evidence.At(b.stamp.Wall.Add(d))
	b.stamp.UpMS += d.Milliseconds()
}

func (b *book) put(actor string, bodies ...evidence.Body) {
	b.t.Helper()
	if _, err := b.Append(actor, bodies...); err != nil {
		b.t.Fatalf("appending: %v", err)
	}
}

var clip = &evidence.Clip{ID: "c-1", Title: "Cảnh giác cuộc gọi giả công an", SHA256: strings.Repeat("ab", 32), Canonical: strings.Repeat("cd", 32), DurationMS: 60_000, GainDB: -4.2}

// airs writes a broadcast of a minute from now on, as the player does.
func (b *book) airs(id, why, title string, change func(*evidence.OutcomeBody)) {
	b.t.Helper()
	begun := b.stamp.Wall
	b.put("station", evidence.Start{Broadcast: id, Why: why, Items: 1, Attempt: 1, Frames: 60 * 48000, ItemKind: "clip", Clip: clip, Opened: clip.Canonical,
		Device: "card", Output: "hardware", Volume: 80, GainDB: -6.1, Class: "ordinary", Zone: "main"})
	b.later(time.Second)
	b.put("station", evidence.Progress{Broadcast: id, Attempt: 1, Onset: begun, Taken: 48000})
	b.later(59 * time.Second)
	b.put("station", evidence.End{Broadcast: id, Attempt: 1, Result: "finished", Taken: 60 * 48000, Rate: 1, LevelDBFS: -18.34})
	o := evidence.OutcomeBody{Broadcast: id, Why: why, Outcome: evidence.Full, Title: title, Programme: "p-1", Class: "ordinary", Zone: "main", Volume: 80, Output: "hardware", Device: "card",
		Evidence: 2, Rate: 1, AiredMS: 60_000, PlannedMS: 60_000, Started: begun, Ended: b.stamp.Wall, StationName: "Đài hôm ấy", StationCode: "THU",
		Items: []evidence.AiredItem{{Kind: "clip", Clip: clip, TakenMS: 60_000}}}
	if why == "scheduled" {
		o.Occurrence, o.Due = id, begun
	}
	if change != nil {
		change(&o)
	}
	b.put("station", o)
}

func words(t testing.TB) locale.Words {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.In(locale.Vietnamese)
}

func (b *book) ask(moment, now time.Time) *Answer {
	b.t.Helper()
	a, err := Ask(context.Background(), b.Log, moment, Query{Now: now, Doubtful: !b.stamp.Clock.Trusted()}, "Đài thử", nil)
	if err != nil {
		b.t.Fatalf("asking: %v", err)
	}
	return a
}

// said is everything that the answer says, in lines.
func said(w locale.Words, a *Answer) string {
	s := a.Sheet(w)
	out := []string{s.Title, s.Station, s.Asked, s.Verdict}
	for _, b := range s.Blocks {
		out = append(out, b.Heading)
		for _, l := range b.Lines {
			out = append(out, l.Text)
		}
	}
	return strings.Join(append(out, s.Basis, s.Signed), "\n")
}

func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not said in:\n%s", p, text)
		}
	}
	if strings.Contains(text, "%!") || strings.Contains(text, "complaint.") {
		t.Errorf("a sentence is not filled in:\n%s", text)
	}
}

func wantsNot(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			t.Errorf("%q is said in:\n%s", p, text)
		}
	}
}

var night = time.Date(2026, 3, 4, 3, 14, 30, 0, hanoi)

// aNight is the complaint of 03:15 with all that led to it: approved, scheduled for a campaign's letter, promised, played.
func aNight(t testing.TB) *book {
	b := newBook(t, night.Add(-30*time.Hour))
	b.later(time.Hour)
	b.put("user:lanhdao", evidence.Change{Seq: 1, What: "clip", ID: "c-1", By: "user:lanhdao", Made: b.stamp.Wall, Before: []byte(`{"title":"Cảnh giác"}`),
		After: []byte(`{"title":"Cảnh giác","approval":{"by":"user:lanhdao","at":"2026-03-02T22:14:30+07:00"}}`)})
	b.put("user:canbo", evidence.Change{Seq: 2, What: "programme", ID: "p-1", By: "user:canbo", Made: b.stamp.Wall, Before: []byte(`null`), After: []byte(`{"title":"Bản tin nhầm giờ"}`)})
	letter := evidence.Letter{Campaign: "k-1", Title: "Đợt cao điểm", Agency: "Công an tỉnh", Number: "12/KH-CAT", Date: "2026-02-01"}
	id := "p-1@2026-03-04T03:14:30+07:00"
	b.put("station", evidence.Plan{From: b.stamp.Wall, Until: evidence.At(night.Add(24 * time.Hour)), Why: "change",
		Programmes:  []evidence.PlannedProgramme{{ID: "p-1", Title: "Bản tin nhầm giờ", Class: "ordinary", Volume: 80, Letter: letter}},
		Occurrences: []evidence.Planned{{ID: id, Programme: "p-1", Due: evidence.At(night), LengthMS: 60_000, Verdict: "airs"}}})
	b.at(night.Add(-2*time.Hour), "boot-1", 28*time.Hour, "synchronised")
	b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
	b.at(night, "boot-1", 30*time.Hour, "synchronised")
	b.airs(id, "scheduled", "Bản tin nhầm giờ", func(o *evidence.OutcomeBody) { o.Letter = letter })
	b.later(2 * time.Hour)
	b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
	return b
}

// The public apology for 03:15 blamed "the software". The answer must name who scheduled it, who approved it, by which
// letter, how loud it was, and each record, so that nobody has to guess.
func TestTheWholeChainIsTold(t *testing.T) {
	b := aNight(t)
	a := b.ask(night.Add(30*time.Second), night.Add(10*time.Hour))
	text := said(words(t), a)
	wants(t, text, "Có 1 buổi đã phát", "Buổi 1: Bản tin nhầm giờ", "Bắt đầu 03:14:30 04/03/2026, kết thúc 03:15:30 04/03/2026.", "theo lịch. Kết quả: đã phát đủ; đã phát 1:00",
		"âm lượng đặt 80 %, mức chỉnh −6,1 dB, mức tiếng đo được −18,3 dBFS", "Lịch do canbo đặt hoặc sửa lần cuối", "do lanhdao phê duyệt lúc", "Theo công văn số 12/KH-CAT ngày 01/02/2026 của Công an tỉnh: Đợt cao điểm.",
		"đặt lịch 2 → kế hoạch 3 → bắt đầu 5 → có tiếng 6 → kết thúc 7 → kết quả 8", "chạy liên tục từ dòng nhật ký", "không điều khiển", "Bộ thu FM", "Micro", "Loa riêng của thôn", "loaxa/THU/main/1", "Đài hôm ấy")
	for _, d := range a.Drafts(words(t), schedule.Letterhead{Issuer: "Ủy ban nhân dân xã Thử"}) {
		wants(t, d.Text, "Ủy ban nhân dân xã Thử", "03:14:30 04/03/2026", "Bản tin nhầm giờ", "12/KH-CAT", "Kính gửi")
		if has := strings.Contains(d.Text, "bắt đầu 5"); has != (d.For == "superior") {
			t.Errorf("records in the draft for %s: %v", d.For, has)
		}
	}
	if a := b.ask(night.Add(4*time.Hour), night.Add(10*time.Hour)); a.Verdict() == Sounded {
		t.Error("four hours later it is said to have sounded, too")
	}
}

// A battery clock that ran 13 hours ahead was trusted until a time server set it: the broadcast of 03:15 is written at
// 16:15, and must be found at 03:15, and not at 16:15 as if that were sure.
func TestAClockThirteenHoursWrong(t *testing.T) {
	for _, off := range []time.Duration{13 * time.Hour, -13 * time.Hour} {
		b := newBook(t, night.Add(-20*time.Hour))
		b.at(night.Add(-6*time.Hour), "boot-1", 14*time.Hour, "synchronised")
		b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
		b.at(night.Add(off-10*time.Minute), "boot-2", time.Minute, "rtc")
		b.put("station", evidence.Boot{Previous: "clean", OutageFrom: evidence.At(night.Add(-5 * time.Hour)), OutageUntil: b.stamp.Wall})
		b.later(10 * time.Minute)
		b.put("user:canbo", evidence.Operator{What: "rehearsal", Object: "c-1", Result: "done"})
		b.airs("rehearsal:1", "rehearsal", "Phát thử", nil)
		b.at(night.Add(20*time.Minute), "boot-2", 31*time.Minute, "synchronised")
		b.put("station", evidence.ClockChange{What: "step", Before: evidence.At(night.Add(off + 20*time.Minute)), After: b.stamp.Wall, Source: "kernel"})
		for range 40 {
			b.later(time.Hour)
			b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
		}
		now := night.Add(50 * time.Hour)
		a := b.ask(night.Add(30*time.Second), now)
		text := said(words(t), a)
		wants(t, text, "Có 1 buổi đã phát", "Bắt đầu 03:14:30 04/03/2026", "đồng hồ của máy chạy sai, chỉ "+night.Add(off).Format("15:04:05 02/01/2006"), "Người ra lệnh: canbo", "đã được chỉnh từ")
		if a := b.ask(night.Add(off), now); a.Verdict() == Sounded || a.Verdict() == Silent {
			t.Errorf("%v: at the time that the wrong clock showed: %s", off, a.Verdict())
		}
	}
	// A clock that nothing vouched for until it was set.
	b := newBook(t, night.Add(-20*time.Hour))
	b.at(night.Add(-13*time.Hour), "boot-2", 2*time.Minute, "doubtful")
	b.airs("emergency:1", "emergency", "Báo bão", nil)
	b.at(night.Add(8*time.Minute), "boot-2", 10*time.Minute, "set")
	b.put("user:canbo", evidence.ClockChange{What: "trust", From: "doubtful", To: "set"})
	wants(t, said(words(t), b.ask(night, night.Add(time.Hour))), "Có 1 buổi đã phát", "Bắt đầu 03:14:30 04/03/2026", "đồng hồ của máy chỉ 14:14:30 03/03/2026")
}

// Whether the power was off is half of the answer.
func TestAPowerCutInThePeriod(t *testing.T) {
	b := newBook(t, night.Add(-6*time.Hour))
	b.at(night.Add(-40*time.Minute), "boot-1", 5*time.Hour, "synchronised")
	b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
	b.at(night.Add(10*time.Minute), "boot-2", time.Minute, "rtc")
	b.put("station", evidence.Boot{Previous: "power", OutageFrom: evidence.At(night.Add(-10 * time.Minute)), OutageUntil: b.stamp.Wall})
	b.later(time.Hour)
	b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
	a := b.ask(night, night.Add(9*time.Hour))
	wants(t, said(words(t), a), "không phát gì", "Máy không chạy từ 03:04 04/03/2026 đến 03:24 04/03/2026 (mất điện")
	wantsNot(t, said(words(t), a), "chạy liên tục")
	// The program alone fell down: the machine did not, and its boot is the same.
	b = newBook(t, night.Add(-6*time.Hour))
	b.at(night.Add(10*time.Minute), "boot-1", 7*time.Hour, "synchronised")
	b.put("station", evidence.Boot{Previous: "crash", OutageFrom: evidence.At(night.Add(-10 * time.Minute)), OutageUntil: b.stamp.Wall})
	b.later(time.Hour)
	b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
	wants(t, said(words(t), b.ask(night, night.Add(9*time.Hour))), "(chương trình dừng đột ngột; dòng 1)")
	wantsNot(t, said(words(t), b.ask(night, night.Add(9*time.Hour))), "chạy liên tục")
	b = newBook(t, night.Add(-6*time.Hour))
	b.at(night.Add(5*time.Hour), "boot-2", time.Minute, "rtc")
	b.put("station", evidence.Boot{Previous: "power", OutageFrom: evidence.At(night.Add(-5 * time.Hour)), OutageUntil: b.stamp.Wall})
	wants(t, said(words(t), b.ask(night, night.Add(9*time.Hour))), "Máy không chạy trong suốt khoảng này")
}

// An emergency is nobody's plan: the order says who gave it and why.
func TestAnEmergencyNamesWhoOrderedIt(t *testing.T) {
	b := newBook(t, night.Add(-6*time.Hour))
	b.at(night, "boot-1", 6*time.Hour, "synchronised")
	b.put("user:truc", evidence.Operator{What: "emergency", Object: "c-1", Reason: "bão số 3", Result: "done"})
	b.put("user:khac", evidence.Operator{What: "emergency", Object: "c-1", Reason: "không được phép", Result: "denied: role"})
	b.airs("emergency:7", "emergency", "Tin bão khẩn cấp", func(o *evidence.OutcomeBody) { o.Person = "user:truc" })
	b.later(time.Hour)
	b.put("station", evidence.Shutdown{Why: "signal"})
	text := said(words(t), b.ask(night, night.Add(9*time.Hour)))
	wants(t, text, "Tin bão khẩn cấp", "Loại: khẩn cấp", "Người ra lệnh: truc, lúc 03:14:30 04/03/2026 (dòng 1). Lý do: bão số 3", "ra lệnh 1 → bắt đầu 3")
	wantsNot(t, text, "khac", "Lịch do")
}

// A commune that answers "it was not us" needs more than an empty list.
func TestANightOfSilenceIsShown(t *testing.T) {
	b := newBook(t, night.Add(-6*time.Hour))
	b.at(night.Add(-2*time.Hour), "boot-1", 4*time.Hour, "synchronised")
	b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
	b.at(night.Add(2*time.Hour), "boot-1", 8*time.Hour, "synchronised")
	b.put("user:canbo", evidence.Operator{What: "sign_in", Result: "done"})
	a := b.ask(night, night.Add(9*time.Hour))
	wants(t, said(words(t), a), "Máy này không phát gì", "Chương trình chạy liên tục từ dòng nhật ký 1 (01:14:30 04/03/2026) đến dòng 2 (05:14:30 04/03/2026), và không có lệnh phát nào ở giữa.", "3 dòng")
	if a.Verdict() != Silent || !a.Watch.Unbroken {
		t.Errorf("%s, %+v", a.Verdict(), a.Watch)
	}
	for _, d := range a.Drafts(words(t), schedule.Letterhead{}) {
		wants(t, d.Text, "không phát nội dung nào", "Đài thử")
	}
	// Nothing was written since; the program is still the same run.
	wants(t, said(words(t), b.ask(night.Add(4*time.Hour), night.Add(9*time.Hour))), "Máy này không phát gì", "cho tới lúc tra cứu")
	if v := b.ask(night.Add(9*time.Hour), night.Add(9*time.Hour)).Verdict(); v != Partly {
		t.Errorf("an hour that is not over is %s", v)
	}
	if v := b.ask(night.AddDate(-1, 0, 0), night).Verdict(); v != Partly {
		t.Errorf("a year before the log is %s", v)
	}
}

// Where no clock of that run was ever known, silence would be a lie.
func TestAnUntrustedBootConcludesNothing(t *testing.T) {
	b := newBook(t, night.Add(-6*time.Hour))
	b.at(night.Add(-4*time.Hour), "boot-2", time.Minute, "doubtful")
	b.put("station", evidence.Boot{Previous: "power", OutageFrom: evidence.At(night.Add(-5 * time.Hour)), OutageUntil: b.stamp.Wall})
	b.later(time.Hour)
	silent := b.ask(night, night.Add(9*time.Hour))
	wants(t, said(words(t), silent), "Không kết luận được")
	b.at(night.Add(6*time.Hour), "boot-3", time.Minute, "rtc")
	b.put("station", evidence.Boot{Previous: "power", OutageFrom: evidence.At(night.Add(5 * time.Hour)), OutageUntil: b.stamp.Wall})
	if v := b.ask(night, night.Add(9*time.Hour)).Verdict(); v != Inconclusive {
		t.Errorf("a night between two boots of which the first never knew the time is %s", v)
	}
	b = newBook(t, night.Add(-6*time.Hour))
	b.at(night.Add(-3*time.Hour), "boot-2", 61*time.Minute, "doubtful")
	b.airs("emergency:1", "emergency", "Không rõ giờ", nil)
	b.at(night.Add(6*time.Hour), "boot-3", time.Minute, "rtc")
	b.put("station", evidence.Boot{Previous: "power", OutageFrom: evidence.At(night.Add(-2 * time.Hour)), OutageUntil: b.stamp.Wall})
	a := b.ask(night, night.Add(9*time.Hour))
	wants(t, said(words(t), a), "Không kết luận được", "Có thể đã phát lúc đó: Không rõ giờ", "Không biết giờ đúng; lúc đó đồng hồ của máy chỉ 00:14:30 04/03/2026")
	for _, d := range a.Drafts(words(t), schedule.Letterhead{}) {
		wants(t, d.Text, "Chưa kết luận được")
		wantsNot(t, d.Text, "không phát nội dung nào")
	}
}

// An answer that was handed in must come out the same when it is asked for again by the same records.
func TestTheLogGrowsAndTheAnswerStays(t *testing.T) {
	b := aNight(t)
	now := night.Add(10 * time.Hour)
	first := said(words(t), b.ask(night, now))
	b.put("user:canbo", evidence.Change{Seq: 3, What: "programme", ID: "p-1", By: "user:khac", Made: b.stamp.Wall, Before: []byte(`{"title":"Bản tin nhầm giờ"}`), After: []byte(`{"title":"Tên khác"}`)})
	again := said(words(t), b.ask(night, now))
	cut := func(s string) string { return s[:strings.Index(s, "Nhật ký loaxa/")] }
	if cut(first) != cut(again) {
		t.Errorf("first\n%s\nagain\n%s", first, again)
	}
}
