package admin

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"loaxa/audio/decode"
	"loaxa/audio/library"
	"loaxa/player/alarm"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

func openLog(t testing.TB, s *station) *playlog.Log {
	t.Helper()
	l, err := playlog.Open(playlog.Options{Path: filepath.Join(s.dir, "playlog.db"), AnchorDir: filepath.Join(s.dir, "anchors"),
		KeyPath: filepath.Join(s.dir, "keys", "note"), StationCode: "TEST", StationName: "Đài thử", Device: "box", NoSync: true, MayInit: true,
		Stamp: s.stamp,
		Raise: func(code, detail string) { s.alarms.Raise(alarm.Code(code), detail) }, Clear: func(code string) { s.alarms.Clear(alarm.Code(code)) }})
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return l
}

func (s *station) stamp() evidence.Stamp {
	if s.stamped != nil {
		return *s.stamped
	}
	return evidence.Stamp{Wall: evidence.At(s.clock()), Boot: "boot", UpMS: s.clock().UnixMilli(), Clock: evidence.Clock{State: "synchronised"}}
}

// TestMain lets the test binary be the child that decodes imports, as the station's binary is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "decode" {
		os.Exit(decode.Main(os.Args[2:]))
	}
	os.Exit(m.Run())
}

func openLibrary(t testing.TB, s *station) *library.Library {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	l, err := library.Open(library.Options{DB: s.db, Dir: s.dir, Exe: exe, Now: s.clock, Record: s.rules.Outbox().Record, MaxFileBytes: 4 << 20, MinFreeBytes: -1})
	must(t, err)
	return l
}

// outcome is a broadcast of today with its final word.
func (s *station) outcome(t testing.TB, id string, due time.Time, o evidence.OutcomeBody) {
	t.Helper()
	o.Broadcast, o.Occurrence, o.Why, o.Due = id, id, "scheduled", evidence.At(due)
	_, err := s.playlog.Append("station", o)
	must(t, err)
}
