package main

import (
	"fmt"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"loaxa/admin/api"
)

func (a *app) whyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "why OCCURRENCE", Short: "Say why an occurrence will, will not, did or did not air", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var v api.WhyAnswer
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
