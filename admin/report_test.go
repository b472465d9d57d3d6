package admin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/audio/library"
	"loaxa/player/playlog/evidence"
)

// report has a report made and returns it when it is over.
func (s *station) report(t testing.TB, token, body string) api.ReportAnswer {
	t.Helper()
	w := s.ask("POST", "/api/v1/reports", token, body)
	var r api.ReportAnswer
	must(t, json.Unmarshal(w.Body.Bytes(), &r))
	if w.Code != http.StatusAccepted || w.Header().Get("Location") != "/api/v1/reports/"+r.ID {
		t.Fatalf("ordering %s: %d %s", body, w.Code, w.Body)
	}
	for range 5 {
		w = s.ask("GET", "/api/v1/reports/"+r.ID+"?wait=20", token, "")
		must(t, json.Unmarshal(w.Body.Bytes(), &r))
		if r.State == "done" || r.State == "failed" || r.State == "cancelled" {
			return r
		}
	}
	t.Fatalf("report %+v does not end", r)
	return r
}

const weekOf = `"from":"2026-03-02T00:00:00+07:00","until":"2026-03-09T00:00:00+07:00"`

// What an office hands in is made by whoever asks, comes whole, and is on record with its hash, so that a file that turns up
// later can be told from one that nobody made.
func TestReportsAreMadeAndRecorded(t *testing.T) {
	s := newStation(t)
	s.week(t)
	for _, role := range account.Roles() {
		token := s.token(t, role)
		r := s.report(t, token, `{"kind":"diary","form":"csv",`+weekOf+`}`)
		if r.State != "done" || r.Name != "nhat-ky-20260302-20260308.csv" {
			t.Fatalf("%s: %+v", role, r)
		}
		w := s.ask("GET", r.File, token, "")
		sum := sha256.Sum256(w.Body.Bytes())
		if w.Code != http.StatusOK || hex.EncodeToString(sum[:]) != r.SHA256 || int64(w.Body.Len()) != r.Size {
			t.Errorf("%s: file %d, %d bytes, hash %x of %s", role, w.Code, w.Body.Len(), sum, r.SHA256)
		}
		if !strings.Contains(w.Header().Get("Content-Disposition"), "nhat-ky-20260302-20260308.csv") {
			t.Errorf("%s: saved as %q", role, w.Header().Get("Content-Disposition"))
		}
		if !s.recorded(t, r.SHA256) {
			t.Errorf("%s: the report is not on record", role)
		}
	}
	if s.recorded(t, strings.Repeat("0", 64)) {
		t.Error("any hash is on record: the control")
	}
}

// recorded says whether an act of making a report names this.
func (s *station) recorded(t testing.TB, part string) (found bool) {
	t.Helper()
	must(t, s.playlog.Read(0, s.playlog.Size(), func(_ int64, raw []byte) error {
		found = found || bytes.Contains(raw, []byte(`"what":"report"`)) && bytes.Contains(raw, []byte(part))
		return nil
	}))
	return found
}

// Nobody's report is anybody else's, and what was taken away is gone.
func TestReportsBelongToWhoAsked(t *testing.T) {
	s := newStation(t)
	s.week(t)
	mine, other := s.token(t, account.Operator), s.token(t, account.Administrator)
	r := s.report(t, mine, `{"kind":"diary","form":"csv",`+weekOf+`}`)
	for _, call := range [][2]string{{"GET", ""}, {"GET", "/file"}, {"DELETE", ""}} {
		if w := s.ask(call[0], "/api/v1/reports/"+r.ID+call[1], other, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s %s by somebody else: %d %s", call[0], call[1], w.Code, w.Body)
		}
	}
	if w := s.ask("GET", "/api/v1/reports", other, ""); strings.Contains(w.Body.String(), r.ID) {
		t.Errorf("somebody else's list: %s", w.Body)
	}
	if w := s.ask("GET", "/api/v1/reports", mine, ""); !strings.Contains(w.Body.String(), r.ID) {
		t.Errorf("the list: %s", w.Body)
	}
	if w := s.ask("DELETE", "/api/v1/reports/"+r.ID, mine, ""); w.Code != http.StatusOK {
		t.Errorf("taking it away: %d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", r.File, mine, ""); w.Code != http.StatusNotFound {
		t.Errorf("taken away, its file: %d", w.Code)
	}
}

// A report over the same checkpoint is the same to the byte, in every form: whatever came into the log since, and whatever
// the library calls the clips by now.
func TestAReportOverACheckpointStaysTheSame(t *testing.T) {
	s := newStation(t)
	s.week(t)
	kept, gone := s.broadcast(t, "Cảnh giác cuộc gọi lạ", 0), s.broadcast(t, "Lừa đảo qua mạng", 1)
	token := s.token(t, account.Operator)
	size := s.statistics(t, token, "by=day").Log.Size
	file := func(kind, form string, size int64) string {
		r := s.report(t, token, fmt.Sprintf(`{"kind":%q,"form":%q,"size":%d,%s}`, kind, form, size, weekOf))
		if r.State != "done" {
			t.Fatalf("%s as %s: %+v", kind, form, r)
		}
		return s.ask("GET", r.File, token, "").Body.String()
	}
	forms := [][2]string{{"diary", "csv"}, {"diary", "json"}, {"diary", "xlsx"}, {"diary", "pdf"}, {"results", "docx"}, {"results", "pdf"}, {"results", "xlsx"}}
	first := map[[2]string]string{}
	for _, f := range forms {
		first[f] = file(f[0], f[1], size)
	}
	if csv := first[forms[0]]; !strings.Contains(csv, kept.Title) || !strings.Contains(csv, "A.b.1") {
		t.Fatalf("the clips are not in the diary: %s", csv)
	}
	title, tags := "Tên khác hẳn", []string{"B.14"}
	must2(t)(s.library.Edit("user:cán bộ", kept.ID, library.Edit{Title: &title, Tags: &tags}))
	must(t, s.library.Remove("user:cán bộ", gone.ID))
	due := s.clock().Add(-1)
	s.outcome(t, "p-1@later", due, evidence.OutcomeBody{Outcome: evidence.Full, Programme: "p-1", Title: "Tên mới", Output: "hardware", AiredMS: 60000, PlannedMS: 60000, Started: evidence.At(due)})
	for _, f := range forms {
		if again := file(f[0], f[1], size); again != first[f] || len(again) < 100 {
			t.Errorf("%s as %s over the same checkpoint: %d bytes, then %d", f[0], f[1], len(first[f]), len(again))
		}
		if file(f[0], f[1], 0) == first[f] {
			t.Errorf("%s as %s of the log as it stands is the old one: the control", f[0], f[1])
		}
	}
	if w := s.ask("GET", fmt.Sprintf("/api/v1/statistics?from=2026-03-02&until=2026-03-09&size=%d", size+1), token, ""); w.Code != http.StatusNotFound {
		t.Errorf("a size without a checkpoint: %d %s", w.Code, w.Body)
	}
}

// broadcast is a clip of the library that the log says was broadcast.
func (s *station) broadcast(t *testing.T, title string, n int) library.Clip {
	t.Helper()
	c, _, err := s.library.Import(t.Context(), "user:cán bộ", library.Import{Reader: bytes.NewReader(tone(500 + float64(n)*50)), Name: "n.wav", Title: title, Tags: []string{"A.b.1"}}, nil)
	must(t, err)
	due := time.Date(2026, 3, 2, 17, n, 0, 0, hanoi)
	s.outcome(t, fmt.Sprintf("p-3@%d", n), due, evidence.OutcomeBody{Outcome: evidence.Full, Programme: "p-3", Title: "Chuyên mục", Output: "hardware", Rate: 1, Evidence: 2, AiredMS: 1000, PlannedMS: 1000,
		Started: evidence.At(due), Items: []evidence.AiredItem{{Kind: "clip", TakenMS: 1000, Clip: &evidence.Clip{ID: c.ID, Title: c.Title, SHA256: c.SHA256, Canonical: c.CanonicalSHA256, DurationMS: 1000, Tags: c.Tags}}}})
	return c
}

func (s *station) statistics(t testing.TB, token, query string) (out api.Statistics) {
	t.Helper()
	w := s.ask("GET", "/api/v1/statistics?from=2026-03-02&until=2026-03-09&"+query, token, "")
	if w.Code != http.StatusOK {
		t.Fatalf("statistics by %s: %d %s", query, w.Code, w.Body)
	}
	must(t, json.Unmarshal(w.Body.Bytes(), &out))
	return out
}

// Totals are what the log has, by whatever they are asked, and lead to their records.
func TestStatisticsAreTheLog(t *testing.T) {
	s := newStation(t)
	s.week(t)
	token := s.token(t, account.Inspector)
	for _, by := range []string{"day", "week", "month", "programme", "class", "outcome", "standing", "output", "level", "station", "campaign", "agency"} {
		got := s.statistics(t, token, "rows=yes&by="+by)
		if got.Sum.Aired != (api.Tally{N: 3, AiredMS: 180000}) || got.Sum.By["virtual"].N != 1 || got.Sum.By["silent"].N != 2 {
			t.Errorf("by %s: the sum is %+v", by, got.Sum)
		}
		var n int64
		records := map[int64]bool{}
		for _, total := range got.Totals {
			n += total.Aired.N
			for _, r := range total.Records {
				records[r] = true
			}
		}
		if n != 3 || len(records) != 6 {
			t.Errorf("by %s: %d aired over %d records, want 3 over 6: %+v", by, n, len(records), got.Totals)
		}
	}
	if got := s.statistics(t, token, "by=day"); len(got.Totals) != 3 || got.Totals[0].Key != "2026-03-02" || got.Totals[0].Records != nil {
		t.Errorf("by day: %+v", got.Totals)
	}
}

// What a stranger or a slip of the hand writes is refused in words, and makes nothing.
func TestReportsRefuseWhatTheyCannotMake(t *testing.T) {
	s := newStation(t)
	token := s.token(t, account.Operator)
	for body, want := range map[string]string{
		`{"kind":"diary","form":"exe",` + weekOf + `}`:                                                         "unknown_report",
		`{"kind":"../../etc/passwd","form":"csv",` + weekOf + `}`:                                              "unknown_report",
		`{"kind":"diary","form":"csv","from":"2026-03-02T00:00:00+07:00","until":"2026-03-02T00:00:00+07:00"}`: "bad_period",
		`{"kind":"diary","form":"csv","from":"0001-01-01T00:00:00Z","until":"9999-03-02T00:00:00+07:00"}`:      "bad_period",
		`{"kind":"diary","form":"ics","from":"2026-03-02T00:00:00+07:00","until":"2029-03-02T00:00:00+07:00"}`: "bad_period",
		`{"kind":"diary","form":"csv","von":"2026-03-02T00:00:00+07:00"}`:                                      "unknown_key",
		`{"kind":"diary","form":"csv"}`:                                                                        "bad_period",
	} {
		if w := s.ask("POST", "/api/v1/reports", token, body); code(t, w.Body.Bytes()) != want || w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s, want %s", body, w.Code, w.Body, want)
		}
	}
	for query, want := range map[string]string{"from=2026-03-02&by=%3Cscript%3E": "bad_dimension", "until=2026-03-02": "bad_period", "from=2026-03-02&until=2026-03-01": "bad_period",
		"from=x": "bad_time", "from=2026-03-02&size=-1": "bad_number", "from=1900-01-01": "bad_period"} {
		if w := s.ask("GET", "/api/v1/statistics?"+query, token, ""); code(t, w.Body.Bytes()) != want {
			t.Errorf("%s: %d %s, want %s", query, w.Code, w.Body, want)
		}
	}
	if w := s.ask("GET", "/api/v1/reports", token, ""); !strings.Contains(w.Body.String(), `"reports":[]`) {
		t.Errorf("something was ordered: %s", w.Body)
	}
}
