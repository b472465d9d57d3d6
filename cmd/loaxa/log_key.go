package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) logRotateKey() *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use: "rotate-key --why TEXT", Short: "Give the log a new signing key", Args: cobra.NoArgs,
		Long: "Give the log a new signing key. The change is a record, signed by the old key; from then on the new key signs.\n" +
			"Who registered the old key can still check the log. Register the new one on paper as well.",
		RunE: func(c *cobra.Command, _ []string) error {
			if strings.TrimSpace(why) == "" {
				return usage("say why with --why", "changing the log's key: a reason is needed, it stays on record")
			}
			return a.reach(c.Context(), func(s *client) error {
				var k struct {
					Epoch       int64  `json:"epoch"`
					PublicKey   string `json:"public_key"`
					Fingerprint string `json:"fingerprint"`
				}
				if err := s.call(c.Context(), "POST", "/log/rotate-key", map[string]string{"why": why}, &k); err != nil {
					return err
				}
				return a.print(k, func(w io.Writer) {
					fmt.Fprintf(w, "the log of epoch %d has a new key; the old one signed the change and signs no more\n", k.Epoch)
					fmt.Fprintf(w, "public key, to be registered on paper anew:\n%s\nfingerprint: %s\n", k.PublicKey, k.Fingerprint)
				})
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "why, for the record")
	return cmd
}
