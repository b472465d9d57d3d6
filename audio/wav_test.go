package audio

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func written(t *testing.T, all []int16) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWAVWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	for rest := all; len(rest) > 0; {
		n := min(len(rest), 777)
		if err := w.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCanonicalFileComesBackBitByBit(t *testing.T) {
	for _, n := range []float64{0, 0.00005, 0.4, 1.2} {
		all := noise(1, n, 5)
		data := written(t, all)
		r, err := NewWAVReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := contract(r, 9)
		if err != nil || !slices.Equal(got, all) {
			t.Fatalf("%d frames came back as %d, error %v", len(all), len(got), err)
		}
	}
}

func TestAnyOtherHeaderIsRefused(t *testing.T) {
	data := written(t, noise(1, 0.1, 5))
	for i := range wavHeaderBytes {
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if _, err := NewWAVReader(bytes.NewReader(bad), int64(len(bad))); err == nil {
			t.Errorf("a header with byte %d changed was taken", i)
		}
	}
	for _, size := range []int{0, 43, 44, len(data) - 1, len(data) - 2} {
		if _, err := NewWAVReader(bytes.NewReader(data[:size]), int64(size)); err == nil {
			t.Errorf("a file cut to %d bytes was taken", size)
		}
	}
}

func TestAFileThatShrinksWhileItSoundsIsNotItsEnd(t *testing.T) {
	data := written(t, noise(1, 0.5, 5))
	r, err := NewWAVReader(bytes.NewReader(data[:len(data)/2]), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := contract(r, 1); err == nil || errors.Is(err, io.EOF) {
		t.Fatalf("a file cut while it was read ended with %v", err)
	}
}

func TestSilenceAndFadesKeepTheContract(t *testing.T) {
	for _, n := range []int64{-1, 0, 1, 959, 48001} {
		got, err := contract(Silence(n), 2)
		if err != nil || int64(len(got)) != max(n, 0) {
			t.Fatalf("silence of %d: %d frames, %v", n, len(got), err)
		}
	}
	all := slices.Repeat([]int16{10000}, 5000)
	got, err := contract(FadeIn(&frames{all: all, chunk: 100}, FadeFrames), 2)
	if err != nil {
		t.Fatal(err)
	}
	if got[0] != 0 || got[FadeFrames/2] != 5000 || !slices.IsSorted(got[:FadeFrames]) || !slices.Equal(got[FadeFrames:], all[FadeFrames:]) {
		t.Errorf("fade in: %d, %d, then %d", got[0], got[FadeFrames/2], got[FadeFrames])
	}
}

func TestFadeOutMirrorsFadeIn(t *testing.T) {
	up, down := slices.Repeat([]int16{10000}, FadeFrames+1), slices.Repeat([]int16{10000}, FadeFrames+1)
	done, fallen := int64(0), int64(0)
	rng := rand.New(rand.NewPCG(3, 3))
	for int(done) < len(up) {
		n := min(1+rng.IntN(200), len(up)-int(done))
		FadeInBlock(up[done:int(done)+n], done, FadeFrames)
		fallen = FadeOutBlock(down[done:int(done)+n], fallen, FadeFrames)
		done += int64(n)
	}
	slices.Reverse(down)
	if !slices.Equal(up, down) {
		t.Error("a fall is not the mirror image of a rise")
	}
}
