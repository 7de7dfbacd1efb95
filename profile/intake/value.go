package intake

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/clean"
	"github.com/marque-go/marque/rule"
)

// prop is a property with what was made of its texts.
type prop struct {
	Prop
	factor *big.Rat // nil for 1
	clock  clock
}

// field finds a value by the name of its key, or by the path to it.
func field(fields map[string]any, name string) any {
	if x, ok := fields[name]; ok {
		return x
	}
	for {
		head, rest, ok := strings.Cut(name, ".")
		if !ok {
			return fields[name]
		}
		inner, ok := fields[head].(map[string]any)
		if !ok {
			return nil
		}
		fields, name = inner, rest
	}
}

// textOf is a value as a text; "" is missing.
func textOf(x any) (string, error) {
	switch x := x.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(x), nil
	case json.Number:
		if s := x.String(); !strings.ContainsAny(s, "eE") {
			return s, nil
		}
		f, err := x.Float64()
		if err != nil {
			return "", fmt.Errorf("%s is out of range", short(x.String()))
		}
		return textOf(f)
	case bool:
		return strconv.FormatBool(x), nil
	case int:
		return strconv.Itoa(x), nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case float64:
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0):
			return "", fmt.Errorf("%v is no number", x)
		case math.Abs(x) > 1<<53 && x == math.Trunc(x):
			return "", fmt.Errorf("%.0f has lost digits as a float; decode numbers as json.Number", x)
		}
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	case marque.Money:
		return strconv.FormatInt(int64(x), 10), nil
	case time.Time:
		return x.Format(time.RFC3339Nano), nil
	}
	return "", fmt.Errorf("a %T is no single value", x)
}

// translate is what a text of the source means.
func (p *prop) translate(text string) (string, error) {
	if len(p.Values) == 0 {
		return text, nil
	}
	if to, ok := p.Values[text]; ok {
		return to, nil
	}
	switch {
	case p.Keep:
		return text, nil
	case p.Else != "":
		return p.Else, nil
	}
	return "", unknown(text, p.Values)
}

func unknown(text string, values map[string]string) error {
	return fmt.Errorf("%s is none of the %d values%s", short(text), len(values), rule.Hint(text, sorted(values)))
}

// value is the property of a record, nil where it is missing.
func (p *prop) value(x any, missing map[string]bool) (any, error) {
	if at, ok := x.(time.Time); ok && p.Type == Time {
		if at.IsZero() {
			return nil, nil
		}
		return at.UTC(), nil
	}
	if p.Type == Strings {
		return p.strings(x, missing)
	}
	text, err := textOf(x)
	if err != nil || missing[text] {
		return nil, err
	}
	if text, err = p.translate(text); err != nil || text == "" {
		return nil, err
	}
	return p.read(text)
}

// strings are the texts of a list, without the missing ones; nil where none is left.
func (p *prop) strings(x any, missing map[string]bool) (any, error) {
	var parts, out []string
	switch x := x.(type) {
	case []string:
		parts = x
	case []any:
		for _, e := range x {
			text, err := textOf(e)
			if err != nil {
				return nil, err
			}
			parts = append(parts, text)
		}
	default:
		text, err := textOf(x)
		if err != nil {
			return nil, err
		}
		parts = strings.Split(text, p.Split)
	}
	for _, text := range parts {
		if text = strings.TrimSpace(text); missing[text] {
			continue
		}
		text, err := p.translate(text)
		if err != nil {
			return nil, err
		}
		if text != "" {
			out = append(out, text)
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

// read is a text in the property's type.
func (p *prop) read(text string) (any, error) {
	switch p.Type {
	case Int, Float:
		d, err := clean.Decimal(text)
		if err != nil {
			return nil, quoted(text, err)
		}
		d = p.scale(d)
		if p.Type == Float {
			return strconv.ParseFloat(d, 64)
		}
		n, err := strconv.ParseInt(d, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no whole number of 64 bits", short(d))
		}
		return n, nil
	case Money:
		d, err := clean.Amount(text, p.Currency)
		if err != nil {
			return nil, quoted(text, err)
		}
		m, err := marque.ParseMoney(p.scale(d), p.Currency)
		if err != nil {
			return nil, err
		}
		return int64(m), nil
	case Bool:
		switch strings.ToLower(text) {
		case "true", "yes", "y", "t", "1", "是":
			return true, nil
		case "false", "no", "n", "f", "0", "否":
			return false, nil
		}
		return nil, fmt.Errorf("%s is neither true nor false", short(text))
	case Time:
		at, err := p.clock.read(text)
		if err != nil {
			return nil, err
		}
		return at, nil
	case Strings:
		return []string{text}, nil
	}
	return text, nil
}

// scale multiplies a decimal by the factor. A product of decimals is a decimal, so that nothing is rounded.
func (p *prop) scale(d string) string {
	if p.factor == nil {
		return d
	}
	r, _ := new(big.Rat).SetString(d)
	r.Mul(r, p.factor)
	_, frac, _ := strings.Cut(d, ".")
	_, more, _ := strings.Cut(p.Factor, ".")
	digits := len(frac) + len(more)
	s := r.FloatString(digits)
	if digits > 0 {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func quoted(text string, err error) error { return fmt.Errorf("%s: %w", short(text), err) }

// short quotes a text and leaves out what is too much of it.
func short(text string) string {
	const most = 60
	if rs := []rune(text); len(rs) > most {
		return strconv.Quote(string(rs[:most]) + "…")
	}
	return strconv.Quote(text)
}
