package main

import (
	"bytes"
	"strings"
	"testing"
)

// A state.db that cannot be written, on a full disk, costs the one-time link and not the station: it must go on air.
func TestNoLinkDoesNotKeepTheStationOff(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdio: stdio{strings.NewReader(""), &out, &out}}
	conf := config{Data: t.TempDir(), LogLevel: "error", Device: "virtual", Listen: "127.0.0.1:0"}
	if _, err := a.initialise(conf, demoSettings()); err != nil {
		t.Fatal(err)
	}
	s, err := a.build(conf, building{listen: true, device: "virtual"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.announce(s, nil); err != nil {
		t.Errorf("the station would have ended: %v", err)
	}
	if !strings.Contains(out.String(), "Sẵn sàng") {
		t.Errorf("said %q", out.String())
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
