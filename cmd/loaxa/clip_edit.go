package main

import (
	"io"

	"github.com/spf13/cobra"

	"loaxa/audio/library"
)

// saidFlags are what people say about clips.
type saidFlags struct {
	title, source         string
	tags                  []string
	letter                library.Letter
	validFrom, validUntil string
}

func (f *saidFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.title, "title", "", "title; default: what the file says, or its name")
	flags.StringVar(&f.source, "source", "", "where it comes from")
	flags.StringSliceVar(&f.tags, "tag", nil, "subject, may be given several times")
	flags.StringVar(&f.letter.Agency, "agency", "", "who sent the letter that it came with")
	flags.StringVar(&f.letter.Number, "number", "", "number of the letter")
	flags.StringVar(&f.letter.Date, "date", "", "date of the letter")
	flags.StringVar(&f.validFrom, "valid-from", "", "first day on which it may go on air")
	flags.StringVar(&f.validUntil, "valid-until", "", "last day")
}

// check brings the days into one form.
func (f *saidFlags) check() (err error) {
	for flag, day := range map[string]*string{"date": &f.letter.Date, "valid-from": &f.validFrom, "valid-until": &f.validUntil} {
		if *day, err = parseDay(flag, *day); err != nil {
			return err
		}
	}
	if f.validFrom != "" && f.validUntil != "" && f.validUntil < f.validFrom {
		return usage("", "reading --valid-until %s: it is before --valid-from %s", f.validUntil, f.validFrom)
	}
	return nil
}

// editOrder changes what it names.
type editOrder struct {
	Title      *string         `json:"title,omitempty"`
	Source     *string         `json:"source,omitempty"`
	Tags       *[]string       `json:"tags,omitempty"`
	Letter     *library.Letter `json:"letter,omitempty"`
	ValidFrom  *string         `json:"valid_from,omitempty"`
	ValidUntil *string         `json:"valid_until,omitempty"`
}

func (a *app) clipEdit() *cobra.Command {
	var f saidFlags
	cmd := &cobra.Command{
		Use: "edit ID", Short: "Change what is said about a clip; \"\" empties", Args: cobra.ExactArgs(1),
		Long: "Change what is said about a clip; an empty text or --tag \"\" takes it away.\n" +
			"Another letter or other days of validity void its approval: the approver has seen those.",
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			changed := c.Flags().Changed
			order, letter := f.edit(changed), changed("agency") || changed("number") || changed("date")
			if order == (editOrder{}) && !letter {
				return usage("see `loaxa clip edit --help`", "editing %s: nothing to change was given", args[0])
			}
			return a.reach(c.Context(), func(s *client) error {
				before, err := s.clip(c.Context(), args[0])
				if err != nil {
					return err
				}
				if letter { // the station takes a letter whole
					order.Letter = f.merged(before.Letter, changed)
				}
				var v clipView
				if err := s.call(c.Context(), "PATCH", clipPath(args[0]), order, &v); err != nil {
					return err
				}
				return a.print(v, func(w io.Writer) {
					v.text(w)
					if before.Approval != nil && v.Approval == nil {
						io.WriteString(w, "  its approval is void now: submit it again\n") //nolint:errcheck // as with every print
					}
				})
			})
		},
	}
	f.add(cmd)
	cmd.Flags().Lookup("title").Usage = "title"
	return cmd
}

func (f *saidFlags) edit(changed func(flag string) bool) (o editOrder) {
	if changed("title") {
		o.Title = &f.title
	}
	if changed("source") {
		o.Source = &f.source
	}
	if changed("tag") {
		o.Tags = &f.tags
	}
	if changed("valid-from") {
		o.ValidFrom = &f.validFrom
	}
	if changed("valid-until") {
		o.ValidUntil = &f.validUntil
	}
	return o
}

func (f *saidFlags) merged(l library.Letter, changed func(flag string) bool) *library.Letter {
	if changed("agency") {
		l.Agency = f.letter.Agency
	}
	if changed("number") {
		l.Number = f.letter.Number
	}
	if changed("date") {
		l.Date = f.letter.Date
	}
	return &l
}
