package evidence

// Within reports whether another of the reports is of the same log and has all of this one's records: what is said of
// the whole need not be said of the part again.
func Within(reports []Report, i int) bool {
	r := reports[i]
	for j, o := range reports {
		if j == i || o.Single != nil || o.Origin != r.Origin || o.First > r.First || o.Size < r.Size {
			continue
		}
		if o.First < r.First || o.Size > r.Size || j < i {
			return true
		}
	}
	return false
}

// Decisive picks, of the comparisons of one report with several logs and parts of logs, the one by which the report
// stands or falls: of those that cover its period one that differs, else one that covers it, else one that differs,
// else any of its station. It is nil when none of the logs is of the report's station.
func Decisive(reports []Report) *Comparison {
	var best *Comparison
	rank := 0
	for i, r := range reports {
		c := r.Comparison
		if c == nil || c.OtherStation || Within(reports, i) {
			continue
		}
		here := 1
		switch differs := c.RowsDiffer+c.FiguresDiffer > 0; {
		case len(c.Uncovered) == 0 && differs:
			here = 4
		case len(c.Uncovered) == 0:
			here = 3
		case differs:
			here = 2
		}
		if here > rank {
			best, rank = c, here
		}
	}
	return best
}
