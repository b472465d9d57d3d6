package player

import (
	"math"

	"loaxa/schedule"
)

// fedItem is a stretch of the line's content that belongs to one item.
type fedItem struct {
	item   int
	at     int64 // frame of the line's content at which it begins
	offset int64 // frame of the item at which it begins
	n      int64 // frames handed over so far
	whole  bool  // nothing more will come of it
	level  levelSum
}

// heardItem is a fedItem measured against what the device took.
type heardItem struct {
	item   int
	at     int64
	offset int64
	taken  int64
	over   bool
}

type levelSum struct {
	squares float64
	n       int64
}

func (f *feeder) enter(i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := int64(0)
	if k := len(f.fed); k > 0 {
		at = f.fed[k-1].at + f.fed[k-1].n
	}
	f.fed = append(f.fed, fedItem{item: i, at: at, offset: f.offset(i)})
}

func (f *feeder) count(frames []int16) {
	var sum float64
	for _, v := range frames {
		sum += float64(v) * float64(v)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &f.fed[len(f.fed)-1]
	s.n += int64(len(frames))
	s.level.squares += sum
	s.level.n += int64(len(frames))
}

func (f *feeder) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fed[len(f.fed)-1].whole = true
}

func (f *feeder) finished() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all
}

// howMany is how many items the broadcast has, as far as is known.
func (f *feeder) howMany() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.total
}

// heardOf divides what the line took among the items.
func (f *feeder) heardOf(taken int64) []heardItem {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]heardItem, 0, len(f.fed))
	for _, s := range f.fed {
		n := max(0, min(taken-s.at, s.n))
		out = append(out, heardItem{item: s.item, at: s.at, offset: s.offset, taken: n, over: s.whole && n == s.n})
	}
	return out
}

// begunItems lists the items that this line was handed something of.
func (f *feeder) begunItems() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]int, 0, len(f.fed))
	for _, s := range f.fed {
		out = append(out, s.item)
	}
	return out
}

// written is how many frames of an item were handed over, its offset included.
func (f *feeder) written(item int) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.fed {
		if s.item == item {
			return s.offset + s.n
		}
	}
	return 0
}

// level is the RMS of what was handed over of an item, in dBFS, one decimal.
func (f *feeder) level(item int) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.fed {
		if s.item == item && s.level.n > 0 && s.level.squares > 0 {
			rms := math.Sqrt(s.level.squares/float64(s.level.n)) / 32768
			return math.Round(200*math.Log10(rms)) / 10
		}
	}
	return -100
}

// resumeAt is the first place that was likely not heard: back frames before what was taken, but not before the item
// that was sounding.
func (f *feeder) resumeAt(back int64) cursor {
	for i := f.from.item; i < len(f.b.items); i++ {
		if f.b.done[i] || f.b.failed[i] != "" {
			continue
		}
		return cursor{item: i, offset: max(f.offset(i), f.b.taken[i]-back, 0)}
	}
	return cursor{item: len(f.b.items)}
}

// isClip reports whether an item has a clip.
func isClip(it schedule.PlannedItem) bool { return it.Kind == schedule.KindClip }
