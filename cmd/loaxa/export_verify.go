package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"loaxa/player/playlog/evidence"
)

// verified is one verdict: of a log, of an export, or of several exports joined.
type verified struct {
	name string
	evidence.Report
}

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

// verifyExports verifies each export by itself, and those of one log together as one account.
func verifyExports(exports []*opened, o evidence.VerifyOptions) ([]verified, error) {
	var out []verified
	all := make([]*evidence.Export, 0, len(exports))
	for _, e := range exports {
		r, err := verifySource(e.path, e.Export, o)
		if err != nil {
			return nil, err
		}
		out = append(out, verified{e.path, r})
		all = append(all, e.Export)
	}
	if len(exports) < 2 {
		return out, nil
	}
	groups := evidence.Join(all)
	for i, g := range groups {
		var hole evidence.Finding
		var missing bool
		if i > 0 {
			hole, missing = evidence.MissingBetween(groups[i-1], g)
		}
		if g.Parts() < 2 && !missing {
			continue
		}
		name := fmt.Sprintf("%d exports of %s, joined", g.Parts(), g.Origin())
		r, err := verifySource(name, g, o)
		if err != nil {
			return nil, err
		}
		if missing {
			r.Add(hole)
		}
		out = append(out, verified{name, r})
	}
	return out, nil
}

// verifySource verifies one source; what cannot be read does not verify.
func verifySource(name string, src evidence.Source, o evidence.VerifyOptions) (evidence.Report, error) {
	r, err := evidence.Verify(src, o)
	if errors.Is(err, evidence.ErrNoKey) {
		return r, usage("a key looks like loaxa/CODE/main/1+1a2b3c4d+A…", "verifying %s: %w", name, err)
	}
	if err != nil {
		return r, failWith(exitUnproved, "keep the file as it is and tell the inspector", "verifying %s: %w", name, err)
	}
	return r, nil
}
