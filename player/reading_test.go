package player

import (
	"testing"
	"testing/synctest"
	"time"

	"loaxa/player/playlog/evidence"
)

// Somebody saves a change while a broadcast is on air, and then the program dies: what was heard to its end before the
// change must not sound again, and a rehearsal must still get its outcome.
func TestCrashAfterAChangeOnAir(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("05:00:30")
		w.player.Replan("user:lan")
		synctest.Wait()
		w.crash(2 * time.Second)
		w.until("05:00:45")
		w.player.Replan("user:lan")
		synctest.Wait()
		w.crash(time.Second)
		w.until("05:05:00")
		finished := map[int]int{}
		err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
			_, body, err := decodeRecord(raw)
			if e, ok := body.(evidence.End); ok && e.Result == "finished" {
				finished[e.Item]++
			}
			return err
		})
		if err != nil || finished[0] != 1 || finished[1] != 1 {
			w.t.Errorf("items finished %v times (%v), want each once", finished, err)
		}
		if _, err := w.player.Play(w.t.Context(), PlayRequest{ClipID: "a", Kind: Rehearsal, RequestID: "r", Actor: "user:lan"}); err != nil {
			w.t.Fatal(err)
		}
		w.until("05:05:05")
		w.player.Replan("user:lan")
		synctest.Wait()
		w.crash(time.Second)
		w.until("05:06:00")
		if o := w.history().outcomes["rehearsal:r"]; len(o) != 1 || o[0].Outcome != evidence.Partial {
			w.t.Errorf("outcomes of the rehearsal: %+v, want one: partial", o)
		}
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
}
