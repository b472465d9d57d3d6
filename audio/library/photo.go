package library

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
)

// Bounds of a photo of a signature on paper.
const (
	maxPhotoBytes  = 10 << 20
	maxPhotoPixels = 50_000_000
	hexSum         = 2 * sha256.Size // length of a hash in hex
)

// KeepPhoto stores a photo of a signature on paper, durably, and gives its SHA-256 in hex. What is neither JPEG nor PNG
// by its content, or too large, is an *InputError, a full disk ErrNoRoom. A photo that is here already is kept once.
//
// Photos are never removed: the record of an approval names its photo, also when the approval is void.
func (l *Library) KeepPhoto(ctx context.Context, r io.Reader) (sum string, err error) {
	sum, err = l.keepPhoto(ctx, r)
	if err != nil {
		return "", fmt.Errorf("keeping a photo: %w", asNoRoom(err))
	}
	return sum, nil
}

func (l *Library) keepPhoto(ctx context.Context, r io.Reader) (sum string, err error) {
	if err := l.room(maxPhotoBytes); err != nil {
		return "", err
	}
	p, err := newPart(l.files.photos)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, p.drop()) }()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(p.file, h), io.LimitReader(&attentive{ctx: ctx, r: r}, maxPhotoBytes+1))
	if err != nil {
		return "", fmt.Errorf("receiving it: %w", err)
	}
	if n > maxPhotoBytes {
		return "", wrong("photo", "has more than %d MB; send a smaller one", maxPhotoBytes>>20)
	}
	if err := checkPicture(io.NewSectionReader(p.file, 0, n)); err != nil {
		return "", err
	}
	sum = hex.EncodeToString(h.Sum(nil))
	return sum, p.place(l.files.photo(sum))
}

// checkPicture reads a picture's size from its header; no pixel is decoded here.
func checkPicture(r io.ReadSeeker) (err error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var c image.Config
	switch {
	case bytes.HasPrefix(head[:], []byte("\xff\xd8\xff")):
		c, err = jpeg.DecodeConfig(r)
	case string(head[:]) == "\x89PNG\r\n\x1a\n":
		c, err = png.DecodeConfig(r)
	default:
		return wrong("photo", "is neither a JPEG nor a PNG picture")
	}
	if err != nil {
		return wrong("photo", "is damaged: %v", err)
	}
	if c.Width < 1 || c.Height < 1 || int64(c.Width)*int64(c.Height) > maxPhotoPixels {
		return wrong("photo", "has %d × %d pixels; at most %d million are taken", c.Width, c.Height, maxPhotoPixels/1_000_000)
	}
	return nil
}

// Photo gives a photo that KeepPhoto stored, by its SHA-256 in hex; else ErrNoPhoto. The caller closes it.
func (l *Library) Photo(sum string) (*os.File, error) {
	if !isSum(sum) {
		return nil, fmt.Errorf("opening photo: %w", ErrNoPhoto)
	}
	f, err := os.Open(l.files.photo(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening photo %s: %w", sum, ErrNoPhoto)
	}
	return f, err
}

// checkPhoto is ErrNoPhoto unless a photo is here with the bytes that were stored.
func (l *Library) checkPhoto(ctx context.Context, sum string) (err error) {
	f, err := l.Photo(sum)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	got, err := hashOf(ctx, f)
	if err == nil && got != sum {
		err = fmt.Errorf("photo %s has other bytes now: %w", sum, ErrNoPhoto)
	}
	return err
}

func isSum(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(s) == hexSum && hex.EncodeToString(raw) == s
}
