package library_test

import (
	"testing"
	"time"
)

// A trim that keeps all of the sound changes the name of its file and not its bytes: who opens the clip in that moment
// must get it all the same, as a broadcast does.
func TestOpenDuringATrimThatKeepsEverything(t *testing.T) {
	s := newStation(t)
	c := s.bring("a.wav", tone(t, 440, 1200*time.Millisecond))
	done := make(chan error, 1)
	go func() {
		for n := range 6 {
			until := int64(1200)
			if n%2 == 1 {
				until = 0
			}
			if _, err := s.Trim(t.Context(), "lan", c.ID, 0, until, false, nil); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for opened := 0; ; opened++ {
		select {
		case err := <-done:
			must(t, err)
			now, err := s.Get(c.ID)
			must(t, err)
			if now.CanonicalSHA256 != c.CanonicalSHA256 {
				t.Fatal("the trim changed the sound: this test shows nothing")
			}
			t.Logf("opened %d times", opened)
			return
		default:
		}
		o, err := s.Open(c.ID)
		if err != nil {
			t.Fatal(err)
		}
		must(t, o.Close())
	}
}
