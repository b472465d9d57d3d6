package frame

import "net/http"

// SessionCookie is the name of the cookie that carries a session.
const SessionCookie = "loaxa_session"

// PhoneCookie is the name of the cookie that carries a phone's registration.
const PhoneCookie = "loaxa_phone"

// LanguageCookie is the name of the cookie that keeps the language somebody chose: vi or en.
const LanguageCookie = "loaxa_language"

// NewSessionCookie is Secure only where the connection is: a browser would not send it back over plain http.
func NewSessionCookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: SessionCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, //nolint:gosec // see above
		Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode}
}
