package main

import (
	"bufio"
	"context"
	"errors"
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
		terminal := terminalOf(f.app.in)
		if terminal == nil || terminalOf(f.app.err) == nil {
			return v, hostRefusal("if that is right, add --yes-host "+v.Found.Host, "the file would come from %s, which nobody has confirmed", plain(v.Found.HostShown))
		}
		fmt.Fprintf(f.app.err, "Take the file from %s? [y/N] ", plain(v.Found.HostShown))
		yes, err := asked(ctx, terminal)
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

// asked reads a person's answer from a terminal. Ctrl-C ends the waiting without Enter.
func asked(ctx context.Context, terminal *os.File) (bool, error) {
	const look = 100 // ms between two looks at ctx
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		ready := []unix.PollFd{{Fd: int32(terminal.Fd()), Events: unix.POLLIN}} //nolint:gosec // a descriptor is small
		n, err := unix.Poll(ready, look)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return false, fmt.Errorf("reading the answer: %w", err)
		}
		if n > 0 {
			break
		}
	}
	line, err := bufio.NewReader(terminal).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("reading the answer: %w", err)
	}
	word := strings.ToLower(strings.TrimSpace(line))
	return slices.Contains([]string{"y", "yes", "c", "co", "có"}, word), nil
}

// terminalOf is the terminal that a stream is, at which a person sits; nil when it is none.
func terminalOf(stream any) *os.File {
	f, ok := stream.(*os.File)
	if !ok {
		return nil
	}
	if _, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS); err != nil { //nolint:gosec // a descriptor is small
		return nil
	}
	return f
}
