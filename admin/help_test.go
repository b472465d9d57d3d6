package admin

import (
	"bytes"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/player"
	"loaxa/player/alarm"
	"loaxa/player/playlog/evidence"
)

var helpPages = []string{"/help", "/help/officials", "/help/technician"}

// in asks for a page in a language.
func (s *station) in(t *testing.T, language, path string) string {
	t.Helper()
	w := s.ask("GET", path, s.token(t, account.Inspector), "", func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: frame.LanguageCookie, Value: language})
	})
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// The help is there for everybody, in both languages, with the same sections and none of them empty.
func TestHelpInBothLanguages(t *testing.T) {
	s := newStation(t)
	heading := regexp.MustCompile(`<section class="card[^"]*" id="([a-z]+)">`)
	for _, path := range helpPages {
		vi, en := s.in(t, "vi", path), s.in(t, "en", path)
		a, b := heading.FindAllString(vi, -1), heading.FindAllString(en, -1)
		if len(a) < 5 || len(a) != len(b) {
			t.Errorf("%s: %d sections in Vietnamese, %d in English", path, len(a), len(b))
		}
		for i, section := range strings.Split(vi, "<section ")[1:] {
			if strings.Count(section, "<p") < 1 || strings.Contains(section, ">help.") {
				t.Errorf("%s: section %d has no text: %.200s", path, i, section)
			}
		}
		for _, words := range []string{vi, en} {
			for _, m := range regexp.MustCompile(`href="#([a-z]+)">`).FindAllStringSubmatch(words, -1) {
				if m[1] != "content" && m[1] != "menu" && !strings.Contains(words, `id="`+m[1]+`"`) {
					t.Errorf("%s: #%s leads nowhere", path, m[1])
				}
			}
		}
		if strings.Contains(plain(en), "Hướng dẫn") {
			t.Errorf("%s: the English page speaks Vietnamese", path)
		}
	}
}

// What the home page may show, the technician finds explained; nothing is explained that this program does not have.
func TestHelpKnowsEveryAlarmAndOnlyPagesThatAreThere(t *testing.T) {
	s := newStation(t)
	text := plain(s.in(t, "vi", "/help/technician"))
	for _, code := range alarm.Codes() {
		if e := alarm.Explain(code); !strings.Contains(text, string(code)+" "+e.CauseVI) || !strings.Contains(text, e.DoVI) {
			t.Errorf("%s is not explained", code)
		}
	}
	guide := s.in(t, "vi", "/help")
	for _, id := range []string{"emergency", "clips", "playlists", "schedule", "days", "campaign", "diary", "lookup", "settings", "people"} {
		if !strings.Contains(guide, `id="`+id+`"`) {
			t.Errorf("the guide says nothing of %s", id)
		}
	}
	for _, m := range regexp.MustCompile(`<a class="all" href="([^"]+)"`).FindAllStringSubmatch(guide, -1) {
		if w := s.ask("GET", m[1], s.token(t, account.Administrator), ""); w.Code != http.StatusOK {
			t.Errorf("the guide leads to %s: %d", m[1], w.Code)
		}
	}
}

// TestHelpPictures takes the help's pictures of the pages themselves, so that they never show what is not there any more:
// into the folder LOAXA_SHOTS for `make pictures`, else only to see that they can be taken.
func TestHelpPictures(t *testing.T) {
	ctx := browser(t, 360, 640)
	s := newStation(t)
	s.named(t, "Đài truyền thanh xã An Lão", "AN-LAO")
	base, _ := s.start(t)
	s.furnish(t)
	link, err := s.accounts.NewLink("station")
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate(base+api.LinkPath(link))))
	dir := os.Getenv("LOAXA_SHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	taken := 0
	for _, language := range []string{"vi", "en"} {
		evaluate[string](ctx, t, `document.cookie = "`+frame.LanguageCookie+`=`+language+`; path=/"`)
		for name, path := range map[string]string{"home": "/", "emergency": "/emergency", "clips": "/clips", "schedule": "/schedule",
			"campaign": "/campaigns", "diary": "/diary", "reports": "/reports", "lookup": "/lookup"} {
			if s.ask("GET", path, s.token(t, account.Administrator), "").Code == http.StatusNotFound {
				continue // a page that this program does not have
			}
			must(t, chromedp.Do(ctx, chromedp.Navigate(base+path)))
			waitText(ctx, t, "#station", map[string]string{"vi": "ĐANG PHÁT", "en": "ON AIR"}[language])
			picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			must(t, err)
			img, err := png.Decode(bytes.NewReader(picture))
			must(t, err)
			if size := img.Bounds().Size(); size.X != 360 || size.Y != 640 || len(picture) < 5000 {
				t.Errorf("%s: a picture of %v with %d bytes", path, size, len(picture))
			}
			must(t, os.WriteFile(filepath.Join(dir, "help-"+name+"-"+language+".png"), picture, 0o600))
			taken++
		}
	}
	if taken < 4 {
		t.Errorf("%d pictures were taken", taken)
	}
}

// furnish puts a day's life into a station, for pictures.
func (s *station) furnish(t *testing.T) {
	t.Helper()
	op := s.token(t, account.Operator)
	for i, title := range []string{"Cảnh báo giả danh công an", "Không đưa mã OTP cho ai"} {
		clip := into[struct{ ID string }](t, s.upload(t, op, "bai.wav", tone(300+100*float64(i)), map[string]string{"title": title, "source": "Công an xã"}), 201)
		must2(t)(s.library.Approve("user:lãnh đạo", []string{clip.ID}, nil))
		list := into[struct{ ID string }](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"`+title+`","items":[{"clip_id":"`+clip.ID+`"}]}`), 201)
		into[struct{ ID string }](t, s.ask("POST", "/api/v1/programmes", op, `{"title":"`+title+`","playlist_id":"`+list.ID+`","when":{"form":"daily","times":["06:30","`+[]string{"17:15", "18:00"}[i]+`"]}}`), 201)
		due := time.Date(2026, 3, 5, 6, 30, 0, 0, hanoi)
		s.outcome(t, []string{"p-1@", "p-2@"}[i]+due.Format(time.RFC3339), due, evidence.OutcomeBody{Outcome: evidence.Full, Title: title, AiredMS: 90_000, PlannedMS: 90_000, Output: string(evidence.Hardware)})
	}
	set := s.rules.Settings()
	set.ToneHeardOn = "2026-03-02"
	must2(t)(s.rules.PutSettings("station", set))
	s.onAir()
	s.player.show(func(p *player.Snapshot) {
		p.OnAir.Title, p.OnAir.Position, p.OnAir.Length = "Cảnh báo giả danh công an", 40*time.Second, 90*time.Second
		p.Next = &player.Upcoming{Title: "Không đưa mã OTP cho ai", Due: time.Date(2026, 3, 5, 18, 0, 0, 0, hanoi), Length: 90 * time.Second}
		p.Output, p.Device = string(evidence.Hardware), "alsa:CARD=Device"
	})
}
