package admin

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"loaxa/admin/account"
	"loaxa/audio/library"
)

// tone is a WAV of one second, 16 bit, 48 kHz, mono.
func tone(hz float64) []byte { return longTone(hz, 1) }

func longTone(hz float64, seconds int) []byte {
	n := 48000 * seconds
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	b = binary.LittleEndian.AppendUint32(b, 48000)
	b = binary.LittleEndian.AppendUint32(b, 96000)
	b = append(b, "\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*n)) //nolint:gosec // small
	for i := range n {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(8000*math.Sin(2*math.Pi*hz*float64(i)/48000)))) //nolint:gosec // two's complement is meant
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8)) //nolint:gosec // small
	return b
}

// upload posts a file as curl does: the file first.
func (s *station) upload(t *testing.T, token, name string, content []byte, fields map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if content != nil {
		f, err := form.CreateFormFile("file", name)
		must(t, err)
		must2(t)(f.Write(content))
	}
	for k, v := range fields {
		must(t, form.WriteField(k, v))
	}
	must(t, form.Close())
	return s.ask("POST", "/api/v1/clips", token, b.String(), func(r *http.Request) { r.Header.Set("Content-Type", form.FormDataContentType()) })
}

func TestClips(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	wave := tone(440)
	sum := sha256.Sum256(wave)
	c := into[library.Clip](t, s.upload(t, op, "cảnh báo.wav", wave, map[string]string{"title": "Cảnh báo OTP", "tags": "OTP, ngân hàng", "source": "Công an xã"}), 201)
	if c.Title != "Cảnh báo OTP" || !slices.Equal(c.Tags, []string{"OTP", "ngân hàng"}) || c.Source != "Công an xã" || c.SHA256 != hex.EncodeToString(sum[:]) ||
		c.DurationMS != 1000 || c.State != library.StateDraft || c.LoudnessLUFS > -10 || c.LoudnessLUFS < -30 {
		t.Errorf("imported %+v", c)
	}
	again := into[library.Clip](t, s.upload(t, op, "x.wav", wave, nil), 200)
	if again.ID != c.ID {
		t.Errorf("the same file became another clip: %+v", again)
	}
	other := into[library.Clip](t, s.upload(t, op, "../../etc/tin khác.wav", tone(880), nil), 201)
	if other.Title != "tin khác" {
		t.Errorf("without a title the clip is called %q", other.Title)
	}
	type list struct {
		Clips []library.Clip
		Next  string
	}
	first := into[list](t, s.ask("GET", "/api/v1/clips?limit=1", op, ""), 200)
	if len(first.Clips) != 1 || first.Next == "" {
		t.Fatalf("first page %+v", first)
	}
	second := into[list](t, s.ask("GET", "/api/v1/clips?limit=1&cursor="+first.Next, op, ""), 200)
	if len(second.Clips) != 1 || second.Clips[0].ID == first.Clips[0].ID {
		t.Errorf("second page %+v", second)
	}
	if w := s.ask("GET", "/api/v1/clips?cursor=nonsense", op, ""); w.Code/100 != 4 {
		t.Errorf("a cursor out of nowhere: %d %s", w.Code, w.Body)
	}
	got := s.ask("GET", "/api/v1/clips/"+c.ID+"/audio", op, "")
	if !bytes.Equal(got.Body.Bytes(), wave) || got.Header().Get("Content-Type") != "audio/wave" {
		t.Errorf("the original came back as %d bytes of %s", got.Body.Len(), got.Header().Get("Content-Type"))
	}
	part := s.ask("GET", "/api/v1/clips/"+c.ID+"/audio", op, "", func(r *http.Request) { r.Header.Set("Range", "bytes=100-199") })
	if part.Code != 206 || !bytes.Equal(part.Body.Bytes(), wave[100:200]) {
		t.Errorf("a range: %d, %d bytes", part.Code, part.Body.Len())
	}
	retired := into[library.Clip](t, s.ask("POST", "/api/v1/clips/"+c.ID+"/retire", op, ""), 200)
	if retired.State != library.StateRetired {
		t.Errorf("retired %+v", retired)
	}
	approved := into[library.Clip](t, s.ask("POST", "/api/v1/clips/"+c.ID+"/approve", s.token(t, account.Approver), ""), 200)
	if approved.State != library.StateApproved || !strings.HasPrefix(approved.ApprovedBy, "token:approver") {
		t.Errorf("approved %+v", approved)
	}
	if acts := strings.Join(s.acts(t), "\n"); !strings.Contains(acts, "| approve | "+c.ID+" | done") {
		t.Errorf("the approval is not on record:\n%s", acts)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	for name, c := range map[string]struct {
		file   string
		body   []byte
		fields map[string]string
		status int
	}{
		"a web page":      {"tin.mp3", []byte("<!doctype html><html><body>404</body></html>"), nil, 415},
		"half a file":     {"tin.wav", tone(440)[:30], nil, 422},
		"nothing":         {"tin.wav", []byte{}, nil, 0},
		"no file":         {"", nil, map[string]string{"title": "x"}, 422},
		"too large":       {"tin.wav", bytes.Repeat([]byte("RIFF"), 2<<20), nil, 413},
		"a mistyped name": {"tin.wav", tone(440), map[string]string{"titel": "x"}, 400},
		"an endless name": {"tin.wav", tone(440), map[string]string{"title": strings.Repeat("x", 1000)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.upload(t, op, c.file, c.body, c.fields)
			if (c.status != 0 && w.Code != c.status) || w.Code/100 != 4 {
				t.Errorf("%d %s, want %d", w.Code, w.Body, c.status)
			}
			p := into[struct{ Title, Code, Do string }](t, w, w.Code)
			if p.Title == "" || p.Code == "" || p.Do == "" || p.Do == p.Code {
				t.Errorf("a person cannot act on %+v", p)
			}
		})
	}
	if list, err := s.library.All(); err != nil || len(list) != 0 {
		t.Errorf("refused, and yet in the library: %+v, %v", list, err)
	}
}
