package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"loaxa/audio/fetch"
)

// codeHost is a link whose final host nobody has confirmed.
const codeHost = "host_not_confirmed"

// confirm lets a person say whether a link led to the right host: beforehand with a flag, or on a terminal.
func (f *follower) confirm(ctx context.Context, v importView) (importView, error) {
	f.shows.clear()
	if v.Found == nil {
		return v, fmt.Errorf("confirming import %s: the station does not say where the link leads", v.ID)
	}
	way(f.app.err, *v.Found)
	named := slices.ContainsFunc(f.hosts, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), v.Found.Host) })
	if !named {
		if !isTerminal(f.app.in) || !isTerminal(f.app.err) {
			return v, hostRefusal("if that is right, add --yes-host "+v.Found.Host, "the file would come from %s, which nobody has confirmed", plain(v.Found.HostShown))
		}
		fmt.Fprintf(f.app.err, "Take the file from %s? [y/N] ", plain(v.Found.HostShown))
		yes, err := asked(ctx, f.app.in)
		if err != nil {
			return v, err
		}
		if !yes {
			return v, hostRefusal("", "the file would come from %s, and that was not confirmed", plain(v.Found.HostShown))
		}
	}
	var after importView
	err := f.station.call(ctx, "POST", "/imports/"+v.ID+"/confirm", map[string]string{"host": v.Found.Host}, &after)
	if err != nil {
		return v, err
	}
	return after, nil
}

func hostRefusal(hint, format string, args ...any) error {
	return &hostError{failWith(exitRefused, hint, format, args...)}
}

// hostError is a link that ended here; those after it may be well.
type hostError struct{ error }

func (e *hostError) Unwrap() error { return e.error }

// way shows where a link leads, request by request.
func way(w io.Writer, found fetch.Found) {
	for i, h := range found.Hops {
		arrow := "→ "
		if i == 0 {
			arrow = ""
		}
		fmt.Fprintf(w, "%s%s\n", arrow, plain(h.URL))
	}
	if found.Rewritten != "" {
		fmt.Fprintf(w, "(the share link of %s was turned into a download)\n", plain(found.Rewritten))
	}
	size := "of unknown size"
	if found.Size >= 0 {
		size = bytesOf(found.Size)
	}
	fmt.Fprintf(w, "%s, %s, from %s\n", plain(found.Name), size, plain(found.HostShown))
}

// asked reads a person's answer. One who presses Ctrl-C instead need not press Enter as well.
func asked(ctx context.Context, in io.Reader) (bool, error) {
	answer := make(chan string, 1)
	go func() { // ends with the answer, or with the command
		line, _ := bufio.NewReader(in).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case word := <-answer:
		return word == "y" || word == "yes" || word == "c" || word == "co" || word == "có", nil
	}
}

// isTerminal tells whether a person sits at a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
