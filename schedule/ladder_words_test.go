package schedule

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Help and document must not drift apart in what they leave out.
func TestTheLadderIsSaidWhole(t *testing.T) {
	text, err := os.ReadFile("LADDER.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := 0
	for strings.Contains(string(text), fmt.Sprintf("\n%d. ", rules+1)) {
		rules++
	}
	if vi, en := len(Ladder("vi")), len(Ladder("en")); rules < 6 || vi != rules || en != rules {
		t.Errorf("the document has %d rules, Vietnamese %d, English %d", rules, vi, en)
	}
}

// The example of LADDER.md.
func TestTheLaddersExample(t *testing.T) {
	in := station()
	p := func(id, cron, list string, class Class, lateness int64) Programme {
		x := programme(id, cron, list)
		x.Class, x.LatenessS = class, lateness
		return x
	}
	in.Playlists["l15"] = Playlist{ID: "l15", Mode: ModeAll, Items: []Item{{Kind: KindClip, ClipID: "m15"}}}
	in.Clips["m15"] = ClipFact{ID: "m15", Frames: minutes(15), State: "approved"}
	p1 := p("p-1", "0 20 * * *", "lm30", Ordinary, 3600)
	p1.ResumeAfterCut = true
	in.Programmes = []Programme{p1, p("p-2", "10 20 * * *", "lm5", Ordinary, 600), p("p-3", "20 20 * * *", "l15", Priority, 600)}
	for until, resumes := range map[string]string{"21:00": "", "22:00": "20:35"} {
		in.Settings.QuietHours = []DailySpan{{From: until, To: "05:00"}}
		list := Plan(in, at(t, "2026-11-24 20:00:00 +0700"), at(t, "2026-11-24 21:00:00 +0700"))
		if len(list) != 3 || list[0].Verdict != VerdictAirs || list[1].Reason != ReasonOverlap || list[2].Verdict != VerdictAirs || !list[2].Start.Equal(list[2].Due) {
			t.Fatalf("%+v", list)
		}
		got := ""
		if c := list[0].Cuts; len(c) != 1 || c[0].By != list[2].ID {
			t.Fatalf("P1 is cut by %+v", c)
		} else if !c[0].Resumes.IsZero() {
			got = c[0].Resumes.Format("15:04")
		}
		if got != resumes {
			t.Errorf("quiet from %s: goes on at %q, want %q", until, got, resumes)
		}
	}
}
