package device

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

const (
	kills     = 50
	crashStep = 2 * time.Second // between two starts
	crashLate = 6               // seconds within which a broadcast may still begin
)

// Fifty times the program dies without a word, at random moments, while people change things and clips play. Nothing
// that was acknowledged is lost, everything planned is decided once, and nothing sounds twice.
func TestKilledFiftyTimes(t *testing.T) {
	needDevice(t)
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := newStation(t)
	recording := filepath.Join(filepath.Dir(s.dir), "recording.wav")
	s.serve("--device", "virtual", "--record", recording)
	s.anyHour(map[string]any{"warm_up_ms": 200})
	var clips []clip
	for i := range uint64(8) {
		clips = append(clips, s.bring(fmt.Sprintf("c%d", i), noise(pulsetest.Rate*7/10, 100+i)))
	}
	h := history{acknowledged: map[string]bool{}, promised: map[time.Time]bool{}}
	list := s.playlist(schedule.ModeRotate, clips...)
	h.acknowledged[list] = true

	var planned time.Time // until when there is something to play
	var cuts []int
	var slowest time.Duration
	for range kills {
		for time.Until(planned) < 8*time.Second { // more than one run lasts, and so that a start is never near its planning
			h.plan(s, list, &planned, len(clips))
		}
		stop := make(chan struct{})
		var busy sync.WaitGroup
		busy.Add(1)
		go func() { // ends with stop or with the station
			defer busy.Done()
			h.change(s, clips[0], stop)
		}()
		time.Sleep(time.Duration(random.Int64N(int64(1800 * time.Millisecond)))) // the random moment
		s.kill()
		close(stop)
		busy.Wait()
		if info, err := os.Stat(recording); err == nil { // there is none before the first broadcast
			cuts = append(cuts, int(info.Size()-44)/2)
		}
		again := time.Now()
		s.serve("--device", "virtual", "--record", recording)
		slowest = max(slowest, time.Since(again))
	}
	await(t, time.Until(planned)+2*crashLate*time.Second, "nothing due is undecided", func() error {
		lines, err := s.log()
		if err != nil {
			return err
		}
		h.lines = lines
		return h.undecided()
	})
	if r := s.verify(); len(r.Owed) != 0 {
		t.Errorf("still owed by the log: %v", r.Owed)
	}
	s.quit()
	s.verify()
	for _, f := range h.faults() {
		t.Error(f)
	}
	counts := map[string]int{}
	for _, o := range of[evidence.OutcomeBody](h.lines) {
		counts[string(o.Outcome)+" "+o.Reason]++
	}
	t.Logf("slowest start of the program: %.0f ms", ms(slowest))
	t.Logf("%d kills: %d records, %d occurrences %v, %d acknowledged changes", kills, len(h.lines), len(h.promised), counts, len(h.acknowledged))
	if counts["full "] == 0 {
		t.Error("no broadcast was full: the kills left nothing to judge")
	}
	h.controls(t)
	heardOnce(t, readWAV(t, recording), clips, cuts)
}

// heardOnce looks in the recording whether one clip sounds whole twice in a row. Each occurrence has another clip than
// the seven around it, so that would be one broadcast heard twice. One gap is known: a program that dies within the
// last moments before it has noted the end of an item begins that item again.
func heardOnce(t testing.TB, got []int16, clips []clip, cuts []int) {
	t.Helper()
	type hearing struct{ clip, at, end int }
	var whole []hearing
	for at := 0; at < len(got); {
		first := pulsetest.FirstSound(got[at:], sound)
		if first < 0 {
			break
		}
		at += first
		found := false
		for k, c := range clips {
			want := played(c, -16)
			lead := pulsetest.FirstSound(want, sound)
			if begin := at - lead; begin >= 0 && begin+len(want) <= len(got) {
				if d, _ := pulsetest.MaxDiff(got[begin:begin+len(want)], want); d <= 2 {
					whole = append(whole, hearing{k, begin, begin + len(want)})
					at, found = begin+len(want), true
					break
				}
			}
		}
		if found {
			continue
		}
		next := slices.IndexFunc(cuts, func(c int) bool { return c > at }) // a kill cut it
		if next < 0 {
			t.Errorf("at %.2f s of the recording sounds what is no whole clip, and no kill cut it", seconds(at))
			break
		}
		at = cuts[next]
	}
	twice := 0
	for i := 1; i < len(whole); i++ {
		a, b := whole[i-1], whole[i]
		if a.clip != b.clip {
			continue
		}
		known := false
		for _, c := range cuts {
			known = known || c >= a.end && c < a.end+pulsetest.Rate/10
		}
		if !known {
			t.Errorf("clip %d sounds whole at %.2f s and again at %.2f s of the recording", a.clip, seconds(a.at), seconds(b.at))
		}
		twice++
	}
	t.Logf("the recording of %.0f s holds %d whole clips; %d sounded again because the kill came within 100 ms of their end",
		seconds(len(got)), len(whole), twice)
	if len(whole) < kills/4 {
		t.Errorf("only %d whole clips are found: the recording is not read right", len(whole))
	}
}

// played is what a clip sounds like at a loudness target, as long as no peak has to be held.
func played(c clip, target float64) []int16 {
	ratio := math.Pow(10, (target-c.LUFS)/20)
	out := make([]int16, len(c.samples))
	for i, v := range c.samples {
		out[i] = int16(math.Round(float64(v) * ratio))
	}
	return out
}
