package lang_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// somebody has a value in every attribute.
func somebody(lex *rule.Lexicon, text string, interests ...string) *rule.Facts {
	f := rule.NewFacts(lex, "")
	for i, a := range lex.Schema().Attributes {
		f.Attrs[i] = map[rule.Type]rule.Value{
			rule.Int: rule.IntValue(3), rule.Float: rule.FloatValue(2.5), rule.Bool: rule.BoolValue(true), rule.Time: rule.TimeValue(1e15),
			rule.String: rule.StringValue(text), rule.Strings: rule.StringsValue(interests...), rule.Any: rule.StringValue("7"),
		}[a.Type]
	}
	f.Events[0] = []rule.Hit{{At: 1, Props: []rule.Value{rule.IntValue(5), rule.StringValue("Tea"), {}}}}
	return f
}

// What the subset does not cover runs on the machine, is written so that it reads back as the same, and is said in
// the plan.
func TestLeaves(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	f := somebody(lex, "Abc, d", "tea", "book", "tray")
	const T, F, U = rule.True, rule.False, rule.Unknown
	for _, x := range []struct {
		source, written string // where it is written otherwise
		truth           rule.Truth
	}{
		{`upper(city) == "ABC, D"`, "", T},
		{`len(city) > 3 and len(interests) == 3`, "", T},
		{`city + "x" == "Abc, dx"`, `(city + "x") == "Abc, dx"`, T},
		{`upper(city + "-" + lower(city)) endsWith "D"`, `upper((city + "-") + lower(city)) endsWith "D"`, T},
		{`city | lower() | hasPrefix("abc")`, `hasPrefix(lower(city), "abc")`, T},
		{`split(city, ",")[0] == "Abc"`, "", T},
		{`interests[0] == "tea"`, "", T},
		{`interests?.[0] == "tea"`, `interests[0] == "tea"`, T},
		{`interests[0:2] == ["tea", "book"]`, `(interests[0:2] == ["tea", "book"])`, T},
		{`city[:3] == "Abc"`, "", T},
		{`age ** 2 == 9`, `(age ** 2) == 9`, T},
		{`max(age, 5, spent) == 5 and round(spent) == 3`, "", T},
		{`any(interests, max(len(#), 3.5) == 4) and max(1, spent) == 2.5`, "", T},
		{`int(note) + 1 == 8`, "", T},
		{`note + "1" == "71"`, `(note + "1") == "71"`, T},
		{`{"a": age, city: 2}["Abc, d"] == 2`, `{("a"): age, ("city"): 2}["Abc, d"] == 2`, U}, // a bare key is a text
		{`{"a": age, (city): 2}["Abc, d"] == 2`, `{("a"): age, (city): 2}["Abc, d"] == 2`, T},
		{`any(interests, # startsWith "te")`, "", T},
		{`any(interests, # matches "^x")`, "", F},
		{`any(interests, upper(#) == upper(interests[0]))`, "", T},
		{`count(interests, len(#) > age) == 2`, "", T},
		{`"tray" in filter(interests, # startsWith "t")`, `filter(interests, # startsWith "t") contains "tray"`, T},
		{`"tea" in sort(interests)`, `("tea" in sort(interests))`, T},
		{`3 in map(interests, len(#))`, `(3 in map(interests, len(#)))`, T},
		{`sum(map(interests, len(#))) == 11`, "", T},
		{`all(interests, any(interests, # == "tea"))`, "", T},
		{`any(1..3, # == age)`, `any(1 .. 3, # == age)`, T},
		{`reduce(interests, #acc + len(#) + #index, 0) == 14`, `reduce(interests, (#acc + len(#)) + #index, 0) == 14`, T},
		{`any(interests, {let y = upper(#); y == "TEA"})`, `any(interests, { let y = upper(#); y == "TEA" })`, T},
		{`let x = trim(split(city, ",")[1]); x == "d"`, `(let x = trim(split(city, ",")[1]); x == "d")`, T},
		{`let x = upper(city); x startsWith "A" and len(x) > 2`, `(let x = upper(city); (x startsWith "A") and (len(x) > 2))`, T},
		{`(age > 2 ? [1] : [2]) == [1]`, `(((age > 2) ? [1] : [2]) == [1])`, T},
		{`if age > 2 {len(city) > 1} else {false}`, `age > 2 ? len(city) > 1 : false`, T},
		{`vip ? upper(city) == "X" : vip`, "", F},
		{`groupBy(interests, len(#))[3] == ["tea"]`, `(groupBy(interests, len(#))[3] == ["tea"])`, T},
		{`uniq(concat(interests, ["tea"])) == ["tea", "book", "tray"]`, `(uniq(concat(interests, ["tea"])) == ["tea", "book", "tray"])`, T},
		{`fromJSON(note) == 7`, "", T},
		{`times("order_paid") + len(city) == 7`, "", T},
		{`did("order_paid", upper(it.kind) == "TEA" and any(interests, # == lower(it.kind)))`, "", T},
		{`cart.total + len(city) > 5`, "", T},
		{`city in split("a,Abc, d", ",")`, `["a", "Abc", " d"] contains city`, F}, // what is constant is made once
		{`repeat("ab", 3) == "ababab"`, `true`, T},
		{`{"a": 1}.a == 1 and {"a": true}.a`, `true`, T}, // of which only a run tells the type
		{`len(city) in 5..7`, `len(city) >= 5 and len(city) <= 7`, T},
		{`any([-1, 2.0, age], # == -1) and any([1, city], # == nil) == false`, `any([-1, 2.0, age], # == (-1)) and any([1, city], # == nil) == false`, T},
		{"any(interests, # == \"\\x00\\n\\\"\u00e9\")", "", F},

		// an error of the machine, and what no value holds, is missing
		{`interests[5] == "tea"`, "", U},
		{`int(city) > 1`, "", U},
		{`(int(city) ?? 5) == 5`, "", T},
		{`has(first(interests)) and not has(first(filter(interests, # == "x")))`, "", T},
		{`{"a": 1}[city] == 1`, `{("a"): 1}[city] == 1`, U},
		{`first([[age]]) == 1`, "", U},
		{`float(repeat("9", 400)) > 1 or float("inf") > 1`, "", U},
		{`bitshl(age, -1) == 1`, "", U},
		{`"上海"[0:1] == city`, "", U}, // no UTF-8
		{`["上海"[0:1]] contains city`, "", U},
		{`((-0.0) ** 2) == 0`, `true`, T},
		{`((-0.0) ** age) == 0`, "", T},
	} {
		t.Run(x.source, func(t *testing.T) {
			r, err := c.Compile(x.source, "cart")
			require.NoError(t, err)
			in := rule.Input{Now: time.Unix(1e9, 0), Facts: f, Scope: []rule.Value{rule.IntValue(1)}}
			require.Equal(t, rule.Verdict{Truth: x.truth}, r.Test(in))
			require.Equal(t, x.truth == T, r.Holds(rule.At(in.Now), f, in.Scope))
			written := x.written
			if written == "" {
				written = x.source
			}
			require.Equal(t, written, r.Root().String())
			again, err := c.Compile(written, "cart")
			require.NoError(t, err)
			require.Equal(t, written, again.Root().String())
			require.Equal(t, rule.Verdict{Truth: x.truth}, again.Test(in))
		})
	}
}

// An operand that is missing makes the leaf missing; around it the three-valued rules hold.
func TestLeafOfNobody(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	for source, want := range map[string]rule.Truth{
		`upper(city) == "A"`: rule.Unknown, `upper(city) == "A" or true`: rule.True, `(upper(city) ?? "B") == "B"`: rule.True, `has(upper(city))`: rule.False,
		`upper(city ?? "a") == "A"`: rule.True, `any(interests, # == "a")`: rule.Unknown, `any(interests ?? split("a", ","), # == city)`: rule.Unknown,
		`len(has(city) ? city : "none") == 4`: rule.True, `upper(city) == nil`: rule.True,
	} {
		r, err := c.Compile(source, "")
		require.NoError(t, err, source)
		require.Equal(t, want, r.Test(rule.Input{Now: time.Unix(1, 0)}).Truth, source)
	}
	// a value of another type than is declared is none either
	f := rule.NewFacts(lex, "")
	f.Attrs[1] = rule.IntValue(1)
	r, err := c.Compile(`upper(city) == "A"`, "")
	require.NoError(t, err)
	require.Equal(t, rule.Unknown, r.Test(rule.Input{Now: time.Unix(1, 0), Facts: f}).Truth)
}

func TestPlan(t *testing.T) {
	r, err := lang.New(shop(t), nil).Compile(`age > 18 and (did("view") or not (times("view", within("7d"), it.kind == "a") > 2 or upper(city) == "A")) and
		(total("order_paid", "amount") > 3) and sequence(["view", "order_paid"]) and has(lower(city)) and did("view", len(it.kind) > 2)`, "")
	require.NoError(t, err)
	var b strings.Builder
	for _, p := range r.Plan() {
		fmt.Fprintf(&b, "%s: %s\n", p.Runs, p.Text)
	}
	require.Equal(t, `closure: age > 18
search: did("view")
scan: times("view", within("7d"), it.kind == "a") > 2
vm: upper(city) == "A"
scan: total("order_paid", "amount") > 3
scan: sequence(["view", "order_paid"])
vm: has(lower(city))
vm: did("view", len(it.kind) > 2)
`, b.String())
	var none *rule.Rule
	require.Equal(t, []rule.Part{{Text: "true", Runs: "closure"}}, none.Plan())
}

// A stranger's rule takes some milliseconds at most, and what takes more is missing, not a panic.
func TestHostile(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	var many []string
	for i := range 900 {
		many = append(many, fmt.Sprint("tag", i))
	}
	f := somebody(lex, strings.Repeat("a", 60000), many...)
	for range 1000 {
		f.Events[1] = append(f.Events[1], rule.Hit{At: 1, Props: []rule.Value{rule.StringValue("a")}})
	}
	// doubled is a text, or a list, that each let makes of the one before it
	doubled := func(first, step, last string, times int) string {
		var s strings.Builder
		s.WriteString("let v0 = " + first + "; ")
		for i := range times {
			s.WriteString(fmt.Sprintf("let v%d = %s; ", i+1, strings.ReplaceAll(step, "$", fmt.Sprint("v", i))))
		}
		return s.String() + strings.ReplaceAll(last, "$", fmt.Sprint("v", times))
	}
	const T, F, U = rule.True, rule.False, rule.Unknown
	for _, x := range []struct {
		name, source string
		truth        rule.Truth
	}{
		{"one loop", `any(interests, # == "tag899")`, T},
		{"loops that do not depend on one another", `any(interests, any(interests, any(interests, # == "x")))`, F},
		{"two loops", `any(interests, {let x = #; any(interests, # == x + "x")})`, U},
		{"three loops", `any(interests, {let x = #; any(interests, {let y = #; any(interests, # == x + y)})})`, U},
		{"many loops", strings.Repeat(`any(interests, any(interests, # == "x")) or `, 900) + "not vip", U},
		{"loops in a filter", `did("view", any(interests, {let x = #; any(interests, # == x + it.kind)}))`, F},
		{"loops of constants", strings.Repeat(`any(1..4000, any(1..4000, # == -1)) or `, 200) + "not vip", U},
		{"range", `any(1..1000000000, # == 0)`, U},
		{"range of attributes", `any(age..1000000000, # == 0)`, U},
		{"range beyond 64 bits", `any(-9223372036854775807..9223372036854775807, # == 0)`, U},
		{"repeat", `len(repeat("x", 1000000000)) > 1`, U},
		{"repeat of attributes", `len(repeat("x", age * 100000000)) > 1`, U},
		{"concatenation", doubled(`"xxxxxxxx"`, "$ + $", `len($) > 1`, 60), U},
		{"concatenation in a loop", `len(reduce(interests, #acc + #acc, "x")) > 1`, U},
		{"lists of lists", doubled("[age, age]", "[$, $]", `$ == $`, 60), U},
		{"in lists of lists", doubled("[age, age]", "[$, $]", `$ in [$, $]`, 60), U},
		{"text of lists of lists", doubled("[age, age]", "[$, $]", `string($) == "x"`, 60), U},
		{"most of lists of lists", doubled("[age, age]", "[$, $]", `max($) > 1`, 60), U},
		{"longer lists", doubled("interests", "concat($, $)", "len($) == 1", 40), U},
		{"maps of maps", doubled("interests", "map($, $)", "len($) == 3", 5), U},
		{"replace", doubled(`city`, `replace($, "a", $)`, `len($) > 1`, 3), U},
		{"join", `len(join(map(interests, city), city)) > 3`, U},
		{"split", `len(split(city, "")) == 3`, U},
		{"uniq", `len(uniq(interests)) == 3`, U},
		{"sort", `any(interests, len(sort(interests)) == 3)`, F},
		{"wide", `(city + ` + strings.Repeat(`upper(city) + `, 80) + `city) == "x"`, U},
		{"lists in a loop", `any(interests, # in [` + strings.Repeat("city, ", 4000) + `city])`, U},
		{"long texts in a loop", `any(interests, ` + strings.Repeat(`city[0:59999] != city[1:60000] or `, 60) + `# == "y")`, U},
		{"patterns in a loop", `any(interests, (# + city) matches "((a*)*)*b")`, U},
		{"brackets of JSON", `fromJSON("` + strings.Repeat("[", 60000) + `") == 1`, U},
	} {
		t.Run(x.name, func(t *testing.T) {
			r, err := c.Compile(x.source, "")
			require.NoError(t, err)
			require.Equal(t, x.truth, r.Test(rule.Input{Now: time.Unix(1e9, 0), Facts: f}).Truth)
		})
	}
	for _, x := range []struct{ name, source, want string }{
		{"depth", strings.Repeat("upper(", 98) + "city" + strings.Repeat(")", 98) + ` == "A"`, "the rule is nested more than 100 deep"},
		{"nested operands", strings.Repeat("(", 80) + `[` + strings.Repeat("city,", 4000) + `city][0]` + strings.Repeat(` + "x")`, 80) + ` == "a"`, "the rule is too long"},
		{"lets", doubled("age", "$ + 1", "$ > 1", 150), "the rule is nested more than 100 deep"},
		{"list", `any([age` + strings.Repeat(",1", 5000) + `], # == 1)`, "the list has 5001 elements, more than 5000"},
		{"shared", `any(interests, ` + strings.Repeat("1 < (", 25) + `# == "a"` + strings.Repeat(" ? 1 : 2) < 2", 25) + ")", "the rule is too long"},
		{"pattern", `any(interests, # matches "` + strings.Repeat("a", 1001) + `")`, "the pattern has 1001 bytes, more than 1000"},
		{"pattern written out", `any(interests, city + # matches "(a|.){0,999}")`, "the pattern has 1999 characters once its repetitions are written out, more than 1000"},
		{"patterns", strings.Repeat(`city matches "a{0,900}" or `, 20) + "vip", "the patterns of the rule have more than 10000 characters together"},
		{"environment", `len($env) > 1`, "unknown name $env"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := c.Compile(x.source, "")
			require.ErrorContains(t, err, x.want)
		})
	}
}

func TestWorkAndMemoryAreOptions(t *testing.T) {
	lex := shop(t)
	f := somebody(lex, "abc", "a", "b", "c", "d", "e")
	for _, x := range []struct {
		o    lang.Options
		want rule.Truth
	}{{lang.Options{}, rule.True}, {lang.Options{MaxWork: 20}, rule.Unknown}, {lang.Options{MaxMemory: 100}, rule.Unknown}} {
		r, err := lang.New(lex, &x.o).Compile(`"AA" in map(interests, upper(#) + upper(#))`, "")
		require.NoError(t, err)
		require.Equal(t, x.want, r.Test(rule.Input{Now: time.Unix(1, 0), Facts: f}).Truth)
	}
}

// A leaf serves many goroutines.
func TestLeavesTogether(t *testing.T) {
	lex := shop(t)
	r, err := lang.New(lex, nil).Compile(`any(interests, upper(#) == upper(city))`, "")
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			name := fmt.Sprint("n", i)
			yes, no := somebody(lex, name, "a", strings.ToUpper(name)), somebody(lex, name, "a", "b")
			for range 200 {
				if v := r.Test(rule.Input{Now: time.Unix(1, 0), Facts: yes}); v.Truth != rule.True {
					t.Error(v)
				}
				if v := r.Test(rule.Input{Now: time.Unix(1, 0), Facts: no}); v.Truth != rule.False {
					t.Error(v)
				}
			}
		})
	}
	wg.Wait()
}
