package evidence

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// after is a random record that the kept checkpoint does not cover.
func (c *campaign) after() int {
	return int(c.held) + c.r.IntN(len(c.a.m.raws)-int(c.held))
}

// saysWindow demands that the report states how many records come after the kept checkpoint.
func (c *campaign) saysWindow(rep Report) {
	c.t.Helper()
	want := fmt.Sprintf("The last %d records come after the newest checkpoint that you kept", rep.Size-c.held)
	open := rep.Size > c.held
	if said := slices.ContainsFunc(rep.Statements, func(s Text) bool { return strings.HasPrefix(s.EN, want) }); said != open {
		c.t.Fatalf("open window of %d records, stated: %v", rep.Size-c.held, said)
	}
}

// TestOpenWindow: what a forger with the key changes after the kept checkpoint is not found by it, and the report says
// so. A checkpoint that covers the changed record, cut before it was changed, finds it every time.
func TestOpenWindow(t *testing.T) {
	seed, a := campaignSeed(t), days(t, 6)
	newest := a.m.notes[a.m.Size()]
	forgeries := map[string]func(c *campaign) *memory{
		"edit and write anew": func(c *campaign) *memory {
			m, i := c.a.m.clone(), c.after()
			m.raws[i] = c.lie(m.raws[i])
			c.refit(m, i, resigned)
			return m
		},
		"truncate": func(c *campaign) *memory {
			m, i := c.a.m.clone(), c.after()
			m.raws = m.raws[:i]
			c.refit(m, i, resigned)
			return m
		},
		"two histories": func(c *campaign) *memory { return c.fork(c.after()) },
	}
	for i, name := range slices.Sorted(maps.Keys(forgeries)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCampaign(t, a, seed, uint64(100+i)) //nolint:gosec // i counts from 0
			n, unseen := positions()/4, 0
			for range n {
				m := forgeries[name](c)
				rep := verified(t, m, VerifyOptions{Keys: []string{a.vkey}, Held: [][]byte{c.note}})
				if rep.Held[0].Status != "extends" {
					t.Fatalf("the honest part is called forged: %+v", rep.Findings)
				}
				c.saysWindow(rep)
				if rep.OK {
					unseen++
				}
				if rep = verified(t, m, VerifyOptions{Held: [][]byte{newest}}); rep.OK {
					t.Fatal("a checkpoint over the changed record did not find it")
				}
			}
			t.Logf("%d forgeries in the open window, %d unseen until a later checkpoint is brought; with it 0 missed", n, unseen)
			if unseen != n {
				t.Fatal("something finds what no checkpoint covers: say so here and in FORMAT.md")
			}
		})
	}
}

// TestBackdatedAppend: records put in after the kept checkpoint, signed with the station's own key, that claim to be
// older. The rules find what does not fit the clock or the plan; what fits both lies in the open window.
func TestBackdatedAppend(t *testing.T) {
	seed, a := campaignSeed(t), days(t, 6)
	cases := []struct {
		name, found string // the finding's code, "" when it stays unseen in the open window
		write       func(c *campaign, b *author)
	}{
		{"older wall time", "clock", func(c *campaign, b *author) {
			c.older(b, func() { b.add(Operator{What: "export", Result: "done"}) })
		}},
		{"older outcome of what was never planned", "unplanned", func(c *campaign, b *author) {
			b.boot, b.up = "forged", time.Hour
			c.older(b, func() { b.add(full("p@forged")) })
		}},
		{"second outcome of what is decided", "two_outcomes", func(c *campaign, b *author) {
			b.boot, b.up = "forged", time.Hour
			c.older(b, func() { b.add(full(fmt.Sprintf("p@%d-0", c.r.IntN(3)))) })
		}},
		{"plan, and its outcome only later", "", func(c *campaign, b *author) {
			b.boot, b.up = "forged", time.Hour
			c.older(b, func() { b.plan("p@forged"); b.add(full("p@forged")) })
		}},
	}
	for i, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			c := newCampaign(t, a, seed, uint64(200+i)) //nolint:gosec // i counts from 0
			n, unseen := positions()/4, 0
			for range n {
				b := c.goesOn()
				k.write(c, b)
				b.pass(2 * time.Minute) // the station goes on: what is to explain a record must come within a minute
				b.add(Shutdown{Why: "signal"})
				b.sign()
				rep := verified(t, b.m, VerifyOptions{Keys: []string{a.vkey}, Held: [][]byte{c.note}})
				if rep.Held[0].Status != "extends" {
					t.Fatalf("the honest part is called forged: %+v", rep.Findings)
				}
				c.saysWindow(rep)
				codes := map[string]bool{}
				for _, f := range rep.Findings {
					codes[f.Code] = true
				}
				if rep.OK != (k.found == "") || !rep.OK && !codes[k.found] {
					t.Fatalf("want %q: %+v", k.found, rep.Findings)
				}
				if rep.OK {
					unseen++
				}
			}
			t.Logf("%d backdated records after the kept checkpoint: %d found, %d in the open window", n, n-unseen, unseen)
		})
	}
}

// goesOn is the station's honest log up to the kept checkpoint, to be gone on with by whoever has its key.
func (c *campaign) goesOn() *author {
	last, err := Decode(c.a.m.raws[c.held-1])
	if err != nil {
		c.t.Fatal(err)
	}
	b := &author{t: c.t, m: &memory{notes: map[int64][]byte{}}, origin: c.a.origin, signer: c.a.signer,
		wall: last.Wall.Time, boot: last.Boot, up: time.Duration(last.UpMS) * time.Millisecond}
	for i, raw := range c.a.m.raws[:c.held] {
		b.m.raws = append(b.m.raws, raw)
		b.tree.Add(raw)
		if n := c.a.m.notes[int64(i+1)]; n != nil {
			b.m.notes[int64(i+1)] = n
		}
	}
	return b
}

// older lets write put records in that claim to be minutes to days older, the uptime going on as it is.
func (c *campaign) older(b *author, write func()) {
	back := time.Duration(3000+c.r.Int64N(5*24*3600*1000)) * time.Millisecond
	b.wall = b.wall.Add(-back)
	write()
	b.wall = b.wall.Add(back)
}

// A forger who gives the rewritten log another name takes the kept checkpoint its object: then the report says that
// nothing was compared, and the key is not known.
func TestRenamedLogIsSaid(t *testing.T) {
	a := days(t, 2)
	thief := &author{t: t, origin: "loaxa/XA-01/may-2/1"}
	thief.newKey()
	m := a.m.clone()
	m.raws[0] = bytes.Replace(bytes.Replace(m.raws[0], []byte(a.vkey), []byte(thief.vkey), 1), []byte(a.origin), []byte(thief.origin), 1)
	m.notes = map[int64][]byte{}
	var tree Tree
	for _, raw := range m.raws {
		tree.Add(raw)
	}
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	text := Checkpoint{Origin: thief.origin, Size: m.Size(), Root: root}.Text()
	if m.notes[m.Size()], err = note.Sign(&note.Note{Text: string(text)}, thief.signer); err != nil {
		t.Fatal(err)
	}
	rep := verified(t, m, VerifyOptions{Held: [][]byte{a.m.notes[a.m.Size()]}})
	said := slices.ContainsFunc(rep.Statements, func(s Text) bool { return strings.HasPrefix(s.EN, "None of the checkpoints that you kept") })
	if rep.Held[0].Status != "other_log" || rep.KeyKnown || !said {
		t.Fatalf("%+v", rep.Statements)
	}
	if rep = verified(t, m, VerifyOptions{Keys: []string{a.vkey}}); rep.OK {
		t.Fatal("the key on paper does not tell")
	}
}
