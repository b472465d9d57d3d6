package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"loaxa/audio/library"
)

type importFlags struct {
	saidFlags
	paperFlags
	submit, approve, inbox bool
	stick                  string
	hosts                  []string
}

func (a *app) clipImport() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use: "import FILE|FOLDER|ARCHIVE|URL…", Short: "Bring in audio files, folders and archives of them, links, a stick or the inbox",
		Long: "Bring in audio files, folders and archives (zip, tar) of them, or what links lead to; with --stick what lies on a\n" +
			"stick in the station, with --inbox what lies in its folder DATA/inbox. What comes is a draft until it is approved.\n" +
			"It ends with 0 when every file became a clip.",
		RunE: func(c *cobra.Command, words []string) error {
			sources, passed, err := f.sources(words)
			if err != nil {
				return err
			}
			return a.reach(c.Context(), func(s *client) error { return a.importAll(c.Context(), s, f, sources, passed) })
		},
	}
	f.saidFlags.add(cmd)
	f.paperFlags.add(cmd)
	cmd.Flags().BoolVar(&f.submit, "submit", false, "ask an approver to look at what comes")
	cmd.Flags().BoolVar(&f.approve, "approve", false, "approve what comes, as an approver")
	cmd.Flags().BoolVar(&f.inbox, "inbox", false, "bring in what lies in the inbox folder now")
	cmd.Flags().StringVar(&f.stick, "stick", "", "bring in what lies on the stick with this `LABEL` or path")
	cmd.Flags().StringSliceVar(&f.hosts, "yes-host", nil, "take files of links from this `HOST` without asking")
	return cmd
}

// sources checks all that can be checked before anything is sent.
func (f *importFlags) sources(words []string) (sources []source, passed []imported, err error) {
	if err := f.saidFlags.check(); err != nil {
		return nil, nil, err
	}
	if err := f.paperFlags.check(); err != nil {
		return nil, nil, err
	}
	if f.paperFlags.given() && !f.approve {
		return nil, nil, usage("add --approve", "reading the command: --paper-signer goes with --approve")
	}
	ways := 0
	for _, given := range []bool{len(words) > 0, f.inbox, f.stick != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return nil, nil, usage("give files, folders and links, or --inbox, or --stick LABEL", "importing clips: say in one way what is brought in")
	}
	if len(words) == 0 {
		sources = []source{{stick: f.stick, inbox: f.inbox}}
	} else {
		g, err := gather(words)
		if err != nil {
			return nil, nil, err
		}
		sources, passed = g.sources, g.passed
	}
	if f.title != "" && (len(words) != 1 || len(sources) != 1 || sources[0].archive || len(sources[0].files) > 1) {
		return nil, nil, usage("import them one by one, or give titles later with `loaxa clip edit`", "importing clips: one --title for several files")
	}
	return sources, passed, nil
}

// importOrder is the JSON of an order without files.
type importOrder struct {
	Link       string         `json:"link,omitempty"`
	Stick      string         `json:"stick,omitempty"`
	Inbox      bool           `json:"inbox,omitempty"`
	Title      string         `json:"title,omitempty"`
	Source     string         `json:"source,omitempty"`
	Tags       []string       `json:"tags,omitempty"`
	Letter     library.Letter `json:"letter,omitzero"`
	ValidFrom  string         `json:"valid_from,omitempty"`
	ValidUntil string         `json:"valid_until,omitempty"`
}

// fields is the same for a form.
func (f *importFlags) fields() map[string]string {
	out := make(map[string]string)
	for name, text := range map[string]string{"title": f.title, "source": f.source, "tags": strings.Join(f.tags, ","),
		"agency": f.letter.Agency, "number": f.letter.Number, "letter_date": f.letter.Date,
		"valid_from": f.validFrom, "valid_until": f.validUntil} {
		if text != "" {
			out[name] = text
		}
	}
	return out
}

// said is what was said of all files.
func (f *importFlags) said() library.Import {
	return library.Import{Letter: f.letter, ValidFrom: f.validFrom, ValidUntil: f.validUntil}
}

// importRun is one command's import.
type importRun struct {
	*follower
	flags  importFlags
	report []imported
	faults []error // one for each that did not become a clip
}

// importAll brings everything in, source by source, then submits or approves what came, all at once: it is one letter's.
func (a *app) importAll(ctx context.Context, s *client, f importFlags, sources []source, passed []imported) error {
	r := &importRun{follower: &follower{app: a, station: s, shows: a.newProgress(), hosts: f.hosts}, flags: f}
	for _, p := range passed {
		r.refuse(p.Name, *p.Refused)
	}
	paper, err := f.keep(ctx, s)
	if err != nil {
		return err
	}
	for _, src := range sources {
		if err = r.source(ctx, src); err != nil {
			err = about(err, "importing "+plain(src.label()))
			break
		}
	}
	if err == nil {
		err = r.finish(ctx, paper)
	}
	if len(r.report) > 0 {
		if printing := a.print(r.report, r.text); printing != nil {
			return printing
		}
	}
	if err != nil {
		return err
	}
	return r.verdict()
}

// source brings one thing in. An error ends the whole command; what is wrong with this source alone is in the report.
func (r *importRun) source(ctx context.Context, src source) error {
	job, err := r.order(ctx, src)
	if err != nil {
		return err
	}
	job, err = r.follow(ctx, job)
	var host *hostError
	if errors.As(err, &host) {
		_, hint := exitCode(host.error)
		r.refuse(src.label(), noteView{Code: codeHost, Detail: host.Error(), Do: hint})
		return nil
	}
	if err != nil {
		return err
	}
	for _, item := range job.Items {
		if item.Refused != nil {
			r.refuse(src.shown(item.Name), *item.Refused)
			continue
		}
		v, err := r.station.clip(ctx, item.ClipID)
		if err != nil {
			return err
		}
		r.report = append(r.report, imported{Name: src.shown(item.Name), clipView: &v, Existed: item.Existed})
	}
	switch p := job.Problem; {
	case job.State == "done":
		return nil
	case p == nil || p.Code == "no_room" || p.Code == "invalid": // it would be the same for the next
		return job.fault()
	default:
		r.refuse(src.label(), *p)
		return nil
	}
}

func (r *importRun) order(ctx context.Context, src source) (v importView, err error) {
	f := r.flags
	if len(src.files) == 0 {
		err = r.station.call(ctx, "POST", "/imports", importOrder{Link: src.link, Stick: src.stick, Inbox: src.inbox, Title: f.title,
			Source: f.source, Tags: f.tags, Letter: f.letter, ValidFrom: f.validFrom, ValidUntil: f.validUntil}, &v)
		return v, err
	}
	var total int64
	for _, file := range src.files {
		total += file.size
	}
	defer r.shows.clear()
	return r.station.sendFiles(ctx, f.fields(), src.files, func(done int64) {
		r.shows.line("handing over %s of %s  %s", bytesOf(done), bytesOf(total), src.label())
	})
}

func (r *importRun) refuse(name string, n noteView) {
	r.report = append(r.report, imported{Name: name, Refused: &n})
	r.faults = append(r.faults, about(n.fault(), "importing "+plain(name)))
}

// finish submits or approves what came. What was here before and is approved already needs neither.
func (r *importRun) finish(ctx context.Context, paper *library.Paper) error {
	act := ""
	var ids []string
	seen := make(map[string]library.Seen)
	for _, i := range r.report {
		switch {
		case i.clipView == nil || slices.Contains(ids, i.ID) || !r.flags.submit && !r.flags.approve:
		case !r.flags.said().Meets(i.Clip):
			r.faults = append(r.faults, failWith(exitRefused, "look at it with 'loaxa clip show "+i.ID+"', then submit or approve it by itself",
				"importing %s: it was here before, %s, or under another letter or other days, and is left as it was", plain(i.Name), i.State))
		case r.flags.approve && i.State != library.StateApproved:
			act, ids = "approve", append(ids, i.ID)
			seen[i.ID] = library.SeenOf(i.Clip)
		case r.flags.submit && !r.flags.approve && i.State == library.StateDraft:
			act, ids = "submit", append(ids, i.ID)
		}
	}
	for some := range slices.Chunk(ids, 500) { // as many as the station takes at once
		order := clipsOrder{IDs: some, Paper: paper}
		if act == "approve" {
			order.Seen = make(map[string]library.Seen)
			for _, id := range some {
				order.Seen[id] = seen[id]
			}
		}
		views, err := r.station.together(ctx, act, order)
		if err != nil {
			return about(err, map[string]string{"approve": "approving", "submit": "submitting"}[act]+" what came in")
		}
		for _, v := range views {
			for _, i := range r.report {
				if i.clipView != nil && i.ID == v.ID {
					*i.clipView = v
				}
			}
		}
	}
	return nil
}

// verdict is the command's result: for a single file that did not come, its own.
func (r *importRun) verdict() error {
	switch len(r.faults) {
	case 0:
		return nil
	case 1:
		return r.faults[0]
	}
	return failWith(exitFailed, "", "importing: %d of %d files did not become clips", len(r.faults), len(r.report))
}

// imported is what became of one file.
type imported struct {
	Name string `json:"name"`
	*clipView
	Existed bool      `json:"existed,omitempty"` // the clip was here before
	Refused *noteView `json:"refused,omitempty"`
}

func (r *importRun) text(w io.Writer) {
	for _, i := range r.report {
		if i.Refused != nil {
			fmt.Fprintf(w, "refused  %s  (%s)\n", plain(i.Name), i.Refused.Code)
			if len(r.faults) > 1 && i.Refused.Do != "" { // of a single one, the error says it
				fmt.Fprintf(w, "  %s\n", plain(i.Refused.Do))
			}
			continue
		}
		i.clipView.text(w)
		if i.Existed {
			fmt.Fprintf(w, "  was here already; %s brings nothing new\n", plain(i.Name))
		}
	}
}
