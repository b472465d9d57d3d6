package library_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loaxa/audio/library"
)

// model is what the documentation says of a clip.
type model struct {
	id, sha     string
	state       string
	trim        [2]int64
	letter      string
	ever        bool // approved once
	title       string
	sum, damage string // canonical hash; what is lost on disk
}

// machine does to a library and to the model what rapid draws.
type machine struct {
	s       *station
	sounds  [][]byte
	clips   []*model // by sound; nil = not imported
	order   []*model // by import
	changes int64    // that must have been recorded
}

// Whatever people do and in whichever order: no clip is approved but by an approval of the bytes and the letter that it
// has, no file is without a clip, no clip without its files, and each change has one record.
func TestAnySequenceKeepsTheInvariants(t *testing.T) {
	sequences, long := 6, os.Getenv("LOAXA_SOAK") == "1"
	if long {
		sequences = 1 << 30 // all that rapid wants
	}
	var sounds [][]byte
	for i := range 4 {
		sounds = append(sounds, tone(t, 300+float64(i), 1500*time.Millisecond))
	}
	acts := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		if sequences--; sequences < 0 {
			return
		}
		m := &machine{s: newStation(t), sounds: sounds, clips: make([]*model, len(sounds))}
		defer func() { must(t, m.s.db.Close()) }()
		counted := func(name string, act func(*rapid.T)) func(*rapid.T) {
			return func(rt *rapid.T) { acts[name]++; act(rt) }
		}
		rt.Repeat(map[string]func(*rapid.T){
			"": m.check, "import": counted("import", m.bring), "submit": counted("submit", m.submit), "reject": counted("reject", m.reject),
			"approve": counted("approve", m.approve), "retire": counted("retire", m.retire), "remove": counted("remove", m.remove),
			"trim": counted("trim", m.cut), "edit": counted("edit", m.edit), "lose": counted("lose", m.lose), "reopen": counted("reopen", m.reopen),
		})
	})
	t.Logf("acts %v", acts)
	if long && len(acts) < 10 { // a few sequences may miss one
		t.Error("some act was never tried")
	}
}

// one draws a clip that is there.
func (m *machine) one(rt *rapid.T) *model {
	if len(m.order) == 0 {
		rt.Skip("no clip yet")
	}
	return rapid.SampledFrom(m.order).Draw(rt, "clip")
}

// is fails unless err is what is wanted; nil wants success.
func is(rt *rapid.T, err, want error) {
	if !errors.Is(err, want) || (want == nil && err != nil) {
		rt.Fatalf("%v, want %v", err, want)
	}
}

func (m *machine) bring(rt *rapid.T) {
	i := rapid.IntRange(0, len(m.sounds)-1).Draw(rt, "sound")
	c, existed, err := m.s.Import(rt.Context(), "lan", library.Import{Reader: bytes.NewReader(m.sounds[i]), Name: fmt.Sprintf("%d.wav", i)}, nil)
	is(rt, err, nil)
	known := m.clips[i]
	if existed != (known != nil && known.damage == "") {
		rt.Fatalf("existed: %v", existed)
	}
	if !existed {
		m.changes++
	}
	if known == nil {
		known = &model{id: c.ID, sha: c.SHA256, state: library.StateDraft, title: fmt.Sprint(i), sum: c.SHA256}
		m.clips[i] = known
		m.order = append(m.order, known)
	}
	known.damage = ""
}

func (m *machine) submit(rt *rapid.T) {
	c := m.one(rt)
	_, err := m.s.Submit("lan", c.id)
	switch c.state {
	case library.StateDraft:
		is(rt, err, nil)
		c.state = library.StateSubmitted
		m.changes++
	case library.StateSubmitted:
		is(rt, err, nil)
	default:
		is(rt, err, library.ErrState)
	}
}

func (m *machine) reject(rt *rapid.T) {
	c := m.one(rt)
	_, err := m.s.Reject("minh", c.id, "nhỏ quá")
	if c.state != library.StateSubmitted {
		is(rt, err, library.ErrState)
		return
	}
	is(rt, err, nil)
	c.state = library.StateDraft
	m.changes++
}

func (m *machine) approve(rt *rapid.T) {
	some := map[string]*model{}
	var ids []string
	for range rapid.IntRange(1, 3).Draw(rt, "clips") {
		c := m.one(rt)
		some[c.id] = c
		ids = append(ids, c.id)
	}
	if rapid.IntRange(0, 4).Draw(rt, "with one that is not there") == 0 {
		_, err := m.s.Approve("minh", append(ids, "c-none"), nil)
		is(rt, err, library.ErrNotFound)
		m.s.records = m.s.records[:m.changes] // of a transaction that was not committed
		return
	}
	_, err := m.s.Approve("minh", ids, nil)
	is(rt, err, nil)
	for _, c := range some {
		if c.state != library.StateApproved {
			m.changes++
		}
		c.state, c.ever = library.StateApproved, true
	}
}

func (m *machine) retire(rt *rapid.T) {
	c := m.one(rt)
	_, err := m.s.Retire("lan", c.id, false)
	is(rt, err, nil)
	if c.state != library.StateRetired {
		m.changes++
	}
	c.state = library.StateRetired
}

func (m *machine) remove(rt *rapid.T) {
	c := m.one(rt)
	err := m.s.Remove("lan", c.id)
	if c.ever {
		is(rt, err, library.ErrState)
		return
	}
	is(rt, err, nil)
	m.changes++
	m.order = slices.DeleteFunc(m.order, func(o *model) bool { return o == c })
	m.clips[slices.Index(m.clips, c)] = nil
}

func (m *machine) cut(rt *rapid.T) {
	c := m.one(rt)
	to := rapid.SampledFrom([][2]int64{{0, 0}, {0, 1000}, {200, 1300}, {500, 0}}).Draw(rt, "span")
	got, err := m.s.Trim(rt.Context(), "lan", c.id, to[0], to[1], false, nil)
	switch {
	case to == c.trim:
		is(rt, err, nil)
		return
	case c.damage == "original":
		is(rt, err, library.ErrMissing)
		return
	}
	is(rt, err, nil)
	m.changes++
	if c.trim, c.sum, c.damage = to, got.CanonicalSHA256, ""; c.state != library.StateRetired {
		c.state = library.StateDraft
	}
}

func (m *machine) edit(rt *rapid.T) {
	c := m.one(rt)
	letter := rapid.SampledFrom([]string{"", "1/KH", "2/KH"}).Draw(rt, "letter")
	title := rapid.SampledFrom([]string{c.title, "Tên khác"}).Draw(rt, "title")
	_, err := m.s.Edit("lan", c.id, library.Edit{Title: &title, Letter: &library.Letter{Number: letter}})
	is(rt, err, nil)
	if letter != c.letter || title != c.title {
		m.changes++
	}
	if letter != c.letter && c.state == library.StateApproved {
		c.state = library.StateDraft
	}
	c.letter, c.title = letter, title
}

// lose removes a file, as a failing disk does.
func (m *machine) lose(rt *rapid.T) {
	c := m.one(rt)
	if c.damage != "" {
		rt.Skip("it is damaged already")
	}
	path := filepath.Join("originals", c.sha)
	if c.damage = rapid.SampledFrom([]string{"original", "canonical"}).Draw(rt, "file"); c.damage == "canonical" {
		path = c.stem() + ".wav"
	}
	if err := os.Remove(filepath.Join(m.s.dir, path)); err != nil {
		rt.Fatal(err)
	}
}

func (m *machine) reopen(*rapid.T) { m.s.reopen(nil) }

func (c *model) stem() string {
	if c.trim == [2]int64{} {
		return "clips/" + c.sha
	}
	return "clips/" + c.sha + "." + c.sum[:12]
}
