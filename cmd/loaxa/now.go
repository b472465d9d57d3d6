package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

// nowAnswer is what the command prints of GET /now.
type nowAnswer struct {
	Running bool      `json:"running"` // false: no station runs on this data folder, nothing will sound
	At      time.Time `json:"at"`
	State   string    `json:"state"`
	OnAir   *onAir    `json:"on_air"`
	Next    *upcoming `json:"next"`
	Hold    *hold     `json:"hold"`
	Device  string    `json:"device"`
	Output  string    `json:"output"`
	Clock   string    `json:"clock"`
	Alarms  []struct {
		Code   string `json:"code"`
		Cause  string `json:"cause"`
		Do     string `json:"do"`
		Detail string `json:"detail"`
	} `json:"alarms"`
}

type onAir struct {
	Broadcast  string    `json:"broadcast"`
	Kind       string    `json:"kind"`
	Title      string    `json:"title"`
	ItemTitle  string    `json:"item_title"`
	Due        time.Time `json:"due"`
	PositionMS int64     `json:"position_ms"`
	LengthMS   int64     `json:"length_ms"`
	Lost       bool      `json:"lost"`
}

type upcoming struct {
	Occurrence string    `json:"occurrence"`
	Title      string    `json:"title"`
	Due        time.Time `json:"due"`
	LengthMS   int64     `json:"length_ms"`
}

type hold struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"`
}

func (a *app) nowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "now", Short: "Show what is on air and what is next", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var n nowAnswer
				if err := s.call(c.Context(), "GET", "/now", nil, &n); err != nil {
					return err
				}
				n.Running = !a.offline
				return a.print(n, n.text)
			})
		},
	}
}

func (n nowAnswer) text(w io.Writer) {
	switch {
	case !n.Running:
		fmt.Fprintln(w, "not running: nothing sounds until the station is started (loaxa serve)")
	case n.OnAir != nil:
		fmt.Fprintf(w, "%s: %s, %s of %s\n", n.State, n.OnAir.Title, seconds(n.OnAir.PositionMS), seconds(n.OnAir.LengthMS))
		if n.OnAir.ItemTitle != "" {
			fmt.Fprintf(w, "  item: %s\n", n.OnAir.ItemTitle)
		}
	default:
		fmt.Fprintf(w, "%s\n", n.State)
	}
	if n.Next != nil {
		fmt.Fprintf(w, "next: %s at %s\n", n.Next.Title, n.Next.Due.Format("15:04:05 02/01/2006"))
	}
	if n.Hold != nil {
		fmt.Fprintf(w, "on hold by %s since %s\n", n.Hold.By, n.Hold.Since.Format("15:04 02/01/2006"))
	}
	fmt.Fprintf(w, "device: %s, output: %s, clock: %s\n", n.Device, orNone(n.Output), n.Clock)
	for _, x := range n.Alarms {
		fmt.Fprintf(w, "%s %s (%s)\n  %s\n", x.Code, x.Cause, x.Detail, x.Do)
	}
}

func orNone(s string) string {
	if s == "" {
		return "none yet"
	}
	return s
}

func seconds(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Round(time.Second).String()
}
