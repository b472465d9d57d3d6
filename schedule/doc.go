// Package schedule says when: Plan turns what people asked for (programmes,
// playlists, settings) and what is known of the clips into occurrences with
// due times, verdicts and reasons.
//
// Everything here is pure. There is no clock, no file and no goroutine: the same
// Input and the same interval always give the same occurrences, whatever order
// the programmes were stored in and whatever day it is asked. The calendar page,
// the preview, the player and the night check call the same Plan.
package schedule
