package decode

// mixStride is the distance of the frames that are compared: the energies of a sound are known well from a seventh of it,
// and mixing is on the way of every sample.
const mixStride = 7

// cancelled is the energy of the sum of the channels as a part of the energies of the channels, below which they are
// said to cancel each other. Unrelated channels give 1, equal ones their number, inverted ones 0.
const cancelled = 0.2

// downmix notes whether channels cancel each other in the mono that is made of them. It is embedded in a stream of several
// channels, which lets it see the samples before it mixes them; the zero value is ready.
type downmix struct {
	sum, each float64 // energy of the sum, and sum of the energies, in any unit
}

// cancels tells, at the end, whether the mono sounds much weaker than the channels did.
func (d *downmix) cancels() bool { return d.sum < cancelled*d.each }

// add takes over what was noted elsewhere.
func (d *downmix) add(part downmix) {
	d.sum += part.sum
	d.each += part.each
}

// compare notes the energies of interleaved samples, of which centre is silence.
func compare[T int | int16 | int32 | float32](d *downmix, interleaved []T, channels int, centre T) {
	if channels < 2 {
		return
	}
	for ; len(interleaved) >= channels; interleaved = interleaved[min(mixStride*channels, len(interleaved)):] {
		sum := 0.0
		for _, v := range interleaved[:channels] {
			x := float64(v) - float64(centre)
			sum += x
			d.each += x * x
		}
		d.sum += sum * sum
	}
}

// compareStereo16 notes the energies of stereo in little-endian 16-bit samples.
func (d *downmix) compareStereo16(raw []byte) {
	const frame = 4
	for i := 0; i+frame <= len(raw); i += mixStride * frame {
		left := float64(int16(uint16(raw[i]) | uint16(raw[i+1])<<8))
		right := float64(int16(uint16(raw[i+2]) | uint16(raw[i+3])<<8))
		d.sum += (left + right) * (left + right)
		d.each += left*left + right*right
	}
}
