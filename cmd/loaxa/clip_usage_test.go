package main

import (
	"bytes"
	"strings"
	"testing"
)

// Wrong use is said in one line before anything is done: there is not even a station here.
func TestClipCommandsSayWhatIsMissing(t *testing.T) {
	for _, c := range []struct{ line, says string }{
		{"reject c-1", "the reason is missing"},
		{"edit c-1", "nothing to change"},
		{"edit c-1 --valid-until mai", `reading --valid-until "mai": not a day`},
		{"edit c-1 --valid-from 2/1/2026 --valid-until 1/1/2026", "it is before --valid-from 2026-01-02"},
		{"approve c-1 --paper-signer Hoa", "needs who signed it, when, and a picture"},
		{"approve", "at least 1 arg"},
		{"submit", "at least 1 arg"},
		{"list --state gone", "is not known"},
		{"list --expiring -1", "out of range"},
		{"import", "say in one way what is brought in"},
		{"import --inbox --stick USB", "say in one way what is brought in"},
		{"import https://a.vn/1.mp3 https://a.vn/2.mp3 --title x", "one --title for several files"},
		{"import https://a.vn/1.mp3 --paper-signer Hoa --paper-date 2026-01-01 --paper-photo clip.go", "goes with --approve"},
		{"trim c-1", "say in one way what is kept"},
		{"trim c-1 --silence --undo", "say in one way what is kept"},
		{"trim c-1 --from 0:02 --until 0:01", "is not after --from"},
		{"trim c-1 --from 0", "is all of it"},
		{"trim c-1 --from 1:75", "not a time in a clip"},
	} {
		var said bytes.Buffer
		args := append([]string{"clip"}, strings.Fields(c.line+" --data none")...)
		code := run(t.Context(), args, nil, stdio{strings.NewReader(""), discard{}, &said})
		if first, _, _ := strings.Cut(said.String(), "\n"); code != exitUsage || !strings.Contains(first, c.says) {
			t.Errorf("%s: exit code %d\n%s", c.line, code, &said)
		}
	}
}
