package source

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Decode fills what v points to with the value at path ("" is the whole document) and reports every fault in it:
// fields that v does not have, keys given twice, values of a wrong type, what an UnmarshalText or UnmarshalJSON
// refuses. What can be filled is filled even so. The rules are those of encoding/json but for names, which must
// be exact, and whole numbers in an any, which must fit a float64. A type with an UnmarshalJSON gets the value as
// JSON, and has to refuse unknown fields itself. A path that leads to nothing is a marque.ErrNotFound.
func (d *Document) Decode(path string, v any) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("source: decode into %T: want a pointer", v)
	}
	at, whole := d.find(path)
	if !whole {
		return d.errorAt(path, marque.ErrNotFound)
	}
	c := &decoder{doc: d, left: maxValues, types: map[reflect.Type][]structField{}}
	if at.fault != "" {
		c.fault(key{line: at.line, col: at.col, value: at.value}, path, "%s", at.fault)
	}
	c.value(at, path, p.Elem())
	return joined(c.errs)
}

type decoder struct {
	doc   *Document
	errs  []error
	left  int // values that may still be read
	depth int
	types map[reflect.Type][]structField
}

var (
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
	timeType = reflect.TypeFor[time.Time]()
)

func (c *decoder) fault(at key, path, format string, args ...any) {
	line, col := at.place()
	c.add(&Error{File: c.doc.file, Line: line, Col: col, Path: path, Err: fmt.Errorf(format, args...)})
}

// add notes a fault; behind maxFaults nothing is read any more.
func (c *decoder) add(e *Error) {
	if len(c.errs) == maxFaults {
		return
	}
	c.errs = append(c.errs, e)
	if len(c.errs) == maxFaults {
		c.left = 0
		e.Err = fmt.Errorf("%w (after %d faults the rest is not read)", e.Err, maxFaults)
	}
}

// enter counts a value, and is false where it cannot be used.
func (c *decoder) enter(at key, path string) bool {
	if at.value.fault != "" {
		c.fault(at, path, "%s", at.value.fault)
		return false
	}
	if c.left--; c.left == 0 {
		c.fault(at, path, "more than %d values, with what aliases repeat", maxValues)
	}
	if c.depth > maxDepth {
		c.fault(at, path, "nested more than %d deep, with what aliases repeat", maxDepth)
		c.left = 0
	}
	return c.left > 0
}

func (c *decoder) value(at key, path string, v reflect.Value) {
	n := at.value
	c.depth++
	defer func() { c.depth-- }()
	if !c.enter(at, path) {
		return
	}
	for v.Kind() == reflect.Pointer {
		if n.kind == null {
			v.SetZero()
			return
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if v.Type() == timeType {
		c.time(at, path, v)
		return
	}
	if u, ok := v.Addr().Interface().(json.Unmarshaler); ok {
		c.unmarshal(at, path, u)
		return
	}
	if n.kind == null {
		switch v.Kind() {
		case reflect.Interface, reflect.Map, reflect.Slice:
			v.SetZero()
		}
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if n.kind != text {
			c.want(at, path, "a text")
		} else if err := u.UnmarshalText([]byte(n.text)); err != nil {
			c.refused(at, path, err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		c.fields(at, path, v)
	case reflect.Map:
		c.entries(at, path, v)
	case reflect.Slice, reflect.Array:
		c.items(at, path, v)
	case reflect.Interface:
		if v.NumMethod() > 0 {
			c.fault(at, path, "a field of type %v cannot be read", v.Type())
		} else if x := c.any(at, path); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	default:
		c.scalar(at, path, v)
	}
}

func (c *decoder) want(at key, path, what string) {
	hint := ""
	if at.value.kind == text {
		hint = wide(at.value.text)
	}
	c.fault(at, path, "want %s, found %s%s", what, at.value.describe(), hint)
}

// refused reports what a type has against its value. Faults with paths keep them behind path.
func (c *decoder) refused(at key, path string, err error) {
	walk(path, err, func(where string, err error) {
		if where == path {
			c.fault(at, path, "%w", err)
		} else {
			c.add(c.doc.errorAt(where, err))
		}
	})
}

func (c *decoder) items(at key, path string, v reflect.Value) {
	n := at.value
	if n.kind == text && v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		b, err := base64.StdEncoding.DecodeString(n.text)
		if err != nil {
			c.want(at, path, "base64")
			return
		}
		v.SetBytes(b)
		return
	}
	if n.kind != list {
		c.want(at, path, "a list")
		return
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	} else if len(n.items) > v.Len() {
		c.fault(at, path, "want at most %d items, found %d", v.Len(), len(n.items))
		return
	}
	for i, item := range n.items {
		if c.left <= 0 {
			return
		}
		c.value(key{value: item}, index(path, i), v.Index(i))
	}
}

func (c *decoder) entries(at key, path string, v reflect.Value) {
	t := v.Type()
	if at.value.kind != mapping {
		c.want(at, path, "a mapping")
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMapWithSize(t, len(at.value.keys)))
	}
	for _, k := range at.value.keys {
		if c.left <= 0 {
			return
		}
		where := field(path, k.name)
		name := reflect.New(t.Key()).Elem()
		fault := k.fault
		if fault == "" {
			fault = mapKey(k.name, name)
		}
		if fault != "" {
			c.fault(key{value: &node{line: k.line, col: k.col}}, where, "%s", fault)
			continue
		}
		elem := reflect.New(t.Elem()).Elem()
		c.value(k, where, elem)
		v.SetMapIndex(name, elem)
	}
}

func (c *decoder) fields(at key, path string, v reflect.Value) {
	if at.value.kind != mapping {
		c.want(at, path, "a mapping")
		return
	}
	fields := c.fieldsOf(v.Type())
	for _, k := range at.value.keys {
		if c.left <= 0 {
			return
		}
		where := field(path, k.name)
		here := key{value: &node{line: k.line, col: k.col}}
		if k.fault != "" {
			c.fault(here, where, "%s", k.fault)
			continue
		}
		f := lookup(fields, k.name)
		if f == nil {
			c.fault(here, where, "unknown field %s%s%s", quote(k.name), rule.Hint(k.name, names(fields)), wide(k.name))
			continue
		}
		target := f.of(v)
		if f.quoted && k.value.kind == text {
			k.value = unquoted(k.value)
		}
		c.value(k, where, target)
	}
}
