package admin

import (
	"net/http"
	"testing"

	"loaxa/admin/account"
	"loaxa/schedule"
)

// A holiday is offered, taken over, made a day off; mourning is one act.
func TestSpecialDays(t *testing.T) {
	s := newStation(t) // 5 March 2026
	op := s.token(t, account.Operator)
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"Tin","items":[{"clip_id":"c-1"}]}`), 201)
	into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", op, `{"title":"Chiều","playlist_id":"`+list.ID+`","cron":"0 17 * * *"}`), 201)
	type days struct{ Days, Suggested []schedule.SpecialDay }
	if d := into[days](t, s.ask("GET", "/api/v1/days?suggest=2026", op, ""), 200); len(d.Days) != 0 || len(d.Suggested) < 6 {
		t.Errorf("offered %+v", d)
	}
	off := into[schedule.SpecialDay](t, s.ask("POST", "/api/v1/days", op, `{"name":"Bảo trì","from":"2026-03-06","use":"off"}`), 201)
	on := func(date string) (v struct {
		Use      string
		Mourning bool
		Lunar    string
	}) {
		return into[struct {
			Use      string
			Mourning bool
			Lunar    string
		}](t, s.ask("GET", "/api/v1/days/on/"+date, op, ""), 200)
	}
	if v := on("2026-03-06"); v.Use != "off" || v.Lunar != "18/1" {
		t.Errorf("6 March 2026 is %+v", v)
	}
	plan := into[struct {
		Occurrences []struct{ Verdict, Reason string }
	}](t, s.ask("GET", "/api/v1/plan?from=2026-03-06&until=2026-03-07", op, ""), 200)
	if len(plan.Occurrences) != 1 || plan.Occurrences[0].Reason != "day_off" {
		t.Errorf("on a day off %+v", plan)
	}
	into[schedule.SpecialDay](t, s.ask("POST", "/api/v1/mourning", op, `{"from":"2026-03-07","until":"2026-03-08"}`), 201)
	if v := on("2026-03-08"); !v.Mourning {
		t.Errorf("8 March is %+v", v)
	}
	if w := s.ask("DELETE", "/api/v1/days/"+off.ID, op, ""); w.Code != http.StatusNoContent {
		t.Errorf("deleting: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/days", op, `{"name":"x","from":"2026-02-30"}`); w.Code != 422 {
		t.Errorf("no such day: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/days", s.token(t, account.Inspector), `{"name":"x","from":"2026-03-30"}`); w.Code != http.StatusForbidden {
		t.Errorf("an inspector: %d", w.Code)
	}
}
