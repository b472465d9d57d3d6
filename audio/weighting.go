package audio

// fullScale squared is what the square of a 16-bit sample is divided by.
const fullScale = 32768.0

// biquad is a second-order filter in transposed direct form II.
type biquad struct{ b0, b1, b2, a1, a2, s1, s2 float64 }

// weighting is the two filters of BS.1770-4 at 48 kHz: the shelf of a head, then the high-pass of low hearing.
type weighting struct{ shelf, pass biquad }

func newWeighting() weighting {
	return weighting{
		shelf: biquad{b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285,
			a1: -1.69065929318241, a2: 0.73248077421585},
		pass: biquad{b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621},
	}
}

// energy is the sum of the squares of the next frames behind the filters. The filters' memory is kept in registers: the
// way through a struct costs half as much again as the arithmetic.
func (w *weighting) energy(frames []int16) float64 {
	p, q := w.shelf, w.pass
	p1, p2, q1, q2 := p.s1, p.s2, q.s1, q.s2
	sum := 0.0
	for _, v := range frames {
		x := float64(v)
		y := p.b0*x + p1
		p1 = (p.b1*x + p2) - p.a1*y
		p2 = p.b2*x - p.a2*y
		z := y + q1 // the high-pass: 1, -2, 1
		q1 = (q2 - 2*y) - q.a1*z
		q2 = y - q.a2*z
		sum += z * z
	}
	w.shelf.s1, w.shelf.s2, w.pass.s1, w.pass.s2 = p1, p2, q1, q2
	return sum / (fullScale * fullScale)
}

// rest ends what rings on in silence before its numbers become so small that processors slow down over them.
func (w *weighting) rest() {
	const tiny = 1e-30
	for _, s := range []*float64{&w.shelf.s1, &w.shelf.s2, &w.pass.s1, &w.pass.s2} {
		if *s < tiny && *s > -tiny {
			*s = 0
		}
	}
}
