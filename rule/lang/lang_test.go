package lang_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func shop(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "spent", Type: rule.Float}, {Name: "last_order", Type: rule.Time},
			{Name: "vip", Type: rule.Bool}, {Name: "interests", Type: rule.Strings}, {Name: "note", Type: rule.Any}, {Name: "utm-source", Type: rule.String},
			{Name: "城市", Type: rule.String}, {Name: "总消费", Type: rule.Int}, {Name: "stage/lifecycle", Type: rule.String}, {Name: "rfm/r", Type: rule.Int}, {Name: "rfm/f", Type: rule.Int},
		},
		Events: []rule.EventType{
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}, {Name: "sku-id", Type: rule.String}}},
			{Name: "view", Props: []rule.Field{{Name: "kind", Type: rule.String}}}, {Name: "segment.entered"},
		},
		Tags: []string{"gold"}, Scores: []string{"lead"}, Segments: []string{"new"},
		Scales: []rule.Scale{{Name: "lead", Score: "lead", Grades: []rule.Grade{{Name: "D"}, {Name: "C", From: 20}, {Name: "B", From: 50}, {Name: "A", From: 80}}}},
		Scopes: []rule.Scope{{Name: "cart", Fields: []rule.Field{{Name: "total", Type: rule.Int}}}, {Name: "vars", Fields: []rule.Field{{Name: "x", Type: rule.Any}}}},
	}.Compile()
	require.NoError(t, err)
	return lex
}

// Every fault is found, in the order of the text, with its place in runes.
func TestFaults(t *testing.T) {
	c := lang.New(shop(t), nil)
	for _, x := range []struct{ scope, source, want string }{
		{"", `agee > 1 and ctiy == "a"`, `
1:1-5 name: unknown name agee, did you mean "age"?
1:14-18 name: unknown name ctiy, did you mean "city"?`},
		{"", "age > 1 and\n  (ctiy == \"a\" or\n\tage == \"a\")", `
2:4-8 name: unknown name ctiy, did you mean "city"?
3:2-12 type: age (int) and "a" (string) cannot be compared`},
		{"", `城市 == "上海" && 总消废 > 2`, `
1:15-18 name: unknown name 总消废, did you mean "总消费"?`},
		{"", "城市 == 2 or\n总消费 > \"二\" or has_tag(\"金\")", `
1:1-8 type: 城市 (string) and 2 (int) cannot be compared
2:1-10 type: 总消费 (int) and "二" (string) cannot be compared
2:22-25 name: unknown tag "金"`},
		{"", "age > 1 and\n\tage > 9223372036854775808 and spent > 1", `
2:8-27 syntax: the number is out of range`},
		{"", `last_order > "0001-01-01"`, `
1:14-26 argument: "0001-01-01" is not a time, as 2026-01-31 or 2026-01-31T09:00:00+08:00`},
		{"", `gold`, `
1:1-5 name: unknown name gold, did you mean has_tag("gold")?`},
		{"", `view and new`, `
1:1-5 name: unknown name view, did you mean did("view")?
1:10-13 name: unknown name new, did you mean in_segment("new")?`},
		{"", `score > 1`, `
1:1-6 name: unknown name score, did you mean score("name")?`},
		{"", `has_tag("gld") or in_segment("nwe") or score("led") > 1 or did("veiw")`, `
1:9-14 name: unknown tag "gld", did you mean "gold"?
1:30-35 name: unknown segment "nwe", did you mean "new"?
1:46-51 name: unknown score "led", did you mean "lead"?
1:64-70 name: unknown event "veiw", did you mean "view"?`},
		{"", `did(city) and has_tag(1) and total("order_paid", city) > 1`, `
1:5-9 argument: the event must be written out, as in did("order_paid")
1:23-24 argument: the tag must be written out, as in has_tag("name")
1:50-54 argument: the property must be written out, as in total("order_paid", "amount")`},
		{"", `total("order_paid", "amout") > 1 or total("order_paid", "kind") > 1 or did("view", it.amount > 1)`, `
1:21-28 name: event order_paid has no property amout, did you mean "amount"?
1:57-63 type: total needs a number, kind is string
1:87-93 name: event view has no property amount`},
		{"", `did("view", kind == "a") or it.kind == "a"`, `
1:13-17 name: unknown name kind, did you mean it.kind?
1:29-31 name: it stands for an event only within the filter of did, times, …`},
		{"", `did("veiw", it.what > 1 and agee > 1)`, `
1:5-11 name: unknown event "veiw", did you mean "view"?
1:29-33 name: unknown name agee, did you mean "age"?`},
		{"", `did("view", within("3x")) or did("view", within("0s")) or did("view", within(3)) or did("view", within())`, `
1:20-24 argument: duration "3x": unit "x": want w, d, h, m, s, ms, us in falling order, each once
1:49-53 argument: the duration "0s" is not longer than none
1:78-79 argument: the duration must be written out, as in within("30d")
1:97-103 arity: within has 0 arguments, want 1, as in within("30d")`},
		{"", `did("view", between("1d", "2d")) or did("view", since("soon"))`, `
1:13-31 argument: between goes from the longer to the shorter, as in between("90d", "30d")
1:55-61 argument: "soon" is not a time, as 2026-01-31 or 2026-01-31T09:00:00+08:00`},
		{"", `did("view", it.kind == "a", within("1d")) or did("view", vip, vip) or within("1d")`, `
1:29-40 argument: the window comes once, and before the filter
1:63-66 argument: there is one filter; join conditions with and
1:71-77 argument: a window can only stand behind an event, as in did("order_paid", within("30d"))`},
		{"", `did() or has_tag("gold", "x") or days_since() > 1 or did("view", vip, vip, vip)`, `
1:1-4 arity: did has 0 arguments, want 1 to 3, as in did("event")
1:10-17 arity: has_tag has 2 arguments, want 1, as in has_tag("name")
1:34-44 arity: days_since has 0 arguments, want 1, as in days_since(time)
1:54-57 arity: did has 4 arguments, want 1 to 3, as in did("event")`},
		{"", `did("view", did("order_paid")) or times("view", times("view") > 1) > 1`, `
1:13-16 argument: a filter looks at one event, it cannot look at the history
1:49-54 argument: a filter looks at one event, it cannot look at the history`},
		{"", `count("view") > 1 or sum("view", "kind") > 1 or len(city) > 1 or has_tga("gold") or now() > last_order`, `
1:1-6 argument: count takes a list, did you mean times?
1:22-25 argument: sum takes a list, did you mean total?
1:66-73 name: unknown function has_tga, did you mean "has_tag"?
1:85-88 name: unknown function now, write now without brackets`},
		{"", `any(interests, # == "a") or filter(interests, {# == "a"}) or # == "a"`, `
1:62-63 syntax: unexpected token Operator("#")`},
		{"", `age`, `
1:1-4 type: a rule must be true or false, this is age (int)`},
		{"", `age and not city`, `
1:1-4 type: want something true or false, this is age (int)
1:13-17 type: want something true or false, this is city (string)`},
		{"", `did("view", since("1970-01-01")) or did("view", since("1969-12-31"))`, `
1:19-31 argument: 1970-01-01 is no beginning: leave the window out`},
		{"", `vip > true or interests == "a" or interests == interests or interests contains 3 or city contains 3 or age startsWith "1"`, `
1:1-11 type: vip (bool) and true (bool) have no order
1:15-31 type: interests (strings) and "a" (string) cannot be compared, write contains for one of a set of texts
1:35-57 type: interests (strings) and interests (strings) cannot be compared
1:80-81 type: contains needs a text, this is 3 (int)
1:99-100 type: contains needs a text, this is 3 (int)
1:104-107 type: startsWith needs a text, this is age (int)`},
		{"", `city + 1 > 2 or spent % 2 == 1 or -city == 1 or city matches "(" or city matches city`, `
1:1-5 type: + needs a number, this is city (string)
1:17-22 type: % needs an integer, this is spent (float)
1:35-40 type: - needs a number, this is city (string)
1:62-65 argument: error parsing regexp: missing closing ): ` + "`(`" + `
1:82-86 argument: the pattern must be written out`},
		{"", `age in [1, "a", 2] or city in [] or age in city or age in interests or spent in 1..5 or age in 1.."5"`, `
1:12-15 type: age (int) cannot be "a" (string)
1:31-32 argument: the list is empty
1:44-48 type: in needs a list or a set of texts, this is city (string)
1:52-55 type: a set of texts cannot have age (int)
1:72-77 type: only an integer can be in a range, this is spent (float)
1:96-102 type: a range needs two integers, as in 18..24`},
		{"", `score("lead") + 1 > 2 or now in [now] or (now > ago("1d")) or days_since(now) > 1 or (vip ? now : last_order) > now`, `
1:1-14 argument: what changes with every instant can only be compared, as in score("lead") >= 50
1:26-29 argument: what changes with every instant can only be compared, as in now > ends
1:34-37 argument: what changes with every instant can only be compared, as in now > ends
1:43-58 argument: two values that change with every instant cannot be compared
1:74-77 argument: what changes with every instant can only be compared, as in now > ends
1:93-96 argument: what changes with every instant can only be compared, as in now > ends`},
		{"", `vip ? 1 : "a"`, `
1:1-14 type: the two ways differ: 1 (int) and "a" (string)`},
		{"", `(age ?? "a") == 1 or last_order > "soon" or age > nil or nil == nil or days_since(age) > 1`, `
1:2-12 type: age (int) and "a" (string) are of different types
1:35-41 argument: "soon" is not a time, as 2026-01-31 or 2026-01-31T09:00:00+08:00
1:51-54 type: nil can only be compared with == and !=
1:58-61 type: nil can only be compared with == and !=
1:65-68 type: nil can only be compared with == and !=
1:83-86 type: days_since needs a time, this is age (int)`},
		{"", `attr("utm-sorce") == "a" or attr(city) == "a" or city.name == "a" or cart.total > 1 or event.amount > 1`, `
1:6-17 name: unknown attribute "utm-sorce", did you mean "utm-source"?
1:34-38 argument: the attribute must be written out, as in attr("name")
1:50-59 name: city has no fields
1:70-74 name: unknown name cart
1:88-93 name: there is no event at hand here`},
		{"cart", `cart > 1 or cart.totl > 1 or total > 1 or cart.total.x > 1 or cart[city] > 1`, `
1:1-5 name: cart needs a field, as in cart.name
1:18-22 name: cart has no field totl, did you mean "total"?
1:30-35 name: unknown name total, did you mean cart.total?
1:54-55 type: type int has no field x
1:63-72 argument: the field must be written out, as in cart.name`},
		{"event/order_paid", `event.amont > 1 or amount > 1`, `
1:7-12 name: event has no field amont, did you mean "amount"?
1:20-26 name: unknown name amount, did you mean event.amount?`},
		{"wagon", `age > 1`, `
1:1-1 name: there is no scope "wagon"`},
		{"", `age > 1; age > 2`, `
1:5-6 syntax: a rule is one expression, without ;`},
		// what the machine runs is checked too
		{"", `{"a": 1} == 1 or interests[1:2] == "a" or [1] == 1 or city.trim() == "a" or 1..2 == 1 or b"a" == "a"`, `
1:10-12 type: invalid operation: == (mismatched types map[string]interface {} and int)
1:18-39 type: strings and "a" (string) cannot be compared, write contains for one of a set of texts
1:47-49 type: invalid operation: == (mismatched types []interface {} and int)
1:60-64 syntax: methods cannot be called
1:82-84 type: invalid operation: == (mismatched types []interface {} and int)
1:90-94 syntax: such an expression is not part of rules`},
		{"", "len(city) > 1 and uper(city) == \"A\" and\n 城市 == \"上海\" or upper(总消费) == \"A\" or len(ctiy) > 1", `
1:19-23 name: unknown function uper, did you mean "upper"?
2:22-25 type: cannot use int as argument (type string) to call upper
2:41-45 name: unknown name ctiy, did you mean "city"?`},
		{"", `any(interests, #) or any(vip, true) or upper(city, city) == "a" or age[0] == 1 or len(interests) or [1, 2]`, `
1:16-17 type: predicate should return boolean (got string)
1:26-29 type: builtin any takes only array (got bool)
1:40-45 type: too many arguments to call upper
1:71-72 type: type int[int] is undefined
1:83-97 type: want something true or false, this is int
1:101-106 type: want something true or false, this is a list, a map or a duration`},
		{"", `len(score("lead")) > 1 or any(interests, now > last_order ? true : score("lead")) or days_since(last_order) ** 2 > 1`, `
1:5-18 argument: what changes with every instant can only be compared, as in score("lead") >= 50
1:68-81 argument: what changes with every instant can only be compared, as in score("lead") >= 50
1:86-108 argument: what changes with every instant can only be compared, as in days_since(last_order) > 30`},
		{"", `any(interests, has_tag(#)) or any(interests, days_since(#) > 1) or any(interests, #.trim() == "a") or any(interests, city matches #) or any(interests, # matches "(")`, `
1:16-26 argument: has_tag cannot look at what a predicate or a let binds
1:46-59 argument: days_since cannot look at what a predicate or a let binds
1:85-89 syntax: methods cannot be called
1:131-132 argument: the pattern must be written out
1:162-165 argument: error parsing regexp: missing closing ): ` + "`(`"},
		{"", `let age = 3; age > 2`, `
1:5-8 name: age means something else already`},
		{"", `let x = city; let x = age; x > 2`, `
1:19-20 name: x means something else already`},
		{"", `keys({"a": 1}) == ["a"] or duration("1s") == duration("2s") or now() > last_order or date(city) > last_order or timezone("UTC") == nil`, `
1:1-5 name: unknown function keys
1:28-36 name: unknown function duration
1:46-54 name: unknown function duration
1:64-67 name: unknown function now, write now without brackets
1:91-95 argument: the date must be written out, as in date("2026-01-31")
1:113-121 name: unknown function timezone`},
		{"", `has(filter(interests, true)) and has(map(interests, len(#)))`, `
1:38-60 type: has needs a value, this is a list, a map or a duration`},

		{"", `sequence(["view", "odrer_paid", did("view", it.knd == "a"), did("view", within("1d")), vip])`, `
1:19-31 name: unknown event "odrer_paid", did you mean "order_paid"?
1:48-51 name: event view has no property knd, did you mean "kind"?
1:61-86 argument: the window stands behind the steps, for all of them
1:88-91 argument: a step is an event, as in "view", or one of some kind, as in did("view", it.kind == "tea")`},
		{"", `sequence("view") or sequence(["view"]) or sequence(["view", "view"], vip) or sequence(["view", "view"], today(), today())`, `
1:10-16 argument: the steps must be written out, as in sequence(["view", "order_paid"], within("2h"))
1:30-31 arity: a sequence has 2 to 16 steps, this has 1
1:70-73 argument: behind the steps of a sequence come a window and apart("2h")
1:114-119 argument: the window comes once`},
		{"", `sequence(["view", "view"], apart("soon")) or apart("2h") or did("view", sequence(["view", "view"])) or sequence(["view", "view"], apart("1h"), apart("2h"))`, `
1:34-40 argument: duration "soon": want a number and a unit, as in "2d"
1:46-51 argument: apart can only stand in a sequence, as in sequence(["view", "order_paid"], apart("2h"))
1:73-81 argument: a filter looks at one event, it cannot look at the history
1:150-154 argument: apart comes once`},
		{"", `grade("led") == "A" or grade("lead") == "E" or grade("lead") == city or grade("lead") in ["A", "AA"] or grade("lead") in city`, `
1:7-12 name: unknown scale "led", did you mean "lead"?
1:41-44 name: the scale lead has no grade "E", there is D, C, B, A
1:65-69 argument: the grade must be written out, as in grade("lead") >= "B"
1:96-100 name: the scale lead has no grade "AA", did you mean "A"?
1:105-110 argument: a grade can only be compared, as in grade("lead") >= "B" or grade("lead") in ["A", "B"]`},
		{"", `stage("lifecycel") == "loyal" or rfm("m") >= 4 or stage("plan") == "a" or stage(city) == "a"`, `
1:7-18 name: unknown stage "lifecycel", did you mean "lifecycle"?
1:38-41 name: unknown rfm "m", there is r, f
1:57-63 name: unknown stage "plan", there is lifecycle
1:81-85 argument: the name must be written out, as in stage("name")`},
		{"", ``, `
1:1-1 syntax: the rule is empty`},
		{"", "  \n ", `
1:1-1 syntax: the rule is empty`},
		{"", `age > `, `
1:7-7 syntax: the rule ends too early`},
		{"", "(age > 1\nand 城市 == \"a\"", `
2:14-14 syntax: the rule ends too early`},
		{"", "age > 1 and\n城市 == @", `
2:7-8 syntax: unrecognized character: U+0040 '@'`},
		{"", `city == "abc`, `
1:13-13 syntax: literal not terminated`},
		{"", "city == \"\xff\"", `
1:10-11 syntax: the rule is not UTF-8`},
		{"", `30d > 1`, `
1:3-4 syntax: bad number syntax: "30d"`},
	} {
		t.Run(x.source, func(t *testing.T) {
			_, err := c.Compile(x.source, x.scope)
			var faults rule.Faults
			require.ErrorAs(t, err, &faults)
			var b strings.Builder
			for _, f := range faults {
				fmt.Fprintf(&b, "\n%d:%d-%d %s: %s", f.Line, f.Col, f.EndCol, f.Code, f.Message)
				if f.Hint != "" {
					b.WriteString(", " + f.Hint)
				}
			}
			require.Equal(t, x.want, b.String())
		})
	}
}

func TestScopes(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	for _, x := range []struct {
		scope, source string
		props         map[string]any
		want          rule.Truth
	}{
		{"cart", `cart.total > 5`, map[string]any{"total": 6}, rule.True},
		{"cart", `cart["total"] > 5`, map[string]any{"total": 5}, rule.False},
		{"event/order_paid", `event.amount > 5 and event["sku-id"] == "x"`, map[string]any{"amount": 6, "sku-id": "x"}, rule.True},
		{"event/order_paid", `event?.amount > 5`, nil, rule.Unknown},
		{"vars", `vars.x == "a" or vars.x == 1`, map[string]any{"x": 1.0}, rule.True},
		{"vars", `vars.x`, map[string]any{"x": true}, rule.True},
		{"vars", `not vars.x`, map[string]any{"x": "true"}, rule.Unknown},
		{"event/segment.entered", `did("segment.entered") or true`, nil, rule.True},
	} {
		r, err := c.Compile(x.source, x.scope)
		require.NoError(t, err, x.source)
		require.Equal(t, x.source, r.Source())
		require.Equal(t, x.want, r.Test(rule.Input{Now: time.Unix(0, 0), Scope: lex.Row(x.scope, x.props)}).Truth, x.source)
	}
}

func TestLimits(t *testing.T) {
	lex := shop(t)
	for _, x := range []struct {
		name, source string
		o            *lang.Options
		want         string
	}{
		{"source", strings.Repeat(" ", 70000), nil, "1:1: the rule has 70000 bytes, more than 65536"},
		{"source", `age > 1`, &lang.Options{MaxSource: 6}, "1:1: the rule has 7 bytes, more than 6"},
		{"nodes", strings.Repeat("age>1 or ", 3000) + "vip", nil, "the rule has more than 10000 names, literals, operators and calls"},
		{"brackets", strings.Repeat("(", 101) + "vip" + strings.Repeat(")", 101), nil, "1:101: brackets are nested more than 100 deep"},
		{"minus", strings.Repeat("-", 9000) + "age > 1", nil, "the rule is nested more than 100 deep"},
		{"not", strings.Repeat("not ", 150) + "vip", nil, "the rule is nested more than 100 deep"},
		{"ways", strings.Repeat("vip ? vip : ", 150) + "vip", nil, "the rule is nested more than 100 deep"},
		{"sum", "age" + strings.Repeat("+1", 150) + "> 1", nil, "the rule is nested more than 100 deep"},
		{"list", `age in [1` + strings.Repeat(",1", 5000) + `]`, nil, "the list has 5001 elements, more than 5000"},
		{"pattern", `city matches "` + strings.Repeat("a", 1001) + `"`, nil, "1:14: the pattern has 1001 bytes, more than 1000"},
		{"pattern written out", `city matches "(a|.){0,999}b"`, nil, "1:14: the pattern has"},
		// what stands between two comparisons is shared by the parser: a walk would see it twice, and again
		{"shared", strings.Repeat("1 < (", 25) + "vip" + strings.Repeat(" ? 1 : 2) < 2", 25), nil, "the rule is too long"},
		{"shared", strings.Repeat("(", 50) + "vip" + strings.Repeat(" ?: vip)", 50), nil, "the rule is too long"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := lang.New(lex, x.o).Compile(x.source, "")
			var faults rule.Faults
			require.ErrorAs(t, err, &faults)
			require.Len(t, faults, 1)
			require.Equal(t, "limit", faults[0].Code)
			require.Contains(t, err.Error(), x.want)
		})
	}
	c := lang.New(lex, nil)
	for _, fine := range []string{
		strings.Repeat("age > 1 or ", 2000) + "vip",
		strings.Repeat("(", 90) + "vip" + strings.Repeat(")", 90),
		`age in [1` + strings.Repeat(",1", 4999) + `]`,
	} {
		_, err := c.Compile(fine, "")
		require.NoError(t, err)
	}
}

// An attribute may be called like a function.
func TestAttributesBesideFunctions(t *testing.T) {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "score", Type: rule.Int}, {Name: "total", Type: rule.Int}},
		Events:     []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}},
		Scores:     []string{"lead"},
	}.Compile()
	require.NoError(t, err)
	for _, source := range []string{`score > 5 and score("lead") > 5`, `total > total("order_paid", "amount")`} {
		r, err := lang.New(lex, nil).Compile(source, "")
		require.NoError(t, err)
		require.Equal(t, source, r.Root().String())
	}
}

// 1970 is a year like any other.
func TestTheFirstInstantIsWritten(t *testing.T) {
	c := lang.New(shop(t), nil)
	r, err := c.Compile(`last_order == date("1970-01-01")`, "")
	require.NoError(t, err)
	again, err := c.Compile(r.Root().String(), "")
	require.NoError(t, err)
	require.Equal(t, `last_order == date("1970-01-01T00:00:00Z")`, again.Root().String())
}
