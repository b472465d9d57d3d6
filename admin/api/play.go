package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/player"
	"loaxa/schedule"
)

// maxReason is the longest reason that a person may give, in characters.
const maxReason = 300

// playRequest asks for a rehearsal or an emergency.
type playRequest struct {
	ClipID     string    `json:"clip_id"`
	PlaylistID string    `json:"playlist_id"`
	Kind       string    `json:"kind"`
	Reason     string    `json:"reason"`
	RequestID  string    `json:"request_id"`
	NotAfter   time.Time `json:"not_after"`
	// Of an emergency.
	Repeat    int    `json:"repeat"`     // how often; 0: once, or with for_s until the end
	PauseMS   int64  `json:"pause_ms"`   // between two rounds; 0: 3000
	ForS      int64  `json:"for_s"`      // after how long it ends; 0: the station's setting
	OrderedBy string `json:"ordered_by"` // by whose order; needed in quiet hours by who may not override them
	Replace   bool   `json:"replace"`    // cuts an emergency on air; else it waits for its end
}

type holdRequest struct {
	Until  time.Time `json:"until"` // absent: until released
	Reason string    `json:"reason"`
}

// done answers an act: which broadcast it concerned.
type done struct {
	Result    string    `json:"result"` // started | waiting | extended | stopped | held | released
	Broadcast string    `json:"broadcast"`
	Ends      time.Time `json:"ends,omitzero"` // of an emergency that was extended
}

func (a *API) playRoutes() []route.Route {
	act := func(path, logged, summary string, body any, h route.Handler) route.Route {
		return route.Route{Method: "POST", Path: Prefix + path, Access: route.Signed, Roles: route.Editors(), MaxBody: 16 << 10,
			Logged: logged, Handle: h, Doc: route.Doc{Summary: summary, Request: body, Response: done{}, Status: http.StatusAccepted}}
	}
	return []route.Route{
		act("/play", "play", "Play a clip or a playlist now: a rehearsal or an emergency.", playRequest{}, a.postPlay),
		act("/play/:id/extend", "extend", "Put off the end of an emergency that is on air or waits.", extendRequest{}, a.postExtend),
		phone(act("/stop", "stop", "Stop what is on air.", nil, a.postStop)),
		act("/hold", "hold", "Rest the whole station; emergencies still pass.", holdRequest{}, a.postHold),
		act("/release", "release", "End the rest.", nil, a.postRelease),
	}
}

func (a *API) postPlay(c *route.Call) (route.Reply, error) {
	var in playRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	id, waits, err := a.play(c.Request.Context(), c.Who, in)
	switch {
	case err != nil:
		return nil, err
	case waits:
		return accepted("waiting", id), nil
	}
	return accepted("started", id), nil
}

// play hands a checked request to the player. waits is true for an emergency that another one holds back.
func (a *API) play(ctx context.Context, who account.Identity, in playRequest) (id string, waits bool, err error) {
	reason, err := cleanReason(in.Reason)
	if err != nil {
		return "", false, err
	}
	by, err := oneLine("ordered_by", in.OrderedBy)
	if err != nil {
		return "", false, err
	}
	id, err = a.o.Player.Play(ctx, player.PlayRequest{ClipID: in.ClipID, PlaylistID: in.PlaylistID,
		Kind: player.Kind(in.Kind), Reason: reason, RequestID: in.RequestID, NotAfter: in.NotAfter, Actor: who.Actor,
		MayOverrideQuiet: who.Role.MayOverrideQuiet(), MayApprove: who.Role.MayApprove(),
		Repeat: in.Repeat, PauseMS: in.PauseMS, For: time.Duration(in.ForS) * time.Second, OrderedBy: by, Replace: in.Replace})
	if err != nil {
		return "", false, err
	}
	on := a.o.Player.Now().OnAir
	return id, on != nil && on.Kind == player.Emergency && on.Broadcast != id && !in.Replace, nil
}

func (r playRequest) check() error {
	var faults []route.Field
	add := func(field, code, message string) {
		faults = append(faults, route.Field{Field: field, Code: code, Message: message})
	}
	if (r.ClipID == "") == (r.PlaylistID == "") {
		add("clip_id", "one_of", "give either clip_id or playlist_id")
	}
	if k := player.Kind(r.Kind); k != player.Rehearsal && k != player.Emergency {
		add("kind", "unknown", "kind is rehearsal or emergency"+route.Suggest(r.Kind, []string{"rehearsal", "emergency"}))
	}
	if player.Kind(r.Kind) == player.Emergency && strings.TrimSpace(r.Reason) == "" {
		add("reason", "missing", "an emergency needs a reason, which is recorded")
	}
	if player.Kind(r.Kind) != player.Emergency && (r.Repeat != 0 || r.PauseMS != 0 || r.ForS != 0 || r.OrderedBy != "" || r.Replace) {
		add("kind", "emergency_only", "repeat, pause_ms, for_s, ordered_by and replace are for emergencies")
	}
	for name, v := range map[string]int64{"repeat": int64(r.Repeat), "pause_ms": r.PauseMS, "for_s": r.ForS} {
		if v < 0 || v > 1e9 {
			add(name, "out_of_range", name+" is 0 or more")
		}
	}
	if len(r.RequestID) > 100 {
		add("request_id", "too_long", "request_id has more than 100 bytes")
	}
	if len(faults) > 0 {
		return &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: faults[0].Message, Fields: faults}
	}
	return nil
}

func (a *API) postStop(c *route.Call) (route.Reply, error) {
	id, err := a.Stop(c.Request.Context(), c.Who)
	if err != nil {
		return nil, err
	}
	return accepted("stopped", id), nil
}

// Stop ends what is on air. A browser that goes away does not take a STOP back.
func (a *API) Stop(ctx context.Context, who account.Identity) (string, error) {
	return a.o.Player.Stop(context.WithoutCancel(ctx), who.Actor)
}

func (a *API) postHold(c *route.Call) (route.Reply, error) {
	var in holdRequest
	if c.Request.ContentLength != 0 {
		if err := c.DecodeJSON(&in); err != nil {
			return nil, err
		}
	}
	if err := a.Hold(c.Request.Context(), c.Who, in.Reason, in.Until); err != nil {
		return nil, err
	}
	return accepted("held", ""), nil
}

// Hold rests the whole station until a time, or until released when it is zero.
func (a *API) Hold(ctx context.Context, who account.Identity, reason string, until time.Time) error {
	reason, err := cleanReason(reason)
	if err != nil {
		return err
	}
	if !until.IsZero() && !until.After(a.o.Now()) {
		return &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: "until lies in the past",
			Fields: []route.Field{{Field: "until", Code: "past", Message: "until lies in the past"}}}
	}
	return a.o.Player.Hold(ctx, who.Actor, reason, until)
}

func (a *API) postRelease(c *route.Call) (route.Reply, error) {
	if err := a.Release(c.Request.Context(), c.Who); err != nil {
		return nil, err
	}
	return accepted("released", ""), nil
}

// Release ends the rest of the station.
func (a *API) Release(ctx context.Context, who account.Identity) error {
	return a.o.Player.Release(ctx, who.Actor)
}

func accepted(result, broadcast string) route.Reply {
	return route.JSON{Status: http.StatusAccepted, Value: done{Result: result, Broadcast: broadcast}}
}

// cleanReason keeps a reason to one readable line.
func cleanReason(s string) (string, error) { return oneLine("reason", s) }

// oneLine keeps what a person gives as the reason of an act, in that field, to one readable line.
func oneLine(field, s string) (string, error) {
	s = schedule.NormaliseText(route.Typed(s))
	if utf8.RuneCountInString(s) > maxReason {
		return "", &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: "the reason is too long",
			Fields: []route.Field{{Field: field, Code: "too_long", Message: "the reason has more than 300 characters"}}}
	}
	return s, nil
}

// RefusalCode is the player's code when err is its refusal, else "".
func RefusalCode(err error) string {
	var r *player.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}
