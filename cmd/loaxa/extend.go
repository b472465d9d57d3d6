package main

import (
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

// extendCommand puts off the end of an emergency: the one on air unless another is named.
func (a *app) extendCommand() *cobra.Command {
	var by time.Duration
	cmd := &cobra.Command{
		Use: "extend [BROADCAST]", Short: "Put off the end of an emergency", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if by < time.Second {
				return usage("add --by 10m", "extending an emergency: say by how much")
			}
			id, err := a.emergencyOnAir(c, args)
			if err != nil {
				return err
			}
			return a.act(c, "/play/"+url.PathEscape(id)+"/extend", map[string]int64{"by_s": int64(by / time.Second)})
		},
	}
	cmd.Flags().DurationVar(&by, "by", 0, "by how much: 10m, 1h")
	return cmd
}

// emergencyOnAir is the broadcast that was named, else the emergency on air.
func (a *app) emergencyOnAir(c *cobra.Command, args []string) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	var n nowAnswer
	err := a.reach(c.Context(), func(s *client) error { return s.call(c.Context(), "GET", "/now", nil, &n) })
	switch {
	case err != nil:
		return "", err
	case n.OnAir == nil || n.OnAir.Kind != "emergency":
		return "", failWith(exitRefused, "loaxa now tells what is on air", "extending an emergency: none is on air")
	}
	return n.OnAir.Broadcast, nil
}
