package admin

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/intake"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// moreScenes are forms that stand only in the midst of something.
var moreScenes = []scene{
	{"a station on hold", func(_ *testing.T, w *world) *httptest.ResponseRecorder {
		w.player.show(func(p *player.Snapshot) { p.Hold = &player.HoldOrder{By: "user:cán bộ", Since: w.clock()} })
		return w.boss.get("/")
	}},
	{"an emergency on air", func(_ *testing.T, w *world) *httptest.ResponseRecorder {
		w.onAir()
		w.player.show(func(p *player.Snapshot) {
			p.OnAir.Kind, p.OnAir.Broadcast, p.OnAir.Ends = player.Emergency, "emergency:0", w.clock().Add(time.Hour)
		})
		return w.boss.get("/emergency")
	}},
	{"an emergency before it sounds", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		return w.urgent(t, "/emergency/review", map[string]string{"clip_id": w.approved(t, "Sơ tán"), "reason": "lũ", "minutes": "15"}, "", nil)
	}},
	{"a clock that nobody vouches for", func(_ *testing.T, w *world) *httptest.ResponseRecorder {
		w.trust = clock.Doubtful
		return w.boss.get("/settings")
	}},
	{"a test tone that was played", func(_ *testing.T, w *world) *httptest.ResponseRecorder {
		return w.boss.get("/settings?tone=rehearsal:1")
	}},
	{"a registered phone", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		p, err := w.accounts.Person("chu-tich")
		must(t, err)
		_, _, err = w.accounts.RegisterPhone("station", p.ID, "điện thoại trực đài")
		must(t, err)
		return w.boss.get("/account")
	}},
	{"a day that is special", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		if len(w.rules.Days()) == 0 {
			must2(t)(w.rules.PutDay("user:cán bộ", schedule.SpecialDay{Name: "Giỗ Tổ", From: "2026-04-26", Until: "2026-04-26"}))
		}
		return w.boss.get("/schedule/days")
	}},
	{"days that are suggested", func(_ *testing.T, w *world) *httptest.ResponseRecorder { return w.boss.get("/schedule/days?year=2026") }},
	{"a broadcast that was cancelled", func(_ *testing.T, w *world) *httptest.ResponseRecorder {
		at := w.address("/schedule/occurrence/:id")
		w.boss.post(at + "/cancel")
		return w.boss.get(at)
	}},
	{"a programme that pauses", func(_ *testing.T, w *world) *httptest.ResponseRecorder {
		at := w.address("/schedule/:id")
		w.boss.post(at + "/pause")
		return w.boss.get(at)
	}},
	{"a campaign that is ready", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		return w.boss.get("/campaigns/" + w.letterFor(t).ID)
	}},
	{"a campaign that airs", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		k := w.letterFor(t)
		must2(t)(w.rules.ApproveCampaign("user:lãnh đạo", k.ID, k.Revision, schedule.Signature{}))
		return w.boss.get("/campaigns/" + k.ID)
	}},
	{"a campaign that waits", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		k := w.letterFor(t)
		must2(t)(w.rules.SubmitCampaign("user:cán bộ", k.ID))
		return w.boss.get("/campaigns/" + k.ID)
	}},
	{"a campaign's link that waits for a word", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		k := w.letterFor(t)
		w.site.put("k.wav", tone(610))
		i, err := w.intake.Order(t.Context(), intake.Order{Actor: "user:cán bộ", Link: w.site.URL + "/short/k.wav", For: k.ID})
		must(t, err)
		w.await(t, w.token(t, account.Operator), i.ID, "confirm")
		return w.boss.get("/campaigns/" + k.ID + "/files")
	}},
	{"a link that waits for a word", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		w.site.put("l.wav", tone(620))
		i, err := w.intake.Order(t.Context(), intake.Order{Actor: "user:cán bộ", Link: w.site.URL + "/short/l.wav"})
		must(t, err)
		w.await(t, w.token(t, account.Operator), i.ID, "confirm")
		return w.boss.get("/clips/imports/" + i.ID)
	}},
	{"an import with drafts", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		op := w.token(t, account.Operator)
		i := into[imported](t, w.importForm(t, op, []file{{"d.wav", tone(630)}}, nil), 202)
		w.await(t, op, i.ID, "done")
		return w.boss.get("/clips/imports/" + i.ID)
	}},
	{"the sign-in", func(_ *testing.T, w *world) *httptest.ResponseRecorder { return w.stranger().get("/signin") }},
	{"a code for a password", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		_, code, err := w.accounts.AddPerson("station", "moi"+strings.ReplaceAll(w.next(), ".", "-"), "cán bộ mới", account.Operator)
		must(t, err)
		return w.stranger().post("/code", "code", code)
	}},
	{"the first run", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		w.firstRun(t)
		link, err := w.accounts.NewLink("station")
		must(t, err)
		w.boss = w.at("192.168.1.5")
		w.boss.get(api.LinkPath(link))
		return w.boss.get("/setup")
	}},
	{"a station without programmes", func(t *testing.T, w *world) *httptest.ResponseRecorder {
		all, err := w.rules.Campaigns()
		must(t, err)
		for _, k := range all {
			if k.State == schedule.CampaignApproved {
				must2(t)(w.rules.CloseCampaign("user:cán bộ", k.ID))
			}
		}
		for _, p := range w.rules.Programmes() {
			must(t, w.rules.DeleteProgramme("user:cán bộ", p.ID))
		}
		return w.boss.get("/start")
	}},
}

// address is the sample for a pattern of a page.
func (w *world) address(pattern string) string {
	for _, a := range w.pages {
		path, _, _ := strings.Cut(a, "?")
		if rt := w.find(http.MethodGet, path); rt != nil && rt.Path == pattern {
			return a
		}
	}
	w.t.Fatalf("no sample of %s", pattern)
	return ""
}

// approved is a clip that may be played.
func (w *world) approved(t *testing.T, title string) string {
	t.Helper()
	c, _, err := w.library.Import(t.Context(), "user:cán bộ", library.Import{Reader: bytes.NewReader(tone(700)), Name: "n.wav", Title: title}, nil)
	must(t, err)
	if c.State != library.StateApproved {
		must2(t)(w.library.Approve("user:lãnh đạo", []string{c.ID}, nil))
	}
	return c.ID
}

// letterFor is a campaign that lacks nothing but its approval.
func (w *world) letterFor(t *testing.T) schedule.Campaign {
	t.Helper()
	clip := w.approved(t, "Đuối nước")
	k, err := w.rules.PutCampaign("user:cán bộ", schedule.Campaign{Title: "Phòng cháy", Agency: "Công an xã", Number: "15/CV-CAX", Date: "2026-03-01",
		ClipIDs: []string{clip}, Times: []string{"07:30"}, From: "2026-03-08", Until: "2026-03-20"})
	must(t, err)
	return k
}

// stranger is somebody at an address that nobody came from yet.
func (w *world) stranger() *browserAt { return w.at("10.0." + w.next()) }

// next is two numbers that were not used yet.
func (w *world) next() string {
	w.came++
	return fmt.Sprintf("%d.%d", w.came/250, 1+w.came%250)
}
