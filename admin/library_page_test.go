package admin

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/page/frame"
	"loaxa/audio/library"
)

// form posts a form of a page as a browser without scripts does.
func (s *station) form(path, token string, fields url.Values) *httptest.ResponseRecorder {
	return s.ask("POST", path, token, fields.Encode(), func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	})
}

// reads is a page as it is read; it must be there.
func (s *station) reads(t *testing.T, path, token string) string {
	t.Helper()
	w := s.ask("GET", path, token, "")
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// clipTells checks what a page says and what it must not say.
func clipTells(t *testing.T, what, html string, want []string, not ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(html, w) {
			t.Errorf("%s does not say %q", what, w)
		}
	}
	for _, n := range not {
		if strings.Contains(html, n) {
			t.Errorf("%s says %q", what, n)
		}
	}
}

// leads wants a redirection and gives its address.
func leads(t *testing.T, w *httptest.ResponseRecorder, to string) string {
	t.Helper()
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, to) {
		t.Fatalf("%d to %q, want %s; %s", w.Code, at, to, w.Body)
	}
	return at
}

// values are those of a form's hidden or typed fields of a name.
func values(html, name string) (out []string) {
	for _, m := range regexp.MustCompile(`name="`+regexp.QuoteMeta(name)+`" value="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		out = append(out, strings.NewReplacer("&#34;", `"`, "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#39;", "'", "&#43;", "+").Replace(m[1]))
	}
	return out
}

// The officer looks for a clip on the phone, where accents cost many keys.
func TestLibraryIsSearchedWithoutAccents(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	clipTells(t, "an empty library", s.reads(t, "/clips", op), []string{"Kho chưa có tệp âm thanh nào", `href="/clips/new"`})
	otp := into[library.Clip](t, s.upload(t, op, "a.wav", tone(440), map[string]string{"title": "Không đưa mã OTP", "tags": "B.1", "source": "Công an xã"}), 201)
	into[library.Clip](t, s.upload(t, op, "b.wav", tone(550), map[string]string{"title": "Giả danh <b>công an</b>"}), 201)
	html := s.reads(t, "/clips", op)
	clipTells(t, "the library", html, []string{"Không đưa mã OTP", "Bản nháp", "Combo du lịch giá rẻ", "&lt;b&gt;công an", "0:01"}, "<b>công")
	html = s.reads(t, "/clips?q=khong+dua&part=rows", op)
	clipTells(t, "the search", html, []string{"Không đưa mã OTP", "1 tệp"}, "Giả danh", "<html")
	clipTells(t, "a search by topic", s.reads(t, "/clips?tag=B.1", op), []string{"Không đưa mã OTP"}, "Giả danh &lt;")
	clipTells(t, "a search for nothing", s.reads(t, "/clips?q=zzz", op), []string{"Không có tệp nào khớp", "Xem tất cả"})
	// What changed is found as it is now.
	title := "Đừng cho mượn OTP"
	_, err := s.library.Edit("x", otp.ID, library.Edit{Title: &title})
	must(t, err)
	clipTells(t, "the search after a change", s.reads(t, "/clips?q=dung+cho+muon", op), []string{"Đừng cho mượn OTP"})
	clipTells(t, "the search for what was", s.reads(t, "/clips?q=khong+dua", op), nil, "mượn OTP")
	_, err = s.library.Retire("x", otp.ID, false)
	must(t, err)
	clipTells(t, "the library without what is retired", s.reads(t, "/clips", op), nil, "mượn OTP")
	clipTells(t, "what is retired", s.reads(t, "/clips?state=retired", op), []string{"mượn OTP", "Ngừng dùng (1)"})
	must(t, s.library.Remove("x", s.only(t, library.StateDraft)))
	clipTells(t, "the library after a removal", s.reads(t, "/clips", op), nil, "Giả danh &lt;")
	if w := s.ask("GET", "/clips?state=nonsense", op, ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown state: %d", w.Code)
	}
}

// only is the one clip in a state.
func (s *station) only(t *testing.T, state string) string {
	t.Helper()
	list, _, err := s.library.List("", 10, state)
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d clips are %s", len(list), state)
	}
	return list[0].ID
}

// From the file to the approval, with nothing but forms.
func TestClipFromFileToApprovalWithoutScript(t *testing.T) {
	s := newStation(t)
	op, boss := s.token(t, account.Operator), s.token(t, account.Approver)
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, v := range map[string]string{"source": "Công an xã", "number": "12/CV", "agency": "Công an tỉnh", "link": "", "submit": "on", "tags": "A.b.1"} {
		must(t, form.WriteField(k, v))
	}
	for i, name := range []string{"một.wav", "hai.wav"} {
		f, err := form.CreateFormFile("file", name)
		must(t, err)
		must2(t)(f.Write(tone(float64(400 + 100*i))))
	}
	f, err := form.CreateFormFile("file", "trang.mp3")
	must(t, err)
	must2(t)(f.Write([]byte("<!DOCTYPE html><html>")))
	must(t, form.Close())
	w := s.ask("POST", "/clips/new", op, b.String(), func(r *http.Request) { r.Header.Set("Content-Type", form.FormDataContentType()) })
	at := leads(t, w, "/clips/imports/")
	s.await(t, op, strings.TrimPrefix(at, "/clips/imports/"), "done", "failed")
	clipTells(t, "the import", s.reads(t, at, op), []string{"Đã xong", "Nhập được 2 tệp, không nhập được 1", "Chờ duyệt", "trang.mp3", "mark bad"}, `http-equiv="refresh"`)

	clipTells(t, "the library", s.reads(t, "/clips", boss), []string{"Chờ duyệt (2)"})
	queue := s.reads(t, "/clips/queue", boss)
	clipTells(t, "the queue", queue, []string{"12/CV", "Công an tỉnh", "Lừa đảo chiếm đoạt tài sản", "Phê duyệt các tệp đã đánh dấu"})
	clipTells(t, "the queue of who may not approve", s.reads(t, "/clips/queue", op), []string{"Đang chờ lãnh đạo"}, "Phê duyệt các tệp")
	ids := values(queue, "id")
	if len(ids) != 2 {
		t.Fatalf("the queue has %v", ids)
	}
	approve := url.Values{"id": ids}
	for _, id := range ids {
		approve["seen."+id] = values(queue, "seen."+id)
	}
	if w := s.form("/clips/approve", boss, url.Values{}); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "Chưa đánh dấu tệp nào") {
		t.Errorf("nothing ticked: %d", w.Code)
	}
	// Between the look and the press one of the two is moved to another letter.
	letter := library.Letter{Number: "13/CV"}
	_, err = s.library.Edit("lan", ids[1], library.Edit{Letter: &letter})
	must(t, err)
	w = s.form("/clips/approve", boss, approve)
	if w.Code != http.StatusConflict {
		t.Fatalf("a clip that changed: %d %s", w.Code, w.Body)
	}
	clipTells(t, "the refusal", w.Body.String(), []string{"Tệp đã thay đổi sau khi xem", "13/CV", "checked"})
	approve["seen."+ids[1]] = values(w.Body.String(), "seen."+ids[1])
	leads(t, s.form("/clips/approve", boss, approve), "/clips/queue?note=clips_approved")
	for _, id := range ids {
		if c, err := s.library.Get(id); err != nil || c.State != library.StateApproved {
			t.Errorf("%s is %s", id, c.State)
		}
	}
	clipTells(t, "the clip", s.reads(t, "/clips/"+ids[0], op), []string{"Đã phê duyệt", "<path d=", "12/CV", ids[0][2:], "Phát thử ra loa"}, `action="/clips/approve"`)
}

// What was typed comes back with a refusal; files cannot, but what was sent ahead is named again.
func TestRefusedImportKeepsWhatWasTyped(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	u := newTus(t, s, op)
	wave := tone(440)
	path, id := u.begin("a.wav", len(wave))
	u.rest(path, 0, wave)
	send := func(fields map[string]string) *httptest.ResponseRecorder {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		must2(t)(form.CreateFormFile("file", ""))
		for k, v := range fields {
			must(t, form.WriteField(k, v))
		}
		must(t, form.Close())
		return s.ask("POST", "/clips/new", op, b.String(), func(r *http.Request) { r.Header.Set("Content-Type", form.FormDataContentType()) })
	}
	w := send(map[string]string{"upload": id, "source": `Đài <tỉnh> "1"`, "valid_from": "2026-05-02", "valid_until": "2026-05-01"})
	if w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	clipTells(t, "the form", w.Body.String(), []string{`Đài &lt;tỉnh&gt; &#34;1&#34;`, `name="upload" value="` + id, "trước ngày đầu", "2026-05-02"})
	w = send(map[string]string{"source": "Đài tỉnh"})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Thiếu tệp âm thanh") || !strings.Contains(w.Body.String(), "Đài tỉnh") {
		t.Errorf("nothing chosen: %d", w.Code)
	}
	if w = send(map[string]string{"upload": id, "link": "https://example.org/a.mp3"}); !strings.Contains(w.Body.String(), "Cần chọn đúng một cách") || !strings.Contains(w.Body.String(), "https://example.org/a.mp3") {
		t.Errorf("two ways at once: %d", w.Code)
	}
	leads(t, send(map[string]string{"upload": id}), "/clips/imports/")
}

// Two people edit one clip: the second one is told, sees both, and loses nothing.
func TestTwoPeopleEditOneClip(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	c := into[library.Clip](t, s.upload(t, op, "a.wav", tone(440), map[string]string{"title": "Cũ", "tags": "B.1, khác"}), 201)
	html := s.reads(t, "/clips/"+c.ID, op)
	fields := func(title, source string) url.Values {
		return url.Values{"title": {title}, "source": {source}, "tag": {"B.1"}, "other": {"khác"}, "was": values(html, "was")}
	}
	leads(t, s.form("/clips/"+c.ID+"/edit", op, fields("Của người thứ nhất", "")), "/clips/"+c.ID+"?note=clip_saved")
	w := s.form("/clips/"+c.ID+"/edit", op, fields("Của người thứ hai", "Công an xã"))
	if w.Code != http.StatusConflict {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	clipTells(t, "the conflict", w.Body.String(), []string{"Người khác vừa", "Của người thứ nhất", `value="Của người thứ hai"`, "Công an xã"})
	html = w.Body.String()
	leads(t, s.form("/clips/"+c.ID+"/edit", op, fields("Của người thứ hai", "Công an xã")), "/clips/")
	now, err := s.library.Get(c.ID)
	must(t, err)
	if now.Title != "Của người thứ hai" || now.Source != "Công an xã" || !slices.Equal(now.Tags, []string{"B.1", "khác"}) {
		t.Errorf("%+v", now)
	}
	w = s.form("/clips/"+c.ID+"/edit", op, url.Values{"title": {strings.Repeat("ă", 201)}, "source": {"giữ lại"}})
	clipTells(t, "a title that is too long", w.Body.String(), []string{"dài nhất 200", "giữ lại"})
}

// A clip that is scheduled does not fall silent by one press, and what sounds on air is named first.
func TestActsOnAClip(t *testing.T) {
	s := newStation(t)
	op, boss := s.token(t, account.Operator), s.token(t, account.Approver)
	c := into[library.Clip](t, s.upload(t, op, "a.wav", tone(440), map[string]string{"title": "Cảnh báo"}), 201)
	at := "/clips/" + c.ID
	clipTells(t, "the page", s.reads(t, at, op), []string{"Cảnh báo” (dài 0:01) sẽ kêu ra loa xã", "Xóa hẳn tệp này"})
	leads(t, s.form("/clips/submit", op, url.Values{"id": {c.ID}}), at+"?note=clip_submitted")
	w := s.form(at+"/reject", boss, url.Values{"why": {" "}})
	clipTells(t, "a rejection without a reason", w.Body.String(), []string{"Có chỗ nhập chưa đúng"})
	leads(t, s.form(at+"/reject", boss, url.Values{"why": {"Tiếng <nhỏ> quá"}}), at)
	clipTells(t, "the clip", s.reads(t, at, op), []string{"Không duyệt", "Tiếng &lt;nhỏ&gt; quá"})
	if w := s.form(at+"/reject", op, url.Values{"why": {"x"}}); w.Code != http.StatusForbidden {
		t.Errorf("an operator rejects: %d", w.Code)
	}
	leads(t, s.form(at+"/rehearse", op, url.Values{"request_id": {"r-1"}}), at+"?note=rehearsal")
	if a := s.player.asked; len(a) != 1 || a[0].ClipID != c.ID || string(a[0].Kind) != "rehearsal" || a[0].RequestID != "r-1" || a[0].NotAfter.Sub(s.clock()) > time.Minute {
		t.Errorf("asked of the player: %+v", a)
	}
	leads(t, s.form(at+"/retire", op, url.Values{}), at+"?note=clip_retired")
	leads(t, s.form(at+"/delete", op, url.Values{}), "/clips?note=clip_deleted")
	clipTells(t, "an inspector's page of another", s.reads(t, "/clips/"+into[library.Clip](t, s.upload(t, op, "b.wav", tone(550), nil), 201).ID, s.token(t, account.Inspector)),
		[]string{"SHA-256"}, "Phát thử ra loa", `action="/clips`)
}

func TestTrimByForm(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	c := into[library.Clip](t, s.upload(t, op, "a.wav", longTone(440, 4), nil), 201)
	at, trim := "/clips/"+c.ID, url.Values{"heard": {c.CanonicalSHA256}, "from": {"0:00,25"}, "until": {"hết"}}
	w := s.form(at+"/trim", op, trim)
	clipTells(t, "an end that is none", w.Body.String(), []string{"Không đọc được mốc này", `value="hết"`, `value="0:00,25"`})
	trim.Set("until", "0:01")
	clipTells(t, "a part of less than a second", s.form(at+"/trim", op, trim).Body.String(), []string{"ít nhất một giây"})
	trim.Set("until", "0:02.75")
	to := leads(t, s.form(at+"/trim", op, trim), "/clips/imports/")
	s.await(t, op, strings.TrimPrefix(to, "/clips/imports/"), "done", "failed")
	now, err := s.library.Get(c.ID)
	must(t, err)
	if now.Trim == nil || now.Trim.FromMS != 250 || now.Trim.UntilMS != 2750 || now.DurationMS != 2500 {
		t.Fatalf("cut to %+v, %d ms", now.Trim, now.DurationMS)
	}
	if w := s.form(at+"/trim", op, trim); w.Code != http.StatusConflict {
		t.Errorf("times of a sound that is another by now: %d", w.Code)
	}
	// The times of the second cut are of what is heard now.
	to = leads(t, s.form(at+"/trim", op, url.Values{"heard": {now.CanonicalSHA256}, "from": {"0,1"}, "until": {"1,5"}}), "/clips/imports/")
	s.await(t, op, strings.TrimPrefix(to, "/clips/imports/"), "done", "failed")
	if now, err = s.library.Get(c.ID); err != nil || now.Trim == nil || now.Trim.FromMS != 350 || now.DurationMS != 1400 {
		t.Errorf("cut again: %+v %v", now.Trim, err)
	}
	to = leads(t, s.form(at+"/trim", op, url.Values{"heard": {now.CanonicalSHA256}, "whole": {"1"}}), "/clips/imports/")
	s.await(t, op, strings.TrimPrefix(to, "/clips/imports/"), "done", "failed")
	if now, err = s.library.Get(c.ID); err != nil || now.Trim != nil || now.DurationMS != 4000 {
		t.Errorf("taken back: %+v %v", now.Trim, err)
	}
}

// Whatever is typed is shown as text or refused; nothing breaks the page.
func TestHostileTextInTheLibrary(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	c := into[library.Clip](t, s.upload(t, op, "a.wav", tone(440), nil), 201)
	for _, evil := range []string{"<script>alert(1)</script>", `"'><img src=x onerror=1>`, "a\x00b", "a\u202eb", "Việt", strings.Repeat("x", 60_000)} {
		for path, fields := range map[string]url.Values{
			"/clips/" + c.ID + "/edit":   {"title": {evil}, "source": {evil}, "other": {evil}, "number": {evil}, "letter_date": {evil}, "tag": {evil}},
			"/clips/" + c.ID + "/reject": {"why": {evil}}, "/clips/" + c.ID + "/trim": {"heard": {evil}, "from": {evil}, "until": {evil}},
			"/clips/approve": {"id": {evil}, "seen." + evil: {evil}}, "/clips/submit": {"id": {evil}},
			"/playlists/new": {"title": {evil}, "mode": {evil}, "item": {evil}, "q": {evil}, "silence": {evil}, "do": {evil}},
		} {
			w := s.form(path, s.token(t, account.Approver), fields)
			if w.Code >= 500 || strings.Contains(w.Body.String(), "<script>alert") || strings.Contains(w.Body.String(), "<img src=x") {
				t.Errorf("%s with %.20q: %d", path, evil, w.Code)
			}
		}
		if w := s.ask("GET", "/clips?"+url.Values{"q": {evil}, "tag": {evil}, "page": {evil}}.Encode(), op, ""); w.Code >= 500 {
			t.Errorf("a search for %.20q: %d", evil, w.Code)
		}
	}
	now, err := s.library.Get(c.ID)
	must(t, err)
	if strings.ContainsAny(now.Title, "\x00\u202e") {
		t.Errorf("stored as %q", now.Title)
	}
}

// The pages are read in both languages; a word that is missing would stand there as its key.
func TestLibraryPagesInBothLanguages(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Approver)
	c := into[library.Clip](t, s.upload(t, op, "a.wav", tone(440), nil), 201)
	must2(t)(s.library.Submit("x", c.ID))
	i := into[imported](t, s.importForm(t, op, []file{{"x.wav", tone(440)}}, nil), 202)
	s.await(t, op, i.ID, "done")
	key := regexp.MustCompile(`[>"](clip|list|upload|note)\.[a-z_.]+[<"]`)
	for _, path := range []string{"/clips", "/clips/new", "/clips/queue", "/clips/" + c.ID, "/clips/imports/" + i.ID, "/playlists", "/playlists/new"} {
		for _, lang := range []string{"vi", "en"} {
			w := s.ask("GET", path, op, "", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: frame.LanguageCookie, Value: lang}) })
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `<html lang="`+lang+`"`) {
				t.Errorf("%s in %s: %d", path, lang, w.Code)
			}
			if k := key.FindString(w.Body.String()); k != "" {
				t.Errorf("%s in %s shows the key %s", path, lang, k)
			}
		}
	}
}
