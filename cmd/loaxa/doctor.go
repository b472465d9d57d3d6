package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

type findings struct {
	Findings []finding `json:"findings"`
}

type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Do     string `json:"do,omitempty"`
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check card, clock, disk, clips, log and rules", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var f findings
				if err := s.call(c.Context(), "GET", "/doctor", nil, &f); err != nil {
					return err
				}
				if err := a.print(f, f.text); err != nil {
					return err
				}
				return f.verdict()
			})
		},
	}
}

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Rehearse tomorrow in silence: its clips, its slots, card, clock, disk, log and rules", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var n struct {
					Day string `json:"day"`
					OK  bool   `json:"ok"`
					findings
				}
				if err := s.call(c.Context(), "POST", "/check", nil, &n); err != nil {
					return err
				}
				if err := a.print(n, func(w io.Writer) {
					fmt.Fprintf(w, "tomorrow, %s:\n", n.Day)
					n.text(w)
				}); err != nil {
					return err
				}
				return n.verdict()
			})
		},
	}
}

func (f findings) text(w io.Writer) {
	for _, x := range f.Findings {
		mark := "ok  "
		if !x.OK {
			mark = "FAIL"
		}
		fmt.Fprintf(w, "%s  %-6s %s\n", mark, x.Check, x.Detail)
		if x.Do != "" {
			fmt.Fprintf(w, "              → %s\n", x.Do)
		}
	}
}

// verdict is an error when a check is red; a missing device has a code of its own.
func (f findings) verdict() error {
	for _, x := range f.Findings {
		if x.OK {
			continue
		}
		if x.Check == "card" {
			return failWith(exitNoDevice, "", "checking the station: %s", x.Detail)
		}
		return failWith(exitFailed, "", "checking the station: %s: %s", x.Check, x.Detail)
	}
	return nil
}
