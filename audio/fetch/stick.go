package fetch

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Stick is a removable medium that is mounted.
type Stick struct {
	Label      string `json:"label"` // of its file system, else the name of its folder; cleaned
	Path       string `json:"path"`  // where it is mounted
	Device     string `json:"device"`
	FileSystem string `json:"file_system"`
}

// Places says where Sticks looks; empty fields mean the value in parentheses.
type Places struct {
	MountInfo string   // (/proc/self/mountinfo)
	ByLabel   string   // a folder of links named after labels (/dev/disk/by-label)
	Under     []string // folders below which media are mounted (/media, /run/media, /mnt)
}

const maxMountInfo = 4 << 20

// Sticks lists what is mounted under Places.Under from a block device: where desktops, udisks and people mount sticks.
// A disk that an administrator keeps under /mnt is listed, too: nothing tells it from a stick in the reader.
func Sticks(p Places) ([]Stick, error) {
	if p.MountInfo == "" {
		p.MountInfo = "/proc/self/mountinfo"
	}
	if p.ByLabel == "" {
		p.ByLabel = "/dev/disk/by-label"
	}
	if len(p.Under) == 0 {
		p.Under = []string{"/media", "/run/media", "/mnt"}
	}
	text, err := readBounded(p.MountInfo, maxMountInfo)
	if err != nil {
		return nil, fmt.Errorf("listing mounted media: %w", err)
	}
	labels := readLabels(p.ByLabel)
	var out []Stick
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		s, ok := mounted(lines.Text())
		if !ok || !slices.ContainsFunc(p.Under, func(dir string) bool { return strings.HasPrefix(s.Path, dir+"/") }) {
			continue
		}
		// What is mounted last over the same folder is what one sees there.
		out = slices.DeleteFunc(out, func(o Stick) bool { return o.Path == s.Path })
		if s.Label = cleanName(labels[resolved(s.Device)]); s.Label == "" {
			s.Label = cleanName(path.Base(s.Path))
		}
		out = append(out, s)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("listing mounted media: %w", err)
	}
	slices.SortFunc(out, func(a, b Stick) int { return natural(a.Label+"\x00"+a.Path, b.Label+"\x00"+b.Path) })
	return out, nil
}

func readBounded(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("reading %s: more than %d bytes", name, limit)
	}
	return text, err
}

// mounted reads one line of mountinfo (proc(5)): … root mountpoint options [tags] - type source superoptions.
func mounted(line string) (Stick, bool) {
	left, right, ok := strings.Cut(line, " - ")
	fields, after := strings.Fields(left), strings.Fields(right)
	if !ok || len(fields) < 6 || len(after) < 2 {
		return Stick{}, false
	}
	s := Stick{Path: unescape(fields[4], `\`, 3, 8), Device: unescape(after[1], `\`, 3, 8), FileSystem: after[0]}
	return s, strings.HasPrefix(s.Device, "/dev/") && path.IsAbs(s.Path)
}

// unescape undoes \040 (mountinfo) or \x20 (udev): a mark, then so many digits of that base.
func unescape(s, mark string, digits, base int) string {
	var b strings.Builder
	for {
		i := strings.Index(s, mark)
		if i < 0 {
			return b.String() + s
		}
		b.WriteString(s[:i])
		rest := s[i+len(mark):]
		if len(rest) >= digits {
			if n, err := strconv.ParseUint(rest[:digits], base, 8); err == nil {
				b.WriteByte(byte(n))
				s = rest[digits:]
				continue
			}
		}
		b.WriteString(mark)
		s = rest
	}
}

// readLabels gives the labels by device. Without udev there is no such folder, and no label.
func readLabels(dir string) map[string]string {
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return out
	}
	for _, e := range entries {
		if e.Type()&fs.ModeSymlink != 0 {
			out[resolved(filepath.Join(dir, e.Name()))] = unescape(e.Name(), `\x`, 2, 16)
		}
	}
	return out
}

// resolved follows links as far as they lead.
func resolved(name string) string {
	if to, err := filepath.EvalSymlinks(name); err == nil {
		return to
	}
	return name
}
