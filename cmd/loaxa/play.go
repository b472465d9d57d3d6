package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

type acted struct {
	Result    string    `json:"result"`
	Broadcast string    `json:"broadcast"`
	Ends      time.Time `json:"ends,omitzero"`
}

func (d acted) text(w io.Writer) {
	fmt.Fprint(w, strings.TrimSpace(d.Result+" "+d.Broadcast))
	if !d.Ends.IsZero() {
		fmt.Fprint(w, ", ends at "+d.Ends.Format("15:04:05"))
	}
	fmt.Fprintln(w)
}

func (a *app) playCommand() *cobra.Command {
	var rehearse, emergency bool
	var reason string
	var more emergencyFlags
	cmd := &cobra.Command{
		Use: "play CLIP|PLAYLIST", Short: "Play now: a rehearsal or an emergency", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if rehearse == emergency {
				return usage("add --rehearse, or --emergency --reason TEXT", "playing %s: say which it is", args[0])
			}
			if emergency && strings.TrimSpace(reason) == "" {
				return usage("add --reason TEXT; it is recorded", "playing %s: an emergency needs a reason", args[0])
			}
			if rehearse && more != (emergencyFlags{}) {
				return usage("leave them out, or say --emergency", "playing %s: --repeat, --pause, --for, --ordered-by and --replace are for emergencies", args[0])
			}
			in := map[string]any{"kind": "rehearsal", "reason": reason}
			if emergency {
				in["kind"] = "emergency"
				more.put(in)
			}
			if strings.HasPrefix(args[0], "l-") {
				in["playlist_id"] = args[0]
			} else {
				in["clip_id"] = args[0]
			}
			return a.act(c, "/play", in)
		},
	}
	cmd.Flags().BoolVar(&rehearse, "rehearse", false, "a rehearsal: it never counts as a broadcast")
	cmd.Flags().BoolVar(&emergency, "emergency", false, "an emergency: it cuts what is on air")
	cmd.Flags().StringVar(&reason, "reason", "", "why; an emergency needs it")
	cmd.Flags().IntVar(&more.repeat, "repeat", 0, "how often an emergency sounds; without it once, or with --for until the end")
	cmd.Flags().DurationVar(&more.pause, "pause", 0, "between two rounds; 3s unless given")
	cmd.Flags().DurationVar(&more.length, "for", 0, "after how long an emergency ends; the station's setting unless given")
	cmd.Flags().StringVar(&more.orderedBy, "ordered-by", "", "by whose order; in quiet hours an operator needs it, with a clip for disasters")
	cmd.Flags().BoolVar(&more.replace, "replace", false, "cut an emergency that is on air; else this one waits for its end")
	return cmd
}

// emergencyFlags is what only an emergency takes.
type emergencyFlags struct {
	repeat        int
	pause, length time.Duration
	orderedBy     string
	replace       bool
}

func (f emergencyFlags) put(in map[string]any) {
	in["repeat"], in["pause_ms"], in["for_s"] = f.repeat, f.pause.Milliseconds(), int64(f.length/time.Second)
	in["ordered_by"], in["replace"] = f.orderedBy, f.replace
}

// act sends one order and prints what came of it.
func (a *app) act(c *cobra.Command, path string, in any) error {
	return a.reach(c.Context(), func(s *client) error {
		if a.offline { // there is no player to take the order
			return failWith(exitFailed, "start it with `loaxa serve`", "asking the station: it is not running")
		}
		var d acted
		if err := s.call(c.Context(), "POST", path, in, &d); err != nil {
			return err
		}
		return a.print(d, d.text)
	})
}

func (a *app) stopCommand() *cobra.Command {
	return &cobra.Command{
		Use: "stop", Short: "Stop what is on air", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.act(c, "/stop", nil) },
	}
}

func (a *app) holdCommand() *cobra.Command {
	var until, reason string
	cmd := &cobra.Command{
		Use: "hold", Short: "Rest the whole station; emergencies still pass", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			in := map[string]any{"reason": reason}
			if until != "" {
				t, err := parseMoment(until)
				if err != nil {
					return err
				}
				in["until"] = t
			}
			return a.act(c, "/hold", in)
		},
	}
	cmd.Flags().StringVar(&until, "until", "", "until when, RFC 3339 or \"2006-01-02 15:04\" in the station's zone; else until released")
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func (a *app) releaseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "release", Short: "End a hold", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.act(c, "/release", nil) },
	}
}

// parseMoment reads a time as people write it, in the default zone when none is given.
func parseMoment(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return time.Time{}, fmt.Errorf("reading time %q: %w", s, err)
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage("write it like 2026-11-24T05:00:00+07:00 or \"2026-11-24 05:00\"", "reading time %q: not a time", s)
}
