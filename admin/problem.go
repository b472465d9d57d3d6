package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/intake"
	"loaxa/admin/locale"
	"loaxa/admin/report/desk"
	"loaxa/admin/route"
	"loaxa/admin/upload"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/schedule"
	"loaxa/schedule/rulebook"
)

// problemOf is the one place that turns an error of any room into a status and a code.
func problemOf(err error) *route.Problem {
	var p *route.Problem
	if errors.As(err, &p) {
		return p
	}
	if p := refusal(err); p != nil {
		return p
	}
	if p := badInput(err); p != nil {
		return p
	}
	if p := accountProblem(err); p != nil {
		return p
	}
	make := func(status int, code string) *route.Problem {
		return &route.Problem{Status: status, Code: code, Detail: err.Error()}
	}
	switch {
	case errors.Is(err, rulebook.ErrNotFound), errors.Is(err, library.ErrNotFound), errors.Is(err, account.ErrNotFound),
		errors.Is(err, library.ErrNoPhoto), errors.Is(err, intake.ErrNotFound), errors.Is(err, upload.ErrNotFound),
		errors.Is(err, desk.ErrNotFound):
		return make(http.StatusNotFound, "not_found")
	case errors.Is(err, library.ErrState):
		return make(http.StatusConflict, "wrong_state")
	case errors.Is(err, rulebook.ErrState):
		return make(http.StatusConflict, "campaign_state")
	case errors.Is(err, library.ErrNotAsSeen):
		return make(http.StatusConflict, "changed")
	case errors.Is(err, intake.ErrNotWaiting):
		return make(http.StatusConflict, "not_waiting")
	case errors.Is(err, upload.ErrUnfinished):
		return make(http.StatusConflict, "unfinished")
	case errors.Is(err, desk.ErrNotDone):
		return make(http.StatusConflict, "report_not_done")
	case errors.Is(err, desk.ErrBusy):
		return make(http.StatusServiceUnavailable, "busy_reports")
	case errors.Is(err, intake.ErrBusy):
		return make(http.StatusServiceUnavailable, "busy")
	case errors.Is(err, rulebook.ErrConflict), errors.Is(err, library.ErrMeanwhile):
		return make(http.StatusConflict, "conflict")
	case errors.Is(err, library.ErrNoRoom):
		return make(http.StatusInsufficientStorage, "no_room")
	case errors.Is(err, library.ErrMissing):
		return make(http.StatusGone, "clip_missing")
	case errors.Is(err, library.ErrChanged):
		return make(http.StatusConflict, "clip_changed")
	case errors.Is(err, player.ErrNotRunning):
		return make(http.StatusServiceUnavailable, "not_running")
	case errors.Is(err, api.ErrLog):
		return make(http.StatusServiceUnavailable, "log")
	case errors.Is(err, context.Canceled):
		return make(http.StatusServiceUnavailable, "canceled")
	case errors.Is(err, context.DeadlineExceeded):
		return make(http.StatusServiceUnavailable, "timeout")
	}
	// What is not foreseen is for the service's log; the answer says only that it happened.
	return &route.Problem{Status: http.StatusInternalServerError, Code: "internal"}
}

// refusal is the player's "no" and that of things in use.
func refusal(err error) *route.Problem {
	var r *player.Refusal
	if errors.As(err, &r) {
		status := http.StatusConflict
		if r.Code == "no_clip" || r.Code == "no_playlist" {
			status = http.StatusNotFound
		}
		return &route.Problem{Status: status, Code: r.Code, Detail: r.Detail}
	}
	var playing *library.InUseError
	if errors.As(err, &playing) {
		return &route.Problem{Status: http.StatusConflict, Code: "in_use", Detail: playing.Error(), Context: map[string]any{"uses": playing.Uses}, Say: playing.Sentence}
	}
	var used *rulebook.InUseError
	if errors.As(err, &used) {
		return &route.Problem{Status: http.StatusConflict, Code: "in_use", Detail: used.Error(), Context: map[string]any{"users": used.Users}}
	}
	return nil
}

// accountProblem is a "no" of the accounts.
func accountProblem(err error) *route.Problem {
	var wait *account.WaitError
	if errors.As(err, &wait) {
		return &route.Problem{Status: http.StatusTooManyRequests, Code: "too_many_tries", Retry: wait.Wait, Detail: err.Error(),
			Say: func(language string) string { return waitSentence(language, wait.Wait) }}
	}
	if errors.Is(err, account.ErrBusy) {
		return &route.Problem{Status: http.StatusServiceUnavailable, Code: "busy", Words: "busy_sign_in", Retry: 2 * time.Second}
	}
	for _, one := range []struct {
		is     error
		status int
		code   string
	}{
		{account.ErrNameTaken, http.StatusConflict, "name_taken"},
		{account.ErrLoginTaken, http.StatusConflict, "login_taken"},
		{account.ErrCredentials, http.StatusUnprocessableEntity, "credentials"},
		{account.ErrLastAdministrator, http.StatusConflict, "last_administrator"},
		{account.ErrClosed, http.StatusConflict, "account_closed"},
		{account.ErrPhones, http.StatusConflict, "too_many_phones"},
		{account.ErrSamePerson, http.StatusUnprocessableEntity, "same_person"},
		{account.ErrNeedsLink, http.StatusConflict, "needs_link"},
		{account.ErrUnknown, http.StatusUnprocessableEntity, "bad_code"},
	} {
		if errors.Is(err, one.is) {
			return &route.Problem{Status: one.status, Code: one.code, Detail: err.Error()}
		}
	}
	return nil
}

// waitSentence says how long to wait, rounded up, as people say it.
func waitSentence(language string, wait time.Duration) string {
	seconds := int(wait/time.Second) + 1
	n, vi, en := seconds, "giây", "seconds"
	if seconds > 90 {
		n, vi, en = (seconds+59)/60, "phút", "minutes"
	}
	if language == string(locale.English) {
		return fmt.Sprintf("Wait %d %s and try again.", n, en)
	}
	return fmt.Sprintf("Chờ %d %s rồi thử lại.", n, vi)
}

// badInput is what a person or a program sent wrongly.
func badInput(err error) *route.Problem {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &route.Problem{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Detail: fmt.Sprintf("at most %d bytes are taken here", large.Limit)}
	}
	var wrong schedule.Problems
	if errors.As(err, &wrong) {
		p := &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid"}
		for _, w := range wrong {
			p.Fields = append(p.Fields, route.Field{Field: w.Field, Code: w.Code, Message: w.Message})
		}
		if len(wrong) > 0 {
			p.Detail = wrong[0].Field + ": " + wrong[0].Message
		}
		return p
	}
	var name *account.InputError
	if errors.As(err, &name) {
		p := invalid(name.Field, name.Message)
		p.Fields[0].Code = cmp.Or(name.Code, "invalid")
		return p
	}
	var about *library.InputError
	if errors.As(err, &about) {
		return invalid(about.Field, about.Message)
	}
	return badFile(err)
}

func invalid(field, message string) *route.Problem {
	return &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: message,
		Fields: []route.Field{{Field: field, Code: "invalid", Message: message}}}
}

// badFile is a file that cannot become a clip; the refusal brings its own sentence.
func badFile(err error) *route.Problem {
	var r *library.Refusal
	if !errors.As(err, &r) {
		return nil
	}
	status := http.StatusUnprocessableEntity
	switch r.Code {
	case "not_audio", "web_page", "unsupported", "needs_ffmpeg":
		status = http.StatusUnsupportedMediaType
	case "too_large":
		status = http.StatusRequestEntityTooLarge
	}
	return &route.Problem{Status: status, Code: r.Code, Detail: r.Detail, Words: "clip", Say: r.Sentence}
}
