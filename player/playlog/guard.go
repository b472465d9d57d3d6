package playlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"runtime/debug"
)

// bbolt maps its file and trusts it: a page beyond the end of a truncated file is a SIGBUS, a page that leads back to
// itself overflows the stack, and both end the process. So the skeleton of the file (meta pages, freelist, the branch
// pages of every bucket) is read with ordinary reads before bbolt opens it. The layout is bbolt's, format version 2.
const (
	boltMagic      = 0xED0CDAED
	boltVersion    = 2
	pageHeader     = 16
	elementSize    = 16
	metaSize       = 64
	flagBranch     = 0x01
	flagLeaf       = 0x02
	flagFreelist   = 0x10
	bucketEntry    = 0x01
	noFreelist     = ^uint64(0)
	maxDepth       = 24
	maxOverflow    = 1 << 14
	smallestPage   = 1024
	largestPage    = 64 << 10
	maxBucketsSeen = 64
)

// errDamaged marks a file that must be set aside.
var errDamaged = errors.New("file is damaged")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errDamaged, fmt.Sprintf(format, args...))
}

type boltMeta struct{ pageSize, root, freelist, high, txid uint64 }

// guarded runs fn and turns a panic, also one by a memory fault in the mapped file, into errDamaged.
func guarded(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = damaged("%.200v", r)
		}
	}()
	return fn()
}

// inspect checks the skeleton of the bbolt file at path, or, when full, every page of it. Nobody may write meanwhile.
func inspect(path string, full bool) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return damaged("not a regular file")
	}
	m, err := readMeta(f, info.Size())
	if err != nil {
		return err
	}
	if m.high > uint64(info.Size())/m.pageSize { //nolint:gosec // a size is never negative
		return damaged("truncated: %d bytes, %d pages of %d are in use", info.Size(), m.high, m.pageSize)
	}
	w := &walk{f: f, m: m, full: full, seen: make([]uint64, m.high/64+1)}
	w.seen[0] = 0b11 // the meta pages
	if err := w.freelist(); err != nil {
		return err
	}
	if err := w.tree(m.root, 0, true); err != nil || !full {
		return err
	}
	for id := range m.high {
		if w.mark(id) {
			return damaged("page %d is neither in use nor free", id)
		}
	}
	return nil
}

// readMeta finds the valid meta page of the newest transaction.
func readMeta(f io.ReaderAt, size int64) (boltMeta, error) {
	var best boltMeta
	found := false
	try := func(at int64) {
		b := make([]byte, pageHeader+metaSize)
		if _, err := f.ReadAt(b, at); err != nil {
			return // too short: no meta page there
		}
		if m, ok := parseMeta(b[pageHeader:]); ok && (!found || m.txid > best.txid) {
			best, found = m, true
		}
	}
	try(0)
	if found {
		try(int64(best.pageSize)) //nolint:gosec // at most largestPage
	} else {
		for at := int64(smallestPage); at <= largestPage && at < size; at *= 2 {
			try(at)
		}
	}
	if !found {
		return boltMeta{}, damaged("no valid meta page in %d bytes", size)
	}
	return best, nil
}

func parseMeta(b []byte) (boltMeta, bool) {
	o := binary.NativeEndian
	h := fnv.New64a()
	_, _ = h.Write(b[:56]) // a hash never fails
	m := boltMeta{pageSize: uint64(o.Uint32(b[8:])), root: o.Uint64(b[16:]), freelist: o.Uint64(b[32:]), high: o.Uint64(b[40:]), txid: o.Uint64(b[48:])}
	ok := o.Uint32(b) == boltMagic && o.Uint32(b[4:]) == boltVersion && o.Uint64(b[56:]) == h.Sum64() &&
		m.pageSize >= smallestPage && m.pageSize <= largestPage && m.pageSize&(m.pageSize-1) == 0 &&
		m.root > 1 && m.root < m.high && (m.freelist < m.high || m.freelist == noFreelist)
	return m, ok
}

type walk struct {
	f       io.ReaderAt
	m       boltMeta
	full    bool
	seen    []uint64 // one bit a page: in use or free
	entries int
}

// mark notes that a page was met; false when it had been met before.
func (w *walk) mark(id uint64) bool {
	bit := uint64(1) << (id % 64)
	if w.seen[id/64]&bit != 0 {
		return false
	}
	w.seen[id/64] |= bit
	return true
}

// page reads page id with its overflow and checks its head; the page may be met once only.
func (w *walk) page(id uint64, flags uint16) (b []byte, flag, count uint16, err error) {
	if id < 2 || id >= w.m.high {
		return nil, 0, 0, damaged("page %d is out of range", id)
	}
	o := binary.NativeEndian
	head := make([]byte, pageHeader)
	at := int64(id * w.m.pageSize) //nolint:gosec // below the file's size
	if _, err := w.f.ReadAt(head, at); err != nil {
		return nil, 0, 0, fmt.Errorf("reading page %d: %w", id, err)
	}
	flag, count = o.Uint16(head[8:]), o.Uint16(head[10:])
	over := uint64(o.Uint32(head[12:]))
	if o.Uint64(head) != id || flag&^flags != 0 || flag&(flag-1) != 0 || flag == 0 || over >= w.m.high-id {
		return nil, 0, 0, damaged("page %d has a wrong head", id)
	}
	if flags != flagFreelist && over > maxOverflow {
		return nil, 0, 0, damaged("page %d has a wrong length", id)
	}
	for i := id; i <= id+over; i++ {
		if !w.mark(i) {
			return nil, 0, 0, damaged("page %d is used twice", i)
		}
	}
	b = make([]byte, (over+1)*w.m.pageSize)
	if _, err := w.f.ReadAt(b, at); err != nil {
		return nil, 0, 0, fmt.Errorf("reading page %d: %w", id, err)
	}
	return b, flag, count, nil
}

func (w *walk) freelist() error {
	if w.m.freelist == noFreelist {
		return nil
	}
	b, _, count16, err := w.page(w.m.freelist, flagFreelist)
	if err != nil {
		return err
	}
	o := binary.NativeEndian
	count, first := uint64(count16), uint64(pageHeader)
	if count16 == 0xFFFF {
		count, first = o.Uint64(b[pageHeader:]), pageHeader+8
	}
	if count > (uint64(len(b))-first)/8 {
		return damaged("the freelist is longer than its page")
	}
	last := uint64(1)
	for i := range count {
		id := o.Uint64(b[first+8*i:])
		if id <= last || id >= w.m.high {
			return damaged("the freelist names page %d", id)
		}
		last = id
		if !w.mark(id) {
			return damaged("the freelist names page %d, which is in use", id)
		}
	}
	return nil
}

// tree walks the branch pages under id, and the leaf pages that hold buckets. Of plain leaves it looks at the first and
// the last of each branch page only: reading them all is the background check's
// work (full).
func (w *walk) tree(id uint64, depth int, root bool) error {
	if depth > maxDepth {
		return damaged("page %d lies too deep", id)
	}
	b, flag, count, err := w.page(id, flagBranch|flagLeaf)
	if err != nil {
		return err
	}
	if uint64(count)*elementSize+pageHeader > uint64(len(b)) {
		return damaged("page %d has too many elements", id)
	}
	if flag == flagLeaf {
		return w.leaf(id, b, count, depth, root)
	}
	if count == 0 {
		return damaged("branch page %d is empty", id)
	}
	o := binary.NativeEndian
	kids := make([]uint64, count)
	for i := range kids {
		el := pageHeader + i*elementSize
		if !within(b, el, o.Uint32(b[el:]), uint64(o.Uint32(b[el+4:]))) {
			return damaged("page %d has a key beyond its end", id)
		}
		kids[i] = o.Uint64(b[el+8:])
	}
	leaves, err := w.leafAt(kids[0])
	if err != nil {
		return err
	}
	for i, kid := range kids {
		if leaves && !root && !w.full && i != 0 && i != len(kids)-1 {
			if kid < 2 || kid >= w.m.high || !w.mark(kid) {
				return damaged("page %d leads to page %d", id, kid)
			}
			continue
		}
		if err := w.tree(kid, depth+1, root); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) leafAt(id uint64) (bool, error) {
	if id < 2 || id >= w.m.high {
		return false, damaged("page %d is out of range", id)
	}
	head := make([]byte, pageHeader)
	if _, err := w.f.ReadAt(head, int64(id*w.m.pageSize)); err != nil { //nolint:gosec // below the file's size
		return false, fmt.Errorf("reading page %d: %w", id, err)
	}
	return binary.NativeEndian.Uint16(head[8:])&flagLeaf != 0, nil
}

func (w *walk) leaf(id uint64, b []byte, count uint16, depth int, root bool) error {
	o := binary.NativeEndian
	var before []byte
	for i := range int(count) {
		el := pageHeader + i*elementSize
		flags, pos := o.Uint32(b[el:]), o.Uint32(b[el+4:])
		ksize, vsize := uint64(o.Uint32(b[el+8:])), uint64(o.Uint32(b[el+12:]))
		if !within(b, el, pos, ksize+vsize) {
			return damaged("page %d has a value beyond its end", id)
		}
		at := uint64(el) + uint64(pos) //nolint:gosec // el is a place in b
		key := b[at : at+ksize]
		if i > 0 && bytes.Compare(before, key) >= 0 {
			return damaged("page %d has keys out of order", id)
		}
		before = key
		if flags&bucketEntry == 0 || !root {
			continue
		}
		w.entries++
		if vsize < 16 || w.entries > maxBucketsSeen {
			return damaged("page %d has a damaged bucket", id)
		}
		if sub := o.Uint64(b[at+ksize:]); sub != 0 {
			if err := w.tree(sub, depth+1, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// within reports whether n bytes at pos from the element at el lie in b.
func within(b []byte, el int, pos uint32, n uint64) bool {
	return uint64(el)+uint64(pos)+n <= uint64(len(b)) //nolint:gosec // el is a place in b
}
