package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// Cost is what deriving one password takes.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
}

// usual is the cost on a small PC: some 30 ms and 19 MiB there, a third of a second on a Raspberry Pi.
var usual = Cost{MemoryKiB: 19 << 10, Passes: 2}

// What a stored hash may ask of this machine: a damaged database must not make it run out of memory.
const (
	mostMemoryKiB = 256 << 10
	mostPasses    = 16
)

const (
	saltBytes = 16
	hashBytes = 32
	// mostWaiting is how many wait for the one derivation, one for each address.
	mostWaiting = 8
)

// hasher derives one password at a time: the memory is bounded and the sound keeps its processor. Who asks while too
// many wait, or while the same address waits already, is told to come again; so a flood from one address keeps at most
// one place of the queue.
type hasher struct {
	cost  Cost
	turn  chan struct{}
	dummy string // of no password, for logins that do not exist

	mu      sync.Mutex
	waiting map[string]bool
}

func newHasher(c Cost) *hasher {
	if c == (Cost{}) {
		c = usual
	}
	h := &hasher{cost: c, turn: make(chan struct{}, 1), waiting: make(map[string]bool)}
	h.dummy = phc(c, randomSalt(), make([]byte, hashBytes))
	return h
}

// enter takes the address's place before the derivation; leave gives it back.
func (h *hasher) enter(address string) (leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting[address] || len(h.waiting) >= mostWaiting {
		return nil, ErrBusy
	}
	h.waiting[address] = true
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.waiting, address)
	}, nil
}

// derive waits for its turn. The caller has entered.
func (h *hasher) derive(ctx context.Context, c Cost, password string, salt []byte, size uint32) ([]byte, error) {
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.turn }()
	return argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, 1, size), nil
}

// hash makes what is stored of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := randomSalt()
	sum, err := h.derive(ctx, h.cost, password, salt, hashBytes)
	if err != nil {
		return "", err
	}
	return phc(h.cost, salt, sum), nil
}

// matches says whether this is the password behind a stored hash. Without one it takes as long and says no.
func (h *hasher) matches(ctx context.Context, stored, password string) (bool, error) {
	known := stored != ""
	if !known {
		stored = h.dummy
	}
	c, salt, want, err := parsePHC(stored)
	if err != nil {
		return false, err
	}
	got, err := h.derive(ctx, c, password, salt, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func randomSalt() []byte {
	salt := make([]byte, saltBytes)
	rand.Read(salt) //nolint:errcheck // never fails, by its documentation
	return salt
}

// phc writes a hash in the PHC string format, so that its parameters may grow later.
func phc(c Cost, salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

func parsePHC(s string) (c Cost, salt, sum []byte, err error) {
	bad := errors.New("reading a password's hash: it is not of a kind that this program makes")
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, bad
	}
	var threads uint32
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &threads); err != nil || n != 3 || threads != 1 {
		return c, nil, nil, bad
	}
	if c.MemoryKiB < 8 || c.MemoryKiB > mostMemoryKiB || c.Passes < 1 || c.Passes > mostPasses {
		return c, nil, nil, bad
	}
	b64 := base64.RawStdEncoding
	salt, err1 := b64.DecodeString(parts[4])
	sum, err2 := b64.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(sum) < 16 || len(sum) > 64 {
		return c, nil, nil, bad
	}
	return c, salt, sum, nil
}
