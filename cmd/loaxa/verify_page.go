package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"loaxa/player/playlog/offline/page"
)

// pageFlags ask for the verifier page instead of a verdict.
type pageFlags struct {
	page   bool
	output string
}

func (p *pageFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.page, "page", false, "write the verifier page, to be opened in a browser, to the file named by -o")
	cmd.Flags().StringVarP(&p.output, "output", "o", "", "the file to write the page to, such as "+page.FileName)
}

// check demands files to verify, or the page's file and nothing else.
func (p *pageFlags) check(args []string) error {
	switch {
	case !p.page && p.output != "":
		return usage("add --page, or leave out -o", "reading the command: -o names the file for --page")
	case !p.page && len(args) == 0:
		return usage("name an export or a log: loaxa verify thang-3.zip", "reading the command: there is no file to verify")
	case !p.page:
		return nil
	case len(args) > 0:
		return usage("drop them on the page when it is open in a browser", "reading the command: --page takes no files to verify")
	case p.output == "":
		return usage("add -o "+page.FileName, "reading the command: --page has no file to write to")
	}
	return nil
}

// handOut is the verifier page as it was written.
type handOut struct {
	File   string `json:"file"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
	Core   string `json:"core_sha256"` // of the WebAssembly inside, which the page itself shows
}

// handOutPage writes the page and says by which hash a copy of it can be known.
func (a *app) handOutPage(output string) error {
	html, err := page.Made()
	if err != nil {
		return failWith(exitFailed, "build the program with `make build`, which makes the page first", "writing %s: %w", output, err)
	}
	err = writeWhole(output, func(f *os.File) error {
		_, err := f.Write(html)
		return err
	})
	if err != nil {
		return err
	}
	h := handOut{File: output, Size: len(html), SHA256: page.Hash(html), Core: page.CoreHash(html)}
	return a.print(h, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d bytes\nSHA-256 %s\ncore    %s\n", h.File, h.Size, h.SHA256, h.Core)
	})
}
