package route

import (
	"fmt"
	"sort"
)

// Suggest is " (did you mean X?)" with the known name nearest to a mistaken one, or the names that there are when
// none is near.
func Suggest(name string, known []string) string {
	sort.Strings(known)
	best, bestAt := "", len(name)/2+2
	for _, k := range known {
		if d := distance(name, k); d < bestAt {
			best, bestAt = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf(" (did you mean %s?)", best)
	}
	if len(known) == 0 {
		return " (none is known here)"
	}
	s := " (known:"
	for _, k := range known {
		s += " " + k
	}
	return s + ")"
}

// distance is the number of insertions, deletions and changes between two short words. Long ones are cut: the input
// is a stranger's.
func distance(a, b string) int {
	const longest = 48
	if len(a) > longest {
		a = a[:longest]
	}
	if len(b) > longest {
		b = b[:longest]
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next := min(row[j]+1, row[j-1]+1, diagonal+cost)
			diagonal, row[j] = row[j], next
		}
	}
	return row[len(b)]
}
