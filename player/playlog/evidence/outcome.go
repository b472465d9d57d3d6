package evidence

// Outcome is the one final word on an occurrence.
type Outcome string

// The outcomes; of several that would fit, the first in this order is the word.
const (
	Cancelled Outcome = "cancelled" // a person took it away after it was planned
	Skipped   Outcome = "skipped"   // a rule refused it
	Missed    Outcome = "missed"    // its window passed and the device took nothing
	Preempted Outcome = "preempted" // cut by a higher class and not finished
	Partial   Outcome = "partial"   // something was taken, not all
	Late      Outcome = "late"      // all of it, starting more than 5 s after due
	Full      Outcome = "full"      // all of it, on time
)

// Output says where the frames went.
type Output string

// Hardware: shown by the sound server's HARDWARE flag or the card's advancing pointer. Unproven: a null or unknown
// sink. Virtual: the virtual speaker.
const (
	Hardware Output = "hardware"
	Unproven Output = "unproven"
	Virtual  Output = "virtual"
)

// Measurements are what an evidence level follows from. More kinds of measurement (power drawn, sound captured) will
// stand beside these; each can only raise the level by what it shows.
type Measurements struct {
	Output  Output
	AiredMS int64   // what the output took
	Rate    float64 // frames taken over time, 1 = true
}

// Level is what the measurements show: 0 planned only; 1 frames were taken by an output that may be none (virtual,
// unproven, or at a rate no card has); 2 hardware took them at a true rate (0.9 to 1.1). Nothing above 2 is measured
// today: an amplifier that is switched off fools level 2.
func Level(m Measurements) int {
	switch {
	case m.AiredMS <= 0:
		return 0
	case m.Output == Hardware && m.Rate >= 0.9 && m.Rate <= 1.1:
		return 2
	}
	return 1
}

// Measured are the measurements that an outcome carries.
func (o OutcomeBody) Measured() Measurements {
	return Measurements{Output: Output(o.Output), AiredMS: o.AiredMS, Rate: o.Rate}
}

// known reports whether o is one of the outcomes.
func (o Outcome) known() bool {
	switch o {
	case Cancelled, Skipped, Missed, Preempted, Partial, Late, Full:
		return true
	}
	return false
}
