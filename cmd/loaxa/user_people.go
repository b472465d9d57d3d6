package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"loaxa/admin/account"
)

// personMade is a person with the code that the API shows once.
type personMade struct {
	account.Person
	Code string `json:"code"`
}

func (a *app) userAdd() *cobra.Command {
	var name, role string
	cmd := &cobra.Command{
		Use: "add LOGIN --name NAME --role ROLE", Short: "Make an account and print its set-password code, once", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var p personMade
				in := map[string]string{"login": args[0], "name": name, "role": role}
				if err := s.call(c.Context(), "POST", "/people", in, &p); err != nil {
					return err
				}
				return a.print(p, p.text)
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "full name, as pages and papers show it")
	cmd.Flags().StringVar(&role, "role", "operator", "operator, approver, inspector or administrator")
	return cmd
}

func (p personMade) text(w io.Writer) {
	fmt.Fprintf(w, "%s  %s  %s\n%s\n(type it at /password under the station's address within 3 days; it is shown this once)\n", p.ID, p.Login, p.Role, p.Code)
}

func (a *app) userReset() *cobra.Command {
	return &cobra.Command{
		Use: "reset LOGIN", Short: "Void somebody's password and print a new set-password code, once", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				who, err := s.person(c.Context(), args[0])
				if err != nil {
					return err
				}
				var p personMade
				if err := s.call(c.Context(), "POST", "/people/"+url.PathEscape(who.ID)+"/reset", nil, &p); err != nil {
					return err
				}
				return a.print(p, p.text)
			})
		},
	}
}

func (a *app) userClose() *cobra.Command {
	return &cobra.Command{
		Use: "close LOGIN", Short: "Close an account with its sessions, phones, tokens and codes", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				who, err := s.person(c.Context(), args[0])
				if err != nil {
					return err
				}
				var p struct {
					account.Person
					Closed account.Closed `json:"closed"`
				}
				if err := s.call(c.Context(), "POST", "/people/"+url.PathEscape(who.ID)+"/close", nil, &p); err != nil {
					return err
				}
				return a.print(p, func(w io.Writer) {
					fmt.Fprintf(w, "%s %s is closed, with sessions %d, phones %d, tokens %d, inspectors' codes %d\n",
						p.ID, p.Login, p.Closed.Sessions, len(p.Closed.Phones), len(p.Closed.Tokens), len(p.Closed.Visits))
				})
			})
		},
	}
}

func (a *app) userList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "Everybody with an account", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.reach(c.Context(), func(s *client) error {
				people, err := s.people(c.Context())
				if err != nil {
					return err
				}
				return a.print(peopleListed{people}, func(w io.Writer) { listPeople(w, people) })
			})
		},
	}
}

type peopleListed struct {
	People []account.Person `json:"people"`
}

func listPeople(w io.Writer, people []account.Person) {
	if len(people) == 0 {
		fmt.Fprintln(w, "nobody has an account; `loaxa user link` makes a link that makes the first administrator")
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range people {
		state := "never came in"
		switch {
		case !p.Open():
			state = "closed " + p.ClosedAt.Format("2006-01-02")
		case !p.HasPassword:
			state = "no password yet"
		case !p.LastSeen.IsZero():
			state = "last seen " + p.LastSeen.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.Login, p.Role, state, p.Name)
	}
	t.Flush() //nolint:errcheck // the writer below says what went wrong
}

func (c *client) people(ctx context.Context) ([]account.Person, error) {
	var out peopleListed
	err := c.call(ctx, "GET", "/people", nil, &out)
	return out.People, err
}

// person finds somebody by login, typed with or without diacritics, or by ID.
func (c *client) person(ctx context.Context, word string) (account.Person, error) {
	people, err := c.people(ctx)
	if err != nil {
		return account.Person{}, err
	}
	for _, p := range people {
		if p.ID == word || account.Fold(p.Login) == account.Fold(word) {
			return p, nil
		}
	}
	var logins []string
	for _, p := range people {
		logins = append(logins, p.Login)
	}
	hint := "nobody has an account yet"
	if len(logins) > 0 {
		hint = "there are: " + strings.Join(logins, ", ")
	}
	return account.Person{}, failWith(exitFailed, hint, "looking for %q: nobody has that login", word)
}
