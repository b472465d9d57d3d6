package people

import (
	"fmt"
	"strings"

	"loaxa/admin/account"
	"loaxa/admin/locale"
)

// Parts that the users' page and one's own page share. Templates have no other way to hand two things to a part.

// roleChoice is the choice of a role; a fixed one cannot be changed.
type roleChoice struct {
	W      locale.Words
	Roles  []account.Role
	Chosen string
	Fixed  bool
}

func chooseRole(u Users, chosen any, fixed bool) roleChoice {
	return roleChoice{W: u.W, Roles: u.Roles, Chosen: fmt.Sprint(chosen), Fixed: fixed}
}

// listed is a list of sessions or phones, with the page that it stands on.
type listed[T any] struct {
	W    locale.Words
	List []T
	From string // users | account
}

// spoken is a page; every page has words.
type spoken interface{ Words() locale.Words }

func listSessions(p spoken, list []account.Session, from string) listed[account.Session] {
	return listed[account.Session]{W: p.Words(), List: list, From: from}
}

func listPhones(p spoken, list []Phone, from string) listed[Phone] {
	return listed[Phone]{W: p.Words(), List: list, From: from}
}

// personText is an actor of the log as people read it.
func personText(actor string) string { return strings.TrimPrefix(actor, "user:") }
