package hook

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestHookGetsWhatIsToBeTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "told")
	argv := []string{"sh", "-c", `cat > "$1"; printf ' %s' "$LOAXA_CHECK" >> "$1"`, "hook", file}
	if err := Run(context.Background(), argv, []string{"LOAXA_CHECK=failed"}, []byte("card: gone"), Most); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "card: gone failed" {
		t.Errorf("told %q (%v)", got, err)
	}
	if err := Run(context.Background(), nil, nil, nil, Most); err != nil {
		t.Errorf("no command: %v", err)
	}
}

func TestHookThatFailsSaysWhy(t *testing.T) {
	err := Run(context.Background(), []string{"sh", "-c", "echo no network >&2; exit 3"}, nil, nil, Most)
	if err == nil || !strings.Contains(err.Error(), "no network") {
		t.Errorf("got %v", err)
	}
	if err := Run(context.Background(), []string{"/does/not/exist"}, nil, nil, Most); err == nil {
		t.Error("a command that is not there succeeded")
	}
}

// A command that hangs, and what it left in the background, must not hold the station up.
func TestHookThatHangsIsKilled(t *testing.T) {
	done := make(chan error, 1)
	go func() {
		done <- Run(context.Background(), []string{"sh", "-c", "sleep 600 & sleep 600"}, nil, nil, 100*time.Millisecond)
	}()
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "not done within") {
			t.Errorf("got %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it still hangs")
	}
}
