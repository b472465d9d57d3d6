package main

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"loaxa/player/playlog/evidence"
)

// lookFlags are what verify is told to look at beside the proof: a report to compare, a spot check.
type lookFlags struct {
	report string
	sample int
	seed   uint64
}

func (l *lookFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.report, "report", "", "report to compare row by row, as loaxa log list --json prints it")
	cmd.Flags().IntVar(&l.sample, "sample", 0, "pick that many broadcasts for a spot check, at most 1000")
	cmd.Flags().Uint64Var(&l.seed, "seed", 0, "pick those of this seed again; default a new one, which is printed")
}

// options puts what was asked for into o.
func (l *lookFlags) options(cmd *cobra.Command, o *evidence.VerifyOptions) error {
	switch {
	case l.sample < 0 || l.sample > evidence.MaxSample || (l.sample == 0 && cmd.Flags().Changed("sample")):
		return usage("write --sample 5", "picking %d broadcasts: 1 to %d can be picked", l.sample, evidence.MaxSample)
	case l.sample == 0 && cmd.Flags().Changed("seed"):
		return usage("add --sample 5", "reading the command: --seed without --sample picks nothing")
	}
	if o.Sample, o.Seed = l.sample, l.seed; l.sample > 0 && !cmd.Flags().Changed("seed") {
		seed, err := newSeed()
		if err != nil {
			return err
		}
		o.Seed = seed
	}
	if l.report == "" {
		return nil
	}
	c, err := readReport(l.report)
	o.Claims = c
	return err
}

// newSeed is short enough to be read out, and every program reads it exactly.
func newSeed() (uint64, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0, fmt.Errorf("choosing a seed: %w", err)
	}
	return 1 + binary.BigEndian.Uint64(b[:])%999_999_999_999, nil
}

func readReport(path string) (*evidence.Claims, error) {
	f, err := os.Open(path) //nolint:gosec // the person names it
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failWith(exitFailed, "check the path", "reading report %s: no such file", path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading report %s: %w", path, err)
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, evidence.MaxClaims+1))
	if err != nil {
		return nil, fmt.Errorf("reading report %s: %w", path, err)
	}
	c, err := evidence.ReadClaims(b)
	if err != nil {
		return nil, failWith(exitFailed, "give the document that `loaxa log list --json` printed", "%s: %w", path, err)
	}
	return &c, nil
}

// agreed is an error when the report that was brought does not agree with its station's log.
func (l *lookFlags) agreed(o evidence.VerifyOptions, reports []evidence.Report) error {
	if o.Claims == nil {
		return nil
	}
	c := evidence.Decisive(reports)
	switch {
	case c == nil:
		return failWith(exitUnproved, "verify the log or the exports of that station",
			"comparing report %s: it is of station %s, and none of these logs is", l.report, o.Claims.StationCode)
	case c.OK:
		return nil
	case c.RowsDiffer+c.FiguresDiffer == 0:
		return failWith(exitUnproved, "bring the log or the exports of the whole period", "comparing report %s: %s", l.report, c.Summary.EN)
	}
	return failWith(exitUnproved, "the log is in order; what differs is listed above", "comparing report %s: the report does not agree with the log: %s", l.report, c.Summary.EN)
}

// lookText prints the topics, the comparison and the spot check of one of the reports.
func lookText(w io.Writer, reports []evidence.Report, i int) {
	r := reports[i]
	topicsText(w, r.Figures.Topics)
	if evidence.Within(reports, i) {
		return // said of the whole
	}
	if c := r.Comparison; c != nil {
		comparisonText(w, c)
	}
	if r.Sample != nil {
		sampleText(w, r)
	}
}

func topicsText(w io.Writer, topics map[string]evidence.Count) {
	if len(topics) == 0 {
		return
	}
	words := make([]string, 0, len(topics))
	for _, tag := range slices.Sorted(maps.Keys(topics)) {
		name := strconv.Quote(tag) // as hostile as the log it is from
		if tag == "" {
			name = "(others)"
		}
		words = append(words, fmt.Sprintf("%s %d (%s)", name, topics[tag].N, seconds(topics[tag].AiredMS)))
	}
	fmt.Fprintf(w, "  topics: %s\n", strings.Join(words, ", "))
}

func comparisonText(w io.Writer, c *evidence.Comparison) {
	verdict := "AGREES / KHỚP"
	switch {
	case c.OtherStation:
		verdict = "NOT COMPARED / KHÔNG SO ĐƯỢC"
	case c.RowsDiffer+c.FiguresDiffer > 0:
		verdict = "THE REPORT DOES NOT AGREE WITH THE LOG / BÁO CÁO KHÔNG KHỚP NHẬT KÝ"
	case !c.OK:
		verdict = "NOT WHOLLY COMPARED / CHƯA SO ĐƯỢC HẾT"
	}
	fmt.Fprintf(w, "  report: %s\n  - %s\n    %s\n", verdict, c.Summary.VI, c.Summary.EN)
	for _, d := range c.Differences {
		fmt.Fprintf(w, "  ≠ %s\n    %s\n", oneLine(d.VI), oneLine(d.EN))
	}
	if more := c.RowsDiffer + c.FiguresDiffer - int64(len(c.Differences)); more > 0 {
		fmt.Fprintf(w, "  ≠ và %d điểm khác nữa\n    and %d more\n", more, more)
	}
}

func sampleText(w io.Writer, r evidence.Report) {
	fmt.Fprintf(w, "  kiểm tra ngẫu nhiên %d buổi (--seed %d): so với sổ trực và nhân chứng\n", len(r.Sample), r.Seed)
	fmt.Fprintf(w, "  spot check of %d broadcasts (--seed %d): compare with paper diary and witnesses\n", len(r.Sample), r.Seed)
	for _, s := range r.Sample {
		started := "-"
		if !s.Started.IsZero() {
			started = s.Started.Format("15:04:05")
		}
		fmt.Fprintf(w, "  * record %d: %s, due %s, started %s, %s\n    %s, %s of %s, %s, evidence %d\n", s.Index, oneLine(s.Broadcast),
			s.Due.Format("15:04:05 02/01/2006"), started, oneLine(s.Title), oneLine(string(s.Outcome)), seconds(s.AiredMS), seconds(s.PlannedMS),
			orNone(oneLine(s.Output)), s.Evidence)
		for _, sum := range s.Clips {
			fmt.Fprintf(w, "    clip sha256 %s\n", oneLine(sum))
		}
	}
}
