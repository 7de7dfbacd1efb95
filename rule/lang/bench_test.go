package lang_test

import (
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func BenchmarkCompile(b *testing.B) {
	c := lang.New(shop(b), nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Compile(`age >= 18 and city in ["a", "b", "c"] and has_tag("gold") and times("view", within("7d"), it.kind == "x") >= 3 and days_since(last_order) > 30`, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// A leaf on the machine, and the same question to expr's machine at its best: the environment made before, one machine.
func BenchmarkLeaf(b *testing.B) {
	lex := shop(b)
	f := somebody(lex, "Chengdu", "tea", "books", "pens")
	env := map[string]any{"city": "Chengdu", "interests": []string{"tea", "books", "pens"}, "age": 3}
	for _, x := range []struct{ name, source string }{
		{"upper", `upper(city) == "CHENGDU"`}, {"any", `any(interests, # startsWith "pe")`}, {"len", `len(city) + age > 9`}, {"let", `let x = split(city, "e"); x[0] == "Ch" and len(x) == 2`},
	} {
		r, err := lang.New(lex, nil).Compile(x.source, "")
		if err != nil {
			b.Fatal(err)
		}
		in := rule.Input{Now: time.Unix(1, 0), Facts: f}
		if r.Test(in).Truth != rule.True {
			b.Fatal(x.source)
		}
		b.Run(x.name+"/rule", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Test(in)
			}
		})
		program, err := expr.Compile(x.source, expr.Env(env))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(x.name+"/expr", func(b *testing.B) {
			b.ReportAllocs()
			var machine vm.VM
			for b.Loop() {
				if _, err := machine.Run(program, env); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
