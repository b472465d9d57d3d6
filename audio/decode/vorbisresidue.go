package decode

import "math/bits"

// checkVorbisResidues walks on behind the codebooks, over the floors to the residues. jfreymuth/vorbis v1.0.2 takes the
// length of a residue that ends before it begins for one of 2^32 samples, and up to 16 GB to sort them.
func checkVorbisResidues(r *lsbReader) *Refusal {
	for range r.take(6) + 1 {
		r.take(16) // time domain transforms: placeholders
	}
	for i := range r.take(6) + 1 {
		if !walkFloor(r) || r.beyond() {
			return refuse(CodeDamaged, "floor %d", i)
		}
	}
	for i := range r.take(6) + 1 {
		begin, end := walkResidue(r)
		if begin > end || r.beyond() {
			return refuse(CodeDamaged, "residue %d is of samples %d to %d", i, begin, end)
		}
	}
	return nil
}

// walkFloor reads a floor of either type (Vorbis I, 6.2.1 and 7.2.2).
func walkFloor(r *lsbReader) bool {
	switch r.take(16) {
	case 0:
		r.take(8 + 16 + 16 + 6 + 8)
		for range r.take(4) + 1 {
			r.take(8)
		}
		return true
	case 1:
		walkFloor1(r)
		return true
	}
	return false
}

func walkFloor1(r *lsbReader) {
	classes := make([]uint64, r.take(5))
	last := -1
	for i := range classes {
		classes[i] = r.take(4)
		last = max(last, int(classes[i]))
	}
	var dimensions [16]uint64
	for c := range last + 1 {
		dimensions[c] = r.take(3) + 1
		subclasses := r.take(2)
		if subclasses > 0 {
			r.take(8)
		}
		for range 1 << subclasses {
			r.take(8)
		}
	}
	r.take(2)
	width := r.take(4)
	for _, c := range classes {
		r.skip(dimensions[c] * width)
	}
}

// walkResidue reads a residue (Vorbis I, 8.6.1) and tells where it begins and ends.
func walkResidue(r *lsbReader) (begin, end uint64) {
	r.take(16)
	begin, end = r.take(24), r.take(24)
	r.take(24)
	classifications := r.take(6) + 1
	r.take(8)
	books := 0
	for range classifications {
		cascade := r.take(3)
		if r.take(1) == 1 {
			cascade |= r.take(5) << 3
		}
		books += bits.OnesCount64(cascade)
	}
	for range books {
		r.take(8)
	}
	return begin, end
}
