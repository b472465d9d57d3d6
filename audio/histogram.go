package audio

import "math"

const (
	binsPerLU = 100  // resolution
	topLUFS   = 10.0 // louder than a full-scale square wave can read
)

// histogram stands for a list of blocks above the absolute gate: how many there were of each loudness, and their exact
// energy, so that only the bin that a relative gate cuts is approximate.
type histogram struct {
	count  []int64
	energy []float64
}

func newHistogram() *histogram {
	const bins = int((topLUFS-SilentLUFS)*binsPerLU) + 1
	return &histogram{make([]int64, bins), make([]float64, bins)}
}

// add counts a block of mean square e unless it lies under the absolute gate.
func (h *histogram) add(e float64) {
	if l := lufs(e); l > SilentLUFS {
		i := min(int((l-SilentLUFS)*binsPerLU), len(h.count)-1)
		h.count[i]++
		h.energy[i] += e
	}
}

// from counts the blocks in the bins from i on, and adds up their energy.
func (h *histogram) from(i int) (n int64, sum float64) {
	for ; i < len(h.count); i++ {
		n += h.count[i]
		sum += h.energy[i]
	}
	return n, sum
}

// gate is the first bin above the gate that lies lu under the mean of all blocks.
func (h *histogram) gate(lu float64) int {
	n, sum := h.from(0)
	if n == 0 {
		return 0
	}
	return max(0, int(math.Round((lufs(sum/float64(n))-lu-SilentLUFS)*binsPerLU)))
}

// gatedMean is the mean square of the blocks that pass both gates of BS.1770-4, the second 10 LU under the mean of what
// passes the first; 0 without any.
func (h *histogram) gatedMean() float64 {
	n, sum := h.from(h.gate(10))
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// spread is the loudness range of EBU Tech 3342: from the 10th to the 95th percentile of the blocks that pass both
// gates, the second 20 LU under the mean of what passes the first.
func (h *histogram) spread() float64 {
	from := h.gate(20)
	n, _ := h.from(from)
	if n == 0 {
		return 0
	}
	low, high := h.ranked(from, rank(n, 10)), h.ranked(from, rank(n, 95))
	return float64(high-low) / binsPerLU
}

// rank is the place of a percentile among n sorted values, counted from 0, the nearest as in Tech 3342.
func rank(n int64, percent float64) int64 { return int64(math.Round(float64(n-1) * percent / 100)) }

// ranked is the bin of the block with this rank among those from bin i on.
func (h *histogram) ranked(i int, place int64) int {
	for ; i < len(h.count)-1; i++ {
		if place -= h.count[i]; place < 0 {
			break
		}
	}
	return i
}
