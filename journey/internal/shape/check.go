package shape

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Check lists what in a JSON value does not satisfy a schema, with places. It knows the keywords that Schema writes,
// and fails on others.
func Check(schema, value []byte) ([]string, error) {
	var root object
	if err := json.Unmarshal(schema, &root); err != nil {
		return nil, err
	}
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		return nil, err
	}
	c := checker{root: root}
	c.check("", root, v)
	return c.faults, c.err
}

type checker struct {
	root   object
	faults []string
	err    error
}

func (c *checker) fault(path, format string, args ...any) {
	c.faults = append(c.faults, strings.TrimPrefix(path+": ", ".")+fmt.Sprintf(format, args...))
}

func (c *checker) check(path string, s object, v any) {
	o, isObject := v.(object)
	list, isList := v.([]any)
	text, isText := v.(string)
	for _, key := range slices.Sorted(maps.Keys(s)) {
		switch want := s[key]; key {
		case "$schema", "$defs", "title", "description", "properties":
		case "$ref":
			name := strings.TrimPrefix(want.(string), "#/$defs/")
			c.check(path, c.root["$defs"].(object)[name].(object), v)
		case "type":
			f, isNumber := v.(float64)
			_, isBool := v.(bool)
			if ok := map[string]bool{"object": isObject, "array": isList, "string": isText, "number": isNumber, "boolean": isBool,
				"integer": isNumber && f == math.Trunc(f)}[want.(string)]; !ok {
				c.fault(path, "want %s", want)
			}
		case "enum":
			if !slices.Contains(want.([]any), v) {
				c.fault(path, "want one of %v", want)
			}
		case "const":
			if v != want {
				c.fault(path, "want %v", want)
			}
		case "pattern":
			if isText && !regexp.MustCompile(want.(string)).MatchString(text) {
				c.fault(path, "want %s", want)
			}
		case "minLength":
			if isText && utf8.RuneCountInString(text) < int(want.(float64)) {
				c.fault(path, "is empty")
			}
		case "minItems":
			if isList && len(list) < int(want.(float64)) {
				c.fault(path, "there is none")
			}
		case "minProperties":
			if isObject && len(o) < int(want.(float64)) {
				c.fault(path, "there is none")
			}
		case "items":
			for i, x := range list {
				c.check(fmt.Sprintf("%s[%d]", path, i), want.(object), x)
			}
		case "required":
			for _, name := range want.([]any) {
				if _, ok := o[name.(string)]; isObject && !ok {
					c.fault(path, "want %s", name)
				}
			}
		case "oneOf":
			n := 0
			for _, sub := range want.([]any) {
				x := checker{root: c.root}
				if x.check(path, sub.(object), v); len(x.faults) == 0 {
					n++
				}
			}
			if n != 1 {
				c.fault(path, "want exactly one of %d, got %d", len(want.([]any)), n)
			}
		case "additionalProperties":
			known, _ := s["properties"].(object)
			for _, name := range slices.Sorted(maps.Keys(o)) {
				if sub, ok := known[name]; ok {
					c.check(path+"."+name, sub.(object), o[name])
				} else if want == false {
					c.fault(path, "unknown %s", name)
				} else {
					c.check(path+"."+name, want.(object), o[name])
				}
			}
		default:
			c.err = fmt.Errorf("shape: schema: keyword %q", key)
		}
	}
}
