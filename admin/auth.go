package admin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// Bad tokens and links: ten a minute from one address, and 1,024 addresses remembered.
const (
	badTries     = 10
	badWindow    = time.Minute
	badAddresses = 1024
)

// visitEvery is how often the visits of one inspector are recorded, and visitors how many are remembered.
const (
	visitEvery = time.Hour
	visitors   = 256
)

// identify says who asks. A missing or expired proof is nobody; a wrong token is a problem.
func (s *Server) identify(r *http.Request) (account.Identity, error) {
	if p, ok := peerOf(r.Context()); ok {
		return socketIdentity(p, r)
	}
	if header := r.Header.Get("Authorization"); header != "" {
		return s.byToken(header, r)
	}
	// Neither of the two has a limit of tries before it: they are too long to be guessed, and no attack on the sign-in may
	// stand between the people who are in and the emergency button. Where a browser has both, the session says more.
	for _, proof := range []struct {
		cookie string
		check  func(string) (account.Identity, error)
	}{{frame.SessionCookie, s.accounts.BySession}, {frame.PhoneCookie, s.accounts.ByPhone}} {
		cookie, err := r.Cookie(proof.cookie)
		if err != nil {
			continue
		}
		who, err := proof.check(cookie.Value)
		if !errors.Is(err, account.ErrUnknown) {
			return who, err
		}
	}
	return account.Identity{}, nil
}

func (s *Server) byToken(header string, r *http.Request) (account.Identity, error) {
	key := rateKey(r.RemoteAddr)
	if wait := s.limiter.Wait(key); wait > 0 {
		return account.Identity{}, &route.Problem{Status: http.StatusTooManyRequests, Code: "too_many_tries", Retry: wait}
	}
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return account.Identity{}, &route.Problem{Status: http.StatusUnauthorized, Code: "bad_token",
			Detail: fmt.Sprintf("the Authorization header is of kind %q, not Bearer", scheme)}
	}
	who, err := s.accounts.ByToken(strings.TrimSpace(secret))
	if errors.Is(err, account.ErrUnknown) {
		s.limiter.Fail(key)
		return account.Identity{}, &route.Problem{Status: http.StatusUnauthorized, Code: "bad_token",
			Detail: "the token is not known or was revoked"}
	}
	return who, err
}

// authorise says whether who may call the route. A refused act goes into the log when the route names it.
func (s *Server) authorise(rt route.Route, who account.Identity, r *http.Request) error {
	switch rt.Access {
	case route.Public:
		return nil
	case route.Local:
		if (who.Known() && !who.Phone) || fromHere(r) {
			return nil
		}
	case route.Signed:
		if slices.Contains(rt.Roles, who.Role) && (rt.Phone || !who.Phone) {
			return nil
		}
	}
	if !who.Known() {
		return &route.Problem{Status: http.StatusUnauthorized, Code: "sign_in"}
	}
	if rt.Logged != "" {
		s.operator(who.Actor, evidence.Operator{What: rt.Logged, Result: "denied: role " + string(who.Role)})
	}
	if who.Phone {
		return &route.Problem{Status: http.StatusForbidden, Code: "phone",
			Detail: fmt.Sprintf("%s %s is not for registered phones; %s is one", rt.Method, rt.Path, who.Name)}
	}
	return &route.Problem{Status: http.StatusForbidden, Code: "role",
		Detail: fmt.Sprintf("%s %s needs one of %v; %s has %s", rt.Method, rt.Path, rt.Roles, who.Name, who.Role)}
}

// visitBook remembers when inspectors were last seen, so that their visits are logged without a record per click.
type visitBook struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// first says whether this visit of actor, or of one of the actor's sessions, is to be recorded.
func (v *visitBook) first(actor string, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if last, ok := v.seen[actor]; ok && now.Sub(last) < visitEvery && !now.Before(last) {
		return false
	}
	if len(v.seen) >= visitors {
		clear(v.seen) // rarely, and then a visit is recorded once more than needed
	}
	v.seen[actor] = now
	return true
}
