package schedule

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// yearOf200 is the station of the benchmark: 200 programmes, one to three starts a day, in mixed forms.
func yearOf200() Input {
	in := station()
	in.Playlists["turns"] = Playlist{ID: "turns", Mode: ModeRotate, Items: []Item{
		{Kind: KindClip, ClipID: "m1"}, {Kind: KindClip, ClipID: "m2"}}}
	dated := in.Clips["m2"] // expires half-way
	dated.ValidFrom, dated.ValidUntil = "2026-02-01", "2026-08-31"
	in.Clips["m2"] = dated
	rnd := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same station every time
	for i := range 200 {
		minute, hour := rnd.IntN(60), 5+rnd.IntN(14)
		cron := []string{
			fmt.Sprintf("%d %d * * *", minute, hour),
			fmt.Sprintf("%d %d,%d * * *", minute, hour, hour+2),
			fmt.Sprintf("%d %d,%d,%d * * *", minute, hour, hour+1, hour+2),
			fmt.Sprintf("%d %d,%d,%d * * 1-5", minute, hour, hour+1, hour+2),
			fmt.Sprintf("%d %d,%d 1-15 * 6", minute, hour, hour+1),
		}[i%5]
		p := programme(fmt.Sprintf("p-%d", i+1), cron, []string{"lm1", "lm2", "turns"}[i%3])
		p.EffectiveFrom = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
		in.Programmes = append(in.Programmes, p)
	}
	return in
}

func BenchmarkPlanYear200(b *testing.B) {
	in := yearOf200()
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	n := 0
	for b.Loop() {
		n = len(Plan(in, from, from.AddDate(1, 0, 0)))
	}
	b.ReportMetric(float64(n), "occurrences")
}

// BenchmarkPlanDay is what the player asks for again and again.
func BenchmarkPlanDay(b *testing.B) {
	in := yearOf200()
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		Plan(in, from, from.AddDate(0, 0, 1))
	}
}
