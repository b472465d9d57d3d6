package evidence

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/tlog"
)

// Single is one record with all that shows it to be in a log: a C2SP tlog-proof whose extra line carries the record.
type Single struct {
	Index      int64
	Record     []byte // its stored bytes
	Hashes     tlog.RecordProof
	Checkpoint []byte // the signed checkpoint of the tree that the hashes lead to
}

// ErrSingle says that a file is no proof of one record, or one that was damaged.
var ErrSingle = errors.New("not a proof of one record")

const (
	singleHeader = "c2sp.org/tlog-proof@v1"
	maxHashes    = 63
	maxIndex     = 1 << 53
)

// MaxSingle is the most bytes of a proof of one record that are read.
const MaxSingle = (MaxRecord+2)/3*4 + maxHashes*45 + maxCheckpoint + 1<<10

// IsSingle reports whether a file that starts with head is a proof of one record, as far as that can be told.
func IsSingle(head []byte) bool { return bytes.HasPrefix(head, []byte(singleHeader[:16])) }

// Marshal is the proof as a file holds it.
func (s Single) Marshal() []byte {
	p := proof.TLogProof{Index: uint64(s.Index), Checkpoint: s.Checkpoint, ExtraData: s.Record} //nolint:gosec // an index is never negative
	for _, h := range s.Hashes {
		p.Hashes = append(p.Hashes, h)
	}
	return p.Marshal()
}

// ParseSingle reads a proof of one record. It is stricter than the format's own library, which passes over carriage
// returns and takes no line above 64 KB: a proof has one spelling, and a record may be long.
func ParseSingle(b []byte) (Single, error) {
	s, err := parseSingle(b)
	if err != nil {
		return Single{}, fmt.Errorf("reading proof: %w: %w", ErrSingle, err)
	}
	if !bytes.Equal(s.Marshal(), b) {
		return Single{}, fmt.Errorf("reading proof: %w: it is not spelled as the format demands", ErrSingle)
	}
	return s, nil
}

func parseSingle(b []byte) (s Single, err error) {
	if len(b) > MaxSingle {
		return s, fmt.Errorf("%d bytes are too many", len(b))
	}
	line, rest, _ := bytes.Cut(b, []byte("\n"))
	if string(line) != singleHeader {
		return s, fmt.Errorf("its first line is %.40q, want %s", line, singleHeader)
	}
	line, rest, _ = bytes.Cut(rest, []byte("\n"))
	extra, ok := bytes.CutPrefix(line, []byte("extra "))
	if !ok {
		return s, errors.New("it does not carry the record: its second line is no extra line")
	}
	if s.Record, err = base64.StdEncoding.Strict().DecodeString(string(extra)); err != nil {
		return s, fmt.Errorf("reading its record: %w", err)
	}
	if len(s.Record) == 0 || len(s.Record) > MaxRecord {
		return s, fmt.Errorf("its record has %d bytes", len(s.Record))
	}
	line, rest, _ = bytes.Cut(rest, []byte("\n"))
	index, ok := bytes.CutPrefix(line, []byte("index "))
	if s.Index, err = strconv.ParseInt(string(index), 10, 64); !ok || err != nil || s.Index < 0 || s.Index > maxIndex {
		return s, fmt.Errorf("its line %.40q is no index", line)
	}
	if s.Hashes, rest, err = parseHashes(rest); err != nil {
		return s, err
	}
	s.Checkpoint = bytes.Clone(rest)
	_, err = PeekCheckpoint(s.Checkpoint)
	return s, err
}

// parseHashes reads the hashes up to the empty line, and gives what follows it.
func parseHashes(b []byte) (hashes tlog.RecordProof, rest []byte, err error) {
	for {
		line, after, ok := bytes.Cut(b, []byte("\n"))
		if !ok {
			return nil, nil, errors.New("it ends before its checkpoint")
		}
		if b = after; len(line) == 0 {
			return hashes, b, nil
		}
		if len(hashes) == maxHashes {
			return nil, nil, fmt.Errorf("it has more than %d hashes", maxHashes)
		}
		h, err := base64.StdEncoding.Strict().DecodeString(string(line))
		if err != nil || len(h) != tlog.HashSize {
			return nil, nil, fmt.Errorf("its hash %.60q is not 32 bytes in base64", line)
		}
		hashes = append(hashes, tlog.Hash(h))
	}
}
