package decode

import "math"

// layer3Store is how many bytes of sound bits a frame may find before its own.
const layer3Store = 511

// layer3 decodes the frames of an MPEG-1 or MPEG-2 Layer III stream to mono. The channels are mixed in the spectrum:
// everything behind it is linear, so the transform is done once where both channels have the same kind of block, and the
// synthesis, which is most of the work, always.
type layer3 struct {
	t        *layer3Tables
	store    []byte // the last sound bits, at most layer3Store bytes
	bits     []byte
	integers [lines]int16
	scales   [2]layer3Scales
	spectrum [2][lines]float32
	used     [2]int
	hybrid   hybrid
	sound    synthesis
}

// hold takes the sound bits of a frame without decoding it.
func (d *layer3) hold(frame []byte, h mpegHeader) {
	_, own := splitFrame(frame, h)
	d.keep(own)
}

func (d *layer3) keep(own []byte) {
	d.store = append(d.store, own...)
	if over := len(d.store) - layer3Store; over > 0 {
		d.store = d.store[:copy(d.store, d.store[over:])]
	}
}

// splitFrame is the side information and the sound bits of a frame.
func splitFrame(frame []byte, h mpegHeader) (side, own []byte) {
	at := mpegHeaderBytes
	if h.guarded {
		at += 2
	}
	if at+h.sideBytes() > len(frame) {
		return nil, nil
	}
	return frame[at : at+h.sideBytes()], frame[at+h.sideBytes():]
}

// decode writes the sound of a frame, mixed to mono, and notes in mixed what the mixing showed. What cannot be
// decoded of it is silent, and whole is false.
func (d *layer3) decode(out []float32, frame []byte, h mpegHeader, mixed *downmix) (whole bool) {
	sideBytes, own := splitFrame(frame, h)
	side, whole := readSide(sideBytes, h, d.t.bands)
	if !whole {
		side = layer3Side{}
	}
	if side.begin > len(d.store) { // only at the start of a stream that was cut out of another, which is no damage
		side = layer3Side{}
	}
	d.scales = [2]layer3Scales{}
	d.bits = append(append(d.bits[:0], d.store[len(d.store)-side.begin:]...), own...)
	all := 8 * len(d.bits)
	d.bits = append(d.bits, make([]byte, bitsBehind)...)
	d.keep(own)
	at := 0
	for g := range h.samples / lines {
		for c := range h.channels {
			part := &side.parts[g][c]
			end := at + part.bits
			ok := end <= all && d.channel(&bitReader{b: d.bits, pos: at}, end, h, &side, g, c)
			if !ok {
				clear(d.spectrum[c][:])
				d.used[c], whole = 0, false
			}
			at = min(end, all)
		}
		if h.channels == 2 {
			d.stereo(h, &side.parts[g], frame[3])
		}
		d.mix(h.channels, &side.parts[g], mixed)
		d.sound.sound(&d.t.synthesis, &d.hybrid.now, out[g*lines:(g+1)*lines])
	}
	return whole
}

// channel reads the spectrum of a channel in a granule.
func (d *layer3) channel(r *bitReader, end int, h mpegHeader, side *layer3Side, g, c int) bool {
	part, scales := &side.parts[g][c], &d.scales[c]
	if part.bits == 0 {
		if h.version == 1 { // the factors of the granule before hold no longer: they may have been directions
			none := *part
			none.scale = 0
			scales.readMPEG1(r, &none, side.share[c], g == 1)
		}
		clear(d.spectrum[c][:])
		d.used[c] = 0
		return true
	}
	if h.version == 1 {
		scales.readMPEG1(r, part, side.share[c], g == 1)
	} else {
		scales.readMPEG2(r, part, c == 1 && h.intensity)
	}
	n, ok := d.t.readLines(r, part, end, &d.integers)
	if !ok || r.pos > end+32 {
		return false
	}
	d.t.scaleLines(part, scales, &d.integers, n, &d.spectrum[c])
	d.used[c] = n
	if part.short() {
		d.used[c] = lines // the order has changed
	}
	return true
}

// mix makes one sound of the channels.
func (d *layer3) mix(channels int, parts *[2]layer3Channel, mixed *downmix) {
	d.hybrid.turn()
	left, right := &d.spectrum[0], &d.spectrum[1]
	if channels == 1 {
		d.hybrid.add(&d.t.hybrid, left, d.used[0], &parts[0])
		return
	}
	n := max(d.used[0], d.used[1])
	var sum, each float32
	for i := range n {
		l, r := left[i], right[i]
		sum += (l + r) * (l + r)
		each += l*l + r*r
		left[i], right[i] = 0.5*l, 0.5*r
	}
	mixed.add(downmix{sum: float64(sum), each: float64(each)})
	a, b := &parts[0], &parts[1]
	if a.switched == b.switched && a.block == b.block && a.mixed == b.mixed {
		for i := range n {
			left[i] += right[i]
		}
		d.hybrid.add(&d.t.hybrid, left, n, a)
		return
	}
	d.hybrid.add(&d.t.hybrid, left, d.used[0], a)
	d.hybrid.add(&d.t.hybrid, right, d.used[1], b)
}

// stereo undoes how the channels were joined.
func (d *layer3) stereo(h mpegHeader, parts *[2]layer3Channel, mode byte) {
	if mode>>6 != 1 {
		return
	}
	middle := mode&0x20 != 0
	if h.intensity {
		d.intensity(h, parts, middle)
		return
	}
	if middle {
		d.used[0] = max(d.used[0], d.used[1])
		d.used[1] = d.used[0]
		d.middleSide(0, d.used[0], 1)
	}
}

// middleSide makes left and right of middle and side in every step-th line.
func (d *layer3) middleSide(from, to, step int) {
	left, right := &d.spectrum[0], &d.spectrum[1]
	for i := from; i < to; i += step {
		l, r := left[i], right[i]
		left[i], right[i] = (l+r)*(math.Sqrt2/2), (l-r)*(math.Sqrt2/2)
	}
}
