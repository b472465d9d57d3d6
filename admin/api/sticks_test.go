package api

import (
	"errors"
	"testing"

	"loaxa/admin/route"
	"loaxa/audio/fetch"
)

// Half of all sticks are called NO NAME. With two of them in, the station must not choose for the person.
func TestStickOfALabelThatTwoHave(t *testing.T) {
	sticks := []fetch.Stick{{Label: "NO NAME", Path: "/media/a"}, {Label: "No name", Path: "/media/b"}, {Label: "CAX", Path: "/media/NO NAME"}}
	for name, want := range map[string]string{"cax": "/media/NO NAME", "/media/b": "/media/b", "/media/NO NAME": "/media/NO NAME", "NO NAME": "", "none": ""} {
		got, err := pickStick(sticks, name)
		if got.Path != want || (err == nil) != (want != "") {
			t.Errorf("%s gives %q: %v", name, got.Path, err)
		}
	}
	var p *route.Problem
	if _, err := pickStick(sticks, "no name"); !errors.As(err, &p) || p.Code != "one_of" {
		t.Errorf("refused as %v", err)
	}
}
