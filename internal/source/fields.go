package source

import (
	"reflect"
	"strings"
)

// A structField is a field as encoding/json sees it.
type structField struct {
	name   string
	index  []int
	tagged bool
	quoted bool // the option "string"
}

// of is the field in v; embedded pointers on the way are made.
func (f *structField) of(v reflect.Value) reflect.Value {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

func lookup(fields []structField, name string) *structField {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

func names(fields []structField) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.name
	}
	return list
}

// fieldsOf lists the fields of a struct, those of embedded structs among them. Of several with one name the least
// deep wins, then a tagged one; where that leaves two there is none.
func (c *decoder) fieldsOf(t reflect.Type) []structField {
	if fs, ok := c.types[t]; ok {
		return fs
	}
	type embedded struct {
		t     reflect.Type
		index []int
	}
	var all []structField
	taken := map[string]bool{}
	seen := map[reflect.Type]bool{t: true}
	for level := []embedded{{t: t}}; len(level) > 0; {
		var next []embedded
		var found []structField
		for _, e := range level {
			for i := range e.t.NumField() {
				sf := e.t.Field(i)
				index := append(append([]int(nil), e.index...), i)
				tag := sf.Tag.Get("json")
				if tag == "-" {
					continue
				}
				name, options, _ := strings.Cut(tag, ",")
				if inner := structOf(sf); inner != nil && name == "" {
					if !seen[inner] {
						next = append(next, embedded{inner, index})
					}
					continue
				}
				if !sf.IsExported() {
					continue
				}
				f := structField{name: name, index: index, tagged: name != "", quoted: has(options, "string")}
				if name == "" {
					f.name = sf.Name
				}
				found = append(found, f)
			}
		}
		all = append(all, dominant(found, taken)...)
		for _, e := range next {
			seen[e.t] = true
		}
		level = next
	}
	c.types[t] = all
	return all
}

// structOf is the struct that a field embeds and whose fields can be set, or nil.
func structOf(sf reflect.StructField) reflect.Type {
	t := sf.Type
	if !sf.Anonymous {
		return nil
	}
	if t.Kind() == reflect.Pointer {
		if !sf.IsExported() {
			return nil
		}
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// dominant keeps of one depth what is the only one of its name, or the only tagged one.
func dominant(found []structField, taken map[string]bool) []structField {
	var kept []structField
	for _, f := range found {
		same, tagged := 0, 0
		for _, g := range found {
			if g.name == f.name {
				same++
				if g.tagged {
					tagged++
				}
			}
		}
		if !taken[f.name] && (same == 1 || f.tagged && tagged == 1) {
			kept = append(kept, f)
		}
	}
	for _, f := range found {
		taken[f.name] = true
	}
	return kept
}

func has(options, option string) bool {
	for o := range strings.SplitSeq(options, ",") {
		if o == option {
			return true
		}
	}
	return false
}
