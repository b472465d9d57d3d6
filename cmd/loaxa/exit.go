package main

import (
	"errors"
	"fmt"
)

// The exit codes, which scripts and the service unit rely on.
const (
	exitDone      = 0
	exitFailed    = 1
	exitUsage     = 2  // wrong use
	exitUnproved  = 3  // the proof does not verify
	exitRefused   = 4  // quiet hours, approval, role
	exitNoDevice  = 5  // no sound device
	exitTemporary = 75 // try again: locked by a running station
)

// fault is an error that knows its exit code and what to do about it.
type fault struct {
	code int
	hint string
	err  error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

func failWith(code int, hint, format string, args ...any) error {
	return &fault{code: code, hint: hint, err: fmt.Errorf(format, args...)}
}

func usage(hint, format string, args ...any) error { return failWith(exitUsage, hint, format, args...) }

// exitCode is the code for what a command returned, and its hint.
func exitCode(err error) (int, string) {
	var f *fault
	switch {
	case err == nil:
		return exitDone, ""
	case errors.As(err, &f):
		return f.code, f.hint
	default:
		return exitFailed, ""
	}
}
