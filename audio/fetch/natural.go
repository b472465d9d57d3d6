package fetch

import (
	"cmp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// natural compares as a person counts: "Bài 2" comes before "Bài 10". Case counts only where nothing else differs.
func natural(a, b string) int {
	x, y := strings.ToLower(norm.NFC.String(a)), strings.ToLower(norm.NFC.String(b))
	for x != "" && y != "" {
		dx, dy := digits(x), digits(y)
		if dx > 0 && dy > 0 {
			nx, ny := strings.TrimLeft(x[:dx], "0"), strings.TrimLeft(y[:dy], "0")
			if c := cmp.Or(cmp.Compare(len(nx), len(ny)), cmp.Compare(nx, ny)); c != 0 {
				return c
			}
			x, y = x[dx:], y[dy:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
