package fetch

import (
	"context"
	"net/http"
	"slices"
	"testing"
)

// A person has to see where a short link leads before anything is taken.
func TestLookShowsEveryHop(t *testing.T) {
	w := newWorld(t)
	body := song(100_000, 1)
	w.mux.HandleFunc("short.test/ab", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, w.url("files.test", "/go"), http.StatusMovedPermanently)
	})
	w.mux.HandleFunc("files.test/go", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/b%C3%A0i.mp3#t=3", http.StatusFound)
	})
	agent := ""
	w.mux.HandleFunc("files.test/bài.mp3", func(rw http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		serveFile(body, `"1"`)(rw, r)
	})
	f := w.fetcher()
	found, err := f.Look(context.Background(), w.url("short.test", "/ab"))
	must(t, err)
	var hops []string
	for _, h := range found.Hops {
		hops = append(hops, h.Host+" "+http.StatusText(h.Status))
	}
	if want := []string{"short.test Moved Permanently", "files.test Found", "files.test OK"}; !slices.Equal(hops, want) {
		t.Errorf("hops %q, want %q", hops, want)
	}
	if found.Host != "files.test" || found.Name != "bài.mp3" || found.Size != 100_000 || found.Kind != KindFile || found.Type != "audio/mpeg" {
		t.Errorf("found %+v", found)
	}
	if agent != "loaxa/1.2.3" {
		t.Errorf("the server saw %q", agent)
	}
	got, bytes, err := w.get(f, found)
	must(t, err)
	if got.SHA256 != hash(body) || hash(bytes) != hash(body) || got.Bytes != 100_000 || got.Name != "bài.mp3" || got.Host != "files.test" {
		t.Errorf("got %+v", got)
	}
}
