package frame

import (
	"regexp"
	"strconv"
)

// spokenTime is a time of day as people write it: 3:15, 03h15, 3 giờ 15 sáng, 3 giờ chiều.
var spokenTime = regexp.MustCompile(`^(\d{1,2})\s*(?:(?::|h|g|giờ|\.)\s*(\d{1,2})?)?\s*(?:phút|p)?\s*(sáng|trưa|chiều|tối|đêm|khuya|am|pm)?$`)

// SaidTime reads a time of day as people write it, in small letters, with the word behind it: "3 giờ 15 chiều" is 3, 15, "chiều".
// Nothing holds the two numbers to the hours of a day.
func SaidTime(text string) (hour, minute int, part string, ok bool) {
	m := spokenTime.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, "", false
	}
	hour, _ = strconv.Atoi(m[1])   // two digits at most
	minute, _ = strconv.Atoi(m[2]) // none is 0
	return hour, minute, m[3], true
}
