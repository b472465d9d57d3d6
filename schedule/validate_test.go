package schedule

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// fields is what a validation complains about: "field code" joined by commas.
func fields(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("%T is not Problems", err)
	}
	var out []string
	for _, p := range ps {
		if p.Message == "" || strings.ContainsRune(p.Message, '\n') || !strings.HasSuffix(p.Message, ".") {
			t.Errorf("%s: %q is not one sentence", p.Field, p.Message)
		}
		out = append(out, p.Field+" "+p.Code)
	}
	return strings.Join(out, ", ")
}

func TestValidateProgramme(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Programme)
		want string
	}{
		{"good", func(*Programme) {}, ""},
		{"everything missing", func(p *Programme) { *p = Programme{} }, "title required, playlist_id required, when required"},
		{"title in 200 characters", func(p *Programme) { p.Title = strings.Repeat("ạ", 200) }, ""},
		{"title too long", func(p *Programme) { p.Title = strings.Repeat("a", 201) }, "title length"},
		{"title with a control character", func(p *Programme) { p.Title = "a\x00b" }, "title format"},
		{"title not UTF-8", func(p *Programme) { p.Title = "a\xff" }, "title format"},
		{"title of spaces", func(p *Programme) { p.Title = " \t\n" }, "title required"},
		{"playlist ID too long", func(p *Programme) { p.PlaylistID = strings.Repeat("l", 101) }, "playlist_id format"},
		{"broken rule", func(p *Programme) { p.Cron = "61 * * * *" }, "cron format"},
		{"rule and starts", func(p *Programme) { p.Starts = []time.Time{spring} }, "starts conflict"},
		{"a start long ago", func(p *Programme) { p.Cron, p.Starts = "", []time.Time{{}} }, "starts[0] range"},
		{"500 starts", func(p *Programme) { p.Cron, p.Starts = "", manyStarts(500) }, ""},
		{"501 starts", func(p *Programme) { p.Cron, p.Starts = "", manyStarts(501) }, "starts length"},
		{"no such day", func(p *Programme) { p.ValidFrom = "2026-02-30" }, "valid_from format"},
		{"one day", func(p *Programme) { p.ValidFrom, p.ValidUntil = "2026-02-28", "2026-02-28" }, ""},
		{"backwards", func(p *Programme) { p.ValidFrom, p.ValidUntil = "2026-02-28", "2026-02-27" }, "valid_until order"},
		{"unknown class", func(p *Programme) { p.Class = "vip" }, "class unknown"},
		{"negative lateness", func(p *Programme) { p.LatenessS = -1 }, "lateness_s range"},
		{"a day of lateness", func(p *Programme) { p.LatenessS = 86400 }, ""},
		{"more than a day", func(p *Programme) { p.LatenessS = 86401 }, "lateness_s range"},
		{"louder than loud", func(p *Programme) { p.VolumePercent = 101 }, "volume_percent range"},
		{"negative volume", func(p *Programme) { p.VolumePercent = -1 }, "volume_percent range"},
		{"unknown zone", func(p *Programme) { p.Zone = "thôn 3" }, "zone unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := programme("p-1", "30 6 * * *", "l-1")
			c.edit(&p)
			if got := fields(t, ValidateProgramme(p.Normalise())); got != c.want {
				t.Errorf("complains of %q, want %q", got, c.want)
			}
		})
	}
}

func manyStarts(n int) []time.Time {
	out := make([]time.Time, n)
	for i := range out {
		out[i] = spring.Add(time.Duration(n-i) * time.Minute)
	}
	return out
}

func TestValidatePlaylist(t *testing.T) {
	clip, rest := Item{Kind: KindClip, ClipID: "c-1"}, Item{Kind: KindSilence, SilenceMS: 1000}
	for _, c := range []struct {
		name string
		list Playlist
		want string
	}{
		{"good", Playlist{Items: []Item{clip, rest}}, ""},
		{"empty", Playlist{}, ""},
		{"kinds told by their keys", Playlist{Items: []Item{{ClipID: "c-1"}, {SilenceMS: 5}}}, ""},
		{"no kind to be told", Playlist{Items: []Item{{}}}, "items[0].kind unknown"},
		{"both keys", Playlist{Items: []Item{{ClipID: "c-1", SilenceMS: 5}}}, "items[0].kind unknown"},
		{"unknown kind", Playlist{Items: []Item{clip, {Kind: "relay"}}}, "items[1].kind unknown"},
		{"unknown mode", Playlist{Mode: "random"}, "mode unknown"},
		{"clip without ID", Playlist{Items: []Item{{Kind: KindClip}}}, "items[0].clip_id required"},
		{"clip with a length", Playlist{Items: []Item{{Kind: KindClip, ClipID: "c", SilenceMS: 1}}}, "items[0].ms unused"},
		{"silence with a clip", Playlist{Items: []Item{{Kind: KindSilence, ClipID: "c", SilenceMS: 1}}}, "items[0].clip_id unused"},
		{"ten minutes of silence", Playlist{Items: []Item{clip, {Kind: KindSilence, SilenceMS: 600_000}}}, ""},
		{"more", Playlist{Items: []Item{{Kind: KindSilence, SilenceMS: 600_001}}}, "items[0].ms range"},
		{"less than nothing", Playlist{Items: []Item{{Kind: KindSilence, SilenceMS: -5}}}, "items[0].ms range"},
		{"silence in turn", Playlist{Mode: ModeRotate, Items: []Item{clip, rest}}, "items[1].kind conflict"},
		{"200 items", Playlist{Items: manyItems(200)}, ""},
		{"201 items", Playlist{Items: manyItems(201)}, "items length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.list.Title = "Danh sách"
			if got := fields(t, ValidatePlaylist(c.list.Normalise())); got != c.want {
				t.Errorf("complains of %q, want %q", got, c.want)
			}
		})
	}
}

func manyItems(n int) []Item {
	out := make([]Item, n)
	for i := range out {
		out[i] = Item{Kind: KindClip, ClipID: "c-1"}
	}
	return out
}

func TestValidateSettings(t *testing.T) {
	nan := 0.0
	nan /= nan
	for _, c := range []struct {
		name string
		edit func(*Settings)
		want string
	}{
		{"the first day", func(*Settings) {}, ""},
		{"a named station", func(s *Settings) { s.StationName, s.StationCode = "Đài An Bình", "ab-01" }, ""},
		{"code with a slash", func(s *Settings) { s.StationCode = "AB/1" }, "station_code format"},
		{"unknown zone", func(s *Settings) { s.Zone = "Asia/Saigonn" }, "time_zone unknown"},
		{"the machine's zone", func(s *Settings) { s.Zone = "Local" }, "time_zone unknown"},
		{"a file of the machine", func(s *Settings) { s.Zone = "../../etc/passwd" }, "time_zone unknown"},
		{"too loud", func(s *Settings) { s.LoudnessLUFS = -5 }, "loudness_lufs range"},
		{"not a number", func(s *Settings) { s.TruePeakDBTP = nan }, "true_peak_dbtp range"},
		{"no window at all", func(s *Settings) { s.LatenessS = 0 }, "lateness_s range"},
		{"warm-up of hours", func(s *Settings) { s.WarmUpMS = 3_600_000 }, "warm_up_ms range"},
		{"no session", func(s *Settings) { s.MaxSessionS = 0 }, "max_session_s range"},
		{"no quiet hours", func(s *Settings) { s.QuietHours = nil }, ""},
		{"quiet to the end of the day", func(s *Settings) { s.QuietHours = []DailySpan{{From: "22:00", To: "24:00"}} }, ""},
		{"quiet, but when", func(s *Settings) { s.QuietHours = []DailySpan{{From: "21:00", To: "5:00"}} }, "quiet_hours[0] format"},
		{"quiet too often", func(s *Settings) { s.QuietHours = manySpans(11) }, "quiet_hours length"},
		{"trusted hosts", func(s *Settings) { s.TrustedHosts = []string{" Tuyentruyen.GOV.vn. ", ".gov.vn"} }, ""},
		{"a link for a host", func(s *Settings) { s.TrustedHosts = []string{"https://gov.vn"} }, "trusted_hosts[0] format"},
		{"a host with a port", func(s *Settings) { s.TrustedHosts = []string{"a.vn", "b.vn:8080"} }, "trusted_hosts[1] format"},
		{"a whole country", func(s *Settings) { s.TrustedHosts = []string{".vn"} }, "trusted_hosts[0] format"},
		{"everybody", func(s *Settings) { s.TrustedHosts = []string{"*"} }, "trusted_hosts[0] format"},
		{"too many hosts", func(s *Settings) { s.TrustedHosts = manyHosts(51) }, "trusted_hosts length"},
		{"just enough hosts", func(s *Settings) { s.TrustedHosts = manyHosts(50) }, ""},
		{"no notice of expiry", func(s *Settings) { s.ExpiryNoticeDays = 0 }, ""},
		{"notice after the fact", func(s *Settings) { s.ExpiryNoticeDays = -1 }, "expiry_notice_days range"},
		{"notice of two years", func(s *Settings) { s.ExpiryNoticeDays = 366 }, "expiry_notice_days range"},
		{"unknown clock rule", func(s *Settings) { s.ClockRule = "" }, "clock_rule unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := DefaultSettings()
			c.edit(&s)
			if got := fields(t, ValidateSettings(s.Normalise())); got != c.want {
				t.Errorf("complains of %q, want %q", got, c.want)
			}
		})
	}
}

func manyHosts(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("h%d.gov.vn", i)
	}
	return out
}

func manySpans(n int) []DailySpan {
	out := make([]DailySpan, n)
	for i := range out {
		out[i] = DailySpan{From: "01:00", To: "02:00"}
	}
	return out
}
