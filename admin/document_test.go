package admin

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// The list of broadcasts is a report document: whatever the history and the period, it agrees with the log it is from.
func TestListAgreesWithTheLog(t *testing.T) {
	s := newStation(t)
	token := s.token(t, account.Operator)
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", token, `{"title":"L","items":[{"clip_id":"c-1"}]}`), 201)
	p := into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", token, `{"title":"Tin","playlist_id":"`+list.ID+`","cron":"0 6-22 * * *"}`), 201)
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	rnd := rand.New(rand.NewPCG(seed, 1))
	words := []evidence.Outcome{evidence.Full, evidence.Late, evidence.Partial, evidence.Missed, evidence.Skipped, evidence.Cancelled}
	first := s.clock()
	for day := range 6 {
		plan := evidence.Plan{From: evidence.At(s.clock()), Until: evidence.At(s.clock().Add(24 * time.Hour)), Why: "daily", Clips: []evidence.Clip{}, Open: []evidence.Planned{},
			Programmes: []evidence.PlannedProgramme{{ID: p.ID, Title: "Tin", Class: "ordinary", Zone: "main"}}}
		for i := range 5 {
			due := s.clock().Add(time.Duration(i+1) * time.Minute)
			plan.Occurrences = append(plan.Occurrences, evidence.Planned{ID: fmt.Sprintf("%s@%d-%d", p.ID, day, i), Programme: p.ID, Due: evidence.At(due), LengthMS: 20_000, Clips: []string{}, Verdict: "airs"})
		}
		_, err := s.playlog.Append("station", plan)
		must(t, err)
		for _, o := range plan.Occurrences {
			s.pass(time.Minute)
			if day == 5 && rnd.IntN(2) == 0 {
				continue // still pending
			}
			taken := rnd.Int64N(20_001)
			output := []string{"hardware", "virtual", "unproven"}[rnd.IntN(3)]
			b := evidence.OutcomeBody{Outcome: words[rnd.IntN(len(words))], Title: "Tin", AiredMS: taken, PlannedMS: 20_000, Output: output, Rate: 1,
				Items: []evidence.AiredItem{{Kind: "clip", TakenMS: taken, Clip: &evidence.Clip{ID: "c-1", Tags: []string{"lừa đảo"}}}}}
			b.Evidence = evidence.Level(b.Measured())
			s.outcome(t, o.ID, o.Due.Time, b)
		}
		_, err = s.playlog.Append("station", evidence.OutcomeBody{Broadcast: fmt.Sprint("rehearsal:", day), Why: "rehearsal", Outcome: evidence.Full, AiredMS: 5, PlannedMS: 5, Due: evidence.At(s.clock()), Output: "hardware", Rate: 1, Evidence: 2},
			evidence.OutcomeBody{Broadcast: fmt.Sprint("emergency:", day), Why: "emergency", Outcome: evidence.Full, AiredMS: 7, PlannedMS: 7, Output: "hardware", Rate: 1, Evidence: 2})
		must(t, err)
		s.pass(3 * time.Hour)
	}
	most := int64(0)
	for range 40 {
		from := first.Add(time.Duration(rnd.Int64N(int64(20 * time.Hour))))
		q := url.Values{"from": {from.Format(time.RFC3339)}, "until": {from.Add(time.Minute + time.Duration(rnd.Int64N(int64(30*time.Hour)))).Format(time.RFC3339)}}
		w := s.ask("GET", "/api/v1/broadcasts?"+q.Encode(), token, "")
		claims, err := evidence.ReadClaims(w.Body.Bytes())
		if err != nil {
			t.Fatalf("seed %d: %v in %s", seed, err, w.Body)
		}
		r, err := evidence.Verify(s.playlog.Source(), evidence.VerifyOptions{Claims: &claims})
		must(t, err)
		if c := r.Comparison; !c.OK || c.RowsDiffer+c.FiguresDiffer != 0 {
			t.Fatalf("seed %d, %v: %s %+v", seed, q, c.Summary.EN, c.Differences)
		}
		most = max(most, r.Comparison.Log.N)
		for i := range claims.Rows { // the control: the first decided row, one millisecond longer
			if claims.Rows[i].Decided() {
				claims.Rows[i].AiredMS++
				r, err := evidence.Verify(s.playlog.Source(), evidence.VerifyOptions{Claims: &claims})
				must(t, err)
				if r.Comparison.RowsDiffer != 1 {
					t.Fatalf("seed %d, %v: a changed row: %+v", seed, q, r.Comparison)
				}
				break
			}
		}
	}
	if most == 0 {
		t.Errorf("seed %d: no period held a broadcast", seed)
	}
}
