package library_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio/decode"
	"loaxa/audio/library"
)

// Officials hold the original's hash: it and its bytes must be exactly what came, and what is played must be its sound.
func TestImportKeepsTheFileAndItsSound(t *testing.T) {
	s := newStation(t)
	file := tone(t, 440, time.Second)
	sum := sha256.Sum256(file)
	last := int64(-1)
	c, existed, err := s.Import(context.Background(), "lan", library.Import{
		Reader: bytes.NewReader(file), Name: "Cảnh báo.wav", Tags: []string{"otp"}, Source: "Công an xã",
	}, func(done, total int64) {
		if done < last || done > total {
			t.Errorf("progress went from %d to %d of %d", last, done, total)
		}
		last = done
	})
	must(t, err)
	if existed || last < 0 {
		t.Errorf("existed %v, progress %d", existed, last)
	}
	c.Warnings = nil
	want := library.Clip{
		ID: "c-" + hex.EncodeToString(sum[:])[:12], SHA256: hex.EncodeToString(sum[:]), CanonicalSHA256: c.CanonicalSHA256,
		Title: "Cảnh báo", OriginalName: "Cảnh báo.wav", Source: "Công an xã", Tags: []string{"otp"},
		DurationMS: 1000, Frames: 48000, LoudnessLUFS: c.LoudnessLUFS, TruePeakDBTP: c.TruePeakDBTP, State: library.StateDraft,
		MomentaryMaxLUFS: c.MomentaryMaxLUFS, ShortTermMaxLUFS: c.ShortTermMaxLUFS, RangeLU: c.RangeLU,
		Codec: c.Codec, SourceRate: 48000, Channels: 1, Size: int64(len(file)),
		ImportedBy: "lan", ImportedAt: c.ImportedAt,
	}
	if fmt.Sprint(c) != fmt.Sprint(want) {
		t.Errorf("clip\n%+v, want\n%+v", c, want)
	}
	// A sine of amplitude 8000 has its peak at 20·log10(8000/32768) = -12.25 dB, and 3.7 LU less loudness: 3 for the
	// sine, 0.7 for K-weighting at 440 Hz.
	if c.TruePeakDBTP < -12.4 || c.TruePeakDBTP > -12.0 || c.LoudnessLUFS < -16.6 || c.LoudnessLUFS > -14.6 {
		t.Errorf("%.2f LUFS, %.2f dBTP", c.LoudnessLUFS, c.TruePeakDBTP)
	}
	original, same, err := s.Original(c.ID)
	must(t, err)
	kept, err := io.ReadAll(original)
	must(t, errors.Join(err, original.Close()))
	if !bytes.Equal(kept, file) || same.ID != c.ID {
		t.Error("the original is not the file that came")
	}
	// A file that is canonical already is played as it is.
	if canonical, err := os.ReadFile(filepath.Join(s.dir, "clips", c.SHA256+".wav")); err != nil || !bytes.Equal(canonical, file) {
		t.Errorf("the canonical file differs: %v", err)
	}
	if got, err := s.Get(c.ID); err != nil || got.Title != want.Title {
		t.Errorf("found again as %+v, %v", got, err)
	}
	if len(s.records) != 1 || s.records[0].id != c.ID || s.records[0].actor != "lan" || string(s.records[0].before) != "null" {
		t.Errorf("recorded %+v", s.records)
	}
	if s.Version() != 1 {
		t.Errorf("version %d", s.Version())
	}
}

// Programs outside read these names.
func TestClipAsJSON(t *testing.T) {
	raw, err := json.Marshal(library.Clip{ApprovedAt: time.Unix(1, 0)})
	must(t, err)
	var fields map[string]any
	must(t, json.Unmarshal(raw, &fields))
	want := strings.Fields(`approved_at approved_by canonical_sha256 channels codec duration_ms frames id imported_at
		imported_by lead_silence_ms loudness_lufs momentary_max_lufs original_name range_lu sha256 short_term_max_lufs size
		source source_rate state tags title trail_silence_ms true_peak_dbtp warnings`)
	if got := slices.Sorted(maps.Keys(fields)); !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v", got, want)
	}
}

// Two people who bring the same file at once must not make two clips, nor damage each other's files.
func TestTheSameFileIsOneClip(t *testing.T) {
	s := newStation(t)
	file := tone(t, 440, 300*time.Millisecond)
	var all sync.WaitGroup
	var mu sync.Mutex
	ids, fresh := map[string]bool{}, 0
	for range 6 {
		all.Go(func() {
			c, existed, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a.wav"}, nil)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if ids[c.ID] = true; !existed {
				fresh++
			}
		})
	}
	all.Wait()
	if list, err := s.All(); err != nil || len(list) != 1 || len(ids) != 1 || fresh != 1 || len(s.records) != 1 {
		t.Errorf("%d clips, IDs %v, %d times new, %d records, %v", len(list), ids, fresh, len(s.records), err)
	}
	if files := s.files(); len(files) != 3 {
		t.Errorf("files %v", files)
	}
}

func noise(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}

// A file that is no sound costs a sentence, and nothing else.
func TestRefusedFilesLeaveNothing(t *testing.T) {
	good := tone(t, 440, time.Second)
	huge := slices.Clone(good)
	copy(huge[40:], "\x00\x00\x00\xf0")
	for name, test := range map[string]struct {
		file []byte
		code string // "" = any
	}{
		"empty":                 {nil, decode.CodeEmpty},
		"a web page":            {[]byte("<!DOCTYPE html><html><body>404 không tìm thấy</body></html>"), decode.CodeWebPage},
		"noise":                 {noise(5000, 7), decode.CodeNotAudio},
		"cut in two":            {good[:len(good)/2], decode.CodeTruncated},
		"a size of 4 GB":        {huge, decode.CodeTruncated},
		"a header alone":        {good[:44], ""},
		"an ID3 tag of 256 MB":  {[]byte("ID3\x03\x00\x00\x7f\x7f\x7f\x7f"), ""},
		"larger than the limit": {noise(1<<20+1, 7), decode.CodeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t)
			s.reopen(func(o *library.Options) { o.MaxFileBytes = 1 << 20 })
			_, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(test.file), Name: "a.mp3"}, nil)
			var refusal *library.Refusal
			if !errors.As(err, &refusal) || (test.code != "" && refusal.Code != test.code) {
				t.Fatalf("no refusal: %v", err)
			}
			if vi, en := refusal.Sentence("vi"), refusal.Sentence("en"); vi == en || vi == refusal.Code || vi == "" {
				t.Errorf("code %s has no sentence for a person: %q, %q", refusal.Code, vi, en)
			}
			s.nothing(0)
		})
	}
}

// Silence on air looks to listeners as if the station were broken.
func TestSilenceIsRefused(t *testing.T) {
	s := newStation(t)
	file := tone(t, 0, time.Second)
	_, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a.wav"}, nil)
	var refusal *library.Refusal
	if !errors.As(err, &refusal) || refusal.Code != decode.CodeSilent {
		t.Errorf("silence: %v", err)
	}
	s.nothing(0)
}

// If the change cannot be recorded, it has not happened: a clip without its record would be a hole in the proof.
func TestNoRecordNoClip(t *testing.T) {
	s := newStation(t)
	s.fail = errors.New("the outbox is closed")
	_, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(tone(t, 440, time.Second)), Name: "a.wav"}, nil)
	if !errors.Is(err, s.fail) {
		t.Fatal(err)
	}
	s.nothing(0)
	s.fail = nil
	s.bring("a.wav", tone(t, 440, time.Second))
	s.fail = errors.New("the outbox is closed")
	all, err := s.All()
	must(t, err)
	if _, err := s.Retire("lan", all[0].ID, false); !errors.Is(err, s.fail) {
		t.Error(err)
	}
	if c, err := s.Get(all[0].ID); err != nil || c.State != library.StateDraft || s.Version() != 1 {
		t.Errorf("state %s, version %d, %v", c.State, s.Version(), err)
	}
}

// Whoever closes the page in the middle of an upload must not leave half a file.
func TestCancelledUploadLeavesNothing(t *testing.T) {
	s := newStation(t)
	ctx, cancel := context.WithCancel(context.Background())
	file := tone(t, 440, 5*time.Second)
	cut := io.MultiReader(bytes.NewReader(file[:100_000]), readerFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, file[100_000:]), nil
	}))
	_, _, err := s.Import(ctx, "lan", library.Import{Reader: cut, Name: "a.wav"}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.nothing(0)
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// The log needs the disk more than another clip does.
func TestTheLastOfTheDiskIsKept(t *testing.T) {
	s := newStation(t)
	s.reopen(func(o *library.Options) { o.MinFreeBytes = 1 << 60 })
	_, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(tone(t, 440, time.Second)), Name: "a.wav"}, nil)
	if !errors.Is(err, library.ErrNoRoom) {
		t.Error(err)
	}
	s.nothing(0)
}

// What a crash between the files and the index leaves is removed at the next start; what the index does not know for
// another reason, such as a database restored from yesterday, is not.
func TestSweepRemovesOnlyInterruptedImports(t *testing.T) {
	s := newStation(t)
	mine, orphan := strings.Repeat("a", 64), strings.Repeat("b", 64)
	must(t, s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("library")).Bucket([]byte("pending")).Put([]byte(mine), nil)
	}))
	for _, name := range []string{"originals/import-1.part", "clips/import-2.part", "originals/" + mine, "clips/" + mine + ".wav", "originals/" + orphan} {
		must(t, os.WriteFile(filepath.Join(s.dir, name), []byte("x"), 0o600))
	}
	s.reopen(nil)
	if files := s.files(); !slices.Equal(files, []string{"originals/" + orphan}) {
		t.Errorf("files %v", files)
	}
}

// What an agency wrote into its file is a better title than the name that a messenger gave it, and worse than what a
// person types.
func TestTheFilesOwnTitle(t *testing.T) {
	s := newStation(t)
	said := []byte("\x03Cảnh báo lừa đảo") // an ID3v2.4 text in UTF-8
	tag := append([]byte("TIT2\x00\x00\x00"), append([]byte{byte(len(said)), 0, 0}, said...)...)
	head := append([]byte("ID3\x04\x00\x00\x00\x00\x00"), append([]byte{byte(len(tag))}, tag...)...)
	frames := demoFile(t, "gia-danh-cong-an.mp3")[20_000:60_000]
	for given, want := range map[string]string{"": "Cảnh báo lừa đảo", "Tên khác": "Tên khác"} {
		c, _, err := s.Import(t.Context(), "lan", library.Import{
			Reader: bytes.NewReader(append(append(head, given...), frames...)), Name: "zalo_123.mp3", Title: given,
		}, nil)
		if err != nil || c.Title != want {
			t.Errorf("given %q: title %q, %v", given, c.Title, err)
		}
	}
}
