package playlog

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// keyName is the name under which the key lies on disk; each epoch signs with the same key under its origin.
const keyName = "loaxa"

// signingKey is the station's Ed25519 key.
type signingKey struct{ seed []byte }

// verifier is the note verifier key of this key under the name origin.
func (k *signingKey) verifier(origin string) (string, error) {
	pub, ok := ed25519.NewKeyFromSeed(k.seed).Public().(ed25519.PublicKey)
	if !ok {
		return "", errors.New("deriving public key: not Ed25519")
	}
	v, err := note.NewEd25519VerifierKey(origin, pub)
	if err != nil {
		return "", fmt.Errorf("naming key %q: %w", origin, err)
	}
	return v, nil
}

// named is verifier, or "" when there is none.
func (k *signingKey) named(origin string) string {
	v, err := k.verifier(origin)
	if err != nil {
		return ""
	}
	return v
}

// signer signs notes under the name origin.
func (k *signingKey) signer(origin string) (note.Signer, error) {
	v, err := k.verifier(origin)
	if err != nil {
		return nil, err
	}
	hash := strings.SplitN(v, "+", 3)[1]
	const ed25519Note = 1 // the note format's number for Ed25519
	s, err := note.NewSigner("PRIVATE+KEY+" + origin + "+" + hash + "+" +
		base64.StdEncoding.EncodeToString(append([]byte{ed25519Note}, k.seed...)))
	if err != nil {
		return nil, fmt.Errorf("preparing key for %q: %w", origin, err)
	}
	return s, nil
}

// readKey reads the key file, a note signer key in one line.
func readKey(path string) (*signingKey, error) {
	b, err := readSmall(path)
	if err != nil {
		return nil, fmt.Errorf("reading key: %w", err)
	}
	line := strings.TrimSpace(string(b))
	if _, err := note.NewSigner(line); err != nil {
		return nil, fmt.Errorf("reading key %s: it is damaged", path)
	}
	parts := strings.SplitN(line, "+", 5)
	raw, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, fmt.Errorf("reading key %s: it is damaged", path)
	}
	return &signingKey{seed: raw[1:]}, nil
}

// makeKey makes a key and puts it at path; a damaged file that lies there is kept beside it.
func makeKey(path string, sync bool, unix int64) (*signingKey, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	skey, _, err := note.GenerateKey(rand.Reader, keyName)
	if err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	if _, err := os.Lstat(path); err == nil {
		aside, err := asideName(path, unix)
		if err == nil {
			err = os.Rename(path, aside)
		}
		if err != nil {
			return nil, fmt.Errorf("making key: %w", err)
		}
	}
	if err := writeFile(path, []byte(skey+"\n"), sync); err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	return readKey(path)
}

// stageKey makes a key at path, whole and on the disk; what lies there from a change that was cut off is written over.
func stageKey(path string, sync bool) (*signingKey, error) {
	skey, _, err := note.GenerateKey(rand.Reader, keyName)
	if err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	if err := ignoreGone(os.Remove(path)); err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	_, err = f.WriteString(skey + "\n")
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil && sync {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("making key: %w", err)
	}
	return readKey(path)
}
