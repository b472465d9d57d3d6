package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"loaxa/audio/library"
)

// leastSum is how many digits of a hash must be given: so many are printed under a letter at the least.
const leastSum = 12

// approval is one order to approve.
type approval struct {
	paper paperFlags
	sum   string // what was listened to: the hash of the original or of what is played, or its first digits
	yes   bool
}

func (a *app) clipApprove() *cobra.Command {
	var o approval
	cmd := &cobra.Command{
		Use: "approve ID…", Short: "Allow clips on air, as they are shown: all of them or none", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, ids []string) error {
			if err := o.check(ids); err != nil {
				return err
			}
			return a.reach(c.Context(), func(s *client) error {
				views, err := a.approve(c.Context(), s, o, ids)
				if err != nil {
					return err
				}
				return a.printClips(views)
			})
		},
	}
	o.paper.add(cmd)
	cmd.Flags().StringVar(&o.sum, "sha256", "", "only with these bytes: the sha256 of the original or of what is played, as 'clip show' gives it, or its first 12 digits or more")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask; without a terminal nobody is asked in any case")
	return cmd
}

func (o *approval) check(ids []string) error {
	o.sum = strings.ToLower(strings.TrimSpace(o.sum))
	switch {
	case o.sum != "" && len(ids) > 1:
		return usage("approve them one by one, or leave --sha256 out", "reading the command: --sha256 is of one clip, and there are %d", len(ids))
	case o.sum != "" && (len(o.sum) < leastSum || strings.Trim(o.sum, "0123456789abcdef") != ""):
		return usage("copy it from 'loaxa clip show'", "reading --sha256 %q: no %d hex digits or more", o.sum, leastSum)
	}
	return o.paper.check()
}

// approve shows the clips to who sits at a terminal, and approves them as they are shown: what is changed meanwhile is
// refused.
func (a *app) approve(ctx context.Context, s *client, o approval, ids []string) ([]clipView, error) {
	order := clipsOrder{IDs: ids, Seen: make(map[string]library.Seen)}
	views := make([]clipView, 0, len(ids))
	for _, id := range ids {
		v, err := s.clip(ctx, id)
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(v.SHA256, o.sum) && !strings.HasPrefix(v.CanonicalSHA256, o.sum) {
			return nil, failWith(exitRefused, "listen to it and look at it again with 'loaxa clip show "+id+"'",
				"approving clip %s: its sha256 is %s, and that of what is played %s", id, v.SHA256, v.CanonicalSHA256)
		}
		views, order.Seen[id] = append(views, v), library.SeenOf(v.Clip)
	}
	if err := a.agreed(ctx, o, views); err != nil {
		return nil, err
	}
	var err error
	if order.Paper, err = o.paper.keep(ctx, s); err != nil {
		return nil, err
	}
	return s.together(ctx, "approve", order)
}

// agreed asks who sits at a terminal.
func (a *app) agreed(ctx context.Context, o approval, views []clipView) error {
	terminal := terminalOf(a.in)
	if o.yes || terminal == nil || terminalOf(a.err) == nil {
		return nil
	}
	for _, v := range views {
		v.show(a.err)
	}
	fmt.Fprintf(a.err, "Allow this on air? [y/N] ")
	yes, err := asked(ctx, terminal)
	if err == nil && !yes {
		err = failWith(exitRefused, "", "approving clips: that was not agreed to")
	}
	return err
}
