package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// clipView is what the commands print of a clip.
type clipView struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	State      string   `json:"state"`
	SHA256     string   `json:"sha256"`
	Canonical  string   `json:"canonical_sha256"`
	DurationMS int64    `json:"duration_ms"`
	LUFS       float64  `json:"loudness_lufs"`
	TruePeak   float64  `json:"true_peak_dbtp"`
	Source     string   `json:"source,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Warnings   []string `json:"warnings,omitempty"`
	Existed    bool     `json:"existed,omitempty"`
}

func (v clipView) text(w io.Writer) {
	fmt.Fprintf(w, "%s  %s  %s  %s  %.1f LUFS  %.1f dBTP\n", v.ID, v.State, seconds(v.DurationMS), v.Title, v.LUFS, v.TruePeak)
	for _, s := range v.Warnings {
		fmt.Fprintf(w, "  warning: %s\n", s)
	}
}

func (a *app) clipCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "clip", Short: "Bring in and keep audio clips"}
	cmd.AddCommand(a.clipImport(), a.clipList(), a.clipShow(),
		a.clipAct("approve", "Allow a clip on air"), a.clipAct("retire", "Take a clip out of use"))
	return cmd
}

func (a *app) clipImport() *cobra.Command {
	var title, source string
	var tags []string
	cmd := &cobra.Command{
		Use: "import FILE…", Short: "Import audio files (WAV, MP3)", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if title != "" && len(args) > 1 {
				return usage("import them one by one", "importing clips: one --title for %d files", len(args))
			}
			for _, path := range args {
				if err := checkFile(path); err != nil {
					return err
				}
			}
			return a.reach(c.Context(), func(s *client) error {
				var views []clipView
				for _, path := range args {
					v, err := a.importOne(c.Context(), s, path, map[string]string{"title": title, "source": source, "tags": strings.Join(tags, ",")})
					if err != nil {
						return err
					}
					views = append(views, v)
				}
				return a.print(views, func(w io.Writer) {
					for _, v := range views {
						v.text(w)
					}
				})
			})
		},
	}
	cmd.Flags().StringVar(&title, "title", "", "title; default: the file's name")
	cmd.Flags().StringVar(&source, "source", "", "where it comes from")
	cmd.Flags().StringSliceVar(&tags, "tag", nil, "subject, may be given several times")
	return cmd
}

// checkFile refuses what is no file before anything is sent.
func checkFile(path string) error {
	if strings.Contains(path, "://") {
		return usage("download the file first, then import it", "importing %s: links are not fetched", path)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return failWith(exitFailed, "check the path", "importing %s: no such file", path)
	case err != nil:
		return fmt.Errorf("importing %s: %w", path, err)
	case !info.Mode().IsRegular():
		return failWith(exitFailed, "give a file", "importing %s: not a regular file", path)
	}
	return nil
}

// importOne streams a file to the station, telling how far it is on a terminal's error stream.
func (a *app) importOne(ctx context.Context, s *client, path string, fields map[string]string) (clipView, error) {
	var v clipView
	f, err := os.Open(path)
	if err != nil {
		return v, fmt.Errorf("importing %s: %w", path, err)
	}
	defer f.Close() //nolint:errcheck // only read
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	sent := make(chan error, 1)
	go func() { // ends with the request's body
		err := writeForm(form, filepath.Base(path), f, fields)
		sent <- errors.Join(err, w.CloseWithError(err))
	}()
	err = s.send(ctx, "POST", "/clips", form.FormDataContentType(), r, &v)
	closing := r.CloseWithError(io.ErrClosedPipe)
	if sending := <-sent; err == nil && sending != nil {
		err = sending
	}
	if err = errors.Join(err, closing); err != nil {
		var f *fault
		if errors.As(err, &f) {
			return v, failWith(f.code, f.hint, "importing %s: %w", path, f.err)
		}
		return v, fmt.Errorf("importing %s: %w", path, err)
	}
	return v, nil
}

func writeForm(form *multipart.Writer, name string, file io.Reader, fields map[string]string) error {
	for _, k := range []string{"title", "source", "tags"} {
		if fields[k] == "" {
			continue
		}
		if err := form.WriteField(k, fields[k]); err != nil {
			return err
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, file); err != nil {
		return err
	}
	return form.Close()
}

func (a *app) clipList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the clips", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.reach(c.Context(), func(s *client) error {
				all := []clipView{}
				for cursor := ""; ; {
					var page struct {
						Clips []clipView `json:"clips"`
						Next  string     `json:"next"`
					}
					if err := s.call(c.Context(), "GET", "/clips?cursor="+url.QueryEscape(cursor), nil, &page); err != nil {
						return err
					}
					all = append(all, page.Clips...)
					if cursor = page.Next; cursor == "" {
						break
					}
				}
				return a.print(all, func(w io.Writer) {
					t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
					for _, v := range all {
						fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", v.ID, v.State, seconds(v.DurationMS), v.Title)
					}
					t.Flush() //nolint:errcheck // the writer below says what went wrong
				})
			})
		},
	}
}

func (a *app) clipShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show one clip", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.clipCall(c, "GET", "/clips/"+url.PathEscape(args[0]))
		},
	}
}

func (a *app) clipAct(word, short string) *cobra.Command {
	return &cobra.Command{
		Use: word + " ID", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.clipCall(c, "POST", "/clips/"+url.PathEscape(args[0])+"/"+word)
		},
	}
}

func (a *app) clipCall(c *cobra.Command, method, path string) error {
	return a.reach(c.Context(), func(s *client) error {
		var v clipView
		if err := s.call(c.Context(), method, path, nil, &v); err != nil {
			return err
		}
		return a.print(v, v.text)
	})
}
