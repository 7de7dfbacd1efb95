package lang_test

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/why"
)

// Whatever the text, the compiler answers with a rule, or with faults whose places are in the text. A rule can be
// tested, and reads back from its own tree.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		`age >= 18 and city in ["a", "b"] or not vip`, `times("view", within("7d"), it.kind == "x") >= 3`, `total("order_paid", "amount", between("9d", "1d")) > 3.5`,
		`days_since(last_at("view", since("2026-01-01"))) > 3`, `score("lead") >= 50 ? vip : (vip ?? false)`, `城市 == "上海" && 总消费 > 2`, `cart.total + 2 * -age % 3 == 1`,
		`interests contains "a" or "b" not in interests`, `attr("utm-source") matches "^a" or note == nil`, `last_order < ago("3d") and now > date("2026-01-01")`,
		`1 < age < 3`, `age in 1..3`, `did("view", today())`, `has_tag("gold") | has()`, `(((`, `"`, `let x = 1; x`, "age\n>\n\"中\"", `vip ?: vip`, `age ** 2`, `{a: 1}.a`, `all([1], # > 0)`,
		`upper(city) == "A" or any(interests, # startsWith "t" and len(#) > age)`, `let x = split(city, ","); x[0] + "a" == "b" and x[-1:] == ["c"]`, `sum(map(filter(interests, #index > 0), len(#))) ** 2 > 3`,
		`reduce(1..age, #acc + #, 0) == 3 ? {"a": [age, -1.0]}.a[0] == 1 : "a" in sort(interests)`, `sequence(["view", did("order_paid", it.amount > 2)], within("3d"), apart("2h"))`, `grade("lead") in ["A", "C"] or grade("lead") < "B"`,
		`stage("lifecycle") == "x" and rfm("r") >= 4`, `count(interests) + max([1, age]) + round(spent) > 2 and note?.a?.b == nil`, `groupBy(interests, len(#))[2] == nil`, `fromJSON(note).a == repeat("x", age)`,
	} {
		f.Add(s)
	}
	lex := shop(f)
	c := lang.New(lex, &lang.Options{MaxSource: 2000, MaxNodes: 500, MaxList: 50})
	facts := somebody(lex, "a,b", "tea", "x")
	facts.Attrs[2] = rule.Value{}
	facts.Events[0] = []rule.Hit{{At: 1, Props: []rule.Value{rule.IntValue(3), rule.StringValue("a"), {}}}}
	in := rule.Input{Now: time.Unix(1e9, 0), Facts: facts}
	f.Fuzz(func(t *testing.T, source string) {
		r, err := c.Compile(source, "cart")
		if err == nil {
			v := r.Test(in)
			require.Equal(t, v.Truth, why.Explain(r, in).Truth())
			require.True(t, v.Until.IsZero() || v.Until.After(in.Now))
			again, err := lang.New(lex, &lang.Options{MaxDepth: 1000}).Compile(r.Root().String(), "cart")
			require.NoError(t, err, "%s", r.Root())
			require.Equal(t, r.Root().String(), again.Root().String())
			require.Equal(t, v, again.Test(in))
			return
		}
		var faults rule.Faults
		require.ErrorAs(t, err, &faults)
		require.NotEmpty(t, faults)
		lines := []int{0}
		for _, r := range source {
			if lines[len(lines)-1]++; r == '\n' {
				lines[len(lines)-1]--
				lines = append(lines, 0)
			}
		}
		for _, f := range faults {
			require.NotEmpty(t, f.Code)
			require.NotEmpty(t, f.Message)
			require.True(t, f.Line >= 1 && f.Line <= len(lines), "line %d of %d", f.Line, len(lines))
			if utf8.ValidString(source) {
				require.True(t, 1 <= f.Col && f.Col <= f.EndCol && f.EndCol <= lines[f.Line-1]+1, "%d-%d of %d", f.Col, f.EndCol, lines[f.Line-1])
			}
		}
	})
}

// Where nothing is missing and nothing moves, a rule says what expr's own machine says.
func TestAgainstExpr(t *testing.T) {
	c := lang.New(shop(t), nil)
	lex := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		env := map[string]any{
			"age": rapid.IntRange(-3, 3).Draw(t, "age"), "spent": float64(rapid.IntRange(-6, 6).Draw(t, "spent")) / 2, "vip": rapid.Bool().Draw(t, "vip"),
			"city": rapid.SampledFrom([]string{"", "a", "ab", "b"}).Draw(t, "city"), "城市": rapid.SampledFrom([]string{"", "a", "ab", "b"}).Draw(t, "city"),
			"interests": rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "ab", "b", "中"}), 0, 4).Draw(t, "interests"),
		}
		facts := rule.NewFacts(lex, "")
		for name, x := range env {
			slot, _ := lex.Attr(name)
			facts.Attrs[slot], _ = rule.Of(x)
		}
		for range 20 {
			source := condition(t, 3)
			r, err := c.Compile(source, "")
			require.NoError(t, err, source)
			program, err := expr.Compile(source, expr.Env(env))
			require.NoError(t, err, source)
			want, err := vm.Run(program, env)
			require.NoError(t, err, source)
			v := r.Test(rule.Input{Now: time.Unix(1e9, 0), Facts: facts})
			require.Equal(t, want, v.Truth == rule.True, source)
			require.NotEqual(t, rule.Unknown, v.Truth, source)
			require.Zero(t, v.Until)
		}
	})
}

func condition(t *rapid.T, depth int) string {
	one := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "one") }
	kind := rapid.IntRange(0, 12).Draw(t, "kind")
	if depth == 0 {
		kind %= 6
	}
	switch kind {
	case 0, 1:
		return number(t, depth) + one(" == ", " != ", " < ", " <= ", " > ", " >= ") + number(t, depth)
	case 2:
		return one("city", "城市", `"a"`, `"中"`) + one(" == ", " != ", " < ", " >= ", " contains ", " startsWith ", " endsWith ", " not startsWith ") + one("city", "城市", `"b"`)
	case 3:
		return one(`city in ["a", "b"]`, `age in [1, 2, 3]`, `age not in 0..2`, `city not in ["ab"]`, `city matches "^a"`, `0 < age <= 2`)
	case 4:
		return one("vip", "vip == true", "vip != false", "true", "city != nil")
	case 5:
		return one("not vip", "!vip")
	case 6, 7:
		return "(" + condition(t, depth-1) + one(" and ", " && ", " or ", " || ") + condition(t, depth-1) + ")"
	case 8:
		return one("not ", "!") + "(" + condition(t, depth-1) + ")"
	case 10:
		return one("any", "all", "none", "one") + "(" + texts(t, depth) + ", " + one(`# == "a"`, `# startsWith city`, `len(#) > 1`, `# in ["a", "b"]`, `upper(#) matches "^A"`, `# + "b" == 城市`, `# == city and `+condition(t, 0)) + ")"
	case 11:
		return one("(let x = "+text(t, 0)+"; x == city or len(x) > 1)", "(let y = "+texts(t, 0)+"; len(y) > 1 and y[0] != city or "+condition(t, 0)+")", text(t, depth)+" in "+texts(t, depth))
	case 12:
		return text(t, depth) + one(" == ", " != ", " < ", " >= ", " contains ", " startsWith ") + text(t, depth)
	}
	return "((" + condition(t, depth-1) + ") ? (" + condition(t, depth-1) + ") : (" + condition(t, depth-1) + "))"
}

// text and texts are for the machine: functions that are total where nothing is missing.
func text(t *rapid.T, depth int) string {
	one := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "text") }
	if depth == 0 {
		return one("city", "城市", `"a"`, `"中b"`)
	}
	switch rapid.IntRange(0, 4).Draw(t, "text kind") {
	case 0:
		return "(" + text(t, depth-1) + " + " + text(t, depth-1) + ")"
	case 1:
		return one("upper", "lower", "trim", "string") + "(" + text(t, depth-1) + ")"
	case 2:
		return one(`replace(`+text(t, depth-1)+`, "a", "bb")`, `repeat(`+text(t, depth-1)+`, 2)`, `trimPrefix(`+text(t, depth-1)+`, "a")`, `join(`+texts(t, depth-1)+`, ",")`)
	case 3:
		return "(" + condition(t, 0) + " ? " + text(t, depth-1) + " : " + text(t, depth-1) + ")"
	}
	return one("city", "城市", `"a"`, `"中b"`)
}

func texts(t *rapid.T, depth int) string {
	one := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "texts") }
	if depth == 0 {
		return one("interests", `["a", "中"]`)
	}
	return one("interests", `["a", city]`, `split(`+text(t, depth-1)+`, "a")`, `filter(`+texts(t, depth-1)+`, # != city)`, `map(`+texts(t, depth-1)+`, # + "x")`, `sort(interests)`, `uniq(`+texts(t, depth-1)+`)`,
		`concat(interests, `+texts(t, depth-1)+`)`, `reverse(`+texts(t, depth-1)+`)`, `interests[0:1]`)
}

func number(t *rapid.T, depth int) string {
	one := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "number") }
	if depth > 0 && rapid.IntRange(0, 3).Draw(t, "machine") == 0 {
		return one("len("+text(t, depth-1)+")", "len("+texts(t, depth-1)+")", "max(age, 2)", "abs("+number(t, depth-1)+")", "round("+number(t, depth-1)+")", "count("+texts(t, depth-1)+", # > city)",
			"sum(map("+texts(t, depth-1)+", len(#)))", "reduce([1, age, 2], #acc * # + #index, 1)", "indexOf("+text(t, depth-1)+`, "b")`, "(age ** 2)", "float("+number(t, depth-1)+")", "sum(1..(age + 3))")
	}
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		return one("age", "spent", "0", "1", "2.5", "-1", "-age")
	}
	return "(" + number(t, depth-1) + one(" + ", " - ", " * ") + number(t, depth-1) + ")" + one("", "", " / 4")
}
