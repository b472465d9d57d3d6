package decode

// layer3Channel is the side information of one channel in one granule.
type layer3Channel struct {
	bits         int // of scale factors and spectrum
	pairs        int // of large values
	gain         int
	scale        int // which lengths its scale factors have
	switched     bool
	block        int // 0 long, 1 start, 2 short, 3 stop
	mixed        bool
	tables       [3]int
	windowGain   [3]int
	region       [2]int // lines where the second and the third table begin
	pre          bool
	coarse       bool // steps of scale factors are whole, not half, powers of 2
	quadruplesB  bool
	intensityOdd int // MPEG-2: the lowest bit of scale where the channel gives directions
}

func (c *layer3Channel) short() bool { return c.switched && c.block == 2 }

// longLines is how many lines a channel has in long blocks.
func (c *layer3Channel) longLines() int {
	switch {
	case !c.short():
		return lines
	case c.mixed:
		return 36
	}
	return 0
}

// layer3Side is the side information of a frame.
type layer3Side struct {
	begin int // bytes before the frame's own at which its bits begin
	share [2][4]bool
	parts [2][2]layer3Channel // by granule and channel
}

// readSide reads side information; false where it cannot be.
func readSide(b []byte, h mpegHeader, bands *layer3Bands) (s layer3Side, ok bool) {
	padded := make([]byte, len(b)+bitsBehind)
	copy(padded, b)
	r := &bitReader{b: padded}
	granules := 1
	if h.version == 1 {
		granules = 2
		s.begin = r.take(9)
		r.take(7 - 2*h.channels) // private
		for c := range h.channels {
			for i := range s.share[c] {
				s.share[c][i] = r.take(1) == 1
			}
		}
	} else {
		s.begin = r.take(8)
		r.take(h.channels)
	}
	for g := range granules {
		for c := range h.channels {
			if !s.parts[g][c].read(r, h.version, bands) {
				return s, false
			}
		}
	}
	return s, true
}

func (c *layer3Channel) read(r *bitReader, version int, bands *layer3Bands) bool {
	c.bits, c.pairs, c.gain = r.take(12), r.take(9), r.take(8)
	if version == 1 {
		c.scale = r.take(4)
	} else {
		c.scale = r.take(9)
	}
	if c.switched = r.take(1) == 1; c.switched {
		c.block, c.mixed = r.take(2), r.take(1) == 1
		c.tables = [3]int{r.take(5), r.take(5), 0}
		c.windowGain = [3]int{r.take(3), r.take(3), r.take(3)}
		c.region = [2]int{bands.long[8], lines}
		if c.block == 2 {
			c.region[0] = 36
		}
	} else {
		c.tables = [3]int{r.take(5), r.take(5), r.take(5)}
		first, second := r.take(4), r.take(3)
		c.region = [2]int{bands.long[min(first+1, 22)], bands.long[min(first+second+2, 22)]}
	}
	if version == 1 {
		c.pre = r.take(1) == 1
	}
	c.coarse, c.quadruplesB = r.take(1) == 1, r.take(1) == 1
	for _, t := range c.tables {
		if t == 4 || t == 14 { // there are none
			return false
		}
	}
	return c.pairs <= lines/2 && (!c.switched || c.block != 0)
}

// layer3Scales is the scale factors of a channel in a granule.
type layer3Scales struct {
	long  [22]int
	short [13][3]int
	most  [39]int // MPEG-2: the factor that gives no direction, by the position among the factors
}

// readMPEG1 reads scale factors; those that are shared stay as they are.
func (s *layer3Scales) readMPEG1(r *bitReader, c *layer3Channel, share [4]bool, second bool) {
	width := [16][2]int{{0, 0}, {0, 1}, {0, 2}, {0, 3}, {3, 0}, {1, 1}, {1, 2}, {1, 3},
		{2, 1}, {2, 2}, {2, 3}, {3, 1}, {3, 2}, {3, 3}, {4, 2}, {4, 3}}[c.scale]
	if c.short() {
		from := 0
		if c.mixed {
			from = 3
			for band := range 8 {
				s.long[band] = r.take(width[0])
			}
		}
		for band := from; band < 12; band++ {
			for w := range 3 {
				s.short[band][w] = r.take(width[btoi(band >= 6)])
			}
		}
		s.short[12] = [3]int{}
		return
	}
	for i, group := range [4][2]int{{0, 6}, {6, 11}, {11, 16}, {16, 21}} {
		if second && share[i] {
			continue
		}
		for band := group[0]; band < group[1]; band++ {
			s.long[band] = r.take(width[btoi(i >= 2)])
		}
	}
	s.long[21] = 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// readMPEG2 reads scale factors; directed is the right channel of intensity stereo, whose factors are directions.
func (s *layer3Scales) readMPEG2(r *bitReader, c *layer3Channel, directed bool) {
	kind := 0
	if c.short() {
		kind = 1 + btoi(c.mixed)
	}
	n, widths := layer3Widths(c, kind, directed)
	*s = layer3Scales{}
	var all [64]int
	at := 0
	for i, width := range widths {
		for range n[i] {
			all[at] = r.take(width)
			if at < len(s.most) {
				s.most[at] = 1<<width - 1
			}
			at++
		}
	}
	long := 0
	switch kind {
	case 0:
		long = 21
	case 2:
		long = 6
	}
	copy(s.long[:], all[:long])
	if kind == 0 {
		return
	}
	from := btoi(kind == 2) * 3
	for i, v := range all[long : long+3*(12-from)] {
		s.short[from+i/3][i%3] = v
	}
}

// layer3Widths is how many factors of how many bits follow.
func layer3Widths(c *layer3Channel, kind int, directed bool) (n, widths [4]int) {
	v := c.scale
	if directed {
		c.intensityOdd, v = v&1, v>>1
		switch {
		case v < 180:
			return [3][4]int{{7, 7, 7, 0}, {12, 12, 12, 0}, {6, 15, 12, 0}}[kind], [4]int{v / 36, v % 36 / 6, v % 6, 0}
		case v < 244:
			v -= 180
			return [3][4]int{{6, 6, 6, 3}, {12, 9, 9, 6}, {6, 12, 9, 6}}[kind], [4]int{v >> 4, v >> 2 & 3, v & 3, 0}
		}
		v -= 244
		return [3][4]int{{8, 8, 5, 0}, {15, 12, 9, 0}, {6, 18, 9, 0}}[kind], [4]int{v / 3, v % 3, 0, 0}
	}
	switch {
	case v < 400:
		return [3][4]int{{6, 5, 5, 5}, {9, 9, 9, 9}, {6, 9, 9, 9}}[kind], [4]int{(v >> 4) / 5, (v >> 4) % 5, v >> 2 & 3, v & 3}
	case v < 500:
		v -= 400
		return [3][4]int{{6, 5, 7, 3}, {9, 9, 12, 6}, {6, 9, 12, 6}}[kind], [4]int{(v >> 2) / 5, (v >> 2) % 5, v & 3, 0}
	}
	v -= 500
	c.pre = true
	return [3][4]int{{11, 10, 0, 0}, {18, 18, 0, 0}, {15, 18, 0, 0}}[kind], [4]int{v / 3, v % 3, 0, 0}
}
