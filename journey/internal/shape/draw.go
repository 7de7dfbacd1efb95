package shape

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"

	"github.com/marque-go/marque/journey/graph"
)

// words are texts that a writer of YAML or JSON may stumble over.
var words = []string{"a", "push", "no", "yes", "null", "~", "1", "1.5", "0x1F", "true", "2026-03-02", "- a", "a: b", "a #b", "#b", "*x", "&x",
	"!x", "重庆", "“引号”", `say "hi"`, "it's", " led", "trail ", "two\nlines", "two\nlines\n", "\n\nx", "  in\n out", "tab\there", "<b>&", "{{.name}}", "[x]", "{x}", "%x", "@x",
	"`x`", "?", ":", "|", ">", "=", "<<", "\u2028", "\u0085", "\u0001", "é", "𝄞", "x\\y", "a,b", "a.b", "\r\n", "+1", "007", "1_000", ".inf", "on", "\ufeff"}

// Draw makes a definition of which every field may be set, each with a value of its form. It is not one that makes
// sense: names lead nowhere. dice gives a number from 0 to below n.
func Draw(dice func(n int) int) graph.Def {
	var d graph.Def
	drawer{dice}.fill(reflect.ValueOf(&d).Elem())
	return d
}

type drawer struct{ dice func(n int) int }

func (d drawer) fill(v reflect.Value) {
	t := v.Type()
	only := oneOf[t]
	chosen := ""
	if only != nil {
		chosen = only[d.dice(len(only))]
	}
	for _, f := range fieldsOf(t) {
		fv := v.FieldByIndex(f.index)
		if slices.Contains(only, f.name) {
			if f.name == chosen {
				d.value(fv, f.form, 1)
			}
			continue
		}
		switch {
		case f.required:
			d.value(fv, f.form, 1)
		case d.dice(3) == 0:
			d.value(fv, f.form, 0)
		}
	}
}

// value draws a value; of lists and maps at least so many.
func (d drawer) value(v reflect.Value, fm form, least int) {
	if x, ok := texts[v.Type()]; ok {
		fm = x
		if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
			if err := u.UnmarshalText([]byte(d.text(fm))); err != nil {
				panic(err)
			}
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(v.Elem(), fm, least)
	case reflect.Struct:
		d.fill(v)
	case reflect.String:
		v.SetString(d.text(fm))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + int64(d.dice(1000)))
	case reflect.Float64:
		v.SetFloat([]float64{1, -2.5, 1e21, 1e-9, 100000000, 0.1}[d.dice(6)])
	case reflect.Slice:
		n := least + d.dice(3)
		for range n {
			e := reflect.New(v.Type().Elem()).Elem()
			d.value(e, fm, 0)
			v.Set(reflect.Append(v, e))
		}
	case reflect.Map:
		if n := least + d.dice(3); n > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for i := range n {
				e := reflect.New(v.Type().Elem()).Elem()
				d.value(e, form{}, 0)
				v.SetMapIndex(reflect.ValueOf(d.text(form{})+strconv.Itoa(i)), e)
			}
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(d.any(2)))
	default:
		panic("shape: draw a " + v.Type().String())
	}
}

func (d drawer) text(fm form) string {
	switch {
	case fm.choices != nil:
		return fm.choices[d.dice(len(fm.choices))]
	case fm.samples != nil:
		return fm.samples[d.dice(len(fm.samples))]
	}
	return words[d.dice(len(words))]
}

// any draws what JSON can hold.
func (d drawer) any(deep int) any {
	n := 5
	if deep > 0 {
		n = 7
	}
	switch d.dice(n) {
	case 0:
		return d.text(form{})
	case 1:
		return float64(d.dice(1 << 30))
	case 2:
		return d.dice(2) == 0
	case 3:
		return -0.125 * float64(d.dice(100))
	case 4:
		return ""
	case 5:
		return []any{d.any(deep - 1), d.any(deep - 1)}
	}
	return map[string]any{d.text(form{}): d.any(deep - 1)}
}
