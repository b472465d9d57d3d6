package evidence

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree recomputes the RFC 6962 root over leaves that come one after another; it holds one hash per level. The zero
// value is the empty tree.
type Tree struct {
	size  int64
	peaks []tlog.Hash // roots of the perfect subtrees, largest first
}

// Add appends the leaf raw.
func (t *Tree) Add(raw []byte) { t.addLeaf(leafHash(raw, nil)) }

// leafHash is tlog.RecordHash; scratch, which may be nil, saves memory.
func leafHash(raw []byte, scratch *[]byte) tlog.Hash {
	var own []byte
	if scratch == nil {
		scratch = &own
	}
	*scratch = append(append((*scratch)[:0], 0), raw...)
	return sha256.Sum256(*scratch)
}

func (t *Tree) addLeaf(h tlog.Hash) {
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
