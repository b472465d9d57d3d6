package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"loaxa/audio/library"
)

// clipView is a clip as the API tells it.
type clipView struct {
	library.Clip
	Uses     []library.Use `json:"uses,omitempty"`      // of one clip
	UseCount int           `json:"use_count,omitempty"` // in a list
	DaysLeft *int          `json:"days_left,omitempty"` // until its last day, which is 0
	Notes    []string      `json:"notes,omitempty"`     // the warnings as sentences
}

// text is the clip on one line, with what is to be minded below it.
func (v clipView) text(w io.Writer) {
	fmt.Fprintf(w, "%s  %s  %s  %s  %.1f LUFS  %.1f dBTP\n", v.ID, v.State, seconds(v.DurationMS), v.Title, v.LoudnessLUFS, v.TruePeakDBTP)
	for _, s := range v.warnings() {
		fmt.Fprintf(w, "  warning: %s\n", s)
	}
}

// warnings are the sentences, or at least the codes.
func (v clipView) warnings() []string {
	if len(v.Notes) > 0 {
		return v.Notes
	}
	return v.Warnings
}

func (a *app) clipCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "clip", Short: "Bring in and keep audio clips"}
	cmd.AddCommand(a.clipImport(), a.clipList(), a.clipShow(), a.clipEdit(), a.clipSubmit(), a.clipApprove(), a.clipReject(),
		a.clipRetire(), a.clipTrim(), a.clipRemove())
	return cmd
}

// clipQuery is what a list is asked for.
type clipQuery struct {
	state, tag, search string
	expiring           int
}

func (a *app) clipList() *cobra.Command {
	var q clipQuery
	cmd := &cobra.Command{
		Use: "list", Short: "List the clips", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			values, err := q.values(c.Flags().Changed("expiring"))
			if err != nil {
				return err
			}
			return a.reach(c.Context(), func(s *client) error {
				all, err := s.clips(c.Context(), values)
				if err != nil {
					return err
				}
				return a.print(all, func(w io.Writer) { listClips(w, all) })
			})
		},
	}
	cmd.Flags().StringVar(&q.state, "state", "", "only draft, submitted, approved or retired ones")
	cmd.Flags().StringVar(&q.tag, "tag", "", "only those with this subject")
	cmd.Flags().StringVar(&q.search, "search", "", "only those with these words in title, source, letter or subjects; accents do not matter")
	cmd.Flags().IntVar(&q.expiring, "expiring", 0, "only those whose last day is past or at most so many `DAYS` away")
	return cmd
}

func (q clipQuery) values(expiring bool) (url.Values, error) {
	v := url.Values{}
	switch q.state {
	case "", library.StateDraft, library.StateSubmitted, library.StateApproved, library.StateRetired:
	default:
		return nil, usage("use draft, submitted, approved or retired", "listing clips: --state %q is not known", q.state)
	}
	for key, text := range map[string]string{"state": q.state, "tag": q.tag, "q": q.search} {
		if text != "" {
			v.Set(key, text)
		}
	}
	if expiring {
		if q.expiring < 0 || q.expiring > 3650 {
			return nil, usage("use 0 to 3650", "listing clips: --expiring %d is out of range", q.expiring)
		}
		v.Set("expiring", strconv.Itoa(q.expiring))
	}
	return v, nil
}

// clips reads all pages of a list.
func (c *client) clips(ctx context.Context, q url.Values) ([]clipView, error) {
	all := []clipView{}
	for {
		var page struct {
			Clips []clipView `json:"clips"`
			Next  string     `json:"next"`
		}
		if err := c.call(ctx, "GET", "/clips?"+q.Encode(), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Clips...)
		if page.Next == "" {
			return all, nil
		}
		q.Set("cursor", page.Next)
	}
}

func listClips(w io.Writer, all []clipView) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range all {
		var notes []string
		if v.UseCount > 0 {
			notes = append(notes, fmt.Sprintf("used %d×", v.UseCount))
		}
		if v.DaysLeft != nil {
			notes = append(notes, daysLeft(*v.DaysLeft))
		}
		title := v.Title
		if len(notes) > 0 {
			title += "  (" + strings.Join(notes, ", ") + ")"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", v.ID, v.State, seconds(v.DurationMS), title)
	}
	t.Flush() //nolint:errcheck // the writer below says what went wrong
}

func daysLeft(n int) string {
	switch {
	case n < 0:
		return "expired"
	case n == 0:
		return "last day"
	case n == 1:
		return "1 day left"
	}
	return strconv.Itoa(n) + " days left"
}

// clip reads one clip.
func (c *client) clip(ctx context.Context, id string) (v clipView, err error) {
	err = c.call(ctx, "GET", clipPath(id), nil, &v)
	return v, err
}

func clipPath(id string) string { return "/clips/" + url.PathEscape(id) }

// parseDay takes a day as programs write it or as people here do, and gives it as the API wants it; "" stays.
func parseDay(flag, s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", nil
	}
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", usage("write it like 2026-11-24 or 24/11/2026", "reading --%s %q: not a day", flag, s)
}

// plain takes what could move a terminal's cursor or turn its text round out of names that strangers gave.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
