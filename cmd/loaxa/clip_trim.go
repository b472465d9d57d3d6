package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// silenceKept is how much of a silence stays when it is cut off, so that no breath is.
const silenceKept = 150 // ms

// trimOrder says what is kept, in milliseconds of the original.
type trimOrder struct {
	FromMS     int64 `json:"from_ms"`
	UntilMS    int64 `json:"until_ms"` // 0 = to the end
	EvenIfUsed bool  `json:"even_if_used"`
}

type trimFlags struct {
	from, until           string
	silence, undo, anyway bool
}

func (a *app) clipTrim() *cobra.Command {
	var f trimFlags
	cmd := &cobra.Command{
		Use: "trim ID", Short: "Keep a part of a clip's sound; the original is kept whole", Args: cobra.ExactArgs(1),
		Long: "Keep a part of a clip's sound. Times are of the original, like 1:20 or 0:03.5. The original is kept whole,\n" +
			"and --undo brings it back. What is played changes, so the clip needs a new approval.",
		RunE: func(c *cobra.Command, args []string) error {
			order, err := f.order(args[0])
			if err != nil {
				return err
			}
			return a.reach(c.Context(), func(s *client) error {
				if f.silence {
					v, err := s.clip(c.Context(), args[0])
					if err == nil {
						err = order.silence(v)
					}
					if err != nil {
						return err
					}
				}
				var job importView
				if err := s.call(c.Context(), "POST", clipPath(args[0])+"/trim", order, &job); err != nil {
					return inUse(err)
				}
				job, err := (&follower{app: a, station: s}).follow(c.Context(), job)
				if err != nil {
					return about(err, "trimming "+args[0])
				}
				if job.State != "done" {
					return about(job.fault(), "trimming "+args[0])
				}
				v, err := s.clip(c.Context(), args[0])
				if err != nil {
					return err
				}
				return a.print(v, func(w io.Writer) {
					v.text(w)
					fmt.Fprintf(w, "  %s\n", v.lengthWords())
				})
			})
		},
	}
	cmd.Flags().StringVar(&f.from, "from", "", "where it begins")
	cmd.Flags().StringVar(&f.until, "until", "", "where it ends; default: at its end")
	cmd.Flags().BoolVar(&f.silence, "silence", false, "cut off the silence at both ends")
	cmd.Flags().BoolVar(&f.undo, "undo", false, "keep all of it again")
	cmd.Flags().BoolVar(&f.anyway, "even-if-used", false, "also when playlists or programmes play it; they will skip it until it is approved again")
	return cmd
}

// order reads the flags: exactly one way of saying what is kept.
func (f trimFlags) order(id string) (o trimOrder, err error) {
	ways := 0
	for _, given := range []bool{f.from != "" || f.until != "", f.silence, f.undo} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return o, usage("give --from and --until, or --silence, or --undo", "trimming %s: say in one way what is kept", id)
	}
	o.EvenIfUsed = f.anyway
	if o.FromMS, err = parsePosition("from", f.from); err != nil {
		return o, err
	}
	if o.UntilMS, err = parsePosition("until", f.until); err != nil {
		return o, err
	}
	if f.silence || f.undo {
		return o, nil
	}
	if f.until != "" && o.UntilMS <= o.FromMS {
		return o, usage("", "trimming %s: --until %s is not after --from %s", id, f.until, position(o.FromMS))
	}
	if o.FromMS == 0 && f.until == "" {
		return o, usage("add --until, or use --undo", "trimming %s: from 0 to the end is all of it", id)
	}
	return o, nil
}

// silence keeps what lies between the silences of a clip, as it is trimmed now.
func (o *trimOrder) silence(v clipView) error {
	var before int64 // where the present part begins in the original
	if v.Trim != nil {
		before, o.UntilMS = v.Trim.FromMS, v.Trim.UntilMS
	}
	o.FromMS = before
	lead, trail := v.LeadSilenceMS-silenceKept, v.TrailSilenceMS-silenceKept
	if lead <= 0 && trail <= 0 {
		return failWith(exitFailed, "use --from and --until to cut more", "trimming %s: there is no silence at its ends", v.ID)
	}
	if lead > 0 {
		o.FromMS += lead
	}
	if trail > 0 {
		o.UntilMS = before + v.DurationMS - trail
	}
	return nil
}

// parsePosition reads a place in a clip: 83.5, 1:23.5 or 0:01:23,5. "" is 0.
func parsePosition(flag, s string) (int64, error) {
	wrong := usage("write it like 1:20 or 0:03.5", "reading --%s %q: not a time in a clip", flag, s)
	if s == "" {
		return 0, nil
	}
	parts := strings.Split(strings.Replace(s, ",", ".", 1), ":")
	if len(parts) > 3 {
		return 0, wrong
	}
	var total float64
	for i, p := range parts {
		last := i == len(parts)-1
		if p == "" || strings.Trim(p, "0123456789.") != "" || !last && strings.Contains(p, ".") {
			return 0, wrong
		}
		n, err := strconv.ParseFloat(p, 64)
		if err != nil || i > 0 && n >= 60 {
			return 0, wrong
		}
		total = total*60 + n
	}
	if total > 24*60*60 {
		return 0, wrong
	}
	return int64(math.Round(total * 1000)), nil
}
