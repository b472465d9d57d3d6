package evidence

import (
	"os"
	"os/exec"
	"testing"
)

// The verifier must also run in a browser: no database, no files, nothing that wasm lacks.
func TestBuildsForTheBrowser(t *testing.T) {
	cmd := exec.Command("go", "build", "-o", os.DevNull, ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
