package evidence

import (
	"bytes"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// attack is one kind of forgery. forge returns the forged log and the index of its first record that is not the honest
// one.
type attack struct {
	name  string
	forge func(c *campaign) (*memory, int)
	refit bool // the stored checkpoints must still be made to fit; otherwise forge has done so
	sound bool // the forged log keeps every rule: signed with the right key, nothing but a kept checkpoint tells
	other bool // signed with another key, which the control therefore does not name
}

func (k attack) known(c *campaign) VerifyOptions {
	if k.other {
		return VerifyOptions{}
	}
	return VerifyOptions{Keys: []string{c.a.vkey}}
}

// The hands of a forger: what becomes of the stored checkpoints over what was changed.
const (
	left     = "checkpoints left as they were"
	dropped  = "checkpoints taken out"
	resigned = "checkpoints signed again with the station's key"
)

var hands = []string{left, dropped, resigned}

// refit makes the stored checkpoints over more than at records fit, as far as that hand can.
func (c *campaign) refit(m *memory, at int, hand string) {
	if hand == left {
		return
	}
	for size := range m.notes {
		if size > int64(at) {
			delete(m.notes, size)
		}
	}
	if hand == resigned {
		c.sign(m, at, c.a.signer)
	}
}

// sign puts a checkpoint wherever the honest log has one above at, and at the end.
func (c *campaign) sign(m *memory, at int, signer note.Signer) {
	var tree Tree
	for i, raw := range m.raws {
		tree.Add(raw)
		size := int64(i + 1)
		if size <= int64(at) || c.a.m.notes[size] == nil && i+1 < len(m.raws) {
			continue
		}
		root, err := tree.Root()
		if err != nil {
			c.t.Fatal(err)
		}
		m.notes[size], err = note.Sign(&note.Note{Text: string(Checkpoint{Origin: c.a.origin, Size: size, Root: root}.Text())}, signer)
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

func attacks() []attack {
	return []attack{
		{name: "edit one byte", refit: true, forge: func(c *campaign) (*memory, int) {
			m, i := c.a.m.clone(), c.r.IntN(int(c.held))
			m.raws[i][c.r.IntN(len(m.raws[i]))] ^= byte(1 + c.r.IntN(255))
			return m, i
		}},
		{name: "edit and write anew", refit: true, sound: true, forge: func(c *campaign) (*memory, int) {
			m, i := c.a.m.clone(), c.covered()
			m.raws[i] = c.lie(m.raws[i])
			return m, i
		}},
		{name: "delete", refit: true, forge: func(c *campaign) (*memory, int) {
			m, i := c.a.m.clone(), c.covered()
			m.raws = append(m.raws[:i], m.raws[i+1:]...)
			renumber(m.raws, i)
			return m, i
		}},
		{name: "insert", refit: true, forge: func(c *campaign) (*memory, int) {
			m, i := c.a.m.clone(), c.covered()
			m.raws = append(m.raws[:i], append([][]byte{c.lie(m.raws[1+c.r.IntN(len(m.raws)-1)])}, m.raws[i:]...)...)
			renumber(m.raws, i)
			return m, i
		}},
		{name: "swap", refit: true, forge: func(c *campaign) (*memory, int) {
			m, i := c.a.m.clone(), c.covered()
			j := i
			for j == i {
				j = c.covered()
			}
			i, j = min(i, j), max(i, j)
			m.raws[i], m.raws[j] = m.raws[j], m.raws[i]
			renumber(m.raws, i)
			return m, i
		}},
		{name: "truncate", refit: true, sound: true, forge: func(c *campaign) (*memory, int) {
			m, i := c.a.m.clone(), c.covered()
			m.raws = m.raws[:i]
			return m, i
		}},
		{name: "roll the whole file back", sound: true, forge: func(c *campaign) (*memory, int) {
			size := int64(0)
			for size == 0 || size >= c.held { // an earlier copy is one that ends at any record, with its checkpoints
				size = 1 + c.r.Int64N(c.held)
			}
			m := c.a.m.clone()
			m.raws = m.raws[:size]
			for at := range m.notes {
				if at > size {
					delete(m.notes, at)
				}
			}
			return m, int(size)
		}},
		{name: "sign everything with another key", sound: true, other: true, forge: func(c *campaign) (*memory, int) {
			thief := &author{t: c.t, origin: c.a.origin}
			thief.newKey()
			m, i := c.a.m.clone(), c.covered()
			m.raws[0] = bytes.Replace(m.raws[0], []byte(c.a.vkey), []byte(thief.vkey), 1)
			m.raws[i] = c.lie(m.raws[i])
			m.notes = map[int64][]byte{}
			c.sign(m, 0, thief.signer)
			return m, 0
		}},
		{name: "two histories", sound: true, forge: func(c *campaign) (*memory, int) {
			i := c.covered()
			return c.fork(i), i
		}},
	}
}

// lie is the record with something else in it: an outcome better than it was where there is one to improve.
func (c *campaign) lie(raw []byte) []byte {
	rec, err := Decode(raw)
	if err != nil {
		c.t.Fatal(err)
	}
	body := c.body(raw)
	actor := "user:" + fmt.Sprint(c.r.Uint32())
	if o, ok := body.(OutcomeBody); ok && o.Outcome == Partial {
		o.Outcome, o.AiredMS, o.Reason, actor = Full, o.PlannedMS, "", rec.Actor
		body = o
	}
	out, err := Encode(rec.Idx, actor, rec.Stamp, body)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c *campaign) body(raw []byte) Body {
	rec, err := Decode(raw)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := DecodeBody(rec)
	if err != nil {
		c.t.Fatal(err)
	}
	return body
}

// renumber gives the records from place i on the numbers of their places.
func renumber(raws [][]byte, i int) {
	for ; i < len(raws); i++ {
		_, rest, _ := bytes.Cut(raws[i], []byte(`,"kind":`))
		raws[i] = append(fmt.Appendf(nil, `{"v":1,"idx":%d,"kind":`, i), rest...)
	}
}

// fork is a second history: the same up to record i, then another life of the station, signed with its own key, up to
// a random length. It is sound in itself.
func (c *campaign) fork(i int) *memory {
	rec, err := Decode(c.a.m.raws[i-1])
	if err != nil {
		c.t.Fatal(err)
	}
	b := &author{t: c.t, m: c.a.m.clone(), origin: c.a.origin, signer: c.a.signer, wall: rec.Wall.Time, boot: fmt.Sprint("fork", c.r.Uint32())}
	b.m.raws = b.m.raws[:i]
	for size := range b.m.notes {
		if size > int64(i) {
			delete(b.m.notes, size)
		}
	}
	owed := map[string]bool{}
	for _, raw := range b.m.raws {
		b.tree.Add(raw)
		switch x := c.body(raw).(type) {
		case Plan:
			for _, o := range x.Occurrences {
				owed[o.ID] = true
			}
		case OutcomeBody:
			delete(owed, x.Occurrence)
		}
	}
	b.add(Boot{Previous: "power"})
	for id := range owed {
		b.add(OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: Missed, Reason: "power"})
	}
	for range 1 + c.r.IntN(2*len(c.a.m.raws)) {
		b.add(Operator{What: "export", Object: fmt.Sprint(c.r.Uint32()), Result: "done"})
	}
	b.sign()
	return b.m
}
