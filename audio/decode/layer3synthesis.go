package decode

import "math"

const synthesisPast = 16 // slots under the window

// synthesisTables turn the samples of 32 subbands into sound.
type synthesisTables struct {
	matrix [2 * 16][subbands]float32           // elements 0 to 15 and 33 to 48 of the standard's vector V
	window [2][subbands][synthesisPast]float32 // for the elements below 32 and for those from 32; newest last
}

func (t *synthesisTables) fill() {
	for e := range t.matrix {
		element := e
		if e >= 16 {
			element = e + 17
		}
		for k := range subbands {
			t.matrix[e][k] = float32(math.Cos(float64((16+element)*(2*k+1)) * math.Pi / 64))
		}
	}
	half := synthesisWindow()
	d := func(i int) float32 {
		v := float32(0)
		switch {
		case i <= 256:
			v = float32(half[i])
		case i%64 == 0:
			v = float32(half[512-i])
		default:
			v = -float32(half[512-i])
		}
		return v / 65536
	}
	for j := range subbands {
		for age := range synthesisPast {
			t.window[age%2][j][synthesisPast-1-age] = d(32*age + j)
		}
	}
}

// synthesis is the window's past of each of the 64 elements, and room for a granule behind it.
type synthesis struct {
	v [64][synthesisPast - 1 + slots]float32
}

// sound writes a granule.
func (s *synthesis) sound(t *synthesisTables, in *[subbands][slots]float32, out []float32) {
	var x [subbands]float32
	for slot := range slots {
		for b := range x {
			x[b] = in[b][slot]
			if slot&b&1 == 1 {
				x[b] = -x[b]
			}
		}
		at := synthesisPast - 1 + slot
		for e := range 16 {
			v := dot(t.matrix[e][:], x[:])
			s.v[e][at], s.v[32-e][at] = v, -v
			v = dot(t.matrix[16+e][:], x[:])
			s.v[33+e][at] = v
			if e < 15 {
				s.v[63-e][at] = v
			}
		}
		for j := range subbands {
			out[slot*subbands+j] = dot(t.window[0][j][:], s.v[j][slot:at+1]) + dot(t.window[1][j][:], s.v[32+j][slot:at+1])
		}
	}
	for e := range s.v {
		copy(s.v[e][:synthesisPast-1], s.v[e][slots:])
	}
}
