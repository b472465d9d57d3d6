package schedule

import (
	"math"
	"time"
)

// VolumeAt is the volume of the hour in percent, 0 to 100, of a programme that asks for 100: lowered by the station's
// spans, with ramps, and not above its cap. Emergencies are not lowered by it.
//
// A span holds from its beginning to its end; the ramps lie outside of it, VolumeRampS long, so that it is as quiet as
// asked for from its first second on. Where spans or ramps meet, the lower one counts. A zone or a span that cannot be
// read lowers nothing: that silences nobody.
func VolumeAt(s Settings, at time.Time) float64 { return PercentAt(s, 100, at) }

// PercentAt is that volume for a programme that asks for so many percent: its own share of the span's, and then the cap.
func PercentAt(s Settings, programme int, at time.Time) float64 {
	v := float64(programme) * spanAt(s, at) / 100
	if most := s.MaxVolumePercent; most > 0 {
		v = min(v, float64(most))
	}
	return min(max(v, 0), 100)
}

// spanAt is what the spans leave of 100 percent.
func spanAt(s Settings, at time.Time) float64 {
	if len(s.VolumeSpans) == 0 {
		return 100
	}
	loc, err := loadZone(s.Zone)
	if err != nil {
		return 100
	}
	z := newWallZone(loc)
	ramp := time.Duration(max(s.VolumeRampS, 0)) * time.Second
	v := 100.0
	for _, span := range s.VolumeSpans {
		if _, err := span.seconds(); err != nil {
			continue
		}
		near := quietBetween(z, []DailySpan{span.DailySpan}, at.Add(-ramp).Unix(), at.Add(ramp).Unix()+1)
		low := min(max(float64(span.Percent), 0), 100)
		v = min(v, low+(100-low)*near.distance(at.UnixNano(), int64(ramp)))
	}
	return v
}

// distance is how far a moment lies from the nearest span, as a share of ramp: 0 inside, 1 a whole ramp away or more.
func (q quietSpans) distance(at, ramp int64) float64 {
	far := 1.0
	for _, s := range q {
		away := max(s.from-at, at-s.until+1, 0)
		switch {
		case away == 0:
			return 0
		case ramp > 0:
			far = math.Min(far, float64(away)/float64(ramp))
		}
	}
	return far
}
