package offline

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"loaxa/player/playlog/evidence"
)

func offer(name, content string) Offer {
	return Offer{Name: name, Size: int64(len(content)), Data: strings.NewReader(content)}
}

// key is a signer and its verifier key, the same every time.
func key(t *testing.T) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(bytes.NewReader(make([]byte, 64)), "loaxa/XA-01/may-1/1")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return s, vkey
}

func checkpoint(t *testing.T) string {
	t.Helper()
	s, _ := key(t)
	n, err := note.Sign(&note.Note{Text: string(evidence.Checkpoint{Origin: "loaxa/XA-01/may-1/1", Size: 5}.Text())}, s)
	if err != nil {
		t.Fatal(err)
	}
	return string(n)
}

// What is typed or kept comes through mail programs and from paper; half a checkpoint must not pass for none.
func TestNotesAreFoundInWhateverSurroundsThem(t *testing.T) {
	_, vkey := key(t)
	print, err := evidence.Fingerprint(vkey)
	if err != nil {
		t.Fatal(err)
	}
	cp := checkpoint(t)
	for name, c := range map[string]struct {
		text                       string
		notes, keys, prints, other int
	}{
		"bare":               {cp, 1, 0, 0, 0},
		"two":                {cp + "\n" + cp, 2, 0, 0, 0},
		"line ends":          {"\ufeff" + strings.ReplaceAll(cp, "\n", " \r\n"), 1, 0, 0, 0},
		"with a letter":      {"Kính gửi\n\n" + cp + "\nTrân trọng", 1, 0, 0, 2},
		"key and print":      {vkey + "\n" + strings.ToUpper(print), 0, 1, 1, 0},
		"no signature":       {cp[:strings.Index(cp, "— ")], 0, 0, 0, 3},
		"its end is missing": {strings.Join(strings.Split(cp, "\n")[:3], "\n"), 0, 0, 0, 3},
		"half a signature":   {cp[:len(cp)-20], 0, 0, 0, 4},
		"nothing":            {"  \n ", 0, 0, 0, 0},
	} {
		n := readNotes(c.text)
		if len(n.checkpoints) != c.notes || len(n.keys) != c.keys || len(n.prints) != c.prints || len(n.other) != c.other {
			t.Errorf("%s: %d checkpoints, %d keys, %d prints, other %q", name, len(n.checkpoints), len(n.keys), len(n.prints), n.other)
		}
		for _, b := range n.checkpoints {
			if string(b) != cp {
				t.Errorf("%s: read %q", name, b)
			}
		}
	}
}

// A file is taken for what is in it, whatever it is called; what cannot be used never passes as checked.
func TestFilesAreToldApart(t *testing.T) {
	_, vkey := key(t)
	memory, err := evidence.Kept{}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	bolt := make([]byte, 8192)
	copy(bolt[16:], []byte{0xED, 0xDA, 0x0C, 0xED})
	for _, c := range []struct {
		name, content, kind, word string
		used                      bool
	}{
		{"a.txt", checkpoint(t), KindCheckpoint, Nothing, true},
		{"a.zip", vkey, KindKey, Nothing, true},
		{"policy", "# khóa của các đài\nlog " + vkey + "\nquorum none\n", KindKey, Nothing, true},
		{"kept.json", string(memory), KindKept, Nothing, true},
		{"a.tlog-proof", "c2sp.org/tlog-proof@v1\nindex 5\n", KindProof, Fails, false},
		{"b.zip", "PK\x03\x04 and no more", KindExport, Fails, false},
		{"playlog.db", string(bolt), KindLog, Unfinished, false},
		{"trang.zip", "<!DOCTYPE html><html>", KindPage, Nothing, false},
		{"r.json", `{"from":1}`, KindReport, Unfinished, false},
		{"x", "", KindUnknown, Unfinished, false},
		{"y", "\xff\xd8\xff photo", KindUnknown, Unfinished, false},
		{"z", strings.Repeat("loaxa/\n", maxNotes), KindUnknown, Unfinished, false},
	} {
		a := Check(Brought{Files: []Offer{offer(c.name, c.content)}})
		f := a.Files[0]
		if f.Kind != c.kind || f.Used != c.used || a.Word != c.word {
			t.Errorf("%s: kind %s, used %v, word %s", c.name, f.Kind, f.Used, a.Word)
		}
		if !f.Used && (f.Why == nil || f.Why.VI == "" || f.Why.EN == "") {
			t.Errorf("%s: not used, and no word of why", c.name)
		}
		if len(f.SHA256) != 64 {
			t.Errorf("%s: hash %q", c.name, f.SHA256)
		}
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	if a := Check(Brought{Files: make([]Offer, MaxFiles+1)}); a.Word != Unfinished || len(a.Problems) != 1 {
		t.Errorf("too many files: %+v", a)
	}
	if a := Check(Brought{Files: []Offer{{Name: "big", Size: MaxFile + 1}}}); a.Word != Unfinished || !a.Files[0].Broken {
		t.Errorf("too large a file: %+v", a)
	}
	if a := Check(Brought{Keys: strings.Repeat("x", maxNotes+1)}); a.Word != Unfinished {
		t.Errorf("too long a key: %+v", a)
	}
	if a := Check(Brought{Keys: "1a2b"}); a.Word != Unfinished || len(a.Typed.Unread) != 1 {
		t.Errorf("half a key: %+v", a)
	}
}
