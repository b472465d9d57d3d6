package frame

import (
	"strings"

	"loaxa/admin/locale"
	"loaxa/admin/route"
)

// postLanguage keeps the language in this browser, and leads back to the page of this station from which it was chosen.
func (f *Frame) postLanguage(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	lang := locale.Vietnamese
	if c.Request.PostForm.Get("language") == string(locale.English) {
		lang = locale.English
	}
	back := c.Request.PostForm.Get("back")
	// Browsers drop tabs out of an address: behind one, another site would stand at once.
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n\t") {
		back = "/"
	}
	cookie := NewSessionCookie(c.Request, string(lang), 365*24*3600) //nolint:gosec // it has all three, Secure where the connection is
	cookie.Name = LanguageCookie
	return route.Redirect{To: back, Cookie: cookie}, nil
}
