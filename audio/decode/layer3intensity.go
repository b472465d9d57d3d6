package decode

import "math"

// intensity spreads the left channel over both, in the bands above everything that the right one has of its own. There
// the right channel's scale factors are directions, of which the greatest possible one means none.
func (d *layer3) intensity(h mpegHeader, parts *[2]layer3Channel, middle bool) {
	c := &parts[1]
	bands := d.t.bands
	long := c.longLines()
	d.used = [2]int{lines, lines}
	highest := [3]int{-1, -1, -1} // the last short band of each window that has something
	last := -1                    // the last line that has something
	for i, v := range d.spectrum[1] {
		if v != 0 {
			last = i
		}
	}
	if c.short() {
		for band := btoi(c.mixed) * 3; band < 13; band++ {
			for i := 3 * bands.short[band]; i < 3*bands.short[band+1]; i++ {
				if d.spectrum[1][i] != 0 {
					highest[(i-3*bands.short[band])%3] = band
				}
			}
		}
		if highest != [3]int{-1, -1, -1} {
			last = lines // short blocks have something: no long one gives directions
		}
	}
	position := 0
	for band := 0; band < 22 && bands.long[band] < long; band++ {
		from, to := bands.long[band], min(bands.long[band+1], long)
		factor := min(band, 20)
		d.direct(h, c, d.scales[1].long[factor], factor, from, to, 1, from > last, middle)
		position = band + 1
	}
	if !c.short() {
		return
	}
	for band := btoi(c.mixed) * 3; band < 13; band++ {
		for w := range 3 {
			factor := min(band, 11)
			from := 3*bands.short[band] + w
			at := position + 3*(factor-btoi(c.mixed)*3) + w
			d.direct(h, c, d.scales[1].short[factor][w], at, from, 3*bands.short[band+1], 3, band > highest[w], middle)
		}
	}
}

// direct undoes the joining of one band.
func (d *layer3) direct(h mpegHeader, c *layer3Channel, direction, at, from, to, step int, above, middle bool) {
	none := direction == 7
	if h.version != 1 {
		none = direction == d.scales[1].most[min(at, len(d.scales[1].most)-1)] && direction > 0
	}
	if !above || none {
		if middle {
			d.middleSide(from, to, step)
		}
		return
	}
	l, r := 1.0, 1.0
	switch {
	case h.version == 1:
		l = math.Sin(float64(direction) * math.Pi / 12)
		r = math.Cos(float64(direction) * math.Pi / 12)
		l, r = l/(l+r), r/(l+r)
	case direction%2 == 1:
		l = math.Exp2(-0.25 * float64(1+c.intensityOdd) * float64((direction+1)/2))
	default:
		r = math.Exp2(-0.25 * float64(1+c.intensityOdd) * float64(direction/2))
	}
	for i := from; i < to; i += step {
		v := d.spectrum[0][i]
		d.spectrum[0][i], d.spectrum[1][i] = v*float32(l), v*float32(r)
	}
}
