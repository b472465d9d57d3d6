package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule/clock"
)

func (a *app) logCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "log", Short: "Read the log; change its key"}
	cmd.AddCommand(a.logList(), a.logExport(), a.logCheckpoint(), a.logProof(), a.logReconcile(), a.logRotateKey())
	return cmd
}

// broadcastView is a row of the diary: planned and what became of it.
type broadcastView struct {
	Broadcast string    `json:"broadcast"`
	Why       string    `json:"why"` // scheduled, rehearsal or emergency
	Title     string    `json:"title"`
	Due       time.Time `json:"due"`
	Started   time.Time `json:"started,omitzero"`
	Status    string    `json:"status"`
	Reason    string    `json:"reason,omitempty"`
	Person    string    `json:"person,omitempty"`
	AiredMS   int64     `json:"aired_ms"`
	PlannedMS int64     `json:"planned_ms"`
	Output    string    `json:"output,omitempty"`
	Evidence  int       `json:"evidence"`
}

// broadcastDocument is the diary of a period: the report document that verify --report compares with the log.
type broadcastDocument struct {
	From        time.Time           `json:"from"`
	Until       time.Time           `json:"until"`
	StationName string              `json:"station_name"`
	StationCode string              `json:"station_code"`
	Logs        []evidence.LogState `json:"logs"`
	Broadcasts  []broadcastView     `json:"broadcasts"`
	Figures     json.RawMessage     `json:"figures"`
	Truncated   bool                `json:"truncated"`
}

func (a *app) logList() *cobra.Command {
	var from, until string
	cmd := &cobra.Command{
		Use: "list", Short: "List broadcasts with their outcomes", Args: cobra.NoArgs,
		Long: "List the broadcasts that were due in a period, with their outcomes. With --json it is a report document: whoever is\n" +
			"given it can compare it with the log by loaxa verify --report.",
		RunE: func(c *cobra.Command, _ []string) error {
			now := clock.NewSystem(clock.Options{}).Now()
			q := url.Values{"until": {now.Format(time.RFC3339)}}
			for name, value := range map[string]string{"from": from, "until": until} {
				if value == "" {
					continue
				}
				t, err := parseMoment(value)
				if err != nil {
					return err
				}
				q.Set(name, t.Format(time.RFC3339))
			}
			return a.reach(c.Context(), func(s *client) error {
				var l broadcastDocument
				if err := s.call(c.Context(), "GET", "/broadcasts?"+q.Encode(), nil, &l); err != nil {
					return err
				}
				if l.Truncated {
					fmt.Fprintln(a.err, "loaxa: the list is cut short: it holds the first of more broadcasts than one answer may; ask for a shorter period")
				}
				return a.print(l, func(w io.Writer) { broadcastTable(w, l.Broadcasts) })
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "from when; default today")
	cmd.Flags().StringVar(&until, "until", "", "until when; default now")
	return cmd
}

func broadcastTable(w io.Writer, rows []broadcastView) {
	if len(rows) == 0 {
		fmt.Fprintln(w, "no broadcasts")
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, b := range rows {
		what := b.Status
		if b.Reason != "" {
			what += " (" + b.Reason + ")"
		}
		if b.Why != "" && b.Why != "scheduled" {
			what = b.Why + ": " + what
		}
		fmt.Fprintf(t, "%s\t%s\t%s of %s\t%s\tevidence %d\t%s\n", b.Due.Format("02/01/2006 15:04:05"), what,
			seconds(b.AiredMS), seconds(b.PlannedMS), orNone(b.Output), b.Evidence, b.Title)
	}
	t.Flush() //nolint:errcheck // the writer below says what went wrong
}

func (a *app) logCheckpoint() *cobra.Command {
	var picture string
	cmd := &cobra.Command{
		Use: "checkpoint", Short: "Print the newest signed checkpoint, to be kept elsewhere", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.reach(c.Context(), func(s *client) error {
				if picture != "" {
					return writeWhole(picture, func(f *os.File) error {
						return s.call(c.Context(), "GET", "/log/checkpoint?format=qr", nil, f)
					})
				}
				var note bytes.Buffer
				if err := s.call(c.Context(), "GET", "/log/checkpoint", nil, &note); err != nil {
					return err
				}
				// The text goes out byte for byte: its signature covers it.
				return a.print(map[string]string{"checkpoint": note.String()}, func(w io.Writer) { fmt.Fprint(w, note.String()) })
			})
		},
	}
	cmd.Flags().StringVar(&picture, "qr", "", "write it as a QR code to this PNG file, for a phone")
	return cmd
}
