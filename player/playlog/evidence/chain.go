package evidence

import (
	"bytes"
	"strings"
)

// link is what ties a verified source to the other epochs of its station.
type link struct {
	begins  bool   // its record 0 was read
	cites   string // the checkpoint of the epoch before that its record 0 names
	note    []byte // its newest checkpoint that agreed; nil for none
	noteKey string // the key that signed it
	lastKey string // the key in force at its end
}

// stationLine is the station that an origin line names: the origin without its epoch.
func stationLine(origin string) string { return origin[:max(0, strings.LastIndex(origin, "/"))] }

// Citation is a checkpoint that one file of a run speaks of and another must agree with.
type Citation struct {
	Note []byte
	Last bool // the log was closed with it: a whole log must reach it
}

// bring adds to the checkpoints held against this log those that were kept by earlier runs or that other files of this
// run speak of. It is called as soon as it is known which log this is, and before a tree of any of their sizes.
func (v *verification) bring(origin string) {
	if v.opts.Kept != nil {
		for _, signed := range v.opts.Kept.notes() {
			v.hold(signed, origin, "kept", false)
		}
	}
	_, part := v.src.(interval)
	for _, c := range v.opts.Cited {
		v.hold(c.Note, origin, "cited", part || !c.Last)
	}
}

func (v *verification) hold(signed []byte, origin, whose string, mild bool) {
	c, err := PeekCheckpoint(signed)
	if err != nil || c.Origin != origin {
		return
	}
	n := len(v.opts.Held)
	v.opts.Held = append(v.opts.Held[:n:n], signed) // the caller's list stays as it is
	v.rep.Held = append(v.rep.Held, Held{Origin: c.Origin, Size: c.Size, Status: "beyond", Whose: whose, mild: mild})
	v.held[c.Size] = append(v.held[c.Size], n)
}

// broughtHeld reports whether a checkpoint came from elsewhere than from the files themselves.
func (r *Report) broughtHeld() bool {
	for _, h := range r.Held {
		if h.Whose != "cited" {
			return true
		}
	}
	return false
}

// tie notes what a later epoch, or a later run, must go on from.
func (v *verification) tie() {
	v.rep.chain.lastKey = v.key
	for _, k := range []string{v.key, v.former} {
		if _, err := OpenCheckpoint(v.newest, k); k != "" && err == nil {
			v.rep.chain.note, v.rep.chain.noteKey = bytes.Clone(v.newest), k
			return
		}
	}
}

// Citations lists the checkpoints that one verdict speaks of and that are of a log with another verdict: the last one of
// the epoch before, and that of a proof of one record. Verify again with these in VerifyOptions.Cited: two files that are
// sound each by itself must also fit each other.
func Citations(verdicts []Verdict) []Citation {
	here := map[string]bool{}
	for _, v := range verdicts {
		here[v.Origin] = here[v.Origin] || v.Err == nil && v.Single == nil
	}
	var out []Citation
	seen := map[string]bool{}
	for _, v := range verdicts {
		c := Citation{Note: []byte(v.chain.cites), Last: true}
		if v.Single != nil {
			c = Citation{Note: v.chain.note}
		}
		cp, err := PeekCheckpoint(c.Note)
		if v.Err != nil || err != nil || !here[cp.Origin] || seen[string(c.Note)] {
			continue
		}
		seen[string(c.Note)] = true
		out = append(out, c)
	}
	return out
}
