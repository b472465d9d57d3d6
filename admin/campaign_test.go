package admin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

type campaignView struct {
	schedule.Campaign
	Progress api.Progress `json:"progress"`
}

type previewView struct {
	Occurrences []api.Occurrence `json:"occurrences"`
	Changed     []api.Occurrence `json:"changed"`
	Night       *api.Occurrence  `json:"night"`
	Counts      map[string]int   `json:"counts"`
}

// A letter becomes broadcasts with one approval, and what was not aired is told and can be made up for.
func TestCampaignFromLetterToMakeup(t *testing.T) {
	s := newStation(t) // 5 March 2026, 16:58
	op, boss := s.token(t, account.Operator), s.token(t, account.Approver)
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"Tin","items":[{"clip_id":"c-1"}]}`), 201)
	into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", op, `{"title":"Tin sáng","playlist_id":"`+list.ID+`","cron":"30 6 * * *"}`), 201)
	draft := `{"title":"Chống lừa đảo","agency":"Công an tỉnh","number":"12/KH","clip_ids":["c-1"],"from":"2026-03-06","until":"2026-03-15","times":["06:30","17:00"]`
	times := into[struct{ Times []string }](t, s.ask("POST", "/api/v1/campaign-times", op, `{"campaign":`+draft+`},"times_a_day":2}`), 200)
	if !slices.Equal(times.Times, []string{"11:00", "17:00"}) { // 06:30 is taken
		t.Errorf("proposed %v", times.Times)
	}
	k := into[schedule.Campaign](t, s.ask("POST", "/api/v1/campaigns", op, draft+`}`), 201)
	p := into[previewView](t, s.ask("GET", "/api/v1/campaigns/"+k.ID+"/preview", op, ""), 200)
	if p.Counts["airs"] != 10 || p.Counts["waits"] != 10 || len(p.Changed) != 0 {
		t.Errorf("the preview counts %v and changes %d others", p.Counts, len(p.Changed))
	}
	edited := fmt.Sprintf(`%s,"revision":%d}`, strings.Replace(draft, "06:30", "11:00", 1), k.Revision)
	k = into[schedule.Campaign](t, s.ask("PUT", "/api/v1/campaigns/"+k.ID, op, edited), 200)
	sub := into[campaignView](t, s.ask("POST", "/api/v1/campaigns/"+k.ID+"/submit", op, ""), 200)
	approve := fmt.Sprintf(`{"revision":%d}`, sub.Revision)
	if w := s.ask("POST", "/api/v1/campaigns/"+k.ID+"/approve", op, approve); w.Code != http.StatusForbidden {
		t.Errorf("an operator approved: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/campaigns/"+k.ID+"/approve", boss, `{"revision":1}`); w.Code != http.StatusConflict {
		t.Errorf("approved what was not seen: %d %s", w.Code, w.Body)
	}
	done := into[campaignView](t, s.ask("POST", "/api/v1/campaigns/"+k.ID+"/approve", boss, approve), 200)
	if done.State != schedule.CampaignApproved || done.Progress.Target != 20 || done.Progress.Ahead != 20 || done.Progress.Shortfall != 0 {
		t.Fatalf("approved as %+v", done)
	}

	s.pass(24 * time.Hour) // 6 March, 16:58: 11:00 was due
	missed := done.Programme + "@2026-03-06T11:00:00+07:00"
	s.outcome(t, missed, time.Date(2026, 3, 6, 11, 0, 0, 0, hanoi), evidence.OutcomeBody{Outcome: evidence.Missed, Reason: "power_cut", Occurrence: missed, Programme: done.Programme})
	why := into[api.WhyAnswer](t, s.ask("GET", "/api/v1/why?occurrence="+strings.ReplaceAll(missed, "+", "%2B"), op, ""), 200)
	if why.Source != "log" || !strings.Contains(strings.Join(why.Sentences, " "), "mất điện") {
		t.Errorf("why: %+v", why)
	}
	slots := into[struct {
		Gaps  []api.Gap
		Slots []time.Time
	}](t, s.ask("GET", "/api/v1/campaigns/"+k.ID+"/slots", op, ""), 200)
	if len(slots.Gaps) != 1 || slots.Gaps[0].Occurrence != missed || len(slots.Slots) != 1 {
		t.Fatalf("offered %+v", slots)
	}
	makeup := fmt.Sprintf(`{"makeups":[{"at":"%s","of":"%s"}]}`, slots.Slots[0].Format(time.RFC3339), missed)
	after := into[campaignView](t, s.ask("POST", "/api/v1/campaigns/"+k.ID+"/makeups", op, makeup), 200)
	if after.Progress.Ahead != 20 || after.Progress.Shortfall != 0 || after.Progress.Failed != 1 || len(after.Progress.Gaps) != 0 {
		t.Errorf("after the make-up %+v", after.Progress)
	}
	if w := s.ask("POST", "/api/v1/campaigns/"+k.ID+"/makeups", op, makeup); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("made up for twice: %d %s", w.Code, w.Body)
	}
	id := after.Makeups + "@" + slots.Slots[0].In(hanoi).Format(time.RFC3339)
	if why = into[api.WhyAnswer](t, s.ask("GET", "/api/v1/why?occurrence="+strings.ReplaceAll(id, "+", "%2B"), op, ""), 200); why.Source != "plan" {
		t.Errorf("why of the make-up: %+v", why)
	}
	closed := into[campaignView](t, s.ask("POST", "/api/v1/campaigns/"+k.ID+"/close", op, ""), 200)
	if closed.Progress.Ahead != 0 || closed.State != schedule.CampaignClosed {
		t.Errorf("closed: %+v", closed)
	}
}

// The wrong hour that wakes a commune is asked about twice, whatever way it is entered.
func TestNightIsAskedAboutTwice(t *testing.T) {
	s := newStation(t)
	op, admin := s.token(t, account.Operator), s.token(t, account.Administrator)
	into[schedule.Settings](t, s.ask("PUT", "/api/v1/settings", admin, `{"quiet_hours":[],"approval_required":false}`), 200)
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"Tin","items":[{"clip_id":"c-1"}]}`), 201)
	day := into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", op, `{"title":"Chiều","playlist_id":"`+list.ID+`","cron":"15 15 * * *"}`), 201)
	rule := func(cron string, revision int64) string {
		return fmt.Sprintf(`{"title":"Chiều","playlist_id":"%s","cron":"%s","revision":%d}`, list.ID, cron, revision)
	}
	next := `"2026-03-06T15:15:00+07:00"`
	for name, c := range map[string][3]string{
		"a new programme":  {"POST", "/programmes", `{"title":"Đêm","playlist_id":"` + list.ID + `","cron":"15 3 * * *"}`},
		"another hour":     {"PUT", "/programmes/" + day.ID, rule("15 3 * * *", 1)},
		"one more hour":    {"PUT", "/programmes/" + day.ID, rule("15 3,15 * * *", 1)},
		"from this one on": {"POST", "/programmes/" + day.ID + "/from", `{"at":` + next + `,"programme":{"title":"x","playlist_id":"` + list.ID + `","cron":"15 3 * * *"}}`},
	} {
		w := s.ask(c[0], "/api/v1"+c[1], op, c[2])
		if w.Code != http.StatusPreconditionRequired || code(t, w.Body.Bytes()) != "confirm_night" || !strings.Contains(w.Body.String(), "03:15") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	into[schedule.Programme](t, s.ask("PUT", "/api/v1/programmes/"+day.ID+"?confirm=night", op, rule("15 3,15 * * *", 1)), 200)
	if w := s.ask("PUT", "/api/v1/programmes/"+day.ID, op, rule("15 15 * * *", 2)); w.Code != 200 {
		t.Errorf("taking the night away is asked about: %d %s", w.Code, w.Body)
	}
	shown := into[previewView](t, s.ask("POST", "/api/v1/plan/preview", op, `{"programme":{"title":"Đêm","playlist_id":"`+list.ID+`","cron":"15 3 * * *"}}`), 200)
	if shown.Night == nil || shown.Night.Due.Hour() != 3 {
		t.Errorf("the preview does not show the night: %+v", shown.Night)
	}
}

// "This one only" and "from this one on" by their addresses.
func TestOneOccurrenceAndFromOneOn(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"Tin","items":[{"clip_id":"c-1"}]}`), 201)
	p := into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", op, `{"title":"Chiều","playlist_id":"`+list.ID+`","cron":"0 17 * * *"}`), 201)
	p = into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes/"+p.ID+"/occurrence", op, `{"at":"2026-03-07T17:00:00+07:00","cancelled":true}`), 200)
	if len(p.Exceptions) != 1 {
		t.Errorf("cancelled: %+v", p)
	}
	if w := s.ask("POST", "/api/v1/programmes/"+p.ID+"/occurrence", op, `{"at":"2026-03-07T17:01:00+07:00","cancelled":true}`); w.Code != 422 {
		t.Errorf("no start: %d %s", w.Code, w.Body)
	}
	split := into[struct{ Ended, Follows schedule.Programme }](t, s.ask("POST", "/api/v1/programmes/"+p.ID+"/from", op,
		`{"at":"2026-03-08T17:00:00+07:00","programme":{"title":"Tối","playlist_id":"`+list.ID+`","cron":"0 18 * * *"}}`), 201)
	if split.Ended.EndsBefore.IsZero() || split.Follows.ID == p.ID {
		t.Errorf("split %+v", split)
	}
}

// BenchmarkPreview asks what an unsaved programme would do beside two hundred others.
func BenchmarkPreview(b *testing.B) {
	s := newStation(b)
	op := s.token(b, account.Operator)
	list := into[schedule.Playlist](b, s.ask("POST", "/api/v1/playlists", op, `{"title":"Tin","items":[{"clip_id":"c-1"}]}`), 201)
	for i := range 200 {
		_, err := s.rules.PutProgramme("user:lan", schedule.Programme{Title: fmt.Sprint("Tin ", i), PlaylistID: list.ID, Cron: fmt.Sprintf("%d %d,%d * * *", i%60, 6+i/60, 12+i/60)})
		must(b, err)
	}
	body := `{"programme":{"title":"Mới","playlist_id":"` + list.ID + `","when":{"form":"daily","times":["06:30","17:00"]}}}`
	for b.Loop() {
		if w := s.ask("POST", "/api/v1/plan/preview", op, body); w.Code != http.StatusOK {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}
