package page

import "html/template"

// functions are what the templates of these screens may call, beside what the templates' data offer.
func functions() template.FuncMap {
	return template.FuncMap{

		"person":      personText,
		"roleChoice":  chooseRole,
		"sessionList": listSessions,
		"phoneList":   listPhones,
	}
}
