package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"loaxa/admin/report/decree"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// MaxTemplate is the largest template of a report, bytes.
const MaxTemplate = 2 << 20

// Template is the commune's own template of the report, nil while it uses the program's.
func (a *API) Template() ([]byte, error) {
	f, err := os.Open(a.o.Template)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the template of the report: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	own, err := io.ReadAll(io.LimitReader(f, MaxTemplate))
	if err != nil {
		return nil, fmt.Errorf("reading the template of the report: %w", err)
	}
	return own, nil
}

// StoreTemplate puts a template in the place of the program's, once it is known that it can be filled. It appears whole or
// not at all.
func (a *API) StoreTemplate(c *route.Call, from io.Reader) (err error) {
	own, err := io.ReadAll(io.LimitReader(from, MaxTemplate+1))
	if err != nil {
		return fmt.Errorf("receiving the template: %w", err)
	}
	if len(own) > MaxTemplate {
		return &http.MaxBytesError{Limit: MaxTemplate}
	}
	if err := decree.CheckTemplate(own); err != nil {
		return &route.Problem{Status: http.StatusUnprocessableEntity, Code: "bad_template", Detail: err.Error()}
	}
	if err := a.room(); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(a.o.Template), ".template-*")
	if err != nil {
		return fmt.Errorf("storing the template: %w", err)
	}
	_, err = f.Write(own)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), a.o.Template)
	}
	if err != nil {
		return fmt.Errorf("storing the template: %w", errors.Join(err, os.Remove(f.Name())))
	}
	sum := sha256.Sum256(own)
	a.Operator(c.Who.Actor, evidence.Operator{What: "template", Object: "sha256 " + hex.EncodeToString(sum[:]), Result: "done"})
	return nil
}

// RemoveTemplate goes back to the program's own.
func (a *API) RemoveTemplate(c *route.Call) error {
	if err := os.Remove(a.o.Template); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the template: %w", err)
	}
	a.Operator(c.Who.Actor, evidence.Operator{What: "template", Object: "removed", Result: "done"})
	return nil
}
