package eval_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func shop(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "level", Type: rule.Int}, {Name: "spent", Type: rule.Float},
			{Name: "last_order", Type: rule.Time}, {Name: "subscribed", Type: rule.Bool}, {Name: "interests", Type: rule.Strings}, {Name: "email", Type: rule.String},
			{Name: "note", Type: rule.Any}, {Name: "utm-source", Type: rule.String}, {Name: "城市", Type: rule.String},
		},
		Events: []rule.EventType{
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}, {Name: "weight", Type: rule.Float}, {Name: "due", Type: rule.Time}}},
			{Name: "view", Props: []rule.Field{{Name: "kind", Type: rule.String}, {Name: "seconds", Type: rule.Int}}},
		},
		Tags: []string{"vip", "blocked", "student"}, Scores: []string{"lead", "fit"}, Segments: []string{"new", "lapsing"},
		Scopes: []rule.Scope{{Name: "cart", Fields: []rule.Field{{Name: "total", Type: rule.Int}, {Name: "currency", Type: rule.String}}}},
	}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return lex
}

func BenchmarkTest(b *testing.B) {
	lex := shop(b)
	c := lang.New(lex, nil)
	f := rule.NewFacts(lex, "ann")
	f.Attrs[0], f.Attrs[1], f.Attrs[2] = rule.IntValue(34), rule.StringValue("Chengdu"), rule.IntValue(3)
	f.Attrs[3], f.Attrs[4], f.Attrs[7] = rule.FloatValue(1999.5), rule.TimeValue(rule.At(noon.AddDate(0, 0, -40))), rule.StringValue("ann@example.com")
	f.Tags = []rule.Mark{{Slot: 2, From: 1}, {Slot: 0, From: 1}}
	for i := range 40 {
		f.Events[1] = append(f.Events[1], rule.Hit{At: rule.At(noon.Add(time.Duration(i-40) * 7 * time.Hour)), Props: []rule.Value{rule.StringValue("shoe"), rule.IntValue(int64(i))}})
	}
	f.Scores[0] = rule.Curve{{From: rule.At(noon.AddDate(0, 0, -3)), Points: 60, HalfLife: 14 * 24 * 3600e9}}
	for _, x := range []struct{ name, source string }{
		{"range", `age >= 18 and age < 60 and city in ["Beijing", "Chengdu", "Xian"] and level >= 2`},
		{"money", `level > 1 and spent > 1000 and days_since(last_order) < 90`},
		{"tags", `has_tag("vip") and not has_tag("blocked") and has_tag("student")`},
		{"counts", `times("view", within("7d")) >= 3 and times("order_paid", within("7d")) == 0`},
		{"nested", `(city == "Beijing" or city == "Xian" or city == "Chengdu") and email endsWith "example.com" and (level > 5 or spent > 100) and not subscribed and days_since(last_order) > 30`},
		{"five", `age >= 18 and city in ["Beijing", "Chengdu", "Xian"] and has_tag("vip") and times("view", within("7d")) >= 3 and days_since(last_order) > 30`},
		{"no", `age >= 40 and city in ["Beijing", "Chengdu", "Xian"] and has_tag("vip") and times("view", within("7d")) >= 3 and days_since(last_order) > 30`},
		{"filter", `times("view", within("7d"), it.kind == "shoe") >= 3`},
		{"score", `score("lead") >= 50`},
		{"distinct", `distinct("view", "seconds") >= 30`},
		{"total", `total("view", "seconds", within("7d")) >= 30`},
	} {
		r, err := c.Compile(x.source, "")
		if err != nil {
			b.Fatal(err)
		}
		in := rule.Input{Now: noon, Facts: f}
		b.Run(fmt.Sprintf("%s/%s", x.name, r.Test(in).Truth), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Test(in)
			}
		})
	}
}
