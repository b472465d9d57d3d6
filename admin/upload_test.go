package admin

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/audio/library"
)

// tus speaks the protocol over real connections, which can be cut.
type tus struct {
	t      *testing.T
	server *httptest.Server
	token  string
}

func newTus(t *testing.T, s *station, token string) *tus {
	t.Helper()
	s.mu.Lock()
	s.now = time.Now() // by which the files on the disk are dated
	s.mu.Unlock()
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	return &tus{t, server, token}
}

func (u *tus) request(method, path string, header map[string]string, body io.Reader) *http.Request {
	u.t.Helper()
	r, err := http.NewRequest(method, u.server.URL+path, body)
	must(u.t, err)
	r.Header.Set("Authorization", "Bearer "+u.token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for k, v := range header {
		r.Header.Set(k, v)
	}
	return r
}

func (u *tus) do(method, path string, header map[string]string, body io.Reader) answered {
	u.t.Helper()
	resp, err := u.server.Client().Do(u.request(method, path, header, body))
	must(u.t, err)
	must(u.t, resp.Body.Close())
	return answered{resp.StatusCode, resp.Status, resp.Header}
}

// answered is an answer of which the body does not matter.
type answered struct {
	StatusCode int
	Status     string
	Header     http.Header
}

// begin makes an upload and gives its address and ID.
func (u *tus) begin(name string, size int) (path, id string) {
	u.t.Helper()
	resp := u.do("POST", "/api/v1/uploads", map[string]string{"Upload-Length": strconv.Itoa(size),
		"Upload-Metadata": "filename " + base64.StdEncoding.EncodeToString([]byte(name))}, nil)
	if resp.StatusCode != http.StatusCreated {
		u.t.Fatalf("beginning an upload: %s", resp.Status)
	}
	_, id, _ = strings.Cut(resp.Header.Get("Location"), "/api/v1/uploads/")
	return "/api/v1/uploads/" + id, id
}

// cut sends so many bytes of a piece and drops the connection.
func (u *tus) cut(path string, offset int, rest []byte, sent int) {
	u.t.Helper()
	conn, err := net.Dial("tcp", u.server.Listener.Addr().String())
	must(u.t, err)
	w := bufio.NewWriter(conn)
	must2(u.t)(fmt.Fprintf(w, "PATCH %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Content-Type: application/offset+octet-stream\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n\r\n", path, u.token, offset, len(rest)))
	must2(u.t)(w.Write(rest[:sent]))
	must(u.t, w.Flush())
	must(u.t, conn.Close())
}

// rest sends what is missing; where the piece that was cut was still being written, the station says so, and it is asked
// anew.
func (u *tus) rest(path string, at int, content []byte) answered {
	u.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; at = u.offset(path, at) {
		resp := u.do("PATCH", path, map[string]string{"Content-Type": "application/offset+octet-stream", "Upload-Offset": strconv.Itoa(at)},
			bytes.NewReader(content[at:]))
		if resp.StatusCode != http.StatusConflict || time.Now().After(end) {
			return resp
		}
	}
}

// offset asks how much has come; a piece that was cut may still be on its way to the disk.
func (u *tus) offset(path string, after int) int {
	u.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		resp := u.do("HEAD", path, nil, nil)
		n, err := strconv.Atoi(resp.Header.Get("Upload-Offset"))
		if resp.StatusCode == http.StatusOK && err == nil && n >= after {
			return n
		}
		if time.Now().After(end) {
			u.t.Fatalf("the offset is %q with %s, not %d or more", resp.Header.Get("Upload-Offset"), resp.Status, after)
		}
	}
}

// A phone in the fields loses its line again and again: the file arrives whole all the same.
func TestCutUploadGoesOn(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := newStation(t)
	token := s.token(t, account.Operator)
	u := newTus(t, s, token)
	for round := range 5 {
		wave := tone(400 + float64(round))
		sum := sha256.Sum256(wave)
		path, id := u.begin("cảnh báo lừa đảo.wav", len(wave))
		at := 0
		for range 3 {
			sent := random.IntN(len(wave) - at)
			u.cut(path, at, wave[at:], sent)
			at = u.offset(path, at) // what was in the connection may be lost, nothing else
		}
		s.refused(t, s.ask("POST", "/api/v1/imports", token, `{"uploads":["`+id+`"]}`), 409, "unfinished")
		resp := u.rest(path, at, wave)
		if resp.StatusCode != http.StatusNoContent {
			t.Fatalf("the rest from %d on: %s", at, resp.Status)
		}
		i := into[imported](t, s.ask("POST", "/api/v1/imports", token, `{"uploads":["`+id+`"]}`), 202)
		i = s.await(t, token, i.ID, "done", "failed")
		if i.State != "done" || len(i.Items) != 1 || i.Items[0].ClipID == "" {
			t.Fatalf("ended as %+v", i)
		}
		c := into[library.Clip](t, s.ask("GET", "/api/v1/clips/"+i.Items[0].ClipID, token, ""), 200)
		if c.SHA256 != hex.EncodeToString(sum[:]) || c.OriginalName != "cảnh báo lừa đảo.wav" {
			t.Errorf("it came as %s, %q", c.SHA256, c.OriginalName)
		}
	}
	if left := uploadsLeft(t, s); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func uploadsLeft(t *testing.T, s *station) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(s.dir, "uploads", "*"))
	must(t, err)
	return left
}

// To anybody else an upload does not exist, and no address leads anywhere but to uploads.
func TestUploadsBelongToTheirOwner(t *testing.T) {
	s := newStation(t)
	mine, other := s.token(t, account.Operator), s.token(t, account.Administrator)
	u := newTus(t, s, mine)
	path, id := u.begin("a.wav", 10)
	if resp := newTus(t, s, other).do("HEAD", path, nil, nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else's upload: %s", resp.Status)
	}
	s.refused(t, s.ask("POST", "/api/v1/imports", other, `{"uploads":["`+id+`"]}`), 404, "not_found")
	for _, id := range []string{"..%2f..%2fstate.db", "state.db", strings.Repeat("0", 32), id + ".info"} {
		if resp := u.do("HEAD", "/api/v1/uploads/"+id, nil, nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", id, resp.Status)
		}
	}
	if resp := u.do("DELETE", path, nil, nil); resp.StatusCode != http.StatusNoContent || len(uploadsLeft(t, s)) != 0 {
		t.Errorf("given up: %s, left %v", resp.Status, uploadsLeft(t, s))
	}
}

// Uploads that nobody finishes must not fill the disk.
func TestUploadsAreBounded(t *testing.T) {
	s := newStation(t)
	u := newTus(t, s, s.token(t, account.Operator))
	if resp := u.do("POST", "/api/v1/uploads", map[string]string{"Upload-Length": strconv.Itoa(600 << 20)}, nil); resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("600 MB: %s", resp.Status)
	}
	made := 0
	for range 6 { // of 500 MB each: together they may grow to 2 GB
		resp := u.do("POST", "/api/v1/uploads", map[string]string{"Upload-Length": strconv.Itoa(500 << 20)}, nil)
		if resp.StatusCode == http.StatusCreated {
			made++
		} else if resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("refused with %s", resp.Status)
		}
	}
	if made != 4 {
		t.Errorf("%d uploads of 500 MB were begun", made)
	}
	old := s.clock().Add(-25 * time.Hour)
	for _, name := range uploadsLeft(t, s) {
		must(t, os.Chtimes(name, old, old))
	}
	u.begin("a.wav", 10)
	if left := uploadsLeft(t, s); len(left) != 2 {
		t.Errorf("the old ones are still there: %v", left)
	}
}

// An hour of sending over a poor line must not be lost to an order that was refused.
func TestRefusedOrderLeavesUploads(t *testing.T) {
	s := newStation(t)
	token := s.token(t, account.Operator)
	u := newTus(t, s, token)
	wave := tone(440)
	path, whole := u.begin("whole.wav", len(wave))
	if resp := u.rest(path, 0, wave); resp.StatusCode != http.StatusNoContent {
		t.Fatalf("sending it: %s", resp.Status)
	}
	_, half := u.begin("half.wav", len(wave))
	order := func(ids, more string) *httptest.ResponseRecorder {
		return s.ask("POST", "/api/v1/imports", token, `{"uploads":[`+ids+`]`+more+`}`)
	}
	s.refused(t, order(`"`+whole+`","`+half+`"`, ""), 409, "unfinished")
	s.refused(t, order(`"`+whole+`","`+strings.Repeat("0", 32)+`"`, ""), 404, "not_found")
	s.refused(t, order(`"`+whole+`"`, `,"valid_until":"31/12/2026"`), 422, "invalid")
	s.site.put("a.wav", wave)
	for range 20 {
		into[imported](t, s.ask("POST", "/api/v1/imports", token, `{"link":"`+s.site.URL+`/files/a.wav"}`), 202)
	}
	s.refused(t, order(`"`+whole+`"`, ""), 503, "busy")
	for n := range 20 {
		into[imported](t, s.ask("DELETE", fmt.Sprintf("/api/v1/imports/i-%d", n+1), token, ""), 200)
	}
	i := into[imported](t, order(`"`+whole+`"`, ""), 202)
	if i = s.await(t, token, i.ID, "done", "failed"); i.State != "done" || len(i.Items) != 1 || i.Items[0].ClipID == "" {
		t.Errorf("ended as %+v, %+v", i, i.Problem)
	}
	for _, name := range uploadsLeft(t, s) {
		if strings.Contains(name, whole) {
			t.Errorf("left behind: %s", name)
		}
	}
}
