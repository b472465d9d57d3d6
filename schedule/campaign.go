package schedule

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits of a campaign.
const (
	MaxCampaignClips = 50
	MaxCampaignTimes = 12  // a day
	MaxCampaignDays  = 366 // from the first day to the last
	maxCampaignText  = 200
)

// CampaignState says how far a campaign has come.
type CampaignState string

// A campaign is drawn up, submitted, approved (its programmes exist from then on) and closed; a draft that was given up is
// closed too.
const (
	CampaignDraft     CampaignState = "draft"
	CampaignSubmitted CampaignState = "submitted"
	CampaignApproved  CampaignState = "approved"
	CampaignClosed    CampaignState = "closed"
)

// Campaign (đợt) is one official letter that asks for broadcasts: which clips, how often a day, on which days, and what is
// to be reported when.
type Campaign struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// The letter: who sent it, its number and day.
	Agency string `json:"agency"`
	Number string `json:"number"`
	Date   Date   `json:"date,omitempty"`
	Photo  string `json:"photo,omitempty"` // SHA-256 of a picture of it in the library

	ClipIDs       []string `json:"clip_ids"`
	Mode          Mode     `json:"mode"`  // rotate: one clip a broadcast, in turn; all: every clip in each
	Times         []string `json:"times"` // "HH:MM", each of them every day
	From          Date     `json:"from"`
	Until         Date     `json:"until"`              // the last day, inclusive
	Weekdays      []int    `json:"weekdays,omitempty"` // 1 Monday … 7 Sunday; none: every day
	Class         Class    `json:"class"`
	VolumePercent int      `json:"volume_percent"`
	// Target is how many broadcasts the letter asks for; 0: as many as are planned.
	Target    int64  `json:"target"`
	ReportDue Date   `json:"report_due,omitempty"`
	Note      string `json:"note,omitempty"`

	State     CampaignState `json:"state"`
	Submitted *Signature    `json:"submitted,omitempty"`
	Approved  *Signature    `json:"approved,omitempty"`
	Closed    *Signature    `json:"closed,omitempty"`
	// What approval made: the playlist, the programme, and a second one for make-ups once there are any.
	PlaylistID string `json:"playlist_id,omitempty"`
	Programme  string `json:"programme_id,omitempty"`
	Makeups    string `json:"makeup_programme_id,omitempty"`
	Revision   int64  `json:"revision"`
}

// CampaignFact is what records say of a campaign.
type CampaignFact struct {
	ID, Title, Agency, Number string
	Date                      Date
}

// Fact is the campaign's letter.
func (c Campaign) Fact() CampaignFact {
	return CampaignFact{ID: c.ID, Title: c.Title, Agency: c.Agency, Number: c.Number, Date: c.Date}
}

// Signature is who did something and when; Signer and Day are those of a paper that By entered.
type Signature struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Signer string    `json:"signer,omitempty"`
	Day    Date      `json:"day,omitempty"`
	Photo  string    `json:"photo,omitempty"`
}

// Normalise gives the campaign as it will be stored: clean text, defaults, times in order.
func (c Campaign) Normalise() Campaign {
	c.Title, c.Agency, c.Number, c.Note = NormaliseText(c.Title), NormaliseText(c.Agency), NormaliseText(c.Number), NormaliseText(c.Note)
	c.Mode, c.Class = cmp.Or(c.Mode, ModeRotate), cmp.Or(c.Class, Ordinary)
	c.VolumePercent = cmp.Or(c.VolumePercent, 100)
	c.Times, c.Weekdays = slices.Clone(c.Times), slices.Clone(c.Weekdays)
	for i, t := range c.Times {
		c.Times[i] = strings.TrimSpace(t)
	}
	slices.Sort(c.Times)
	c.Times = slices.Compact(c.Times)
	slices.Sort(c.Weekdays)
	c.Weekdays = slices.Compact(c.Weekdays)
	c.State = cmp.Or(c.State, CampaignDraft)
	return c
}

// ValidateCampaign judges a normalised campaign. The error, if any, is Problems. Whether its clips exist is for whoever
// knows the library.
func ValidateCampaign(c Campaign) error {
	var ps Problems
	ps.title(c.Title)
	for _, f := range []struct{ name, text string }{{"agency", c.Agency}, {"number", c.Number}, {"note", c.Note}} {
		ps.text(f.name, f.text)
	}
	ps.date("date", c.Date)
	ps.date("report_due", c.ReportDue)
	if n := len(c.ClipIDs); n == 0 || n > MaxCampaignClips {
		ps.add("clip_ids", "length", fmt.Sprintf("a campaign has 1 to %d clips; this one has %d.", MaxCampaignClips, n))
	}
	for i, id := range c.ClipIDs[:min(len(c.ClipIDs), MaxCampaignClips)] {
		ps.reference(fmt.Sprintf("clip_ids[%d]", i), id, "a clip")
	}
	if c.Mode != ModeAll && c.Mode != ModeRotate {
		ps.add("mode", "unknown", fmt.Sprintf("mode %q is not known: use all or rotate.", c.Mode))
	}
	if c.Class != Ordinary && c.Class != Priority {
		ps.add("class", "unknown", fmt.Sprintf("class %q is not for campaigns: use ordinary or priority.", c.Class))
	}
	ps.campaignDays(c)
	ps.between("volume_percent", int64(c.VolumePercent), 1, 100, "percent")
	ps.between("target", c.Target, 0, 100_000, "broadcasts")
	return ps.orNil()
}

// ValidateCampaignDraft judges a normalised campaign that is still being drawn up: what is there must be right, what is
// needed for its approval may be missing.
func ValidateCampaignDraft(c Campaign) error {
	missing := map[string]bool{"title": c.Title == "", "clip_ids": len(c.ClipIDs) == 0, "times": len(c.Times) == 0,
		"from": c.From == "", "until": c.Until == ""}
	var ps Problems
	if !errors.As(ValidateCampaign(c), &ps) {
		return nil
	}
	return slices.DeleteFunc(ps, func(p Problem) bool { return missing[p.Field] }).orNil()
}

func (ps *Problems) campaignDays(c Campaign) {
	if n := len(c.Times); n == 0 || n > MaxCampaignTimes {
		ps.add("times", "length", fmt.Sprintf("give 1 to %d times of the day, such as 06:30; there are %d.", MaxCampaignTimes, n))
	}
	for i, t := range c.Times[:min(len(c.Times), MaxCampaignTimes)] {
		if _, err := clockTime(t); err != nil || t == "24:00" {
			ps.add(fmt.Sprintf("times[%d]", i), "format", fmt.Sprintf("%q is not a time of the day: use HH:MM, such as 06:30.", t))
		}
	}
	for i, d := range c.Weekdays {
		if d < 1 || d > 7 {
			ps.add(fmt.Sprintf("weekdays[%d]", i), "range", fmt.Sprintf("%d is no weekday: use 1 for Monday to 7 for Sunday.", d))
			return
		}
	}
	from, okFrom := ps.date("from", c.From)
	until, okUntil := ps.date("until", c.Until)
	switch {
	case c.From == "":
		ps.add("from", "required", "the first day is required.")
	case c.Until == "":
		ps.add("until", "required", "the last day is required.")
	case okFrom && okUntil && until.Before(from):
		ps.add("until", "order", fmt.Sprintf("the last day %s is before the first day %s.", c.Until, c.From))
	case okFrom && okUntil && until.Sub(from) >= MaxCampaignDays*24*time.Hour:
		ps.add("until", "range", fmt.Sprintf("a campaign lasts at most %d days.", MaxCampaignDays))
	}
}

// Rules is what the campaign's approval makes of it: its playlist and its programme, without IDs of the book.
func (c Campaign) Rules() (Playlist, Programme) {
	l := Playlist{ID: c.PlaylistID, Title: c.Title, Mode: c.Mode}
	for _, id := range c.ClipIDs {
		l.Items = append(l.Items, Item{Kind: KindClip, ClipID: id})
	}
	w := &When{Form: FormDaily, Times: c.Times}
	if len(c.Weekdays) > 0 && len(c.Weekdays) < 7 {
		w.Form, w.Weekdays = FormWeekdays, c.Weekdays
	}
	return l, Programme{ID: c.Programme, Title: c.Title, PlaylistID: c.PlaylistID, When: w, ValidFrom: c.From, ValidUntil: c.Until,
		Class: c.Class, VolumePercent: c.VolumePercent, Zone: MainZone, CampaignID: c.ID, ResumeAfterPowerCut: true, ResumeAfterCut: true}
}

// With is the input as it would be with the campaign approved at a moment; the input given stays as it is.
func (c Campaign) With(in Input, now time.Time) Input {
	l, p := c.Rules()
	p.ID, l.ID, p.EffectiveFrom = cmp.Or(p.ID, unsaved), cmp.Or(l.ID, unsaved), now
	p.PlaylistID = l.ID
	lists := make(map[string]Playlist, len(in.Playlists)+1)
	for id, x := range in.Playlists {
		lists[id] = x
	}
	lists[l.ID] = l
	in.Playlists = lists
	in.Programmes = append(slices.DeleteFunc(slices.Clone(in.Programmes), func(x Programme) bool { return x.ID == p.ID }), p)
	return in
}

// unsaved is the ID of a campaign's rules before there are any.
const unsaved = "unsaved" // after every stored ID: what is new comes last

// ProgrammeKey is the ID of the campaign's programme in the input that With gives.
func (c Campaign) ProgrammeKey() string { return cmp.Or(c.Programme, unsaved) }

// Days is the time of the campaign by the wall clock of a zone: from the beginning of its first day to the end of its last.
func (c Campaign) Days(loc *time.Location) (from, until time.Time) {
	from, _ = time.ParseInLocation(time.DateOnly, string(c.From), loc)
	until, _ = time.ParseInLocation(time.DateOnly, string(c.Until), loc)
	return from, until.AddDate(0, 0, 1)
}

// Ahead is what of its time is still to come.
func (c Campaign) Ahead(now time.Time) (from, until time.Time) {
	from, until = c.Days(now.Location())
	if now.After(from) {
		from = now
	}
	return from, until
}

// customaryTimes are offered first: mornings and late afternoons, when people are at home.
var customaryTimes = []string{"06:30", "17:00", "11:00", "17:30", "06:45", "16:30", "10:30", "07:00", "18:00", "09:00", "15:00", "08:00", "14:00", "10:00", "16:00"}

// SuggestTimes proposes n times of the day at which the campaign would meet nothing else in its first two weeks: each of its
// occurrences airs on time and every other stays as it is. There are fewer where the day is full.
func SuggestTimes(in Input, c Campaign, n int, now time.Time) []string {
	from, until := c.Ahead(now)
	if two := from.AddDate(0, 0, 14); two.Before(until) {
		until = two
	}
	was := map[string]Occurrence{}
	for _, o := range Plan(in, from, until) {
		was[o.ID] = o
	}
	var times []string
	for _, t := range customaryTimes {
		if len(times) == n {
			break
		}
		try := c
		try.Times = append(slices.Clone(times), t)
		if try.fits(in, was, now, from, until) {
			times = try.Times
		}
	}
	slices.Sort(times)
	return times
}

func (c Campaign) fits(in Input, was map[string]Occurrence, now, from, until time.Time) bool {
	c = c.Normalise()
	for _, o := range Plan(c.With(in, now), from, until) {
		old, known := was[o.ID]
		switch {
		case o.ProgrammeID == c.ProgrammeKey():
			if o.Verdict == VerdictWaits || o.Reason == ReasonOverlap || o.Reason == ReasonPreempted || c.wrongTime(o.Reason) {
				return false
			}
		case !known || old.Verdict != o.Verdict || old.Reason != o.Reason || !old.Start.Equal(o.Start):
			return false
		}
	}
	return true
}

// wrongTime tells whether another time of the day would help: an unapproved clip or a day off is no fault of the time.
func (Campaign) wrongTime(r Reason) bool {
	return r == ReasonQuietHours || r == ReasonHours || r == ReasonSessions
}
