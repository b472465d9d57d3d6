package evidence

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// hashesOf are the stored hashes of a log in memory.
func hashesOf(t testing.TB, raws [][]byte) tlog.HashReaderFunc {
	t.Helper()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			out[i] = stored[x]
		}
		return out, nil
	})
	for i, raw := range raws {
		h, err := tlog.StoredHashes(int64(i), raw, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, h...)
	}
	return reader
}

// prove makes the proof of one record under a checkpoint of the log.
func (a *author) prove(index, size int64) Single {
	a.t.Helper()
	hashes, err := tlog.ProveRecord(size, index, hashesOf(a.t, a.m.raws))
	if err != nil {
		a.t.Fatal(err)
	}
	signed := a.m.notes[size]
	if signed == nil {
		a.t.Fatalf("the log has no checkpoint of %d records", size)
	}
	return Single{Index: index, Record: a.m.raws[index], Hashes: hashes, Checkpoint: signed}
}

// renamed signs with a key under another name than the one it was made for.
type renamed struct {
	note.Signer
	verifier note.Verifier
}

func (r renamed) Name() string    { return r.verifier.Name() }
func (r renamed) KeyHash() uint32 { return r.verifier.KeyHash() }

// signAs lets the author's key go on under the name of another log.
func (a *author) signAs(origin string) {
	a.t.Helper()
	pub, err := keyBytes(a.vkey)
	if err != nil {
		a.t.Fatal(err)
	}
	if a.vkey, err = note.NewEd25519VerifierKey(origin, pub); err != nil {
		a.t.Fatal(err)
	}
	v, err := note.NewVerifier(a.vkey)
	if err != nil {
		a.t.Fatal(err)
	}
	a.signer, a.origin = renamed{a.signer, v}, origin
}

func single(t testing.TB, b []byte, keys ...string) Report {
	t.Helper()
	s, err := ParseSingle(b)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := VerifySingle(s, VerifyOptions{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	if rep.OK != (len(rep.Findings) == 0) || rep.OK && !rep.KeyKnown {
		t.Fatalf("a report that contradicts itself: %+v", rep)
	}
	return rep
}

// Every record of a log can be shown under every later checkpoint, and other programs can read the proof.
func TestSingleProofOfEveryRecord(t *testing.T) {
	a := honest(t)
	kinds := map[Kind]bool{}
	for size := range a.m.notes {
		for _, index := range []int64{0, size / 2, size - 1} {
			b := a.prove(index, size).Marshal()
			rep := single(t, b, a.vkey)
			if !rep.OK || rep.Single.Index != index || len(rep.Single.Words) == 0 || !bytes.Equal(rep.Single.Data, a.m.raws[index]) {
				t.Fatalf("record %d of %d: %+v", index, size, rep)
			}
			var theirs proof.TLogProof
			if err := theirs.Unmarshal(b); err != nil || theirs.Index != uint64(index) || !bytes.Equal(theirs.ExtraData, a.m.raws[index]) {
				t.Fatalf("the format's own library reads %+v, %v", theirs, err)
			}
			rec, err := Decode(a.m.raws[index])
			if err != nil {
				t.Fatal(err)
			}
			kinds[rec.Kind] = true
		}
	}
	if !kinds[KindOutcome] || !kinds[KindEpoch] {
		t.Errorf("only %v were shown", kinds)
	}
}

func TestSingleProofTellsTheBroadcastInWords(t *testing.T) {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	o := full("tin-sang@1")
	o.Title, o.StationName = "Cảnh báo \x1b[2J lừa đảo", "Đài xã"
	a.add(o)
	a.sign()
	rep := single(t, a.prove(2, 3).Marshal(), a.vkey)
	said := fmt.Sprint(rep.Single.Words)
	for _, want := range []string{"đã phát đủ", "10,0 s", "thiết bị thật", "mức bằng chứng 2", "evidence level 2", "tin-sang@1", "Cảnh báo"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said in %s", want, said)
		}
	}
	if strings.ContainsRune(said, '\x1b') {
		t.Error("a control character of the record reaches the terminal")
	}
	if rep.StationName != "Đài xã" || !strings.Contains(fmt.Sprint(rep.Statements), "chưa kiểm chứng ngoài loa") {
		t.Errorf("%+v", rep)
	}
}

// A changed proof is refused, whatever was changed.
func TestTamperedSingleProof(t *testing.T) {
	a, other := honest(t), honest(t)
	size, _ := newestOf(t, a)
	good := a.prove(7, size)
	otherSize, otherNote := newestOf(t, other)
	if size != otherSize {
		t.Fatal("the two logs are not of the same size")
	}
	cases := map[string]struct {
		change func(s *Single)
		code   string
	}{
		"nothing, as control": {func(*Single) {}, ""},
		"index":               {func(s *Single) { s.Index++ }, "tree"},
		"index beyond":        {func(s *Single) { s.Index = size }, "tree"},
		"hash":                {func(s *Single) { s.Hashes[2][5] ^= 1 }, "tree"},
		"hash left out":       {func(s *Single) { s.Hashes = s.Hashes[1:] }, "tree"},
		"hash added":          {func(s *Single) { s.Hashes = append(s.Hashes, s.Hashes[0]) }, "tree"},
		"record":              {func(s *Single) { s.Record = bytes.Replace(s.Record, []byte("station"), []byte("stetion"), 1) }, "tree"},
		"record of another":   {func(s *Single) { s.Record = a.m.raws[8] }, "tree"},
		"checkpoint's size": {func(s *Single) {
			s.Checkpoint = bytes.Replace(s.Checkpoint, fmt.Appendf(nil, "\n%d\n", size), fmt.Appendf(nil, "\n%d\n", size+1), 1)
		}, "checkpoint"},
		"checkpoint's root": {func(s *Single) { s.Checkpoint = a.m.forgedRoot(t, s.Checkpoint) }, "checkpoint"},
		"another's log":     {func(s *Single) { s.Checkpoint = otherNote }, "key"},
		"older checkpoint":  {func(s *Single) { s.Checkpoint = smallest(a) }, "tree"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := ParseSingle(good.Marshal())
			if err != nil {
				t.Fatal(err)
			}
			c.change(&s)
			rep := single(t, s.Marshal(), a.vkey)
			if rep.OK != (c.code == "") || (c.code != "" && rep.Findings[0].Code != c.code) {
				t.Errorf("want %q: %+v", c.code, rep.Findings)
			}
		})
	}
}

func newestOf(t *testing.T, a *author) (int64, []byte) {
	t.Helper()
	n, err := a.m.Newest()
	if err != nil {
		t.Fatal(err)
	}
	c, err := PeekCheckpoint(n)
	if err != nil {
		t.Fatal(err)
	}
	return c.Size, n
}

func smallest(a *author) []byte {
	least := int64(1) << 60
	for size := range a.m.notes {
		least = min(least, size)
	}
	return a.m.notes[least]
}

func (m *memory) forgedRoot(t *testing.T, signed []byte) []byte {
	t.Helper()
	c, err := PeekCheckpoint(signed)
	if err != nil {
		t.Fatal(err)
	}
	text := c.Text()
	c.Root[0] ^= 1
	return bytes.Replace(signed, text, c.Text(), 1)
}

// Without a key nothing is shown, and it is said so; a key counts whatever epoch its name is of.
func TestSingleProofNeedsTheKey(t *testing.T) {
	a := honest(t)
	size, newest := newestOf(t, a)
	b := a.prove(7, size).Marshal()
	if rep := single(t, b); rep.OK || rep.KeyKnown || rep.Findings[0].Code != "no_key" {
		t.Errorf("without a key: %+v", rep.Findings)
	}
	if rep := single(t, b, honest(t).vkey); rep.OK || rep.Findings[0].Code != "key" {
		t.Errorf("with another's key: %+v", rep.Findings)
	}
	s, err := ParseSingle(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := VerifySingle(s, VerifyOptions{Keys: []string{"nonsense"}}); !errors.Is(err, ErrNoKey) {
		t.Error(err)
	}
	later := newAuthor(t, "loaxa/XA-01/may-1/2")
	old := later.vkey
	later.signAs("loaxa/XA-01/may-1/1")
	later.sign()
	if rep := single(t, later.prove(1, 2).Marshal(), old); !rep.OK {
		t.Errorf("the same key under another epoch's name: %+v", rep.Findings)
	}
	for name, c := range map[string]struct {
		held   []byte
		status string
		ok     bool
	}{"the same": {newest, "extends", true}, "older": {smallest(a), "apart", true}, "of another log": {newAuthor(t, "loaxa/B/m/1").sign(), "other_log", true},
		"another history": {a.m.forgedRoot(t, newest), "contradicts", false}, "no checkpoint": {[]byte("x"), "unreadable", false}} {
		rep, err := VerifySingle(s, VerifyOptions{Keys: []string{a.vkey}, Held: [][]byte{c.held}})
		if err != nil || rep.Held[0].Status != c.status || rep.OK != c.ok {
			t.Errorf("held checkpoint %s: %+v, %v", name, rep.Held, err)
		}
	}
}

func TestSpellingOfSingleProof(t *testing.T) {
	a := honest(t)
	size, _ := newestOf(t, a)
	good := string(a.prove(7, size).Marshal())
	extra := "extra " + base64.StdEncoding.EncodeToString(a.m.raws[7]) + "\n"
	for name, text := range map[string]string{
		"empty":                  "",
		"another version":        strings.Replace(good, "@v1", "@v2", 1),
		"without the record":     strings.Replace(good, extra, "", 1),
		"with an empty record":   strings.Replace(good, extra, "extra \n", 1),
		"record not in base64":   strings.Replace(good, "extra ", "extra !", 1),
		"leading zero":           strings.Replace(good, "\nindex 7\n", "\nindex 07\n", 1),
		"a plus sign":            strings.Replace(good, "\nindex 7\n", "\nindex +7\n", 1),
		"negative":               strings.Replace(good, "\nindex 7\n", "\nindex -7\n", 1),
		"beyond all logs":        strings.Replace(good, "\nindex 7\n", "\nindex 9223372036854775807\n", 1),
		"no index":               strings.Replace(good, "\nindex 7\n", "\n", 1),
		"line ends of Windows":   strings.ReplaceAll(good, "\n", "\r\n"),
		"cut in the hashes":      good[:len(extra)+60],
		"cut before the note":    good[:strings.Index(good, "\n\n")+2],
		"a hash too short":       strings.Replace(good, "\n\n", "\nAAAA\n\n", 1),
		"too many hashes":        strings.Replace(good, "\n\n", "\n"+strings.Repeat(base64.StdEncoding.EncodeToString(make([]byte, 32))+"\n", 64)+"\n", 1),
		"a checkpoint too long":  good + strings.Repeat("x", maxCheckpoint),
		"a record too long":      strings.Replace(good, extra, "extra "+strings.Repeat("A", (MaxRecord+3)/3*4)+"\n", 1),
		"more than is ever read": good + strings.Repeat("x", MaxSingle),
	} {
		if _, err := ParseSingle([]byte(text)); !errors.Is(err, ErrSingle) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseSingle([]byte(good)); err != nil {
		t.Errorf("control: %v", err)
	}
}

// Whatever is parsed has one spelling, and verifying it ends with a verdict.
func FuzzSingle(f *testing.F) {
	a := newAuthor(f, "loaxa/XA-01/may-1/1")
	a.add(full("x"))
	a.sign()
	for i := range int64(3) {
		f.Add(a.prove(i, 3).Marshal())
	}
	f.Add([]byte(singleHeader + "\nextra e30=\nindex 0\n\nloaxa/A/b/1\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— x AAAA\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSingle(b)
		if err != nil {
			return
		}
		if !bytes.Equal(s.Marshal(), b) {
			t.Fatal("two spellings of one proof")
		}
		rep, err := VerifySingle(s, VerifyOptions{Keys: []string{a.vkey}, Held: [][]byte{a.m.notes[3]}})
		if err != nil {
			t.Fatal(err)
		}
		if rep.OK && !bytes.Equal(s.Record, a.m.raws[s.Index]) {
			t.Fatalf("a record that was never written is proved: %s", s.Record)
		}
	})
}
