package admin

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"loaxa/admin/account"
	"loaxa/player"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// group is the form of one group as the page has it, with every value that it would send.
func (s *station) group(t *testing.T, cookie *http.Cookie, name string) url.Values {
	t.Helper()
	page := s.page(t, cookie, "/settings")
	at := strings.Index(page, `action="/settings/`+name+`"`)
	if at < 0 {
		t.Fatalf("there is no group %s", name)
	}
	part := page[at : at+strings.Index(page[at:], "</form>")]
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input [^>]*>`).FindAllString(part, -1) {
		attribute := func(name string) string {
			if v := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(m); v != nil {
				return html.UnescapeString(v[1])
			}
			return ""
		}
		if attribute("type") != "checkbox" || strings.Contains(m, " checked") {
			form.Set(attribute("name"), attribute("value"))
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea name="([^"]*)"[^>]*>(.*?)</textarea>`).FindAllStringSubmatch(part, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select name="([^"]*)".*?</select>`).FindAllStringSubmatch(part, -1) {
		if v := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(m[0]); v != nil {
			form.Set(m[1], html.UnescapeString(v[1]))
		}
	}
	return form
}

// A group that is saved as it is shown changes nothing: what the form does not show would be lost otherwise.
func TestSettingsSavedAsShownChangeNothing(t *testing.T) {
	s := newStation(t)
	set := s.rules.Settings()
	set.QuietHours = []schedule.DailySpan{{From: "21:00", To: "05:00"}, {From: "12:00", To: "13:30", Days: []int{2, 4}}, {From: "11:00", To: "11:30", Days: []int{6, 7}}}
	set.VolumeSpans = []schedule.VolumeSpan{{DailySpan: schedule.DailySpan{From: "05:00", To: "06:00"}, Percent: 60}}
	set.Limits = schedule.Limits{SessionsPerDay: 3, EarliestStart: "05:00", Weekend: "priority", Basis: `QĐ "15" <b>`}
	set.Letterhead = schedule.Letterhead{Issuer: "Ủy ban nhân dân xã An Lão", Mode: "kt", Code: "BC-UBND", Addressees: []string{"Công an xã", "Phòng Văn hóa - Xã hội"},
		Recipients: []string{"Như trên", "Lưu: VT"}, Steering: "Câu một.\nCâu <hai>", Outlook: "Tiếp tục."}
	set.LatenessS, set.WarmUpMS, set.LoudnessLUFS = 90, 2500, -16.5
	before, err := s.rules.PutSettings("test", set)
	must(t, err)
	cookie := s.session(t)
	for _, name := range []string{"station", "letterhead", "quiet", "limits", "rules", "chime", "sound", "content"} {
		code, to, body := s.post(cookie, "/settings/"+name, s.group(t, cookie, name))
		if code != http.StatusSeeOther || to != "/settings?at=16%3A58&saved="+name+"#set-"+name {
			t.Errorf("%s: %d %s %s", name, code, to, told(body))
		}
	}
	after := s.rules.Settings()
	after.Revision = before.Revision
	if a, b := after, before; !equalSettings(a, b) {
		t.Errorf("saved as shown they became\n%+v\nfrom\n%+v", a, b)
	}
	if text := told(s.page(t, cookie, "/settings?saved=quiet&at=16:58")); !strings.Contains(text, "Đã lưu lúc 16:58") {
		t.Error("the page does not say that it was saved")
	}
	if text := told(s.page(t, cookie, "/settings?saved=quiet&at=%3Cb%3E")); strings.Contains(text, "Đã lưu") {
		t.Error("the address bar can speak through the page")
	}
}

func equalSettings(a, b schedule.Settings) bool {
	x, _ := encode(a)
	y, _ := encode(b)
	return string(x) == string(y)
}

// What is typed wrongly is said beside its field, in words, and nothing that was typed is lost.
func TestSettingsRefusedLoseNothing(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	for _, c := range []struct{ group, field, value, says string }{
		{"rules", "lateness_s", "mười", "1–1440"},
		{"rules", "lateness_s", "0", "1–1440"},
		{"rules", "lateness_s", "1e99", "1–1440"},
		{"rules", "night_check_at", "25:99", "Viết giờ như 20:30"},
		{"quiet", "quiet_hours.0.from", "chín giờ tối", "Viết giờ như 21:00"},
		{"quiet", "quiet_hours.1.from", "12:00", "điền cả hai ô"},
		{"station", "station_code", "đài số 1", "Viết chưa đúng"},
		{"station", "station_name", strings.Repeat("x", 300), "Quá dài"},
		{"station", "time_zone", "Sao Hỏa", "không được biết"},
		{"content", "trusted_hosts", "https://x.vn/", "không có https://"},
		{"sound", "max_volume_percent", "120", "1–100"},
		{"limits", "limits.latest_start", "04:00", "sau giờ sớm nhất"},
		{"limits", "limits.basis", `"><script>alert(1)</script>` + strings.Repeat("y", 300), "Quá dài"},
	} {
		form := s.group(t, cookie, c.group)
		if c.field == "limits.latest_start" {
			form.Set("limits.earliest_start", "05:00")
		}
		form.Set(c.field, c.value)
		before := s.rules.Settings()
		code, _, body := s.post(cookie, "/settings/"+c.group, form)
		if code != http.StatusUnprocessableEntity || !strings.Contains(told(body), c.says) {
			t.Errorf("%s %q: %d, says %q: %v", c.field, c.value, code, c.says, strings.Contains(told(body), c.says))
		}
		if typed := template(c.value); !strings.Contains(body, typed) {
			t.Errorf("%s: what was typed is lost: %s", c.field, typed)
		}
		if strings.Contains(body, "<script>alert") {
			t.Errorf("%s comes back as markup", c.field)
		}
		if !equalSettings(before, s.rules.Settings()) {
			t.Errorf("%s %q was stored", c.field, c.value)
		}
	}
	if code, _, _ := s.post(cookie, "/settings/nothing", nil); code != http.StatusNotFound {
		t.Errorf("an unknown group: %d", code)
	}
}

// template is a value as a page's attribute has it.
func template(v string) string {
	v = strings.NewReplacer("&", "&amp;", `"`, "&#34;", "<", "&lt;", ">", "&gt;", "'", "&#39;", "+", "&#43;", "\x00", "\uFFFD").Replace(v)
	return v
}

// Two people at the settings: another group does not matter; the same group is told with both values.
func TestSettingsOfTwoPeople(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	mine, theirs := s.group(t, cookie, "rules"), s.group(t, cookie, "rules")
	station := s.group(t, cookie, "station")
	theirs.Set("lateness_s", "5")
	if code, _, body := s.post(cookie, "/settings/rules", theirs); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, told(body))
	}
	station.Set("station_name", "Đài truyền thanh xã An Lão")
	if code, _, body := s.post(cookie, "/settings/station", station); code != http.StatusSeeOther {
		t.Errorf("another group is refused: %d %s", code, told(body))
	}
	mine.Set("lateness_s", "7")
	code, _, body := s.post(cookie, "/settings/rules", mine)
	if text := told(body); code != http.StatusConflict || !strings.Contains(text, `Được phát chậm nhiều nhất: &#34;5 phút&#34;`) || !strings.Contains(body, `value="7"`) {
		t.Errorf("the second is not told, or lost what was typed: %d %s", code, text)
	}
	if got := s.rules.Settings().LatenessS; got != 300 {
		t.Errorf("the first save is gone: %d", got)
	}
	mine.Set("was", regexp.MustCompile(`name="was" value="([^"]*lateness[^"]*)"`).FindStringSubmatch(body)[1])
	mine.Set("was", html.UnescapeString(mine.Get("was")))
	if code, _, body := s.post(cookie, "/settings/rules", mine); code != http.StatusSeeOther || s.rules.Settings().LatenessS != 420 {
		t.Errorf("told, they may still decide: %d %s", code, told(body))
	}
}

// Quiet hours are what keeps a wrong schedule from waking a commune. Taking them away is asked about twice when
// something would sound at night.
func TestSettingsAskAboutTheNight(t *testing.T) {
	s := newStation(t)
	list, err := s.rules.PutPlaylist("test", schedule.Playlist{Title: "Bài", Items: []schedule.Item{{Kind: schedule.KindClip, ClipID: "c-1"}}})
	must(t, err)
	_, err = s.rules.PutProgramme("test", schedule.Programme{Title: "Nhầm giờ", PlaylistID: list.ID, Cron: "15 3 * * *"})
	must(t, err)
	cookie := s.session(t)
	form := s.group(t, cookie, "quiet")
	form.Set("quiet_hours.0.from", "")
	form.Set("quiet_hours.0.to", "")
	code, _, body := s.post(cookie, "/settings/quiet", form)
	if text := told(body); code != http.StatusPreconditionRequired || !strings.Contains(text, "“Nhầm giờ” lúc 03:15, Thứ Sáu 06/03/2026") || !strings.Contains(text, "Đúng, cho phát ban đêm") {
		t.Fatalf("%d %s", code, text)
	}
	if len(s.rules.Settings().QuietHours) != 1 {
		t.Fatal("the question was asked, and the change made")
	}
	if code, _, body := s.post(cookie, "/settings/quiet?confirm=night", form); code != http.StatusSeeOther || len(s.rules.Settings().QuietHours) != 0 {
		t.Errorf("confirmed: %d %s", code, told(body))
	}
	if acts := strings.Join(s.acts(t), "\n"); !strings.Contains(acts, "confirm_night") {
		t.Error("who confirmed it is not on record")
	}
}

// Everybody may read what rules their station has; nobody but the administrator gets a button, or can do without one.
func TestSettingsAreReadByEverybody(t *testing.T) {
	s := newStation(t)
	for _, role := range account.Roles() {
		token := s.token(t, role)
		w := s.ask("GET", "/settings", token, "")
		text, may := told(w.Body.String()), role == account.Administrator
		if w.Code != http.StatusOK || !strings.Contains(text, "21:00–05:00") {
			t.Errorf("%s does not read the quiet hours: %d", role, w.Code)
		}
		if has := strings.Contains(w.Body.String(), `action="/settings/quiet"`); has != may {
			t.Errorf("%s has a form: %v", role, has)
		}
		if has := strings.Contains(w.Body.String(), `action="/settings/tone"`); has != (role != account.Inspector) {
			t.Errorf("%s may play the test sound: %v", role, has)
		}
	}
}

// The test sound is a rehearsal like any other, and the answer to "was it heard" is on record.
func TestToneAsksWhetherItWasHeard(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	code, to, body := s.post(cookie, "/settings/tone", nil)
	if code != http.StatusSeeOther || !strings.HasPrefix(to, "/settings?tone=rehearsal") {
		t.Fatalf("%d %s %s", code, to, told(body))
	}
	if n := len(s.player.asked); n != 1 || s.player.asked[0].Kind != player.Rehearsal {
		t.Fatalf("asked of the player: %+v", s.player.asked)
	}
	clip, err := s.library.Get(s.player.asked[0].ClipID)
	must(t, err)
	if clip.Title != "Âm thử loa (ba tiếng chuông)" || clip.State != "approved" || clip.DurationMS != 4200 {
		t.Errorf("the test sound in the library: %+v", clip)
	}
	if page := told(s.page(t, cookie, strings.Split(to, "#")[0])); !strings.Contains(page, "Có nghe thấy không?") {
		t.Error("nobody is asked")
	}
	for answer, want := range map[string]string{"yes": "heard", "no": "not heard"} {
		if code, to, _ := s.post(cookie, "/settings/heard", url.Values{"heard": {answer}}); code != http.StatusSeeOther || !strings.Contains(to, "heard") {
			t.Errorf("%s: %d %s", answer, code, to)
		}
		found := false
		for _, raw := range s.records(t) {
			r, err := evidence.Decode(raw)
			must(t, err)
			if b, err := evidence.DecodeBody(r); err == nil {
				op, ok := b.(evidence.Operator)
				found = found || ok && op.What == "tone" && op.Object == s.player.Now().Device && op.Result == want
			}
		}
		if !found {
			t.Errorf("%s is not on record", answer)
		}
	}
	s.player.refuse = &player.Refusal{Code: "quiet_hours", Detail: "it would sound in quiet hours"}
	if code, _, body := s.post(cookie, "/settings/tone", nil); code != http.StatusConflict || !strings.Contains(told(body), "Đang trong giờ không phát") {
		t.Errorf("at night: %d %s", code, told(body))
	}
}

// Phones find the station by the address on the label; the name "localhost" would lead each of them to itself.
func TestLabelHasAnAddressThatPhonesFind(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	ask := func(host string) string {
		return s.ask("GET", "/settings/label", "", "", func(r *http.Request) { r.AddCookie(cookie); r.Host = host }).Body.String()
	}
	if page := ask("192.168.1.9:8080"); !strings.Contains(page, "http://192.168.1.9:8080/") || !strings.Contains(page, "<svg") || !strings.Contains(page, "DỪNG") {
		t.Error("the label has no address")
	}
	for _, host := range []string{"127.0.0.1:8080", "localhost:8080", "[::1]:8080"} {
		if page := ask(host); strings.Contains(page, "http://"+host) {
			t.Errorf("the label leads phones to %s", host)
		}
	}
}
