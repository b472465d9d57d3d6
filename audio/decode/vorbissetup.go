package decode

import "math/bits"

// What a Vorbis file may ask of the decoder. libvorbis uses some ten thousand entries in all its books.
const (
	vorbisMaxEntries = 1 << 17 // in all codebooks
	vorbisMaxValues  = 1 << 20 // numbers that those entries stand for
)

// checkVorbisSetup walks over the codebooks of the set-up header. jfreymuth/vorbis v1.0.2 takes up to 134 MB for the
// entries of a book and 2^40 for their values on the word of the file, and looks for ever in a tree that has holes or
// in a book whose vectors have no length. Of what follows the books only the residues ask for memory.
func checkVorbisSetup(header []byte, channels int) *Refusal {
	r := &lsbReader{b: header, at: 8 * len(vorbisMagic)}
	books := r.take(8) + 1
	var entries, values uint64
	for i := range books {
		n, v, ok := walkCodebook(r, vorbisMaxEntries-entries)
		entries, values = entries+n, values+v
		if !ok || r.beyond() || entries > vorbisMaxEntries || values > vorbisMaxValues {
			return refuse(CodeDamaged, "codebook %d of %d (%d entries, %d values so far, %d channels)", i, books, entries, values, channels)
		}
	}
	return checkVorbisResidues(r)
}

// walkCodebook reads one book as far as its size goes; false where no decoder should see it.
func walkCodebook(r *lsbReader, most uint64) (entries, values uint64, ok bool) {
	if r.take(24) != 0x564342 {
		return 0, 0, false
	}
	dimensions := r.take(16)
	entries = r.take(24)
	if dimensions == 0 || entries == 0 || entries > most {
		return entries, 0, false
	}
	whole, ok := walkLengths(r, entries)
	if !ok || !whole {
		return entries, 0, false
	}
	lookup := r.take(4)
	if lookup == 0 {
		return entries, 0, true
	}
	values = entries * dimensions
	if lookup > 2 || values > vorbisMaxValues {
		return entries, values, false
	}
	r.take(32)
	r.take(32)
	width := r.take(4) + 1
	r.take(1)
	count := values
	if lookup == 1 {
		count = rootOf(entries, dimensions)
	}
	r.skip(count * width)
	return entries, values, true
}

// walkLengths reads how long the codes are. whole says that they fill their tree, so that any bits lead to an entry;
// one single code is allowed to stand alone.
func walkLengths(r *lsbReader, entries uint64) (whole, ok bool) {
	var filled, used uint64 // of 1<<32
	add := func(length, times uint64) bool {
		used += times
		if length > 32 || times > 1<<length {
			return false
		}
		filled += times << (32 - length)
		return filled <= 1<<32
	}
	if r.take(1) == 1 {
		length := r.take(5) + 1
		for done := uint64(0); done < entries; length++ {
			n := r.take(bits.Len64(entries - done))
			if n > entries-done || r.beyond() || !add(length, n) {
				return false, false
			}
			done += n
		}
	} else {
		sparse := r.take(1) == 1
		for range entries {
			if sparse && r.take(1) == 0 {
				continue
			}
			if !add(r.take(5)+1, 1) || r.beyond() {
				return false, false
			}
		}
	}
	// The decoder keeps a tree of entries-1 nodes; one entry alone has none.
	return filled == 1<<32 || used == 1 && entries > 1, true
}

// rootOf is the largest n whose power is not above entries.
func rootOf(entries, power uint64) uint64 {
	n := uint64(1)
	for {
		product := uint64(1)
		for range power {
			if product *= n + 1; product > entries {
				return n
			}
		}
		n++
	}
}

// lsbReader reads bits from the lowest up, as Vorbis packs them. Behind the end there are zeros.
type lsbReader struct {
	b  []byte
	at int // bits
}

func (r *lsbReader) take(n int) (v uint64) {
	for i := range n {
		if r.at < 8*len(r.b) {
			v |= uint64(r.b[r.at/8]>>(r.at%8)&1) << i
		}
		r.at++
	}
	return v
}

func (r *lsbReader) skip(n uint64) { r.at += int(min(n, uint64(8*len(r.b)+1))) }

func (r *lsbReader) beyond() bool { return r.at > 8*len(r.b) }
