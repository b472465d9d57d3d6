package api

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// Ready is what a new station has of what it needs. Everything is told by the state itself: a wizard that was left half way
// goes on where the station stands, whoever did what in between and wherever.
type Ready struct {
	Named   bool // it has a name and a code of its own
	Clock   bool // something vouches for the time
	Heard   bool // somebody heard the test tone from the loudspeakers
	Planned bool // there is a programme
}

// Left is how many things are still to be done.
func (r Ready) Left() int {
	n := 0
	for _, done := range []bool{r.Named, r.Clock, r.Heard, r.Planned} {
		if !done {
			n++
		}
	}
	return n
}

// Ready says how far this station is.
func (a *API) Ready() Ready {
	in := a.o.Input()
	set := in.Settings
	return Ready{Clock: !a.Clock().Doubtful(), Heard: set.ToneHeardOn != "", Planned: len(in.Programmes) > 0,
		// "Đài truyền thanh xã …" is copied from the manual as it stands.
		Named: set.StationName != "" && set.StationCode != "" && !strings.Contains(set.StationName, "…") && !strings.Contains(set.StationName, "...")}
}

// NameStation gives the station its name and code. revision is that of the settings which the person saw.
func (a *API) NameStation(who account.Identity, revision int64, name, code string) error {
	set := a.o.Rules.Settings()
	set.StationName, set.StationCode, set.Revision = name, code, revision
	if set = set.Normalise(); set.StationName == "" || set.StationCode == "" {
		var faults schedule.Problems
		for _, f := range []struct{ field, value string }{{"station_name", set.StationName}, {"station_code", set.StationCode}} {
			if f.value == "" {
				faults = append(faults, schedule.Problem{Field: f.field, Code: "required", Message: f.field + " is missing."})
			}
		}
		return faults
	}
	_, err := a.o.Rules.PutSettings(who.Actor, set)
	return err
}

// How the test tone is called in the library and in the log, and how it came there.
const (
	toneTitle = "Âm thử loa (ba tiếng chuông)"
	viaTone   = "tone"
)

// PlayTone plays the test tone on the loudspeakers: a rehearsal, by the way that every broadcast goes, at its low volume.
// It is the program's own sound and needs nobody's letter: the station itself approves it, on record.
func (a *API) PlayTone(ctx context.Context, who account.Identity) (broadcast string, err error) {
	in := library.Import{Reader: bytes.NewReader(toneWAV()), Name: "am-thu.wav", Title: toneTitle, Source: "loaxa", Via: viaTone}
	clip, _, err := a.o.Library.Import(ctx, who.Actor, in, nil)
	if err != nil {
		return "", fmt.Errorf("making the test tone: %w", err)
	}
	switch clip.State {
	case library.StateRetired:
		return "", &player.Refusal{Code: "retired", Detail: "the test tone was retired"}
	case library.StateDraft, library.StateSubmitted:
		if _, err := a.o.Library.Approve("station", []string{clip.ID}, nil); err != nil {
			return "", fmt.Errorf("approving the test tone: %w", err)
		}
	}
	broadcast, _, err = a.play(ctx, who, playRequest{ClipID: clip.ID, Kind: string(player.Rehearsal)})
	return broadcast, err
}

// ToneHeard records whether somebody heard the test tone from the loudspeakers. The program cannot know.
func (a *API) ToneHeard(who account.Identity, heard bool) error {
	now, on, result := a.o.Now(), schedule.Date(""), "not heard"
	if heard {
		on, result = schedule.Date(now.Format(time.DateOnly)), "heard"
	}
	s := a.o.Player.Now()
	a.Operator(who.Actor, evidence.Operator{What: "tone", Object: s.Device, Reason: s.Output, Result: result})
	set := a.o.Rules.Settings()
	if set.ToneHeardOn == on {
		return nil
	}
	set.ToneHeardOn = on
	_, err := a.o.Rules.PutSettings(who.Actor, set)
	return err
}
