package builder_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/builder"
	"github.com/marque-go/marque/rule/lang"
)

func shop(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "spent", Type: rule.Float}, {Name: "last_order", Type: rule.Time},
			{Name: "vip", Type: rule.Bool}, {Name: "interests", Type: rule.Strings}, {Name: "note", Type: rule.Any}, {Name: "utm-source", Type: rule.String},
			{Name: "城市", Type: rule.String}, {Name: "tag", Type: rule.String}, {Name: "a.b", Type: rule.Int}, {Name: "level", Type: rule.Int},
		},
		Events: []rule.EventType{
			{Name: "paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}, {Name: "due", Type: rule.Time}}},
			{Name: "order.view", Props: []rule.Field{{Name: "kind", Type: rule.String}}},
		},
		Tags: []string{"gold", `a"b`}, Scores: []string{"lead"}, Segments: []string{"new"},
		Scopes: []rule.Scope{{Name: "cart", Fields: []rule.Field{{Name: "total", Type: rule.Int}}}},
	}.Compile()
	require.NoError(t, err)
	return lex
}

// rules wraps rules of a query in a group.
func rules(s string) string { return `{"combinator":"and","rules":[` + s + `]}` }

func TestImport(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	for _, x := range []struct{ name, query, want string }{
		{"text for a number", rules(`{"field":"age","operator":">=","value":"18"}`), `age >= 18`},
		{"and, ids and paths", `{"id":"r","combinator":"and","rules":[{"id":"1","path":[0],"field":"age","operator":"<","value":3},{"field":"city","operator":"=","value":"a"}]}`, `age < 3 and city == "a"`},
		{"nested or, not", `{"combinator":"or","rules":[{"combinator":"and","not":true,"rules":[{"field":"vip","operator":"=","value":true},{"field":"age","operator":"!=","value":1}]},{"field":"vip","operator":"=","value":"false"}]}`, `not (vip == true and age != 1) or vip == false`},
		{"independent combinators", `{"rules":[{"field":"age","operator":"=","value":1},"or",{"field":"age","operator":"=","value":2},"and",{"field":"vip","operator":"=","value":true}]}`, `age == 1 or age == 2 and vip == true`},
		{"muted", rules(`{"field":"nothing","operator":"=","muted":true},{"field":"age","operator":"=","value":1,"disabled":true}`), `age == 1`},
		{"muted beside a combinator", `{"rules":[{"field":"age","operator":"=","value":1,"muted":true},"or",{"field":"age","operator":"=","value":2},"and",{"field":"vip","operator":"=","value":true}]}`, `age == 2 and vip == true`},
		{"lists", rules(`{"field":"city","operator":"in","value":"a, b"},{"field":"age","operator":"notIn","value":[1,"2"]}`), `city in ["a", "b"] and not (age in [1, 2])`},
		{"ranges", rules(`{"field":"age","operator":"between","value":"18,65"}`), `age >= 18 and age <= 65`},
		{"not in a range", rules(`{"field":"spent","operator":"notBetween","value":[1.5,3]}`), `not (spent >= 1.5 and spent <= 3)`},
		{"null", rules(`{"field":"city","operator":"null","value":""},{"field":"age","operator":"notNull"}`), `not has(city) and has(age)`},
		{"texts", rules(`{"field":"city","operator":"contains","value":"a"},{"field":"city","operator":"doesNotBeginWith","value":"b"},{"field":"city","operator":"endsWith","value":"c"},{"field":"city","operator":"matches","value":"^a+$"}`), `city contains "a" and not (city startsWith "b") and city endsWith "c" and city matches "^a+$"`},
		{"sets", rules(`{"field":"interests","operator":"contains","value":"a"},{"field":"interests","operator":"notIn","value":["b","c"]}`), `interests contains "a" and not (interests contains "b" or interests contains "c")`},
		{"fields beside fields", rules(`{"field":"age","operator":"<","value":"level","valueSource":"field"},{"field":"age","operator":"in","value":["level","a.b"],"valueSource":"field"}`), `age < level and (age == level or age == attr("a.b"))`},
		{"times", rules(`{"field":"last_order","operator":">=","value":"2026-01-31T09:00"},{"field":"last_order","operator":"<","value":{"ago":"30d"}}`), `last_order >= date("2026-01-31T09:00:00Z") and last_order < ago("30d")`},
		{"tags and segments", rules(`{"field":"tag","operator":"in","value":["gold","a\"b"]},{"field":"segment","operator":"!=","value":"new"},{"field":"attr:tag","operator":"=","value":"x"}`), `(has_tag("gold") or has_tag("a\"b")) and not in_segment("new") and tag == "x"`},
		{"score, days", rules(`{"field":"score:lead","operator":">=","value":"50"},{"field":"days_since:last_order","operator":">","value":30},{"field":"days_since:last:paid","operator":">","value":{"value":30,"within":"90d"}}`), `score("lead") >= 50 and days_since(last_order) > 30 and days_since(last_at("paid", within("90d"))) > 30`},
		{"events", rules(`{"field":"event:paid","operator":">=","value":{"value":2,"within":"30d"}},{"field":"event:order.view","operator":"null","value":{"during":"today"}},{"field":"event:paid","operator":"=","value":"0"}`), `times("paid", within("30d")) >= 2 and not did("order.view", today()) and times("paid") == 0`},
		{"events with a filter", rules(`{"field":"total:paid.amount","operator":">","value":{"value":"500","between":["90d","30d"],"where":{"combinator":"or","rules":[{"field":"it.kind","operator":"=","value":"tea"},{"field":"it.kind","operator":"=","value":"city","valueSource":"field"}]}}}`), `total("paid", "amount", between("90d", "30d"), it.kind == "tea" or it.kind == city) > 500`},
		{"values stay values", rules(`{"field":"city","operator":"=","value":"\" or true or \"\\\n\u0000\u2028'$` + "`" + `"},{"field":"utm-source","operator":"contains","value":"\") or has_tag(\"gold"}`), `city == "\" or true or \"\\\n\x00\u2028'$` + "`" + `" and attr("utm-source") contains "\") or has_tag(\"gold"`},
		{"any", rules(`{"field":"note","operator":"=","value":"3"},{"field":"note","operator":"in","value":[3,true,"x"]}`), `note == "3" and note in [3, true, "x"]`},
		{"scope", rules(`{"field":"cart.total","operator":">","value":5}`), `cart.total > 5`},
		{"other names", rules(`{"field":"Stadt","operator":"=","value":"x"}`), `城市 == "x"`},
		{"now", rules(`{"field":"now","operator":">","value":"2026-01-01"}`), `now > date("2026-01-01T00:00:00Z")`},
	} {
		t.Run(x.name, func(t *testing.T) {
			got, err := builder.Import([]byte(x.query), lex, &builder.Options{Scope: "cart", Fields: map[string]string{"Stadt": "城市"}})
			require.NoError(t, err)
			require.Equal(t, x.want, got)
			r, err := c.Compile(got, "cart")
			require.NoError(t, err)
			require.Equal(t, got, r.Root().String())
		})
	}
}

func TestZone(t *testing.T) {
	got, err := builder.Import([]byte(rules(`{"field":"last_order","operator":"<","value":"2026-01-31"}`)), shop(t), &builder.Options{Zone: time.FixedZone("", 8*3600)})
	require.NoError(t, err)
	require.Equal(t, `last_order < date("2026-01-30T16:00:00Z")`, got)
}

// Every fault is found, with its place.
func TestFaults(t *testing.T) {
	lex := shop(t)
	for _, x := range []struct{ name, query, want string }{
		{"no JSON", "{\n \"rules\": [,]}", "2:12: no JSON: invalid character ',' looking for beginning of value"},
		{"empty", `{"combinator":"and","rules":[]}`, "1:29: rules: no rules: everybody would be chosen"},
		{"muted", rules(`{"muted":true,"field":"age"}`), "1:1: rules: everything is muted: everybody would be chosen"},
		{"all at once", "{\"combinator\":\"xor\",\"rules\":[\n{\"field\":\"agee\",\"operator\":\">\",\"value\":1},\n{\"field\":\"城市\",\"operator\":\"~~\",\"value\":1},\n{\"field\":\"age\",\"operator\":\">\",\"value\":\"old\"}]}", `
1:15: combinator: want "and" or "or"
2:10: rules[0].field: unknown field "agee", did you mean "age"?
3:26: rules[1].operator: unknown operator "~~"
4:39: rules[2].value: want a number`},
		{"operators", rules(`{"field":"vip","operator":">","value":true},{"field":"interests","operator":"=","value":"a"},{"field":"age","operator":"contains","value":"1"},{"field":"tag","operator":"contains","value":"g"},{"field":"score:lead","operator":"in","value":[1]}`), `
1:56: rules[0].operator: ">" does not go with true or false
1:106: rules[1].operator: "=" does not go with a set of texts
1:149: rules[2].operator: "contains" does not go with a value of type int
1:199: rules[3].operator: "contains" does not go with tags
1:256: rules[4].operator: "in" does not go with a value that changes with every instant`},
		{"values", rules(`{"field":"vip","operator":"=","value":"yes"},{"field":"city","operator":"=","value":3},{"field":"last_order","operator":"<","value":"soon"},{"field":"tag","operator":"=","value":"gld"},{"field":"age","operator":"between","value":[3,1]},{"field":"age","operator":"between","value":[1]},{"field":"city","operator":"in","value":""},{"field":"city","operator":"matches","value":"("},{"field":"age","operator":"=","value":"city","valueSource":"field"},{"field":"age","operator":"=","value":null}`), `
1:68: rules[0].value: want true or false
1:114: rules[1].value: want a text
1:162: rules[2].value: want a time, as 2026-01-31 or 2026-01-31T09:00:00+08:00
1:208: rules[3].value: unknown tag "gld", did you mean "gold"?
1:259: rules[4].value: between goes from the smaller to the larger value
1:310: rules[5].value: between needs two values
1:355: rules[6].value: the list is empty
1:404: rules[7].value: error parsing regexp: missing closing ): ` + "`(`" + `
1:447: rules[8].value: city is string, want int
1:515: rules[9].value: want a number`},
		{"events", rules(`{"field":"event:payd","operator":"null"},{"field":"total:paid.kind","operator":">","value":1},{"field":"event:paid","operator":">","value":{"value":1,"within":"3x","since":"2026-01-01","wihin":1}},{"field":"event:paid","operator":"notNull","value":{"where":{"rules":[{"field":"it.knd","operator":"=","value":"a"},"and",{"field":"event:paid","operator":"null"}]}}}`), `
1:39: rules[0].field: unknown event "payd", did you mean "paid"?
1:80: rules[1].field: total needs a number, kind is string
1:165: rules[2].value.wihin: unknown key "wihin", did you mean "within"?
1:165: rules[2].value.within: duration "3x": unit "x": want w, d, h, m, s, ms, us in falling order, each once
1:165: rules[2].value: there is one window: within, between, since or during
1:1: rules[3]`},
		{"placeholder, twice, match", rules(`{"field":"~","operator":"=","value":1},{"field":"age","field":"age","operator":"=","value":1},{"field":"age","operator":"=","value":1,"match":{"mode":"all"}},3,"and"`), `
1:39: rules[0].field: no field is chosen
1:69: rules[1]: "field" is given twice
1:172: rules[2].match: match is not part of rules; events have "where"
1:188: rules[3]: want a group: an object with rules
1:190: rules[4]: want a group: an object with rules`},
		{"combinators", `{"rules":[{"field":"age","operator":"=","value":1},"nor",{"field":"age","operator":"=","value":1},"or"]}`, `
1:52: rules[1]: want "and" or "or"
1:99: rules[3]: want a rule behind it`},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := builder.Import([]byte(x.query), lex, nil)
			require.Error(t, err)
			if x.name == "events" {
				for _, part := range []string{`unknown event "payd", did you mean "paid"?`, "total needs a number, kind is string", `rules[2].value.wihin: unknown key "wihin", did you mean "within"?`, "rules[2].value.within: duration", "there is one window", `rules[3].value.where.rules[0].field: unknown property "knd", did you mean "kind"?`, "rules[3].value.where.rules[2].field: where looks at one event"} {
					require.Contains(t, err.Error(), part)
				}
				return
			}
			require.Equal(t, strings.TrimPrefix(x.want, "\n"), err.Error())
		})
	}
}

func TestExportRefuses(t *testing.T) {
	r, err := lang.New(shop(t), nil).Compile("age + 1 > 2 and\n(vip ? age > 1 : age > 2) or did(\"paid\", it.amount * 2 > 3)", "")
	require.NoError(t, err)
	_, err = builder.Export(r)
	require.EqualError(t, err, `1:1: age + 1: the query format has no such field
2:2: vip ? age > 1 : age > 2: the query format has nothing like it
2:42: it.amount * 2: the query format has no such field`)
	_, err = builder.Export(nil)
	require.EqualError(t, err, "true: the query format has nothing like it")
}

// A rule that can be written reads back as the same tree.
func TestRoundTrip(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	for _, s := range []string{`not (not (age > 1))`, `not (vip == true)`, `age in [1, 2.0]`, `spent > 3.0 and spent >= 1e300`, `age >= 1 and age <= 2 and (age >= 1 and age <= 2)`, `age > 9007199254740993`} {
		roundTrip(t, lex, c, s)
	}
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		for range 10 {
			if roundTrip(t, lex, c, condition(t, rapid.IntRange(0, 4).Draw(t, "depth"), false)) {
				made++
			}
		}
	})
	require.Greater(t, made, 500)
}

func roundTrip(t require.TestingT, lex *rule.Lexicon, c rule.Compiler, source string) bool {
	r, err := c.Compile(source, "cart")
	if err != nil {
		return false
	}
	data, err := builder.Export(r)
	require.NoError(t, err, source)
	text, err := builder.Import(data, lex, &builder.Options{Scope: "cart"})
	require.NoError(t, err, "%s\nas %s", source, data)
	again, err := c.Compile(text, "cart")
	require.NoError(t, err, "%s\nas %s", source, data)
	require.Equal(t, r.Root().String(), again.Root().String(), "%s", data)
	return true
}

func condition(t *rapid.T, depth int, filter bool) string {
	one := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "one") }
	sign := func() string { return one(" == ", " != ", " < ", " <= ", " > ", " >= ") }
	if depth > 0 {
		a, b := condition(t, depth-1, filter), condition(t, depth-1, filter)
		switch rapid.IntRange(0, 4).Draw(t, "junction") {
		case 0, 1:
			return "(" + a + " and " + b + ")"
		case 2, 3:
			return "(" + a + " or " + b + ")"
		}
		return "not (" + a + ")"
	}
	kind := rapid.IntRange(0, 12).Draw(t, "kind")
	if filter && kind > 8 {
		kind = 8
	}
	switch kind {
	case 0, 1:
		return one("age", "spent", "level", "cart.total", "note", `attr("a.b")`) + sign() + one("1", "-2", "1.5", "3.0", "level", "spent", "cart.total")
	case 2:
		return one("city", "城市", "tag", `attr("utm-source")`, "note") + one(" == ", " != ", " < ", " contains ", " startsWith ", " endsWith ", " not contains ") + one(`"a"`, `"x, y"`, `"\"\\\n\x00"`, `"中"`, `""`, "tag", "city")
	case 3:
		return one("age in [1, 2]", `city not in ["a,b", " c "]`, "spent in [1, 1.5]", "age in 3..5", "age not in 3..5", `note in ["a", 1, true]`, `last_order in [date("2026-01-01")]`)
	case 4:
		return "has(" + one("age", "city", "interests", "cart.total", "days_since(last_order)") + ")"
	case 5:
		return one("vip == true", "vip != false", `interests contains "a"`, `city in interests`, `city matches "^a,b$"`, `note == true`)
	case 6:
		return one(`has_tag("gold")`, `has_tag("a\"b")`, `in_segment("new")`)
	case 7:
		return "last_order" + sign() + one("now", `ago("30d")`, `date("2026-06-10")`, `date("2026-06-10T10:00:00.000001Z")`)
	case 8:
		if filter {
			return one(`it.kind == "a"`, `it.amount > 3`, `it.kind != city`, `it.due < ago("2d")`, "has(it.kind)")
		}
		return `score("lead")` + sign() + one("0", "12.5", "level")
	}
	args := `"paid"` + one("", `, within("7d")`, `, between("90d", "30d")`, `, since("2026-01-01")`, ", today()", ", this_week()", ", this_month()")
	if rapid.Bool().Draw(t, "filter") {
		args += ", " + condition(t, rapid.IntRange(0, 2).Draw(t, "filter depth"), true)
	}
	switch kind {
	case 9:
		return "did(" + args + ")"
	case 10:
		return "times(" + args + ")" + sign() + one("0", "2", "level")
	case 11:
		return one("total", "distinct") + strings.Replace("("+args+")", `paid"`, `paid", "amount"`, 1) + sign() + one("0", "2")
	}
	return "days_since(" + one("last_at", "first_at") + "(" + args + "))" + sign() + one("3", "1.5")
}

// Whatever the query, Import answers with faults or with a text that compiles.
func FuzzImport(f *testing.F) {
	for _, s := range []string{
		`{"combinator":"and","rules":[{"field":"age","operator":">=","value":"18"}]}`,
		`{"rules":[{"field":"city","operator":"in","value":"a,b"},"or",{"field":"tag","operator":"=","value":"gold"}],"not":true}`,
		rules(`{"field":"event:paid","operator":">","value":{"value":2,"within":"30d","where":{"rules":[{"field":"it.kind","operator":"=","value":"\"x"}]}}}`),
		rules(`{"field":"days_since:last:paid","operator":"between","value":["1",2.5]}`), rules(`{"field":"last_order","operator":"<","value":{"ago":"1d"}}`),
		rules(`{"field":"note","operator":"notIn","value":["a",1e5,true]}`), rules(`{"field":"age","operator":"<","value":"score:lead","valueSource":"field"}`),
		rules(`{"field":"now","operator":"between","value":["0001-01-02","2026-01-01T09:00"]}`), `[]`, `{"rules":`, `null`, rules(`{"field":"interests","operator":"in","value":"a,\u0000"}`),
		rules(`{"field":"first:paid","operator":"=","value":{"value":{"ago":"0s"},"since":"1970-01-01"}}`), rules(`{"field":"city","operator":"matches","value":"[[:word:]]"}`),
	} {
		f.Add(s)
	}
	lex := shop(f)
	c := lang.New(lex, &lang.Options{MaxSource: 1 << 22, MaxNodes: 1 << 18, MaxList: 1 << 18})
	f.Fuzz(func(t *testing.T, query string) {
		source, err := builder.Import([]byte(query), lex, &builder.Options{Scope: "cart"})
		if err != nil {
			var faults builder.Faults
			require.ErrorAs(t, err, &faults)
			require.NotEmpty(t, faults)
			for _, f := range faults {
				require.True(t, f.Line > 0 && f.Col > 0 && f.Message != "", "%+v", f)
			}
			return
		}
		require.True(t, json.Valid([]byte(query)))
		r, err := c.Compile(source, "cart")
		require.NoError(t, err, source)
		if data, err := builder.Export(r); err == nil {
			again, err := builder.Import(data, lex, &builder.Options{Scope: "cart"})
			require.NoError(t, err, "%s", data)
			require.Equal(t, r.Root().String(), again)
		}
	})
}
