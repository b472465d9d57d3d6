package admin

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"loaxa/admin/account"
)

// docxText is the text of a DOCX's document part, without its tags.
func docxText(t testing.TB, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	f, err := z.Open("word/document.xml")
	must(t, err)
	raw, err := io.ReadAll(f)
	must(t, err)
	return told(string(raw))
}

// paper has the results made by the API and returns the file.
func (s *station) paper(t testing.TB, token, form, rest string) []byte {
	t.Helper()
	r := s.report(t, token, fmt.Sprintf(`{"kind":"results","form":%q,%s%s}`, form, weekOf, rest))
	if r.State != "done" {
		t.Fatalf("results as %s: %+v", form, r)
	}
	return s.ask("GET", r.File, token, "").Body.Bytes()
}

// What an officer wrote into the form must stand in the paper, word for word and as text.
func TestResultsHoldWhatWasWritten(t *testing.T) {
	s := newStation(t)
	s.week(t)
	cookie := s.session(t)
	page := s.page(t, cookie, reportWeek)
	for _, want := range []string{`name="steering"`, `name="difficulties"`, `name="outlook"`, `name="addressees"`, `name="recipients"`, `name="signer"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the form has no %s", want)
		}
	}
	form := url.Values{"kind": {"results"}, "form": {"docx"}, "from": {"2026-03-02"}, "until": {"2026-03-08"}, "subject": {"Kết quả tuần"}, "steering": {"Đã chỉ đạo </w:t><w:t>"},
		"difficulties": {"Mất điện một buổi."}, "addressees": {"Công an xã\r\nĐảng ủy xã"}, "recipients": {"Như trên"}, "mode": {"kt"}, "signer_title": {"Phó Chủ tịch"}, "code": {"bc-ubnd"}}
	w := s.send(cookie, "/reports/make", form)
	address := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("ordering: %d %s", w.Code, told(w.Body.String()))
	}
	id := strings.TrimSuffix(strings.TrimPrefix(address, "/reports/files/"), "/file")
	token := s.token(t, account.Operator)
	signed := func(r *http.Request) { r.AddCookie(cookie) }
	s.ask("GET", "/api/v1/reports/"+id+"?wait=20", "", "", signed)
	file := s.ask("GET", "/reports/files/"+id+"/file", "", "", signed)
	text := docxText(t, file.Body.Bytes())
	for _, want := range []string{"Kết quả tuần", "Mất điện một buổi.", "Công an xã", "Đảng ủy xã", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "/BC-UBND", "&lt;/w:t&gt;"} {
		if !strings.Contains(text, want) {
			t.Errorf("the paper does not say %q:\n%s", want, text)
		}
	}
	if pdf := s.paper(t, token, "pdf", ""); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("no PDF: %.20q", pdf)
	}
	if first, again := s.paper(t, token, "docx", `,"size":3`), s.paper(t, token, "docx", `,"size":3`); s.playlog.CheckpointAt(3) != nil && !bytes.Equal(first, again) {
		t.Error("two papers over the same checkpoint differ")
	}
}

// A slip must not cost a page of text: the form comes back with it.
func TestARefusedPaperKeepsItsTexts(t *testing.T) {
	s := newStation(t)
	s.week(t)
	form := url.Values{"kind": {"results"}, "form": {"docx"}, "from": {"2026-03-02"}, "until": {"2026-03-08"}, "steering": {"Đã chỉ đạo."}, "outlook": {strings.Repeat("x", 20_001)}}
	w := s.send(s.session(t), "/reports/make", form)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "Đã chỉ đạo.") || !strings.Contains(w.Body.String(), "report_text") {
		t.Errorf("%d %s", w.Code, told(w.Body.String())[:200])
	}
	form.Set("outlook", "ngắn")
	form.Set("mode", "??")
	if w = s.send(s.session(t), "/reports/make", form); w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), "Đã chỉ đạo.") {
		t.Errorf("an unknown signature: %d", w.Code)
	}
}

// sendTemplate uploads a template as a browser does.
func (s *station) sendTemplate(t testing.TB, token string, file []byte) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "mau.docx")
	must(t, err)
	_, err = part.Write(file)
	must(t, err)
	must(t, form.Close())
	return s.ask("POST", "/reports/template", token, body.String(), func(r *http.Request) { r.Header.Set("Content-Type", form.FormDataContentType()) })
}

// A commune that has its own form gets its reports in it; what cannot be filled never takes the place of one that can.
func TestACommunesOwnTemplate(t *testing.T) {
	s := newStation(t)
	s.week(t)
	token := s.token(t, account.Operator)
	own := edited(t, s.ask("GET", "/reports/template/file", token, "").Body.Bytes(), "Mẫu riêng của xã")
	if w := s.sendTemplate(t, token, own); w.Code != http.StatusSeeOther {
		t.Fatalf("a good template: %d %s", w.Code, told(w.Body.String()))
	}
	if text := docxText(t, s.paper(t, token, "docx", "")); !strings.Contains(text, "Mẫu riêng của xã") || strings.Contains(text, "{{") {
		t.Errorf("the report is not in the commune's form: %s", text)
	}
	for name, bad := range map[string][]byte{"no DOCX": []byte("hello"), "an unknown place": edited(t, own, "{{TEN_LA}}"), "too large": make([]byte, 2<<20+1), "empty": {}} {
		if w := s.sendTemplate(t, token, bad); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := s.ask("GET", "/reports/template/file", token, ""); !bytes.Equal(w.Body.Bytes(), own) {
		t.Error("a refused template changed the one in use")
	}
	if w := s.sendTemplate(t, s.token(t, account.Inspector), own); w.Code != http.StatusForbidden {
		t.Errorf("an inspector changes it: %d", w.Code)
	}
	s.ask("POST", "/reports/template/remove", token, "")
	if text := docxText(t, s.paper(t, token, "docx", "")); strings.Contains(text, "Mẫu riêng của xã") {
		t.Error("a removed template is still used")
	}
	if _, err := os.Stat(s.options.Station.Template); !os.IsNotExist(err) {
		t.Errorf("the removed template: %v", err)
	}
}

// edited is a DOCX with a paragraph of that text before its first one.
func edited(t testing.TB, docx []byte, text string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	must(t, err)
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		raw, err := io.ReadAll(r)
		must(t, err)
		if f.Name == "word/document.xml" {
			raw = bytes.Replace(raw, []byte("<w:body>"), []byte("<w:body><w:p><w:r><w:t>"+text+"</w:t></w:r></w:p>"), 1)
		}
		w, err := to.Create(f.Name)
		must(t, err)
		_, err = w.Write(raw)
		must(t, err)
	}
	must(t, to.Close())
	return out.Bytes()
}
