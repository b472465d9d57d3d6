package admin

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// records are the stored bytes of the log.
func (s *station) records(t *testing.T) [][]byte {
	t.Helper()
	var out [][]byte
	must(t, s.playlog.Read(0, s.playlog.Size(), func(_ int64, raw []byte) error {
		out = append(out, bytes.Clone(raw))
		return nil
	}))
	return out
}

// acts are the operator records as "actor what object result".
func (s *station) acts(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, raw := range s.records(t) {
		r, err := evidence.Decode(raw)
		must(t, err)
		if r.Kind != evidence.KindOperator {
			continue
		}
		b, err := evidence.DecodeBody(r)
		must(t, err)
		op, ok := b.(evidence.Operator)
		if !ok {
			t.Fatalf("an operator record decodes as %T", b)
		}
		out = append(out, strings.Join([]string{r.Actor, op.What, op.Object, op.Result}, " | "))
	}
	return out
}

// A mirror recomputes the tree from these bytes: one byte changed on the way would look like forgery.
func TestLogIsSentByteForByte(t *testing.T) {
	s := newStation(t)
	for range 5 {
		s.outcome(t, "p-1@"+s.clock().Format(time.RFC3339), s.clock(), evidence.OutcomeBody{Outcome: evidence.Full, Title: "Cảnh báo <&>"})
		s.pass(time.Minute)
	}
	token := s.token(t, account.Operator)
	all := s.records(t)
	want := string(bytes.Join(all, []byte("\n"))) + "\n"
	w := s.ask("GET", "/api/v1/log", token, "")
	if w.Body.String() != want || w.Header().Get("X-Loaxa-Epoch") != "1" {
		t.Errorf("the log came as\n%s\nwant\n%s", w.Body, want)
	}
	if w := s.ask("GET", "/api/v1/log?epoch=1&after=1&limit=2", token, ""); w.Body.String() != string(all[2])+"\n"+string(all[3])+"\n" {
		t.Errorf("two records after 1: %s", w.Body)
	}
	if w := s.ask("GET", "/api/v1/log?after=1000", token, ""); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("after the end: %d %s", w.Code, w.Body)
	}
	for q, want := range map[string]int{"?epoch=2": 404, "?after=-2": 400, "?limit=0": 400, "?after=x": 400} {
		if w := s.ask("GET", "/api/v1/log"+q, token, ""); w.Code != want {
			t.Errorf("log%s: %d, want %d", q, w.Code, want)
		}
	}
}

func TestProofsVerify(t *testing.T) {
	s := newStation(t)
	for range 7 {
		s.outcome(t, "p-1@"+s.clock().Format(time.RFC3339), s.clock(), evidence.OutcomeBody{Outcome: evidence.Full})
		s.pass(time.Minute)
	}
	token := s.token(t, account.Inspector)
	s.ask("GET", "/api/v1/now", token, "") // the inspector's visit is a record, too: let it be written before
	must2(t)(s.playlog.Checkpoint(t.Context()))
	signed := s.ask("GET", "/api/v1/log/checkpoint", token, "").Body.Bytes()
	key, err := note.NewVerifier(s.playlog.PublicKey())
	must(t, err)
	n, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		t.Fatalf("the checkpoint does not verify: %v\n%s", err, signed)
	}
	tree, size := treeOf(t, s, n.Text)
	type answer struct {
		Size   int64
		Hashes []string
	}
	proof := into[answer](t, s.ask("GET", "/api/v1/log/proof?index=3&size="+size, token, ""), 200)
	if err := tlog.CheckRecord(hashes(t, proof.Hashes), proof.Size, tree, 3, tlog.RecordHash(s.records(t)[3])); err != nil {
		t.Error(err)
	}
	if err := tlog.CheckRecord(hashes(t, proof.Hashes), proof.Size, tree, 3, tlog.RecordHash([]byte("another"))); err == nil {
		t.Error("the check takes any record")
	}
	all := s.records(t)
	older := rootOf(t, all[:4])
	cons := into[answer](t, s.ask("GET", "/api/v1/log/consistency?from=4&to="+size, token, ""), 200)
	if err := tlog.CheckTree(hashes(t, cons.Hashes), cons.Size, tree, 4, older); err != nil {
		t.Error(err)
	}
	for _, q := range []string{"proof", "proof?index=99", "proof?index=0&size=99", "consistency", "consistency?from=99"} {
		if w := s.ask("GET", "/api/v1/log/"+q, token, ""); w.Code != 400 {
			t.Errorf("%s: %d", q, w.Code)
		}
	}
}

// The page and the command line hand on the same file for one record.
func TestProofAsAFile(t *testing.T) {
	s := newStation(t)
	for range 5 {
		s.outcome(t, "p-1@"+s.clock().Format(time.RFC3339), s.clock(), evidence.OutcomeBody{Outcome: evidence.Full})
		s.pass(time.Minute)
	}
	token := s.token(t, account.Inspector)
	w := s.ask("GET", "/api/v1/log/proof?format=tlog-proof&index=3", token, "")
	if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "dong-1-3.tlog-proof") {
		t.Fatalf("%d %v\n%s", w.Code, w.Header(), w.Body)
	}
	proof, err := evidence.ParseSingle(w.Body.Bytes())
	must(t, err)
	if !bytes.Equal(proof.Record, s.records(t)[3]) {
		t.Errorf("the file holds %s", proof.Record)
	}
	rep, err := evidence.VerifySingle(proof, evidence.VerifyOptions{Keys: []string{s.playlog.PublicKey()}})
	if err != nil || !rep.OK {
		t.Errorf("%+v, %v", rep.Findings, err)
	}
	for _, q := range []string{"format=tlog-proof", "format=tlog-proof&index=99", "format=tlog-proof&index=-1", "format=tlog-proof&index=3&size=4", "format=zip&index=3"} {
		if w := s.ask("GET", "/api/v1/log/proof?"+q, token, ""); w.Code != 400 {
			t.Errorf("%s: %d", q, w.Code)
		}
	}
	if w := s.ask("GET", "/api/v1/log/proof?format=tlog-proof&index=3", "", ""); w.Code != 401 {
		t.Errorf("without a sign-in: %d", w.Code)
	}
}

func must2(t *testing.T) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		must(t, err)
	}
}

// treeOf is the root and size of a checkpoint's text.
func treeOf(t *testing.T, s *station, text string) (tlog.Hash, string) {
	t.Helper()
	lines := strings.Split(text, "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "loaxa/TEST/box/1") {
		t.Fatalf("checkpoint %q", text)
	}
	h, err := tlog.ParseHash(lines[2])
	must(t, err)
	if h != rootOf(t, s.records(t)) {
		t.Fatal("the checkpoint is not of the records as they stand")
	}
	return h, lines[1]
}

// rootOf computes the tree from the records alone.
func rootOf(t *testing.T, records [][]byte) tlog.Hash {
	t.Helper()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			out[i] = stored[x]
		}
		return out, nil
	})
	for i, r := range records {
		h, err := tlog.StoredHashes(int64(i), r, reader)
		must(t, err)
		stored = append(stored, h...)
	}
	root, err := tlog.TreeHash(int64(len(records)), reader)
	must(t, err)
	return root
}

func hashes(t *testing.T, list []string) (out []tlog.Hash) {
	t.Helper()
	for _, s := range list {
		b, err := base64.StdEncoding.DecodeString(s)
		must(t, err)
		out = append(out, tlog.Hash(b))
	}
	return out
}

func TestSnapshotOpensAndIsOnRecord(t *testing.T) {
	s := newStation(t)
	s.outcome(t, "p-1@x", s.clock(), evidence.OutcomeBody{Outcome: evidence.Full})
	w := s.ask("GET", "/api/v1/log/snapshot", s.token(t, account.Inspector), "")
	if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "playlog-1.db") {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, os.WriteFile(path, w.Body.Bytes(), 0o600))
	f, err := playlog.OpenReadOnly(path)
	must(t, err)
	must(t, f.Close())
	if acts := strings.Join(s.acts(t), "\n"); !strings.Contains(acts, "token:inspector 0 | export | playlog epoch 1 | done") {
		t.Errorf("the export is not on record:\n%s", acts)
	}
	left, err := filepath.Glob(filepath.Join(s.dir, ".spool-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestActsAreOnRecord(t *testing.T) {
	s := newStation(t)
	s.session(t)
	inspector := s.token(t, account.Inspector)
	for range 3 {
		s.ask("GET", "/api/v1/now", inspector, "")
	}
	s.ask("POST", "/api/v1/stop", inspector, "")
	s.pass(visitEvery + time.Minute)
	s.ask("GET", "/api/v1/station", inspector, "")
	want := "user:quản trị viên | sign_in | link | done\n" +
		"token:inspector 0 | visit | /api/v1/now | done\n" +
		"token:inspector 0 | stop |  | denied: role inspector\n" +
		"token:inspector 0 | visit | /api/v1/station | done"
	if got := strings.Join(s.acts(t), "\n"); got != want {
		t.Errorf("on record:\n%s\nwant:\n%s", got, want)
	}
}

// The log keeps a refused approval for ever, so a made-up ID as long as an address may be must not go in whole.
func TestRefusedApprovalIsOnRecordInShort(t *testing.T) {
	s := newStation(t)
	if w := s.ask("POST", "/api/v1/clips/"+strings.Repeat("x", 30_000)+"/approve", s.token(t, account.Approver), ""); w.Code != http.StatusNotFound {
		t.Fatalf("%d %.200s", w.Code, w.Body)
	}
	all := s.records(t)
	last := all[len(all)-1]
	if acts := s.acts(t); len(acts) != 1 || !strings.HasPrefix(acts[0], "token:approver 0 | approve | xxx") || !strings.Contains(acts[0], "denied") {
		t.Errorf("on record: %.300q", acts)
	}
	if len(last) > 2000 {
		t.Errorf("the record has %d bytes", len(last))
	}
}

type dayList struct{ Broadcasts []api.Broadcast }

// The day's list: what happened by the log, what is owed by the log, what is ahead by the plan. Each once.
func TestBroadcastsJoinLogAndPlan(t *testing.T) {
	s := newStation(t)
	token := s.token(t, account.Operator)
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", token, `{"title":"L","items":[{"clip_id":"c-1"}]}`), 201)
	p := into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", token, `{"title":"Tin","playlist_id":"`+list.ID+`","cron":"0 6-22 * * *"}`), 201)
	at := func(h, m int) time.Time { return time.Date(2026, 3, 5, h, m, 0, 0, hanoi) }
	id := func(h, m int) string { return p.ID + "@" + at(h, m).Format(time.RFC3339) }
	planned := func(h, m int) evidence.Planned {
		return evidence.Planned{ID: id(h, m), Programme: p.ID, Due: evidence.At(at(h, m)), LengthMS: 90_000, Clips: []string{}, Verdict: "airs"}
	}
	_, err := s.playlog.Append("station", evidence.Plan{From: evidence.At(at(15, 30)), Until: evidence.At(at(23, 0)), Why: "start",
		Programmes:  []evidence.PlannedProgramme{{ID: p.ID, Title: "Tin như đã hứa", Class: "ordinary", Zone: "main"}},
		Occurrences: []evidence.Planned{planned(16, 0), planned(16, 30), planned(17, 0)}, Open: []evidence.Planned{planned(15, 0)}, Clips: []evidence.Clip{}})
	must(t, err)
	s.outcome(t, id(15, 0), at(15, 0), evidence.OutcomeBody{Outcome: evidence.Missed, Reason: "power_cut", Title: "Tin"})
	s.outcome(t, id(16, 0), at(16, 0), evidence.OutcomeBody{Outcome: evidence.Full, Title: "Tin", AiredMS: 90_000, PlannedMS: 90_000, Output: "hardware", Evidence: 2})
	day := into[dayList](t, s.ask("GET", "/api/v1/broadcasts", token, ""), 200)
	var got []string
	for _, b := range day.Broadcasts {
		got = append(got, b.Due.Format("15:04")+" "+b.Status)
	}
	// 16:30 was promised and is not decided; it is 16:58. From 17:00 on the plan speaks; 21:00 is quiet.
	want := "15:00 missed,16:00 full,16:30 pending,17:00 planned,18:00 planned,19:00 planned,20:00 planned,21:00 will_skip,22:00 will_skip"
	if g := strings.Join(got, ","); g != want {
		t.Errorf("the day is\n%s\nwant\n%s", g, want)
	}
	if b := day.Broadcasts[1]; b.Record == nil || b.Record.Index != 3 || b.Record.Epoch != 1 || b.Evidence != 2 {
		t.Errorf("the outcome's line %+v", b)
	}
	if b := day.Broadcasts[2]; b.Title != "Tin như đã hứa" || b.PlannedMS != 90_000 {
		t.Errorf("the promise's line %+v", b)
	}
	past := into[dayList](t, s.ask("GET", "/api/v1/broadcasts?from=2026-03-04&until=2026-03-05", token, ""), 200)
	if len(past.Broadcasts) != 0 {
		t.Errorf("today's rules say what yesterday should have been: %+v", past.Broadcasts)
	}
	html := s.home(t, s.session(t))
	for _, w := range []string{"mất điện", "đã phát đủ", "đang chờ", "sẽ không phát", "rơi vào giờ không phát", "đã phát 1:30 trên 1:30"} {
		if !strings.Contains(html, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

// Without a log the station must still be seen and stopped.
func TestPageWorksWithoutTheLog(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	must(t, s.playlog.Close())
	s.onAir()
	html := s.home(t, cookie)
	if !strings.Contains(html, "ĐANG PHÁT") || !strings.Contains(html, "Nhật ký chưa trả lời được") {
		t.Error("without the log the page says too little")
	}
	if w := s.ask("POST", "/stop", "", "", func(r *http.Request) { r.AddCookie(cookie) }); w.Code != 303 || s.player.Now().OnAir != nil {
		t.Errorf("without the log DỪNG does not stop: %d", w.Code)
	}
	token := s.token(t, account.Operator)
	for _, path := range []string{"/log", "/log/checkpoint", "/log/proof?index=0", "/broadcasts"} {
		if w := s.ask("GET", "/api/v1"+path, token, ""); w.Code != 503 || code(t, w.Body.Bytes()) != "log" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
