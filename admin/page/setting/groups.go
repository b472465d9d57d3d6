package setting

import "loaxa/schedule"

// settingGroups are the settings in the order in which a new station comes to them.
func settingGroups() []settingGroup {
	type s = schedule.Settings
	return []settingGroup{
		{"station", []setting{
			textSetting("station_name", func(s *s) *string { return &s.StationName }),
			textSetting("station_code", func(s *s) *string { return &s.StationCode }),
			textSetting("time_zone", func(s *s) *string { return &s.Zone }),
		}},
		{"letterhead", []setting{
			textSetting("letterhead.parent", func(s *s) *string { return &s.Letterhead.Parent }),
			textSetting("letterhead.issuer", func(s *s) *string { return &s.Letterhead.Issuer }),
			textSetting("letterhead.place", func(s *s) *string { return &s.Letterhead.Place }),
			textSetting("letterhead.code", func(s *s) *string { return &s.Letterhead.Code }),
			kindOf(settingProse, linesSetting("letterhead.addressees", func(s *s) *[]string { return &s.Letterhead.Addressees })),
			kindOf(settingProse, linesSetting("letterhead.recipients", func(s *s) *[]string { return &s.Letterhead.Recipients })),
			kindOf(settingProse, textSetting("letterhead.steering", func(s *s) *string { return &s.Letterhead.Steering })),
			kindOf(settingProse, textSetting("letterhead.outlook", func(s *s) *string { return &s.Letterhead.Outlook })),
			choiceSetting("letterhead.mode", []string{"", "tm", "kt", "tl"}, func(s *s) *string { return &s.Letterhead.Mode }),
			textSetting("letterhead.title", func(s *s) *string { return &s.Letterhead.Title }),
			textSetting("letterhead.signer", func(s *s) *string { return &s.Letterhead.Signer }),
		}},
		{"quiet", []setting{
			spansSetting("quiet_hours", func(s *s) *[]schedule.DailySpan { return &s.QuietHours }),
		}},
		{"limits", []setting{
			textSetting("limits.basis", func(s *s) *string { return &s.Limits.Basis }),
			numberSetting("limits.sessions_per_day", "broadcasts", "0–1000", 1, func(s *s) *int { return &s.Limits.SessionsPerDay }),
			numberSetting("limits.minutes_per_session", "minutes", "0–1440", 1, func(s *s) *int { return &s.Limits.MinutesPerSession }),
			kindOf(settingTime, textSetting("limits.earliest_start", func(s *s) *string { return &s.Limits.EarliestStart })),
			kindOf(settingTime, textSetting("limits.latest_start", func(s *s) *string { return &s.Limits.LatestStart })),
			choiceSetting("limits.weekend", []string{"", "priority", "none"}, func(s *s) *string { return &s.Limits.Weekend }),
		}},
		{"rules", []setting{
			tickSetting("approval_required", func(s *s) *bool { return &s.ApprovalRequired }),
			choiceSetting("clock_rule", []string{"strict", "allow_doubtful"}, func(s *s) *string { return &s.ClockRule }),
			numberSetting("lateness_s", "minutes", "1–1440", 60, func(s *s) *int64 { return &s.LatenessS }),
			numberSetting("max_session_s", "minutes", "1–1440", 60, func(s *s) *int64 { return &s.MaxSessionS }),
			numberSetting("emergency_max_s", "minutes", "1–1440", 60, func(s *s) *int64 { return &s.EmergencyMaxS }),
			numberSetting("expiry_notice_days", "days", "0–365", 1, func(s *s) *int { return &s.ExpiryNoticeDays }),
			kindOf(settingTime, textSetting("night_check_at", func(s *s) *string { return &s.NightCheckAt })),
		}},
		{"chime", []setting{
			kindOf(settingList, textSetting("opening_id", func(s *s) *string { return &s.OpeningID })),
			kindOf(settingList, textSetting("closing_id", func(s *s) *string { return &s.ClosingID })),
			numberSetting("pause_ms", "seconds", "0–60", 1000, func(s *s) *int64 { return &s.PauseMS }),
		}},
		{"sound", []setting{
			numberSetting("loudness_lufs", "lufs", "-40 – -6", 1, func(s *s) *float64 { return &s.LoudnessLUFS }),
			numberSetting("true_peak_dbtp", "dbtp", "-20 – 0", 1, func(s *s) *float64 { return &s.TruePeakDBTP }),
			numberSetting("max_volume_percent", "percent", "1–100", 1, func(s *s) *int { return &s.MaxVolumePercent }),
			levelsSetting("volume_spans", func(s *s) *[]schedule.VolumeSpan { return &s.VolumeSpans }),
			numberSetting("volume_ramp_s", "seconds", "0–600", 1, func(s *s) *int64 { return &s.VolumeRampS }),
			numberSetting("rehearsal_percent", "percent", "1–100", 1, func(s *s) *int { return &s.RehearsalPercent }),
			numberSetting("warm_up_ms", "seconds", "0–60", 1000, func(s *s) *int64 { return &s.WarmUpMS }),
		}},
		{"content", []setting{
			linesSetting("entertainment_tags", func(s *s) *[]string { return &s.EntertainmentTags }),
			linesSetting("trusted_hosts", func(s *s) *[]string { return &s.TrustedHosts }),
		}},
	}
}
