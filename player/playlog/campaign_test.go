package playlog

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// forgeries are what is done to the records of a file, from record i on. The campaign in package evidence does the same
// thousands of times in memory; here a few go through the real files.
var forgeries = map[string]func(raws [][]byte, i int) [][]byte{
	"edit": func(raws [][]byte, i int) [][]byte {
		raws[i] = bytes.Replace(raws[i], []byte(`"actor":"station"`), []byte(`"actor":"user:x"`), 1)
		return raws
	},
	"delete": func(raws [][]byte, i int) [][]byte { return append(raws[:i], raws[i+1:]...) },
	"insert": func(raws [][]byte, i int) [][]byte {
		return append(raws[:i], append([][]byte{bytes.Clone(raws[len(raws)-1])}, raws[i:]...)...)
	},
	"swap":     func(raws [][]byte, i int) [][]byte { raws[i], raws[i+1] = raws[i+1], raws[i]; return raws },
	"truncate": func(raws [][]byte, i int) [][]byte { return raws[:i] },
}

// Forged files, each made to fit in itself and signed with the station's own key, against a checkpoint kept elsewhere.
func TestForgedFiles(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	b := newBench(t)
	b.opts.NoSync = true
	l := b.open()
	b.day(l, "a", 30)
	early := b.copy()
	b.day(l, "b", 30)
	held := l.LatestCheckpoint()
	b.day(l, "c", 10)
	export, key := b.exportAll(l), l.PublicKey()
	b.close(l)
	cp, err := evidence.PeekCheckpoint(held)
	if err != nil {
		t.Fatal(err)
	}
	against := evidence.VerifyOptions{Keys: []string{key}, Held: [][]byte{held}}
	if rep := verifyFile(t, b.opts.Path, against); !rep.OK || rep.Held[0].Status != "extends" {
		t.Fatalf("control: the honest file does not verify: %+v", rep.Findings)
	}
	if rep, err := verifyBytes(export, against); err != nil || !rep.OK || rep.Held[0].Status != "extends" {
		t.Fatalf("control: the honest export does not verify: %v, %+v", err, rep.Findings)
	}
	path := b.dir + "/forged.db"
	for name, forge := range forgeries {
		for range 4 {
			i := 1 + r.IntN(int(cp.Size)-2)
			b.forge(path, func(raws [][]byte) [][]byte { return forge(raws, i) })
			if rep := verifyFile(t, path, against); rep.OK || rep.FirstBad > int64(i) && name != "truncate" {
				t.Errorf("file, %s at record %d: ok %v, first bad %d", name, i, rep.OK, rep.FirstBad)
			}
			if name == "edit" {
				if rep := verifyFile(t, path, evidence.VerifyOptions{Keys: []string{key}}); !rep.OK {
					t.Errorf("control: without the kept checkpoint the edit must pass: %+v", rep.Findings)
				}
			}
			bad := b.forgeExport(export, func(raws [][]byte) [][]byte { return forge(raws, i) })
			if rep, err := verifyBytes(bad, against); err == nil && rep.OK {
				t.Errorf("export, %s at record %d was not found", name, i)
			}
		}
	}
	if rep := verifyFile(t, early, against); rep.OK || rep.Held[0].Status != "beyond" {
		t.Errorf("the file rolled back to an earlier copy: %+v", rep.Held)
	}
	for range 50 { // whatever bit is turned in an export: it is refused, or found, or was of no import
		bad := bytes.Clone(export)
		bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
		rep, err := verifyBytes(bad, against)
		if err == nil && rep.OK && !bytes.Equal(recordsOf(t, bad), recordsOf(t, export)) {
			t.Error("an export with other records passed")
		}
	}
}

// copy is the log file as it stands now.
func (b *bench) copy() string {
	b.t.Helper()
	raw, err := os.ReadFile(b.opts.Path)
	if err != nil {
		b.t.Fatal(err)
	}
	name := b.dir + "/early.db"
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return name
}

func (b *bench) exportAll(l *Log) []byte {
	b.t.Helper()
	var out bytes.Buffer
	if _, err := l.Export(context.Background(), &out, Period{From: start().AddDate(-1, 0, 0), Until: start().AddDate(1, 0, 0)}); err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}

func verifyFile(t *testing.T, path string, opts evidence.VerifyOptions) evidence.Report {
	t.Helper()
	f, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := evidence.Verify(f.Source(), opts)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return rep
}

func verifyBytes(file []byte, opts evidence.VerifyOptions) (evidence.Report, error) {
	e, err := evidence.OpenExport(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return evidence.Report{}, err
	}
	return evidence.Verify(e, opts)
}

func recordsOf(t testing.TB, export []byte) []byte {
	t.Helper()
	var all []byte
	e, err := evidence.OpenExport(bytes.NewReader(export), int64(len(export)))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Records(func(_ int64, raw []byte) error { all = append(append(all, raw...), '\n'); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// numbered gives every record the number of its place.
func numbered(raws [][]byte) [][]byte {
	for i, raw := range raws {
		_, rest, _ := bytes.Cut(raw, []byte(`,"kind":`))
		raws[i] = append([]byte(`{"v":1,"idx":`+strconv.Itoa(i)+`,"kind":`), rest...)
	}
	return raws
}

// forge copies the log file to path, changes its records, makes hashes and numbers fit and signs all checkpoints again
// with the station's key.
func (b *bench) forge(path string, change func([][]byte) [][]byte) {
	b.t.Helper()
	raw, err := os.ReadFile(b.opts.Path)
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second, NoSync: true})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := errors.Join(db.Update(func(tx *bolt.Tx) error { return b.rewriteAll(tx, change) }), db.Close()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) rewriteAll(tx *bolt.Tx, change func([][]byte) [][]byte) error {
	var raws [][]byte
	var sizes []int64
	err := errors.Join(
		tx.Bucket(bucketRecord).ForEach(func(_, v []byte) error { raws = append(raws, bytes.Clone(v)); return nil }),
		tx.Bucket(bucketCheckpoint).ForEach(func(k, _ []byte) error { sizes = append(sizes, int64Of(k)); return nil }))
	for _, name := range [][]byte{bucketRecord, bucketHash, bucketCheckpoint} {
		err = errors.Join(err, tx.DeleteBucket(name))
		_, e := tx.CreateBucket(name)
		err = errors.Join(err, e)
	}
	if err != nil {
		return err
	}
	rec, hash := tx.Bucket(bucketRecord), tx.Bucket(bucketHash)
	raws = numbered(change(raws))
	for i, raw := range raws {
		hs, err := tlog.StoredHashes(int64(i), raw, hashReader(hash))
		if err != nil {
			return err
		}
		for j, h := range hs {
			err = errors.Join(err, hash.Put(key64(tlog.StoredHashIndex(0, int64(i))+int64(j)), h[:]))
		}
		if err := errors.Join(err, rec.Put(key64(int64(i)), raw)); err != nil {
			return err
		}
	}
	for _, size := range append(sizes, int64(len(raws))) {
		if size > int64(len(raws)) {
			continue
		}
		n, err := b.signAgain(hashReader(hash), size)
		if err := errors.Join(err, tx.Bucket(bucketCheckpoint).Put(key64(size), n)); err != nil {
			return err
		}
	}
	return nil
}

// signAgain is a checkpoint over that tree by the station's own key.
func (b *bench) signAgain(tree tlog.HashReader, size int64) ([]byte, error) {
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return nil, err
	}
	key, err := readKey(b.opts.KeyPath)
	if err != nil {
		return nil, err
	}
	signer, err := key.signer(b.opts.origin(1))
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: string(evidence.Checkpoint{Origin: b.opts.origin(1), Size: size, Root: root}.Text())}, signer)
}

// forgeExport changes an export in the same way: records, manifest and checkpoint fit each other again.
func (b *bench) forgeExport(export []byte, change func([][]byte) [][]byte) []byte {
	b.t.Helper()
	z, err := zip.NewReader(bytes.NewReader(export), int64(len(export)))
	if err != nil {
		b.t.Fatal(err)
	}
	raws := numbered(change(bytes.Split(bytes.TrimSuffix(recordsOf(b.t, export), []byte("\n")), []byte("\n"))))
	var hashes []tlog.Hash
	tree := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			out[i] = hashes[x]
		}
		return out, nil
	})
	for i, raw := range raws {
		hs, err := tlog.StoredHashes(int64(i), raw, tree)
		if err != nil {
			b.t.Fatal(err)
		}
		hashes = append(hashes, hs...)
	}
	signed, err := b.signAgain(tree, int64(len(raws)))
	if err != nil {
		b.t.Fatal(err)
	}
	e, err := evidence.OpenExport(bytes.NewReader(export), int64(len(export)))
	if err != nil {
		b.t.Fatal(err)
	}
	m := e.Manifest()
	m.End = int64(len(raws))
	manifest, err := evidence.MarshalManifest(m)
	if err != nil {
		b.t.Fatal(err)
	}
	files := map[string][]byte{evidence.ExportRecords: append(bytes.Join(raws, []byte("\n")), '\n'), evidence.ExportManifest: manifest, evidence.ExportCheckpoint: signed}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		text, ok := files[f.Name]
		if !ok {
			rc, err := f.Open()
			if err != nil {
				b.t.Fatal(err)
			}
			if text, err = io.ReadAll(rc); err != nil {
				b.t.Fatal(err)
			}
		}
		if err := putFile(w, f.Name, text); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}
