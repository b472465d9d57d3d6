package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"loaxa/audio"
)

// sink takes what a decoder writes and keeps nothing.
type sink struct{ at, end int64 }

func (s *sink) Write(p []byte) (int, error) {
	s.at += int64(len(p))
	s.end = max(s.end, s.at)
	return len(p), nil
}

func (s *sink) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		s.at = offset
	case io.SeekCurrent:
		s.at += offset
	case io.SeekEnd:
		s.at = s.end + offset
	}
	return s.at, nil
}

// inProcess is what the child does with a file, without its limits.
func inProcess(data []byte) (facts Facts, err error) {
	defer recovered("decoding", &err)
	in := input{ReaderAt: bytes.NewReader(data), size: int64(len(data))}
	return convert(in, &sink{}, 20*time.Second, audio.Span{}, func(int64, int64) {})
}

const (
	fuzzMaxInput = 64 << 10
	fuzzMaxAlloc = 192 << 20 // bytes in all; the child's limit is 256 MB at any one time
	fuzzMaxTime  = 20 * time.Second
)

// survives runs one input. It ends in facts that hold together or in a refusal, in bounded time and memory.
func survives(t *testing.T, data []byte) (clip bool) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	watch := time.AfterFunc(fuzzMaxTime, func() {
		select {
		case <-done:
		default:
			panic("a file kept the decoder busy for longer than " + fuzzMaxTime.String())
		}
	})
	facts, err := inProcess(sealed(data))
	close(done)
	watch.Stop()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > fuzzMaxAlloc {
		t.Errorf("%d MB were taken for a file of %d bytes: %v", got>>20, len(data), err)
	}
	var refusal *Refusal
	switch {
	case err != nil && !errors.As(err, &refusal):
		t.Errorf("neither clip nor refusal: %v", err)
	case err == nil && (facts.Frames <= 0 || facts.SourceRate < minRate || facts.SourceRate > maxRate || facts.Channels < 1):
		t.Errorf("a clip that is none: %+v", facts)
	case err == nil && facts.Declared > facts.Frames+2*48000+facts.Frames/100:
		t.Errorf("a clip shorter than it says: %+v", facts)
	}
	return err == nil
}

// seedFile is one of our own small files.
func seedFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "seeds", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sealed has the right checksum in every Ogg page, without which hardly a change would get past the first look.
func sealed(data []byte) []byte {
	data = bytes.Clone(data)
	for at := 0; at+oggHeaderBytes <= len(data) && string(data[at:at+4]) == "OggS"; {
		end := at + oggHeaderBytes + int(data[at+26])
		if end > len(data) {
			break
		}
		for _, n := range data[at+oggHeaderBytes : end] {
			end += int(n)
		}
		if end > len(data) {
			break
		}
		binary.LittleEndian.PutUint32(data[at+22:], oggChecksum(data[at:end]))
		at = end
	}
	return data
}

// fuzzFormat begins with our own small files of a kind.
func fuzzFormat(f *testing.F, suffixes ...string) {
	files, err := filepath.Glob(filepath.Join("testdata", "seeds", "*"))
	if err != nil {
		f.Fatal(err)
	}
	found := 0
	for _, name := range files {
		for _, suffix := range suffixes {
			if strings.HasSuffix(name, suffix) {
				f.Add(seedFile(f, filepath.Base(name)))
				found++
			}
		}
	}
	if found == 0 {
		f.Fatalf("no seeds for %v: run testdata/seeds.sh", suffixes)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > fuzzMaxInput {
			t.Skip()
		}
		survives(t, data)
	})
}

func FuzzClipWAV(f *testing.F)    { fuzzFormat(f, ".wav") }
func FuzzClipMP3(f *testing.F)    { fuzzFormat(f, ".mp3") }
func FuzzClipFLAC(f *testing.F)   { fuzzFormat(f, ".flac") }
func FuzzClipVorbis(f *testing.F) { fuzzFormat(f, ".ogg") }
func FuzzClipADTS(f *testing.F)   { fuzzFormat(f, ".aac") }
func FuzzClipM4A(f *testing.F)    { fuzzFormat(f, ".m4a", ".mov") }

// FuzzSniff gives the guesser anything: what it names must have a name, and what it gives to ffmpeg a demuxer that opens
// no other file.
func FuzzSniff(f *testing.F) {
	for _, m := range append(magics, oggCodecs...) {
		f.Add(append(make([]byte, m.at), m.bytes+"\x00\x00\x00\x10 and so on"...))
	}
	for _, s := range []string{"<html>", "{\"a\":1}", "#EXTM3U\n", "\x00\x00\x00\x18ftypisom", "ID3\x04\x00\x00\x00\x00\x00\x02aaRIFF", "OggS\x00\x02", "\xff\xfb\x90\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > fuzzMaxInput {
			t.Skip()
		}
		found, refusal := sniff(bytes.NewReader(data), int64(len(data)))
		if refusal != nil {
			if refusal.Code == "" || refusal.Sentence("vi") == "" {
				t.Errorf("a refusal without words: %+v", refusal)
			}
			return
		}
		if found.name == "" || found.at < 0 || found.at > int64(len(data)) {
			t.Errorf("found %+v", found)
		}
		switch found.demuxer {
		case "concat", "hls", "dash", "sdp", "rtsp", "image2", "lavfi", "tee", "webm_dash_manifest":
			t.Errorf("a demuxer that opens other files: %+v", found)
		}
	})
}

// FuzzWords gives the readers of tags anything: a title is one line of valid text, and not endless.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"ID3\x03\x00\x00\x00\x00\x00\x20TIT2\x00\x00\x00\x05\x00\x00\x00Xa", "ID3\x04\x00\x80\x00\x00\x00\x20TIT2\x00\x00\x00\x05\x00\x02\x01\xff\xfeX\x00",
		"\x04\x00\x00\x00libX\x01\x00\x00\x00\x08\x00\x00\x00TITLE=Xa", "  Duration: 00:00:02.00, start\n    title : Xa\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		said := readReport(string(data))
		for _, a := range []about{readID3(bytes.NewReader(data), int64(len(data))), vorbisComments(data), said.about} {
			for _, s := range []string{a.title, a.artist, said.last} {
				if strings.ContainsAny(s, "\x00\r\n\x1b") || len([]rune(s)) > maxWords || strings.ToValidUTF8(s, "") != s {
					t.Errorf("%q", s)
				}
			}
		}
		_ = parseGapless(string(data))
		if asc := streamConfig(data); len(asc) > len(data) {
			t.Errorf("%d bytes out of %d", len(asc), len(data))
		}
	})
}
