package admin

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"loaxa/admin/account"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/schedule"
)

// keyboard is a laptop whose mouse is broken, on a page of the station, signed in as the administrator.
func (s *station) keyboard(t *testing.T, path string) keys {
	t.Helper()
	ctx := browserFor(t, 1366, 768, 4*time.Minute)
	base, _ := s.start(t)
	s.signedIn(ctx, t, base, path)
	return keys{t, ctx}
}

// files goes to a choice of files and opens the system's own window by a key; what is picked there is out of the page's hands.
func (k keys) files(selector string, names ...string) {
	k.t.Helper()
	asked := make(chan page.EventFileChooserOpened, 1)
	must(k.t, chromedp.Listen(k.ctx, func(event any) {
		if e, ok := event.(*page.EventFileChooserOpened); ok {
			select {
			case asked <- *e:
			default:
			}
		}
	}))
	_, err := chromedp.Call(k.ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true})
	must(k.t, err)
	k.enter(selector)
	select {
	case e := <-asked:
		_, err := chromedp.Call(k.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: names, BackendNodeID: e.BackendNodeID})
		must(k.t, err)
	case <-time.After(20 * time.Second):
		k.t.Fatalf("Enter on %s opens no choice of files", selector)
	}
}

// Signing in, silence at once, silence until a time and speech again, and signing out: nothing of it needs a mouse.
func TestBrowserKeyboardSignsInStopsHoldsAndSignsOut(t *testing.T) {
	t.Parallel()
	ctx := browserFor(t, 1366, 768, 4*time.Minute)
	s := newStation(t)
	s.member(t, "lan", account.Operator, "192.168.1.9")
	base, _ := s.start(t)
	k := keys{t, ctx}
	must(t, chromedp.Do(ctx, chromedp.Navigate(base)))
	k.write(`[name="login"]`, "lan")
	k.write(`[name="password"]`, passPhrase)
	k.press(kb.Enter)
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
	for skip, into := range map[string]string{"#content": "main *", "#menu": "#menu *"} {
		must(t, chromedp.Do(ctx, chromedp.Navigate(base)))
		k.enter(`.skip[href="` + skip + `"]`)
		k.tab()
		if !k.on(into) {
			t.Errorf("behind the link to %s the next Tab is on %s", skip, evaluate[string](ctx, t, `document.activeElement.outerHTML.slice(0, 200)`))
		}
	}
	k.enter(`#menu a[href="/schedule"]`)
	waitText(ctx, t, "h1", "Lịch phát")
	k.enter(`.top .station`)
	waitText(ctx, t, "#state", "ĐANG NGHỈ")

	s.onAir()
	waitText(ctx, t, "#state", "ĐANG PHÁT")
	k.enter("button.stop")
	waitText(ctx, t, ".notice.ok", "Đã dừng")
	waitText(ctx, t, "#state", "ĐANG NGHỈ")

	k.opens(`details:has(form[action="/hold"])`)
	k.write(`[name="reason"]`, "lễ tang")
	k.backTo(`select[name="for"]`)
	k.choose(`select[name="for"]`, "3h")
	k.space(`form[action="/hold"] button`)
	waitText(ctx, t, "#state", "TẠM NGỪNG")
	waitText(ctx, t, "#state", "lễ tang")
	if h := s.player.Now().Hold; h == nil || !h.Until.Equal(s.clock().Add(3*time.Hour)) {
		t.Errorf("on hold: %+v", h)
	}
	k.to(`form[action="/release"] button`)
	// What is going on changes under the finger: the key that is about to be pressed must still find its button.
	evaluate[bool](ctx, t, `window.drawn = document.activeElement, true`)
	s.player.show(func(p *player.Snapshot) {
		p.Next = &player.Upcoming{Occurrence: "p-1@1", Title: "Bản tin chiều", Due: s.clock().Add(2 * time.Hour)}
	})
	waitText(ctx, t, ".next", "Bản tin chiều")
	if !evaluate[bool](ctx, t, `!window.drawn.isConnected`) || !k.on(`form[action="/release"] button`) {
		t.Error("when the page was drawn anew the keyboard lost its place")
	}
	k.press(kb.Enter)
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
	if s.player.Now().Hold != nil {
		t.Error("the hold is not over")
	}
	k.enter("form.signout button")
	waitTrue(ctx, t, `!!document.querySelector('form[action="/signin"]')`)
}

// The week is arranged without dragging: a programme by its form, and one broadcast moved to another day.
func TestBrowserKeyboardMakesAProgrammeAndMovesABroadcast(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	p := s.daily(t)
	k := s.keyboard(t, "/schedule")
	ctx := k.ctx
	k.enter(`main a[href="/schedule/new"]`)
	waitText(ctx, t, "#preview", "Điền xong")
	k.write(`[name="title"]`, "Tin trưa")
	k.choose("#what", "l:l-1")
	k.to(`[name="form"]:checked`)
	k.press(kb.ArrowRight)
	if !k.on("#form-weekdays:checked") {
		t.Error("the arrow keys do not lead from one kind of repetition to the next")
	}
	k.space(`[name="weekday"][value="6"]`)
	k.write(`[name="times"]`, "11h")
	waitText(ctx, t, "#preview", "Thứ Bảy")
	k.enter(`.beside button[value="save"]`)
	waitText(ctx, t, ".notice.ok", "Đã lưu chương trình.")
	if all := s.rules.Programmes(); len(all) != 2 || all[1].Title != "Tin trưa" {
		t.Errorf("stored: %+v", all)
	}

	k.enter(`#menu a[href="/schedule"]`)
	waitTrue(ctx, t, `!!document.querySelector(".week-grid [data-occurrence]")`)
	k.enter(`[data-occurrence^="` + p.ID + `@2026-03-06T17:30"]`)
	waitTrue(ctx, t, `!!document.querySelector("form.change")`)
	k.date(`form.change [name="date"]`, time.Date(2026, 3, 7, 0, 0, 0, 0, hanoi))
	k.write(`form.change [name="time"]`, "9h30")
	k.enter(`form.change button[value="save"]`)
	waitText(ctx, t, ".notice.ok", "Đã đổi riêng buổi này")
	stored, err := s.rules.Programme(p.ID)
	must(t, err)
	if len(stored.Exceptions) != 1 {
		t.Errorf("the broadcast was not moved: %+v", stored.Exceptions)
	}
}

// A clip goes from its draft to its approval, and a playlist into its order.
func TestBrowserKeyboardApprovesAClipAndOrdersAPlaylist(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	op := s.token(t, account.Operator)
	a := into[library.Clip](t, s.upload(t, op, "a.wav", longTone(440, 3), map[string]string{"title": "Thứ nhất"}), 201)
	b := into[library.Clip](t, s.upload(t, op, "b.wav", tone(550), map[string]string{"title": "Thứ hai"}), 201)
	k := s.keyboard(t, "/clips")
	ctx := k.ctx
	k.enter(`#rows a[href="/clips/` + a.ID + `"]`)
	waitText(ctx, t, "h1", "Thứ nhất")
	k.enter(`form[action="/clips/submit"] button`)
	waitTrue(ctx, t, `!!document.querySelector(".notice.ok") && !document.querySelector('form[action="/clips/submit"]')`)
	k.enter(`#menu a[href="/clips"]`)
	waitTrue(ctx, t, `!!document.querySelector('a[href="/clips/queue"]')`)
	k.enter(`a[href="/clips/queue"]`)
	waitTrue(ctx, t, `!!document.querySelector('form[action="/clips/approve"]')`)
	k.to(`form[action="/clips/approve"] [name="id"]`)
	if !evaluate[bool](ctx, t, `document.activeElement.checked`) {
		k.press(" ")
	}
	k.enter(`form[action="/clips/approve"] button.go`)
	waitTrue(ctx, t, `!!document.querySelector(".notice.ok")`)
	if c, err := s.library.Get(a.ID); err != nil || c.State != library.StateApproved {
		t.Errorf("%+v %v: not approved", c.State, err)
	}

	k.enter(`#menu a[href="/playlists"]`)
	waitText(ctx, t, "h1", "Danh sách phát")
	k.enter(`main a[href="/playlists/new"]`)
	waitTrue(ctx, t, `!!document.querySelector("form[data-playlist]")`)
	k.write(`[name="title"]`, "Bản tin sáng")
	for _, title := range []string{"Thứ nhất", "Thứ hai"} {
		k.write(`[name="q"]`, title)
		waitText(ctx, t, "#found:not(:has(li:nth-child(2)))", title)
		k.enter(`#found [data-add="` + title + `"]`)
		waitText(ctx, t, "[data-items] li:last-child", title)
		k.backTo(`[name="title"]`)
	}
	k.space(`[data-items] li:nth-child(2) [data-move="up"]`)
	waitText(ctx, t, "[data-items] li:first-child", "Thứ hai")
	if !k.on(`[data-items] li:first-child [data-move="up"]`) {
		t.Error("the key does not move on with its row")
	}
	k.enter(`form[data-playlist] button.go`)
	waitText(ctx, t, ".notice.ok", "Đã lưu danh sách")
	list, err := s.rules.Playlist("l-1")
	must(t, err)
	if len(list.Items) != 2 || list.Items[0].ClipID != b.ID || list.Items[1].ClipID != a.ID {
		t.Errorf("stored %+v", list.Items)
	}
}

// A letter with its files becomes an approved campaign.
func TestBrowserKeyboardTakesALetterToItsApproval(t *testing.T) {
	t.Parallel()
	s := newLetterStation(t)
	s.pass(time.Since(s.clock())) // what was sent is swept after a day, and files on the disk carry the real time
	k := s.keyboard(t, "/campaigns")
	ctx := k.ctx
	dir := t.TempDir()
	sound, picture := filepath.Join(dir, "Bài 1.wav"), filepath.Join(dir, "công văn.png")
	must(t, os.WriteFile(sound, tone(330), 0o600))
	must(t, os.WriteFile(picture, photo(t), 0o600))
	k.enter(`main a[href="/campaigns/new"]`)
	waitText(ctx, t, "h1", "Bước 1")
	k.files(".upload input[type=file]", sound)
	waitTrue(ctx, t, `document.querySelectorAll(".upload [data-state=done]").length == 1`)
	k.enter(`button[value="next"]`)
	waitText(ctx, t, "h1", "Bước 2")
	k.write(`[name="agency"]`, "Công an xã")
	k.write(`[name="number"]`, "12/CV-CAX")
	k.date(`[name="date"]`, s.clock())
	k.write(`[name="title"]`, "Phòng chống lừa đảo")
	k.files(`main input[type="file"]`, picture)
	k.enter(`button[value="next"]`)
	waitText(ctx, t, "h1", "Bước 3")
	waitTrue(ctx, t, `fetch("/campaigns/k-1/files?part=clips").then(r => r.text()).then(h => { window.came = h.split("<audio").length - 1 }), window.came == 1`)
	k.write(`[name="days"]`, "10")
	k.enter(`button[value="suggest"]`)
	waitText(ctx, t, "#preview", "20 buổi trong 10 ngày")
	k.enter(`#times button[value="next"]`)
	waitTrue(ctx, t, `!!document.querySelector(".decide form button.go")`)
	k.space(`.decide form button.go`)
	waitText(ctx, t, ".notice.ok", "Đã phê duyệt")
	if c, err := s.rules.Campaign("k-1"); err != nil || c.State != schedule.CampaignApproved || c.Photo == "" {
		t.Errorf("%+v %v: not approved, or without its letter", c, err)
	}
}

// A danger is told to the commune: what, why, a last look before it sounds, and its end.
func TestBrowserKeyboardSpeaksInAnEmergency(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	k := s.keyboard(t, "/")
	ctx := k.ctx
	memo := filepath.Join(t.TempDir(), "noi.wav")
	must(t, os.WriteFile(memo, tone(500), 0o600))
	k.enter(".urgent-link a")
	waitTrue(ctx, t, `!!document.querySelector("#urgent")`)
	k.files("#urgent input[capture]", memo)
	waitTrue(ctx, t, `!document.querySelector("#listen").hidden`)
	k.space(".pick input")
	k.choose(`[name="minutes"]`, "30")
	k.enter("#urgent button.urgent")
	waitText(ctx, t, "h1", "Sắp phát ra loa")
	if len(s.player.asked) > 0 {
		t.Fatal("it sounded before the person said so")
	}
	s.player.show(func(p *player.Snapshot) {
		p.State = player.Playing
		p.OnAir = &player.OnAir{Broadcast: "emergency:1", Kind: player.Emergency, Title: "Tin khẩn cấp", Due: s.clock(), Started: s.clock(), Length: 30 * time.Minute, Ends: s.clock().Add(30 * time.Minute), Items: 1}
	})
	k.space(`form[action="/emergency"] button.urgent`)
	waitText(ctx, t, "#emergency-now", "Kết thúc chậm nhất lúc")
	if len(s.player.asked) != 1 {
		t.Errorf("asked %+v", s.player.asked)
	}
	k.enter("#emergency-now button.stop")
	waitText(ctx, t, ".notice.ok", "Đã dừng")
	if s.player.Now().OnAir != nil {
		t.Error("DỪNG does not stop it")
	}
}

// What was missed is found, the diary is held against the log, and a setting is changed.
func TestBrowserKeyboardFiltersTheDiaryReconcilesAndSavesASetting(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.week(t)
	k := s.keyboard(t, "/diary?from=2026-03-02&until=2026-03-08")
	ctx := k.ctx
	k.opens(`details:has(> form.filter)`)
	k.choose(`form.filter [name="only"]`, "missed")
	k.enter(`form.filter button`)
	waitTrue(ctx, t, `location.search.includes("only=missed") && document.querySelectorAll("#list a.line").length > 0 && !document.querySelector("#list").innerText.includes("Bản tin sáng")`)
	k.enter("#list a.line")
	waitText(ctx, t, "h1", "Cảnh báo lừa đảo")
	k.enter(`#menu a[href="/diary"]`)
	waitTrue(ctx, t, `location.pathname == "/diary" && !!document.querySelector("#check")`)
	k.enter(`form[action="/diary/check"] button`)
	waitText(ctx, t, ".verdict", "Lúc 16:58:20") // these outcomes were put on record without a plan, and so it says

	k.enter(`#menu a[href="/settings"]`)
	waitText(ctx, t, "h1", "Cài đặt")
	k.opens("#set-rules")
	k.write(`[name="lateness_s"]`, "15")
	k.enter("#set-rules form > button")
	waitText(ctx, t, "#set-rules .saved", "Đã lưu lúc 16:58")
	if got := s.rules.Settings().LatenessS; got != 900 {
		t.Errorf("stored: %d s", got)
	}
}
