package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loaxa/audio/library"
)

func (a *app) clipShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show all that is known of a clip", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reach(c.Context(), func(s *client) error {
				v, err := s.clip(c.Context(), args[0])
				if err != nil {
					return err
				}
				return a.print(v, v.show)
			})
		},
	}
}

// show tells everything in words; what is not known has no line.
func (v clipView) show(w io.Writer) {
	line := func(name, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" {
			fmt.Fprintf(w, "  %-11s %s\n", name, text)
		}
	}
	fmt.Fprintf(w, "%s  %s\n", v.ID, v.Title)
	line("state", "%s", v.stateWords())
	line("length", "%s", v.lengthWords())
	line("valid", "%s", v.validWords())
	line("loudness", "%s", v.loudnessWords())
	line("subjects", "%s", strings.Join(v.Tags, ", "))
	line("source", "%s", v.Source)
	line("letter", "%s", letterWords(v.Letter))
	line("brought in", "%s", v.originWords())
	line("link", "%s", v.Link)
	line("file", "%s", v.fileWords())
	line("original", "sha256 %s", v.SHA256)
	line("played", "sha256 %s", v.CanonicalSHA256)
	for _, u := range v.Uses {
		line("used by", "%s %s (%s)", u.Kind, u.Title, u.ID)
	}
	for _, s := range v.warnings() {
		line("warning", "%s", s)
	}
}

func moment(t time.Time) string { return t.Format("15:04 02/01/2006") }

func (v clipView) stateWords() string {
	switch {
	case v.State == library.StateApproved && v.Approval != nil:
		return "approved" + approvalWords(*v.Approval)
	case v.State == library.StateSubmitted:
		return fmt.Sprintf("submitted by %s at %s; waits for an approver", v.SubmittedBy, moment(v.SubmittedAt))
	case v.State == library.StateDraft && v.RejectedBy != "":
		return fmt.Sprintf("draft; sent back by %s at %s: %s", v.RejectedBy, moment(v.RejectedAt), v.RejectedWhy)
	case v.State == library.StateDraft && !v.ApprovedAt.IsZero():
		return fmt.Sprintf("draft; the approval by %s at %s is void, since the clip was changed", v.ApprovedBy, moment(v.ApprovedAt))
	}
	return v.State
}

func approvalWords(ok library.Approval) string {
	s := fmt.Sprintf(" by %s at %s", ok.By, moment(ok.At))
	if ok.Batch != "" {
		s += ", batch " + ok.Batch
	}
	if p := ok.Paper; p != nil {
		s += fmt.Sprintf("; signed on paper by %s on %s, entered by %s", p.Signer, p.Date, p.EnteredBy)
		if p.Photo != "" {
			s += ", photo " + p.Photo
		}
	}
	return s
}

func (v clipView) lengthWords() string {
	s := position(v.DurationMS)
	if v.LeadSilenceMS > 0 || v.TrailSilenceMS > 0 {
		s += fmt.Sprintf(", silent for %.1f s at its start and %.1f s at its end", inSeconds(v.LeadSilenceMS), inSeconds(v.TrailSilenceMS))
	}
	if t := v.Trim; t != nil {
		until := "the end"
		if t.UntilMS > 0 {
			until = position(t.UntilMS)
		}
		s += fmt.Sprintf("; trimmed: from %s to %s of the original", position(t.FromMS), until)
	}
	return s
}

func (v clipView) validWords() string {
	var s string
	switch {
	case v.ValidFrom != "" && v.ValidUntil != "":
		s = fmt.Sprintf("from %s to %s", v.ValidFrom, v.ValidUntil)
	case v.ValidFrom != "":
		s = "from " + v.ValidFrom
	case v.ValidUntil != "":
		s = "to " + v.ValidUntil
	}
	if v.DaysLeft != nil {
		s += ", " + daysLeft(*v.DaysLeft)
	}
	return s
}

func (v clipView) loudnessWords() string {
	s := fmt.Sprintf("%.1f LUFS, true peak %.1f dBTP", v.LoudnessLUFS, v.TruePeakDBTP)
	if v.MomentaryMaxLUFS != 0 {
		s += fmt.Sprintf(", at most %.1f LUFS in 400 ms and %.1f in 3 s, range %.1f LU", v.MomentaryMaxLUFS, v.ShortTermMaxLUFS, v.RangeLU)
	}
	return s
}

func letterWords(l library.Letter) string {
	s := strings.TrimSpace(l.Agency + " " + l.Number)
	if l.Date != "" {
		s = strings.TrimSpace(s + ", dated " + l.Date)
	}
	return s
}

func (v clipView) originWords() string {
	s := fmt.Sprintf("by %s at %s", v.ImportedBy, moment(v.ImportedAt))
	if v.Via != "" {
		s += ", as " + v.Via
	}
	if v.FinalHost != "" {
		s += ", sent by " + v.FinalHost
	}
	return s
}

func (v clipView) fileWords() string {
	channels := "mono"
	if v.Channels != 1 {
		channels = fmt.Sprintf("%d channels", v.Channels)
	}
	s := fmt.Sprintf("%s, %s, %d Hz, %s", v.Codec, bytesOf(v.Size), v.SourceRate, channels)
	if v.Decoder != "" {
		s += ", read with " + v.Decoder
	}
	return strings.TrimPrefix(v.OriginalName+", "+s, ", ")
}

func inSeconds(ms int64) float64 { return float64(ms) / 1000 }

// position is a place in a clip as trim takes it.
func position(ms int64) string {
	s := fmt.Sprintf("%d:%02d.%03d", ms/60000, ms/1000%60, ms%1000)
	return strings.TrimSuffix(s, ".000")
}

// bytesOf is a size for people.
func bytesOf(n int64) string {
	const k = 1000
	switch {
	case n < k:
		return fmt.Sprintf("%d B", n)
	case n < k*k:
		return fmt.Sprintf("%.0f kB", float64(n)/k)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/k/k)
}
