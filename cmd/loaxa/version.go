package main

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"loaxa/audio/decode"
	"loaxa/player/playlog/offline/page"
	"loaxa/player/speaker"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
			if html, err := page.Made(); err == nil { // whoever holds a copy of the verifier page compares it with this
				v["verifier_page_sha256"] = page.Hash(html)
			}
			return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "loaxa %s (%s, %s)\n", version, v["go"], v["platform"]) })
		},
	}
}

// speakerCommand is the child that owns the sound device; only the station starts it.
func (a *app) speakerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "speaker", Hidden: true, Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { os.Exit(speaker.Main(a.in, a.out)) },
	}
}

// decodeCommand is the child that reads foreign bytes; only the station starts it.
func (a *app) decodeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "decode", Hidden: true, DisableFlagParsing: true,
		Run: func(_ *cobra.Command, args []string) { os.Exit(decode.Main(args)) },
	}
}
