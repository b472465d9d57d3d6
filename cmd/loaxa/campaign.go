package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loaxa/admin/api"
	"loaxa/schedule"
	"loaxa/schedule/rulebook"
)

// campaignView is a campaign as the station tells of it.
type campaignView struct {
	schedule.Campaign
	Progress api.Progress `json:"progress"`
}

func (a *app) campaignCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "campaign", Short: "Letters that ask for broadcasts: draw up, approve, follow, make up for what was missed"}
	cmd.AddCommand(a.campaignList(), a.campaignShow(), a.campaignAdd(), a.campaignPreview(), a.campaignMove("submit", "Hand a campaign to the approver"),
		a.campaignApprove(), a.campaignReject(), a.campaignMove("close", "End a campaign: nothing more of it is planned"), a.campaignMakeup())
	return cmd
}

func campaignPath(id string) string { return "/campaigns/" + url.PathEscape(id) }

func (a *app) campaignList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List all campaigns", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var out struct {
					Campaigns []schedule.Campaign `json:"campaigns"`
				}
				if err := s.call(c.Context(), "GET", "/campaigns", nil, &out); err != nil {
					return err
				}
				return a.print(out.Campaigns, func(w io.Writer) {
					t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
					for _, k := range out.Campaigns {
						fmt.Fprintf(t, "%s\t%s\t%s – %s\t%s\t%s %s\t%s\n", k.ID, k.State, k.From, k.Until, strings.Join(k.Times, ","), k.Agency, k.Number, k.Title)
					}
					t.Flush() //nolint:errcheck // the writer below says what went wrong
				})
			})
		}}
}

// campaignCall sends an order about one campaign and prints what it is then.
func (a *app) campaignCall(ctx context.Context, s *client, method, path string, in any) error {
	var v campaignView
	if err := s.call(ctx, method, path, in, &v); err != nil {
		return meant(err)
	}
	return a.print(v, v.text)
}

// meant says with which flag a change that sounds at night is made all the same.
func meant(err error) error {
	var p *problem
	if errors.As(err, &p) && p.Code == "confirm_night" {
		return failWith(exitRefused, "if it is meant to sound between 21:00 and 06:00, add --confirm-night", "%w", err)
	}
	return err
}

func (a *app) campaignShow() *cobra.Command {
	return &cobra.Command{Use: "show ID", Short: "Show a campaign and how far it has come", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error { return a.campaignCall(c.Context(), s, "GET", campaignPath(args[0]), nil) })
		}}
}

func (v campaignView) text(w io.Writer) {
	fmt.Fprintf(w, "%s  %s  %s\n", v.ID, v.State, v.Title)
	if v.Agency != "" || v.Number != "" {
		fmt.Fprintf(w, "letter     %s %s, dated %s\n", v.Agency, v.Number, v.Date)
	}
	fmt.Fprintf(w, "broadcasts %s, %s until %s, clips %s (%s)\n", strings.Join(v.Times, " and "), v.From, v.Until, strings.Join(v.ClipIDs, ", "), v.Mode)
	if s := v.Approved; s != nil {
		fmt.Fprintf(w, "approved   by %s at %s", s.By, s.At.Format("15:04 02/01/2006"))
		if s.Signer != "" {
			fmt.Fprintf(w, ", signed on paper by %s on %s", s.Signer, s.Day)
		}
		fmt.Fprintln(w)
		p := v.Progress
		fmt.Fprintf(w, "progress   %d of %d aired, %d ahead, %d failed, %d on no proven output; %d short\n", p.Aired, p.Target, p.Ahead, p.Failed, p.Unproven, p.Shortfall)
	}
	for _, g := range v.Progress.Gaps {
		fmt.Fprintf(w, "missing    %s  %s (%s)\n", g.Occurrence, g.Status, g.Reason)
	}
}

func (a *app) campaignAdd() *cobra.Command {
	var k schedule.Campaign
	var date, from, until, due, mode, class string
	var perDay int
	cmd := &cobra.Command{Use: "add CLIP…", Short: "Draw up a campaign from a letter", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, ids []string) error {
			k.ClipIDs, k.Mode, k.Class = ids, schedule.Mode(mode), schedule.Class(class)
			for _, d := range []struct {
				flag, text string
				into       *schedule.Date
			}{{"date", date, &k.Date}, {"from", from, &k.From}, {"until", until, &k.Until}, {"report-due", due, &k.ReportDue}} {
				if d.text == "" {
					continue
				}
				day, err := parseDay(d.flag, d.text)
				if err != nil {
					return err
				}
				*d.into = schedule.Date(day)
			}
			return a.reach(c.Context(), func(s *client) error { return a.addCampaign(c.Context(), s, k, perDay) })
		}}
	f := cmd.Flags()
	f.StringVar(&k.Title, "title", "", "what it is called")
	f.StringVar(&k.Agency, "agency", "", "who sent the letter")
	f.StringVar(&k.Number, "number", "", "the letter's number")
	f.StringVar(&date, "date", "", "the letter's day")
	f.StringVar(&from, "from", "", "first day")
	f.StringVar(&until, "until", "", "last day")
	f.StringVar(&due, "report-due", "", "when the result is to be reported")
	f.StringSliceVar(&k.Times, "at", nil, "times of the day, 06:30,17:00")
	f.IntVar(&perDay, "times-a-day", 0, "how often a day, where no times are given: free ones are proposed")
	f.IntSliceVar(&k.Weekdays, "weekdays", nil, "1 Monday … 7 Sunday; default every day")
	f.StringVar(&mode, "mode", "rotate", "rotate: one clip a broadcast, in turn; all: every clip in each")
	f.StringVar(&class, "class", "ordinary", "ordinary or priority")
	f.Int64Var(&k.Target, "target", 0, "how many broadcasts the letter asks for; default as many as are planned")
	return cmd
}

func (a *app) addCampaign(ctx context.Context, s *client, k schedule.Campaign, perDay int) error {
	if len(k.Times) == 0 && perDay > 0 {
		var out struct {
			Times []string `json:"times"`
		}
		if err := s.call(ctx, "POST", "/campaign-times", map[string]any{"campaign": k, "times_a_day": perDay}, &out); err != nil {
			return err
		}
		if len(out.Times) < perDay {
			return failWith(exitRefused, "give times yourself with --at, or fewer with --times-a-day",
				"drawing up the campaign: only %d free times of the day were found, not %d", len(out.Times), perDay)
		}
		k.Times = out.Times
	}
	return a.campaignCall(ctx, s, "POST", "/campaigns", k)
}

func (a *app) campaignPreview() *cobra.Command {
	return &cobra.Command{Use: "preview ID", Short: "Show what approving a campaign would put on air, with clashes", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var p struct {
					planAnswer
					Changed []plannedView  `json:"changed"`
					Night   *plannedView   `json:"night"`
					Counts  map[string]int `json:"counts"`
				}
				if err := s.call(c.Context(), "GET", campaignPath(args[0])+"/preview", nil, &p); err != nil {
					return err
				}
				return a.print(p, func(w io.Writer) {
					p.text(w)
					fmt.Fprintf(w, "%d air, %d wait, %d do not air\n", p.Counts["airs"], p.Counts["waits"], p.Counts["skipped"])
					for _, o := range p.Changed {
						fmt.Fprintf(w, "changes %s of %s: %s (%s)\n", o.Title, o.Due.Format("15:04 02/01/2006"), o.Verdict, o.Reason)
					}
					if p.Night != nil {
						fmt.Fprintf(w, "sounds at night: %s\n", p.Night.Start.Format("15:04 02/01/2006"))
					}
				})
			})
		}}
}

func (a *app) campaignMove(word, short string) *cobra.Command {
	return &cobra.Command{Use: word + " ID", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				return a.campaignCall(c.Context(), s, "POST", campaignPath(args[0])+"/"+word, nil)
			})
		}}
}

func (a *app) campaignReject() *cobra.Command {
	var why string
	cmd := &cobra.Command{Use: "reject ID --why TEXT", Short: "Send a submitted campaign back", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(why) == "" {
				return usage("add --why TEXT; who drew it up will read it", "rejecting %s: the reason is missing", args[0])
			}
			return a.reach(c.Context(), func(s *client) error {
				return a.campaignCall(c.Context(), s, "POST", campaignPath(args[0])+"/reject", map[string]string{"why": why})
			})
		}}
	cmd.Flags().StringVar(&why, "why", "", "what is wrong with it")
	return cmd
}

// campaignApprove approves what it shows: the revision that was read is the one that is approved.
func (a *app) campaignApprove() *cobra.Command {
	var p paperFlags
	var withClips, night bool
	cmd := &cobra.Command{Use: "approve ID", Short: "Approve a campaign as it is: its programme is made", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.check(); err != nil {
				return err
			}
			return a.reach(c.Context(), func(s *client) error {
				var seen campaignView
				if err := s.call(c.Context(), "GET", campaignPath(args[0]), nil, &seen); err != nil {
					return err
				}
				paper, err := p.keep(c.Context(), s)
				if err != nil {
					return err
				}
				return a.campaignCall(c.Context(), s, "POST", campaignPath(args[0])+"/approve"+confirming(night),
					map[string]any{"revision": seen.Revision, "approve_clips": withClips, "paper": paper})
			})
		}}
	p.add(cmd)
	cmd.Flags().BoolVar(&withClips, "with-clips", false, "approve its clips too, as they are now")
	cmd.Flags().BoolVar(&night, "confirm-night", false, "it is meant to sound between 21:00 and 06:00")
	return cmd
}

func confirming(night bool) string {
	if night {
		return "?confirm=night"
	}
	return ""
}

// campaignMakeup shows what is missing with free moments, and with --at or --take plans them.
func (a *app) campaignMakeup() *cobra.Command {
	var take bool
	cmd := &cobra.Command{Use: "makeup ID", Short: "Show what was missed with free moments to make up for it; --take plans them", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				var out struct {
					Gaps  []api.Gap   `json:"gaps"`
					Slots []time.Time `json:"slots"`
				}
				if err := s.call(c.Context(), "GET", campaignPath(args[0])+"/slots", nil, &out); err != nil {
					return err
				}
				if take && len(out.Slots) > 0 {
					var list []rulebook.Makeup
					for i, at := range out.Slots[:min(len(out.Slots), len(out.Gaps))] {
						list = append(list, rulebook.Makeup{At: at, Of: out.Gaps[i].Occurrence})
					}
					return a.campaignCall(c.Context(), s, "POST", campaignPath(args[0])+"/makeups", map[string]any{"makeups": list})
				}
				return a.print(out, func(w io.Writer) {
					for i, g := range out.Gaps {
						offer := "no free moment in the next 7 days"
						if i < len(out.Slots) {
							offer = "free: " + out.Slots[i].Format("15:04 02/01/2006")
						}
						fmt.Fprintf(w, "%s  %s (%s)  %s\n", g.Occurrence, g.Status, g.Reason, offer)
					}
				})
			})
		}}
	cmd.Flags().BoolVar(&take, "take", false, "plan the make-ups at the moments shown")
	return cmd
}
