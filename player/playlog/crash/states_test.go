package crash

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// sector is what a disk writes as a whole.
const sector = 512

// cut is a power cut after the first `after` ops of a trace: what had to last by then, and what may or may not have.
type cut struct {
	ops     []op
	after   int
	lasting []bool // by op
	content []int  // ops that changed a file and were not synced
	names   []int  // ops that changed names and were not synced
}

func cutAfter(ops []op, after int) cut {
	c := cut{ops: ops, after: after, lasting: make([]bool, after)}
	for k := range after {
		switch ops[k].kind {
		case opSync:
			for j := range k {
				o := ops[j]
				c.lasting[j] = c.lasting[j] || o.file == ops[k].file && (o.kind == opWrite || o.kind == opSize)
			}
		case opSyncNames:
			for j := range k {
				c.lasting[j] = c.lasting[j] || ops[j].changesNames()
			}
		}
	}
	for k := range after {
		switch o := ops[k]; {
		case c.lasting[k]:
		case o.changesNames():
			c.names = append(c.names, k)
		case o.kind == opWrite || o.kind == opSize:
			c.content = append(c.content, k)
		}
	}
	return c
}

func (o op) changesNames() bool {
	return o.kind == opCreate || o.kind == opFolder || o.kind == opRename || o.kind == opRemove
}

// acked are the records that had been acknowledged by then.
func (c cut) acked() map[int64]int {
	out := map[int64]int{}
	for _, o := range c.ops[:c.after] {
		if o.kind == opAck {
			out[o.idx] = o.i
		}
	}
	return out
}

// choice is what of the unsynced ops reached the disk.
type choice struct {
	content []int
	names   int                    // so many of the names
	torn    map[int]func(int) bool // of these writes only some sectors
}

// choices are the states that are tried at one cut: nothing and everything, each prefix, each change left out and each
// alone, and of random ones n, among them writes of which only some sectors reached the disk.
func (c cut) choices(r *rand.Rand, n int) []choice {
	all := len(c.names)
	out := []choice{{}, {content: c.content, names: all}}
	for i := range c.content {
		out = append(out, choice{content: c.content[:i], names: r.IntN(all + 1)},
			choice{content: slices.Concat(c.content[:i], c.content[i+1:]), names: all},
			choice{content: c.content[i : i+1], names: all})
	}
	for i := range c.names {
		out = append(out, choice{names: i}, choice{content: c.content, names: i})
	}
	for range n {
		out = append(out, c.random(r))
	}
	return out
}

func (c cut) random(r *rand.Rand) choice {
	x := choice{names: r.IntN(len(c.names) + 1), torn: map[int]func(int) bool{}}
	for _, k := range c.content {
		if r.IntN(2) == 0 {
			continue
		}
		x.content = append(x.content, k)
		if r.IntN(3) == 0 {
			seed, whole := r.Uint64(), 1
			if r.IntN(3) == 0 {
				whole = 4096 / sector
			}
			x.torn[k] = func(s int) bool {
				return rand.New(rand.NewPCG(seed, uint64(s/whole))).IntN(2) == 0 //nolint:gosec // s counts from 0
			}
		}
	}
	return x
}

// put makes the files in dir as they would be found after that cut and choice; root is where the child had them.
func (c cut) put(x choice, root, dir string) error {
	content, names := map[int]bool{}, map[int]bool{}
	for _, k := range x.content {
		content[k] = true
	}
	for _, k := range c.names[:x.names] {
		names[k] = true
	}
	files, paths, folders := map[int][]byte{}, map[string]int{}, []string{}
	for k, o := range c.ops[:c.after] {
		if !c.lasting[k] && !content[k] && !names[k] {
			continue
		}
		switch o.kind {
		case opCreate:
			paths[o.name] = o.file
		case opFolder:
			folders = append(folders, o.name)
		case opRename:
			paths[o.to] = paths[o.name]
			delete(paths, o.name)
		case opRemove:
			delete(paths, o.name)
		case opSize:
			files[o.file] = resized(files[o.file], o.off)
		case opWrite:
			files[o.file] = written(files[o.file], o, x.torn[k])
		}
	}
	for _, f := range append(folders, root) {
		rel, err := filepath.Rel(root, f)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(dir, rel), 0o700); err != nil {
			return err
		}
	}
	for path, file := range paths {
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, rel), files[file], 0o600); err != nil {
			return err
		}
	}
	return nil
}

func resized(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// written is the file after a write, of which only the sectors that keep says reached it.
func written(b []byte, o op, keep func(int) bool) []byte {
	for at := 0; at < len(o.data); at += sector {
		if keep != nil && !keep(at/sector) {
			continue
		}
		end := min(at+sector, len(o.data))
		if need := o.off + int64(end); need > int64(len(b)) {
			b = resized(b, need)
		}
		copy(b[o.off+int64(at):], o.data[at:end])
	}
	return b
}
