package text

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	plain "text/template"
	"text/template/parse"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// ErrGuard says that the guard refused a text.
var ErrGuard = errors.New("text: refused by the guard")

// Unsubscribe stands where the function unsubscribe was used, until a channel replaces it by its link.
const Unsubscribe = "https://unsubscribe.invalid/"

// maxText is how long a text may get, in bytes.
const maxText = 1 << 20

// A Source is what is compiled. Empty parts are left out.
type Source struct {
	Subject, Text, HTML string
	// Missing says what stands for each name where the person has no value of it.
	Missing map[string]string
}

// Parts are the texts for one person.
type Parts struct{ Subject, Text, HTML string }

// A Guard refuses a text by an error. It must be pure.
type Guard func(text string) error

// A Template is a compiled Source.
type Template struct {
	parts   []part
	fields  []rule.Field
	missing map[string]string
	guard   Guard
}

// part is one of subject, text and html.
type part struct {
	name string
	t    interface {
		Execute(w io.Writer, data any) error
	}
	root []*parse.Tree
}

// Compile checks a source and lists every fault, with paths "subject", "text", "html" and "missing.NAME". Fields are the
// names that it may use. guard, which may be nil, sees all literal text and later each whole text.
func Compile(src Source, fields []rule.Field, guard Guard) (*Template, error) {
	t := &Template{missing: src.Missing, guard: guard}
	var f marque.Faults
	for _, p := range []struct{ name, source string }{{"subject", src.Subject}, {"text", src.Text}, {"html", src.HTML}} {
		if p.source == "" {
			continue
		}
		if part, err := newPart(p.name, p.source); err != nil {
			f.Wrap(p.name, place(err))
		} else {
			t.parts = append(t.parts, part)
		}
	}
	if strings.ContainsAny(src.Subject, "\r\n") {
		f.Add("subject", "has more than one line")
	}
	used := map[string]*use{}
	for _, p := range t.parts {
		for _, tree := range p.root {
			u := uses{part: p.name, inner: p.handed(tree), text: tree, names: used, faults: &f, guard: t.refuses}
			u.node(tree.Root)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		at := slices.IndexFunc(fields, func(x rule.Field) bool { return x.Name == name })
		if at < 0 {
			f.Add(used[name].part, "line %d: no attribute and no variable %q%s", used[name].line, name, rule.Hint(name, names(fields)))
			continue
		}
		t.fields = append(t.fields, fields[at])
		if used[name].all && fields[at].Type != rule.Strings {
			f.Add(used[name].part, "line %d: range goes over a set of texts, and %q is %v", used[name].line, name, fields[at].Type)
		}
		if _, ok := src.Missing[name]; !ok && used[name].bare {
			f.Add("missing", "says nothing of %[1]q, which not everybody has: write missing: {%[1]s: %[2]q}, or {{default %[2]q .%[1]s}} in the text", name, "…")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(src.Missing)) {
		if used[name] == nil {
			f.Add("missing."+name, "no text uses it")
		} else if err := t.refuses(src.Missing[name]); err != nil {
			f.Wrap("missing."+name, err)
		}
	}
	if f.Err() == nil {
		t.try(&f)
	}
	return t, f.Err()
}

func newPart(name, source string) (part, error) {
	p := part{name: name}
	if name == "html" {
		t, err := template.New(name).Option("missingkey=error").Funcs(functions).Parse(source)
		if err != nil {
			return p, err
		}
		p.t = t
		for _, x := range t.Templates() {
			p.root = append(p.root, x.Tree)
		}
	} else {
		t, err := plain.New(name).Option("missingkey=error").Funcs(functions).Parse(source)
		if err != nil {
			return p, err
		}
		p.t = t
		for _, x := range t.Templates() {
			p.root = append(p.root, x.Tree)
		}
	}
	p.root = slices.DeleteFunc(p.root, func(t *parse.Tree) bool { return t == nil || t.Root == nil })
	slices.SortFunc(p.root, func(a, b *parse.Tree) int { return strings.Compare(a.Name, b.Name) })
	for i, tree := range p.root { // html/template changes the trees when it first writes
		p.root[i] = tree.Copy()
	}
	return p, nil
}

// handed reports whether the tree is a template of its own that is only handed values, and never all of them.
func (p *part) handed(tree *parse.Tree) bool {
	all := fmt.Sprintf("{{template %q .}}", tree.Name)
	return tree.Name != p.name && !slices.ContainsFunc(p.root, func(x *parse.Tree) bool { return strings.Contains(x.Root.String(), all) })
}

func names(fields []rule.Field) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Name
	}
	return all
}

// Reads lists the names that the texts use, sorted, with their types.
func (t *Template) Reads() []rule.Field { return t.fields }

// Write writes the texts for a person. value gives each name its value, the zero Value where there is none; loc is the
// person's zone. It is an error where a function is given what it does not take, "%d" included, where a text is longer than 1 MiB, and,
// as ErrGuard, where the guard refuses a text.
func (t *Template) Write(value func(name string) rule.Value, loc *time.Location) (Parts, error) {
	data := make(map[string]any, len(t.fields))
	for _, x := range t.fields {
		v, ok := value(x.Name).As(x.Type) // a variable that went through JSON is a float, or a text for a time
		if data[x.Name] = t.instead(x); ok && !blank(v) {
			data[x.Name] = show(v, loc)
		}
	}
	return t.write(data)
}

func (t *Template) write(data map[string]any) (Parts, error) {
	var parts Parts
	for _, p := range t.parts {
		var b bounded
		if err := p.t.Execute(&b, data); err != nil {
			return Parts{}, &marque.FieldError{Path: p.name, Err: place(err)}
		}
		s := b.String()
		if (strings.Contains(s, "%!") || strings.Contains(s, "no value")) && misfit.MatchString(s) {
			return Parts{}, &marque.FieldError{Path: p.name, Err: fmt.Errorf("a value does not fit where it is written: %q", misfit.FindString(s))}
		}
		if err := t.refuses(s); err != nil {
			return Parts{}, &marque.FieldError{Path: p.name, Err: err}
		}
		switch p.name {
		case "subject":
			parts.Subject = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' }), " ")
		case "text":
			parts.Text = s
		case "html":
			parts.HTML = s
		}
	}
	return parts, nil
}

// misfit is what the template packages write in place of an error.
var misfit = regexp.MustCompile(`%!([a-zA-Z]\(|\((EXTRA|NOVERB|BAD))|<no value>|&lt;no value&gt;`)

// refuses asks the guard. A panic in it is a refusal.
func (t *Template) refuses(s string) (err error) {
	if t.guard == nil || s == "" {
		return nil
	}
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("%w: panic: %v", ErrGuard, x)
		}
	}()
	if err := t.guard(s); err != nil {
		return fmt.Errorf("%w: %w", ErrGuard, err)
	}
	return nil
}

// bounded is a text that does not grow for ever.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxText {
		return 0, errors.New("the text is longer than 1 MiB")
	}
	return b.Builder.Write(p)
}

// place turns an error of the template packages into one with the line: "line 3: …".
func place(err error) error {
	_, rest, _ := strings.Cut(err.Error(), "template: ")
	if rest == "" {
		_, rest, _ = strings.Cut(err.Error(), "html/template:")
	}
	if _, behind, ok := strings.Cut(rest, ":"); ok {
		if line, what, ok := strings.Cut(behind, ":"); ok && line != "" && strings.Trim(line, "0123456789") == "" {
			if col, more, ok := strings.Cut(what, ":"); ok && col != "" && strings.Trim(col, "0123456789") == "" {
				what = more
			}
			return fmt.Errorf("line %s: %s", line, strings.TrimSpace(what))
		}
	}
	return err
}
