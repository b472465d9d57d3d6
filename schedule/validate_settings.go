package schedule

import "fmt"

// spans judges parts of the day: at most MaxQuietSpans of them.
func (ps *Problems) spans(field string, n int, span func(i int) DailySpan, what string) {
	if n > MaxQuietSpans {
		ps.add(field, "length", fmt.Sprintf("there may be at most %d %s.", MaxQuietSpans, what))
		n = MaxQuietSpans
	}
	for i := range n {
		s, at := span(i), fmt.Sprintf("%s[%d]", field, i)
		if _, err := s.seconds(); err != nil {
			ps.add(at, "format", err.Error()+".")
		}
		ps.weekdays(at+".days", s.Days)
	}
}

// sound judges what the station plays around its programmes, and how loud.
func (ps *Problems) sound(s Settings) {
	ps.optional("opening_id", s.OpeningID, "a playlist")
	ps.optional("closing_id", s.ClosingID, "a playlist")
	ps.between("pause_ms", s.PauseMS, 0, MaxPauseMS, "milliseconds")
	ps.spans("volume_spans", len(s.VolumeSpans), func(i int) DailySpan { return s.VolumeSpans[i].DailySpan }, "parts of the day with their own volume")
	for i, v := range s.VolumeSpans[:min(len(s.VolumeSpans), MaxQuietSpans)] {
		ps.between(fmt.Sprintf("volume_spans[%d].percent", i), int64(v.Percent), 1, 100, "percent")
	}
	ps.between("volume_ramp_s", s.VolumeRampS, 0, MaxRampS, "seconds")
	ps.between("max_volume_percent", int64(s.MaxVolumePercent), 1, 100, "percent")
	ps.between("emergency_max_s", s.EmergencyMaxS, 1, 86400, "seconds")
	ps.between("rehearsal_percent", int64(s.RehearsalPercent), 1, 100, "percent")
	if len(s.EntertainmentTags) > MaxTags {
		ps.add("entertainment_tags", "length", fmt.Sprintf("there may be at most %d tags.", MaxTags))
		return
	}
	for i, tag := range s.EntertainmentTags {
		ps.text(fmt.Sprintf("entertainment_tags[%d]", i), tag)
	}
}

// limits judges what the station's own rules allow.
func (ps *Problems) limits(l Limits) {
	ps.between("limits.sessions_per_day", int64(l.SessionsPerDay), 0, 1000, "broadcasts")
	ps.between("limits.minutes_per_session", int64(l.MinutesPerSession), 0, 1440, "minutes")
	n := len(*ps)
	if l.EarliestStart != "" {
		ps.timeOfDay("limits.earliest_start", l.EarliestStart)
	}
	if l.LatestStart != "" {
		ps.timeOfDay("limits.latest_start", l.LatestStart)
	}
	if len(*ps) == n && l.EarliestStart != "" && l.LatestStart != "" && l.LatestStart < l.EarliestStart {
		ps.add("limits.latest_start", "order", fmt.Sprintf("the latest start %s is before the earliest %s.", l.LatestStart, l.EarliestStart))
	}
	if l.Weekend != "" && l.Weekend != "priority" && l.Weekend != "none" {
		ps.add("limits.weekend", "unknown", fmt.Sprintf("weekend rule %q is not known: use priority, none, or nothing.", shortened(l.Weekend)))
	}
	ps.text("limits.basis", l.Basis)
}

// normaliseSpans returns a new list, never nil.
func normaliseSpans(spans []DailySpan) []DailySpan {
	out := append([]DailySpan{}, spans...)
	for i := range out {
		out[i].Days = sortedOnce(out[i].Days)
	}
	return out
}

func normaliseVolumes(spans []VolumeSpan) []VolumeSpan {
	out := append([]VolumeSpan{}, spans...)
	for i := range out {
		out[i].Days = sortedOnce(out[i].Days)
	}
	return out
}

// normaliseTags returns a new list, never nil: clean text, each tag once, in the order given.
func normaliseTags(tags []string) []string {
	out := []string{}
	seen := make(map[string]bool)
	for _, tag := range tags {
		if tag = NormaliseText(tag); tag != "" && !seen[tag] {
			out, seen[tag] = append(out, tag), true
		}
	}
	return out
}
