package schedule

import "testing"

// A title that looks like another one, or turns the line of a report around, is not stored as it came.
func TestNormaliseTextDropsWhatDoesNotShow(t *testing.T) {
	for in, want := range map[string]string{
		"  Bản   tin\tsáng\n":             "Bản tin sáng",
		"Ba\u0309n tin":                   "Bản tin",
		"Bả\u200bn\ufeff tin\u202e\u2066": "Bản tin",
		"a\u200b\u0309":                   "ả",
		"Bản\x00 tin":                     "Bản\x00 tin",
		"Bản tin\xff":                     "Bản tin\xff",
		"\u200b \u202e":                   "",
	} {
		if got := NormaliseText(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
		if got := NormaliseText(want); got != want {
			t.Errorf("%q changes again, into %q", want, got)
		}
	}
}
