package api

import (
	"errors"
	"net/http"
	"os"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/audio/library"
)

// maxPeakBins is how fine a waveform is sent: more than any screen is wide.
const (
	maxPeakBins = 20000
	peakBins    = 1200
)

// clipEdit is what PATCH changes; what is left out stays.
type clipEdit struct {
	Title      *string         `json:"title,omitempty"`
	Source     *string         `json:"source,omitempty"`
	Tags       *[]string       `json:"tags,omitempty"`
	Letter     *library.Letter `json:"letter,omitempty"`
	ValidFrom  *string         `json:"valid_from,omitempty"`
	ValidUntil *string         `json:"valid_until,omitempty"`
}

// clipsRequest names several clips, as one letter brings them.
type clipsRequest struct {
	IDs []string `json:"ids"`
}

// approvalRequest approves several clips.
type approvalRequest struct {
	IDs   []string                `json:"ids"`
	Paper *library.Paper          `json:"paper,omitempty"` // approved on paper; entered_by is not read
	Seen  map[string]library.Seen `json:"seen,omitempty"`  // what the approver had of them, by ID; "changed" where one is not so any more
}

// oneApproval approves one clip.
type oneApproval struct {
	Paper *library.Paper `json:"paper,omitempty"`
	Seen  *library.Seen  `json:"seen,omitempty"`
}

type rejectRequest struct {
	Why string `json:"why"`
}

type retireRequest struct {
	EvenIfUsed bool `json:"even_if_used"`
}

// TrimRequest asks for a part of a clip's sound.
type TrimRequest struct {
	FromMS     int64 `json:"from_ms"`
	UntilMS    int64 `json:"until_ms"` // 0 = to the end; both 0 undo a trim
	EvenIfUsed bool  `json:"even_if_used"`
}

// peakAnswer is a waveform as library.Peaks gives it.
type peakAnswer struct {
	FramesPerBin int64  `json:"frames_per_bin"` // at 48,000 a second
	Low          []int8 `json:"low"`            // of 127
	High         []int8 `json:"high"`
}

type clipsAnswer struct {
	Clips []library.Clip `json:"clips"`
}

type photoAnswer struct {
	SHA256 string `json:"sha256"`
}

func (a *API) clipActRoutes() []route.Route {
	approving := func(rt route.Route) route.Route {
		rt.Roles = []account.Role{account.Approver, account.Administrator}
		return rt
	}
	asking := func(rt route.Route) route.Route {
		rt.Doc.Query = confirmParam()
		return rt
	}
	peaks := described(read("/clips/:id/peaks", "The waveform: lowest and highest sample of each stretch, of 127.", a.getPeaks), nil, peakAnswer{}, 0)
	peaks.Doc.Query = []route.Param{{Name: "bins", About: "at most so many stretches, 1 to 20000, default 1200"}}
	photo := described(edit("POST", "/photos", "photo", "Keep a JPEG or PNG picture of a signature on paper; the body is the picture.", a.postPhoto), nil, photoAnswer{}, http.StatusCreated)
	photo.MaxBody, photo.Slow = 11<<20, true
	seen := read("/photos/:sha", "A picture of a signature on paper.", a.getPhoto)
	seen.Slow, seen.Doc.Type = true, "image/*"
	return []route.Route{
		asking(described(edit("PATCH", "/clips/:id", "clip", "Change what is said about a clip. Another letter or other days of validity void its approval.", a.patchClip), clipEdit{}, ClipAnswer{}, 0)),
		described(edit("DELETE", "/clips/:id", "clip", "Remove a clip that was never approved and is not used.", a.deleteClip), nil, nil, http.StatusNoContent),
		described(edit("POST", "/clips/submit", "submit", "Submit drafts to an approver: all or none.", a.submitClips), clipsRequest{}, clipsAnswer{}, 0),
		described(edit("POST", "/clips/:id/submit", "submit", "Submit a draft to an approver.", a.submitClip), nil, ClipAnswer{}, 0),
		asking(approving(described(edit("POST", "/clips/approve", "approve", "Approve clips at once: all or none.", a.approveClips), approvalRequest{}, clipsAnswer{}, 0))),
		asking(approving(described(edit("POST", "/clips/:id/approve", "approve", "Approve a clip, as it is now or, with seen, only as it was.", a.approveClip), oneApproval{}, ClipAnswer{}, 0))),
		approving(described(edit("POST", "/clips/:id/reject", "reject", "Send a submitted clip back, with the reason.", a.rejectClip), rejectRequest{}, ClipAnswer{}, 0)),
		asking(described(edit("POST", "/clips/:id/retire", "retire", "Retire a clip: it is kept, and not played any more. One in use needs even_if_used.", a.retireClip), retireRequest{}, ClipAnswer{}, 0)),
		asking(described(edit("POST", "/clips/:id/trim", "trim", "Keep a part of the sound only; the original is kept whole, the approval is void. The work is an import.", a.trimClip), TrimRequest{}, ImportAnswer{}, http.StatusAccepted)),
		peaks, photo, seen,
	}
}

func (a *API) patchClip(c *route.Call) (route.Reply, error) {
	var in clipEdit
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	clip, err := a.EditClip(ActOf(c), c.Param("id"), library.Edit{Title: in.Title, Source: in.Source, Tags: in.Tags,
		Letter: in.Letter, ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil})
	return a.clipReply(c, clip, err)
}

func (a *API) deleteClip(c *route.Call) (route.Reply, error) {
	return route.JSON{Status: http.StatusNoContent}, a.RemoveClip(c.Who, c.Param("id"))
}

func (a *API) submitClips(c *route.Call) (route.Reply, error) {
	var in clipsRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	clips, err := a.SubmitClips(c.Who, in.IDs...)
	return route.JSON{Value: clipsAnswer{Clips: notNil(clips)}}, err
}

func (a *API) submitClip(c *route.Call) (route.Reply, error) {
	clips, err := a.SubmitClips(c.Who, c.Param("id"))
	return a.firstReply(c, clips, err)
}

func (a *API) approveClips(c *route.Call) (route.Reply, error) {
	var in approvalRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	clips, err := a.ApproveClips(ActOf(c), in.IDs, in.Paper, in.Seen)
	return route.JSON{Value: clipsAnswer{Clips: notNil(clips)}}, err
}

func (a *API) approveClip(c *route.Call) (route.Reply, error) {
	var in oneApproval
	if c.Request.ContentLength != 0 {
		if err := c.DecodeJSON(&in); err != nil {
			return nil, err
		}
	}
	id, seen := c.Param("id"), map[string]library.Seen{}
	if in.Seen != nil {
		seen[id] = *in.Seen
	}
	clips, err := a.ApproveClips(ActOf(c), []string{id}, in.Paper, seen)
	return a.firstReply(c, clips, err)
}

func (a *API) rejectClip(c *route.Call) (route.Reply, error) {
	var in rejectRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	clip, err := a.RejectClip(c.Who, c.Param("id"), in.Why)
	return a.clipReply(c, clip, err)
}

func (a *API) retireClip(c *route.Call) (route.Reply, error) {
	var in retireRequest
	if c.Request.ContentLength != 0 {
		if err := c.DecodeJSON(&in); err != nil {
			return nil, err
		}
	}
	clip, err := a.RetireClip(ActOf(c), c.Param("id"), in.EvenIfUsed)
	return a.clipReply(c, clip, err)
}

func (a *API) trimClip(c *route.Call) (route.Reply, error) {
	var in TrimRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	s, err := a.TrimClip(c, c.Param("id"), in)
	return a.importReply(c, s, err)
}

func (a *API) getPeaks(c *route.Call) (route.Reply, error) {
	bins, err := c.Int("bins", peakBins, 1, maxPeakBins)
	if err != nil {
		return nil, err
	}
	level, err := a.o.Library.Peaks(c.Param("id"), int(bins))
	return route.JSON{Value: peakAnswer{FramesPerBin: level.FramesPerBin, Low: level.Low, High: level.High}}, err
}

func (a *API) postPhoto(c *route.Call) (route.Reply, error) {
	c.Extend(5 * time.Minute)
	sum, err := a.o.Library.KeepPhoto(c.Request.Context(), c.Request.Body)
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: http.StatusCreated, Value: photoAnswer{SHA256: sum}, Location: Prefix + "/photos/" + sum}, nil
}

func (a *API) getPhoto(c *route.Call) (route.Reply, error) {
	f, err := a.o.Library.Photo(c.Param("sha"))
	if err != nil {
		return nil, err
	}
	kind, err := pictureType(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return route.Content{File: f, Type: kind, ETag: `"` + c.Param("sha") + `"`}, nil
}

// pictureType tells which of the two kinds of picture that are kept it is.
func pictureType(f *os.File) (string, error) {
	var head [4]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return "", err
	}
	if string(head[1:]) == "PNG" {
		return "image/png", nil
	}
	return "image/jpeg", nil
}

func (a *API) firstReply(c *route.Call, clips []library.Clip, err error) (route.Reply, error) {
	if err != nil {
		return nil, err
	}
	return a.clipReply(c, clips[0], nil)
}

func (a *API) clipReply(c *route.Call, clip library.Clip, err error) (route.Reply, error) {
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: a.clipAnswer(c.Words, clip)}, nil
}
