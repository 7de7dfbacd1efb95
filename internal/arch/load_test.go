package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A house is a module's packages by their paths within it; the root's is "".
type house struct {
	module   string
	packages map[string]*room
}

// A room is a package without its tests.
type room struct {
	name     string
	imports  map[string]string // path to where it is imported
	exported []string          // names of the package, without methods and fields
	lines    int
	clock    []string // where the wall clock is read
	inits    []string // where a func init is
}

// load reads the module in a folder.
func load(dir string) (*house, error) {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, err
	}
	h := &house{packages: map[string]*room{}}
	for line := range strings.Lines(string(mod)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			h.module = strings.TrimSpace(name)
		}
	}
	err = filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := e.Name()
		if e.IsDir() {
			if file == dir {
				return nil
			}
			if name == "testdata" || name == "vendor" || name[0] == '.' || name[0] == '_' {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(file, "go.mod")); err == nil {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || name[0] == '.' || name[0] == '_' {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		return h.add(filepath.ToSlash(rel), text)
	})
	return h, err
}

// add reads a file, given by its path within the module.
func (h *house) add(file string, text []byte) error {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	at := func(n ast.Node) string {
		p := fset.Position(n.Pos())
		return fmt.Sprintf("%s:%d", p.Filename, p.Line)
	}
	dir := path.Dir(file)
	if dir == "." {
		dir = ""
	}
	r := h.packages[dir]
	if r == nil {
		r = &room{name: f.Name.Name, imports: map[string]string{}}
		h.packages[dir] = r
	}
	r.lines += bytes.Count(text, []byte("\n"))
	clock := ""
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return err
		}
		if _, ok := r.imports[p]; !ok {
			r.imports[p] = at(i)
		}
		if p == "time" {
			clock = "time"
			if i.Name != nil {
				clock = i.Name.Name
			}
		}
	}
	for _, d := range f.Decls {
		r.exported = append(r.exported, exported(d)...)
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			r.inits = append(r.inits, at(fn))
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == clock && slices.Contains(clockFuncs, sel.Sel.Name) {
			r.clock = append(r.clock, at(call)+": time."+sel.Sel.Name)
		}
		return true
	})
	return nil
}

// clockFuncs read the wall clock or wait for it. A timer of a runner is none of them: it waits as long as its caller
// said. time.Now as a value, the default of an option, is no call.
var clockFuncs = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick"}

// exported are the names that a declaration adds to its package.
func exported(d ast.Decl) (names []string) {
	add := func(ids ...*ast.Ident) {
		for _, id := range ids {
			if id.IsExported() {
				names = append(names, id.Name)
			}
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			add(d.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				add(s.Name)
			case *ast.ValueSpec:
				add(s.Names...)
			}
		}
	}
	return names
}
