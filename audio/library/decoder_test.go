package library_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"loaxa/audio/library"
)

// A decoder that dies costs one import, never the station.
func TestTheDecoderIsKilled(t *testing.T) {
	s := newStation(t)
	file := tone(t, 440, 2*time.Minute)
	killed := 0
	_, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a.wav"}, func(_, _ int64) {
		if killed > 0 {
			return
		}
		for _, pid := range children(t) {
			must(t, syscall.Kill(pid, syscall.SIGKILL))
			killed++
		}
	})
	var refusal *library.Refusal
	if killed != 1 || !errors.As(err, &refusal) {
		t.Errorf("%d decoders killed: %v", killed, err)
	}
	s.nothing(0)
	s.bring("a.wav", tone(t, 440, 300*time.Millisecond))
}

// children are the processes that this one started as decoders.
func children(t testing.TB) (pids []int) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	must(t, err)
	for _, list := range lists {
		raw, err := os.ReadFile(list)
		if err != nil {
			continue // the thread ended
		}
		for field := range strings.FieldsSeq(string(raw)) {
			line, err := os.ReadFile("/proc/" + field + "/cmdline")
			if err != nil || !bytes.Contains(line, []byte("\x00decode")) {
				continue
			}
			pid, err := strconv.Atoi(field)
			must(t, err)
			pids = append(pids, pid)
		}
	}
	return pids
}
