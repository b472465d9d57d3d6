package evidence

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrPolicy says that a trust policy cannot be read or asks for more than is checked.
var ErrPolicy = errors.New("not a policy that can be followed")

// What a policy may ask of its reader.
const (
	MaxPolicy      = 256 << 10
	maxPolicyLines = 4096
	maxMembers     = 256
)

// ParsePolicy reads a C2SP tlog-policy and gives the verifier keys of its logs. Cosignatures of witnesses are not checked
// here, so that a policy that demands some is refused: following half of it would say yes too early. A missing quorum line
// counts as "quorum none".
func ParsePolicy(b []byte) ([]string, error) {
	if len(b) > MaxPolicy {
		return nil, fmt.Errorf("reading policy: %w: more than %d bytes", ErrPolicy, MaxPolicy)
	}
	lines := strings.Split(string(b), "\n")
	if len(lines) > maxPolicyLines {
		return nil, fmt.Errorf("reading policy: %w: %d lines are too many", ErrPolicy, len(lines))
	}
	p := &policy{names: map[string]bool{"none": true}}
	for i, line := range lines {
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("reading policy: line %d: %w: %w", i+1, ErrPolicy, err)
		}
	}
	if len(p.keys) == 0 {
		return nil, fmt.Errorf("reading policy: %w: it names no log", ErrPolicy)
	}
	return p.keys, nil
}

type policy struct {
	keys      []string
	witnesses []string // bare keys
	names     map[string]bool
	quorum    bool
}

func (p *policy) line(line string) error {
	for i := range len(line) {
		if c := line[i]; (c < 0x20 && c != '\t') || c == 0x7f {
			return fmt.Errorf("it holds the control character %#02x; end lines with a line feed alone", c)
		}
	}
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(words) == 0 || strings.HasPrefix(words[0], "#") {
		return nil
	}
	switch word, rest := words[0], words[1:]; word {
	case "log":
		return p.log(rest)
	case "witness":
		return p.witness(rest)
	case "group":
		return p.group(rest)
	case "quorum":
		return p.setQuorum(rest)
	default:
		return fmt.Errorf("it begins with %.40q; want log, witness, group or quorum", word)
	}
}

func (p *policy) log(words []string) error {
	if len(words) < 1 || len(words) > 2 {
		return errors.New("want: log VKEY [URL]")
	}
	if _, err := keyBytes(words[0]); err != nil {
		return err
	}
	for _, k := range p.keys {
		if SameKey(k, words[0]) {
			return errors.New("the log's key is there twice")
		}
	}
	p.keys = append(p.keys, words[0])
	return nil
}

// witness reads a witness, whose signatures nothing here will check: that its line is whole is all that is asked.
func (p *policy) witness(words []string) error {
	if len(words) < 2 || len(words) > 3 {
		return errors.New("want: witness NAME VKEY [URL]")
	}
	bare, err := bareKey(words[1])
	if err != nil {
		return err
	}
	for _, w := range p.witnesses {
		if w == bare {
			return errors.New("the witness's key is there twice")
		}
	}
	p.witnesses = append(p.witnesses, bare)
	return p.name(words[0])
}

// bareKey is a verifier key of any kind without its name and hash.
func bareKey(vkey string) (string, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) == 3 && parts[0] != "" {
		hash, errHash := hex.DecodeString(parts[1])
		key, errKey := base64.StdEncoding.DecodeString(parts[2])
		if errHash == nil && errKey == nil && len(hash) == 4 && len(key) > 1 {
			return string(key[1:]), nil
		}
	}
	return "", fmt.Errorf("%.80q is no verifier key", vkey)
}

func (p *policy) name(name string) error {
	if p.names[name] {
		return fmt.Errorf("the name %.40q is there twice", name)
	}
	p.names[name] = true
	return nil
}

func (p *policy) group(words []string) error {
	if len(words) < 3 || len(words) > 2+maxMembers {
		return errors.New("want: group NAME all|any|NUMBER MEMBER…")
	}
	members := words[2:]
	if k, err := strconv.Atoi(words[1]); words[1] != "all" && words[1] != "any" && (err != nil || k < 1 || k > len(members)) {
		return fmt.Errorf("the threshold %.40q is not all, any or a number from 1 to %d", words[1], len(members))
	}
	seen := map[string]bool{}
	for _, m := range members {
		if !p.names[m] || m == "none" || seen[m] {
			return fmt.Errorf("the member %.40q is not defined above, or is there twice", m)
		}
		seen[m] = true
	}
	return p.name(words[0])
}

func (p *policy) setQuorum(words []string) error {
	switch {
	case len(words) != 1:
		return errors.New("want: quorum NAME")
	case p.quorum:
		return errors.New("a second quorum line")
	case words[0] != "none" && !p.names[words[0]]:
		return fmt.Errorf("the quorum %.40q is not defined above", words[0])
	case words[0] != "none":
		return fmt.Errorf("it demands cosignatures of %.40q, and cosignatures of witnesses are not checked yet", words[0])
	}
	p.quorum = true
	return nil
}
