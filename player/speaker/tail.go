package speaker

import (
	"strings"
	"sync"
)

// tailSize bounds what is kept of a child's stderr. The sound libraries fill it with remarks at every failed try, which
// are not worth the station's log; what is worth it is how a crash begins.
const tailSize = 8 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

// crash is the line with which a crash of the child began, "" when there was none.
func (t *tail) crash() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for line := range strings.SplitSeq(string(t.text), "\n") {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "SIG") {
			return ": " + line
		}
	}
	return ""
}
