package schedule

import (
	"fmt"
	"regexp"
	"slices"
)

// Limits of a taxonomy.
const (
	maxAxes   = 10
	maxTopics = 300 // of one axis
)

// Taxonomy is what clips can be about, along axes that do not depend on each other. It is data: the station edits it, and
// each version says where it comes from. A clip names a topic by a tag of the axis and the topic, "A.b.1" or "B.14"; a
// tag that names none is free text.
type Taxonomy struct {
	Axes     []Axis `json:"axes"`
	Revision int64  `json:"revision"`
}

// Axis is one way of dividing.
type Axis struct {
	ID         string  `json:"id"` // "A"
	Title      string  `json:"title"`
	Source     string  `json:"source"`      // document or publication it was taken from
	VerifiedOn Date    `json:"verified_on"` // when that was last looked at
	Topics     []Topic `json:"topics"`      // in the order in which they are shown
}

// Topic is one entry of an axis. An ID with a dot belongs to the topic before the last dot: "b.1" to "b".
type Topic struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Checked bool   `json:"checked"` // seen in the source; false is common knowledge that nobody has looked up
}

var (
	axisID  = regexp.MustCompile(`^[A-Z]{1,3}$`)
	topicID = regexp.MustCompile(`^[0-9a-z]{1,8}(\.[0-9a-z]{1,8}){0,3}$`)
)

// Title is what a tag is called, or "" where it names no topic.
func (t Taxonomy) Title(tag string) string {
	for _, a := range t.Axes {
		for _, topic := range a.Topics {
			if a.ID+"."+topic.ID == tag {
				return topic.Title
			}
		}
	}
	return ""
}

// Normalise gives the taxonomy as it will be stored.
func (t Taxonomy) Normalise() Taxonomy {
	t.Axes = append([]Axis{}, t.Axes...)
	for i, a := range t.Axes {
		a.Title, a.Source = NormaliseText(a.Title), NormaliseText(a.Source)
		a.Topics = append([]Topic{}, a.Topics...)
		for k := range a.Topics {
			a.Topics[k].Title = NormaliseText(a.Topics[k].Title)
		}
		t.Axes[i] = a
	}
	return t
}

// ValidateTaxonomy judges a normalised taxonomy.
func ValidateTaxonomy(t Taxonomy) error {
	var ps Problems
	if len(t.Axes) > maxAxes {
		ps.add("axes", "length", fmt.Sprintf("there may be at most %d axes.", maxAxes))
		return ps.orNil()
	}
	seen := make(map[string]bool)
	for i, a := range t.Axes {
		field := fmt.Sprintf("axes[%d]", i)
		ps.axis(field, a)
		if seen[a.ID] {
			ps.add(field+".id", "conflict", fmt.Sprintf("there are two axes %q.", a.ID))
		}
		seen[a.ID] = true
	}
	return ps.orNil()
}

func (ps *Problems) axis(field string, a Axis) {
	if !axisID.MatchString(a.ID) {
		ps.add(field+".id", "format", fmt.Sprintf("%q is no ID of an axis: use one to three capital letters.", a.ID))
	}
	ps.named(field+".title", a.Title)
	ps.text(field+".source", a.Source)
	ps.date(field+".verified_on", a.VerifiedOn)
	if len(a.Topics) > maxTopics {
		ps.add(field+".topics", "length", fmt.Sprintf("an axis may have at most %d topics.", maxTopics))
		return
	}
	var ids []string
	for k, t := range a.Topics {
		at := fmt.Sprintf("%s.topics[%d]", field, k)
		if !topicID.MatchString(t.ID) {
			ps.add(at+".id", "format", fmt.Sprintf("%q is no ID of a topic: use small letters and digits, with dots between, like b.1.", t.ID))
		}
		if slices.Contains(ids, t.ID) {
			ps.add(at+".id", "conflict", fmt.Sprintf("there are two topics %q on this axis.", t.ID))
		}
		ids = append(ids, t.ID)
		ps.named(at+".title", t.Title)
	}
}

// named wants a text that is not empty.
func (ps *Problems) named(field, s string) {
	if s == "" {
		ps.add(field, "required", "a title is required.")
		return
	}
	ps.text(field, s)
}
