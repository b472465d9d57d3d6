package admin

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"loaxa/admin/account"
	"loaxa/schedule"
)

// Each button of the form does its work without scripts and stores nothing; what was typed stays.
func TestPlaylistByFormsAlone(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	clipTells(t, "no playlists", s.reads(t, "/playlists", op), []string{"Chưa có danh sách phát nào", "/playlists/new"})
	f := url.Values{"title": {"Bản tin <sáng>"}, "mode": {"all"}, "q": {""}, "silence": {"2,5"}}
	step := func(do string, want ...string) {
		t.Helper()
		f.Set("do", do)
		w := s.form("/playlists/new", op, f)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", do, w.Code, w.Body)
		}
		f["item"] = values(w.Body.String(), "item")
		if !slices.Equal(f["item"], want) {
			t.Errorf("after %s: %v, want %v", do, f["item"], want)
		}
		clipTells(t, "the form after "+do, w.Body.String(), []string{"Bản tin &lt;sáng&gt;", "Có thay đổi chưa lưu"})
	}
	step("add:c-1", "clip:c-1")
	step("silence", "clip:c-1", "silence:2500")
	step("up:1", "silence:2500", "clip:c-1")
	step("add:c-1", "silence:2500", "clip:c-1", "clip:c-1")
	step("down:0", "clip:c-1", "silence:2500", "clip:c-1")
	step("remove:2", "clip:c-1", "silence:2500")
	step("up:0", "clip:c-1", "silence:2500")
	step("remove:99", "clip:c-1", "silence:2500")
	if len(s.rules.Playlists()) != 0 {
		t.Error("a button of the form stored the list")
	}
	f.Set("q", "canh bao")
	f.Set("do", "enter")
	clipTells(t, "the search by the key", s.form("/playlists/new", op, f).Body.String(), []string{`value="canh bao"`, "Có thay đổi chưa lưu"})
	f.Set("q", "")
	leads(t, s.form("/playlists/new", op, f), "/playlists/l-1?note=list_saved")
	clipTells(t, "the list", s.reads(t, "/playlists/l-1", op), []string{"Khoảng lặng 2,5 giây", "1:32", "Chưa có lịch nào dùng", "Xóa danh sách này"})
	clipTells(t, "all lists", s.reads(t, "/playlists?q=ban+tin", op), []string{"Bản tin &lt;sáng&gt;", "2 mục", "chưa có lịch nào dùng"})
	w := s.form("/playlists/new", op, url.Values{"title": {""}, "mode": {"all"}, "item": {"clip:c-1", "clip:c-none"}, "do": {"save"}})
	clipTells(t, "a refusal", w.Body.String(), []string{"Có mục chưa đúng", "clip:c-none", "Tệp không còn trong kho"})
	leads(t, s.form("/playlists/l-1/delete", op, url.Values{}), "/playlists?note=list_deleted")
}

// Two people order one list: the second one sees both and loses nothing.
func TestTwoPeopleEditOnePlaylist(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	_, err := s.rules.PutPlaylist("user:lan", schedule.Playlist{Title: "Bản tin", Items: []schedule.Item{{ClipID: "c-1"}}})
	must(t, err)
	save := func(title, rev string) url.Values {
		return url.Values{"title": {title}, "mode": {"all"}, "item": {"clip:c-1"}, "rev": {rev}, "do": {"save"}}
	}
	leads(t, s.form("/playlists/l-1", op, save("Của người thứ nhất", "1")), "/playlists/l-1")
	w := s.form("/playlists/l-1", op, save("Của người thứ hai", "1"))
	if w.Code != http.StatusConflict {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	clipTells(t, "the conflict", w.Body.String(), []string{"Người khác vừa sửa danh sách này", "Của người thứ nhất", `value="Của người thứ hai"`})
	leads(t, s.form("/playlists/l-1", op, save("Của người thứ hai", values(w.Body.String(), "rev")[0])), "/playlists/l-1")
	if l, err := s.rules.Playlist("l-1"); err != nil || l.Title != "Của người thứ hai" {
		t.Errorf("%+v %v", l, err)
	}
}

// A list that is longer than the time until the next broadcast says so in red, before the village hears it.
func TestPlaylistThatDoesNotFit(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	l, err := s.rules.PutPlaylist("user:lan", schedule.Playlist{Title: "Bản tin", Items: []schedule.Item{{ClipID: "c-1"}}})
	must(t, err)
	other, err := s.rules.PutPlaylist("user:lan", schedule.Playlist{Title: "Khác", Items: []schedule.Item{{ClipID: "c-1"}}})
	must(t, err)
	for _, p := range []struct{ title, list, cron string }{{"Sáng", l.ID, "0 6 * * *"}, {"Sau đó", other.ID, "2 6 * * *"}} {
		_, err := s.rules.PutProgramme("user:lan", schedule.Programme{Title: p.title, PlaylistID: p.list, Cron: p.cron})
		must(t, err)
	}
	clipTells(t, "a list that fits", s.reads(t, "/playlists/l-1", op), []string{"Vừa: mỗi buổi dài 1:30, còn trống 2:00", "Mỗi ngày"}, "QUÁ DÀI")
	f := url.Values{"title": {"Bản tin"}, "mode": {"all"}, "item": {"clip:c-1"}, "rev": {"1"}, "do": {"add:c-1"}}
	html := s.form("/playlists/l-1", op, f).Body.String() // said before it is saved
	clipTells(t, "a list that does not", html, []string{"QUÁ DÀI: mỗi buổi dài 3:00, nhưng buổi sau bắt đầu sau 2:00", `class="length bad"`})
	w := s.form("/playlists/l-1/delete", op, url.Values{})
	if w.Code != http.StatusConflict {
		t.Errorf("a list that is used is deleted: %d", w.Code)
	}
	clipTells(t, "the list", s.reads(t, "/playlists/l-1", op), []string{"Đang có lịch dùng nên chưa xóa được"}, "/delete")
	// A rotation plays one item only: twice as many fit.
	f["item"], f["mode"], f["do"] = []string{"clip:c-1", "clip:c-1"}, []string{"rotate"}, []string{"save"}
	leads(t, s.form("/playlists/l-1", op, f), "/playlists/l-1")
	clipTells(t, "a rotation", s.reads(t, "/playlists/l-1", op), []string{"Vừa: mỗi buổi dài 1:30"}, "QUÁ DÀI")
}
