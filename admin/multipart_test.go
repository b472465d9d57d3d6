package admin

import (
	"net/http"
	"testing"

	"loaxa/admin/account"
)

// A file whose name no form may hold is refused as what it is: an answer that blames the program sends the officer to a
// technician for nothing.
func TestAPartWithAnUnreadableHeadIsTheSendersFault(t *testing.T) {
	s := newLetterStation(t)
	token := s.token(t, account.Administrator)
	k := s.bring(t, token, file{"một.wav", tone(440)})
	for _, path := range []string{"/api/v1/clips", "/clips/new", "/campaigns/new", "/campaigns/" + k.ID + "/files", "/campaigns/" + k.ID + "/letter", "/campaigns/" + k.ID + "/paper",
		"/reports/template", "/emergency"} {
		for name, want := range map[string]bool{"a\x00.wav": true, "a\x1b.wav": true, "a.wav": false} {
			body := "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\nx\r\n--line--\r\n"
			w := s.ask("POST", path, token, body, func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=line") })
			if w.Code >= 500 {
				t.Errorf("%s, %q: %d", path, name, w.Code)
			}
			if want && w.Code != http.StatusBadRequest {
				t.Errorf("%s, %q: %d, want 400", path, name, w.Code)
			}
		}
	}
}
