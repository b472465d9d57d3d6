package schedule

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MainZone is the only zone of loudspeakers known today.
const MainZone = "main"

// NormaliseText makes text NFC (decomposed Vietnamese prints broken), trims it and folds runs of space to one. What does
// not show falls out: two titles that look alike are alike, and no title turns the line around that it stands in. Control
// characters and what is no UTF-8 stay for the validation to refuse: they are no slip of a keyboard.
func NormaliseText(s string) string {
	if utf8.ValidString(s) { // Map would make it valid
		s = strings.Map(func(r rune) rune {
			if unicode.In(r, unicode.Cf, unicode.Co) {
				return -1
			}
			return r
		}, s)
	}
	// After that, since what was dropped may have stood between a letter and its accent.
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

// Normalise gives the programme as it will be stored: clean text, defaults filled in (class ordinary, zone main,
// volume 100), single starts to the second, sorted, without repeats. It does not judge; ValidateProgramme does.
func (p Programme) Normalise() Programme {
	p.Title = NormaliseText(p.Title)
	p.Cron = strings.Join(strings.Fields(p.Cron), " ")
	if p.Class == "" {
		p.Class = Ordinary
	}
	if p.Zone == "" {
		p.Zone = MainZone
	}
	if p.VolumePercent == 0 {
		p.VolumePercent = 100
	}
	p.Starts = sortedStarts(p.Starts)
	if p.When != nil {
		w := p.When.Normalise()
		p.When = &w
	}
	return p.normaliseSpecial()
}

// Normalise gives the playlist as it will be stored: clean text, mode all, kinds told from their keys.
func (l Playlist) Normalise() Playlist {
	l.Title = NormaliseText(l.Title)
	if l.Mode == "" {
		l.Mode = ModeAll
	}
	items := make([]Item, len(l.Items))
	for i, it := range l.Items {
		if it.Kind == "" {
			switch {
			case it.ClipID != "" && it.SilenceMS == 0:
				it.Kind = KindClip
			case it.ClipID == "" && it.SilenceMS != 0:
				it.Kind = KindSilence
			}
		}
		items[i] = it
	}
	l.Items = items
	return l
}

// Normalise gives the settings as they will be stored: clean text and upper-case station code.
func (s Settings) Normalise() Settings {
	s.StationName = NormaliseText(s.StationName)
	s.StationCode = strings.ToUpper(NormaliseText(s.StationCode))
	s.Zone = strings.TrimSpace(s.Zone)
	s.QuietHours, s.VolumeSpans = normaliseSpans(s.QuietHours), normaliseVolumes(s.VolumeSpans)
	s.EntertainmentTags = normaliseTags(s.EntertainmentTags)
	s.Limits.Basis = NormaliseText(s.Limits.Basis)
	s.Letterhead = s.Letterhead.normalise()
	hosts := []string{}
	for _, h := range s.TrustedHosts {
		if h = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(h)), "."); h != "" && !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	s.TrustedHosts = hosts
	return s
}

// sortedStarts returns a new slice: whole seconds, ascending, each moment once.
func sortedStarts(starts []time.Time) []time.Time {
	if len(starts) == 0 {
		return nil
	}
	out := make([]time.Time, len(starts))
	for i, t := range starts {
		out[i] = t.Truncate(time.Second)
	}
	slices.SortStableFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// sortedExceptions returns a new slice: whole seconds, by the start that the rule gives.
func sortedExceptions(list []Exception) []Exception {
	if len(list) == 0 {
		return nil
	}
	out := make([]Exception, len(list))
	for i, e := range list {
		e.At, e.To = e.At.Truncate(time.Second), e.To.Truncate(time.Second)
		out[i] = e
	}
	slices.SortStableFunc(out, func(a, b Exception) int { return a.At.Compare(b.At) })
	return out
}
