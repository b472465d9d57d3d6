package pulsetest

// FirstSound is the index of the first sample louder than threshold, or -1.
func FirstSound(samples []int16, threshold int16) int {
	for i, s := range samples {
		if loud(s, threshold) {
			return i
		}
	}
	return -1
}

// LastSound is the index of the last sample louder than threshold, or -1.
func LastSound(samples []int16, threshold int16) int {
	for i := len(samples) - 1; i >= 0; i-- {
		if loud(samples[i], threshold) {
			return i
		}
	}
	return -1
}

// Gap is a run of silent samples [Start, End).
type Gap struct{ Start, End int }

// Gaps are the silences of more than longest samples that lie between sounds; what is before the first sound and after
// the last is none. A sample no louder than threshold is silent.
func Gaps(samples []int16, threshold int16, longest int) []Gap {
	var gaps []Gap
	last := FirstSound(samples, threshold)
	if last < 0 {
		return nil
	}
	for i := last + 1; i < len(samples); i++ {
		if !loud(samples[i], threshold) {
			continue
		}
		if i-last-1 > longest {
			gaps = append(gaps, Gap{last + 1, i})
		}
		last = i
	}
	return gaps
}

// Find is the first offset in captured at which all of reference follows, every sample within tolerance; -1 if there is
// none. A silent or empty reference is found nowhere: it would match anything.
func Find(captured, reference []int16, tolerance int16) int {
	anchor := loudest(reference)
	if anchor < 0 || !loud(reference[anchor], tolerance) {
		return -1
	}
	// The loudest sample is compared first: it rules out nearly every offset with one look.
	for off := 0; off+len(reference) <= len(captured); off++ {
		if apart(captured[off+anchor], reference[anchor]) > int(tolerance) {
			continue
		}
		if diff, _ := MaxDiff(captured[off:off+len(reference)], reference); diff <= int(tolerance) {
			return off
		}
	}
	return -1
}

// MaxDiff is the largest difference between samples at the same place, and the first place that has it; -1 as place for
// no difference. It compares as far as the shorter goes.
func MaxDiff(a, b []int16) (diff, at int) {
	at = -1
	for i := range min(len(a), len(b)) {
		if d := apart(a[i], b[i]); d > diff {
			diff, at = d, i
		}
	}
	return diff, at
}

func loudest(samples []int16) int {
	best, level := -1, -1
	for i, s := range samples {
		if l := apart(s, 0); l > level {
			best, level = i, l
		}
	}
	return best
}

// apart is |a-b| without int16's overflow: -32768 is louder than 32767.
func apart(a, b int16) int {
	d := int(a) - int(b)
	if d < 0 {
		return -d
	}
	return d
}

func loud(s, threshold int16) bool { return apart(s, 0) > int(threshold) }
