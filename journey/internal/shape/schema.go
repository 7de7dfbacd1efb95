package shape

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"github.com/marque-go/marque/journey/graph"
)

type object = map[string]any

// Schema writes the JSON Schema (draft 2020-12) of a definition. sources are the Go files of package graph, whose
// comments are its descriptions.
func Schema(sources fs.FS) ([]byte, error) {
	s := &schema{defs: object{}}
	if err := s.read(sources); err != nil {
		return nil, err
	}
	root := s.object(reflect.TypeFor[graph.Def]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "journey"
	root["$defs"] = s.defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return b.Bytes(), err
}

type schema struct {
	defs  object
	words map[string]string // by "Type" and "Type.Field"
}

// read takes the comments of types and fields.
func (s *schema) read(sources fs.FS) error {
	s.words = map[string]string{}
	files, err := fs.Glob(sources, "*.go")
	if err != nil {
		return err
	}
	for _, name := range files {
		text, err := fs.ReadFile(sources, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			g, ok := decl.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, spec := range g.Specs {
				t := spec.(*ast.TypeSpec)
				s.words[t.Name.Name] = plain(g.Doc, t.Doc)
				st, ok := t.Type.(*ast.StructType)
				if !ok {
					continue
				}
				for _, f := range st.Fields.List {
					for _, n := range f.Names {
						s.words[t.Name.Name+"."+n.Name] = plain(f.Doc, f.Comment)
					}
				}
			}
		}
	}
	return nil
}

// plain is the text of the first comment that there is, each paragraph in one line.
func plain(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if g != nil {
			p := comment.Printer{TextWidth: -1}
			return strings.TrimSpace(string(p.Text(new(comment.Parser).Parse(g.Text()))))
		}
	}
	return ""
}

func (s *schema) object(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, f := range fieldsOf(t) {
		must := f.required && f.name != "next" // of which nothing may be meant
		p := s.value(f.typ, f.form, must || slices.Contains(oneOf[t], f.name))
		sf, _ := f.owner.FieldByName(f.owner.Field(f.index[len(f.index)-1]).Name)
		if w := s.words[f.owner.Name()+"."+sf.Name]; w != "" {
			p["description"] = w
		}
		properties[f.name] = p
		if must {
			required = append(required, f.name)
		}
	}
	o := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	if w := s.words[t.Name()]; w != "" {
		o["description"] = w
	}
	var one []object
	for _, name := range oneOf[t] {
		one = append(one, object{"required": []string{name}})
	}
	if one != nil {
		o["oneOf"] = one
	}
	return o
}

// value is the schema of a type; of one that must be there it is not empty.
func (s *schema) value(t reflect.Type, fm form, full bool) object {
	if x, ok := texts[t]; ok {
		return text(x, full)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.value(t.Elem(), fm, full)
	case reflect.Struct:
		if _, ok := s.defs[t.Name()]; !ok {
			s.defs[t.Name()] = nil // it is being made
			s.defs[t.Name()] = s.object(t)
		}
		return object{"$ref": "#/$defs/" + t.Name()}
	case reflect.Slice:
		o := object{"type": "array", "items": s.value(t.Elem(), form{}, true)}
		if full {
			o["minItems"] = 1
		}
		return o
	case reflect.Map:
		o := object{"type": "object", "additionalProperties": s.value(t.Elem(), form{}, false)}
		if full {
			o["minProperties"] = 1
		}
		return o
	case reflect.String:
		return text(fm, full)
	case reflect.Bool:
		if full {
			return object{"const": true}
		}
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	}
	return object{}
}

func text(fm form, full bool) object {
	switch {
	case fm.choices != nil:
		return object{"enum": fm.choices}
	case fm.pattern != "":
		return object{"type": "string", "pattern": fm.pattern, "minLength": 1}
	case full:
		return object{"type": "string", "minLength": 1}
	}
	return object{"type": "string"}
}
