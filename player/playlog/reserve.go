package playlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// DefaultReserve is the reserve of a station, in bytes: about 4,000 records, two weeks of an ordinary station.
const DefaultReserve = 4 << 20

// roomyTimes is how many times the reserve must be free before it is made: a disk that is nearly full is not to be
// filled by the reserve itself.
const roomyTimes = 4

// The reserve is a file that does nothing but hold blocks of the disk. When the disk is full it is removed, and the
// records go where it was. It is made again when there is room.
func (o Options) reserve() string { return filepath.Join(o.dir(), "reserve") }

// freshReserve is the name of a reserve that is being filled.
func (o Options) freshReserve() string { return o.reserve() + ".new" }

// full reports whether a write failed for want of room.
func full(err error) bool {
	if err == nil {
		return false
	}
	for _, e := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT} {
		// bbolt puts only the text of some errors into its own, when the file cannot grow.
		if errors.Is(err, e) || strings.Contains(err.Error(), e.Error()) {
			return true
		}
	}
	return false
}

// giveUpReserve removes the reserve after a write that failed with cause for want of room. It reports whether there is
// more room now: then the write is worth a second try. Callers hold mu.
func (l *Log) giveUpReserve(cause error) bool {
	if l.opts.Reserve <= 0 || !full(cause) {
		return false
	}
	if err := os.Remove(l.opts.reserve()); err != nil {
		return false // it was used before, or is held by the same disk that fails
	}
	// Some file systems hand out freed blocks only once the removal is on the disk.
	_ = syncDir(l.opts.dir()) // if that fails, so will the second try
	l.bare = fmt.Sprintf("the disk is full: the reserve of %d kB was given up so that records still reach it", l.opts.Reserve>>10)
	l.opts.Raise(alarmAppend, l.bare)
	return true
}

// openReserve sees to the reserve of a log that was just opened. A station without one is on the air all the same.
// Callers hold mu.
func (l *Log) openReserve() {
	if l.opts.Reserve <= 0 {
		return
	}
	info, err := os.Lstat(l.opts.reserve())
	if err != nil || !info.Mode().IsRegular() || held(info) < l.opts.Reserve {
		l.tookReserve(l.buildReserve())
	}
}

// keepReserve makes the reserve again when it is gone and nothing waits for the disk. Writers go on meanwhile: filling
// a file can take a second on a slow card.
func (l *Log) keepReserve() {
	if l.opts.Reserve <= 0 || !l.atRest() {
		return
	}
	if _, err := os.Lstat(l.opts.reserve()); err == nil {
		return
	}
	err := l.buildReserve()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.queue.len() > 0 { // there is no room after all
		_ = os.Remove(l.opts.freshReserve()) // as in tookReserve
		return
	}
	l.tookReserve(err)
}

func (l *Log) atRest() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.closed && l.queue.len() == 0
}

// buildReserve fills a file under another name, so that a reserve is whole or not there.
func (l *Log) buildReserve() error {
	free, err := freeBytes(l.opts.dir())
	if err != nil {
		return fmt.Errorf("looking for free space: %w", err)
	}
	if free < roomyTimes*l.opts.Reserve {
		return fmt.Errorf("only %d kB are free", free>>10)
	}
	f, err := os.OpenFile(l.opts.freshReserve(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = allocate(f, l.opts.Reserve)
	if err == nil && !l.opts.NoSync {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// tookReserve puts the file that buildReserve filled into its place, or says why there is none. Callers hold mu.
func (l *Log) tookReserve(err error) {
	if err == nil {
		err = os.Rename(l.opts.freshReserve(), l.opts.reserve())
	}
	if err != nil {
		_ = os.Remove(l.opts.freshReserve()) // it may not be there; if it stays, the next try takes it
		if l.bare == "" {                    // else the alarm stands and says how it came
			l.bare = fmt.Sprintf("no reserve for a full disk could be made: %v", err)
			l.opts.Raise(alarmAppend, l.bare)
		}
		return
	}
	if l.bare != "" {
		l.bare = ""
		l.settled()
	}
}

// zeros fills f where the file system cannot set blocks aside.
func zeros(f *os.File, n int64) error {
	b := make([]byte, 64<<10)
	for ; n > 0; n -= int64(len(b)) {
		if _, err := f.Write(b[:min(n, int64(len(b)))]); err != nil {
			return err
		}
	}
	return nil
}
