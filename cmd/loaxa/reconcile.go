package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule/clock"
)

func (a *app) logReconcile() *cobra.Command {
	var from, until string
	cmd := &cobra.Command{
		Use: "reconcile [playlog.db]", Short: "Lay what was planned beside what came of it", Args: cobra.MaximumNArgs(1),
		Long: "Lay every occurrence that the plan records promised beside its outcome, from the log alone, and name every\n" +
			"difference and every interval that is not explained. Without a file it reads the station's own log. It takes the\n" +
			"log's word; whether the log is the one that was signed, `loaxa verify` says. Exit code 3 when something differs.",
		RunE: func(c *cobra.Command, args []string) error {
			var o evidence.ReconcileOptions
			for _, f := range []struct {
				text string
				to   *time.Time
			}{{from, &o.From}, {until, &o.Until}} {
				if f.text == "" {
					continue
				}
				t, err := parseMoment(f.text)
				if err != nil {
					return err
				}
				*f.to = t
			}
			if !o.From.IsZero() && !o.Until.IsZero() && !o.From.Before(o.Until) {
				return usage("give --until a later time than --from", "reading the period: it ends before it begins")
			}
			path, err := a.logPath(args)
			if err != nil {
				return err
			}
			return a.reconcile(c.Context(), path, o)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "what was due from then on; default: from the beginning")
	cmd.Flags().StringVar(&until, "until", "", "what was due before then; default: to the end")
	return cmd
}

// logPath is the log named on the command line, else the station's own.
func (a *app) logPath(args []string) (string, error) {
	if len(args) == 1 {
		return args[0], nil
	}
	conf, err := a.settings()
	if err != nil {
		return "", err
	}
	return filepath.Join(conf.Data, "playlog.db"), nil
}

func (a *app) reconcile(ctx context.Context, path string, o evidence.ReconcileOptions) error {
	var r evidence.Reconciliation
	err := a.readLog(ctx, path, func(src evidence.Source, live bool) error {
		if live {
			o.Now = clock.NewSystem(clock.Options{}).Now()
		}
		var err error
		r, err = evidence.Reconcile(src, o)
		return err
	})
	if err != nil {
		return err
	}
	if err := a.print(r, func(w io.Writer) { reconciliationText(w, r) }); err != nil {
		return err
	}
	if !r.OK {
		return failWith(exitUnproved, "", "reconciling %s: %d differences", path, r.DifferenceAll)
	}
	return nil
}

// readLog calls use with the log in a file or, when a running station holds that, with a copy fetched from it.
func (a *app) readLog(ctx context.Context, path string, use func(src evidence.Source, live bool) error) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return failWith(exitFailed, "check the path", "reading %s: no such file", path)
	}
	f, err := playlog.OpenReadOnly(path)
	if errors.Is(err, playlog.ErrLocked) {
		return a.readLiveLog(ctx, path, use)
	}
	if err != nil {
		return failWith(exitUnproved, "keep the file as it is and tell the inspector", "reading %s: %w", path, err)
	}
	return errors.Join(use(f.Source(), false), f.Close())
}

func (a *app) readLiveLog(ctx context.Context, path string, use func(src evidence.Source, live bool) error) (err error) {
	socket := socketOf(filepath.Dir(path))
	if !running(socket) {
		return failWith(exitTemporary, "try again", "reading %s: another program holds it", path)
	}
	dir, err := os.MkdirTemp("", "loaxa-log")
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	copied := filepath.Join(dir, "playlog.db")
	f, err := os.OpenFile(copied, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	err = dial(socket, a.as).call(ctx, "GET", "/log/snapshot", nil, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("reading %s: fetching a copy from the station: %w", path, err)
	}
	return a.readLog(ctx, copied, func(src evidence.Source, _ bool) error { return use(src, true) })
}

const rowTime = "15:04:05 02/01/2006"

func reconciliationText(w io.Writer, r evidence.Reconciliation) {
	if r.OK {
		fmt.Fprintf(w, "KHỚP: %d lần phát theo kế hoạch có đúng một kết quả, không có gì chưa giải thích; %d lần chưa đến lượt ghi kết quả\n",
			r.Promised-r.Undecided, r.Undecided)
		fmt.Fprintf(w, "AGREES: %d planned broadcasts have exactly one outcome, nothing is unexplained; %d are still open\n",
			r.Promised-r.Undecided, r.Undecided)
	} else {
		fmt.Fprintf(w, "LỆCH %d dòng trên %d lần phát theo kế hoạch\n", r.DifferenceAll, r.Promised)
		fmt.Fprintf(w, "DIFFERS in %d places, of %d planned broadcasts\n", r.DifferenceAll, r.Promised)
	}
	fmt.Fprintf(w, "  %s, %s, %d records, %s to %s\n", r.StationName, r.Origin, r.Size, r.FirstWall.Format(rowTime), r.LastWall.Format(rowTime))
	fmt.Fprintf(w, "  outcomes: %s\n", outcomesText(r.Outcomes))
	if r.Corrected > 0 {
		fmt.Fprintf(w, "  %d lần phát có giờ được hiệu chỉnh theo thời gian chạy máy / times corrected by uptime\n", r.Corrected)
	}
	if r.Inconclusive > 0 {
		fmt.Fprintf(w, "  %d lần phát không kết luận được giờ thật: đồng hồ chưa đáng tin / true time not known: the clock was in doubt\n", r.Inconclusive)
	}
	for _, d := range r.Differences {
		fmt.Fprintf(w, "! %s\n  %s\n", d.VI, d.EN)
	}
	if n := r.DifferenceAll - int64(len(r.Differences)); n > 0 {
		fmt.Fprintf(w, "! còn %d điểm lệch khác / %d more differences\n", n, n)
	}
	for _, x := range r.Intervals {
		fmt.Fprintf(w, "  %s %s to %s (%s), record %d\n", excuseText(x.Kind), x.From.Format(rowTime), x.Until.Format(rowTime), x.Why, x.Index)
	}
	reconciliationRows(w, r)
}

func excuseText(kind string) string {
	if kind == "gap" {
		return "không ghi được / not written"
	}
	return "không chạy / not running"
}

func reconciliationRows(w io.Writer, r evidence.Reconciliation) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, b := range r.Rows {
		if b.Outcome < 0 && len(b.Codes) == 0 {
			continue // still open: counted above, and told by `loaxa plan`
		}
		word := b.Word
		if word == "" {
			word = "–"
		}
		if b.Reason != "" {
			word += " (" + b.Reason + ")"
		}
		verdict := "khớp"
		if len(b.Codes) > 0 {
			verdict = "LỆCH: " + strings.Join(b.Codes, ", ")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s of %s\t%s\t%s\t%s\n", b.Due.Format(rowTime), startedText(b.Started), word,
			seconds(b.AiredMS), seconds(b.PlannedMS), recordsText(b), verdict, b.Title)
	}
	t.Flush() //nolint:errcheck // the writer below says what went wrong
	if n := r.RowsAll - int64(len(r.Rows)); n > 0 {
		fmt.Fprintf(w, "còn %d dòng: chọn kỳ ngắn hơn bằng --from, --until / %d more rows: ask for a shorter period\n", n, n)
	}
}

// recordsText names the records of the promise and of the outcome.
func recordsText(b evidence.ReconcileRow) string {
	name := func(idx int64) string {
		if idx < 0 {
			return "–"
		}
		return fmt.Sprint("#", idx)
	}
	return name(b.Plan) + " → " + name(b.Outcome)
}

func startedText(c evidence.CorrectedTime) string {
	switch c.State {
	case evidence.AsWritten:
		return c.Written.Format("15:04:05")
	case evidence.ByUptime:
		return c.True.Format(rowTime) + " (máy ghi " + c.Written.Format(rowTime) + ")"
	case evidence.Inconclusive:
		return c.Written.Format("15:04:05") + " (không kết luận được)"
	}
	return "–"
}
