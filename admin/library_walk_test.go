package admin

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"loaxa/admin/intake"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// librarySamples are addresses of the pages of one clip, one import and one playlist.
func (s *station) librarySamples(t testing.TB) map[string]string {
	t.Helper()
	c, existed, err := s.library.Import(t.Context(), "user:lan", library.Import{Reader: bytes.NewReader(longTone(440, 3)), Name: "a.wav",
		Title: "Cảnh báo giả danh công an", Tags: []string{"A.b.1", "B.14"}, Source: "Công an xã", Letter: library.Letter{Agency: "Công an tỉnh", Number: "12/CV-CAT", Date: "2026-03-01"},
		ValidUntil: "2026-03-12"}, nil)
	must(t, err)
	list := "l-1"
	if !existed {
		_, err = s.library.Submit("user:lan", c.ID)
		must(t, err)
		l, err := s.rules.PutPlaylist("user:lan", schedule.Playlist{Title: "Bản tin", Items: []schedule.Item{{ClipID: c.ID}, {SilenceMS: 2000}, {ClipID: "c-1"}}})
		must(t, err)
		list = l.ID
	} else if all := s.rules.Playlists(); len(all) > 0 {
		list = all[0].ID
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "b.wav"))
	must(t, err)
	_, err = f.Write([]byte("<!DOCTYPE html>"))
	must(t, err)
	i, err := s.intake.Order(t.Context(), intake.Order{Actor: "user:lan", Files: []intake.File{{Name: "b.wav", File: f}}})
	must(t, err)
	return map[string]string{"/clips/:id": "/clips/" + c.ID, "/clips/imports/:id": "/clips/imports/" + i.ID, "/playlists/:id": "/playlists/" + list}
}
