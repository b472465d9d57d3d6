package admin

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
)

const reportWeek = "/reports?from=2026-03-02&until=2026-03-08"

// rowLinks are the addresses of a report page that lead to the broadcasts behind a number.
func rowLinks(page string) (out []string) {
	for _, m := range regexp.MustCompile(`href="(/reports/rows\?[^"]*)"`).FindAllStringSubmatch(page, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return out
}

// An officer who hands in a number must be able to show the broadcasts behind it: each total leads to as many rows as it
// says, and the page says what the API says.
func TestReportPageLeadsToItsRows(t *testing.T) {
	s := newStation(t)
	s.week(t)
	cookie := s.session(t)
	page := s.page(t, cookie, reportWeek)
	text := told(page)
	for _, want := range []string{"3 buổi 3 phút", "2 buổi không phát", "1 buổi loa ảo", "Bản tin sáng 3 3 phút –", "Cảnh báo lừa đảo 0 – 3", "Tuần 02/03 – 08/03/2026 3 3 phút 3"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	sums := map[string]int{}
	for _, address := range rowLinks(page) {
		u, err := url.Parse(address)
		must(t, err)
		rows := s.page(t, cookie, address)
		said := regexp.MustCompile(`(\d+) buổi từ 02/03/2026 đến 08/03/2026, trong đó (\d+) buổi được tính`).FindStringSubmatch(told(rows))
		if said == nil {
			t.Fatalf("%s says nothing of how many there are:\n%s", address, told(rows))
		}
		n, err := strconv.Atoi(said[1])
		must(t, err)
		if lines := strings.Count(rows, `class="line"`); lines != n {
			t.Errorf("%s says %d and shows %d", address, n, lines)
		}
		sums[u.Query().Get("by")] += n
	}
	for _, by := range []string{"standing", "programme", "week", "campaign"} {
		if sums[by] != 6 {
			t.Errorf("by %s the totals lead to %d broadcasts, want 6", by, sums[by])
		}
	}
}

// What is on the page and what is made of it rest on the same records, also when something was decided in between.
func TestReportPageHoldsItsCheckpoint(t *testing.T) {
	s := newStation(t)
	s.week(t)
	cookie := s.session(t)
	page := s.page(t, cookie, reportWeek)
	size := regexp.MustCompile(`name="size" value="(\d+)"`).FindStringSubmatch(page)
	if size == nil {
		t.Fatal("the form does not say what it rests on")
	}
	due := time.Date(2026, 3, 5, 6, 0, 0, 0, hanoi)
	s.outcome(t, "p-1@later", due, evidence.OutcomeBody{Outcome: evidence.Full, Programme: "p-1", Title: "Tên mới", Output: "hardware", AiredMS: 60000, PlannedMS: 60000, Started: evidence.At(due)})
	again := s.page(t, cookie, reportWeek+"&size="+size[1])
	if !strings.Contains(told(again), "3 buổi 3 phút") || !strings.Contains(told(s.page(t, cookie, reportWeek)), "4 buổi 4 phút") {
		t.Error("the same checkpoint says something else, or the newest the same")
	}
}

// Without a script the button brings the file: an old phone's browser must do.
func TestReportFormBringsTheFile(t *testing.T) {
	s := newStation(t)
	s.week(t)
	cookie := s.session(t)
	signed := func(r *http.Request) { r.AddCookie(cookie) }
	form := url.Values{"kind": {"diary"}, "form": {"csv"}, "from": {"2026-03-02"}, "until": {"2026-03-08"}}
	w := s.send(cookie, "/reports/make", form)
	address := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(address, "/reports/files/") {
		t.Fatalf("ordering: %d %s", w.Code, w.Body)
	}
	id := strings.TrimSuffix(strings.TrimPrefix(address, "/reports/files/"), "/file")
	for range 100 {
		if w = s.ask("GET", "/reports/files/"+id, "", "", signed); strings.Contains(w.Body.String(), "Tải tệp") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	w = s.ask("GET", "/reports/files/"+id+"/file", "", "", signed)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Bản tin sáng") || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the file: %d %v", w.Code, w.Header())
	}
	if page := s.page(t, cookie, reportWeek); !strings.Contains(page, "/reports/files/"+id+"/file") {
		t.Error("the page does not list the file")
	}
	if w = s.send(cookie, "/reports/files/"+id+"/end", nil); w.Code != http.StatusSeeOther {
		t.Errorf("taking it away: %d", w.Code)
	}
	if w = s.ask("GET", "/reports/files/"+id, "", "", signed); w.Code != http.StatusNotFound {
		t.Errorf("taken away: %d", w.Code)
	}
}

// Words from outside stay words, and a period that cannot be shown keeps its form.
func TestReportPageRefusesInWords(t *testing.T) {
	s := newStation(t)
	s.week(t)
	due := time.Date(2026, 3, 5, 6, 0, 0, 0, hanoi)
	s.outcome(t, "p-9@x", due, evidence.OutcomeBody{Outcome: evidence.Full, Programme: `"><script>alert(1)</script>`, Title: `<script>alert(2)</script>`, Output: "hardware", AiredMS: 60000, PlannedMS: 60000,
		Started: evidence.At(due)})
	cookie := s.session(t)
	page := s.page(t, cookie, reportWeek)
	if strings.Contains(page, "<script>alert") || !strings.Contains(page, "&lt;script&gt;alert(2)") {
		t.Error("a title comes back as markup, or not at all")
	}
	for _, address := range rowLinks(page) {
		if rows := s.page(t, cookie, address); strings.Contains(rows, "<script>alert") {
			t.Errorf("%s: markup", address)
		}
	}
	for query, want := range map[string]int{"from=2026-03-05&until=2026-03-01": 400, "from=1900-01-01&until=2026-01-01": 400, "from=x": 400, "from=2026-03-05&until=2026-03-05&size=9999": 404,
		"from=2026-03-05&size=%3Cb%3E": 400, "from=2026-03-05&until=2026-03-05": 200} {
		w := s.ask("GET", "/reports?"+query, "", "", func(r *http.Request) { r.AddCookie(cookie) })
		if w.Code != want || !strings.Contains(w.Body.String(), `name="from"`) {
			t.Errorf("%s: %d, want %d", query, w.Code, want)
		}
	}
	for _, query := range []string{"by=%3Cscript%3E&key=", "by=week&key=2026-03-09", "by=&key=", "by=programme&key=%00"} {
		if w := s.ask("GET", "/reports/rows?from=2026-03-02&until=2026-03-08&"+query, "", "", func(r *http.Request) { r.AddCookie(cookie) }); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
	for _, form := range []url.Values{{"kind": {"novel"}, "form": {"csv"}}, {"kind": {"diary"}, "form": {"csv"}, "from": {"gestern"}}, {"kind": {"diary"}, "form": {"csv"}, "size": {"x"}}} {
		if w := s.send(cookie, "/reports/make", form); w.Code != http.StatusBadRequest {
			t.Errorf("%v: %d", form, w.Code)
		}
	}
}

// A page of many rows shows each once.
func TestReportRowsArePaged(t *testing.T) {
	s := newStation(t)
	due := time.Date(2026, 3, 1, 6, 0, 0, 0, hanoi)
	for i := range 120 {
		s.outcome(t, fmt.Sprintf("p-1@%d", i), due.Add(time.Duration(i)*time.Minute), evidence.OutcomeBody{Outcome: evidence.Full, Title: fmt.Sprintf("buổi-%03d", i), Programme: "p-1",
			Output: "hardware", AiredMS: 1000, PlannedMS: 1000})
	}
	cookie, seen := s.session(t), map[string]int{}
	for n := range 4 {
		page := s.page(t, cookie, fmt.Sprintf("/reports/rows?from=2026-03-01&until=2026-03-01&by=standing&key=aired&p=%d", n+1))
		for _, m := range regexp.MustCompile(`<strong>buổi-\d{3}`).FindAllString(page, -1) {
			seen[m]++
		}
		if on := strings.Contains(page, "Trang sau"); on != (n < 2) {
			t.Errorf("page %d leads on: %v", n+1, on)
		}
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 rows are shown", len(seen))
	}
}
