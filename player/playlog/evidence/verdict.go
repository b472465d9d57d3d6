package evidence

import "fmt"

// NamedExport is an export and what its reader calls it, such as its file's name.
type NamedExport struct {
	Name string
	*Export
}

// Verdict is the word on one log, on one export, or on several exports read as one.
type Verdict struct {
	Name   string
	Parts  int   // how many exports it speaks of; 0 for a log file
	Joined bool  // it is the account of all exports of one log that leave nothing out between them
	Err    error // it cannot be read, or not with the keys given: it does not verify, and the report says nothing
	Report
}

// Holds reports whether what was brought was read and nothing is wrong with it.
func (v Verdict) Holds() bool { return v.Err == nil && v.OK }

// VerifySource verifies one source under a name.
func VerifySource(name string, src Source, o VerifyOptions) Verdict {
	r, err := Verify(src, o)
	return Verdict{Name: name, Report: r, Err: err}
}

// VerifyAll verifies each export by itself, and those of one log together as one account: whatever stands between two
// groups of one log was not brought, and then the account of the later group does not hold.
func VerifyAll(exports []NamedExport, o VerifyOptions) []Verdict {
	out := make([]Verdict, 0, len(exports)+1)
	all := make([]*Export, 0, len(exports))
	o.reach = make(map[string]int64, 1)
	for _, e := range exports {
		o.reach[e.manifest.Origin] = max(o.reach[e.manifest.Origin], e.manifest.End)
	}
	for _, e := range exports {
		v := VerifySource(e.Name, e.Export, o)
		v.Parts = 1
		out = append(out, v)
		all = append(all, e.Export)
	}
	if len(exports) < 2 {
		return out
	}
	groups := Join(all)
	for i, g := range groups {
		var hole Finding
		var missing bool
		if i > 0 {
			hole, missing = MissingBetween(groups[i-1], g)
		}
		if g.Parts() < 2 && !missing {
			continue
		}
		v := VerifySource(fmt.Sprintf("%d exports of %s, joined", g.Parts(), g.Origin()), g, o)
		v.Parts, v.Joined = g.Parts(), true
		if missing && v.Err == nil {
			v.Add(hole)
		}
		out = append(out, v)
	}
	return out
}

// Strange is a held checkpoint that is of none of the logs that were brought.
type Strange struct {
	Held   int // its place in VerifyOptions.Held
	Origin string
}

// StrangeCheckpoints lists the held checkpoints that are of none of the logs: whoever brings one asks whether its log
// still stands, and a new log in that log's place is no yes.
func StrangeCheckpoints(verdicts []Verdict, held int) []Strange {
	var out []Strange
	for i := range held {
		origin, strange := "", false
		for _, v := range verdicts {
			if v.Err != nil {
				continue
			}
			strange = i < len(v.Held) && v.Held[i].Status == "other_log"
			if !strange {
				break
			}
			origin = v.Held[i].Origin
		}
		if strange {
			out = append(out, Strange{Held: i, Origin: origin})
		}
	}
	return out
}
