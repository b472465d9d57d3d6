package fetch

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Letters and messengers spoil links in known ways; a person should not have to find out which character is too much.
func TestRepair(t *testing.T) {
	for pasted, want := range map[string]string{
		"https://bom.so/abcDEF":                              "https://bom.so/abcDEF",
		"  https://bom.so/abcDEF \r\n":                       "https://bom.so/abcDEF",
		"https://bom.so/abc DEF":                             "https://bom.so/abcDEF",
		"https://bom.so/ abcDEF":                             "https://bom.so/abcDEF",
		"https:// bom.so/abcDEF":                             "https://bom.so/abcDEF",
		"https : //bom.so/abcDEF":                            "https://bom.so/abcDEF",
		"https://bom .so/abcDEF":                             "https://bom.so/abcDEF",
		"https://bom. so/abcDEF":                             "https://bom.so/abcDEF",
		"HTTPS://bom.so/abcDEF":                              "https://bom.so/abcDEF",
		"bom.so/abcDEF":                                      "https://bom.so/abcDEF",
		"Tải tại: https://bom.so/abcDEF.":                    "https://bom.so/abcDEF",
		"(https://bom.so/abcDEF), mật khẩu 123":              "https://bom.so/abcDEF",
		"<https://bom.so/abcDEF>":                            "https://bom.so/abcDEF",
		"“https://bom.so/abcDEF”":                            "https://bom.so/abcDEF",
		"https://bom.so/abcDEF mật khẩu: 123":                "https://bom.so/abcDEF",
		"https://bom.so/abcDEF pass 1234":                    "https://bom.so/abcDEF",
		"https://a.vn/x_(1).mp3":                             "https://a.vn/x_(1).mp3",
		"https://drive.google.com/file/d/1AbC\nDeF/view":     "https://drive.google.com/file/d/1AbC",
		"https://drive.google.com/file/d/\n1AbCDeF/view":     "https://drive.google.com/file/d/1AbCDeF/view",
		"https://drive.google.com/file/d/1AbCDeF\n/view?a=b": "https://drive.google.com/file/d/1AbCDeF/view?a=b",
		"https://bom.so/\u200babc\u00adDEF\ufeff":            "https://bom.so/abcDEF",
		"https://bom.so/a https://bom.so/b":                  "https://bom.so/a",
		"http://bom.so/abcDEF":                               "http://bom.so/abcDEF",
	} {
		got, refusal := repair(pasted)
		if refusal != nil || got != want {
			t.Errorf("%q gives %q, %v; want %q", pasted, got, refusal, want)
		}
	}
	for _, pasted := range []string{"", "   ", "https://", "https", "an lão", "ftp://bom.so/a", "a@b.vn/c", strings.Repeat("https://a.vn/", 1000), "\xff https://a.vn/b"} {
		if got, refusal := repair(pasted); refusal == nil {
			t.Errorf("%q gives %q", pasted, got)
		}
	}
}

// What Look says it used is what it used, and a repair is told.
func TestLookTellsOfARepair(t *testing.T) {
	w := newWorld(t)
	w.mux.HandleFunc("files.test/ab", serveFile(song(100, 1), ""))
	for link, want := range map[string][]string{w.url("files.test", "/ab#x"): nil, "Tải: " + w.url("files.test", "/a b"): {WarnRepaired}} {
		found, err := w.fetcher().Look(context.Background(), link)
		must(t, err)
		if found.Link != w.url("files.test", "/ab") || !slices.Equal(found.Warnings, want) {
			t.Errorf("%q: %q %q", link, found.Link, found.Warnings)
		}
	}
}

// Links as people copy them out of each service.
func TestShareLinks(t *testing.T) {
	const id = "1AbCdEfGhIjKlMnOpQrStUvWxYz-_01"
	const drive = "https://drive.usercontent.google.com/download?confirm=t&export=download&id=" + id
	for link, want := range map[string]string{
		"https://drive.google.com/file/d/" + id + "/view?usp=sharing":                 drive,
		"https://drive.google.com/file/d/" + id + "/edit":                             drive,
		"https://drive.google.com/file/u/0/d/" + id + "/view":                         drive,
		"https://drive.google.com/a/anlao.gov.vn/file/d/" + id + "/view":              drive,
		"https://drive.google.com/open?id=" + id:                                      drive,
		"https://drive.google.com/u/1/open?id=" + id:                                  drive,
		"https://drive.google.com/uc?export=download&id=" + id:                        drive,
		"https://docs.google.com/uc?id=" + id:                                         drive,
		"https://docs.google.com/file/d/" + id + "/edit":                              drive,
		"https://drive.google.com/file/d/" + id + "/view?usp=sharing&resourcekey=0-x": drive + "&resourcekey=0-x",
		drive: "", // as it is
		"https://drive.google.com/drive/folders/" + id:                 CodeFolder,
		"https://drive.google.com/drive/u/0/folders/" + id + "?usp=x":  CodeFolder,
		"https://drive.google.com/drive/mobile/folders/" + id:          CodeFolder,
		"https://drive.google.com/folderview?id=" + id:                 CodeFolder,
		"https://drive.google.com/drive/u/0/my-drive":                  CodeFolder,
		"https://docs.google.com/document/d/" + id + "/edit":           CodeDocument,
		"https://docs.google.com/spreadsheets/d/" + id + "/edit#gid=0": CodeDocument,
		"https://docs.google.com/forms/d/e/" + id + "/viewform":        CodeDocument,
		"https://www.dropbox.com/scl/fi/x/a.mp3?rlkey=k&st=s&dl=0":     "https://www.dropbox.com/scl/fi/x/a.mp3?rlkey=k&st=s&dl=1",
		"https://www.dropbox.com/s/x/a.mp3":                            "https://www.dropbox.com/s/x/a.mp3?dl=1",
		"https://www.dropbox.com/scl/fo/x/y?rlkey=k&dl=0":              "https://www.dropbox.com/scl/fo/x/y?rlkey=k&dl=1",
		"https://www.dropbox.com/scl/fi/x/a.mp3?rlkey=k&dl=1":          "",
		"https://1drv.ms/u/c/abc/Token?e=x":                            "https://1drv.ms/u/c/abc/Token?e=x&download=1",
		"https://1drv.ms/u/s!Token":                                    "", // the redirect is rewritten
		"https://1drv.ms/f/s!Token":                                    CodeFolder,
		"https://onedrive.live.com/redir?resid=A!1&authkey=!k":         "https://onedrive.live.com/download?resid=A!1&authkey=!k",
		"https://onedrive.live.com/embed?cid=C&resid=A%211&authkey=k":  "https://onedrive.live.com/download?cid=C&resid=A%211&authkey=k",
		"https://contoso.sharepoint.com/:u:/s/x/Token?e=1":             "https://contoso.sharepoint.com/:u:/s/x/Token?e=1&download=1",
		"https://contoso-my.sharepoint.com/:f:/g/personal/x/Token?e=1": CodeFolder,
		"https://contoso-my.sharepoint.com/:w:/g/personal/x/Token?e=1": CodeDocument,
		"https://www.fshare.vn/file/ABC":                               CodeService,
		"https://zalo.me/g/abc":                                        CodeService,
		"https://www.youtube.com/watch?v=x":                            CodeService,
		"https://youtu.be/x":                                           CodeService,
		"https://www.facebook.com/x/videos/1":                          CodeService,
		"https://notdropbox.com/s/x/a.mp3":                             "",
		"https://drive.google.com.evil.vn/file/d/" + id + "/view":      "",
		"https://files.test/file/d/" + id + "/view":                    "",
	} {
		u, err := url.Parse(link)
		must(t, err)
		_, to, refusal := shared(u)
		got := ""
		switch {
		case refusal != nil:
			got = refusal.Code
			if s := refusal.Sentence("vi"); !strings.Contains(s, refusal.Detail) || refusal.Detail == "" {
				t.Errorf("%s: %q does not name the service", link, s)
			}
		case to != nil:
			got = to.String()
			if _, again, refusal := shared(to); again != nil || refusal != nil {
				t.Errorf("%s is changed twice, to %v", link, again)
			}
		}
		if got != want {
			t.Errorf("%s\n gives %q\n  want %q", link, got, want)
		}
	}
	folder := &Refusal{Code: CodeFolder, Detail: "Google Drive"}
	if s := folder.Sentence("vi"); !strings.Contains(s, "thư mục dùng chung") || !strings.Contains(s, ".zip") {
		t.Errorf("a folder: %q", s)
	}
}

// The whole way: a short link leads to a share link, which becomes a download; a folder behind it is told in words; and
// the bytes may come from another server of the same service than the one that was confirmed.
func TestShareLinksBehindShortLinks(t *testing.T) {
	w := newWorld(t)
	body := song(3000, 4)
	leads := func(path, to string) {
		w.mux.HandleFunc("short.test"+path, func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, to, http.StatusFound) })
	}
	leads("/drive", "https://drive.google.com/file/d/1AbCdEfGhIjKlMn/view?usp=sharing")
	leads("/folder", "https://drive.google.com/drive/folders/1AbCdEfGhIjKlMn")
	leads("/box", "https://www.dropbox.com/s/x/a.mp3?dl=0")
	w.mux.HandleFunc("drive.usercontent.google.com/download", func(rw http.ResponseWriter, r *http.Request) {
		if r.FormValue("id") != "1AbCdEfGhIjKlMn" || r.FormValue("confirm") != "t" {
			rw.Header().Set("Content-Type", "text/html")
			_, _ = rw.Write([]byte("<!DOCTYPE html><title>Google Drive - Virus scan warning</title>"))
			return
		}
		rw.Header().Set("Content-Disposition", `attachment; filename="Cnh bo.mp3"; filename*=UTF-8''C%E1%BA%A3nh%20b%C3%A1o.mp3`)
		serveFile(body, "")(rw, r)
	})
	boxes := 0
	w.mux.HandleFunc("www.dropbox.com/s/x/a.mp3", func(rw http.ResponseWriter, r *http.Request) {
		boxes++
		to := map[int]string{1: "https://uc1.dl.dropboxusercontent.com/a.mp3", 2: "https://uc2.dl.dropboxusercontent.com/a.mp3"}[boxes]
		http.Redirect(rw, r, to, http.StatusFound)
	})
	w.mux.HandleFunc("uc1.dl.dropboxusercontent.com/a.mp3", serveFile(body, ""))
	w.mux.HandleFunc("uc2.dl.dropboxusercontent.com/a.mp3", serveFile(body, ""))
	f := w.real()
	found, err := f.Look(context.Background(), "https://short.test/drive")
	must(t, err)
	if found.Host != "drive.usercontent.google.com" || found.Name != "Cảnh báo.mp3" || found.Rewritten != "Google Drive" || len(found.Hops) != 3 || found.Hops[1].Host != "drive.google.com" {
		t.Errorf("found %+v", found)
	}
	if got, _, err := w.get(f, found); err != nil || got.SHA256 != hash(body) || got.Name != "Cảnh báo.mp3" {
		t.Errorf("got %+v, %v", got, err)
	}
	found, err = f.Look(context.Background(), "https://short.test/folder")
	if code(err) != CodeFolder || len(found.Hops) != 2 {
		t.Errorf("a folder: %v, hops %v", err, found.Hops)
	}
	found, err = f.Look(context.Background(), "https://short.test/box")
	must(t, err)
	found.URL = "https://uc1.dl.dropboxusercontent.com/gone.mp3" // as if the address had expired
	if got, _, err := w.get(f, found); err != nil || got.Host != "uc2.dl.dropboxusercontent.com" {
		t.Errorf("from another server of the service: %+v, %v", got, err)
	}
}

// What servers make of a Vietnamese name.
func TestNames(t *testing.T) {
	for header, want := range map[string]string{
		`attachment; filename="bai.mp3"`:                                  "bai.mp3",
		`attachment; filename=bai.mp3`:                                    "bai.mp3",
		`attachment; filename=bai so 1.mp3`:                               "bai so 1.mp3",
		`attachment; filename="x.mp3"; filename*=UTF-8''B%C3%A0i%201.mp3`: "Bài 1.mp3",
		`attachment; filename*=utf-8'vi'B%C3%A0i.mp3; filename="x.mp3"`:   "Bài.mp3",
		"attachment; filename=\"Bài số 1.mp3\"":                           "Bài số 1.mp3",
		"attachment; filename=Bài số 1.mp3":                               "Bài số 1.mp3",
		"attachment; filename=\"Ba\u0300i.mp3\"":                          "Bài.mp3",
		"attachment; filename=\"B\u00c3\u00a0i.mp3\"":                     "Bài.mp3",
		"attachment; filename=\"B\xe0i.mp3\"":                             "Bài.mp3",
		`attachment; filename="B%C3%A0i.mp3"`:                             "Bài.mp3",
		`attachment; filename="=?UTF-8?B?QsOgaS5tcDM=?="`:                 "Bài.mp3",
		`attachment; filename="../../etc/passwd"`:                         "passwd",
		`attachment; filename="C:\\fakepath\\a.mp3"`:                      "a.mp3",
		"attachment; filename=\"a\u202e3pm.exe\"":                         "a3pm.exe",
		`attachment; filename=".."`:                                       "url.mp3",
		`attachment; filename=""`:                                         "url.mp3",
		`attachment`:                                                      "url.mp3",
		``:                                                                "url.mp3",
		`;;;=`:                                                            "url.mp3",
		`attachment; filename="` + strings.Repeat("ạ", 500) + `.mp3"`:     strings.Repeat("ạ", maxName-4) + ".mp3",
		`attachment; filename="a.` + strings.Repeat("x", 500) + `"`:       "a." + strings.Repeat("x", maxName-2),
	} {
		u := &url.URL{Path: "/x/url.mp3"}
		if got := nameOf(http.Header{"Content-Disposition": {header}}, u); got != want {
			t.Errorf("%q gives %q, want %q", header, got, want)
		}
	}
	for p, want := range map[string]string{"/download": "", "/": "", "": "", "/a/b.mp3/": "b.mp3", "/a%2Fb.mp3": "b.mp3"} {
		u, err := url.Parse("https://files.test" + p)
		must(t, err)
		if got := nameOf(nil, u); got != want {
			t.Errorf("path %q gives %q, want %q", p, got, want)
		}
	}
}

// Every code has both sentences, and a code from a newer program still says something.
func TestSentences(t *testing.T) {
	for c, s := range sentences() {
		if s.vi == "" || s.en == "" || s.vi == s.en || strings.Contains(s.vi, "%s") != s.named || strings.Contains(s.en, "%s") != s.named {
			t.Errorf("%s: %+v", c, s)
		}
	}
	if (&Refusal{Code: "of_tomorrow"}).Sentence("vi") == "" {
		t.Error("an unknown code says nothing")
	}
}
