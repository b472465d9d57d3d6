package api

import (
	"fmt"
	"strings"

	"loaxa/admin/route"
	"loaxa/audio/fetch"
)

type stickList struct {
	Sticks []fetch.Stick `json:"sticks"`
}

func (a *API) listSticks(*route.Call) (route.Reply, error) {
	sticks, err := a.Sticks()
	return route.JSON{Value: stickList{Sticks: notNil(sticks)}}, err
}

// Sticks lists the removable media that are plugged in.
func (a *API) Sticks() ([]fetch.Stick, error) { return fetch.Sticks(fetch.Places{}) }

func findStick(name string) (fetch.Stick, error) {
	sticks, err := fetch.Sticks(fetch.Places{})
	if err != nil {
		return fetch.Stick{}, err
	}
	return pickStick(sticks, name)
}

// pickStick takes the one stick with this path, or with this label.
func pickStick(sticks []fetch.Stick, name string) (fetch.Stick, error) {
	var found []fetch.Stick
	for _, s := range sticks {
		if s.Path == name {
			return s, nil
		}
		if strings.EqualFold(s.Label, name) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return fetch.Stick{}, route.NotFound("stick", name)
	case 1:
		return found[0], nil
	}
	return fetch.Stick{}, route.BadRequest("one_of", fmt.Sprintf("%d sticks are called %s; give the path, %s or %s", len(found), found[0].Label, found[0].Path, found[1].Path))
}
