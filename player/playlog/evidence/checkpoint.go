package evidence

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	formats "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is the head of a log: how many records, and the root of the tree over them.
type Checkpoint struct {
	Origin string // loaxa/STATION-CODE/DEVICE/EPOCH
	Size   int64
	Root   tlog.Hash
}

// maxCheckpoint is the most bytes of a signed checkpoint that are read.
const maxCheckpoint = 16 << 10

// Text is the checkpoint in C2SP form, to be signed.
func (c Checkpoint) Text() []byte {
	return formats.Checkpoint{Origin: c.Origin, Size: uint64(c.Size), Hash: c.Root[:]}.Marshal() //nolint:gosec // a size is never negative
}

// OpenCheckpoint reads a signed checkpoint and checks its signature by vkey, a note verifier key.
func OpenCheckpoint(signed []byte, vkey string) (Checkpoint, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("reading key %.80q: %w", vkey, err)
	}
	return openCheckpoint(signed, v)
}

func openCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	if len(signed) > maxCheckpoint {
		return Checkpoint{}, fmt.Errorf("reading checkpoint: %d bytes are too many", len(signed))
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checking checkpoint's signature: %w", err)
	}
	return parseCheckpoint([]byte(n.Text))
}

// PeekCheckpoint reads a signed checkpoint without checking its signature: it says which log and size are meant.
func PeekCheckpoint(signed []byte) (Checkpoint, error) {
	if len(signed) > maxCheckpoint {
		return Checkpoint{}, fmt.Errorf("reading checkpoint: %d bytes are too many", len(signed))
	}
	text, _, ok := bytes.Cut(signed, []byte("\n\n"))
	if !ok {
		return Checkpoint{}, errors.New("reading checkpoint: it has no signature part")
	}
	return parseCheckpoint(append(bytes.Clone(text), '\n'))
}

func parseCheckpoint(text []byte) (Checkpoint, error) {
	var c formats.Checkpoint
	if _, err := c.Unmarshal(text); err != nil {
		return Checkpoint{}, fmt.Errorf("reading checkpoint: %w", err)
	}
	if len(c.Hash) != tlog.HashSize || c.Size > 1<<62 {
		return Checkpoint{}, errors.New("reading checkpoint: size or root out of range")
	}
	return Checkpoint{Origin: c.Origin, Size: int64(c.Size), Root: tlog.Hash(c.Hash)}, nil
}

// EpochOf is the epoch that an origin line names.
func EpochOf(origin string) (int64, error) {
	n, err := strconv.ParseInt(origin[strings.LastIndex(origin, "/")+1:], 10, 64)
	if err != nil || n < 1 || !strings.HasPrefix(origin, "loaxa/") {
		return 0, fmt.Errorf("reading origin %.80q: want loaxa/CODE/DEVICE/EPOCH", origin)
	}
	return n, nil
}

// keyBytes is the bare Ed25519 public key of a note verifier key: one key signs every epoch under another name.
func keyBytes(vkey string) (ed25519.PublicKey, error) {
	if _, err := note.NewVerifier(vkey); err != nil {
		return nil, fmt.Errorf("reading key %.80q: %w", vkey, err)
	}
	parts := strings.SplitN(vkey, "+", 3)
	b, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(b) != 1+ed25519.PublicKeySize {
		return nil, fmt.Errorf("reading key %.80q: not an Ed25519 key", vkey)
	}
	return b[1:], nil
}

// Fingerprint is what people compare with the key's registration form: the SHA-256 of the bare public key, the first 16
// bytes in groups of four hex digits.
func Fingerprint(vkey string) (string, error) {
	k, err := keyBytes(vkey)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(k)
	groups := make([]string, 8)
	for i := range groups {
		groups[i] = fmt.Sprintf("%02x%02x", sum[2*i], sum[2*i+1])
	}
	return strings.Join(groups, " "), nil
}

// ParseFingerprint reads a fingerprint as people copy it from paper, with or without its spaces, in any case.
func ParseFingerprint(text string) (string, bool) {
	digits := strings.ToLower(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ':' || r == '-' }), ""))
	if b, err := hex.DecodeString(digits); err != nil || len(b) != 16 {
		return "", false
	}
	groups := make([]string, 8)
	for i := range groups {
		groups[i] = digits[4*i : 4*i+4]
	}
	return strings.Join(groups, " "), true
}

// SameKey reports whether two note verifier keys hold the same public key, whatever their names.
func SameKey(a, b string) bool {
	ka, errA := keyBytes(a)
	kb, errB := keyBytes(b)
	return errA == nil && errB == nil && ka.Equal(kb)
}
