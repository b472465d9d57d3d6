package library_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"strings"
	"testing"

	"loaxa/audio/library"
)

// The photo proves the signature: its bytes stay exactly as they came.
func TestAPhotoIsKeptOnceAndAsItCame(t *testing.T) {
	s := newStation(t)
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48)), nil))
	for _, file := range [][]byte{picture(t, 64, 48), b.Bytes(), picture(t, 64, 48)} {
		sum, err := s.KeepPhoto(t.Context(), bytes.NewReader(file))
		must(t, err)
		f, err := s.Photo(sum)
		must(t, err)
		got, err := io.ReadAll(f)
		must(t, errors.Join(err, f.Close()))
		if sum != sumOf(file) || !bytes.Equal(got, file) {
			t.Errorf("kept %d bytes of %d as %s", len(got), len(file), sum)
		}
	}
	if files := s.files(); len(files) != 2 {
		t.Errorf("files %v", files)
	}
	for _, sum := range []string{"", "..", "../state.db", strings.Repeat("0", 64), strings.Repeat("g", 64)} {
		if _, err := s.Photo(sum); !errors.Is(err, library.ErrNoPhoto) {
			t.Errorf("photo %q: %v", sum, err)
		}
	}
}

// What is no photo costs a sentence, and nothing else.
func TestWhatIsNoPhotoLeavesNothing(t *testing.T) {
	s := newStation(t)
	good := picture(t, 64, 48)
	vast := slices.Clone(good)
	copy(vast[16:], "\x00\x01\x00\x00\x00\x01\x00\x00") // 65,536 × 65,536
	for name, file := range map[string][]byte{
		"nothing": nil, "sound": tone(t, 440, 100e6), "a web page": []byte("<!doctype html>"), "half a header": good[:20],
		"an SVG": []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "too many pixels": vast, "damaged": append([]byte("\xff\xd8\xff"), noise(5000, 3)...),
		"too large": append(slices.Clone(good), make([]byte, 10<<20)...),
	} {
		var wrong *library.InputError
		if _, err := s.KeepPhoto(t.Context(), bytes.NewReader(file)); !errors.As(err, &wrong) || wrong.Field != "photo" {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.KeepPhoto(ctx, bytes.NewReader(good)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.reopen(func(o *library.Options) { o.MinFreeBytes = 1 << 60 })
	if _, err := s.KeepPhoto(t.Context(), bytes.NewReader(good)); !errors.Is(err, library.ErrNoRoom) {
		t.Error(err)
	}
	s.nothing(0)
}

func sumOf(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}
