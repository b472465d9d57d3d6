package decode

import "math"

const lines = 576 // of the spectrum of a granule

// layer3Bands is where the bands begin that share a scale factor.
type layer3Bands struct {
	long  [23]int
	short [14]int
}

func bandsOf(rate int) *layer3Bands {
	switch rate {
	case 44100:
		return &layer3Bands{
			[23]int{0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 52, 62, 74, 90, 110, 134, 162, 196, 238, 288, 342, 418, 576},
			[14]int{0, 4, 8, 12, 16, 22, 30, 40, 52, 66, 84, 106, 136, 192}}
	case 48000:
		return &layer3Bands{
			[23]int{0, 4, 8, 12, 16, 20, 24, 30, 36, 42, 50, 60, 72, 88, 106, 128, 156, 190, 230, 276, 330, 384, 576},
			[14]int{0, 4, 8, 12, 16, 22, 28, 38, 50, 64, 80, 100, 126, 192}}
	case 32000:
		return &layer3Bands{
			[23]int{0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 54, 66, 82, 102, 126, 156, 194, 240, 296, 364, 448, 550, 576},
			[14]int{0, 4, 8, 12, 16, 22, 30, 42, 58, 78, 104, 138, 180, 192}}
	case 24000: // encoders go by 332; of the decoders some take 330, ffmpeg 5.1 among them, and are farther from the original
		return &layer3Bands{
			[23]int{0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 114, 136, 162, 194, 232, 278, 332, 394, 464, 540, 576},
			[14]int{0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 136, 180, 192}}
	case 16000:
		return &layer3Bands{
			[23]int{0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 116, 140, 168, 200, 238, 284, 336, 396, 464, 522, 576},
			[14]int{0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 134, 174, 192}}
	}
	return &layer3Bands{ // 22050
		[23]int{0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 116, 140, 168, 200, 238, 284, 336, 396, 464, 522, 576},
		[14]int{0, 4, 8, 12, 18, 24, 32, 42, 56, 74, 100, 132, 174, 192}}
}

// layer3Tables is what every decoder of a stream reads and none writes.
type layer3Tables struct {
	bands      *layer3Bands
	huffman    [32]*huffman
	linear     [32]int
	quadruples *huffman
	power      []float32 // n to the 4/3
	hybrid     hybridTables
	synthesis  synthesisTables
}

func newLayer3Tables(rate int) *layer3Tables {
	t := &layer3Tables{bands: bandsOf(rate), quadruples: newHuffman(huffman32, 0), power: make([]float32, 15+1<<13)}
	for i, text := range map[int]string{1: huffman1, 2: huffman2, 3: huffman3, 5: huffman5, 6: huffman6, 7: huffman7, 8: huffman8,
		9: huffman9, 10: huffman10, 11: huffman11, 12: huffman12, 13: huffman13, 15: huffman15, 16: huffman16, 24: huffman24} {
		side := map[bool]int{true: 2}[i == 1]
		switch {
		case i == 2 || i == 3:
			side = 3
		case i == 5 || i == 6:
			side = 4
		case i >= 7 && i <= 9:
			side = 6
		case i >= 10 && i <= 12:
			side = 8
		case i > 12:
			side = 16
		}
		t.huffman[i] = newHuffman(text, side)
	}
	for i := 16; i < 32; i++ {
		t.huffman[i] = t.huffman[16+i/24*8]
		t.linear[i] = [16]int{1, 2, 3, 4, 6, 8, 10, 13, 4, 5, 6, 7, 8, 9, 11, 13}[i-16]
	}
	for i := range t.power {
		t.power[i] = float32(math.Pow(float64(i), 4.0/3))
	}
	t.hybrid.fill()
	t.synthesis.fill()
	return t
}

// readLines reads the spectrum of a channel, whose bits end at end; n is how many lines from the start may be other than
// zero. False where the bits do not suffice.
func (t *layer3Tables) readLines(r *bitReader, c *layer3Channel, end int, to *[lines]int16) (n int, ok bool) {
	for n < 2*c.pairs {
		region := btoi(n >= c.region[0]) + btoi(n >= c.region[1])
		stop := 2 * c.pairs
		if region < 2 {
			stop = min(stop, c.region[region])
		}
		number := c.tables[region]
		h, linear := t.huffman[number], t.linear[number]
		if h == nil { // table 0: nothing but zeros
			clear(to[n:stop])
			n = stop
			continue
		}
		for n < stop {
			v := h.next(r)
			to[n] = signed(r, int(v>>4), linear)
			to[n+1] = signed(r, int(v&15), linear)
			n += 2
		}
		if r.pos > end {
			return 0, false
		}
	}
	for n+4 <= lines && r.pos < end {
		v := uint8(0)
		if c.quadruplesB {
			v = uint8(15 - r.take(4))
		} else {
			v = t.quadruples.next(r)
		}
		for i := range 4 {
			to[n+i] = signed(r, int(v>>(3-i)&1), 0)
		}
		if r.pos > end { // the last of it were stuffing bits
			break
		}
		n += 4
	}
	clear(to[n:])
	return n, true
}

// signed reads what follows a value: more of it, and its sign.
func signed(r *bitReader, v, linear int) int16 {
	if v == 15 && linear > 0 {
		v += r.take(linear)
	}
	if v != 0 && r.take(1) == 1 {
		v = -v
	}
	return int16(v)
}

// scaleLines gives lines their strength, and short windows the order of the transform: three windows' lines in turn.
func (t *layer3Tables) scaleLines(c *layer3Channel, s *layer3Scales, from *[lines]int16, n int, to *[lines]float32) {
	clear(to[:])
	step := -0.5
	if c.coarse {
		step = -1
	}
	gain := float64(c.gain-210) / 4
	long := c.longLines()
	for band := 0; band < 22 && t.bands.long[band] < min(n, long); band++ {
		factor := s.long[band]
		if c.pre {
			factor += [22]int{11: 1, 1, 1, 1, 2, 2, 3, 3, 3, 2, 0}[band]
		}
		scale := float32(math.Exp2(gain + step*float64(factor)))
		for i := t.bands.long[band]; i < min(t.bands.long[band+1], long); i++ {
			to[i] = t.strength(from[i]) * scale
		}
	}
	if !c.short() {
		return
	}
	for band := btoi(c.mixed) * 3; band < 13 && 3*t.bands.short[band] < n; band++ {
		start, width := 3*t.bands.short[band], t.bands.short[band+1]-t.bands.short[band]
		for w := range 3 {
			scale := float32(math.Exp2(gain - 2*float64(c.windowGain[w]) + step*float64(s.short[band][w])))
			for j := range width {
				to[start+3*j+w] = t.strength(from[start+w*width+j]) * scale
			}
		}
	}
}

func (t *layer3Tables) strength(v int16) float32 {
	if v < 0 {
		return -t.power[-int(v)]
	}
	return t.power[v]
}
