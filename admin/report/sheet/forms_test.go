package sheet

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

// Whichever form the office hands in, it says the same: every row once, in one order, whatever the rows are.
func TestEveryFormHasTheSameRows(t *testing.T) {
	o, round := options(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		from := time.Date(2026, 2, 27, 0, 0, 0, 0, hanoi)
		var rows []report.Row
		for i := range rapid.IntRange(0, 12).Draw(rt, "rows") {
			r := aired(from.Add(time.Duration(i)*7*time.Hour), i)
			r.Why = rapid.SampledFrom([]string{"scheduled", "scheduled", "rehearsal", "emergency"}).Draw(rt, "why")
			r.Outcome = rapid.SampledFrom([]evidence.Outcome{"", evidence.Full, evidence.Late, evidence.Partial, evidence.Preempted, evidence.Missed, evidence.Skipped, evidence.Cancelled}).Draw(rt, "outcome")
			r.AiredMS = rapid.SampledFrom([]int64{0, 1, 30_000, 255_000}).Draw(rt, "aired")
			r.Output = rapid.SampledFrom([]evidence.Output{evidence.Hardware, evidence.Unproven, evidence.Virtual}).Draw(rt, "output")
			r.Title = rapid.String().Draw(rt, "title")
			if rapid.Bool().Draw(rt, "doubtful") {
				r.Start.True, r.Start.State = evidence.Time{}, evidence.Inconclusive
			}
			r.Broadcast = fmt.Sprintf("p@%d", i)
			rows = append(rows, r)
		}
		a := account(from, from.AddDate(0, 0, 5), rows...)
		var want []string
		for _, r := range rows {
			want = append(want, r.Broadcast+" "+r.Standing().Name())
		}
		standings := map[string]string{}
		for _, s := range report.Standings() {
			standings[o.teller().Standing(s)] = s.Name()
		}
		var book, list []string
		if round++; round%5 == 1 { // it takes longest by far
			for _, r := range cells(t, opened(t, xlsx(t, a, o)), "Nhật ký")[headRow:] {
				book = append(book, r[len(r)-1]+" "+standings[r[10]])
			}
		} else {
			book = want
		}
		for _, r := range table2(t, a, o, Semicolon)[1:] {
			list = append(list, r[5]+" "+r[20])
		}
		var doc bytes.Buffer
		if err := JSON(context.Background(), &doc, a, o); err != nil {
			rt.Fatal(err)
		}
		claims, err := evidence.ReadClaims(doc.Bytes())
		if err != nil {
			rt.Fatal(err)
		}
		var said []string
		for i, c := range claims.Rows {
			said = append(said, c.Broadcast+" "+rows[i].Standing().Name())
		}
		if !slices.Equal(book, want) || !slices.Equal(list, want) || !slices.Equal(said, want) {
			rt.Fatalf("workbook %v\ncsv %v\njson %v\nwant %v", book, list, said, want)
		}
	})
}
