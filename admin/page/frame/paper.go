package frame

import (
	"fmt"
	"strings"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/player/playlog/evidence"
)

// Mark is a checkpoint in its parts, so that a person can copy it by hand, and whole as a picture.
type Mark struct {
	Size      int64
	Root      []string
	Signature []string
	QR        QR
}

// MarkOf reads a checkpoint for the form. Only one that the key on the same sheet has signed is printed.
func MarkOf(text, key string) (Mark, error) {
	cp, err := evidence.OpenCheckpoint([]byte(text), key)
	if err != nil {
		return Mark{}, fmt.Errorf("printing newest checkpoint: %w: %w", api.ErrLog, err)
	}
	m := Mark{Size: cp.Size, Root: Pieces(cp.Root.String())}
	m.Signature = Pieces(text[strings.LastIndex(text, " ")+1 : len(text)-1])
	m.QR, err = DrawQR(text)
	return m, err
}

// Pieces cuts a long word so that a line can break where an eye finds its place again.
func Pieces(s string) []string {
	const length = 11 // a quarter of 32 bytes in base64
	var out []string
	for len(s) > length {
		out, s = append(out, s[:length]), s[length:]
	}
	return append(out, s)
}

// PrintedClock says on paper what the home page says to somebody who can do something about it.
func PrintedClock(w locale.Words, trust string) string {
	if trust == "doubtful" {
		return w.T("form.doubtful")
	}
	return TrustLine(w, trust).Text
}
