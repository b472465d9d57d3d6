package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"loaxa/player/playlog/evidence"
)

// opened is an export and the file that it is read from.
type opened struct {
	path string
	file *os.File
	*evidence.Export
}

// isExport looks at the content of a file, whatever its name.
func isExport(path string) (is bool, err error) {
	f, err := os.Open(path) //nolint:gosec // the person names it
	if err != nil {
		return false, fmt.Errorf("verifying %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return false, nil //nolint:nilerr // too short for an export: let the log's reader say what it is
	}
	return evidence.IsExport(head), nil
}

func openExport(path string) (*opened, error) {
	f, err := os.Open(path) //nolint:gosec // the person names it
	if err != nil {
		return nil, fmt.Errorf("verifying %s: %w", path, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("verifying %s: %w", path, err), f.Close())
	}
	e, err := evidence.OpenExport(f, info.Size())
	if err != nil {
		return nil, errors.Join(failWith(exitUnproved, "ask for the export again", "verifying %s: %w", path, err), f.Close())
	}
	return &opened{path, f, e}, nil
}

// unreadable is the error of what could not be verified at all: a wrong key is the person's slip, everything else is the
// file's.
func unreadable(v evidence.Verdict) error {
	if errors.Is(v.Err, evidence.ErrNoKey) {
		return usage("a key looks like loaxa/CODE/main/1+1a2b3c4d+A…", "verifying %s: %w", v.Name, v.Err)
	}
	return failWith(exitUnproved, "keep the file as it is and tell the inspector", "verifying %s: %w", v.Name, v.Err)
}
