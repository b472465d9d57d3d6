package fetch

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// share is one rule about the links of a service. The first rule that matches counts. A rule either refuses, or gives the
// address of the file itself; that address matches no rule.
type share struct {
	service string
	hosts   []string       // each with all below it
	path    *regexp.Regexp // nil: any
	refuse  string         // a code; "" the link is rewritten
	rewrite func(u *url.URL, match []string) *url.URL
}

// shares are the services that Vietnamese offices send links of. What their addresses mean is stated by the services or
// was observed by many; where a service changes its mind, the result is a page, and the person is told to use a browser.
func shares() []share {
	re := regexp.MustCompile
	return []share{
		// Google: developers.google.com/drive/api/guides/manage-downloads; since 2024 uc?export=download redirects to
		// drive.usercontent.google.com, where confirm=t answers the page "can't scan this file for viruses" beforehand.
		{"Google Drive", []string{"drive.google.com"}, re(`^/(?:(?:drive|a)/.*)?(?:folders/|folderview)|^/drive/(?:u/\d+/)?(?:my-drive|shared-with-me)?/?$`), CodeFolder, nil},
		{"Google Drive", []string{"drive.google.com"}, re(`/file/(?:u/\d+/)?d/([\w-]{10,})`), "", driveFile},
		{"Google Drive", []string{"drive.google.com", "docs.google.com"}, re(`^/(?:a/[^/]+/)?(?:u/\d+/)?(?:open|uc)$`), "", driveFile},
		{"Google Docs", []string{"docs.google.com"}, re(`/(?:document|spreadsheets|presentation|forms|drawings)/`), CodeDocument, nil},
		{"Google Docs", []string{"docs.google.com"}, re(`/file/(?:u/\d+/)?d/([\w-]{10,})`), "", driveFile},
		{"Google Photos", []string{"photos.google.com", "photos.app.goo.gl"}, nil, CodeService, nil},

		// Microsoft: learn.microsoft.com/graph/api/resources/sharedriveitem describes the sharing links; ":f:" in them is
		// a folder, ":w:", ":x:", ":p:" are Office documents. download=1 asks for the bytes of a link open to everybody. A
		// personal OneDrive that was moved to the newer storage answers with a page that needs scripts.
		{"OneDrive", []string{"1drv.ms", "onedrive.live.com", "sharepoint.com"}, re(`^/(?::f:/|f/)`), CodeFolder, nil},
		{"OneDrive", []string{"1drv.ms", "onedrive.live.com", "sharepoint.com"}, re(`^/(?::[wxpo]:/|[wxpo]/)`), CodeDocument, nil},
		{"OneDrive", []string{"onedrive.live.com"}, re(`^/(?:redir|embed)$`), "", oneDriveItem},
		{"OneDrive", []string{"1drv.ms"}, re(`^/[uvbi]/c/`), "", withQuery("download", "1")},
		{"OneDrive", []string{"sharepoint.com", "onedrive.live.com"}, re(`^/:[uvbi]:/`), "", withQuery("download", "1")},

		// Dropbox: help.dropbox.com/share/force-download; dl=1 on a folder (/sh/, /scl/fo/) gives a .zip. rlkey must stay.
		{"Dropbox", []string{"dropbox.com"}, re(`^/(?:s|sh|scl/fi|scl/fo)/`), "", withQuery("dl", "1")},

		// Pages made for eyes, or behind a waiting time or a sign-in.
		{"Fshare", []string{"fshare.vn"}, nil, CodeService, nil},
		{"Zalo", []string{"zalo.me", "zaloapp.com"}, nil, CodeService, nil},
		{"YouTube", []string{"youtube.com", "youtu.be"}, nil, CodeService, nil},
		{"Facebook", []string{"facebook.com", "fb.watch", "fb.me", "messenger.com", "m.me"}, nil, CodeService, nil},
		{"TikTok", []string{"tiktok.com"}, nil, CodeService, nil},
		{"4share", []string{"4share.vn"}, nil, CodeService, nil},
		{"MediaFire", []string{"www.mediafire.com", "mediafire.com"}, re(`^/(?:file|folder|view|\?)`), CodeService, nil},
		{"MEGA", []string{"mega.nz", "mega.io"}, nil, CodeService, nil},
	}
}

// shared applies the rules to one address. It gives nil, nil where none matches.
func shared(u *url.URL) (s *share, to *url.URL, refusal *Refusal) {
	host := u.Hostname()
	for _, rule := range shares() {
		if !rule.covers(host) {
			continue
		}
		match := []string{}
		if rule.path != nil {
			if match = rule.path.FindStringSubmatch(u.Path); match == nil {
				continue
			}
		}
		if rule.refuse != "" {
			return &rule, nil, &Refusal{Code: rule.refuse, Detail: rule.service}
		}
		if to := rule.rewrite(u, match); to != nil && to.String() != u.String() {
			return &rule, to, nil
		}
	}
	return nil, nil, nil
}

func (s *share) covers(host string) bool {
	for _, h := range s.hosts {
		if below(host, h) {
			return true
		}
	}
	return false
}

// serviceOf names the service that a host belongs to, or "".
func serviceOf(host string) string {
	for _, rule := range shares() {
		if rule.covers(host) {
			return rule.service
		}
	}
	if below(host, "usercontent.google.com") {
		return "Google Drive"
	}
	return ""
}

// driveFile turns any form of link to one file into its download. resourcekey opens files shared before 2021.
func driveFile(u *url.URL, match []string) *url.URL {
	q := u.Query()
	id := q.Get("id")
	if len(match) > 1 && match[1] != "" {
		id = match[1]
	}
	if id == "" || strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		return nil
	}
	to := url.Values{"id": {id}, "export": {"download"}, "confirm": {"t"}}
	if key := q.Get("resourcekey"); key != "" {
		to.Set("resourcekey", key)
	}
	return &url.URL{Scheme: "https", Host: "drive.usercontent.google.com", Path: "/download", RawQuery: to.Encode()}
}

func oneDriveItem(u *url.URL, _ []string) *url.URL {
	if u.Query().Get("resid") == "" {
		return nil
	}
	to := *u
	to.Path, to.RawPath = "/download", ""
	return &to
}

// withQuery sets one parameter and leaves the others, whose order and spelling may be signed.
func withQuery(key, value string) func(*url.URL, []string) *url.URL {
	return func(u *url.URL, _ []string) *url.URL {
		to := *u
		var kept []string
		for pair := range strings.SplitSeq(u.RawQuery, "&") {
			if name, _, _ := strings.Cut(pair, "="); pair != "" && name != key {
				kept = append(kept, pair)
			}
		}
		to.RawQuery = strings.Join(append(kept, key+"="+value), "&")
		return &to
	}
}

// sameHost says whether bytes may come from host when a person confirmed the other one. Dropbox and Google spread one
// file over many servers of the same name, and choose anew each time.
func sameHost(host, confirmed string) bool {
	if host == confirmed {
		return true
	}
	for _, d := range []string{"dl.dropboxusercontent.com", "usercontent.google.com"} {
		if below(host, d) && below(confirmed, d) {
			return true
		}
	}
	return false
}

// jar keeps cookies for the services that hand out a pass with the first answer of an open link; for all others it keeps
// none. It lives as long as one Look or Get.
type jar struct{ *cookiejar.Jar }

func newJar() (http.CookieJar, error) {
	j, err := cookiejar.New(nil)
	return jar{j}, err
}

func (j jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	for _, d := range []string{"sharepoint.com", "1drv.ms", "onedrive.live.com", "dropbox.com", "google.com"} {
		if below(u.Hostname(), d) {
			j.Jar.SetCookies(u, cookies)
			return
		}
	}
}
