package builder

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// operand makes what a field is compared with: a value of its type, an instant before the test, or another field.
func (im *importer) operand(x *rule.Node, v *element, path string, asField bool) (n rule.Node, ok bool) {
	if asField {
		return im.other(x, v, path)
	}
	if ago, given := v.given("ago"); given && len(v.keys) == 1 && (x.Type == rule.Time || x.Type == rule.Any) && !x.Moves() {
		d, ok := im.duration(ago, sub(path, "ago"), true)
		return rule.Node{Op: op.Now, Type: rule.Time, Shift: d}, ok
	}
	value, want := im.value(x.Type, v)
	if want != "" {
		im.fault(v, path, "want %s", want)
		return n, false
	}
	return rule.Node{Op: op.Const, Type: value.Type(), Value: value}, true
}

// other makes the field that a field is compared with.
func (im *importer) other(x *rule.Node, v *element, path string) (n rule.Node, ok bool) {
	if v.kind != 's' {
		im.fault(v, path, "want the name of a field")
		return n, false
	}
	y, ok := im.field(v, path, v.text, true)
	number := func(t rule.Type) bool { return t == rule.Int || t == rule.Float }
	switch {
	case !ok:
	case y.Op == op.HasTag || y.Op == op.InSegment || y.Type == rule.Strings:
		im.fault(v, path, "%s cannot be compared with", v.text)
		ok = false
	case x.Moves() && y.Moves():
		im.fault(v, path, "two values that change with every instant cannot be compared")
		ok = false
	case y.Moves() && x.Op == op.Attr && x.Name == "":
		im.fault(v, path, "a value that changes with every instant is no text")
		ok = false
	case x.Type != y.Type && x.Type != rule.Any && y.Type != rule.Any && !(number(x.Type) && number(y.Type)):
		im.fault(v, path, "%s is %s, want %s", v.text, y.Type, x.Type)
		ok = false
	}
	return y, ok
}

// value converts to a type; want is what would be right, where it cannot.
func (im *importer) value(t rule.Type, v *element) (x rule.Value, want string) {
	text := strings.TrimSpace(v.text)
	switch t {
	case rule.Bool:
		switch {
		case v.kind == 'b':
			return rule.BoolValue(v.yes), ""
		case v.kind == 's' && (text == "true" || text == "false"):
			return rule.BoolValue(text == "true"), ""
		}
		return x, "true or false"
	case rule.Int, rule.Float:
		if v.kind == 'n' || v.kind == 's' {
			if x, ok := number(text); ok {
				return x, ""
			}
		}
		return x, "a number"
	case rule.String:
		if v.kind == 's' {
			return rule.StringValue(v.text), ""
		}
		return x, "a text"
	case rule.Time:
		if v.kind == 's' {
			if x, ok := im.time(text); ok {
				return x, ""
			}
		}
		return x, "a time, as 2026-01-31 or 2026-01-31T09:00:00+08:00"
	}
	switch v.kind {
	case 'b':
		return rule.BoolValue(v.yes), ""
	case 's':
		return rule.StringValue(v.text), ""
	case 'n':
		if x, ok := number(text); ok {
			return x, ""
		}
	}
	return x, "a text, a number, true or false"
}

// number reads an integer where it is written as one, else a float.
func number(s string) (rule.Value, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return rule.IntValue(n), true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(s, "xX_") {
		return rule.Value{}, false
	}
	return rule.FloatValue(f), true
}

func (im *importer) time(s string) (rule.Value, bool) {
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, s, im.o.Zone); err == nil && at.UTC().Year() > 1 && at.UTC().Year() < 10000 {
			return rule.TimeValue(rule.At(at)), true
		}
	}
	return rule.Value{}, false
}

// duration reads a duration, longer than none or, where zero is set, not negative.
func (im *importer) duration(e *element, path string, zero bool) (marque.Duration, bool) {
	if e.kind != 's' {
		im.fault(e, path, `want a duration, as "30d"`)
		return 0, false
	}
	d, err := marque.ParseDuration(e.text)
	switch {
	case err != nil:
		im.fault(e, path, "%s", strings.TrimPrefix(err.Error(), "marque: "))
		return 0, false
	case d < 0 || d == 0 && !zero:
		im.fault(e, path, "the duration %q is not longer than none", e.text)
		return 0, false
	}
	return d, true
}

// window reads the object that the value of an event's field may be, and gives the value in it.
func (im *importer) window(h *rule.Node, v *element, path string, depth int) (*element, string) {
	if v.twice != "" {
		im.fault(v, path, "%q is given twice", v.twice)
	}
	windows := 0
	for _, key := range slices.Sorted(maps.Keys(v.keys)) {
		x := v.keys[key]
		at := sub(path, key)
		if key == "within" || key == "between" || key == "since" || key == "during" {
			windows++
		}
		switch key {
		case "value":
		case "within":
			h.Window.Long, _ = im.duration(x, at, false)
		case "between":
			im.two(&h.Window, x, at)
		case "since":
			since, want := im.value(rule.Time, x)
			if h.Window.Since = since.Instant(); want != "" {
				im.fault(x, at, "want %s", want)
			} else if h.Window.Since == 0 {
				im.fault(x, at, "1970-01-01 is no beginning: leave it out")
			}
		case "during":
			h.Window.Calendar = map[string]rule.Calendar{"today": rule.Today, "this_week": rule.ThisWeek, "this_month": rule.ThisMonth}[x.text]
			if h.Window.Calendar == 0 {
				im.fault(x, at, `want "today", "this_week" or "this_month"`)
			}
		case "where":
			im.where, im.event = true, h.Slot
			n, ok := im.group(x, at, depth+2)
			im.where = false
			if ok && n.Op != op.Bad {
				h.Args = []rule.Node{n}
			}
		default:
			im.fault(x, at, "unknown key %q%s", key, rule.Hint(key, []string{"value", "within", "between", "since", "during", "where"}))
		}
	}
	if windows > 1 {
		im.fault(v, path, "there is one window: within, between, since or during")
	}
	if x, given := v.keys["value"]; given {
		return x, sub(path, "value")
	}
	return &element{kind: '0', line: v.line, col: v.col}, sub(path, "value")
}

func (im *importer) two(w *rule.Window, x *element, path string) {
	if x.kind != '[' || len(x.list) != 2 {
		im.fault(x, path, `want two durations, as ["90d", "30d"]`)
		return
	}
	long, a := im.duration(x.list[0], sub(path, "[0]"), false)
	short, b := im.duration(x.list[1], sub(path, "[1]"), false)
	if w.Long, w.Short = long, short; a && b && short >= long {
		im.fault(x, path, `between goes from the longer to the shorter, as ["90d", "30d"]`)
	}
}
