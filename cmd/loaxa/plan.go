package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loaxa/schedule"
	"loaxa/schedule/clock"
)

type planAnswer struct {
	From        time.Time     `json:"from"`
	Until       time.Time     `json:"until"`
	Occurrences []plannedView `json:"occurrences"`
	Truncated   bool          `json:"truncated"`
	Faults      []struct {
		ProgrammeID string `json:"programme_id"`
		Reason      string `json:"reason"`
		Detail      string `json:"detail"`
	} `json:"faults"`
}

type plannedView struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Due      time.Time `json:"due"`
	Start    time.Time `json:"start"`
	LengthMS int64     `json:"length_ms"`
	Class    string    `json:"class"`
	Verdict  string    `json:"verdict"`
	Reason   string    `json:"reason,omitempty"`
	Why      []string  `json:"why,omitempty"`
}

func (a *app) planCommand() *cobra.Command {
	var from string
	var days int
	var why bool
	cmd := &cobra.Command{
		Use: "plan", Short: "Show what will go on air, and why not", Args: cobra.NoArgs,
		Long: "Show what will go on air in clock times, and why not. Who goes first:\n\n- " + strings.Join(schedule.Ladder("en"), "\n- "),
		RunE: func(c *cobra.Command, _ []string) error {
			if days < 1 || days > 92 {
				return usage("use 1 to 92", "planning %d days: out of range", days)
			}
			start := clock.NewSystem(clock.Options{}).Now()
			if from != "" {
				t, err := parseMoment(from)
				if err != nil {
					return err
				}
				start = t
			}
			q := url.Values{"from": {start.Format(time.RFC3339)}, "until": {start.AddDate(0, 0, days).Format(time.RFC3339)}}
			return a.reach(c.Context(), func(s *client) error {
				var p planAnswer
				if err := s.call(c.Context(), "GET", "/plan?"+q.Encode(), nil, &p); err != nil {
					return err
				}
				return a.print(p, func(w io.Writer) {
					p.text(w)
					if why {
						p.words(w)
					}
				})
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "first day, 2006-01-02; default now")
	cmd.Flags().BoolVar(&why, "why", false, "say of each in words why it will or will not air")
	cmd.Flags().IntVar(&days, "days", 7, "how many days")
	return cmd
}

func (p planAnswer) text(w io.Writer) {
	for _, f := range p.Faults {
		fmt.Fprintf(w, "programme %s cannot be planned: %s\n", f.ProgrammeID, f.Detail)
	}
	if len(p.Occurrences) == 0 {
		fmt.Fprintf(w, "nothing is planned until %s\n", p.Until.Format("15:04 02/01/2006"))
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, o := range p.Occurrences {
		note := o.Verdict
		if o.Reason != "" {
			note += " (" + o.Reason + ")"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", o.Due.Format("02/01/2006 15:04:05"), seconds(o.LengthMS), o.Class, note, o.Title)
	}
	t.Flush() //nolint:errcheck // the writer below says what went wrong
	if p.Truncated {
		fmt.Fprintln(w, "… and more")
	}
}

// words says of each occurrence what is to become of it.
func (p planAnswer) words(w io.Writer) {
	for _, o := range p.Occurrences {
		fmt.Fprintf(w, "%s\n", o.ID)
		for _, s := range o.Why {
			fmt.Fprintf(w, "  %s\n", s)
		}
	}
}
