package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"loaxa/player/playlog/evidence"
)

func (a *app) logProof() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "proof INDEX", Short: "Take one record away with what shows it to be in the log", Args: cobra.ExactArgs(1),
		Long: "Write one record, its place in the log and the signed checkpoint that covers it to one file for loaxa verify (C2SP\n" +
			"tlog-proof). The numbers of the records of a broadcast are in `loaxa log reconcile`.",
		RunE: func(c *cobra.Command, args []string) error {
			index, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || index < 0 {
				return usage("a record's number counts from 0, as in `loaxa log reconcile`", "proving a record: %q is no number of a record", args[0])
			}
			path := "/log/proof?" + url.Values{"index": {args[0]}, "format": {"tlog-proof"}}.Encode()
			return a.reach(c.Context(), func(s *client) error {
				if out != "" {
					return writeWhole(out, func(f *os.File) error { return s.call(c.Context(), "GET", path, nil, f) })
				}
				var text strings.Builder
				if err := s.call(c.Context(), "GET", path, nil, &text); err != nil {
					return err
				}
				return a.print(map[string]string{"proof": text.String()}, func(w io.Writer) { fmt.Fprint(w, text.String()) })
			})
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file to write, such as FILE.tlog-proof; default: print it")
	return cmd
}

// verifyTogether verifies all files, and once more when they speak of each other: each may be sound by itself and yet not
// fit the other.
func (a *app) verifyTogether(ctx context.Context, paths []string, o evidence.VerifyOptions) ([]evidence.Verdict, error) {
	done, err := a.verifyAll(ctx, paths, o)
	if err != nil {
		return nil, err
	}
	if o.Cited = evidence.Citations(done); len(o.Cited) == 0 {
		return done, nil
	}
	return a.verifyAll(ctx, paths, o)
}

// isSingle looks at the content of a file, whatever its name.
func isSingle(path string) (is bool, err error) {
	f, err := os.Open(path) //nolint:gosec // the person names it
	if err != nil {
		return false, fmt.Errorf("verifying %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("verifying %s: %w", path, err)
	}
	return evidence.IsSingle(head[:n]), nil
}

func verifySingle(path string, o evidence.VerifyOptions) (evidence.Verdict, error) {
	v := evidence.Verdict{Name: path}
	b, err := readAtMost(path, evidence.MaxSingle+1)
	if err != nil {
		return v, err
	}
	s, err := evidence.ParseSingle(b)
	if err != nil {
		return v, failWith(exitUnproved, "ask for the proof again, as a file and not as text in a message", "verifying %s: %w", path, err)
	}
	v.Report, v.Err = evidence.VerifySingle(s, o)
	if v.Err != nil {
		return v, unreadable(v)
	}
	return v, nil
}

// answered is an error when a checkpoint that was brought could be compared with nothing: a proof of one record says
// nothing of another size of its log.
func answered(checkpoints []string, verdicts []evidence.Verdict) error {
	for i, path := range checkpoints {
		apart, other := false, false
		for _, v := range verdicts {
			if i >= len(v.Held) {
				continue
			}
			switch v.Held[i].Status {
			case "apart":
				apart = true
			case "other_log":
			default:
				other = true
			}
		}
		if apart && !other {
			return failWith(exitUnproved, "verify the log or an export of it, too",
				"verifying: checkpoint %s cannot be compared with a proof of one record", path)
		}
	}
	return nil
}

// unproved is the error for a verdict that is not good.
func unproved(v evidence.Verdict) error {
	hint := ""
	for _, f := range v.Findings {
		if hint = doAbout(f, v); hint != "" {
			break
		}
	}
	if v.Single != nil && len(v.Findings) > 0 {
		return failWith(exitUnproved, hint, "verifying %s: not proved: %s", v.Name, v.Findings[0].EN)
	}
	return failWith(exitUnproved, hint, "verifying %s: it does not hold, first at record %d", v.Name, v.FirstBad)
}

// doAbout says what the person can bring where something was missing rather than wrong.
func doAbout(f evidence.Finding, v evidence.Verdict) string {
	switch f.Code {
	case "no_key":
		return "give the station's key with --key, as registered on paper, or with --policy"
	case "kept_before":
		return "bring also the export that begins at the checkpoint that was kept, or before it"
	case "kept_part":
		return "bring also the export with record 0 of this epoch"
	case "kept_skipped":
		return "bring the files of the epochs between, too; a log set aside is called playlog-EPOCH.db"
	case "kept_key":
		return fmt.Sprintf("compare the key with the one registered on paper; if it is the station's, give it: --key '%s'", v.PublicKey)
	case "kept_apart":
		return "verify the log or an export of it, too"
	}
	return ""
}

func singleText(w io.Writer, v evidence.Verdict) {
	verdict := "VERIFIED / KHỚP"
	if !v.OK {
		verdict = "NOT PROVED / CHƯA CHỨNG MINH ĐƯỢC"
	}
	fmt.Fprintf(w, "%s: %s\n", v.Name, verdict)
	fmt.Fprintf(w, "  record %d of %s\n", v.Single.Index, v.Origin)
	if v.PublicKey != "" {
		fmt.Fprintf(w, "  key: %s\n", v.PublicKey)
	}
	for _, s := range v.Single.Words {
		fmt.Fprintf(w, "  %s\n    %s\n", s.VI, s.EN)
	}
	for _, s := range v.Statements {
		fmt.Fprintf(w, "  - %s\n    %s\n", s.VI, s.EN)
	}
	for _, f := range v.Findings {
		fmt.Fprintf(w, "  ! %s\n    %s\n", f.VI, f.EN)
	}
	for _, h := range v.Held {
		heldText(w, h)
	}
}

func heldText(w io.Writer, h evidence.Held) {
	whose := map[string]string{"kept": "kept checkpoint", "cited": "checkpoint cited by another file"}[h.Whose]
	if whose == "" {
		whose = "held checkpoint"
	}
	fmt.Fprintf(w, "  %s of %d records: %s %s\n", whose, h.Size, h.Status, h.Detail)
}
