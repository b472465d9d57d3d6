package main

import (
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

type whyView struct {
	Occurrence string    `json:"occurrence"`
	Source     string    `json:"source"`
	Title      string    `json:"title"`
	Due        time.Time `json:"due"`
	Status     string    `json:"status"`
	Reason     string    `json:"reason"`
	Sentences  []string  `json:"sentences"`
	Record     *struct {
		Epoch int64 `json:"epoch"`
		Index int64 `json:"index"`
	} `json:"record"`
}

func (a *app) whyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "why OCCURRENCE", Short: "Say why an occurrence will, will not, did or did not air", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var v whyView
				if err := s.call(c.Context(), "GET", "/why?"+url.Values{"occurrence": {args[0]}}.Encode(), nil, &v); err != nil {
					return err
				}
				return a.print(v, func(w io.Writer) {
					fmt.Fprintf(w, "%s  %s\n", v.Occurrence, v.Title)
					for _, s := range v.Sentences {
						fmt.Fprintf(w, "  %s\n", s)
					}
				})
			})
		},
	}
}
