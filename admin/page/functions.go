package page

import (
	"html/template"
	"slices"

	"loaxa/admin/api"
)

// functions are what templates may call, beside what the templates' data offer.
func functions() template.FuncMap {
	return template.FuncMap{
		"clock":     clockText,
		"span":      api.SpanText,
		"day":       dayText,
		"countdown": countdownText,
		"inc":       func(i int) int { return i + 1 },
		"has":       slices.Contains[[]int],
		"weekdays":  func() []int { return []int{1, 2, 3, 4, 5, 6, 7} },

		"person":      personText,
		"roleChoice":  chooseRole,
		"sessionList": listSessions,
		"phoneList":   listPhones,

		"settingsIn": settingsIn,

		"isoday":    isoDay,
		"actor":     person,
		"megabytes": megabytesText,

		"date":   dateText,
		"worded": wordedOf,
	}
}
