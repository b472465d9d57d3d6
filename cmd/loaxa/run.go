package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// stdio is what a command reads and writes.
type stdio struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// app is what all commands share: the streams, the environment and the flags that stand before every command.
type app struct {
	stdio
	env  []string
	data string
	conf string
	as   string
	json bool
	// offline is set while a command works without a running station.
	offline bool
}

// run is the whole program but for the process: it returns the exit code.
func run(ctx context.Context, args, env []string, io stdio) int {
	a := &app{stdio: io, env: env}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	err := root.ExecuteContext(ctx)
	code, hint := exitCode(err)
	if err != nil {
		fmt.Fprintf(io.err, "loaxa: %s\n", oneLine(err.Error()))
		if hint != "" {
			fmt.Fprintf(io.err, "  %s\n", hint)
		}
	}
	return code
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// root puts the commands together. Wrong words on the command line are wrong use.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "loaxa", Short: "Run a commune's loudspeaker station (đài truyền thanh xã)",
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return usage("run `loaxa --help`", "reading the command: %w", err)
	})
	flags := root.PersistentFlags()
	flags.StringVar(&a.data, "data", "", "folder of the station's data (default: ./data, or data in the configuration)")
	flags.StringVar(&a.conf, "config", "", "configuration file (TOML)")
	flags.StringVar(&a.as, "as", "", "act in this person's name")
	flags.BoolVar(&a.json, "json", false, "print one JSON document")
	for _, c := range []*cobra.Command{
		a.serveCommand(), a.demoCommand(), a.initCommand(), a.clipCommand(), a.campaignCommand(), a.planCommand(), a.whyCommand(), a.nowCommand(), a.playCommand(), a.extendCommand(),
		a.stopCommand(), a.holdCommand(), a.releaseCommand(), a.logCommand(), a.reportCommand(), a.verifyCommand(), a.userCommand(),
		a.doctorCommand(), a.clockCommand(), a.checkCommand(), a.versionCommand(), a.speakerCommand(), a.decodeCommand(),
	} {
		root.AddCommand(c)
	}
	strict(root)
	return root
}

// strict makes unknown commands and surplus words an error of use everywhere.
func strict(c *cobra.Command) {
	c.SuggestionsMinimumDistance = 2
	if args := c.Args; c.Runnable() && args != nil {
		c.Args = func(c *cobra.Command, words []string) error {
			if err := args(c, words); err != nil {
				return usage("run `"+c.CommandPath()+" --help`", "reading the command: %w", err)
			}
			return nil
		}
	}
	if !c.Runnable() {
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, words []string) error {
			if len(words) == 0 {
				return c.Help()
			}
			hint := "run `" + c.CommandPath() + " --help`"
			if s := c.SuggestionsFor(words[0]); len(s) > 0 {
				hint = "did you mean `" + c.CommandPath() + " " + s[0] + "`?"
			}
			return usage(hint, "reading the command: %q is not a command of %s", words[0], c.CommandPath())
		}
	}
	for _, sub := range c.Commands() {
		strict(sub)
	}
}

// print writes one JSON document when asked to, else the text.
func (a *app) print(v any, text func(w io.Writer)) error {
	if !a.json {
		text(a.out)
		return nil
	}
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// executable is this program's own path, for the children that it starts.
func executable() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	return exe, nil
}
