package intake

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
)

// Dropbox sends each download from another of its servers. The person has confirmed the service; to be asked again after
// the file has come, and again after that, would be a link that never ends in a clip.
func TestConfirmedServiceMaySendFromAnotherOfItsServers(t *testing.T) {
	asked := atomic.Int64{}
	mux := http.NewServeMux()
	port := ""
	mux.HandleFunc("files.test/letter", func(w http.ResponseWriter, r *http.Request) {
		n := min(asked.Add(1), 2)
		http.Redirect(w, r, fmt.Sprintf("https://uc%d.dl.dropboxusercontent.com:%s/%d.mp3", n, port, n), http.StatusFound)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/1.mp3" && asked.Load() > 1 {
			w.WriteHeader(http.StatusGone) // what it signed for the look has expired
			return
		}
		_, _ = w.Write(slices.Repeat([]byte("\xff\xfb\x90\x64"), 500))
	})
	port, fetcher := internet(t, mux, "files.test", "uc1.dl.dropboxusercontent.com", "uc2.dl.dropboxusercontent.com")
	s := newShelf()
	in := running(t, Options{Library: s, Fetcher: fetcher})
	i, err := in.Order(t.Context(), Order{Actor: "user:lan", Link: "https://files.test:" + port + "/letter", About: About{Submit: true}})
	must(t, err)
	i = await(t, in, i.ID, StateConfirm, StateFailed)
	if i.Problem != nil || i.Found.Host != "uc1.dl.dropboxusercontent.com" {
		t.Fatalf("found %+v, %+v", i.Found, i.Problem)
	}
	asked.Store(2)
	_, err = in.Confirm(t.Context(), i.ID, i.Found.Host)
	must(t, err)
	i = await(t, in, i.ID, StateDone, StateFailed, StateConfirm)
	if i.State != StateDone || len(i.Items) != 1 || len(s.submitted) != 1 {
		t.Errorf("it is %s with %+v, submitted %v: %+v", i.State, i.Items, s.submitted, i.Problem)
	}
	if len(s.brought) != 1 || s.brought[0].FinalHost != "uc2.dl.dropboxusercontent.com" {
		t.Errorf("brought as %+v", s.brought)
	}
}
