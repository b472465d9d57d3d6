package frame

import (
	"loaxa/admin/api"
	"loaxa/admin/route"
)

// Addresses that more than one room of screens leads to.
const (
	EmergencyPath = "/emergency"          // the page with which somebody speaks to the village at once
	StartPath     = "/start"              // the page that leads through the first set-up
	KeyFormPath   = "/phieu-dang-ky-khoa" // the key's registration form
)

// VerifierPath is where the verifier page is downloaded, and what the file is called.
const VerifierPath = "/doi-chieu.html"

// After leads back to the page of the form with a note. That there was nothing to stop is no error to a person who wanted
// quiet.
func After(c *route.Call, note string, err error) (route.Reply, error) {
	if code := api.RefusalCode(err); code == "nothing_on_air" || code == "not_on_hold" {
		return route.Redirect{To: Origin(c) + "?note=" + code}, nil
	}
	if err != nil {
		return nil, err
	}
	return route.Redirect{To: Origin(c) + "?note=" + note}, nil
}

// Origin is the page that a form of several pages says it stands on; the home page unless it is one of these.
func Origin(c *route.Call) string {
	if c.Request.ParseForm() == nil {
		if back := c.Request.PostForm.Get("back"); back == EmergencyPath || back == StartPath {
			return back
		}
	}
	return "/"
}
