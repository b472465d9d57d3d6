package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

func (a *app) logExport() *cobra.Command {
	var from, until, out string
	cmd := &cobra.Command{
		Use: "export --from TIME --until TIME -o FILE", Short: "Take a period of the log away as one file that verifies by itself", Args: cobra.NoArgs,
		Long: "Write the records of a period, with the signed checkpoint that covers them, to one file for loaxa verify. The file\n" +
			"begins at the plan before the period, so that what was promised for it is in the file too.",
		RunE: func(c *cobra.Command, _ []string) error {
			q := url.Values{}
			for name, value := range map[string]string{"from": from, "until": until} {
				if value == "" && name == "until" {
					continue
				}
				t, err := parseMoment(value)
				if err != nil {
					return err
				}
				q.Set(name, t.Format(time.RFC3339))
			}
			if out == "" {
				return usage("give it a name with -o", "exporting log: no file to write to")
			}
			return a.reach(c.Context(), func(s *client) error {
				return writeWhole(out, func(f *os.File) error {
					return s.call(c.Context(), "GET", "/log/export?"+q.Encode(), nil, f)
				})
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "from when")
	cmd.Flags().StringVar(&until, "until", "", "until when, not itself part of the period; default now")
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file to write")
	return cmd
}

// writeWhole lets write fill a file, made to be handed on, that appears under its name only when it is complete and on
// the disk.
func writeWhole(path string, write func(*os.File) error) error { return writeFile(path, 0o644, write) }

func writeFile(path string, mode os.FileMode, write func(*os.File) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".loaxa-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err = errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), mode); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	d, errDir := os.Open(dir) //nolint:gosec // where the person wants the file
	if errDir != nil {
		return fmt.Errorf("writing %s: %w", path, errDir)
	}
	if errDir = errors.Join(d.Sync(), d.Close()); errDir != nil {
		return fmt.Errorf("writing %s: %w", path, errDir)
	}
	return nil
}
