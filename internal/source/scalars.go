package source

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

func (c *decoder) time(at key, path string, v reflect.Value) {
	if at.value.kind == null {
		return
	}
	t, err := time.Parse(time.RFC3339Nano, at.value.text)
	if at.value.kind != text || err != nil {
		c.want(at, path, "an instant such as 2026-01-31T09:30:00+08:00")
		return
	}
	v.Set(reflect.ValueOf(t))
}

func (c *decoder) scalar(at key, path string, v reflect.Value) {
	n := at.value
	switch v.Kind() {
	case reflect.Bool:
		if n.kind != boolean {
			c.want(at, path, wanted(v.Type()))
			return
		}
		v.SetBool(n.text == "true")
	case reflect.String:
		if n.kind != text {
			c.want(at, path, wanted(v.Type()))
			return
		}
		v.SetString(n.text)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(n.text, 10, 64)
		if n.kind != number || err != nil || v.OverflowInt(i) {
			c.want(at, path, wanted(v.Type()))
			return
		}
		v.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		u, err := strconv.ParseUint(n.text, 10, 64)
		if n.kind != number || err != nil || v.OverflowUint(u) {
			c.want(at, path, wanted(v.Type()))
			return
		}
		v.SetUint(u)
	case reflect.Float32, reflect.Float64:
		f, err := strconv.ParseFloat(n.text, v.Type().Bits())
		if n.kind != number || err != nil {
			c.want(at, path, wanted(v.Type()))
			return
		}
		v.SetFloat(f)
	default:
		c.fault(at, path, "a field of type %v cannot be read", v.Type())
	}
}

// wanted says what a type is filled from, for people.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a mapping"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number of " + strconv.Itoa(t.Bits()) + " bits"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return "a whole number of " + strconv.Itoa(t.Bits()) + " bits, not negative"
	}
	return t.String()
}

// mapKey fills the key of a map by the rules of encoding/json.
func mapKey(name string, v reflect.Value) (fault string) {
	switch {
	case v.Kind() == reflect.String && !reflect.PointerTo(v.Type()).Implements(textType):
		v.SetString(name)
		return ""
	case reflect.PointerTo(v.Type()).Implements(textType):
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(name)); err != nil {
			return err.Error()
		}
		return ""
	case v.CanInt():
		i, err := strconv.ParseInt(name, 10, 64)
		if err != nil || v.OverflowInt(i) {
			return "want a whole number as key, found " + quote(name)
		}
		v.SetInt(i)
		return ""
	case v.CanUint():
		u, err := strconv.ParseUint(name, 10, 64)
		if err != nil || v.OverflowUint(u) {
			return "want a whole number as key, found " + quote(name)
		}
		v.SetUint(u)
		return ""
	}
	return fmt.Sprintf("a map with keys of type %v cannot be read", v.Type())
}

// unquoted is the value that a text holds, for the option "string" of a json tag.
func unquoted(n *node) *node {
	inner := *n
	switch {
	case n.text == "true" || n.text == "false":
		inner.kind = boolean
	case jsonNumber.MatchString(n.text):
		inner.kind = number
	case strings.HasPrefix(n.text, `"`):
		var s string
		if json.Unmarshal([]byte(n.text), &s) == nil {
			inner.text = s
		}
	}
	return &inner
}

// any is the value as encoding/json gives it to an any.
func (c *decoder) any(at key, path string) any {
	n := at.value
	switch n.kind {
	case boolean:
		return n.text == "true"
	case text:
		return n.text
	case number:
		f, err := strconv.ParseFloat(n.text, 64)
		whole := !strings.ContainsAny(n.text, ".eE")
		if err != nil || whole && strconv.FormatFloat(f, 'f', 0, 64) != n.text {
			c.fault(at, path, "%s does not fit a float64: write it in quotes", clip(n.text))
			return nil
		}
		return f
	case list:
		s := []any{}
		v := reflect.ValueOf(&s).Elem()
		c.items(at, path, v)
		return s
	case mapping:
		m := map[string]any{}
		c.entries(at, path, reflect.ValueOf(m))
		return m
	}
	return nil
}
