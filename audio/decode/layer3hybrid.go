package decode

import "math"

const (
	subbands = 32
	slots    = 18 // samples of a subband in a granule
	row      = 24 // slots, filled up for dot
)

// hybridTables turn the lines of a subband into its samples: the inverse modified cosine transform and its windows.
type hybridTables struct {
	long    [slots][row]float32 // rows 0 to 8: samples 9 to 17, before them lies their mirror; 9 to 17: samples 18 to 26
	short   [6][12]float32
	windows [4][36]float32
	cs, ca  [8]float32
}

func (t *hybridTables) fill() {
	for i := range t.long {
		for k := range slots {
			t.long[i][k] = float32(math.Cos(math.Pi / 72 * float64((2*(i+9)+19)*(2*k+1))))
		}
	}
	for k := range t.short {
		for i := range t.short[k] {
			t.short[k][i] = float32(math.Cos(math.Pi / 24 * float64((2*i+7)*(2*k+1))))
		}
	}
	sine := func(i, of int) float32 { return float32(math.Sin(math.Pi / float64(of) * (float64(i) + 0.5))) }
	for i := range 36 {
		t.windows[0][i] = sine(i, 36)
		switch {
		case i < 18:
			t.windows[1][i] = sine(i, 36)
		case i < 24:
			t.windows[1][i] = 1
		case i < 30:
			t.windows[1][i] = sine(i-18, 12)
		}
		t.windows[3][i] = 0
		if i < 12 {
			t.windows[2][i] = sine(i, 12)
		}
	}
	for i := range 36 {
		t.windows[3][35-i] = t.windows[1][i]
	}
	for i, c := range [8]float64{-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037} {
		t.cs[i], t.ca[i] = float32(1/math.Sqrt(1+c*c)), float32(c/math.Sqrt(1+c*c))
	}
}

// hybrid is the samples of the subbands, and what of them overlaps the next granule.
type hybrid struct {
	now, next [subbands][slots]float32
}

// turn begins a granule.
func (h *hybrid) turn() {
	h.now = h.next
	clear(h.next[:])
}

// add adds the sound of a spectrum of which the first n lines may be other than zero. It destroys x.
func (h *hybrid) add(t *hybridTables, x *[lines]float32, n int, c *layer3Channel) {
	long := c.longLines() / slots
	used := min((n+slots-1)/slots, subbands)
	if long > 0 { // neighbours that leak into each other
		for b := 1; b < min(long, used+1); b++ {
			for i := range 8 {
				lower, upper := &x[b*slots-1-i], &x[b*slots+i]
				*lower, *upper = *lower*t.cs[i]-*upper*t.ca[i], *upper*t.cs[i]+*lower*t.ca[i]
			}
		}
		used = min(used+1, subbands)
	}
	for b := range used {
		block := c.block
		if !c.switched || c.mixed && b < 2 {
			block = 0
		}
		if block == 2 {
			h.addShort(t, x[b*slots:(b+1)*slots], b)
		} else {
			h.addLong(t, x[b*slots:(b+1)*slots], b, &t.windows[block])
		}
	}
}

func (h *hybrid) addLong(t *hybridTables, x []float32, b int, window *[36]float32) {
	var in [row]float32
	copy(in[:], x)
	now, next := &h.now[b], &h.next[b]
	for i := range 9 {
		v := dot(t.long[i][:], in[:])
		now[9+i] += v * window[9+i]
		now[8-i] -= v * window[8-i]
		v = dot(t.long[9+i][:], in[:])
		next[i] += v * window[18+i]
		next[17-i] += v * window[35-i]
	}
}

func (h *hybrid) addShort(t *hybridTables, x []float32, b int) {
	var out [36]float32
	for w := range 3 {
		for i := range 12 {
			sum := float32(0)
			for k := range 6 {
				sum += x[w+3*k] * t.short[k][i]
			}
			out[6*w+6+i] += sum * t.windows[2][i]
		}
	}
	for i := range slots {
		h.now[b][i] += out[i]
		h.next[b][i] += out[slots+i]
	}
}
