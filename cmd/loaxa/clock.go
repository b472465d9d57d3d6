package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

// clockAnswer is what GET and POST /clock say.
type clockAnswer struct {
	At    time.Time `json:"at"`
	Trust string    `json:"trust"`
	ErrUS int64     `json:"err_us"`
	Why   string    `json:"why"`
	Held  bool      `json:"held"`
}

func (a *app) clockCommand() *cobra.Command {
	var set string
	var confirm bool
	cmd := &cobra.Command{
		Use: "clock", Short: "Show the station's time and whether it is trusted; set or confirm it", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			in := map[string]any{"confirm": confirm}
			switch {
			case set != "" && confirm:
				return usage("give one of them", "setting the clock: --set and --confirm exclude each other")
			case set != "":
				t, err := parseMoment(set)
				if err != nil {
					return err
				}
				in["time"] = t
			}
			return a.reach(c.Context(), func(s *client) error {
				var answer clockAnswer
				var err error
				if set == "" && !confirm {
					err = s.call(c.Context(), "GET", "/clock", nil, &answer)
				} else {
					err = s.call(c.Context(), "POST", "/clock", in, &answer)
				}
				if err != nil {
					return err
				}
				return a.print(answer, answer.text)
			})
		},
	}
	cmd.Flags().StringVar(&set, "set", "", "set the machine's clock to this time, RFC 3339 or \"2006-01-02 15:04:05\" in the station's zone")
	cmd.Flags().BoolVar(&confirm, "confirm", false, "say that the time shown is right")
	return cmd
}

func (c clockAnswer) text(w io.Writer) {
	fmt.Fprintf(w, "%s  %s\n  %s\n", c.At.Format("15:04:05 02/01/2006 -07:00"), c.Trust, c.Why)
	if c.Held {
		fmt.Fprintln(w, "  nothing starts by itself until the clock is set (loaxa clock --set TIME) or confirmed (loaxa clock --confirm)")
	}
}
