package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"loaxa/player/playlog/evidence"
)

// trustFlags are what the person trusts, beside single keys and checkpoints.
type trustFlags struct {
	keep   string
	policy string
}

func (f *trustFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.keep, "keep", "", "file that remembers the newest verified checkpoint of each station: what does not go on from it is refused")
	cmd.Flags().StringVar(&f.policy, "policy", "", "file with the keys of the stations (C2SP tlog-policy); they count as if given with --key")
}

// options adds what the flags name to o. The memory is nil when none is wanted.
func (f *trustFlags) options(o *evidence.VerifyOptions) (*memory, error) {
	if f.policy != "" {
		b, err := readAtMost(f.policy, evidence.MaxPolicy+1)
		if err != nil {
			return nil, err
		}
		keys, err := evidence.ParsePolicy(b)
		if err != nil {
			return nil, failWith(exitFailed, "correct the policy, or give keys with --key", "reading %s: %w", f.policy, err)
		}
		o.Keys = append(o.Keys, keys...)
	}
	if f.keep == "" {
		return nil, nil //nolint:nilnil // no memory is wanted
	}
	m, err := openMemory(f.keep)
	if err != nil {
		return nil, err
	}
	o.Kept = &m.kept
	return m, nil
}

// memory is the file in which a person's verifier keeps checkpoints from one run to the next.
type memory struct {
	path string
	was  []byte // nil when there is no file yet
	kept evidence.Kept
	next evidence.Kept
}

// openMemory reads the file; one that is missing is made by save. It is refused now, rather than after a long
// verification, where save could not write it.
func openMemory(path string) (*memory, error) {
	m := &memory{path: path}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
			return nil, failWith(exitFailed, "make the folder first", "keeping checkpoints in %s: there is no folder %s", path, filepath.Dir(path))
		}
		return m, nil
	case err != nil:
		return nil, fmt.Errorf("reading kept checkpoints: %w", err)
	case !info.Mode().IsRegular():
		return nil, usage("name a file", "keeping checkpoints in %s: not a file", path)
	}
	if m.was, err = readAtMost(path, evidence.MaxKept+1); err != nil {
		return nil, err
	}
	if m.kept, err = evidence.ParseKept(m.was); err != nil {
		return nil, failWith(exitFailed, "bring back a copy of it, or begin a new one under another name", "reading %s: %w", path, err)
	}
	return m, nil
}

func (m *memory) judge(done []evidence.Verdict) {
	if m != nil {
		m.next = m.kept.Apply(done)
	}
}

// save writes what is kept from now on. It is called when everything holds, and never over what another run has written
// meanwhile.
func (m *memory) save() error {
	if m == nil {
		return nil
	}
	b, err := m.next.Marshal()
	if err != nil {
		return err
	}
	if m.was != nil && bytes.Equal(b, m.was) {
		return nil
	}
	now, err := os.ReadFile(m.path)
	if err != nil && (m.was != nil || !errors.Is(err, fs.ErrNotExist)) {
		return fmt.Errorf("keeping checkpoints: %w", err)
	}
	if !bytes.Equal(now, m.was) || (err == nil) != (m.was != nil) {
		return failWith(exitTemporary, "run it again", "keeping checkpoints in %s: another program changed it meanwhile", m.path)
	}
	return writeFile(m.path, 0o600, func(f *os.File) error {
		_, err := f.Write(b)
		return err
	})
}

// readAtMost reads up to n bytes of a file.
func readAtMost(path string, n int64) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the person names it
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failWith(exitFailed, "check the path", "reading %s: no such file", path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, n))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return b, nil
}
