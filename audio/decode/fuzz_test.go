package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/metrics"
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
func inProcess(data []byte) (Facts, error) { return wholly(data, fuzzLongest) }

func wholly(data []byte, longest time.Duration) (facts Facts, err error) {
	defer recovered("decoding", &err)
	in := input{ReaderAt: bytes.NewReader(data), size: int64(len(data))}
	return convert(in, &sink{}, longest, audio.Span{}, func(int64, int64) {})
}

// heardOnly is the part of that which foreign bytes reach: everything up to the samples. What follows sees only finite
// numbers at a rate within bounds, and both are held here.
func heardOnly(t *testing.T, data []byte, longest time.Duration) (facts Facts, err error) {
	defer recovered("decoding", &err)
	s, err := open(input{ReaderAt: bytes.NewReader(data), size: int64(len(data))}, longest)
	if err != nil {
		return Facts{}, err
	}
	defer s.close()
	most := int64(longest.Seconds() * float64(s.rate()))
	var block []float32
	for err == nil {
		block, err = s.read(block[:0])
		for i, v := range block {
			if v-v != 0 { // no number, or without end
				t.Fatalf("sample %d of a block of %s is %v", i, s.codec(), v)
			}
		}
		if done, total := s.position(); done < 0 || total > 0 && done > total {
			t.Fatalf("%s is at %d of %d", s.codec(), done, total)
		}
		if s.got > most {
			return Facts{}, refuse(CodeTooLong, "more than %v", longest)
		}
	}
	if !errors.Is(err, io.EOF) {
		return Facts{}, err
	}
	facts = Facts{Codec: s.codec(), SourceRate: s.rate(), Channels: s.channels(), Warnings: s.warnings(),
		Frames: int64(math.Ceil(float64(s.got) / float64(s.rate()) * audio.Rate))} // as the resampler rounds
	s.describe(&facts)
	return facts, nil
}

const (
	fuzzMaxInput = 64 << 10
	fuzzMaxAlloc = 192 << 20 // bytes in all; the child's limit is 256 MB at any one time
	fuzzMaxTime  = 20 * time.Second

	// Most inputs may last two seconds, and stop at the samples: the filters and meters behind them take most of the time
	// of a conversion, and foreign bytes do not reach them. One in so many goes all the way, and of those one in so many
	// may last longer. Which, is a matter of the bytes: what failed fails again.
	fuzzWholeEvery = 8
	fuzzLongEvery  = 4
	fuzzUsual      = 2 * time.Second
	fuzzLongest    = 20 * time.Second
)

// allocated is how much memory was taken so far, in all. Unlike runtime.ReadMemStats it does not stop the world.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// survives runs one input all the way. It ends in facts that hold together or in a refusal, in bounded time and memory.
func survives(t *testing.T, data []byte) (clip bool) {
	t.Helper()
	return withinBounds(t, data, inProcess)
}

// survivesFuzzing runs one of millions of inputs.
func survivesFuzzing(t *testing.T, data []byte) {
	t.Helper()
	draw := crc32.ChecksumIEEE(data)
	withinBounds(t, data, func(data []byte) (Facts, error) {
		switch {
		case draw%fuzzWholeEvery != 0:
			return heardOnly(t, data, fuzzUsual)
		case draw/fuzzWholeEvery%fuzzLongEvery != 0:
			return wholly(data, fuzzUsual)
		}
		return wholly(data, fuzzLongest)
	})
}

func withinBounds(t *testing.T, data []byte, run func([]byte) (Facts, error)) (clip bool) {
	t.Helper()
	before := allocated()
	watch := time.AfterFunc(fuzzMaxTime, func() {
		panic("a file kept the decoder busy for longer than " + fuzzMaxTime.String())
	})
	facts, err := run(sealed(data))
	watch.Stop()
	if got := allocated() - before; got > fuzzMaxAlloc {
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
		survivesFuzzing(t, data)
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
