package evidence

import "golang.org/x/mod/sumdb/tlog"

// Tree recomputes the RFC 6962 root over leaves that come one after another; it holds one hash per level. The zero
// value is the empty tree.
type Tree struct {
	size  int64
	peaks []tlog.Hash // roots of the perfect subtrees, largest first
}

// Add appends the leaf raw.
func (t *Tree) Add(raw []byte) {
	h := tlog.RecordHash(raw)
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.peaks) - 1
		h = tlog.NodeHash(t.peaks[last], h)
		t.peaks = t.peaks[:last]
	}
	t.peaks = append(t.peaks, h)
	t.size++
}

// Size is how many leaves were added.
func (t *Tree) Size() int64 { return t.size }

// Root is the tree's root hash.
func (t *Tree) Root() (tlog.Hash, error) {
	if len(t.peaks) == 0 {
		return tlog.TreeHash(0, nil)
	}
	h := t.peaks[len(t.peaks)-1]
	for i := len(t.peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.peaks[i], h)
	}
	return h, nil
}
