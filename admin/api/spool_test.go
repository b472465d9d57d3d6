package api

import (
	"errors"
	"io"
	"strings"
	"testing"

	"loaxa/admin/route"
	"loaxa/audio/library"
)

func TestCopiesOfTheLogAreBounded(t *testing.T) {
	a := &API{o: Options{SpoolDir: t.TempDir()}, copies: make(chan struct{}, maxCopies)}
	var open []*logCopy
	for range maxCopies {
		c, err := a.logCopy()
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	_, err := a.logCopy()
	var p *route.Problem
	if !errors.As(err, &p) || p.Code != "busy_log" {
		t.Fatalf("one more copy: %v", err)
	}
	for range 2 { // closed twice it makes room for one only
		_ = open[0].Close() // the second time the file says that it is closed
	}
	again, err := a.logCopy()
	if err != nil {
		t.Fatalf("after one was closed: %v", err)
	}
	if _, err := a.logCopy(); err == nil {
		t.Error("closing one copy twice made room for two")
	}
	for _, c := range []*logCopy{again, open[1]} {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A copy must not take the last room of the disk: the log has to grow there.
func TestCopyLeavesRoomForTheLog(t *testing.T) {
	a := &API{o: Options{SpoolDir: t.TempDir()}, copies: make(chan struct{}, maxCopies)}
	c, err := a.logCopy()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // nothing of it is kept
	free := int64(copyKeeps)
	c.room = func() (int64, error) { return free, nil }
	if _, err := c.Write(make([]byte, copyStep)); err != nil {
		t.Fatalf("with room: %v", err)
	}
	free--
	if _, err := io.Copy(c, strings.NewReader("x")); !errors.Is(err, library.ErrNoRoom) {
		t.Errorf("without room: %v", err)
	}
}
