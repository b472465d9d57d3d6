package audio

import "slices"

const (
	silentUnderLU = 40.0
	edgesPerLU    = 2
	edgesFloor    = -130.0 // LUFS: less is silence beside anything
	edgesTop      = topLUFS
)

// edges remembers when each loudness was first and last heard. How loud silence may be is known only at the end, when
// the loudness of the whole is.
type edges struct{ first, last []int64 } // the tick, by loudness; -1 = never

func newEdges() edges {
	const steps = int((edgesTop-edgesFloor)*edgesPerLU) + 1
	never := slices.Repeat([]int64{-1}, steps)
	return edges{never, slices.Clone(never)}
}

func (e edges) clone() edges { return edges{slices.Clone(e.first), slices.Clone(e.last)} }

// hear notes a tick of a mean square.
func (e edges) hear(tick int64, meanSquare float64) {
	l := lufs(meanSquare)
	if l < edgesFloor {
		return
	}
	i := min(int((l-edgesFloor)*edgesPerLU), len(e.last)-1)
	if e.first[i] < 0 {
		e.first[i] = tick
	}
	e.last[i] = tick
}

// above gives the first and the last tick that was louder, to half an LU.
func (e edges) above(lufs float64) (first, last int64, any bool) {
	first, last = -1, -1
	for i := max(0, int((lufs-edgesFloor)*edgesPerLU)); i < len(e.first); i++ {
		if e.first[i] >= 0 && (first < 0 || e.first[i] < first) {
			first = e.first[i]
		}
		last = max(last, e.last[i])
	}
	return first, last, first >= 0
}
