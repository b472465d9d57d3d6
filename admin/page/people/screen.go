// Package people is the screens of the accounts: the door, the users, one's own account, and the papers that go with them.
package people

import (
	"embed"
	"html/template"
	"slices"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/page/frame"
)

//go:embed template/*.html
var templates embed.FS

// Pages are the handlers of these screens.
type Pages struct {
	frame    *frame.Frame
	station  *api.API
	accounts *account.Book
	limiter  *account.Limiter // shared with the tokens: one address has one allowance
}

// New makes the screens in their frame.
func New(f *frame.Frame, station *api.API, accounts *account.Book, limiter *account.Limiter) *Pages {
	return &Pages{frame: f, station: station, accounts: accounts, limiter: limiter}
}

// Screen is what they bring to the table.
func (p *Pages) Screen() frame.Screen {
	return frame.Screen{Routes: slices.Concat(p.doorRoutes(), p.userRoutes(), p.accountRoutes()), Templates: templates,
		Functions: template.FuncMap{"person": personText, "roleChoice": chooseRole, "sessionList": listSessions, "phoneList": listPhones},
	}
}
