package evidence

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Source is a log to be verified: an open or closed log file, or an export.
type Source interface {
	// Size is the number of records.
	Size() int64
	// Records calls fn with every record's stored bytes from index 0 on, and stops at fn's error. The bytes are valid
	// until fn returns.
	Records(fn func(idx int64, raw []byte) error) error
	// Checkpoint is the signed checkpoint kept at that size, nil when there is none.
	Checkpoint(size int64) ([]byte, error)
	// Newest is the signed checkpoint of the largest size, nil when there is none.
	Newest() ([]byte, error)
}

// VerifyOptions is what the verifying person brings along.
type VerifyOptions struct {
	Keys []string // note verifier keys known from elsewhere; if there are any, one must be the log's: the first, or a later one that signs
	// Fingerprints are those of keys known from elsewhere, as a registration form has them; they count like Keys.
	Fingerprints []string
	Held         [][]byte // signed checkpoints kept elsewhere

	// reach is how far the exports of each log go that are verified together, by origin.
	reach map[string]int64

	Claims *Claims // a report to be compared with the log; nil for none
	Sample int     // broadcasts to pick for a spot check, at most MaxSample
	Seed   uint64  // of that choice: the same seed picks the same broadcasts

	Kept  *Kept      // what earlier runs remembered; nil for none
	Cited []Citation // checkpoints that other files of this run speak of, see Citations
}

// Verify recomputes everything from the stored bytes and says what holds. The error is for a source that cannot be
// read; a log that does not verify is a Report that is not OK. Memory grows with the number of occurrences, checkpoints
// held and boots, not with the number of records.
func Verify(src Source, opts VerifyOptions) (Report, error) {
	v := &verification{src: src, opts: opts, books: newBooks(), clocks: newClocks()}
	v.rep = Report{FirstBad: -1, Findings: []Finding{}, Held: []Held{}, Owed: []string{}, Outages: []Interval{}, Gaps: []Interval{}}
	if err := v.run(); err != nil {
		return Report{}, fmt.Errorf("verifying log: %w", err)
	}
	return v.rep, nil
}

// ErrNoKey says that a key was brought that is none.
var ErrNoKey = errors.New("not a note verifier key")

type verification struct {
	src  Source
	opts VerifyOptions
	rep  Report

	tree   Tree
	ahead  ahead
	first  int64  // index of the source's first record
	next   int64  // index that must come next
	good   int64  // records under the newest checkpoint that agreed
	newest []byte // that checkpoint; nil while there is none
	key    string
	former string // the key that the newest key record replaced under its own signature
	old    string // the key before a key record, which must sign it; "" when nothing is awaited
	looked string // the key that vouched last looked at
	// changes are the changes of key that the key before signed.
	changes int
	held    map[int64][]int
	books   *books
	clocks  *clocks
}

func (v *verification) run() error {
	for _, k := range v.opts.Keys {
		if _, err := keyBytes(k); err != nil {
			return fmt.Errorf("%w: %w", ErrNoKey, err)
		}
	}
	for _, f := range v.opts.Fingerprints {
		if _, ok := ParseFingerprint(f); !ok {
			return fmt.Errorf("%w: fingerprint %.80q is not 32 hex digits", ErrNoKey, f)
		}
	}
	looking, err := newWitnesses(v.opts)
	if err != nil {
		return err
	}
	v.books.looking = looking
	v.readHeld()
	if s, ok := v.src.(interval); ok {
		v.begin(s)
		if v.first > 0 { // a checkpoint held elsewhere may end just where the part begins
			signed, err := v.checkpoint(v.first)
			if err == nil {
				err = v.heads(v.first, &foreseen{signed: signed})
			}
			if err != nil {
				return err
			}
		}
	}
	size := v.src.Size()
	v.next = v.first
	err = v.src.Records(v.foresee)
	if err == nil {
		err = v.catchUp()
	}
	if err != nil {
		return err
	}
	if next := v.next; next < size {
		v.rep.find("missing", next, size, fmt.Sprintf("The log ends at record %d of %d.", next, size),
			fmt.Sprintf("Nhật ký dừng ở dòng %d trên tổng số %d.", next, size))
	}
	if v.next == v.first && size == v.first {
		v.rep.find("empty", size, size, "The log has no records.", "Nhật ký không có dòng nào.")
	}
	return v.finish()
}

// judge applies the rules to one record and to the tree that it completes.
func (v *verification) judge(f *foreseen) error {
	if f.idx != v.next {
		v.rep.find("missing", v.next, f.idx, fmt.Sprintf("Records %d to %d are missing.", v.next, f.idx-1),
			fmt.Sprintf("Thiếu các dòng từ %d đến %d.", v.next, f.idx-1))
	}
	v.next = f.idx + 1
	v.record(f.idx, f.rec, f.body, f.err)
	v.tree.addLeaf(f.leaf)
	return v.heads(v.tree.Size(), f)
}

func (v *verification) record(idx int64, rec Record, body Body, err error) {
	if rec.Kind != "" && rec.Idx != idx {
		v.rep.find("index", idx, idx+1, fmt.Sprintf("The record at place %d says that it is number %d.", idx, rec.Idx),
			fmt.Sprintf("Dòng ở vị trí %d lại ghi số %d.", idx, rec.Idx))
	}
	if err != nil {
		v.unreadable(idx, err)
		return
	}
	if (idx == 0) != (rec.Kind == KindEpoch) {
		v.rep.find("epoch", idx, idx+1, "Record 0, and only record 0, must open the epoch.",
			"Dòng 0, và chỉ dòng 0, phải là dòng mở quyển.")
	}
	switch b := body.(type) {
	case Epoch:
		if idx == 0 {
			v.epoch(b)
		}
	case Key:
		if _, err := keyBytes(b.PublicKey); err != nil {
			v.unreadable(idx, err)
		} else {
			v.old, v.key = v.key, b.PublicKey
		}
	}
	if idx == v.first {
		v.rep.FirstWall = rec.Wall
	}
	v.rep.LastWall = rec.Wall
	v.clocks.add(&v.rep, rec)
	v.books.add(&v.rep, rec, body)
}

func (v *verification) unreadable(idx int64, err error) {
	v.rep.find("record", idx, idx+1, fmt.Sprintf("Record %d cannot be read: %v.", idx, err),
		fmt.Sprintf("Không đọc được dòng %d: %v.", idx, err))
}

func (v *verification) epoch(e Epoch) {
	v.rep.Origin, v.rep.Epoch = e.Origin, e.Epoch
	v.rep.StationName, v.rep.StationCode = e.StationName, e.StationCode
	v.rep.chain.cites, v.rep.chain.begins = e.LastCheckpoint, true
	v.bring(e.Origin)
	if n, err := EpochOf(e.Origin); err != nil || n != e.Epoch {
		v.rep.find("epoch", 0, 1, fmt.Sprintf("The origin %q does not name epoch %d.", e.Origin, e.Epoch),
			fmt.Sprintf("Tên gốc %q không khớp với quyển số %d.", e.Origin, e.Epoch))
	}
	if e.Epoch > 1 && e.LastCheckpoint == "" {
		v.rep.say("This log cites no checkpoint of the one before it: what was lost cannot be told from here.",
			"Quyển này không dẫn dấu mốc của quyển trước: không biết được phần đã mất.")
	}
	v.signer(e.PublicKey)
}

// heads compares the tree over the first n records with every checkpoint of that size, stored or held.
func (v *verification) heads(n int64, f *foreseen) error {
	signed := f.signed
	if signed == nil && v.old == "" && len(v.held[n]) == 0 {
		return nil
	}
	root, err := v.tree.Root()
	if err != nil {
		return fmt.Errorf("computing root of %d records: %w", n, err)
	}
	inForce := v.key // at this size, for which a key record that is the last one does not count yet
	if v.old != "" {
		inForce = v.old
	}
	v.handover(n, f, root)
	if signed != nil {
		v.stored(n, f, root)
	}
	for _, i := range v.held[n] {
		v.compareHeld(i, signedBy{inForce, root})
	}
	return nil
}

type signedBy struct {
	key  string
	root tlog.Hash
}

// handover checks that the record that names a new key is the last one under a checkpoint signed by the old key.
func (v *verification) handover(n int64, f *foreseen, root tlog.Hash) {
	if v.old == "" {
		return
	}
	old := v.old
	v.old = ""
	if f.signed != nil {
		if c, err := f.open(old); err == nil && c.Size == n && c.Root == root && c.Origin == v.rep.Origin {
			v.good, v.rep.Signed, v.former, v.newest = n, n, old, f.signed
			v.vouched(old)
			v.changed(n - 1)
			return
		}
	}
	v.rep.find("key", n-1, n, "The change of key is not signed by the key before it.", "Việc đổi khóa không được khóa cũ ký xác nhận.")
}

func (v *verification) stored(n int64, f *foreseen, root tlog.Hash) {
	if v.good == n {
		return // it was the old key's last one
	}
	c, err := f.open(v.key)
	switch {
	case err != nil:
		v.rep.find("checkpoint", v.good, n, fmt.Sprintf("The checkpoint over %d records is not signed by the log's key: %v.", n, err),
			fmt.Sprintf("Dấu mốc của %d dòng không mang chữ ký của khóa nhật ký: %v.", n, err))
	case c.Size != n || c.Origin != v.rep.Origin:
		v.rep.find("checkpoint", v.good, n, fmt.Sprintf("The checkpoint kept for %d records is of another log or size.", n),
			fmt.Sprintf("Dấu mốc giữ cho %d dòng là của nhật ký hoặc số dòng khác.", n))
	case c.Root != root:
		v.rep.find("tree", v.good, n, fmt.Sprintf("Records %d to %d are not those that were signed.", v.good, n-1),
			fmt.Sprintf("Các dòng từ %d đến %d không phải là những dòng đã ký.", v.good, n-1))
	default:
		v.good, v.rep.Signed, v.newest = n, n, f.signed
		v.vouched(v.key)
	}
}

// readHeld sorts the held checkpoints by size; those that cannot be read are said so at once.
func (v *verification) readHeld() {
	v.held = make(map[int64][]int)
	for i, signed := range v.opts.Held {
		c, err := PeekCheckpoint(signed)
		if err != nil {
			v.rep.Held = append(v.rep.Held, Held{Status: "unreadable", Detail: err.Error()})
			v.rep.find("held", 0, 0, fmt.Sprintf("Held checkpoint %d cannot be read: %v.", i+1, err),
				fmt.Sprintf("Không đọc được dấu mốc mang theo thứ %d: %v.", i+1, err))
			continue
		}
		v.rep.Held = append(v.rep.Held, Held{Origin: c.Origin, Size: c.Size, Status: "beyond"})
		v.held[c.Size] = append(v.held[c.Size], i)
	}
}

func (v *verification) compareHeld(i int, now signedBy) {
	h := &v.rep.Held[i]
	c, err := PeekCheckpoint(v.opts.Held[i])
	if err != nil {
		return // said by readHeld
	}
	if c.Origin != v.rep.Origin {
		h.Status = "other_log"
		return
	}
	if _, err := OpenCheckpoint(v.opts.Held[i], now.key); err != nil {
		h.Detail = err.Error()
	}
	// Where a part of a log begins, the key before its first one may have signed: there the root alone tells.
	if c.Root == now.root && (h.Detail == "" || c.Size == v.first) {
		h.Status = "extends"
		return
	}
	h.Status = "contradicts"
	v.rep.find("held", 0, c.Size, fmt.Sprintf("The log contradicts the checkpoint over %d records that was kept elsewhere.", c.Size),
		fmt.Sprintf("Nhật ký trái với dấu mốc %d dòng đã giữ ở nơi khác.", c.Size))
}

func (v *verification) finish() error {
	size := v.tree.Size()
	root, err := v.tree.Root()
	if err != nil {
		return fmt.Errorf("computing root: %w", err)
	}
	v.rep.Size, v.rep.Root = size, root.String()
	for i := range v.rep.Held {
		h := &v.rep.Held[i]
		if h.Status != "beyond" {
			continue
		}
		if h.Origin != v.rep.Origin {
			h.Status = "other_log"
			continue
		}
		if h.Size == 0 {
			h.Status = "extends"
			continue
		}
		if h.Size < v.first {
			h.Status = "before"
			continue
		}
		if h.mild || h.Size <= v.opts.reach[h.Origin] {
			h.Status = "later"
			continue
		}
		v.rep.find("held", size, h.Size, fmt.Sprintf("The log has %d records; the checkpoint kept elsewhere covers %d.", size, h.Size),
			fmt.Sprintf("Nhật ký có %d dòng; dấu mốc giữ ở nơi khác đã có %d dòng.", size, h.Size))
	}
	newest, err := v.src.Newest()
	if err != nil {
		return fmt.Errorf("reading newest checkpoint: %w", err)
	}
	if newest != nil {
		if c, err := PeekCheckpoint(newest); err == nil && c.Size > size {
			v.rep.find("truncated", size, c.Size, fmt.Sprintf("The log has %d records; its own newest checkpoint covers %d.", size, c.Size),
				fmt.Sprintf("Nhật ký có %d dòng; dấu mốc mới nhất của chính nó đã có %d dòng.", size, c.Size))
		}
	}
	v.rep.Open = size - v.rep.Signed
	if _, part := v.src.(interval); part && v.rep.Signed == v.first && v.rep.FindingAll == 0 {
		v.rep.find("checkpoint", v.first, size, "No signed checkpoint covers these records.", "Không có dấu mốc đã ký nào bao trùm các dòng này.")
	}
	v.finishKeys()
	v.clocks.finish(&v.rep)
	v.books.finish(&v.rep)
	v.books.looking.finish(&v.rep)
	v.rep.conclude()
	v.tie()
	return nil
}
