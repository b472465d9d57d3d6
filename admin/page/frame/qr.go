package frame

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// QR is a QR code as the parts of an SVG element: sharp on paper, and drawn from the very text that stands beside it.
type QR struct{ ViewBox, Path string }

// DrawQR keeps the four modules of white around the code that scanners need.
func DrawQR(text string) (QR, error) {
	const quiet = 4
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QR{}, fmt.Errorf("drawing QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for code.Black(x, y) {
				x++
			}
			if n := x - from; n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, n, n)
			}
		}
	}
	side := code.Size + 2*quiet
	return QR{ViewBox: fmt.Sprintf("0 0 %d %d", side, side), Path: path.String()}, nil
}
