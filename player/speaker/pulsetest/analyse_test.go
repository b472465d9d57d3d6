package pulsetest

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A broken measure would call a broken player healthy.
func TestSoundAndGaps(t *testing.T) {
	const q = 10 // threshold
	cases := []struct {
		name        string
		samples     []int16
		first, last int
		gaps        []Gap // longer than 2
	}{
		{"nothing", nil, -1, -1, nil},
		{"only noise below the threshold", []int16{10, -10, 3}, -1, -1, nil},
		{"lead-in and tail are no gaps", []int16{0, 0, 0, 0, 11, 0, 0, 0, 0}, 4, 4, nil},
		{"a gap of exactly the limit passes", []int16{50, 0, 0, 50}, 0, 3, nil},
		{"one sample more is a gap", []int16{50, 0, 0, 0, -50}, 0, 4, []Gap{{1, 4}}},
		{"two gaps", []int16{0, 50, 0, 0, 0, 50, 50, 9, -9, 9, 9, 50, 0}, 1, 11, []Gap{{2, 5}, {7, 11}}},
		{"the loudest negative sample is sound", []int16{0, -32768, 0}, 1, 1, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := FirstSound(c.samples, q); got != c.first {
				t.Errorf("first sound at %d, want %d", got, c.first)
			}
			if got := LastSound(c.samples, q); got != c.last {
				t.Errorf("last sound at %d, want %d", got, c.last)
			}
			if got := Gaps(c.samples, q, 2); !slices.Equal(got, c.gaps) {
				t.Errorf("gaps %v, want %v", got, c.gaps)
			}
		})
	}
}

func TestFind(t *testing.T) {
	ref := []int16{5, 1000, -2000, 32767, -32768, 7}
	at := func(lead int, clip ...int16) []int16 {
		return append(make([]int16, lead), append(clip, make([]int16, 4)...)...)
	}
	off := func(by int16) []int16 {
		c := slices.Clone(ref)
		c[2] += by
		return c
	}
	cases := []struct {
		name     string
		captured []int16
		ref      []int16
		want     int
	}{
		{"in the middle", at(3, ref...), ref, 3},
		{"at the very end", append(make([]int16, 3), ref...), ref, 3},
		{"two off is within tolerance", at(3, off(2)...), ref, 3},
		{"three off is not", at(3, off(3)...), ref, -1},
		{"one sample dropped", at(3, ref[0], ref[2], ref[3], ref[4], ref[5]), ref, -1},
		{"one sample twice", at(3, ref[0], ref[1], ref[1], ref[2], ref[3], ref[4], ref[5]), ref, -1},
		{"cut short", append(make([]int16, 3), ref[:5]...), ref, -1},
		{"a silent reference matches nothing", make([]int16, 9), make([]int16, 3), -1},
		{"an empty reference matches nothing", make([]int16, 9), nil, -1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Find(c.captured, c.ref, 2); got != c.want {
				t.Errorf("found at %d, want %d", got, c.want)
			}
		})
	}
}

func TestMaxDiffOfExtremes(t *testing.T) {
	if diff, at := MaxDiff([]int16{0, -32768}, []int16{0, 32767}); diff != 65535 || at != 1 {
		t.Errorf("difference %d at %d, want 65535 at 1", diff, at)
	}
	if diff, at := MaxDiff([]int16{4, 5}, []int16{4, 5}); diff != 0 || at != -1 {
		t.Errorf("difference %d at %d, want 0 at -1", diff, at)
	}
}

// Whatever the clip and wherever it lies, it is found at or before its place, and what is found there does match.
func TestFindWhatWasPutIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref := rapid.SliceOfN(rapid.Int16(), 1, 50).Draw(t, "reference")
		lead := rapid.SliceOfN(rapid.Int16Range(-3, 3), 0, 50).Draw(t, "lead-in")
		captured := append(slices.Clone(lead), ref...)
		got := Find(captured, ref, 2)
		if FirstSound(ref, 2) < 0 {
			if got != -1 {
				t.Fatalf("a silent reference found at %d", got)
			}
			return
		}
		if got < 0 || got > len(lead) {
			t.Fatalf("found at %d, put at %d", got, len(lead))
		}
		if diff, _ := MaxDiff(captured[got:got+len(ref)], ref); diff > 2 {
			t.Fatalf("found at %d where it is %d off", got, diff)
		}
	})
}
