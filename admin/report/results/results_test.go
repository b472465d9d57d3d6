package results

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/admin/report/decree"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

var hanoi = time.FixedZone("+07", 7*3600)

func day(d, hour int) time.Time { return time.Date(2026, 1, d, hour, 0, 0, 0, hanoi) }

// row is a broadcast that aired whole.
func row(programme string, due time.Time, change func(*report.Row)) report.Row {
	r := report.Row{Broadcast: programme + due.String(), Occurrence: programme + due.String(), Why: "scheduled", Programme: programme, Title: "Chuyên mục " + programme, Zone: "main",
		Due: due, Outcome: evidence.Full, AiredMS: 90_000, PlannedMS: 90_000, Output: evidence.Hardware, Level: 2,
		Plays: []report.Play{{TakenMS: 90_000, Clip: &evidence.Clip{ID: "1", Title: "Giả danh công an gọi điện", SHA256: "aa", Canonical: "bb", Tags: []string{"A.b.1", "B.14"}, Source: "Công an tỉnh"}}}}
	if change != nil {
		change(&r)
	}
	return r
}

func source(t testing.TB, rows ...report.Row) Source {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	a := &report.Account{From: day(1, 0), Until: day(32, 0), Origin: "loaxa/THU/1", Size: 1234, Checkpoint: []byte("x"), Begins: day(1, 0).AddDate(0, -1, 0), Read: day(40, 0), Rows: rows, Figures: evidence.NewFigures()}
	for _, r := range rows {
		n := a.Figures.ByLevel[r.Level]
		n.N++
		a.Figures.ByLevel[r.Level] = n
	}
	return Source{Account: a, Zone: hanoi, Words: c.In(locale.Vietnamese), Made: day(33, 9), Station: "Đài truyền thanh xã An Lão",
		Letterhead: schedule.Letterhead{Issuer: "Ủy ban nhân dân xã An Lão", Place: "An Lão", Mode: "tm", Title: "Chủ tịch"},
		Taxonomy: schedule.Taxonomy{Axes: []schedule.Axis{
			{ID: "A", Title: "Nội dung kế hoạch tuyên truyền", Topics: []schedule.Topic{{ID: "b", Title: "Phương thức, thủ đoạn"}, {ID: "b.1", Title: "Lừa đảo chiếm đoạt tài sản"}}},
			{ID: "B", Title: "24 hình thức lừa đảo", Topics: []schedule.Topic{{ID: "14", Title: "Giả danh công an, viện kiểm sát, tòa án"}}}}}}
}

// january is a month with everything in it.
func january(t testing.TB) Source {
	var rows []report.Row
	for d := 1; d <= 31; d++ {
		rows = append(rows, row("sáng", day(d, 6), func(r *report.Row) {
			if d == 12 {
				r.Outcome, r.Reason, r.AiredMS, r.Output, r.Plays, r.Level = evidence.Missed, "power_cut", 0, "", nil, 0
				r.OutageFrom, r.OutageUntil = day(12, 5), day(12, 8)
			}
		}))
	}
	for _, d := range []int{5, 12, 19, 26} {
		rows = append(rows, row("tuần", day(d, 17), func(r *report.Row) {
			r.Letter = &evidence.Letter{Campaign: "k", Title: "Phòng, chống lừa đảo", Agency: "Công an xã", Number: "12/CV-CAX", Date: "2025-12-20"}
			if d == 19 {
				r.Outcome, r.Reason, r.AiredMS = evidence.Partial, "stopped", 30_000
			}
		}))
	}
	rows = append(rows, row("thử", day(8, 20), func(r *report.Row) { r.Why, r.Occurrence = "rehearsal", "" }),
		row("khẩn", day(9, 20), func(r *report.Row) { r.Why, r.Occurrence = "emergency", "" }),
		row("sáng", day(31, 9), func(r *report.Row) { r.Output, r.Level = evidence.Virtual, 1 }),
		row("sáng", day(31, 10), func(r *report.Row) { r.Output, r.Level = evidence.Unproven, 1 }))
	return source(t, rows...)
}

// told is the running text of a paper.
func told(d decree.Document) string {
	var b strings.Builder
	for _, x := range d.Body {
		b.WriteString(x.Text + "\n")
	}
	return b.String()
}

func table(d decree.Document, title string) string {
	var b strings.Builder
	for _, a := range d.Appendices {
		for _, x := range a.Body {
			if a.Title == title && x.Table != nil {
				for _, r := range x.Table.Rows {
					b.WriteString(strings.Join(r.Cells, "|") + "\n")
				}
			}
		}
	}
	return b.String()
}

// What the chairman signs must be what the log has: each kind of broadcast in its place, none counted that is not proved.
func TestTheReportTellsTheAccount(t *testing.T) {
	s := january(t)
	d := Build(s, Draft(s))
	text := told(d)
	for _, want := range []string{
		"đã phát đủ 33 buổi theo lịch với 1 tin, bài và 33 lượt phát; tổng thời lượng 49,5 phút.",
		"đã phát khẩn cấp 1 lần, tổng thời lượng 1,5 phút.",
		"Không tính vào số buổi phát đủ: 1 buổi không phát trọn; 1 lần phát thử; 1 buổi ra loa ảo; 1 buổi chưa chứng minh được là ra loa thật.",
		"24 hình thức lừa đảo: đã tuyên truyền 1 chủ đề, nhiều nhất là “Giả danh công an, viện kiểm sát, tòa án” (1 tin, bài; 33 buổi; 49,5 phút).",
		"Văn bản số 12/CV-CAX ngày 20/12/2025 của Công an xã về “Phòng, chống lừa đảo”: đã phát đủ 3 buổi với 1 tin, bài; 4,5 phút.",
		"1/2 chuyên mục được phát trong mọi tuần có lịch.", "“Chuyên mục tuần” (1/4 tuần)",
		"2 buổi, gồm: bị gián đoạn (người trực dừng): 1 buổi; không phát (mất điện): 1 buổi.",
		"mức 0: 1 buổi", "chưa kiểm chứng ngoài loa",
		"Từ 05 giờ 00 phút ngày 12/01/2026 đến 08 giờ 00 phút ngày 12/01/2026 hệ thống ngừng hoạt động (mất điện hoặc máy tắt), 1 buổi bị ảnh hưởng.",
		"trên 1.234 bản ghi đầu tiên của nhật ký loaxa/THU/1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	if got := table(d, "Tổng hợp kết quả theo chuyên đề"); !strings.Contains(got, "1|Lừa đảo chiếm đoạt tài sản|1|33|33|49,5|Toàn hệ thống|\n") || !strings.Contains(got, "|Cộng|1|33|33|49,5|") {
		t.Errorf("the topics:\n%s", got)
	}
	if got := table(d, "Kết quả theo chuyên mục và theo tuần"); !strings.Contains(got, "|Chuyên mục tuần|4|3|1|0|0|4,5|3/4|19/01/2026\n") {
		t.Errorf("the columns:\n%s", got)
	}
	if got := table(d, "Các buổi không phát hoặc không phát trọn"); !strings.Contains(got, "17:00 19/01/2026|Chuyên mục tuần|bị gián đoạn|người trực dừng|0,5/1,5\n") {
		t.Errorf("what did not air:\n%s", got)
	}
	if d.Addressees[0] != "Công an xã An Lão" || d.Code != "BC-UBND" || d.Month != time.February || d.Recipients[len(d.Recipients)-1] != "Lưu: VT, VHXH" {
		t.Errorf("the defaults are %q %q %v %q", d.Addressees, d.Code, d.Month, d.Recipients)
	}
	if strings.Contains(text, "results.") || strings.Contains(text, "%!") {
		t.Errorf("a word is missing:\n%s", text)
	}
}

// A column that was made up for in its week is not reported as missed.
func TestMakeUpsCount(t *testing.T) {
	s := source(t, row("tuần", day(5, 17), func(r *report.Row) { r.Outcome, r.AiredMS, r.Plays = evidence.Missed, 0, nil }),
		row("tuần", day(7, 17), func(r *report.Row) { r.MakeupOf = "x" }))
	if got := table(Build(s, Draft(s)), "Kết quả theo chuyên mục và theo tuần"); got != "1|Chuyên mục tuần|2|1|0|1|0|1,5|1/1|đã phát bù 1 buổi\n" {
		t.Errorf("got %q", got)
	}
}

// The office's words stand where they belong, and change no figure.
func TestTextsOfPeople(t *testing.T) {
	s := january(t)
	facts := func(d decree.Document) []decree.Block { return d.Body[3 : len(d.Body)-7] }
	plain := Build(s, Draft(s))
	texts := Draft(s)
	texts.Subject, texts.Steering, texts.Remarks, texts.Difficulties, texts.Outlook, texts.Proposals = "CHỦ ĐỀ", "MỘT", "HAI", "BA", "BỐN", "NĂM"
	d := Build(s, texts)
	if !reflect.DeepEqual(facts(plain), facts(d)) || !reflect.DeepEqual(plain.Appendices, d.Appendices) {
		t.Error("a text changed the facts")
	}
	if text := told(d); d.Subject != "CHỦ ĐỀ" || strings.Index(text, "MỘT") > strings.Index(text, "II. ") || strings.Index(text, "BA") < strings.Index(text, "III. ") || !strings.HasSuffix(text, "NĂM\n") {
		t.Errorf("the texts are not where they belong:\n%s", text)
	}
	s.Letterhead.Steering, s.Letterhead.Outlook, s.Letterhead.Addressees = "Của xã.", "Riêng.", []string{"Công an tỉnh"}
	if own := Draft(s); own.Steering != "Của xã." || own.Outlook != "Riêng." || Build(s, own).Addressees[0] != "Công an tỉnh" {
		t.Error("the letterhead's own wording is not used")
	}
}

// The same account gives the same paper; a renamed topic changes its title and nothing else.
func TestTheSameAccountTwice(t *testing.T) {
	s := january(t)
	write := func(s Source) []byte {
		var b bytes.Buffer
		if err := decree.PDF(context.Background(), &b, Build(s, Draft(s))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if !bytes.Equal(write(s), write(s)) {
		t.Error("two papers of one account differ")
	}
	before := table(Build(s, Draft(s)), "Tổng hợp kết quả theo chuyên đề")
	s.Taxonomy.Axes[1].Topics[0].Title = "Tên mới"
	after := table(Build(s, Draft(s)), "Tổng hợp kết quả theo chuyên đề")
	if strings.ReplaceAll(after, "Tên mới", "Giả danh công an, viện kiểm sát, tòa án") != before || after == before {
		t.Errorf("after a renaming:\n%s", after)
	}
}

// A month in which the station was silent is reported as such.
func TestNothingAired(t *testing.T) {
	s := source(t)
	s.Letterhead = schedule.Letterhead{}
	d := Build(s, Draft(s))
	if text := told(d); !strings.Contains(text, "đã phát đủ 0 buổi theo lịch với 0 tin, bài và 0 lượt phát; tổng thời lượng 0,0 phút.") || !strings.Contains(text, "chưa có tin, bài nào được phát trong kỳ") {
		t.Errorf("an empty month:\n%s", text)
	}
	if d.Addressees[0] != "Công an xã" {
		t.Errorf("without a letterhead it is for %q", d.Addressees)
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1.000", 1234567: "1.234.567", -1000: "-1.000", -100: "-100"} {
		if got := number(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
	for ms, want := range map[int64]string{0: "0,0", 2_999: "0,0", 3_000: "0,1", 90_000: "1,5", 60_000_000: "1.000,0"} {
		if got := minutes(ms); got != want {
			t.Errorf("%d ms are written %s", ms, got)
		}
	}
}

// Five years of twenty broadcasts a day are still one paper, made while somebody waits.
func TestFiveYears(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	var rows []report.Row
	for d := range 5 * 365 {
		for h := range 20 {
			rows = append(rows, row(fmt.Sprint("p", h), time.Date(2021, 1, 1+d, 4+h%18, h, 0, 0, hanoi), func(r *report.Row) {
				if (d+h)%50 == 0 {
					r.Outcome, r.Reason, r.AiredMS = evidence.Missed, "not_running", 0
				}
			}))
		}
	}
	s := source(t, rows...)
	d := Build(s, Draft(s))
	var b bytes.Buffer
	if err := decree.DOCX(context.Background(), &b, d); err != nil {
		t.Fatal(err)
	}
	if err := decree.PDF(context.Background(), &b, d); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told(d), "721 buổi, gồm") || len(d.Appendices) != 4 {
		t.Errorf("%d appendices:\n%s", len(d.Appendices), told(d))
	}
}
