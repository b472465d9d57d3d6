package device

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The program under test, built once without cgo, as it is shipped.
const (
	wanted   = "LOAXA_DEVICE"
	programs = "LOAXA_DEVICE_PROGRAM" // where TestMain leaves the path of the binary for the tests
)

func TestMain(m *testing.M) {
	if os.Getenv(wanted) == "" {
		os.Exit(m.Run()) // every test skips itself, by name
	}
	code, err := withProgram(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// withProgram builds the binary into a folder of its own for as long as run takes.
func withProgram(run func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "loaxa-program")
	if err != nil {
		return 1, fmt.Errorf("making a folder for the program: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover in the system's temporary folder
	exe := filepath.Join(dir, "loaxa")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", exe, "loaxa/cmd/loaxa")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("building the program: %w\n%s", err, out)
	}
	if err := os.Setenv(programs, exe); err != nil {
		return 1, fmt.Errorf("building the program: %w", err)
	}
	return run(), nil
}

// needDevice skips unless the device tests are asked for: they measure time and must run alone.
func needDevice(t testing.TB) {
	t.Helper()
	if os.Getenv(wanted) == "" {
		t.Skip("device tests run alone: set LOAXA_DEVICE=1 (make test does)")
	}
}
