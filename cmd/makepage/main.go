// Command makepage makes the verifier page: it compiles the core to WebAssembly, puts the page together and writes it to
// where cmd/loaxa takes it from. `make build` runs it before the program is built.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"loaxa/player/playlog/offline/page"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "makepage:", err)
		os.Exit(1)
	}
}

// run makes the page for the module that the working folder is in. It writes only when something changed, so that what
// was built from the page stays as it is.
func run(ctx context.Context, args []string) error {
	if len(args) != 0 {
		return errors.New("it takes no arguments")
	}
	root, err := goTool(ctx, "", nil, "env", "GOMOD")
	if err != nil {
		return err
	}
	module := filepath.Dir(root)
	html, err := build(ctx, module)
	if err != nil {
		return err
	}
	path := filepath.Join(module, "player/playlog/offline/page", page.MadeDir, page.FileName)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, html) { //nolint:gosec // inside the module
		return nil
	}
	// First beside it: a build that is broken off must not leave half a page to be carried by the next.
	half := path + ".half"
	if err := os.WriteFile(half, html, 0o644); err != nil { //nolint:gosec // as the sources are
		return fmt.Errorf("writing the page: %w", err)
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// build compiles the core of the module in a folder, and makes the page of it. The same sources and the same Go give
// the same bytes, wherever the folder is.
func build(ctx context.Context, module string) (html []byte, err error) {
	dir, err := os.MkdirTemp("", "loaxa-page")
	if err != nil {
		return nil, fmt.Errorf("making the page: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "core.wasm")
	// What the environment may set and would change the bytes is set here.
	env := []string{"GOOS=js", "GOARCH=wasm", "GOWASM=", "GOFLAGS=", "GOEXPERIMENT=", "CGO_ENABLED=0"}
	if _, err := goTool(ctx, module, env, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", file, "./cmd/verifier"); err != nil {
		return nil, err
	}
	core, err := os.ReadFile(file) //nolint:gosec // just built
	if err != nil {
		return nil, fmt.Errorf("making the page: %w", err)
	}
	goroot, err := goTool(ctx, module, nil, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	loader, err := os.ReadFile(filepath.Join(goroot, "lib/wasm/wasm_exec.js")) //nolint:gosec // part of Go
	if err != nil {
		return nil, fmt.Errorf("making the page: reading Go's loader: %w", err)
	}
	return page.Assemble(core, loader)
}

// goTool runs the go command, the one that make names or the one on the PATH.
func goTool(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	tool := os.Getenv("GO")
	if tool == "" {
		tool = "go"
	}
	cmd := exec.CommandContext(ctx, tool, args...) //nolint:gosec // whoever builds chooses the go command
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("running go %s: %w\n%s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out)), nil
}
