package machine

import (
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm/runtime"
)

// What the work is measured in: so many bytes are looked at in a step, and an element of a list counts as so many.
const (
	chunk       = 256
	elementSize = 64
)

// makesList marks the loops that give a list.
const makesList = 1

// loops are the functions of expr that take a predicate.
var loops = map[string]int{
	"all": 0, "any": 0, "none": 0, "one": 0, "count": 0, "sum": 0, "find": 0, "findIndex": 0, "findLast": 0, "findLastIndex": 0,
	"reduce": 0, "filter": makesList, "map": makesList, "groupBy": makesList, "sortBy": makesList,
}

// Withheld lists the functions of expr that are not lent to rules: they read the clock or a zone, or give something else
// each time (the order of a map), or are no business of a rule.
func Withheld() []string {
	return []string{"now", "date", "duration", "timezone", "keys", "values", "toPairs", "fromPairs", "toJSON", "toBase64", "fromBase64", "type", "flatten"}
}

// Lent lists the functions that rules have of expr.
func Lent() []string {
	var names []string
	withheld := Withheld()
	for _, f := range builtin.Builtins {
		if !slices.Contains(withheld, f.Name) {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// function is what a program calls under a name.
func (m *machine) function(name string) any {
	switch "\x00" + name {
	case callStep:
		return func(args ...any) any {
			m.spend(args[0].(int))
			return args[1]
		}
	case callList:
		return func(args ...any) any { return m.made(args[0]) }
	case callAdd:
		return func(args ...any) any {
			a, ok := args[0].(string)
			b, both := args[1].(string)
			if ok && both {
				m.need(len(a) + len(b))
			}
			return m.made(runtime.Add(args[0], args[1]))
		}
	case callRange:
		return func(args ...any) any {
			from, to := runtime.ToInt(args[0]), runtime.ToInt(args[1])
			if from <= to {
				if span := uint(to) - uint(from); span >= uint(m.room/8) {
					panic(errTooMuch)
				}
			}
			return m.made(runtime.MakeRange(from, to))
		}
	case callEqual:
		return func(args ...any) any {
			m.look(args)
			return runtime.Equal(args[0], args[1])
		}
	case callIn:
		return func(args ...any) any {
			m.look(args)
			return runtime.In(args[0], args[1])
		}
	}
	f := builtin.Builtins[builtin.Index[name]]
	switch name {
	case "len", "first", "last", "get": // they take no time, and give what is there
		return func(args ...any) any { return invoke(f, args) }
	}
	return func(args ...any) any {
		m.look(args)
		if v := reflect.ValueOf(args[0]); name == "uniq" && v.Kind() == reflect.Slice {
			m.take(v.Len() * v.Len() / 8) // it compares each with each
		}
		m.need(result(name, args))
		return m.made(invoke(f, args))
	}
}

func invoke(f *builtin.Function, args []any) any {
	var out any
	var err error
	switch {
	case f.Fast != nil:
		return f.Fast(args[0])
	case f.Safe != nil:
		out, _, err = f.Safe(args...)
	default:
		out, err = f.Func(args...)
	}
	if err != nil {
		panic(err)
	}
	return out
}

// look takes the work of looking at everything in the arguments.
func (m *machine) look(args []any) {
	bytes := 0
	for _, a := range args {
		b, _ := weigh(a, m.Memory)
		if bytes += b; bytes > m.Memory {
			panic(errTooMuch)
		}
	}
	m.take(bytes / chunk)
}

// result bounds what a function may make that is much larger than its arguments.
func result(name string, args []any) int {
	text := func(i int) string {
		if i < len(args) {
			s, _ := args[i].(string)
			return s
		}
		return ""
	}
	switch name {
	case "repeat":
		if n := runtime.ToInt(args[1]); n > 0 && len(text(0)) > 0 {
			if n > math.MaxInt32 {
				return math.MaxInt
			}
			return n * len(text(0))
		}
	case "replace":
		times := strings.Count(text(0), text(1))
		return len(text(0)) + times*len(text(2))
	case "join":
		if v := reflect.ValueOf(args[0]); v.Kind() == reflect.Slice {
			return v.Len() * len(text(1)) // beside what there is
		}
	case "split", "splitAfter":
		return elementSize * strings.Count(text(0), text(1))
	case "fromJSON":
		return elementSize / 2 * len(text(0))
	}
	return 0
}

// weigh gives the bytes of a value with everything in it, as far as bound, and of the longest text among them.
func weigh(x any, bound int) (bytes, longest int) {
	add := func(e any) bool {
		b, l := weigh(e, bound-bytes)
		bytes, longest = bytes+elementSize+b, max(longest, l)
		return bytes <= bound
	}
	switch x := x.(type) {
	case nil, bool, int, float64:
		return 0, 0
	case string:
		return len(x), len(x)
	case []int:
		return len(x) * 8, 0
	case []string:
		for _, s := range x {
			bytes, longest = bytes+elementSize+len(s), max(longest, len(s))
		}
		return bytes, longest
	case []any:
		for _, e := range x {
			if !add(e) {
				break
			}
		}
		return bytes, longest
	}
	switch v := reflect.ValueOf(x); v.Kind() {
	case reflect.Slice:
		for i := 0; i < v.Len() && add(v.Index(i).Interface()); i++ {
		}
	case reflect.Map:
		for i := v.MapRange(); i.Next() && add(i.Key().Interface()) && add(i.Value().Interface()); {
		}
	}
	return bytes, longest
}
