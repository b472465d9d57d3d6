package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// folder is the station's data folder, held by this process alone.
type folder struct {
	dir  string
	lock *os.File
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// openFolder takes the lock of an existing data folder; a folder without a station is refused.
func openFolder(dir string) (*folder, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("make a station there with `loaxa init`, or name another folder with --data", "opening data folder %s: it does not exist", dir)
	case err != nil:
		return nil, fmt.Errorf("opening data folder %s: %w", dir, err)
	case !info.IsDir():
		return nil, usage("name a folder with --data", "opening data folder %s: it is a file", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, "state.db")); errors.Is(err, fs.ErrNotExist) {
		return nil, usage("make a station there with `loaxa init`, or name another folder with --data", "opening data folder %s: there is no station in it (state.db is missing)", dir)
	}
	return lockFolder(dir)
}

// How long a lock is waited for that no running station holds.
const (
	lockTries = 40
	lockPause = 50 * time.Millisecond
)

// lockFolder takes the lock; a second process is told that a station runs.
func lockFolder(dir string) (*folder, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking data folder %s: %w", dir, err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	for range lockTries {
		// A command without a running station holds the lock for a moment; a running one answers on its socket.
		if !errors.Is(err, unix.EWOULDBLOCK) || running(socketOf(dir)) {
			break
		}
		time.Sleep(lockPause)
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		closing := f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, failWith(exitTemporary, "stop it first, or use another folder", "opening data folder %s: a station is running on it", dir)
		}
		return nil, fmt.Errorf("locking data folder %s: %w", dir, errors.Join(err, closing))
	}
	return &folder{dir: dir, lock: f}, nil
}

// sweep takes away the sockets of commands that were killed. Only the holder of the lock may have one.
func (f *folder) sweep() error {
	left, err := filepath.Glob(filepath.Join(f.dir, commandSocket("*")))
	if err != nil {
		return fmt.Errorf("sweeping data folder %s: %w", f.dir, err)
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweeping data folder %s: %w", f.dir, err)
		}
	}
	return nil
}

// commandSocket names the socket of a command that works without a running station.
func commandSocket(id string) string { return ".command-" + id + ".sock" }

// nameless is a temporary file on the data disk without a name: it is gone when it is closed, or when the program dies.
func (f *folder) nameless() (*os.File, error) {
	file, err := os.CreateTemp(filepath.Join(f.dir, "spool"), ".spool-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (f *folder) close() error { return f.lock.Close() }

// makeFolders makes what stands in a data folder.
func makeFolders(dir string) error {
	for _, name := range []string{"", "keys", "clips", "originals", "anchors", "inbox", "spool"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return fmt.Errorf("making data folder %s: %w", dir, err)
		}
	}
	return nil
}

// buildHash is the SHA-256 of this program's file, so that the log says what ran.
func buildHash(exe string) (string, error) {
	f, err := os.Open(exe)
	if err != nil {
		return "", fmt.Errorf("hashing this program: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("hashing this program: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
