package law

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The tree obeys. Without this the rooms grow together one convenient import at a time, and the day the web framework
// panics the loudspeaker falls silent with it.
func TestTheTreeObeys(t *testing.T) {
	files, err := read(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatalf("reading the module: %v", err)
	}
	for _, known := range []string{"cmd/loaxa/law/law_test.go", "schedule/rules.go", "player/playlog/evidence/record.go"} {
		if !slices.ContainsFunc(files, func(f file) bool { return f.path == known }) {
			t.Errorf("%s was not read: the judge does not see the tree", known)
		}
	}
	for _, b := range judge(files) {
		t.Error(b)
	}
}

// The table itself: a rule without a reason cannot be argued with, and one for no room is a slip of the pen.
func TestEveryRuleHasItsReason(t *testing.T) {
	for _, r := range rooms {
		if r.why == "" {
			t.Errorf("room %s: no reason", r.path)
		}
	}
	for _, h := range homes {
		if h.why == "" {
			t.Errorf("library %s: no reason", h.imports)
		}
	}
}

// read returns all Go files below root that belong to the module, whatever their build constraints.
func read(root string) ([]file, error) {
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return nil, err
	}
	var files []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != root && outside(p, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(d.Name(), ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		files = append(files, file{filepath.ToSlash(rel), text})
		return nil
	})
	return files, err
}

// outside says whether the go command, too, leaves this folder out of the module.
func outside(dir, name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
