package rule

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque"
)

// Instant is a point in time in microseconds since 1970-01-01 UTC. Zero is "not set".
type Instant int64

// Never is later than every instant.
const Never = Instant(math.MaxInt64)

// At is the instant of t, cut to the microsecond. The zero time is the zero instant.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMicro())
}

// Time is the instant as a time in UTC. Zero and Never are the zero time.
func (i Instant) Time() time.Time {
	if i == 0 || i == Never {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).UTC()
}

// Type is the type of an attribute, a property or an expression.
type Type uint8

// The types.
const (
	Any     Type = iota // decided at run time
	Bool                // true or false
	Int                 // 64-bit integer
	Float               // 64-bit float
	String              // text
	Time                // instant
	Strings             // a set of texts
)

var typeNames = [...]string{"any", "bool", "int", "float", "string", "time", "strings"}

// String writes "int", "string", …; "type(9)" for a type that there is not.
func (t Type) String() string {
	if int(t) >= len(typeNames) {
		return fmt.Sprintf("type(%d)", uint8(t))
	}
	return typeNames[t]
}

// MarshalText writes "int", "string", …
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (t *Type) UnmarshalText(b []byte) error {
	for i, n := range typeNames {
		if n == string(b) {
			*t = Type(i)
			return nil
		}
	}
	return fmt.Errorf("rule: type %q: want one of %s", b, strings.Join(typeNames[:], ", "))
}

// Value is one typed value in 32 bytes. The zero Value is missing: a comparison with it is unknown.
type Value struct {
	s string
	n uint64
	t Type
	k bool // known
}

// BoolValue holds true or false.
func BoolValue(b bool) Value {
	v := Value{t: Bool, k: true}
	if b {
		v.n = 1
	}
	return v
}

// IntValue holds an integer.
func IntValue(n int64) Value { return Value{t: Int, k: true, n: uint64(n)} }

// StringValue holds a text, also the empty one.
func StringValue(s string) Value { return Value{t: String, k: true, s: s} }

// TimeValue holds an instant, of which zero is 1970-01-01 and not "not set".
func TimeValue(i Instant) Value { return Value{t: Time, k: true, n: uint64(i)} }

// FloatValue holds a number. NaN is missing, since nothing can be said of it.
func FloatValue(f float64) Value {
	if math.IsNaN(f) {
		return Value{}
	}
	return Value{t: Float, k: true, n: math.Float64bits(f)}
}

// StringsValue holds a set of texts, none of which may contain a NUL byte.
func StringsValue(ss ...string) Value {
	return Value{t: Strings, k: true, s: strings.Join(ss, "\x00"), n: uint64(len(ss))}
}

// Known reports whether there is a value.
func (v Value) Known() bool { return v.k }

// Bits is the bits of a number or an instant, 1 of true, and how many of a set of texts: for back ends.
func (v Value) Bits() uint64 { return v.n }

// Type is the type of a known value.
func (v Value) Type() Type { return v.t }

// Bool is the truth, false where v is of another type or missing.
func (v Value) Bool() bool { return v.t == Bool && v.n == 1 }

// Text is the text, empty where v is of another type or missing.
func (v Value) Text() string {
	if v.t != String {
		return ""
	}
	return v.s
}

// Instant is the instant, zero where v is of another type or missing.
func (v Value) Instant() Instant {
	if v.t != Time {
		return 0
	}
	return Instant(v.n)
}

// time is the instant of a known time. Unlike a bare Instant, a value of zero is 1970 and not none.
func (v Value) time() time.Time { return time.UnixMicro(int64(v.n)).UTC() }

// Int is the integer, or the float cut towards zero, 0 where v is no number.
func (v Value) Int() int64 {
	switch v.t {
	case Int:
		return int64(v.n)
	case Float:
		return int64(math.Float64frombits(v.n))
	}
	return 0
}

// Float is the float, or the integer as a float, 0 where v is no number.
func (v Value) Float() float64 {
	switch v.t {
	case Int:
		return float64(int64(v.n))
	case Float:
		return math.Float64frombits(v.n)
	}
	return 0
}

// Each yields the members of a set of texts without allocating.
func (v Value) Each(yield func(string) bool) {
	if v.t != Strings || v.n == 0 {
		return
	}
	rest := v.s
	for {
		head, tail, more := strings.Cut(rest, "\x00")
		if !yield(head) || !more {
			return
		}
		rest = tail
	}
}

// Of makes a value of what a property may hold. ok is false for a type that no value has; nil and the zero time
// are missing.
func Of(x any) (v Value, ok bool) {
	switch x := x.(type) {
	case nil:
		return Value{}, true
	case Value:
		return x, true
	case bool:
		return BoolValue(x), true
	case int:
		return IntValue(int64(x)), true
	case int64:
		return IntValue(x), true
	case int32:
		return IntValue(int64(x)), true
	case float64:
		return FloatValue(x), true
	case float32:
		return FloatValue(float64(x)), true
	case string:
		return StringValue(x), true
	case time.Time:
		if x.IsZero() {
			return Value{}, true
		}
		return TimeValue(At(x)), true
	case marque.Money:
		return IntValue(int64(x)), true
	case Instant:
		return TimeValue(x), true
	case []string:
		return StringsValue(x...), true
	case []any:
		ss := make([]string, len(x))
		for i, e := range x {
			if ss[i], ok = e.(string); !ok {
				return Value{}, false
			}
		}
		return StringsValue(ss...), true
	case interface{ Int64() (int64, error) }: // json.Number
		if n, err := x.Int64(); err == nil {
			return IntValue(n), true
		}
		if f, err := strconv.ParseFloat(fmt.Sprint(x), 64); err == nil {
			return FloatValue(f), true
		}
	}
	return Value{}, false
}

// As converts v to the type t where that loses nothing (an integral float to an int, an RFC 3339 text to a
// time, any number to a float). ok is false where it does not fit, as the zero time in a text does not; missing
// fits everywhere.
func (v Value) As(t Type) (w Value, ok bool) {
	if !v.k || t == Any || v.t == t {
		return v, true
	}
	switch {
	case t == Float && v.t == Int:
		return FloatValue(v.Float()), true
	case t == Int && v.t == Float:
		f := v.Float()
		if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return IntValue(int64(f)), true
		}
	case t == Time && v.t == String:
		for _, layout := range [...]string{time.RFC3339Nano, time.DateOnly} {
			if at, err := time.Parse(layout, v.s); err == nil && !at.IsZero() {
				return TimeValue(At(at)), true
			}
		}
	case t == Strings && v.t == String:
		return StringsValue(v.s), true
	}
	return Value{}, false
}

// Any is the value as a Go value: nil, bool, int64, float64, string, time.Time or []string.
func (v Value) Any() any {
	if !v.k {
		return nil
	}
	switch v.t {
	case Bool:
		return v.Bool()
	case Int:
		return v.Int()
	case Float:
		return v.Float()
	case String:
		return v.s
	case Time:
		return v.time()
	case Strings:
		ss := make([]string, 0, v.n)
		for s := range v.Each {
			ss = append(ss, s)
		}
		return ss
	}
	return nil
}

// String writes the value for people: texts in quotes, times in RFC 3339, "missing" for none.
func (v Value) String() string {
	if !v.k {
		return "missing"
	}
	switch v.t {
	case String:
		return strconv.Quote(v.s)
	case Time:
		return v.time().Format(time.RFC3339Nano)
	case Strings:
		return fmt.Sprintf("%q", v.Any())
	}
	return fmt.Sprint(v.Any())
}
