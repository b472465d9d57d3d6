package crash

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// op is one thing that a child did to its files, or a word that it said.
type op struct {
	kind opKind
	file int    // write, size, sync
	name string // create, rename (from), remove
	to   string // rename
	off  int64  // write; size: the new one
	data []byte
	idx  int64 // acknowledged: the record's index and which it is
	i    int
}

type opKind int

const (
	opWrite opKind = iota
	opSize
	opSync
	opCreate
	opFolder
	opRename
	opRemove
	opSyncNames
	opAck
)

const tracedCalls = "pwrite64,write,fdatasync,fsync,ftruncate,fallocate,renameat,renameat2,rename,openat,unlinkat,mkdirat,sync_file_range,pwritev,pwritev2,writev"

// strace finds the tracer and makes sure that it may trace.
func strace(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil {
		without(t, "strace is not installed")
	}
	if out, err := exec.Command(path, "-qq", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		without(t, fmt.Sprintf("strace may not trace here: %s", out))
	}
	return path
}

// traced runs a child that appends n records to a new log in dir, and returns everything that it did in order.
func traced(t *testing.T, dir string, n int, more ...string) []op {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace(t), "-f", "-qq", "-y", "-xx", "-s", "100000000", "-e", "signal=none", "-e", "trace="+tracedCalls, "-o", file, os.Args[0])
	cmd.Env = environment(dir, append(more, fmt.Sprintf("%s=%d", childRecords, n))...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // only read from
	p := &traceParser{root: dir, names: map[string]int{dir: 0}, ends: map[int]int64{}, pending: map[string]string{}}
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 512<<20)
	for sc.Scan() {
		if err := p.line(sc.Text()); err != nil {
			t.Fatalf("reading trace: %v in %.200q", err, sc.Text())
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return p.ops
}

// traceParser follows the names of the files below root.
type traceParser struct {
	root    string
	names   map[string]int
	files   int
	ends    map[int]int64 // where the next plain write of a file goes: each is opened once and written from the start
	pending map[string]string
	ops     []op
}

var (
	traceCall   = regexp.MustCompile(`^(\d+) +([a-z_0-9]+)\((.*)\) += (-?\d+)`)
	traceUndone = regexp.MustCompile(`^(\d+) +(.*) <unfinished \.\.\.>$`)
	traceDone   = regexp.MustCompile(`^(\d+) +<\.\.\. [a-z_0-9]+ resumed>(.*)$`)
	traceText   = regexp.MustCompile(`[<"]((?:\\x[0-9a-f]{2})*)[>"]`)
)

func (p *traceParser) line(s string) error {
	if m := traceUndone.FindStringSubmatch(s); m != nil {
		p.pending[m[1]] = m[2]
		return nil
	}
	if m := traceDone.FindStringSubmatch(s); m != nil {
		s = m[1] + " " + p.pending[m[1]] + m[2]
		delete(p.pending, m[1])
	}
	m := traceCall.FindStringSubmatch(s)
	if m == nil {
		return errors.New("not a call")
	}
	if strings.HasPrefix(m[4], "-") { // refused: nothing was done
		return nil
	}
	texts, err := unhexAll(m[3])
	if err != nil {
		return err
	}
	return p.call(m[2], m[3], texts)
}

// unhexAll are the paths and strings among a call's arguments, in order.
func unhexAll(args string) ([]string, error) {
	var out []string
	for _, m := range traceText.FindAllStringSubmatch(args, -1) {
		b, err := hex.DecodeString(strings.ReplaceAll(m[1], `\x`, ""))
		if err != nil {
			return nil, err
		}
		out = append(out, string(b))
	}
	return out, nil
}

func (p *traceParser) call(name, args string, texts []string) error {
	if name == "write" && strings.HasPrefix(args, "1<") {
		return p.word(texts[1])
	}
	at := 0 // calls that name files have the path of the folder handle first
	if strings.HasSuffix(name, "at") || strings.HasSuffix(name, "at2") {
		at = 1
	}
	if len(texts) <= at {
		return errors.New("no file named")
	}
	path := texts[at]
	if path != p.root && !strings.HasPrefix(path, p.root+"/") {
		return nil
	}
	file, known := p.names[path]
	last := args[strings.LastIndex(args, " ")+1:]
	switch name {
	case "openat":
		if strings.Contains(args, "O_TRUNC") {
			return errors.New("a call that the replay does not know")
		}
		if !known && strings.Contains(args, "O_CREAT") {
			p.files++
			p.names[path] = p.files
			p.ops = append(p.ops, op{kind: opCreate, file: p.files, name: path})
		}
		return nil
	case "mkdirat":
		p.names[path] = 0
		p.ops = append(p.ops, op{kind: opFolder, name: path})
		return nil
	case "unlinkat":
		delete(p.names, path)
		p.ops = append(p.ops, op{kind: opRemove, name: path})
		return nil
	case "renameat":
		p.names[texts[3]] = file
		delete(p.names, path)
		p.ops = append(p.ops, op{kind: opRename, name: path, to: texts[3]})
		return nil
	}
	if !known {
		return fmt.Errorf("%s of a file that was never made", name)
	}
	switch name {
	case "pwrite64", "write":
		off := p.ends[file]
		if name == "pwrite64" {
			var err error
			if off, err = strconv.ParseInt(last, 10, 64); err != nil {
				return err
			}
		} else {
			p.ends[file] += int64(len(texts[1]))
		}
		p.ops = append(p.ops, op{kind: opWrite, file: file, off: off, data: []byte(texts[1])})
	case "ftruncate":
		size, err := strconv.ParseInt(last, 10, 64)
		if err != nil {
			return err
		}
		p.ops = append(p.ops, op{kind: opSize, file: file, off: size})
	case "fsync", "fdatasync":
		kind := opSync
		if file == 0 {
			kind = opSyncNames
		}
		p.ops = append(p.ops, op{kind: kind, file: file})
	default:
		return errors.New("a call that the replay does not know")
	}
	return nil
}

// word is what the child said: an acknowledgement counts from here on.
func (p *traceParser) word(s string) error {
	w := newWords()
	if err := w.hear(strings.TrimSpace(s)); err != nil {
		return err
	}
	if len(w.alarms) > 0 || len(w.queued) > 0 {
		return errors.New("the child is not well")
	}
	for idx, i := range w.acked {
		p.ops = append(p.ops, op{kind: opAck, idx: idx, i: i})
	}
	return nil
}
