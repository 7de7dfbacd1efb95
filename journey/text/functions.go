package text

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// functions are what templates have beside the built in.
var functions = map[string]any{
	"money": func(currency, amount any) (any, error) {
		switch x := amount.(type) {
		case substitute:
			return x, nil
		case int64:
			return marque.Money(x).Format(fmt.Sprint(currency)), nil
		case int: // a number in the template
			return marque.Money(x).Format(fmt.Sprint(currency)), nil
		}
		return nil, fmt.Errorf("money wants minor units, a whole number, not %s", kind(amount))
	},
	"date": func(layout string, at any) (any, error) {
		switch x := at.(type) {
		case substitute:
			return x, nil
		case moment:
			return x.Format(layout), nil
		}
		return nil, fmt.Errorf("date wants a time, not %s", kind(at))
	},
	"upper": change(strings.ToUpper),
	"lower": change(strings.ToLower),
	"trim":  change(strings.TrimSpace),
	"default": func(instead, x any) any {
		if x == nil || x == "" || x == substitute("") {
			return instead
		}
		return x
	},
	"unsubscribe": func() string { return Unsubscribe },
}

func change(f func(string) string) func(any) (any, error) {
	return func(x any) (any, error) {
		switch x := x.(type) {
		case string:
			return f(x), nil
		case substitute:
			return x, nil
		}
		return nil, fmt.Errorf("wants a text, not %s", kind(x))
	}
}

// substitute is what stands for a missing value.
type substitute string

// instead is what stands for a name: a text, of a set of texts a set.
func (t *Template) instead(x rule.Field) any {
	s := t.missing[x.Name]
	switch {
	case x.Type != rule.Strings:
		return substitute(s)
	case s == "":
		return []string{}
	}
	return []string{s}
}

// moment is an instant in the zone of the person.
type moment struct{ time.Time }

// String is the time as it is written without date.
func (m moment) String() string { return m.Format("2006-01-02 15:04") }

func blank(v rule.Value) bool {
	return !v.Known() || v.Type() == rule.String && v.Text() == "" || v.Type() == rule.Strings && v.Bits() == 0
}

// show is a known value as templates see it.
func show(v rule.Value, loc *time.Location) any {
	x := v.Any()
	at, ok := x.(time.Time)
	if !ok {
		return x
	}
	if loc == nil || at.Equal(at.Truncate(24*time.Hour)) {
		return moment{at}
	}
	return moment{at.In(loc)}
}

func kind(x any) string {
	switch x.(type) {
	case int, int64:
		return "a whole number"
	case float64:
		return "a number with a fraction"
	case bool:
		return "true or false"
	case moment:
		return "a time"
	case string, substitute:
		return "a text"
	case []string:
		return "a set of texts"
	}
	return fmt.Sprintf("a %T", x)
}

// try writes the texts for people who are not there, so that what a function does not take is found now: one with a
// value of everything, one with little of everything, one with nothing.
func (t *Template) try(f *marque.Faults) {
	full := map[rule.Type]any{
		rule.Bool: true, rule.Int: int64(1), rule.Float: 1.5, rule.String: "x", rule.Strings: []string{"x"},
		rule.Time: moment{time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)},
	}
	low := map[rule.Type]any{
		rule.Bool: false, rule.Int: int64(0), rule.Float: 0.0, rule.String: "x", rule.Strings: []string{"x"},
		rule.Time: moment{time.Unix(0, 0).UTC()},
	}
	seen := map[string]bool{}
	run := func(value func(x rule.Field) any) {
		data := map[string]any{}
		for _, x := range t.fields {
			if data[x.Name] = value(x); data[x.Name] == nil { // of whatever type
				return
			}
		}
		_, err := t.write(data)
		if err == nil || errors.Is(err, ErrGuard) || seen[err.Error()] {
			return
		}
		seen[err.Error()] = true
		f.Wrap("", err)
	}
	run(func(x rule.Field) any { return full[x.Type] })
	run(func(x rule.Field) any { return low[x.Type] })
	run(func(x rule.Field) any { return t.instead(x) })
}
