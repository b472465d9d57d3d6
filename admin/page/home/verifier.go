package home

import (
	"path"

	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// getVerifier hands out the verifier page to be saved. It is never shown in place: it belongs on a computer of whoever
// checks, opened from a file, and under this server's policy its scripts would not run.
func (p *Pages) getVerifier(*route.Call) (route.Reply, error) {
	if len(p.verifier) == 0 {
		return nil, route.NotFound("file", path.Base(frame.VerifierPath))
	}
	return route.Content{File: frame.FromMemory(p.verifier), Type: "text/html; charset=utf-8", Name: path.Base(frame.VerifierPath)}, nil
}
