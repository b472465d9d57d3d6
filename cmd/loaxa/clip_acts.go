package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"loaxa/audio/library"
)

// clipAct sends one order about one clip and prints the clip as it is then.
func (a *app) clipAct(c *cobra.Command, method, path string, in any) error {
	return a.reach(c.Context(), func(s *client) error {
		var v clipView
		if err := s.call(c.Context(), method, path, in, &v); err != nil {
			return err
		}
		return a.print(v, v.text)
	})
}

// clipsOrder is what one act on several clips sends.
type clipsOrder struct {
	IDs   []string                `json:"ids"`
	Paper *library.Paper          `json:"paper,omitempty"`
	Seen  map[string]library.Seen `json:"seen,omitempty"` // what the approver had before them
}

// together does one act on several clips: all of them or none.
func (c *client) together(ctx context.Context, act string, in clipsOrder) ([]clipView, error) {
	var out struct {
		Clips []clipView `json:"clips"`
	}
	if err := c.call(ctx, "POST", "/clips/"+act, in, &out); err != nil {
		return nil, err
	}
	for i, v := range out.Clips {
		if len(v.Warnings) == 0 {
			continue
		}
		whole, err := c.clip(ctx, v.ID) // with its warnings as sentences
		if err != nil {
			return nil, err
		}
		out.Clips[i] = whole
	}
	return out.Clips, nil
}

// printClips prints one clip as a document of its own, several as a list.
func (a *app) printClips(views []clipView) error {
	text := func(w io.Writer) {
		for _, v := range views {
			v.text(w)
		}
	}
	if len(views) == 1 {
		return a.print(views[0], text)
	}
	return a.print(views, text)
}

func (a *app) clipSubmit() *cobra.Command {
	return &cobra.Command{
		Use: "submit ID…", Short: "Ask an approver to look at drafts: at all of them or at none", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, ids []string) error {
			return a.reach(c.Context(), func(s *client) error {
				views, err := s.together(c.Context(), "submit", clipsOrder{IDs: ids})
				if err != nil {
					return err
				}
				return a.printClips(views)
			})
		},
	}
}

func (a *app) clipReject() *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use: "reject ID --why TEXT", Short: "Send a submitted clip back", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(why) == "" {
				return usage("add --why TEXT; who brought the clip will read it", "rejecting %s: the reason is missing", args[0])
			}
			return a.clipAct(c, "POST", clipPath(args[0])+"/reject", map[string]string{"why": why})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "what is wrong with it")
	return cmd
}

func (a *app) clipRetire() *cobra.Command {
	var anyway bool
	cmd := &cobra.Command{
		Use: "retire ID", Short: "Take a clip out of use; it is kept", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return inUse(a.clipAct(c, "POST", clipPath(args[0])+"/retire", map[string]bool{"even_if_used": anyway}))
		},
	}
	cmd.Flags().BoolVar(&anyway, "even-if-used", false, "also when playlists or programmes play it; they will skip it")
	return cmd
}

// inUse says with which flag it is done all the same.
func inUse(err error) error {
	var p *problem
	if errors.As(err, &p) && p.Code == "in_use" {
		return failWith(exitRefused, "take it out of them first, or add --even-if-used", "%w", err)
	}
	return err
}

func (a *app) clipRemove() *cobra.Command {
	return &cobra.Command{
		Use: "remove ID", Short: "Remove a clip that was never approved and is not used", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				if err := s.call(c.Context(), "DELETE", clipPath(args[0]), nil, nil); err != nil {
					return err
				}
				return a.print(map[string]string{"removed": args[0]}, func(w io.Writer) { fmt.Fprintf(w, "%s  removed\n", args[0]) })
			})
		},
	}
}

// paperFlags say that an approval was signed on paper.
type paperFlags struct{ signer, date, photo string }

func (p *paperFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.signer, "paper-signer", "", "signed on paper: name and office of who signed")
	cmd.Flags().StringVar(&p.date, "paper-date", "", "day of the signature")
	cmd.Flags().StringVar(&p.photo, "paper-photo", "", "picture of it: a JPEG or PNG file")
}

func (p *paperFlags) given() bool { return *p != paperFlags{} }

// check refuses half a signature before anything is done.
func (p *paperFlags) check() (err error) {
	if !p.given() {
		return nil
	}
	if strings.TrimSpace(p.signer) == "" || p.date == "" || p.photo == "" {
		return usage("add --paper-signer NAME, --paper-date DAY and --paper-photo FILE", "reading the command: an approval on paper needs who signed it, when, and a picture of it")
	}
	if p.date, err = parseDay("paper-date", p.date); err != nil {
		return err
	}
	return checkFile("reading the photo", p.photo)
}

// keep brings the picture to the station; nil when nothing was signed on paper.
func (p *paperFlags) keep(ctx context.Context, s *client) (*library.Paper, error) {
	if !p.given() {
		return nil, nil
	}
	f, err := os.Open(p.photo)
	if err != nil {
		return nil, fmt.Errorf("reading the photo: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	var kept struct {
		SHA256 string `json:"sha256"`
	}
	if err := s.send(ctx, "POST", "/photos", "application/octet-stream", f, &kept); err != nil {
		return nil, about(err, "keeping the photo "+p.photo)
	}
	return &library.Paper{Signer: p.signer, Date: p.date, Photo: kept.SHA256}, nil
}
