package schedule

import (
	"fmt"
	"math"
	"regexp"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits on what a person may enter.
const (
	MaxTitle        = 200            // characters
	MaxItems        = 200            // of a playlist
	MaxSilenceMS    = 10 * 60 * 1000 // one silence, milliseconds
	MaxStarts       = 500            // single starts of a programme
	MaxTimes        = 96             // times of a day in a form
	MaxDates        = 500            // days in a form
	MaxLunarDates   = 60             // lunar days in a form
	MaxExceptions   = 500            // changes of single broadcasts of a programme
	MaxOrder        = 1_000_000      // places before or after others
	MaxLunarSpan    = 60             // days from, and days before, a lunar date
	MaxSolarSpan    = 366            // days of a special day
	MaxPauseMS      = 60 * 1000      // silence between two items, milliseconds
	MaxRampS        = 600            // from one volume to another
	MaxTags         = 50             // that are entertainment
	MaxLatenessS    = 86400
	MaxQuietSpans   = 10
	MaxTrustedHosts = 50
	maxID           = 100
)

var stationCode = regexp.MustCompile(`^[A-Z0-9][A-Z0-9._-]{0,39}$`)

// ValidateProgramme judges a normalised programme. The error, if any, is Problems.
func ValidateProgramme(p Programme) error {
	var ps Problems
	ps.title(p.Title)
	ps.reference("playlist_id", p.PlaylistID, "a playlist")
	ps.timing(p)
	ps.validity(p)
	if p.Class.Rank() == 0 {
		ps.add("class", "unknown", fmt.Sprintf("class %q is not known: use ordinary, priority or emergency.", p.Class))
	}
	ps.between("lateness_s", p.LatenessS, 0, MaxLatenessS, "seconds")
	ps.between("volume_percent", int64(p.VolumePercent), 1, 100, "percent")
	if p.Zone != MainZone {
		ps.add("zone", "unknown", fmt.Sprintf("zone %q is not known: the only zone is %q.", p.Zone, MainZone))
	}
	ps.special(p)
	return ps.orNil()
}

// ValidatePlaylist judges a normalised playlist. Whether its clips exist is for whoever knows the library.
func ValidatePlaylist(l Playlist) error {
	var ps Problems
	ps.title(l.Title)
	if l.Mode != ModeAll && l.Mode != ModeRotate {
		ps.add("mode", "unknown", fmt.Sprintf("mode %q is not known: use all or rotate.", l.Mode))
	}
	if len(l.Items) > MaxItems {
		ps.add("items", "length", fmt.Sprintf("a playlist holds at most %d items; this one has %d.", MaxItems, len(l.Items)))
		return ps
	}
	for i, it := range l.Items {
		ps.item(fmt.Sprintf("items[%d]", i), it, l.Mode)
	}
	return ps.orNil()
}

// ValidateSettings judges normalised settings.
func ValidateSettings(s Settings) error {
	var ps Problems
	ps.text("station_name", s.StationName)
	if s.StationCode != "" && !stationCode.MatchString(s.StationCode) {
		ps.add("station_code", "format",
			"a station code is 1 to 40 of A–Z, 0–9, dot, dash and underscore, beginning with a letter or digit.")
	}
	if _, err := loadZone(s.Zone); err != nil {
		ps.add("time_zone", "unknown", fmt.Sprintf("time zone %q is not known: use a name such as Asia/Ho_Chi_Minh.", s.Zone))
	}
	ps.level("loudness_lufs", s.LoudnessLUFS, -40, -6, "LUFS")
	ps.level("true_peak_dbtp", s.TruePeakDBTP, -20, 0, "dBTP")
	ps.between("lateness_s", s.LatenessS, 1, MaxLatenessS, "seconds")
	ps.between("warm_up_ms", s.WarmUpMS, 0, 60_000, "milliseconds")
	ps.between("max_session_s", s.MaxSessionS, 1, 86400, "seconds")
	ps.spans("quiet_hours", len(s.QuietHours), func(i int) DailySpan { return s.QuietHours[i] }, "quiet spans")
	if s.ClockRule != "strict" && s.ClockRule != "allow_doubtful" {
		ps.add("clock_rule", "unknown", fmt.Sprintf("clock rule %q is not known: use strict or allow_doubtful.", s.ClockRule))
	}
	ps.between("expiry_notice_days", int64(s.ExpiryNoticeDays), 0, 365, "days")
	ps.limits(s.Limits)
	ps.sound(s)
	ps.letterhead(s.Letterhead)
	if s.NightCheckAt != "" {
		ps.timeOfDay("night_check_at", s.NightCheckAt)
	}
	ps.date("tone_heard_on", s.ToneHeardOn)
	if len(s.TrustedHosts) > MaxTrustedHosts {
		ps.add("trusted_hosts", "length", fmt.Sprintf("there may be at most %d trusted hosts.", MaxTrustedHosts))
	}
	for i, h := range s.TrustedHosts[:min(len(s.TrustedHosts), MaxTrustedHosts)] {
		if len(h) > 253 || !trustedHost.MatchString(h) {
			ps.add(fmt.Sprintf("trusted_hosts[%d]", i), "format",
				fmt.Sprintf("%q is no host: write a name like tuyentruyen.gov.vn, or .gov.vn for all below it, without https:// and without a path.", h))
		}
	}
	return ps.orNil()
}

// trustedHost is a name of two parts or more in ASCII, with a leading dot for all below it. A whole country is not one.
var trustedHost = regexp.MustCompile(`^\.?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)

func (ps *Problems) title(title string) {
	if title == "" {
		ps.add("title", "required", "a title is required.")
		return
	}
	ps.text("title", title)
}

func (ps *Problems) text(field, s string) {
	if !utf8.ValidString(s) {
		ps.add(field, "format", "the text is not valid UTF-8.")
		return
	}
	if n := utf8.RuneCountInString(s); n > MaxTitle {
		ps.add(field, "length", fmt.Sprintf("the text may have at most %d characters; this one has %d.", MaxTitle, n))
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			ps.add(field, "format", fmt.Sprintf("the text may not hold the control character %U.", r))
			return
		}
	}
}

func (ps *Problems) reference(field, id, what string) {
	switch {
	case id == "":
		ps.add(field, "required", what+" is required.")
	case len(id) > maxID || !utf8.ValidString(id):
		ps.add(field, "format", "this is not an ID of "+what+".")
	}
}

func (ps *Problems) between(field string, v, low, high int64, unit string) {
	if v < low || v > high {
		ps.add(field, "range", fmt.Sprintf("%d is out of range: use %d to %d %s.", v, low, high, unit))
	}
}

func (ps *Problems) level(field string, v, low, high float64, unit string) {
	if math.IsNaN(v) || v < low || v > high {
		ps.add(field, "range", fmt.Sprintf("%g is out of range: use %g to %g %s.", v, low, high, unit))
	}
}

// timing wants one of a form, a rule and single starts.
func (ps *Problems) timing(p Programme) {
	switch {
	case p.When == nil && p.Cron == "" && len(p.Starts) == 0:
		ps.add("when", "required", "a form (when), a rule (cron) or single start times (starts) are required.")
	case p.When != nil && (p.Cron != "" || len(p.Starts) > 0):
		ps.add("when", "conflict", "give one of a form (when), a rule (cron) and single start times (starts), not two.")
	case p.When != nil:
		ps.when(*p.When)
	case p.Cron != "" && len(p.Starts) > 0:
		ps.add("starts", "conflict", "give either a rule (cron) or single start times (starts), not both.")
	case p.Cron != "":
		if _, err := parseCron(p.Cron); err != nil {
			ps.add("cron", "format", err.Error()+".")
		}
	case len(p.Starts) > MaxStarts:
		ps.add("starts", "length", fmt.Sprintf("a programme has at most %d single starts; this one has %d.", MaxStarts, len(p.Starts)))
	default:
		for i, t := range p.Starts {
			if y := t.Year(); y < 2000 || y > 2200 {
				ps.add(fmt.Sprintf("starts[%d]", i), "range", fmt.Sprintf("the year %d is out of range: use 2000 to 2200.", y))
			}
		}
	}
}

func (ps *Problems) validity(p Programme) {
	from, okFrom := ps.date("valid_from", p.ValidFrom)
	until, okUntil := ps.date("valid_until", p.ValidUntil)
	if okFrom && okUntil && until.Before(from) {
		ps.add("valid_until", "order", fmt.Sprintf("the last day %s is before the first day %s.", p.ValidUntil, p.ValidFrom))
	}
}

// date is true only for a given, readable day.
func (ps *Problems) date(field string, d Date) (time.Time, bool) {
	if d == "" {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		ps.add(field, "format", fmt.Sprintf("%q is not a day: use YYYY-MM-DD, from 2000 to 2200.", string(d)))
		return time.Time{}, false
	}
	return t, true
}

func (ps *Problems) item(field string, it Item, mode Mode) {
	switch it.Kind {
	case KindClip:
		ps.reference(field+".clip_id", it.ClipID, "a clip")
		if it.SilenceMS != 0 {
			ps.add(field+".ms", "unused", "a clip has no length in milliseconds of its own.")
		}
	case KindSilence:
		ps.between(field+".ms", it.SilenceMS, 1, MaxSilenceMS, "milliseconds")
		if it.ClipID != "" {
			ps.add(field+".clip_id", "unused", "a silence has no clip.")
		}
		if mode == ModeRotate {
			ps.add(field+".kind", "conflict", "a rotating playlist plays one clip at a time and holds no silences.")
		}
	default:
		ps.add(field+".kind", "unknown", fmt.Sprintf("kind %q is not known: use clip or silence.", it.Kind))
	}
}
