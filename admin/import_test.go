package admin

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/audio/library"
)

// imported is what the API says of an import.
type imported struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Via   string `json:"via"`
	Found *struct {
		Host string `json:"host"`
		Hops []struct {
			URL string `json:"url"`
		} `json:"hops"`
	} `json:"found"`
	Items []struct {
		Name    string   `json:"name"`
		ClipID  string   `json:"clip_id"`
		Existed bool     `json:"existed"`
		Refused *refused `json:"refused"`
	} `json:"items"`
	Problem *refused `json:"problem"`
}

type refused struct {
	Code string `json:"code"`
	Do   string `json:"do"`
}

type file struct {
	name    string
	content []byte
}

func (s *station) importForm(t *testing.T, token string, files []file, fields map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, v := range fields {
		must(t, form.WriteField(k, v))
	}
	for _, f := range files {
		w, err := form.CreateFormFile("file", f.name)
		must(t, err)
		must2(t)(w.Write(f.content))
	}
	must(t, form.Close())
	return s.ask("POST", "/api/v1/imports", token, b.String(), func(r *http.Request) { r.Header.Set("Content-Type", form.FormDataContentType()) })
}

// await polls an import until it is in one of the states.
func (s *station) await(t *testing.T, token, id string, states ...string) imported {
	t.Helper()
	var i imported
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		i = into[imported](t, s.ask("GET", "/api/v1/imports/"+id, token, ""), 200)
		for _, want := range states {
			if i.State == want {
				return i
			}
		}
	}
	t.Fatalf("import %s is %s, not %v", id, i.State, states)
	return i
}

func zipped(t *testing.T, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		out, err := w.Create(f.name)
		must(t, err)
		must2(t)(out.Write(f.content))
	}
	must(t, w.Close())
	return b.Bytes()
}

// A letter brings five files as they come: what is sound becomes clips under the letter, the rest says why, nothing else
// is left on the disk, and one approval covers them all.
func TestFilesOfALetter(t *testing.T) {
	s := newStation(t)
	op, approver := s.token(t, account.Operator), s.token(t, account.Approver)
	page := []byte("<!DOCTYPE html><html><title>Đăng nhập</title>")
	fields := map[string]string{"agency": "Công an xã", "number": "12/CV-CAX", "letter_date": "2026-03-01", "valid_until": "2026-04-01", "submit": "true"}
	i := into[imported](t, s.importForm(t, op, []file{{"một.wav", tone(440)}, {"trang.mp3", page},
		{"kèm.zip", zipped(t, file{"x/hai.wav", tone(550)}, file{"../ba.wav", tone(660)}, file{"bốn.mp3", page})}}, fields), 202)
	i = s.await(t, op, i.ID, "done", "failed")
	if i.State != "done" || len(i.Items) != 5 {
		t.Fatalf("ended as %+v", i)
	}
	var ids []string
	for _, item := range i.Items {
		if item.Refused != nil {
			if item.Refused.Code != "web_page" || item.Refused.Do == "" {
				t.Errorf("%s: %+v", item.Name, item.Refused)
			}
			continue
		}
		ids = append(ids, item.ClipID)
		c := into[library.Clip](t, s.ask("GET", "/api/v1/clips/"+item.ClipID, op, ""), 200)
		if c.State != library.StateSubmitted || c.Letter != (library.Letter{Agency: "Công an xã", Number: "12/CV-CAX", Date: "2026-03-01"}) ||
			c.ValidUntil != "2026-04-01" || c.Via != "upload" {
			t.Errorf("%s became %+v", item.Name, c)
		}
	}
	if len(ids) != 3 {
		t.Fatalf("%d clips of 3", len(ids))
	}
	body := `{"ids":["` + strings.Join(ids, `","`) + `"]}`
	s.refused(t, s.ask("POST", "/api/v1/clips/approve", op, body), 403, "role")
	all := into[struct{ Clips []library.Clip }](t, s.ask("POST", "/api/v1/clips/approve", approver, body), 200)
	for _, c := range all.Clips {
		if c.State != library.StateApproved || c.Approval == nil || c.Approval.Batch != all.Clips[0].Approval.Batch || !strings.HasPrefix(c.Approval.By, "token:approver") {
			t.Errorf("approved as %+v", c)
		}
	}
	left, err := filepath.Glob(filepath.Join(s.dir, "*spool*"))
	must(t, err)
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestApprovingImportNeedsAnApprover(t *testing.T) {
	s := newStation(t)
	op, approver := s.token(t, account.Operator), s.token(t, account.Approver)
	files := []file{{"a.wav", tone(440)}}
	s.refused(t, s.importForm(t, op, files, map[string]string{"approve": "true"}), 403, "role")
	i := into[imported](t, s.importForm(t, approver, files, map[string]string{"approve": "on"}), 202)
	i = s.await(t, approver, i.ID, "done")
	c := into[library.Clip](t, s.ask("GET", "/api/v1/clips/"+i.Items[0].ClipID, op, ""), 200)
	if c.State != library.StateApproved || !strings.HasPrefix(c.ApprovedBy, "token:approver") {
		t.Errorf("it is %s, approved by %q", c.State, c.ApprovedBy)
	}
	s.refused(t, s.importForm(t, op, files, map[string]string{"titel": "x"}), 400, "unknown_key")
	s.refused(t, s.importForm(t, op, nil, nil), 422, "no_file")
}

// A short link is followed, its end shown, and nothing is taken before a person has said that the end is right.
func TestLinkIsConfirmed(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	s.site.put("canh-bao.wav", tone(440))
	link := s.site.URL + "/short/canh-bao.wav"
	i := into[imported](t, s.ask("POST", "/api/v1/imports", op, `{"link":"`+link+`","title":"Cảnh báo"}`), 202)
	i = s.await(t, op, i.ID, "confirm")
	if i.Found == nil || i.Found.Host != "127.0.0.1" || len(i.Found.Hops) != 2 || !strings.HasSuffix(i.Found.Hops[1].URL, "/files/canh-bao.wav") {
		t.Fatalf("found %+v", i.Found)
	}
	if all := into[struct{ Clips []library.Clip }](t, s.ask("GET", "/api/v1/clips", op, ""), 200); len(all.Clips) != 0 {
		t.Fatal("a clip came before the host was confirmed")
	}
	s.refused(t, s.ask("POST", "/api/v1/imports/"+i.ID+"/confirm", op, `{"host":"example.org"}`), 409, "not_waiting")
	into[imported](t, s.ask("POST", "/api/v1/imports/"+i.ID+"/confirm", op, `{"host":"127.0.0.1"}`), 202)
	i = s.await(t, op, i.ID, "done", "failed")
	if i.State != "done" || len(i.Items) != 1 || i.Items[0].ClipID == "" {
		t.Fatalf("ended as %+v, %+v", i, i.Problem)
	}
	c := into[library.Clip](t, s.ask("GET", "/api/v1/clips/"+i.Items[0].ClipID, op, ""), 200)
	if c.Title != "Cảnh báo" || c.Via != "link" || c.Link != link || c.FinalHost != "127.0.0.1" {
		t.Errorf("it became %+v", c)
	}
	i = into[imported](t, s.ask("POST", "/api/v1/imports", op, `{"link":"`+s.site.URL+`/files/nothing"}`), 202)
	if i = s.await(t, op, i.ID, "failed"); i.Problem == nil || i.Problem.Code != "not_found" || i.Problem.Do == "" {
		t.Errorf("a dead link ends as %+v", i.Problem)
	}
}

// A download that is cancelled ends at once and leaves nothing, and the next import has its turn.
func TestCancelledImport(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	s.site.put("a.wav", tone(440))
	i := into[imported](t, s.ask("POST", "/api/v1/imports", op, `{"link":"`+s.site.URL+`/files/a.wav"}`), 202)
	s.await(t, op, i.ID, "confirm")
	hold := make(chan struct{})
	defer close(hold)
	s.site.mu.Lock()
	s.site.hold = hold
	s.site.mu.Unlock()
	into[imported](t, s.ask("POST", "/api/v1/imports/"+i.ID+"/confirm", op, `{"host":"127.0.0.1"}`), 202)
	s.await(t, op, i.ID, "fetching")
	into[imported](t, s.ask("DELETE", "/api/v1/imports/"+i.ID, op, ""), 200)
	s.await(t, op, i.ID, "cancelled")
	next := into[imported](t, s.importForm(t, op, []file{{"b.wav", tone(550)}}, nil), 202)
	s.await(t, op, next.ID, "done")
	if all := into[struct{ Clips []library.Clip }](t, s.ask("GET", "/api/v1/clips", op, ""), 200); len(all.Clips) != 1 {
		t.Errorf("%d clips", len(all.Clips))
	}
}

// The inbox takes what is sound, sets aside what is not, and leaves a report that can be read on any computer.
func TestInbox(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	s.refused(t, s.ask("POST", "/api/v1/imports", op, `{"inbox":true}`), 404, "not_found")
	dir := filepath.Join(s.dir, "inbox")
	must(t, os.WriteFile(filepath.Join(dir, "tốt.wav"), tone(440), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "hỏng.wav"), tone(440)[:200], 0o600))
	i := into[imported](t, s.ask("POST", "/api/v1/imports", op, `{"inbox":true}`), 202)
	s.await(t, op, i.ID, "done")
	report, err := os.ReadFile(filepath.Join(dir, "BAO-CAO.txt"))
	must(t, err)
	if !strings.Contains(string(report), "ĐÃ NHẬP          tốt.wav (c-") || !strings.Contains(string(report), "KHÔNG NHẬP ĐƯỢC  hỏng.wav: ") {
		t.Errorf("the report says:\n%s", report)
	}
	var left []string
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left = append(left, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	}))
	if strings.Join(left, " ") != "BAO-CAO.txt khong-nhap-duoc/hỏng.wav" {
		t.Errorf("the inbox holds %q", left)
	}
}

// A trim is an import that people can watch; a clip that is in use is not cut behind anybody's back.
func TestTrimIsAnImport(t *testing.T) {
	s := newStation(t)
	op, approver := s.token(t, account.Operator), s.token(t, account.Approver)
	c := into[library.Clip](t, s.upload(t, op, "a.wav", append(tone(440), tone(440)[44:]...), nil), 201)
	into[library.Clip](t, s.ask("POST", "/api/v1/clips/"+c.ID+"/approve", approver, ""), 200)
	i := into[imported](t, s.ask("POST", "/api/v1/clips/"+c.ID+"/trim", op, `{"from_ms":0,"until_ms":5000}`), 202)
	if i = s.await(t, op, i.ID, "failed", "done"); i.State != "failed" || i.Problem.Do == "" {
		t.Errorf("a trim beyond the end ends as %+v", i)
	}
	peaks := into[struct{ Low, High []int }](t, s.ask("GET", "/api/v1/clips/"+c.ID+"/peaks?bins=50", op, ""), 200)
	if len(peaks.Low) == 0 || len(peaks.Low) > 50 || len(peaks.Low) != len(peaks.High) {
		t.Errorf("a waveform of %d and %d bins", len(peaks.Low), len(peaks.High))
	}
}

// refused holds that an answer is a problem of a status and a code.
func (s *station) refused(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	if p := into[refused](t, w, status); p.Code != code {
		t.Errorf("refused as %q, want %q: %s", p.Code, code, w.Body)
	}
}
