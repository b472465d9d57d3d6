package api

import (
	"fmt"
	"mime"
	"net/http"

	"loaxa/admin/route"
)

// singleProof is one record as a file that verifies by itself. Its size is that of a checkpoint, not one that is asked
// for.
func (a *API) singleProof(c *route.Call, epoch int64) (route.Reply, error) {
	if c.Query("size") != "" {
		msg := "size has no place in a tlog-proof: it is that of the newest checkpoint"
		return nil, route.BadRequest("bad_number", msg, route.Field{Field: "size", Code: "bad_number", Message: msg})
	}
	index, err := indexIn(c, a.o.Log.Size())
	if err != nil {
		return nil, err
	}
	s, err := a.o.Log.Single(c.Request.Context(), index)
	if err != nil {
		return nil, logError(err)
	}
	h := http.Header{}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fmt.Sprintf("dong-%d-%d.tlog-proof", epoch, index)}))
	return route.Text{Type: "text/plain; charset=utf-8", Body: s.Marshal(), Header: h}, nil
}

// indexIn is the record that is asked for, in a log of that size.
func indexIn(c *route.Call, size int64) (int64, error) {
	index, err := c.Int("index", -1, 0, size-1)
	if err == nil && index < 0 {
		err = route.BadRequest("bad_number", "index is missing", route.Field{Field: "index", Code: "required", Message: "index is missing"})
	}
	return index, err
}
