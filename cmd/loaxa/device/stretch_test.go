package device

import (
	"fmt"
	"strings"
	"testing"

	"loaxa/player/speaker/pulsetest"
)

// stretch is a run of captured samples that is found unchanged in the clip.
type stretch struct {
	at   int // index in the capture
	from int // index in the clip
	n    int
}

func (s stretch) until() int { return s.from + s.n }

// window is how much is looked up at once: 10 ms of noise stand in one place only.
const window = pulsetest.Rate / 100

// stretches tells which parts of reference are heard in captured, in order. What is faded or cut within a window is not
// found and belongs to none.
func stretches(captured, reference []int16) []stretch {
	var out []stretch
	for at := 0; at+window <= len(captured); {
		part := captured[at : at+window]
		if pulsetest.FirstSound(part, sound) < 0 {
			at += window
			continue
		}
		from := pulsetest.Find(reference, part, 2)
		if from < 0 {
			at++ // the sound begins, or goes on, within this window
			continue
		}
		s := stretch{at, from, window}
		for s.at+s.n < len(captured) && s.from+s.n < len(reference) && near(captured[s.at+s.n], reference[s.from+s.n]) {
			s.n++
		}
		out = append(out, s)
		at += s.n
	}
	return out
}

func near(a, b int16) bool { return a-b <= 2 && b-a <= 2 }

func tell(list []stretch) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 && s.at > list[i-1].at { // of the same capture
			fmt.Fprintf(&b, " %.3f s of other", seconds(s.at-list[i-1].at-list[i-1].n))
		}
		fmt.Fprintf(&b, " [%.3f s to %.3f s]", seconds(s.from), seconds(s.until()))
	}
	return b.String()
}

func seconds(samples int) float64 { return float64(samples) / pulsetest.Rate }

// A measure that cannot see a repetition or a gap would call every resumption good.
func TestStretches(t *testing.T) {
	ref := noise(2*pulsetest.Rate, 9)
	silence := make([]int16, 1000)
	var captured []int16
	for _, part := range [][]int16{silence, ref[:50001], silence, ref[40000:60003], ref[70000:]} {
		captured = append(captured, part...)
	}
	want := []stretch{{1000, 0, 50001}, {52001, 40000, 20003}, {72004, 70000, 26000}}
	got := stretches(captured, ref)
	if len(got) != len(want) {
		t.Fatalf("found%s, want%s", tell(got), tell(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("stretch %d is %+v, want %+v", i, got[i], want[i])
		}
	}
	if got := stretches(noise(3*window, 10), ref); len(got) != 0 {
		t.Errorf("another sound is found in the clip:%s", tell(got))
	}
}
