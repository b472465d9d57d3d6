package schedule

import "time"

// The night, in hours of the station's wall clock: a change whose first effect falls into it is asked about twice,
// because a wrong hour entered by day wakes a commune.
const (
	nightFrom  = 21
	nightUntil = 6
)

// effectReach is how far ahead the first effect of a change is looked for: the next time of a monthly rule lies in it.
const effectReach = 33 * 24 * time.Hour

// NightEffect is the first occurrence that would sound at night otherwise after a change than before it: new, at another
// time, of another length, with other items or louder. What a change takes away is silent and no effect here. ok is false
// when the nights of the next 33 days stay as they were. Effects by day that come earlier do not hide it: of a programme
// at 16:00 and 03:15 the second is the one to ask about.
func NightEffect(before, after Input, now time.Time) (first Occurrence, ok bool) {
	return nightWhere(before, after, now, func(was, is Occurrence) bool { return !soundsAlike(was, is) })
}

// NightBegins is the first occurrence at night that was silent before a change and sounds after it. It is for changes that
// only take away: a broadcast that gets shorter by them wakes nobody, but one that the thing taken away kept silent does.
func NightBegins(before, after Input, now time.Time) (first Occurrence, ok bool) {
	return nightWhere(before, after, now, func(was, _ Occurrence) bool { return was.Verdict == VerdictSkipped })
}

// nightWhere is the first occurrence at night after a change that is new, or other than it was.
func nightWhere(before, after Input, now time.Time, other func(was, is Occurrence) bool) (first Occurrence, ok bool) {
	until := now.Add(effectReach)
	stood := map[string]Occurrence{}
	for _, o := range Plan(before, now, until) {
		stood[o.ID] = o
	}
	for _, o := range Plan(after, now, until) {
		if o.Verdict == VerdictSkipped || !AtNight(o.Start) {
			continue
		}
		if was, known := stood[o.ID]; known && !other(was, o) {
			continue
		}
		if !ok || o.Start.Before(first.Start) {
			first, ok = o, true
		}
	}
	return first, ok
}

func soundsAlike(a, b Occurrence) bool {
	if a.Verdict == VerdictSkipped || !a.Start.Equal(b.Start) || a.Length != b.Length || a.VolumePercent != b.VolumePercent || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Items {
		if a.Items[i].Kind != b.Items[i].Kind || a.Items[i].Clip.Canonical != b.Items[i].Clip.Canonical || a.Items[i].Frames != b.Items[i].Frames {
			return false
		}
	}
	return true
}

// AtNight tells whether a moment lies between 21:00 and 06:00 by its own zone's clock.
func AtNight(t time.Time) bool { return t.Hour() >= nightFrom || t.Hour() < nightUntil }
