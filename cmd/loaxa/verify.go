package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

func (a *app) verifyCommand() *cobra.Command {
	var keys, checkpoints []string
	var look lookFlags
	var trust trustFlags
	var handOut pageFlags
	cmd := &cobra.Command{
		Use: "verify EXPORT…|playlog.db…|FILE.tlog-proof…", Short: "Check logs and exports: nothing changed, nothing missing", Args: cobra.ArbitraryArgs,
		Long: "Check logs offline: every record is hashed again and compared with the signed checkpoint, every promise with its\n" +
			"outcome. Several exports of one log are also checked as one. It needs no data folder. A log that a running station holds is fetched from that station.\n" +
			"With --page -o FILE it writes a web page that does the same with exports in any browser, without a network.",
		RunE: func(c *cobra.Command, args []string) error {
			if err := handOut.check(args); err != nil {
				return err
			}
			if handOut.page {
				return a.handOutPage(handOut.output)
			}
			o := evidence.VerifyOptions{Keys: keys}
			for _, path := range checkpoints {
				note, err := readSmall(path)
				if err != nil {
					return err
				}
				o.Held = append(o.Held, note)
			}
			if err := look.options(c, &o); err != nil {
				return err
			}
			memory, err := trust.options(&o)
			if err != nil {
				return err
			}
			done, err := a.verifyTogether(c.Context(), args, o)
			if err != nil {
				return err
			}
			memory.judge(done)
			reports := make([]evidence.Report, len(done))
			for i, v := range done {
				reports[i] = v.Report
			}
			if err := a.print(reports, func(w io.Writer) { verdictText(w, done, reports) }); err != nil {
				return err
			}
			for _, v := range done {
				if !v.OK {
					return unproved(v)
				}
			}
			if err := compared(checkpoints, done); err != nil {
				return err
			}
			if err := look.agreed(o, reports); err != nil {
				return err
			}
			return memory.save()
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "public key of the station, as registered on paper; may be given several times")
	look.add(cmd)
	handOut.add(cmd)
	trust.add(cmd)
	cmd.Flags().StringArrayVar(&checkpoints, "checkpoint", nil, "file with a checkpoint that was kept elsewhere; may be given several times")
	return cmd
}

// compared is an error when a checkpoint that was brought is of none of the logs.
func compared(checkpoints []string, verdicts []evidence.Verdict) error {
	for _, x := range evidence.StrangeCheckpoints(verdicts, len(checkpoints)) {
		return failWith(exitUnproved, "verify the file of that log, too; a log set aside is called playlog-EPOCH.db",
			"verifying: checkpoint %s is of the log %s, which is none of these", checkpoints[x.Held], x.Origin)
	}
	return answered(checkpoints, verdicts)
}

// verifyAll verifies each file, whether a log or an export, and then the exports of one log as one.
func (a *app) verifyAll(ctx context.Context, paths []string, o evidence.VerifyOptions) (out []evidence.Verdict, err error) {
	var exports []*opened
	defer func() {
		for _, e := range exports {
			err = errors.Join(err, e.file.Close())
		}
	}()
	for _, path := range paths {
		if err := checkLogFile(path); err != nil {
			return nil, err
		}
		single, err := isSingle(path)
		if err != nil {
			return nil, err
		}
		if single {
			v, err := verifySingle(path, o)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
			continue
		}
		export, err := isExport(path)
		if err != nil {
			return nil, err
		}
		if export {
			e, err := openExport(path)
			if err != nil {
				return nil, err
			}
			exports = append(exports, e)
			continue
		}
		v, err := a.verifyFile(ctx, path, o)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	named := make([]evidence.NamedExport, len(exports))
	for i, e := range exports {
		named[i] = evidence.NamedExport{Name: e.path, Export: e.Export}
	}
	out = append(out, evidence.VerifyAll(named, o)...)
	for _, v := range out {
		if v.Err != nil {
			return nil, unreadable(v)
		}
	}
	return out, nil
}

// checkLogFile refuses what is no file.
func checkLogFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return failWith(exitFailed, "check the path", "verifying %s: no such file", path)
	case err != nil:
		return fmt.Errorf("verifying %s: %w", path, err)
	case !info.Mode().IsRegular():
		return usage("name the log's file, such as DATA/playlog.db, or an export", "verifying %s: not a file", path)
	}
	return nil
}

// readSmall reads a file that must be small, such as a checkpoint.
func readSmall(path string) ([]byte, error) { return readAtMost(path, 64<<10) }

// verifyFile verifies one file, or a copy of it from the station that holds it.
func (a *app) verifyFile(ctx context.Context, path string, o evidence.VerifyOptions) (evidence.Verdict, error) {
	f, err := playlog.OpenReadOnly(path)
	if errors.Is(err, playlog.ErrLocked) {
		return a.verifyLive(ctx, path, o)
	}
	return verifyOpened(path, f, err, o)
}

// verifyOpened verifies what playlog.OpenReadOnly gave for path.
func verifyOpened(path string, f *playlog.File, err error, o evidence.VerifyOptions) (evidence.Verdict, error) {
	if err != nil {
		return evidence.Verdict{}, failWith(exitUnproved, "keep the file as it is and tell the inspector", "verifying %s: %w", path, err)
	}
	v := evidence.VerifySource(path, f.Source(), o)
	return v, f.Close()
}

// verifyLive asks the station beside the file for a copy and verifies that.
func (a *app) verifyLive(ctx context.Context, path string, o evidence.VerifyOptions) (v evidence.Verdict, err error) {
	socket := socketOf(filepath.Dir(path))
	// The station gives a copy of its log, whatever other file of its folder was named.
	if filepath.Base(path) != "playlog.db" || !running(socket) {
		return v, failWith(exitTemporary, "try again", "verifying %s: another program holds it", path)
	}
	dir, err := os.MkdirTemp("", "loaxa-verify")
	if err != nil {
		return v, fmt.Errorf("verifying %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	copied := filepath.Join(dir, "playlog.db")
	f, err := os.OpenFile(copied, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return v, fmt.Errorf("verifying %s: %w", path, err)
	}
	err = dial(socket, a.as).call(ctx, "GET", "/log/snapshot", nil, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return v, fmt.Errorf("verifying %s: fetching a copy from the station: %w", path, err)
	}
	log, err := playlog.OpenReadOnly(copied)
	return verifyOpened(path, log, err, o)
}

func verdictText(w io.Writer, done []evidence.Verdict, reports []evidence.Report) {
	for i, r := range done {
		if r.Single != nil {
			singleText(w, r)
			continue
		}
		verdict := "VERIFIED / KHỚP"
		if !r.OK {
			verdict = "DOES NOT VERIFY / KHÔNG KHỚP"
		}
		fmt.Fprintf(w, "%s: %s\n", r.Name, verdict)
		fmt.Fprintf(w, "  %s (%s), epoch %d, %d records, %s to %s\n", r.StationName, r.StationCode, r.Epoch, r.Size-r.First,
			r.FirstWall.Format("15:04 02/01/2006"), r.LastWall.Format("15:04 02/01/2006"))
		fmt.Fprintf(w, "  key: %s\n", r.PublicKey)
		for _, s := range r.Statements {
			fmt.Fprintf(w, "  - %s\n    %s\n", s.VI, s.EN)
		}
		for _, f := range r.Findings {
			fmt.Fprintf(w, "  ! %s\n    %s\n", f.VI, f.EN)
		}
		for _, h := range r.Held {
			heldText(w, h)
		}
		fmt.Fprintf(w, "  broadcasts on hardware: %d (%s); occurrences by outcome: %s\n", r.Figures.Broadcasts.N,
			seconds(r.Figures.Broadcasts.AiredMS), outcomesText(r.Figures.Occurrences))
		fmt.Fprintf(w, "  rehearsals: %d; emergencies: %d; still open: %d\n", r.Figures.Rehearsals.N, r.Figures.Emergencies.N, len(r.Owed))
		lookText(w, reports, i)
		for _, x := range r.Outages {
			fmt.Fprintf(w, "  not running %s to %s (%s)\n", x.From.Format("15:04:05 02/01/2006"), x.Until.Format("15:04:05 02/01/2006"), x.Why)
		}
	}
}

func outcomesText(counts map[evidence.Outcome]int64) string {
	words := make([]string, 0, len(counts))
	for o, n := range counts {
		words = append(words, fmt.Sprintf("%s %d", o, n))
	}
	if len(words) == 0 {
		return "none"
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
