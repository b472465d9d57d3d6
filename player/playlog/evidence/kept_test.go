package evidence

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// volume is one epoch of a station in memory.
type volume struct {
	*author
	what string // its people do
}

// openVolume opens an epoch of the station XA-01 that goes on from last, signed by the key of before when there is one.
func openVolume(t testing.TB, epoch int64, last []byte, before *volume) *volume {
	t.Helper()
	origin := fmt.Sprint("loaxa/XA-01/may-1/", epoch)
	a := &author{t: t, m: &memory{notes: map[int64][]byte{}}, origin: origin, wall: moment(0).Time, boot: "b1", up: time.Hour}
	if before == nil {
		a.newKey()
	} else {
		a.signer, a.vkey = before.signer, before.vkey
		a.signAs(origin)
	}
	a.add(Epoch{Epoch: epoch, Origin: origin, PublicKey: a.vkey, Why: "lost", StationCode: "XA-01", LastCheckpoint: string(last)})
	a.add(Boot{Previous: "none"})
	v := &volume{author: a}
	v.write(3)
	return v
}

// otherHistory is an epoch 1 under the same key that tells another story.
func otherHistory(t testing.TB, of *volume, n int) *volume {
	v := openVolume(t, 1, nil, of)
	v.what = "sign_out"
	v.write(n)
	return v
}

// write adds n records, each under a checkpoint, and gives the newest.
func (v *volume) write(n int) (signed []byte) {
	for range n {
		v.add(Operator{What: v.what, Result: "done"})
		signed = v.sign()
	}
	return signed
}

// at is the log as it was with n records.
func (v *volume) at(n int) *memory {
	m := v.m.clone()
	m.raws = m.raws[:n]
	for size := range m.notes {
		if size > int64(n) {
			delete(m.notes, size)
		}
	}
	return m
}

type hash = tlog.Hash

// part is a part of a log in memory, from a record on.
type part struct {
	*memory
	first    int
	whole    *author
	frontier Tree
}

func (v *volume) from(first, end int) *part {
	p := &part{memory: v.at(end), first: first, whole: v.author}
	for _, raw := range v.m.raws[:first] {
		p.frontier.Add(raw)
	}
	return p
}

func (p *part) Records(fn func(int64, []byte) error) error {
	for i, raw := range p.raws[p.first:] {
		if err := fn(int64(p.first+i), raw); err != nil {
			return err
		}
	}
	return nil
}

func (p *part) part() (int64, []hash, string, string) {
	return int64(p.first), p.frontier.peaks, p.whole.origin, p.whole.vkey
}

// brought is one run of the verifier with a memory.
type brought struct {
	verdicts []Verdict
	next     Kept
	codes    []string
}

func bringAll(t testing.TB, k Kept, keys []string, sources ...Source) brought {
	t.Helper()
	o := VerifyOptions{Keys: keys, Kept: &k}
	var out brought
	verify := func() {
		out.verdicts = nil
		for i, src := range sources {
			v := VerifySource(fmt.Sprint("file ", i), src, o)
			if v.Err != nil {
				t.Fatal(v.Err)
			}
			if _, ok := src.(interval); ok {
				v.Parts = 1
			}
			out.verdicts = append(out.verdicts, v)
		}
	}
	verify()
	if o.Cited = Citations(out.verdicts); len(o.Cited) > 0 {
		verify()
	}
	out.next = k.Apply(out.verdicts)
	for _, v := range out.verdicts {
		if v.OK != (len(v.Findings) == 0) {
			t.Fatalf("a verdict that contradicts itself: %+v", v)
		}
		for _, f := range v.Findings {
			out.codes = append(out.codes, f.Code)
		}
	}
	return out
}

func sizeKept(t testing.TB, k Kept) string {
	t.Helper()
	b, err := k.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseKept(b)
	if err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, b)
	}
	var out []string
	for _, s := range again.stations {
		out = append(out, fmt.Sprintf("%s/%d %d", s.Station, s.epoch, s.head.Size))
	}
	return strings.Join(out, ", ")
}

// Each run keeps the newest checkpoint, and only a log that goes on from it verifies.
func TestKeptOfOneEpoch(t *testing.T) {
	v := openVolume(t, 1, nil, nil)
	fork := otherHistory(t, v, 9)
	v.write(5)
	first := bringAll(t, Kept{}, nil, v.at(8))
	if len(first.codes) > 0 || sizeKept(t, first.next) != "loaxa/XA-01/may-1/1 8" {
		t.Fatalf("first use: %v, kept %s", first.codes, sizeKept(t, first.next))
	}
	kept := first.next
	cases := map[string]struct {
		src  Source
		want string // code of the finding
		next int
	}{
		"the same":                         {v.at(8), "", 8},
		"longer":                           {v.at(10), "", 10},
		"cut back":                         {v.at(6), "held", 8},
		"another history":                  {fork.m, "held", 8},
		"a part over it":                   {v.from(7, 10), "", 10},
		"a part that begins at it":         {v.from(8, 10), "", 10},
		"a part that ends at it":           {v.from(5, 8), "", 8},
		"a part that begins later":         {v.from(9, 10), "kept_before", 10},
		"a part that ends earlier":         {v.from(5, 7), "held", 8},
		"a part of another history":        {fork.from(7, 10), "held", 8},
		"a part of another, from there on": {fork.from(8, 10), "held", 8},
	}
	for name, c := range cases {
		got := bringAll(t, kept, nil, c.src)
		if strings.Join(got.codes, " ") != c.want {
			t.Errorf("%s: %v, want %q", name, got.codes, c.want)
		}
		if c.want == "" && sizeKept(t, got.next) != fmt.Sprint("loaxa/XA-01/may-1/1 ", c.next) {
			t.Errorf("%s: kept %s, want %d", name, sizeKept(t, got.next), c.next)
		}
	}
	if sizeKept(t, kept) != "loaxa/XA-01/may-1/1 8" {
		t.Error("the memory that was handed in was changed")
	}
	other := newAuthor(t, "loaxa/AB/x/1")
	other.sign()
	got := bringAll(t, kept, nil, other.m, v.at(9))
	if len(got.codes) > 0 || sizeKept(t, got.next) != "loaxa/AB/x/1 2, loaxa/XA-01/may-1/1 9" {
		t.Errorf("two stations: %v, kept %s", got.codes, sizeKept(t, got.next))
	}
	if len(got.verdicts[0].Held) != 0 {
		t.Errorf("what is kept of another station is spoken of: %+v", got.verdicts[0].Held)
	}
}

// A newer epoch must say that it goes on from at least what was kept of the one before.
func TestKeptAcrossEpochs(t *testing.T) {
	one := openVolume(t, 1, nil, nil)
	at5, at8 := one.m.notes[5], one.write(3)
	one.write(2) // ten records
	fork := otherHistory(t, one, 3)
	forked := fork.m.notes[8]
	two := openVolume(t, 2, one.m.notes[10], one)
	three := openVolume(t, 3, two.write(2), two)
	kept := bringAll(t, Kept{}, nil, one.at(8)).next
	if c, err := PeekCheckpoint(at8); err != nil || c.Size != 8 {
		t.Fatal(c, err)
	}
	stranger := openVolume(t, 2, at8, nil)
	cases := map[string]struct {
		keys []string
		src  []Source
		want string
		next string
	}{
		"cites more":                       {nil, []Source{two.m}, "", "2 7"},
		"cites the same":                   {nil, []Source{openVolume(t, 2, at8, one).m}, "", "2 5"},
		"cites less":                       {nil, []Source{openVolume(t, 2, at5, one).m}, "kept_forgot", ""},
		"cites nothing":                    {nil, []Source{openVolume(t, 2, nil, one).m}, "kept_forgot", ""},
		"cites another history":            {nil, []Source{openVolume(t, 2, forked, one).m}, "kept_contradicts", ""},
		"cites itself":                     {nil, []Source{openVolume(t, 2, two.m.notes[5], one).m}, "held kept_forgot", ""},
		"another key":                      {nil, []Source{stranger.m}, "kept_key", ""},
		"another key that is known":        {[]string{stranger.vkey}, []Source{stranger.m}, "", "2 5"},
		"skips an epoch":                   {nil, []Source{three.m}, "kept_skipped", ""},
		"all between":                      {nil, []Source{three.m, two.m}, "", "3 5"},
		"with the whole of the old one":    {nil, []Source{one.m, two.m}, "", "2 7"},
		"with an old one cut back":         {nil, []Source{one.at(8), two.m}, "held", ""},
		"with an old part":                 {nil, []Source{one.from(3, 9), two.m}, "", "2 7"},
		"with another history of it":       {nil, []Source{fork.m, two.m}, "held held", ""},
		"a part of the new one":            {nil, []Source{two.from(3, 6)}, "kept_part", ""},
		"a part, and the beginning apart":  {nil, []Source{two.from(3, 7), two.at(4)}, "", "2 7"},
		"old epoch alone, nothing lowered": {nil, []Source{one.m}, "", "1 10"},
	}
	for name, c := range cases {
		got := bringAll(t, kept, c.keys, c.src...)
		if strings.Join(got.codes, " ") != c.want {
			t.Errorf("%s: %v, want %q", name, got.codes, c.want)
		}
		if c.want == "" && sizeKept(t, got.next) != "loaxa/XA-01/may-1/"+c.next {
			t.Errorf("%s: kept %s, want %s", name, sizeKept(t, got.next), c.next)
		}
	}
	newer := bringAll(t, Kept{}, nil, two.m).next
	if got := bringAll(t, newer, nil, one.m); len(got.codes) > 0 || sizeKept(t, got.next) != "loaxa/XA-01/may-1/2 7" {
		t.Errorf("an older epoch than the kept one: %v, kept %s", got.codes, sizeKept(t, got.next))
	}
}

// A key that changes within an epoch is the one that the next epoch is judged by.
func TestKeptFollowsTheKey(t *testing.T) {
	one := openVolume(t, 1, nil, nil)
	kept := bringAll(t, Kept{}, nil, one.m).next
	old := one.signer
	one.newKey()
	one.add(Key{PublicKey: one.vkey})
	fresh := one.signer
	one.signer = old
	handover := one.sign()
	one.signer = fresh
	early := bringAll(t, kept, nil, one.m)
	if len(early.codes) > 0 || sizeKept(t, early.next) != "loaxa/XA-01/may-1/1 6" {
		t.Errorf("a log that ends with its change of key: %v, kept %s", early.codes, sizeKept(t, early.next))
	}
	one.write(1)
	two := openVolume(t, 2, one.m.notes[7], one)
	if got := bringAll(t, kept, nil, one.m, two.m); len(got.codes) > 0 || sizeKept(t, got.next) != "loaxa/XA-01/may-1/2 5" {
		t.Errorf("both epochs: %v", got.codes)
	}
	if got := bringAll(t, kept, nil, two.m); strings.Join(got.codes, " ") != "kept_key" {
		t.Errorf("the new epoch without the change of key: %v", got.codes)
	}
	if c, err := PeekCheckpoint(handover); err != nil || c.Size != 6 {
		t.Error(c, err)
	}
}

// A proof of one record is held against what was kept as far as that can be done.
func TestKeptAndSingleProof(t *testing.T) {
	v := openVolume(t, 1, nil, nil)
	v.write(5)
	kept := bringAll(t, Kept{}, nil, v.at(8)).next
	fork := otherHistory(t, v, 5)
	run := func(k Kept, s Single, log Source) (string, Kept) {
		t.Helper()
		rep, err := VerifySingle(s, VerifyOptions{Keys: []string{v.vkey}})
		if err != nil || !rep.OK {
			t.Fatal(rep.Findings, err)
		}
		verdicts := []Verdict{{Name: "proof", Report: rep}}
		if log != nil {
			verdicts = append(verdicts, VerifySource("log", log, VerifyOptions{Kept: &k}))
			verdicts[1] = VerifySource("log", log, VerifyOptions{Kept: &k, Cited: Citations(verdicts)})
		}
		next := k.Apply(verdicts)
		var codes []string
		for _, v := range verdicts {
			for _, f := range v.Findings {
				codes = append(codes, f.Code)
			}
		}
		return strings.Join(codes, " "), next
	}
	for name, c := range map[string]struct {
		k    Kept
		s    Single
		log  Source
		want string
	}{
		"nothing kept":                {Kept{}, v.prove(2, 10), nil, ""},
		"the kept checkpoint":         {kept, v.prove(2, 8), nil, ""},
		"a later checkpoint":          {kept, v.prove(2, 10), nil, "kept_apart"},
		"a later one, with the log":   {kept, v.prove(2, 10), v.m, ""},
		"a later one, in a short log": {kept, v.prove(2, 10), v.at(9), "kept_apart"},
		"another history":             {kept, fork.prove(2, 8), nil, "held"},
		"another, with the true log":  {kept, fork.prove(2, 10), v.m, "held kept_apart"},
	} {
		got, next := run(c.k, c.s, c.log)
		if sorted(got) != sorted(c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if c.log == nil && sizeKept(t, next) != sizeKept(t, c.k) {
			t.Errorf("%s: a proof of one record changed what is kept", name)
		}
	}
}

func sorted(words string) string {
	f := strings.Fields(words)
	if len(f) == 2 && f[0] > f[1] {
		f[0], f[1] = f[1], f[0]
	}
	return strings.Join(f, " ")
}

func TestDamagedKept(t *testing.T) {
	v := openVolume(t, 1, nil, nil)
	b, err := bringAll(t, Kept{}, nil, v.m).next.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	station := good[strings.Index(good, "{\n   \"station"):strings.LastIndex(good, "\n ]")]
	for name, text := range map[string]string{
		"empty":            "",
		"cut":              good[:len(good)/2],
		"another version":  strings.Replace(good, `"v": 1`, `"v": 2`, 1),
		"another field":    strings.Replace(good, `"v": 1`, `"v": 1, "x": 1`, 1),
		"another station":  strings.Replace(good, `"station": "loaxa/XA-01/`, `"station": "loaxa/XA-02/`, 1),
		"another size":     strings.Replace(good, `\n5\n`, `\n6\n`, 1),
		"another key":      strings.Replace(good, v.vkey, honest(t).vkey, 1),
		"a station twice":  strings.Replace(good, station, station+","+station, 1),
		"something behind": good + "{}",
		"too long":         good + strings.Repeat(" ", MaxKept),
	} {
		if text == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := ParseKept([]byte(text)); !errors.Is(err, ErrKept) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseKept(b); err != nil {
		t.Errorf("control: %v", err)
	}
}

func FuzzKept(f *testing.F) {
	b, err := bringAll(f, Kept{}, nil, openVolume(f, 1, nil, nil).m).next.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"v":1,"stations":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := ParseKept(b)
		if err != nil {
			return
		}
		sizeKept(t, k)
	})
}
