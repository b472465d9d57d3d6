package decode

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// mp3Of reads a whole MP3 file. err is its end, or the refusal.
func mp3Of(t *testing.T, data []byte) (s *mp3Stream, all []float32, err error) {
	t.Helper()
	s, refusal := newMP3Stream(bytes.NewReader(data), int64(len(data)))
	if refusal != nil {
		t.Fatal(refusal)
	}
	for err == nil {
		all, err = s.read(all)
	}
	return s, all, err
}

// An encoder that adds checksums writes its first frame as if there were none. Taken for sound, that frame is 26 ms of
// nothing, the number of frames in it is lost and with it the notice that a download was cut, and in some files it warned
// of damage that there is not.
func TestCountOfFramesIsFoundBeforeAChecksumToo(t *testing.T) {
	for _, rate := range []int{44100, 22050} {
		plain := sineMP3(t, rate, 2, "64k", "3")
		at, _, ok := firstFrame(plain, int64(len(plain)))
		if !ok {
			t.Fatal("no frame")
		}
		guarded := slices.Clone(plain)
		guarded[at+1] &^= 1 // the first frame alone: it has no sound that the checksum's place would shift
		s, _, _ := mp3Of(t, plain)
		want := s.frames
		s, _, _ = mp3Of(t, guarded)
		if got := s.frames; got.declared != want.declared || got.count != want.count || want.declared == 0 || len(s.notes) > 0 {
			t.Errorf("%d Hz: %d frames, %d announced; without a checksum %d and %d; warnings %v",
				rate, got.count, got.declared, want.count, want.declared, s.notes)
		}
		_, _, err := mp3Of(t, guarded[:len(guarded)/2])
		refused(t, err, CodeTruncated)
	}
}

// Staff join files by appending one to the other, each with its tags.
func TestTagsBetweenJoinedFilesAreNoDamage(t *testing.T) {
	plain := sineMP3(t, 44100, 1, "64k", "2")
	_, joined, _ := mp3Of(t, slices.Concat(plain, plain))
	picture := append([]byte("ID3\x03\x00\x00\x00\x02\x38\x10"), bytes.Repeat([]byte("\xFF\xD8JPEG"), (2<<14|0x38<<7|0x10)/6)...)
	picture = append(picture, make([]byte, 10+(2<<14|0x38<<7|0x10)-len(picture))...)
	old := append([]byte("TAG"), make([]byte, 125)...)
	for name, between := range map[string][]byte{
		"a picture":                picture,
		"an old tag":               old,
		"an old tag and a picture": slices.Concat(old, picture),
		"a tag with nothing in it": []byte("ID3\x04\x00\x00\x00\x00\x00\x00"),
		"a tag with a footer":      append([]byte("ID3\x04\x00\x10\x00\x00\x00\x00"), "3DI\x04\x00\x10\x00\x00\x00\x00"...),
		"several tags":             slices.Concat(picture, old, picture),
	} {
		s, all, err := mp3Of(t, slices.Concat(plain, between, plain))
		if !errors.Is(err, io.EOF) || len(s.notes) > 0 || firstDifference(all, joined) >= 0 {
			t.Errorf("%s: %d samples of %d, warnings %v, %v", name, len(all), len(joined), s.notes, err)
		}
	}
	// A tag that would end behind the file is junk, and junk is told.
	endless := []byte("ID3\x03\x00\x00\x7f\x7f\x7f\x7f")
	if s, all, _ := mp3Of(t, slices.Concat(plain, endless, plain)); len(all) != len(joined) || !slices.Equal(s.notes, []string{WarnPartsSkipped}) {
		t.Errorf("an endless tag: %d samples of %d, warnings %v", len(all), len(joined), s.notes)
	}
}

// Two files of different rates, joined: only the first one was heard, and nobody was told that half was missing.
func TestPartsOfAnotherKindAreNotLeftOutInSilence(t *testing.T) {
	first := sineMP3(t, 44100, 2, "64k", "3")
	for _, c := range []struct {
		name  string
		other []byte
	}{
		{"another rate", sineMP3(t, 48000, 2, "64k", "3")},
		{"another version", sineMP3(t, 22050, 1, "32k", "3")},
		{"another layer", ffmpeg(t, nil, "-f", "lavfi", "-i", "sine=duration=3", "-f", "mp2", "-")},
	} {
		for _, joined := range [][]byte{slices.Concat(first, c.other), slices.Concat(first, c.other, first)} {
			_, _, err := mp3Of(t, joined)
			if got := refused(t, err, CodeUnsupported); !strings.Contains(got, "another kind") {
				t.Errorf("%s: %q", c.name, got)
			}
		}
		little := slices.Concat(first, first, first, c.other[:4000])
		if s, _, err := mp3Of(t, little); !slices.Equal(s.notes, []string{WarnPartsSkipped}) {
			t.Errorf("a little of %s: warnings %v, %v", c.name, s.notes, err)
		}
	}
}
