package admin

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/admin/api"
	"loaxa/audio/library"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// campaignSamples are the pages of a letter on its way, and of one that was approved and has gaps.
func (s *station) campaignSamples(t testing.TB) map[string]string {
	t.Helper()
	all, err := s.rules.Campaigns()
	must(t, err)
	if len(all) == 0 {
		all = s.sampleCampaigns(t)
	}
	draft, approved := "/campaigns/"+all[0].ID, "/campaigns/"+all[1].ID
	return map[string]string{"/campaigns/:id": approved, "/campaigns/:id/makeups": approved + "/makeups", "/campaigns/:id/files": draft + "/files",
		"/campaigns/:id/choose": draft + "/choose", "/campaigns/:id/letter": draft + "/letter", "/campaigns/:id/times": draft + "/times"}
}

func (s *station) sampleCampaigns(t testing.TB) (out []schedule.Campaign) {
	t.Helper()
	clip, _, err := s.library.Import(t.Context(), "user:lan", library.Import{Reader: bytes.NewReader(tone(330)), Name: "lừa đảo.wav"}, nil)
	must(t, err)
	for _, title := range []string{"Phòng chống đuối nước", "Phòng chống lừa đảo trên không gian mạng"} {
		k, err := s.rules.PutCampaign("user:lan", schedule.Campaign{Title: title, Agency: "Công an xã", Number: "12/CV-CAX", Date: "2026-03-01", ReportDue: "2026-04-10",
			ClipIDs: []string{clip.ID}, Times: []string{"06:30", "17:00"}, From: "2026-03-04", Until: "2026-03-20"})
		must(t, err)
		out = append(out, k)
	}
	k, err := s.rules.ApproveCampaign("user:minh", out[1].ID, out[1].Revision, schedule.Signature{Signer: "Phó Chủ tịch UBND xã", Day: "2026-03-02"})
	must(t, err)
	due := time.Date(2026, 3, 4, 17, 0, 0, 0, hanoi)
	s.outcome(t, k.Programme+"@"+due.Format(time.RFC3339), due, evidence.OutcomeBody{Outcome: evidence.Missed, Reason: "power_cut", Programme: k.Programme})
	return out
}

// looks holds a page against what a person on a phone needs.
func looks(ctx context.Context, t *testing.T, at string) {
	t.Helper()
	if evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
		t.Errorf("%s is wider than a phone", at)
	}
	if low := evaluate[string](ctx, t, lowTargets); low != "" {
		t.Errorf("%s: lower than a thumb needs: %s", at, low)
	}
	axe, err := os.ReadFile("web/node_modules/axe-core/axe.min.js")
	if err != nil {
		return // the walk through all pages says that it is missing
	}
	evaluate[bool](ctx, t, string(axe)+";true")
	for _, f := range axeFindings(t, evaluateAsync(ctx, t, axeRun)) {
		t.Errorf("%s: %s (%s): %s %s", at, f.ID, f.Impact, f.Nodes[0].HTML, f.Nodes[0].Why)
	}
}

// The heart: on an Android phone, from a letter with five files to an approved campaign of 30 days.
func TestBrowserFromALetterToAnApprovedCampaign(t *testing.T) {
	ctx := browserFor(t, 360, 800, 4*time.Minute)
	s := newLetterStation(t)
	s.pass(time.Since(s.clock())) // what was sent is swept after a day, and files on the disk carry the real time
	base, _ := s.start(t)
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/campaigns")))
	looks(ctx, t, "the empty list")
	press(ctx, t, `main a[href="/campaigns/new"]`)
	waitText(ctx, t, "h1", "Bước 1")
	dir, names := t.TempDir(), []string{}
	for i := range 5 {
		name := filepath.Join(dir, fmt.Sprintf("Bài %d.wav", i+1))
		must(t, os.WriteFile(name, tone(float64(300+50*i)), 0o600))
		names = append(names, name)
	}
	if evaluate[bool](ctx, t, `!!document.querySelector(".upload input[name=file]")`) {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("the scripts are missing: make web builds them")
		}
		t.Skip("the scripts are missing: make web builds them")
	}
	must(t, chromedp.Do(ctx, chromedp.SetUploadFiles(".upload input[type=file]", names)))
	waitTrue(ctx, t, `document.querySelectorAll(".upload [data-state=done]").length == 5`)
	looks(ctx, t, "the files")
	press(ctx, t, `button[value=next]`)
	waitText(ctx, t, "h1", "Bước 2") // while the files are still looked at
	looks(ctx, t, "the letter")
	picture := filepath.Join(dir, "công văn.png")
	must(t, os.WriteFile(picture, photo(t), 0o600))
	must(t, chromedp.Do(ctx, chromedp.SetUploadFiles(`input[type=file]`, []string{picture})))
	fill(ctx, t, map[string]string{"agency": "Công an xã", "number": "12/CV-CAX", "date": "2026-03-01", "title": "Phòng chống lừa đảo"})
	press(ctx, t, `button[value=next]`)
	waitText(ctx, t, "h1", "Bước 3")
	waitTrue(ctx, t, `fetch("/campaigns/k-1/files?part=clips").then(r => r.text()).then(h => { window.came = h.split("<audio").length - 1 }), window.came == 5`)
	press(ctx, t, `button[value=suggest]`)
	waitText(ctx, t, "#preview", "60 buổi trong 30 ngày")
	looks(ctx, t, "the times")
	// The preview follows what is chosen, before anything is saved.
	evaluate[bool](ctx, t, `(() => { const d = document.querySelector("[name=days]"); d.value = 10; d.dispatchEvent(new Event("change", {bubbles: true})); return true })()`)
	waitText(ctx, t, "#preview", "20 buổi trong 10 ngày")
	evaluate[bool](ctx, t, `(() => { const d = document.querySelector("[name=days]"); d.value = 30; d.dispatchEvent(new Event("change", {bubbles: true})); return true })()`)
	waitText(ctx, t, "#preview", "60 buổi trong 30 ngày")
	press(ctx, t, `button[value=next]`)
	waitText(ctx, t, ".decide", "5 tệp âm thanh đúng như mã tệp ở trên")
	looks(ctx, t, "the review")
	press(ctx, t, `.decide form button.go`)
	waitText(ctx, t, ".notice.ok", "Đã phê duyệt")
	looks(ctx, t, "the campaign")
	k, err := s.rules.Campaign("k-1")
	must(t, err)
	day := func(n int) schedule.Date { return schedule.Date(s.clock().AddDate(0, 0, n).Format(time.DateOnly)) }
	if k.State != schedule.CampaignApproved || len(k.ClipIDs) != 5 || len(k.Times) != 2 || k.From != day(1) || k.Until != day(30) || k.Photo == "" {
		t.Errorf("approved as %+v", k)
	}
}

// fill types into fields by their names.
func fill(ctx context.Context, t *testing.T, fields map[string]string) {
	t.Helper()
	for name, value := range fields {
		if !evaluate[bool](ctx, t, fmt.Sprintf(`(() => { const f = document.querySelector("main [name=%s]"); f.value = %q; f.dispatchEvent(new Event("change", {bubbles: true})); return f.value == %q })()`, name, value, value)) {
			t.Fatalf("the field %s did not take %q", name, value)
		}
	}
}
