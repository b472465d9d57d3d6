package shelf

import (
	"encoding/json"
	"slices"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/audio/library"
)

// queueAtOnce is how many clips an approver has before them at once; each is to be listened to.
const queueAtOnce = 20

// Queue is the clips that wait for an approver.
type Queue struct {
	frame.Shell
	Rows       []QueueRow
	Waiting    int // of all pages
	MayApprove bool
}

// QueueRow is a clip with all that its approval speaks of.
type QueueRow struct {
	api.ShelfEntry
	Topics []string
	Sound  string
	Seen   string // JSON of a library.Seen: the approval is of this and of nothing else
	Ticked bool
}

func (p *Pages) getQueue(c *route.Call) (route.Reply, error) {
	q, err := p.queue(c, nil)
	if err != nil {
		return nil, err
	}
	return route.Page{Name: "queue.html", Data: q}, nil
}

func (p *Pages) queue(c *route.Call, ticked []string) (Queue, error) {
	s, err := p.frame.Shell(c, "/clips", c.Words.T("clip.queue.title"))
	if err != nil {
		return Queue{}, err
	}
	shelf, err := p.station.Shelf(api.ShelfQuery{State: library.StateSubmitted, Page: 1, Size: queueAtOnce})
	if err != nil {
		return Queue{}, err
	}
	topics, err := p.station.Taxonomy()
	if err != nil {
		return Queue{}, err
	}
	out := Queue{Shell: s, Waiting: shelf.Found, MayApprove: c.Who.Role.MayApprove()}
	for _, e := range shelf.Clips {
		seen, err := json.Marshal(library.SeenOf(e.Clip))
		if err != nil {
			return Queue{}, err
		}
		out.Rows = append(out.Rows, QueueRow{ShelfEntry: e, Topics: topicTitles(topics, e.Tags), Seen: string(seen), Ticked: slices.Contains(ticked, e.ID),
			Sound: api.Prefix + "/clips/" + e.ID + "/played?v=" + e.CanonicalSHA256[:min(12, len(e.CanonicalSHA256))]})
	}
	return out, nil
}

// postApprove approves what was ticked, as it was when the page was made: a clip that is another by now stops all.
func (p *Pages) postApprove(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	f := c.Request.PostForm
	ids, seen := f["id"], make(map[string]library.Seen)
	single := f.Get("single") != ""
	for _, id := range ids {
		var s library.Seen
		if err := json.Unmarshal([]byte(f.Get("seen."+id)), &s); err != nil {
			return nil, route.BadRequest("bad_form", "seen."+id+": "+err.Error())
		}
		seen[id] = s
	}
	var err error = route.BadRequest("none_ticked", "no clip is ticked")
	if len(ids) > 0 {
		_, err = p.station.ApproveClips(api.ActOf(c), ids, nil, seen)
	}
	switch {
	case err == nil && single:
		return clipAt(ids[0], "clip_approved"), nil
	case err == nil:
		return route.Redirect{To: "/clips/queue?note=clips_approved"}, nil
	case single && len(ids) == 1:
		return p.clipRefused(c, ids[0], err)
	}
	q, wrong := p.queue(c, ids)
	if wrong != nil {
		return nil, wrong
	}
	var status int
	q.Notice, status = p.frame.Asked(c, err)
	return frame.RefusedPage("queue.html", status, q), nil
}
