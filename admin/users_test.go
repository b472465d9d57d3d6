package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"loaxa/admin/account"
	"loaxa/admin/api"
)

var paperCode = regexp.MustCompile(`[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2,3}`)

// An administrator adds a colleague, who comes in with the code from the page; reset, role and closing work from there, too.
func TestUsersPage(t *testing.T) {
	s := newStation(t)
	boss := s.member(t, "lan", account.Administrator, "192.168.1.5")
	w := boss.post("/users/add", "login", "minh", "name", "cán bộ Minh", "role", "operator")
	wantSays(t, w, 201, "Đưa mã này cho cán bộ Minh", "http://127.0.0.1:8080/password", "tên minh", "Mã chỉ hiện lần này")
	code := paperCode.FindString(plain(w.Body.String()))
	minh := s.at("192.168.1.6")
	wantSays(t, minh.post("/code", "code", strings.ToLower(code)), 200, "Chào cán bộ Minh", "minh")
	wantTo(t, minh.post("/password", "code", code, "password", passPhrase, "again", passPhrase), "/?note=password_set")
	wantSays(t, minh.get("/account"), 200, "cán bộ Minh", "thiết bị này", "Đăng ký chính thiết bị này")
	if w := minh.get("/users"); w.Code != http.StatusForbidden || strings.Contains(minh.get("/").Body.String(), `href="/users"`) {
		t.Errorf("an operator sees the users: %d", w.Code)
	}
	list, err := s.accounts.People()
	must(t, err)
	id := list[len(list)-1].ID
	again := boss.post("/users/add", "login", "MINH", "name", `"><b>x`, "role", "approver")
	wantSays(t, again, 409, "Tên đăng nhập này đã có người dùng")
	if html := again.Body.String(); !strings.Contains(html, `value="MINH"`) || !strings.Contains(html, `value="&#34;&gt;&lt;b&gt;x"`) || !strings.Contains(html, `value="approver" checked`) {
		t.Error("what was typed is lost, or is markup")
	}
	wantSays(t, boss.post("/users/add", "login", "", "name", "x", "role", "operator"), 422, "Chưa có tên đăng nhập")
	wantTo(t, boss.post("/users/edit", "id", id, "name", "cán bộ Minh", "role", "approver"), "/users?note=person_saved")
	wantSays(t, minh.get("/"), 200, "cán bộ Minh (lãnh đạo)")
	wantSays(t, boss.get("/users"), 200, "cán bộ Minh", "Làm mọi việc của cán bộ đài", "192.168.1.6")
	wantSays(t, boss.post("/users/reset", "id", id), 201, "Đưa mã này cho cán bộ Minh")
	wantSays(t, minh.get("/account"), 401, "cần đăng nhập")
	wantTo(t, boss.post("/users/close", "id", id), "/users?note=person_closed")
	wantSays(t, boss.get("/users"), 200, "Đã đóng (1)")
	wantSays(t, boss.post("/users/reset", "id", id), 409, "đã đóng")
	wantSays(t, boss.post("/users/edit", "id", "p-99", "name", "x", "role", "operator"), 404, "Không tìm thấy")
}

func TestOwnPassword(t *testing.T) {
	s := newStation(t)
	b := s.member(t, "lan", account.Inspector, "192.168.1.5")
	wantSays(t, b.post("/account/password", "old", "sai rồi nhé", "password", "mưa rào mùa hạ", "again", "mưa rào mùa hạ"), 422, "không đúng")
	wantSays(t, b.post("/account/password", "old", passPhrase, "password", "lan", "again", "lan"), 422, "ngắn quá")
	wantTo(t, b.post("/account/password", "old", passPhrase, "password", "mưa rào mùa hạ", "again", "mưa rào mùa hạ"), "/account?note=password_set")
	wantTo(t, s.at("192.168.1.6").post("/signin", "login", "lan", "password", "mưa rào mùa hạ"), "/")
	list, err := s.accounts.Sessions("")
	must(t, err)
	for _, one := range list {
		if one.Address == "192.168.1.6" {
			wantTo(t, b.post("/account/session", "id", one.ID), "/account?note=session_ended")
		}
	}
	if list, err = s.accounts.Sessions(""); err != nil || len(list) != 1 {
		t.Errorf("sessions %+v, %v", list, err)
	}
}

// The paper says who, to whom, what was closed and how far the log was; it can be printed again, and only by administrators.
func TestHandoverPaper(t *testing.T) {
	s := newStation(t)
	s.named(t, "Đài truyền thanh xã An Lão", "TEST")
	boss := s.member(t, "lan", account.Administrator, "192.168.1.5")
	leaver := s.member(t, "minh", account.Operator, "192.168.1.6")
	wantTo(t, leaver.post("/account/phone", "name", "máy của minh"), "/account?note=phone_added")
	from, err := s.accounts.Person("minh")
	must(t, err)
	to, err := s.accounts.Person("quan-tri")
	must(t, err)
	wantSays(t, boss.post("/users/handover", "leaver", from.ID, "successor", from.ID), 422, "là một")
	wantTo(t, boss.post("/users/handover", "leaver", from.ID, "successor", to.ID), "/handover/h-1")
	w := boss.get("/handover/h-1")
	wantSays(t, w, 200, "BIÊN BẢN BÀN GIAO", "cán bộ minh (cán bộ phụ trách đài; tên đăng nhập minh)", "cán bộ quản trị", "16:58 05/03/2026",
		"Phiên đăng nhập: 1", "Điện thoại đã đăng ký: 1: máy của minh", "NGƯỜI BÀN GIAO", "NGƯỜI NHẬN", "Dấu mốc của nhật ký")
	drawn := drawings(t, w.Body.String())
	if len(drawn) != 1 || differs(t, string(s.playlog.LatestCheckpoint()), drawn[0].black, drawn[0].side) != 0 {
		t.Errorf("%d pictures, or not that of the checkpoint", len(drawn))
	}
	delete(leaver.cookies, "loaxa_session")
	wantSays(t, leaver.get("/"), 200, "Đăng nhập để điều khiển") // the phone, too, opens nothing any more
	inspector := s.member(t, "thanh-tra", account.Inspector, "192.168.1.7")
	if w := inspector.get("/handover/h-1"); w.Code != http.StatusForbidden {
		t.Errorf("an inspector: %d", w.Code)
	}
}

// The recovery sheet is shown once; its codes open.
func TestRecoverySheetIsShownOnce(t *testing.T) {
	s := newStation(t)
	boss := s.member(t, "lan", account.Administrator, "192.168.1.5")
	wantSays(t, boss.get("/recovery"), 200, "Chưa có phiếu nào")
	w := boss.post("/recovery")
	codes := paperCode.FindAllString(plain(w.Body.String()), -1)
	wantSays(t, w, 201, "PHIẾU KHÔI PHỤC", "Phiếu số 1", "NGƯỜI CẤT GIỮ")
	if len(codes) != account.RecoveryCodes || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%v, %v", codes, w.Header())
	}
	if later := boss.get("/recovery").Body.String(); paperCode.MatchString(plain(later)) {
		t.Error("the codes are shown again")
	}
	wantTo(t, s.at("192.168.1.9").post("/code", "code", codes[7]), "/setup")
	wantSays(t, boss.get("/recovery"), 200, "còn 7 mã")
}

// What programs and the command line use says the same as the pages.
func TestPeopleOverTheAPI(t *testing.T) {
	s := newStation(t)
	boss := s.token(t, account.Administrator)
	type made struct{ ID, Login, Code string }
	p := into[made](t, s.ask("POST", "/api/v1/people", boss, `{"login":"lan","name":"cán bộ Lan","role":"operator"}`), 201)
	if !paperCode.MatchString(p.Code) {
		t.Errorf("%+v", p)
	}
	for body, want := range map[string]string{`{"login":"LAN","name":"x","role":"operator"}`: "login_taken", `{"login":"x","name":"y","role":"king"}`: "invalid",
		`{"login":"","name":"y","role":"operator"}`: "invalid", `{"logn":"x"}`: "unknown_key"} {
		if w := s.ask("POST", "/api/v1/people", boss, body); code(t, w.Body.Bytes()) != want {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	if w := s.ask("POST", "/api/v1/password", boss, `{"old":"x","password":"y"}`); code(t, w.Body.Bytes()) != "no_person" {
		t.Errorf("a token changes a password: %d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/people", "/sessions", "/visits", "/phones", "/handover", "/recovery"} {
		if w := s.ask("GET", api.Prefix+path, boss, ""); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	v := into[made](t, s.ask("POST", "/api/v1/visits", boss, `{"name":"Đoàn kiểm tra"}`), 201)
	b := s.at("192.168.1.9")
	wantTo(t, b.post("/code", "code", v.Code), "/")
	if w := s.ask("DELETE", "/api/v1/visits/"+v.ID, boss, ""); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wantSays(t, b.get("/account"), 401, "cần đăng nhập")
	other := into[made](t, s.ask("POST", "/api/v1/people", boss, `{"login":"minh","name":"cán bộ Minh","role":"approver"}`), 201)
	h := into[made](t, s.ask("POST", "/api/v1/handover", boss, `{"leaver":"`+p.ID+`","successor":"`+other.ID+`"}`), 201)
	if w := s.ask("GET", "/api/v1/handover/"+h.ID, boss, ""); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/people/p-1/close", boss, ""); code(t, w.Body.Bytes()) != "last_administrator" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	var sheet struct{ Codes []string }
	must(t, json.Unmarshal(s.ask("POST", "/api/v1/recovery", boss, "").Body.Bytes(), &sheet))
	if len(sheet.Codes) != account.RecoveryCodes {
		t.Errorf("%+v", sheet)
	}
}

// First run on a phone, with fingers: link, account, signed out and in again.
func TestBrowserFirstRun(t *testing.T) {
	ctx := browser(t, 360, 800)
	s := newStation(t)
	s.firstRun(t)
	base, _ := s.start(t)
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
	waitText(ctx, t, "main", "Bạn là người đầu tiên")
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`[name=name]`, "cán bộ Lan")))
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`[name=login]`, "lan")))
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`[name=password]`, passPhrase)))
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`[name=again]`, passPhrase)))
	press(ctx, t, `form[action="/setup"] button`)
	waitTrue(ctx, t, `location.pathname == "/start"`)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/recovery")))
	waitText(ctx, t, "main", "Chưa có phiếu nào")
	press(ctx, t, `form[action="/recovery"] button`)
	waitText(ctx, t, ".sheet", "PHIẾU KHÔI PHỤC")
	oneSheet(ctx, t)
	fitsAPhone(ctx, t, "the recovery sheet")
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/users")))
	press(ctx, t, `#add > summary`)
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`#add [name=name]`, "cán bộ văn hóa")))
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`#add [name=login]`, "van-hoa")))
	press(ctx, t, `#add form > button`)
	waitText(ctx, t, ".slip", "Đưa mã này cho cán bộ văn hóa")
	fitsAPhone(ctx, t, "the code")
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+"/account")))
	press(ctx, t, `form[action="/signout"] button`)
	waitText(ctx, t, "main", "Tôi có mã trên giấy")
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`[name=login]`, "lan")))
	must(t, chromedp.Do(ctx, chromedp.SendKeys(`[name=password]`, passPhrase)))
	press(ctx, t, `form[action="/signin"] button`)
	waitText(ctx, t, "#state", "ĐANG NGHỈ")
}

// fitsAPhone is for pages that answer a form, which the walk through all pages cannot reach.
func fitsAPhone(ctx context.Context, t *testing.T, page string) {
	t.Helper()
	if evaluate[bool](ctx, t, `document.documentElement.scrollWidth > innerWidth`) {
		t.Errorf("%s is wider than a phone", page)
	}
	if low := evaluate[string](ctx, t, lowTargets); low != "" {
		t.Errorf("%s: lower than a thumb needs: %s", page, low)
	}
}
