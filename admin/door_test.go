package admin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/page/frame"
)

const passPhrase = "gà gáy sáng sớm"

// firstRun takes everybody's account away: the station as it comes.
func (s *station) firstRun(t testing.TB) {
	t.Helper()
	must(t, s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("account")).Bucket([]byte("person"))
		return b.ForEach(func(k, _ []byte) error { return b.Delete(k) })
	}))
}

// browserAt is a browser that keeps its cookies, at an address of the LAN.
type browserAt struct {
	s       *station
	address string
	cookies map[string]*http.Cookie
}

func (s *station) at(address string) *browserAt {
	return &browserAt{s: s, address: address, cookies: make(map[string]*http.Cookie)}
}

func (b *browserAt) send(method, path, body, kind string) *httptest.ResponseRecorder {
	w := b.s.ask(method, path, "", body, func(r *http.Request) {
		r.RemoteAddr = b.address + ":4321"
		r.Header.Set("Accept", "text/html")
		if body != "" {
			r.Header.Set("Content-Type", kind)
		}
		for _, c := range b.cookies {
			r.AddCookie(c)
		}
	})
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

func (b *browserAt) get(path string) *httptest.ResponseRecorder { return b.send("GET", path, "", "") }

// post sends a form as field, value, field, value …
func (b *browserAt) post(path string, fields ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.send("POST", path, form.Encode(), "application/x-www-form-urlencoded")
}

func wantTo(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		t.Fatalf("%d to %q, want to %q: %s", w.Code, w.Header().Get("Location"), to, w.Body)
	}
}

func wantSays(t *testing.T, w *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	text := plain(w.Body.String())
	for _, want := range texts {
		if w.Code != status || !strings.Contains(text, want) {
			t.Errorf("%d, want %d, and no %q in:\n%s", w.Code, status, want, text)
		}
	}
}

// member makes somebody with a password and signs them in.
func (s *station) member(t *testing.T, login string, role account.Role, address string) *browserAt {
	t.Helper()
	_, code, err := s.accounts.AddPerson("station", login, "cán bộ "+login, role)
	must(t, err)
	b := s.at(address)
	wantTo(t, b.post("/password", "code", code, "password", passPhrase, "again", passPhrase), "/?note=password_set")
	return b
}

// The link on the console leads to an account of one's own in one visit, and from then on login and password open.
func TestFirstRunMakesTheAdministrator(t *testing.T) {
	s := newStation(t)
	s.firstRun(t)
	wantSays(t, s.at("192.168.1.5").get("/"), 200, "Đài này chưa có tài khoản nào", "loaxa user link")
	link, err := s.accounts.NewLink("station")
	must(t, err)
	b := s.at("192.168.1.5")
	wantTo(t, b.get(api.LinkPath(link)), "/setup")
	wantSays(t, b.get("/setup"), 200, "Bạn là người đầu tiên")
	wantSays(t, b.post("/setup", "login", "lan", "name", "cán bộ Lan", "password", "12345678", "again", "12345678"), 422, "ai cũng đoán ra")
	again := b.post("/setup", "login", "lan", "name", "cán bộ Lan", "password", passPhrase, "again", "khác hẳn đi")
	wantSays(t, again, 422, "Hai lần gõ không giống nhau")
	if html := again.Body.String(); !strings.Contains(html, `value="lan"`) || !strings.Contains(html, `value="cán bộ Lan"`) || strings.Contains(html, passPhrase) {
		t.Error("what was typed is lost, or the password comes back")
	}
	wantTo(t, b.post("/setup", "login", "lan", "name", "cán bộ Lan", "password", passPhrase, "again", passPhrase), "/start")
	wantSays(t, b.get("/"), 200, "cán bộ Lan (quản trị viên)", "Người dùng")
	wantTo(t, b.get("/setup"), "/users") // no longer by link
	wantTo(t, b.post("/signout"), "/")
	wantTo(t, b.post("/signin", "login", "LAN", "password", passPhrase, "next", "/users"), "/users")
	acts := strings.Join(s.acts(t), "\n")
	for _, want := range []string{"user:quản trị viên | sign_in | link | done", "user:lan | sign_in | set-up | done", "user:lan | sign_out | s-", "user:lan | sign_in | password | done"} {
		if !strings.Contains(acts, want) {
			t.Errorf("on record is no %q:\n%s", want, acts)
		}
	}
}

// Lost passwords: by link the administrator's password is set anew, and nobody gets an account by a slip.
func TestLostPassword(t *testing.T) {
	s := newStation(t)
	s.member(t, "lan", account.Operator, "192.168.1.5")
	link, err := s.accounts.NewLink("station")
	must(t, err)
	b := s.at("192.168.1.6")
	wantTo(t, b.get(api.LinkPath(link)), "/?note=by_link")
	wantSays(t, b.get("/?note=by_link"), 200, "Bạn vào bằng đường dẫn một lần")
	wantSays(t, b.get("/account"), 200, "nhật ký không biết bạn là ai")
	wantSays(t, b.post("/setup", "login", "lan", "name", "x", "password", passPhrase, "again", passPhrase), 409, "đã có người dùng")
	wantTo(t, b.post("/setup", "login", "Quan-Tri", "password", passPhrase, "again", passPhrase), "/?note=administrator_made")
	wantTo(t, s.at("192.168.1.7").post("/signin", "login", "quan-tri", "password", passPhrase), "/")
	codes, _, err := s.accounts.NewRecovery("user:quan-tri")
	must(t, err)
	sealed := s.at("192.168.1.8")
	wantTo(t, sealed.post("/code", "code", codes[0]), "/setup")
	wantSays(t, s.at("192.168.1.9").post("/code", "code", codes[0]), 422, "Mã không đúng, đã dùng hoặc đã hết hạn")
	if acts := strings.Join(s.acts(t), "\n"); !strings.Contains(acts, "recovery:1-1 | sign_in | code | done") {
		t.Errorf("the opened envelope is not on record:\n%s", acts)
	}
}

// A page that needs a sign-in shows the sign-in, leads on to itself afterwards, and never to another site.
func TestSignInLeadsOn(t *testing.T) {
	s := newStation(t)
	s.member(t, "lan", account.Administrator, "192.168.1.5")
	b := s.at("192.168.1.6")
	w := b.get("/users?note=x")
	wantSays(t, w, 401, "Trang này cần đăng nhập")
	if !strings.Contains(w.Body.String(), `name="next" value="/users?note=x"`) {
		t.Errorf("it does not lead on:\n%s", w.Body)
	}
	for next, want := range map[string]string{"/users": "/users", "//evil.example": "/", "https://evil.example/": "/", "/\\evil.example": "/", "/\t/evil.example": "/",
		"javascript:alert(1)": "/", "": "/", "/signin?next=/signin": "/"} {
		wantTo(t, s.at("192.168.1.6").post("/signin", "login", "lan", "password", passPhrase, "next", next), want)
	}
	wrong := b.post("/signin", "login", `lan"><script>`, "password", "sai rồi nhé")
	wantSays(t, wrong, 422, "Tên đăng nhập hoặc mật khẩu không đúng")
	if html := wrong.Body.String(); !strings.Contains(html, `value="lan&#34;&gt;&lt;script&gt;"`) {
		t.Error("the login that was typed is lost, or is markup")
	}
}

// Who hammers at the door neither fills the log nor keeps anybody from the emergency button.
func TestAttackOnTheSignIn(t *testing.T) {
	s := newStation(t)
	open := s.member(t, "lan", account.Operator, "192.168.1.5")
	wantTo(t, open.post("/account/phone", "name", "máy trực"), "/account?note=phone_added")
	phone := s.at("192.168.1.66") // the attacker's own address: the worst case
	phone.cookies[frame.PhoneCookie] = open.cookies[frame.PhoneCookie]
	delete(open.cookies, frame.PhoneCookie)
	open.address = "192.168.1.66"
	before := len(s.records(t))
	refused := 0
	for i := range 600 {
		evil := s.at(fmt.Sprintf("192.168.1.%d", 66+i%4))
		w := evil.post("/signin", "login", "lan", "password", fmt.Sprint("sai rồi nhé ", i))
		if w.Code == http.StatusTooManyRequests {
			refused++
		} else if w.Code != http.StatusUnprocessableEntity {
			t.Fatalf("a wrong password gives %d %s", w.Code, w.Body)
		}
		if i%5 == 0 {
			evil.post("/code", "code", "ABCD-EFGH-JKLM")
			evil.get("/setup/guess")
			s.ask("GET", "/api/v1/now", "lx_wrong", "", func(r *http.Request) { r.RemoteAddr = evil.address + ":1" })
		}
		s.pass(500 * time.Millisecond)
	}
	if refused < 500 {
		t.Errorf("of 600 guesses only %d had to wait", refused)
	}
	if n := len(s.records(t)) - before; n > 4*6 {
		t.Errorf("five minutes of guessing from four addresses wrote %d records", n)
	}
	tries := 0
	for _, act := range s.acts(t) {
		var n int
		if i := strings.LastIndex(act, "denied: tries "); i >= 0 && strings.Contains(act, "sign_in_refused") {
			must2(t)(fmt.Sscanf(act[i:], "denied: tries %d", &n))
			tries += n
		}
	}
	if tries < 500 {
		t.Errorf("the records count %d tries of more than 600", tries)
	}
	for name, b := range map[string]*browserAt{"an open session": open, "a registered phone": phone} {
		s.onAir()
		if w := b.post("/stop"); w.Code != http.StatusSeeOther || s.player.Now().OnAir != nil {
			t.Errorf("%s cannot stop during an attack from its own address: %d %s", name, w.Code, w.Body)
		}
		body := "--x\r\nContent-Disposition: form-data; name=\"clip_id\"\r\n\r\nc-1\r\n--x\r\nContent-Disposition: form-data; name=\"reason\"\r\n\r\nvỡ đê\r\n--x--\r\n"
		asked := len(s.player.asked)
		if w := b.send("POST", "/emergency", body, "multipart/form-data; boundary=x"); w.Code != http.StatusSeeOther || len(s.player.asked) != asked+1 {
			t.Errorf("%s cannot speak during an attack: %d %s", name, w.Code, w.Body)
		}
	}
	if got := s.player.asked[len(s.player.asked)-1].Actor; got != "phone:máy trực" && got != "user:lan" {
		t.Errorf("the emergency was spoken by %q", got)
	}
	wantTo(t, s.at("192.168.1.7").post("/signin", "login", "lan", "password", passPhrase), "/")
}

// A registered phone sees what goes on, speaks and stops, and nothing else; a session in the same browser says more.
func TestPhoneMayOnlySpeakAndStop(t *testing.T) {
	s := newStation(t)
	b := s.member(t, "lan", account.Administrator, "192.168.1.5")
	wantTo(t, b.post("/account/phone", "name", "máy trực"), "/account?note=phone_added")
	wantSays(t, b.get("/"), 200, "cán bộ lan (quản trị viên)")
	delete(b.cookies, frame.SessionCookie)
	home := b.get("/")
	wantSays(t, home, 200, "Điện thoại đã đăng ký: máy trực", "DỪNG", "Phát khẩn cấp")
	if text := plain(home.Body.String()); strings.Contains(text, "Người dùng") || strings.Contains(text, "Tạm ngừng cả đài") {
		t.Errorf("the phone is shown what it may not do:\n%s", text)
	}
	wantSays(t, b.get("/emergency"), 200, "DỪNG")
	for _, path := range []string{"/users", "/account", "/settings", "/schedule", "/phieu-dang-ky-khoa", "/recovery", "/setup"} {
		wantSays(t, b.get(path), 403, "chỉ phát khẩn cấp và dừng được")
	}
	list, err := s.accounts.Phones("")
	must(t, err)
	must(t, s.accounts.RevokePhone(account.Identity{Actor: "user:x", Role: account.Administrator}, list[0].ID))
	wantSays(t, b.get("/"), 200, "Đăng nhập để điều khiển")
	s.onAir()
	if w := b.post("/stop"); w.Code != http.StatusUnauthorized || s.player.Now().OnAir == nil {
		t.Errorf("a phone that was lost and ended stops the station: %d", w.Code)
	}
}

// An inspector's code opens for looking; each device's first page is on record under the visitor's name.
func TestVisitIsOnRecord(t *testing.T) {
	s := newStation(t)
	code, _, err := s.accounts.NewVisit("user:lan", "Đoàn kiểm tra")
	must(t, err)
	for _, address := range []string{"192.168.1.30", "192.168.1.31"} {
		b := s.at(address)
		wantTo(t, b.post("/code", "code", strings.ToLower(code)), "/")
		for range 3 {
			wantSays(t, b.get("/"), 200, "Đoàn kiểm tra (người kiểm tra)")
		}
		if w := b.post("/stop"); w.Code != http.StatusForbidden {
			t.Errorf("a visitor may stop: %d", w.Code)
		}
	}
	count := map[string]int{}
	for _, act := range s.acts(t) {
		count[act]++
	}
	if count["visit:Đoàn kiểm tra | sign_in | code | done"] != 2 || count["visit:Đoàn kiểm tra | visit | / | done"] != 2 {
		t.Errorf("on record: %v", count)
	}
}
