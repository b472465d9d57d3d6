package library_test

import (
	"os"
	"path/filepath"
	"testing"
)

const demoFolder = "../../cmd/loaxa/demo"

func demoFile(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(demoFolder, name))
	must(t, err)
	return raw
}

// The first sound of a new station: it must come in without a complaint, be short, and be neither faint nor overdriven.
func TestDemoClipsComeIn(t *testing.T) {
	s := newStation(t)
	for _, name := range []string{"gia-danh-cong-an.mp3", "khong-cho-muon-otp.mp3"} {
		file := demoFile(t, name)
		c := s.bring(name, file)
		t.Logf("%s: %d bytes, %d ms, %.1f LUFS, %.1f dBTP, %s %d Hz", name, len(file), c.DurationMS, c.LoudnessLUFS, c.TruePeakDBTP, c.Codec, c.SourceRate)
		if len(file) > 150_000 || c.DurationMS < 8_000 || c.DurationMS > 12_500 {
			t.Errorf("%s has %d bytes and %d ms", name, len(file), c.DurationMS)
		}
		if c.LoudnessLUFS < -21 || c.LoudnessLUFS > -16 || c.TruePeakDBTP > -1 || len(c.Warnings) > 0 {
			t.Errorf("%s: %.1f LUFS, %.1f dBTP, warnings %v", name, c.LoudnessLUFS, c.TruePeakDBTP, c.Warnings)
		}
	}
}
