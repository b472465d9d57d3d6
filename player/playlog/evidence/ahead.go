package evidence

import (
	"fmt"
	"runtime"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"
)

// What takes the time of a verification depends on no other record: reading a record, hashing it, checking a signature.
// This is done ahead, for a batch of records at once, on all cores. The rules then see the records one by one, in order,
// so that a report does not depend on how many cores there are.
const (
	aheadRecords = 4096
	aheadBytes   = 1 << 20
)

// ahead is the batch of records that are read and not yet judged.
type ahead struct {
	batch   []foreseen
	buf     []byte // their bytes
	workers []*worker
}

// foreseen is what is known of one record before the rules are applied to it.
type foreseen struct {
	idx  int64
	raw  []byte
	rec  Record
	body Body
	err  error // it cannot be read
	leaf tlog.Hash

	signed []byte // the checkpoint that ends with it, nil when there is none
	key    string // by which it was opened, "" when it was not
	cp     Checkpoint
	cpErr  error
}

// open is OpenCheckpoint of the checkpoint that ends with this record.
func (f *foreseen) open(key string) (Checkpoint, error) {
	if f.key != key || key == "" {
		return OpenCheckpoint(f.signed, key)
	}
	return f.cp, f.cpErr
}

// worker has what one core needs for itself.
type worker struct {
	reader  *reader
	scratch []byte
}

// foresee takes one record into the batch.
func (v *verification) foresee(idx int64, raw []byte) error {
	a := &v.ahead
	from := len(a.buf)
	a.buf = append(a.buf, raw...)
	signed, err := v.checkpoint(v.tree.Size() + int64(len(a.batch)) + 1)
	if err != nil {
		return err
	}
	a.batch = append(a.batch, foreseen{idx: idx, raw: a.buf[from:], signed: signed})
	// Record 0 names the key by which the checkpoints after it are opened.
	if len(a.batch) < aheadRecords && len(a.buf) < aheadBytes && v.key != "" {
		return nil
	}
	return v.catchUp()
}

func (v *verification) checkpoint(n int64) ([]byte, error) {
	signed, err := v.src.Checkpoint(n)
	if err != nil {
		return nil, fmt.Errorf("reading checkpoint %d: %w", n, err)
	}
	return signed, nil
}

// catchUp reads the batch on all cores and judges it.
func (v *verification) catchUp() error {
	a := &v.ahead
	if err := a.work(v.key); err != nil {
		return err
	}
	for i := range a.batch {
		if err := v.judge(&a.batch[i]); err != nil {
			return err
		}
	}
	clear(a.batch)
	a.batch, a.buf = a.batch[:0], a.buf[:0]
	return nil
}

// work shares the batch out among the cores.
func (a *ahead) work(key string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		key = "" // said where the key is judged
	}
	cores := max(1, min(runtime.GOMAXPROCS(0), len(a.batch)/64))
	for len(a.workers) < cores {
		a.workers = append(a.workers, &worker{reader: newReader()})
	}
	if cores == 1 {
		a.workers[0].work(a.batch, key, verifier)
		return nil
	}
	var group errgroup.Group
	for i := range cores {
		part := a.batch[i*len(a.batch)/cores : (i+1)*len(a.batch)/cores]
		group.Go(func() error {
			a.workers[i].work(part, key, verifier)
			return nil
		})
	}
	return group.Wait()
}

func (w *worker) work(part []foreseen, key string, verifier note.Verifier) {
	for i := range part {
		f := &part[i]
		f.rec, f.body, f.err = w.reader.read(f.raw)
		f.leaf = leafHash(f.raw, &w.scratch)
		if f.signed != nil && key != "" {
			f.key = key
			f.cp, f.cpErr = openCheckpoint(f.signed, verifier)
		}
	}
}
