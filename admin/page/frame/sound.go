package frame

import (
	"fmt"
	"strconv"
	"strings"
)

// SecondsText is a length in seconds, for the field of a form: 65,3.
func SecondsText(ms int64) string {
	return strings.Replace(strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64), ".", ",", 1)
}

// MomentText is a moment of a sound: 1:05,3.
func MomentText(ms int64) string {
	return fmt.Sprintf("%d:%02d,%d", ms/60_000, ms/1000%60, ms/100%10)
}

// ParseMoment reads 1:05,3 and what people write for it: 65, 65.3, 1:05, 0:01:05.
func ParseMoment(s string) (ms int64, ok bool) {
	parts := strings.Split(strings.ReplaceAll(strings.TrimSpace(s), ",", "."), ":")
	if len(parts) > 3 {
		return 0, false
	}
	for i, p := range parts {
		if i < len(parts)-1 {
			n, err := strconv.ParseUint(p, 10, 16)
			if err != nil {
				return 0, false
			}
			ms = (ms + int64(n)) * 60 //nolint:gosec // 16 bits
			continue
		}
		f, err := strconv.ParseFloat(p, 64)
		if err != nil || f < 0 || f > 1e6 || f != f || strings.ContainsAny(p, "eExXpP_+-iInN") {
			return 0, false
		}
		ms = ms*1000 + int64(f*1000+0.5)
	}
	return ms, true
}
