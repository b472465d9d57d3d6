package rulebook

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/schedule"
)

func problem(t *testing.T, err error, field, code string) {
	t.Helper()
	var ps schedule.Problems
	if !errors.As(err, &ps) || len(ps) == 0 || ps[0].Field != field || ps[0].Code != code {
		t.Errorf("got %v, want %s at %s", err, code, field)
	}
}

// "This one only": kept through later edits, and not brought back by a document that does not name it.
func TestOneOccurrenceIsChanged(t *testing.T) {
	d := newDesk(t)
	p := must(d.PutProgramme("lan", daily(must(d.PutPlaylist("lan", list("a")))(t).ID)))(t) // 06:30 at the station
	saigon := time.FixedZone("+07", 7*3600)
	at := time.Date(2026, 3, 2, 6, 30, 0, 0, saigon)
	p2 := must(d.ChangeOne("lan", p.ID, schedule.Exception{At: at, Cancelled: true}))(t)
	if len(p2.Exceptions) != 1 || p2.Revision != 2 || !p2.EffectiveFrom.Equal(p.EffectiveFrom) {
		t.Fatalf("stored as %+v", p2)
	}
	// An editor's document of before the change, sent with the new revision.
	p.Revision, p.Title = p2.Revision, "khác"
	p3 := must(d.PutProgramme("lan", p))(t)
	if len(p3.Exceptions) != 1 || !p3.Exceptions[0].Cancelled {
		t.Errorf("an edit of the title took the exception away: %+v", p3.Exceptions)
	}
	p4 := must(d.ChangeOne("lan", p.ID, schedule.Exception{At: at, To: at.Add(time.Hour)}))(t)
	if len(p4.Exceptions) != 1 || p4.Exceptions[0].Cancelled || p4.Exceptions[0].To.IsZero() {
		t.Errorf("moved instead: %+v", p4.Exceptions)
	}
	p4.Cron = "30 7 * * *"
	if p5 := must(d.PutProgramme("lan", p4))(t); len(p5.Exceptions) != 0 {
		t.Errorf("a rule without this start keeps %+v", p5.Exceptions)
	}
	at = at.Add(time.Hour)
	must(d.ChangeOne("lan", p.ID, schedule.Exception{At: at, VolumePercent: 50}))(t)
	if p6 := must(d.ChangeOne("lan", p.ID, schedule.Exception{At: at}))(t); len(p6.Exceptions) != 0 {
		t.Errorf("taken back, %+v stay", p6.Exceptions)
	}
	for _, c := range []struct {
		e           schedule.Exception
		field, code string
	}{
		{schedule.Exception{At: at.Add(time.Minute), Cancelled: true}, "at", "unknown"},
		{schedule.Exception{At: at, To: morning}, "to", "past"},
		{schedule.Exception{At: at, PlaylistID: "l-99"}, "playlist_id", "unknown"},
		{schedule.Exception{At: at, Cancelled: true, To: at.Add(time.Hour)}, "to", "conflict"},
	} {
		_, err := d.ChangeOne("lan", p.ID, c.e)
		problem(t, err, c.field, c.code)
	}
	d.now = at
	_, err := d.ChangeOne("lan", p.ID, schedule.Exception{At: at, Cancelled: true})
	problem(t, err, "at", "past")
}

// "From this one on": one programme ends where the other begins.
func TestFromThisOneOn(t *testing.T) {
	d := newDesk(t)
	p := must(d.PutProgramme("lan", daily(must(d.PutPlaylist("lan", list("a")))(t).ID)))(t)
	saigon := time.FixedZone("+07", 7*3600)
	at := time.Date(2026, 3, 5, 6, 30, 0, 0, saigon)
	next := p
	next.Cron, next.Title = "0 8 * * *", "Giờ mới"
	ended, follows, err := d.SplitFrom("lan", p.ID, at, next)
	if err != nil {
		t.Fatal(err)
	}
	if !ended.EndsBefore.Equal(at) || ended.Revision != 2 || follows.ID == p.ID || !follows.EffectiveFrom.Equal(at) || follows.Revision != 1 {
		t.Errorf("ended %+v, follows %+v", ended, follows)
	}
	_, _, err = d.SplitFrom("lan", p.ID, at.Add(time.Minute), next)
	problem(t, err, "at", "unknown")
	d.now = at
	_, _, err = d.SplitFrom("lan", p.ID, at, next)
	problem(t, err, "at", "past")
}

func TestCampaignBecomesRules(t *testing.T) {
	d := newDesk(t)
	c := schedule.Campaign{Title: "Phòng chống lừa đảo", Agency: "Công an tỉnh", Number: "12/KH", ClipIDs: []string{"c-1", "c-2"},
		Times: []string{"17:00", "06:30"}, From: "2026-03-02", Until: "2026-03-31"}
	c = must(d.PutCampaign("lan", c))(t)
	if c.ID != "k-1" || c.State != schedule.CampaignDraft || c.Times[0] != "06:30" || c.Mode != schedule.ModeRotate {
		t.Fatalf("stored as %+v", c)
	}
	must(d.SubmitCampaign("lan", c.ID))(t)
	if _, err := d.ApproveCampaign("minh", c.ID, c.Revision, schedule.Signature{}); !errors.Is(err, ErrConflict) {
		t.Errorf("approved what the approver has not seen: %v", err)
	}
	if n := len(d.Programmes()); n != 0 {
		t.Fatalf("%d programmes before approval", n)
	}
	c = must(d.ApproveCampaign("minh", c.ID, c.Revision+1, schedule.Signature{Signer: "Chủ tịch", Day: "2026-03-01"}))(t)
	if c.State != schedule.CampaignApproved || c.Approved.By != "minh" || c.Approved.Signer != "Chủ tịch" {
		t.Errorf("approved as %+v", c)
	}
	p := must(d.Programme(c.Programme))(t)
	if p.CampaignID != c.ID || p.When == nil || len(p.When.Times) != 2 || p.ValidUntil != "2026-03-31" {
		t.Errorf("its programme is %+v", p)
	}
	if l := must(d.Playlist(c.PlaylistID))(t); l.Mode != schedule.ModeRotate || len(l.Items) != 2 {
		t.Errorf("its playlist is %+v", l)
	}
	if _, err := d.PutCampaign("lan", c); !errors.Is(err, ErrState) {
		t.Errorf("edited after approval: %v", err)
	}
	missed := c.Programme + "@2026-03-02T06:30:00+07:00"
	at := morning.Add(48 * time.Hour)
	c = must(d.AddMakeups("lan", c.ID, []Makeup{{At: at, Of: missed}}))(t)
	m := must(d.Programme(c.Makeups))(t)
	if len(m.Starts) != 1 || len(m.Exceptions) != 1 || m.Exceptions[0].MakeupOf != missed || m.When != nil {
		t.Errorf("make-ups are %+v", m)
	}
	_, err := d.AddMakeups("lan", c.ID, []Makeup{{At: at.Add(time.Hour), Of: missed}})
	problem(t, err, "makeups[0].of", "conflict")
	_, err = d.AddMakeups("lan", c.ID, []Makeup{{At: morning, Of: "p-1@x"}})
	problem(t, err, "makeups[0].at", "past")
	c = must(d.CloseCampaign("lan", c.ID))(t)
	for _, id := range []string{c.Programme, c.Makeups} {
		if p := must(d.Programme(id))(t); !p.EndsBefore.Equal(morning) {
			t.Errorf("after closing, %s ends before %v", id, p.EndsBefore)
		}
	}
	if h := must(d.History(WhatCampaign, c.ID))(t); len(h) != 5 {
		t.Errorf("%d revisions", len(h))
	}
}

// A letter is worked on in steps, on a phone that is put away between them: what is there is kept, and what is missing is
// asked for before anybody approves it.
func TestCampaignDraftMayBeUnfinished(t *testing.T) {
	d := newDesk(t)
	c := must(d.PutCampaignDraft("lan", schedule.Campaign{}))(t)
	_, err := d.SubmitCampaign("lan", c.ID)
	problem(t, err, "title", "required")
	_, err = d.ApproveCampaign("minh", c.ID, c.Revision, schedule.Signature{})
	problem(t, err, "title", "required")
	wrong := c
	wrong.Times = []string{"25:00"}
	_, err = d.PutCampaignDraft("lan", wrong)
	problem(t, err, "times[0]", "format")
	c = must(d.AddCampaignClips("inbox", c.ID, []string{"c-1", "c-2", "c-1"}))(t)
	c = must(d.AddCampaignClips("lan", c.ID, []string{"c-2"}))(t)
	if !slices.Equal(c.ClipIDs, []string{"c-1", "c-2"}) || c.Revision != 2 {
		t.Errorf("clips %v in revision %d", c.ClipIDs, c.Revision)
	}
	_, err = d.AddCampaignClips("lan", c.ID, make([]string, schedule.MaxCampaignClips))
	problem(t, err, "clip_ids[2]", "required")
	c.Title, c.Times, c.From, c.Until = strings.Repeat("ừ", schedule.MaxTitle), []string{"06:30"}, "2026-03-02", "2026-03-31"
	c = must(d.PutCampaignDraft("lan", c))(t)
	c = must(d.SubmitCampaign("lan", c.ID))(t)
	c = must(d.AddCampaignClips("lan", c.ID, []string{"c-3"}))(t)
	if c.State != schedule.CampaignDraft || c.Submitted != nil {
		t.Errorf("with one more clip it is %s: the approver saw another", c.State)
	}
	c = must(d.ApproveCampaign("minh", c.ID, c.Revision, schedule.Signature{}))(t)
	if _, err := d.AddCampaignClips("lan", c.ID, []string{"c-4"}); !errors.Is(err, ErrState) {
		t.Errorf("a clip was added after approval: %v", err)
	}
	must(d.AddMakeups("lan", c.ID, []Makeup{{At: morning.Add(48 * time.Hour), Of: "p-1@x"}}))(t) // its title fits, too
}

func TestCampaignMistakesAreNamed(t *testing.T) {
	d := newDesk(t)
	good := schedule.Campaign{Title: "a", ClipIDs: []string{"c-1"}, Times: []string{"06:30"}, From: "2026-03-02", Until: "2026-03-31"}
	for field, edit := range map[string]func(*schedule.Campaign){
		"title":    func(c *schedule.Campaign) { c.Title = "" },
		"clip_ids": func(c *schedule.Campaign) { c.ClipIDs = nil },
		"times[0]": func(c *schedule.Campaign) { c.Times = []string{"6h30"} },
		"times":    func(c *schedule.Campaign) { c.Times = nil },
		"until":    func(c *schedule.Campaign) { c.Until = "2026-03-01" },
		"from":     func(c *schedule.Campaign) { c.From = "" },
		"class":    func(c *schedule.Campaign) { c.Class = schedule.Emergency },
		"number":   func(c *schedule.Campaign) { c.Number = string(make([]rune, 300)) },
	} {
		c := good
		edit(&c)
		var ps schedule.Problems
		if _, err := d.PutCampaign("lan", c); !errors.As(err, &ps) || ps[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
