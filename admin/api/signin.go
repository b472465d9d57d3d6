package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// What pages do about signing in goes through here, so that each way in is on record once, and each refusal, too.

// From is where a request comes from, for the counting of tries and the list of sessions.
func From(c *route.Call) account.From {
	return account.From{Address: c.Peer, Agent: c.Request.UserAgent()}
}

// SignIn opens a session by login and password.
func (a *API) SignIn(c *route.Call, login, password string) (cookie string, err error) {
	cookie, who, err := a.o.Accounts.SignIn(c.Request.Context(), login, password, From(c))
	return a.entered(c, cookie, who, "password", login, err)
}

// UseCode opens a session by an inspector's code or one of the recovery sheet.
func (a *API) UseCode(c *route.Call, code string) (cookie string, who account.Identity, err error) {
	cookie, who, err = a.o.Accounts.UseCode(code, From(c))
	cookie, err = a.entered(c, cookie, who, "code", "", err)
	return cookie, who, err
}

// SetPassword spends a set-password code and opens a session.
func (a *API) SetPassword(c *route.Call, code, password string) (cookie string, err error) {
	cookie, who, err := a.o.Accounts.SetPassword(c.Request.Context(), code, password, From(c))
	return a.entered(c, cookie, who, "set-password code", "", err)
}

// UseLink spends the set-up link and opens a session.
func (a *API) UseLink(c *route.Call, link string) (cookie string, err error) {
	cookie, who, err := a.o.Accounts.UseLink(link, From(c))
	return a.entered(c, cookie, who, "link", "", err)
}

// MakeAdministrator makes or resets an administrator for whoever came by the link, and opens a session of that person.
func (a *API) MakeAdministrator(c *route.Call, login, name, password string) (cookie string, err error) {
	cookie, who, err := a.o.Accounts.MakeAdministrator(c.Request.Context(), c.Who, login, name, password, From(c))
	return a.entered(c, cookie, who, "set-up", "", err)
}

func (a *API) entered(c *route.Call, cookie string, who account.Identity, how, login string, err error) (string, error) {
	var wait *account.WaitError
	switch {
	case err == nil:
		a.SignedIn(who, how)
		return cookie, nil
	case errors.Is(err, account.ErrCredentials), errors.Is(err, account.ErrUnknown), errors.As(err, &wait):
		// A login that nobody has stays out of the log: people type their password into the wrong field.
		if p, err := a.o.Accounts.Person(login); err == nil && login != "" {
			how = "login " + p.Login
		}
		for _, r := range a.refusals.count(c.Peer, how, a.o.Now()) {
			a.Operator("station", evidence.Operator{What: "sign_in_refused", Object: r.address, Reason: strings.Join(r.how, ", "),
				Result: fmt.Sprintf("denied: tries %d", r.tries)})
		}
	}
	return "", err
}

// Refused sign-ins are recorded at most once a minute for each address, and so many a minute in all: who hammers at the
// door must not fill the log. What was not recorded yet is counted into the next record.
const (
	refusalEvery     = time.Minute
	refusalsAMinute  = 10
	refusalAddresses = 256
	otherAddresses   = "other addresses"
)

// refusal is what one record tells.
type refusal struct {
	address string
	how     []string // logins that exist, or the way that was tried; a few
	tries   int
}

type refusalBook struct {
	mu      sync.Mutex
	pending map[string]*refusal
	written map[string]time.Time // last record of an address
	minute  time.Time            // start of the minute in which inside many were written
	inside  int
}

func newRefusalBook() *refusalBook {
	return &refusalBook{pending: make(map[string]*refusal), written: make(map[string]time.Time)}
}

// count notes one refusal and returns what is to be recorded now, also of other addresses.
func (b *refusalBook) count(address, how string, now time.Time) []refusal {
	b.mu.Lock()
	defer b.mu.Unlock()
	for at, last := range b.written {
		if b.over(last, now) {
			delete(b.written, at)
		}
	}
	if _, known := b.pending[address]; !known && len(b.pending)+len(b.written) >= refusalAddresses {
		address = otherAddresses
	}
	r := b.pending[address]
	if r == nil {
		r = &refusal{address: address}
		b.pending[address] = r
	}
	r.tries++
	if len(r.how) < 3 && !slices.Contains(r.how, how) {
		r.how = append(r.how, how)
	}
	return b.due(now)
}

func (b *refusalBook) due(now time.Time) (out []refusal) {
	if b.over(b.minute, now) {
		b.minute, b.inside = now, 0
	}
	for at, r := range b.pending {
		if _, recent := b.written[at]; recent || b.inside >= refusalsAMinute {
			continue
		}
		b.inside++
		b.written[at] = now
		delete(b.pending, at)
		out = append(out, *r)
	}
	return out
}

// over says whether a minute has passed; a clock that was set back counts as passed.
func (b *refusalBook) over(since, now time.Time) bool {
	return now.Sub(since) >= refusalEvery || now.Before(since)
}
