package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"loaxa/player/alarm"
)

// Who reads only the service's journal would otherwise not learn that the card is gone, or that it is back.
func TestAlarmsReachTheJournalOnce(t *testing.T) {
	var out bytes.Buffer
	j := &alarmJournal{logger: slog.New(slog.NewTextHandler(&out, nil))}
	board := alarm.NewBoard(func() time.Time { return time.Unix(0, 0) }, j.changed)
	j.board = board.Snapshot

	board.Raise(alarm.NoDevice, "first")
	board.Raise(alarm.NoDevice, "second")
	board.Clear(alarm.NoDevice)
	board.Raise(alarm.NoDevice, "third")

	text := out.String()
	if n := strings.Count(text, "alarm raised"); n != 2 {
		t.Errorf("raised %d times in the journal, want 2:\n%s", n, text)
	}
	if n := strings.Count(text, "alarm cleared"); n != 1 {
		t.Errorf("cleared %d times in the journal, want 1:\n%s", n, text)
	}
	if !strings.Contains(text, "detail=first") || strings.Contains(text, "detail=second") {
		t.Errorf("the journal holds the wrong details:\n%s", text)
	}
}

// A broadcast that found no device leaves the alarm; somebody must look whether the card is back.
func TestADeviceThatABroadcastMissedIsLookedFor(t *testing.T) {
	board := alarm.NewBoard(func() time.Time { return time.Unix(0, 0) }, nil)
	board.Raise(alarm.OnHold, "user:lan")
	if missed(board) {
		t.Error("a hold is taken for a missing device")
	}
	for _, code := range []alarm.Code{alarm.NoDevice, alarm.DeviceLost} {
		board.Raise(code, "unplugged")
		if !missed(board) {
			t.Errorf("nobody looks for the device while %s stands", code)
		}
		board.Clear(code)
	}
}
