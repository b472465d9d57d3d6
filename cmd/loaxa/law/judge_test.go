package law

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

const module = "loaxa"

// file is one Go source file of the module.
type file struct {
	path string // from the module's root, with slashes
	text []byte
}

func (f file) room() string { return path.Dir(f.path) }
func (f file) test() bool   { return strings.HasSuffix(f.path, "_test.go") }

// breach is one rule broken at one place.
type breach struct {
	rule  string
	where string
	what  string
}

func (b breach) String() string { return fmt.Sprintf("%s: %s: %s", b.where, b.rule, b.what) }

// court judges a whole tree; it remembers which exceptions were needed.
type court struct {
	rooms        []room
	homes        []home
	wallReads    []exception
	goStatements []exception
	breaches     []breach
	needed       map[string]bool
}

// judge returns every breach in files, in their order; then the exceptions that no file needed.
func judge(files []file) []breach {
	c := &court{rooms: rooms, homes: homes, wallReads: wallReads, goStatements: goStatements, needed: map[string]bool{}}
	for _, f := range files {
		c.file(f)
	}
	c.leftOver("wall clock", c.wallReads)
	c.leftOver("goroutine", c.goStatements)
	return c.breaches
}

func (c *court) blame(rule, where, format string, args ...any) {
	c.breaches = append(c.breaches, breach{rule, where, fmt.Sprintf(format, args...)})
}

func (c *court) file(f file) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, f.path, f.text, parser.SkipObjectResolution)
	if err != nil {
		c.blame("readable", f.path, "parsing: %v", err)
		return
	}
	at := func(n ast.Node) string {
		p := fset.Position(n.Pos())
		return p.Filename + ":" + strconv.Itoa(p.Line)
	}
	if n := bytes.Count(f.text, []byte("\n")); n > maxLines {
		c.blame("length", f.path, "%d lines, at most %d: no one reads it in one sitting", n, maxLines)
	}
	if name := strings.TrimSuffix(tree.Name.Name, "_test"); emptyName.MatchString(name) || emptyName.MatchString(path.Base(f.room())) {
		c.blame("name", f.path, "package %q says nothing about what is inside", name)
	}
	names := map[string]string{} // how a file calls an import → its path
	for _, spec := range tree.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			c.blame("readable", at(spec), "import %s: %v", spec.Path.Value, err)
			continue
		}
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = p
		if name == "." && wallFunctions[p] != nil {
			c.blame("wall clock", at(spec), "import of %q by dot hides who reads the clock", p)
		}
		c.imported(f, p, at(spec))
	}
	c.habits(f, tree, names, at)
}

// imported judges one import by both tables.
func (c *court) imported(f file, imp, where string) {
	for _, h := range c.homes {
		if matches(h.imports, imp) && !(h.tests && f.test()) && !anyMatches(h.only, f.room()) {
			c.blame("library", where, "imports %q, which %s may: %s", imp, only(h), h.why)
		}
	}
	inside, ok := strings.CutPrefix(imp, module+"/")
	if !ok {
		return
	}
	r, ok := c.roomOf(f.room())
	switch {
	case !ok:
		c.blame("room", where, "%q has no rule yet: give it one, with its reason", f.room())
	case f.test() && (inside == f.room() || anyMatches(testsMayUse, inside)):
	case !anyMatches(r.may, inside):
		c.blame("room", where, "%q may not import %q: %s", f.room(), inside, r.why)
	}
}

// roomOf finds the most particular rule for a package.
func (c *court) roomOf(pkg string) (room, bool) {
	best, found := room{}, false
	for _, r := range c.rooms {
		if r.path == pkg {
			return r, true
		}
		if matches(r.path, pkg) && (!found || len(r.path) > len(best.path)) {
			best, found = r, true
		}
	}
	return best, found
}

// habits judges what is inside the file.
func (c *court) habits(f file, tree *ast.File, names map[string]string, at func(ast.Node) string) {
	for _, d := range tree.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			c.blame("init", at(fn), "func init runs before anyone asked: build it where it is used")
		}
	}
	if f.test() {
		return // a test ends with its process and may look at any clock
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if !c.excused("goroutine", c.goStatements, f.path) {
				c.blame("goroutine", at(n), "bare go statement: make it Run(ctx) error in the errgroup, or list the file with its reason")
			}
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			if !ok || !slices.Contains(wallFunctions[names[pkg.Name]], n.Sel.Name) || f.room() == wallHome {
				return true
			}
			if !c.excused("wall clock", c.wallReads, f.path) {
				c.blame("wall clock", at(n), "%s.%s: the time of day comes from schedule/clock; for elapsed time list the file with its reason",
					pkg.Name, n.Sel.Name)
			}
		}
		return true
	})
}

func (c *court) excused(rule string, list []exception, path string) bool {
	ok := slices.ContainsFunc(list, func(e exception) bool { return e.file == path && e.why != "" })
	if ok {
		c.needed[rule+" "+path] = true
	}
	return ok
}

func (c *court) leftOver(rule string, list []exception) {
	for _, e := range list {
		if !c.needed[rule+" "+e.file] {
			c.blame("exception", e.file, "nothing there needs the exception from %q any more, or it states no reason", rule)
		}
	}
}

// matches says whether pkg is meant by pattern: itself, or with "/..." also all below it; "..." is everything.
func matches(pattern, pkg string) bool {
	if pattern == "..." {
		return true
	}
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == root || strings.HasPrefix(pkg, root+"/")
	}
	return pattern == pkg
}

func anyMatches(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, pkg) })
}

func only(h home) string {
	who := slices.Clone(h.only)
	if h.tests {
		who = append(who, "test files")
	}
	return "only " + strings.Join(who, ", ")
}
