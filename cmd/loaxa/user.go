package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func (a *app) userCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "People and their tokens"}
	cmd.AddCommand(a.userAdd(), a.userReset(), a.userList(), a.userClose(), a.userToken(), a.userLink())
	return cmd
}

func (a *app) userToken() *cobra.Command {
	var role string
	cmd := &cobra.Command{
		Use: "token NAME --role ROLE", Short: "Make an API token and print it, once", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var t struct {
					ID    string `json:"id"`
					Name  string `json:"name"`
					Role  string `json:"role"`
					Token string `json:"token"`
				}
				if err := s.call(c.Context(), "POST", "/tokens", map[string]string{"name": args[0], "role": role}, &t); err != nil {
					return err
				}
				return a.print(t, func(w io.Writer) { fmt.Fprintln(w, t.Token) })
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", "operator", "operator, approver, inspector or administrator")
	return cmd
}

func (a *app) userLink() *cobra.Command {
	return &cobra.Command{
		Use: "link", Short: "Make a one-time link that signs in at the pages; an earlier one is void", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var l struct {
					Path string `json:"path"`
				}
				if err := s.call(c.Context(), "POST", "/link", nil, &l); err != nil {
					return err
				}
				return a.print(l, func(w io.Writer) { fmt.Fprintf(w, "%s (under the station's address)\n", l.Path) })
			})
		},
	}
}
