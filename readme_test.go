package marque_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var readmes = []string{"README.md", "README.zh-CN.md"}

// blocks are the fenced blocks of a language, in their order.
func blocks(t *testing.T, file, language string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	return out
}

// declarations are the declarations of a Go file but its imports, printed without comments and empty lines. A func
// main is printed as the Example that it is.
func declarations(t *testing.T, source string) (decls []string, f *ast.File) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", source, 0)
	require.NoError(t, err)
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Name == "main" {
				d.Name.Name = "Example"
			}
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
		}
		var b bytes.Buffer
		require.NoError(t, format.Node(&b, fset, d))
		decls = append(decls, regexp.MustCompile(`\n\s*\n`).ReplaceAllString(b.String(), "\n"))
	}
	return decls, f
}

// imported are the import paths of a file.
func imported(t *testing.T, f *ast.File) (list []string) {
	t.Helper()
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		require.NoError(t, err)
		list = append(list, p)
	}
	return list
}

// used are those of the import paths that a file has a use for.
func used(f *ast.File, list []string) (out []string) {
	names := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				names[x.Name] = true
			}
		}
		return true
	})
	for _, p := range list {
		if names[path.Base(p)] {
			out = append(out, p)
		}
	}
	return out
}

// The program of the READMEs is the Example of package loop: the same declarations with what they import, and what it
// prints.
func TestReadmeProgramIsTheExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("loop", "example_test.go"))
	require.NoError(t, err)
	examples, tested := declarations(t, string(text))
	_, printed, _ := strings.Cut(string(text), "\nfunc Example() {")
	_, printed, _ = strings.Cut(printed, "\t// Output:\n")
	printed, _, _ = strings.Cut(printed, "}")
	for _, file := range readmes {
		programs := blocks(t, file, "go")
		require.Len(t, programs, 1, file)
		decls, f := declarations(t, programs[0])
		require.Equal(t, "main", f.Name.Name)
		require.Subset(t, examples, decls, file)
		require.ElementsMatch(t, used(f, imported(t, tested)), imported(t, f), file)
		require.Equal(t, []string{strings.ReplaceAll(printed, "\t// ", "")}, blocks(t, file, "text"), file)
	}
}

// What the READMEs link to is there, and each package that a host may import is linked to.
func TestReadmeLinks(t *testing.T) {
	packages := map[string]bool{}
	require.NoError(t, filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "internal" || d.Name() == "examples" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if dir := filepath.ToSlash(filepath.Dir(file)); dir != "." && strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			packages[dir] = true
		}
		return nil
	}))
	link := regexp.MustCompile(`(?:\]\(|src="|srcset="|href=")([^)"#]+)`)
	for _, file := range readmes {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		linked := map[string]bool{}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			_, err := os.Stat(filepath.FromSlash(m[1]))
			require.NoError(t, err, "%s: %s", file, m[1])
			linked[strings.TrimSuffix(m[1], "/")] = true
		}
		for dir := range packages {
			require.True(t, linked[dir], "%s does not link to %s", file, dir)
		}
	}
}

// Both READMEs show the same pictures, tables and commands.
func TestReadmesAreOne(t *testing.T) {
	shape := func(file string) (out []string) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			for _, m := range regexp.MustCompile(`src="([^"]+)"|^(#+) |^\| \[`).FindAllStringSubmatch(line, -1) {
				out = append(out, m[0])
			}
		}
		return append(append(out, blocks(t, file, "sh")...), blocks(t, file, "go")...)
	}
	require.Equal(t, shape(readmes[0]), shape(readmes[1]))
}
