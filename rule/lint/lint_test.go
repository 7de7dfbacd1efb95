package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/lint"
	"github.com/marque-go/marque/rule/op"
)

// What is found in which rule, by code and place.
func TestFinds(t *testing.T) {
	c := lang.New(shop(t), nil)
	for _, x := range []struct {
		source string
		want   []string // code and text
	}{
		{`age >= 18 and city == "a"`, nil},
		{`age > 1 and age < 2`, []string{"never age > 1 and age < 2"}}, // no integer between
		{`spent > 1 and spent < 2`, nil},
		{`age == 1.5`, []string{"never age == 1.5"}},
		{`city == "a" and city in ["b", "c"]`, []string{`never city == "a" and city in ["b", "c"]`}},
		{`city startsWith "ab" and city < "aa"`, []string{`never city startsWith "ab" and city < "aa"`}},
		{`city startsWith "ab" and not (city contains "a")`, []string{`never city startsWith "ab" and not (city contains "a")`}},
		{`city contains "abc" and city contains "b"`, []string{`redundant city contains "b"`}},
		{`city == "abc" and city matches "^b"`, []string{`never city == "abc" and city matches "^b"`, `costly city matches "^b"`}},
		{`has_tag("gold") and not has_tag("gold")`, []string{`never has_tag("gold") and not has_tag("gold")`}},
		{`age < level and age > level`, []string{"never age < level and age > level"}},
		{`vip or (age > 3 and age < 1)`, []string{"never age > 3 and age < 1"}},
		{`not (age > 3 and age < 1)`, []string{"never age > 3 and age < 1"}},
		{`times("paid") >= 0`, []string{`always times("paid") >= 0`}},
		{`vip or has(age) or not has(age)`, []string{"always vip or has(age) or not has(age)"}},
		{`age > 3 or age > 5`, []string{"redundant age > 5"}},
		{`vip and (vip or age > 1)`, []string{"redundant vip or age > 1"}},
		{`times("paid", within("7d")) >= 3 and did("paid", within("30d"))`, []string{`redundant did("paid", within("30d"))`}},
		{`did("paid", within("7d"), it.kind == "a") and did("paid", within("7d"), it.kind in ["a", "b"])`, []string{`redundant did("paid", within("7d"), it.kind in ["a", "b"])`}},
		{`distinct("paid", "kind", today()) > 2 and times("paid", this_month()) < 3`, []string{`never distinct("paid", "kind", today()) > 2 and times("paid", this_month()) < 3`, `costly distinct("paid", "kind", today())`}},
		{`total("paid", "amount", within("7d")) > 0 and not did("paid", within("30d"))`, []string{`never total("paid", "amount", within("7d")) > 0 and not did("paid", within("30d"))`}},
		{`score("lead") >= 50 and score("lead") < 20`, []string{`never score("lead") >= 50 and score("lead") < 20`}},
		{`days_since(last_order) > 30 and last_order > ago("20d")`, []string{`never days_since(last_order) > 30 and last_order > ago("20d")`}},
		{`not has(last_order) and days_since(last_order) > 3`, []string{`never not has(last_order) and days_since(last_order) > 3`}},
		{`did("paid", within("7d"), it.kind == "a" and it.kind == "b")`, []string{`never did("paid", within("7d"), it.kind == "a" and it.kind == "b")`, `never it.kind == "a" and it.kind == "b"`}},
		{`not vip`, []string{"missing vip"}},
		{`not vip or not has(vip)`, nil},
		{`not has_tag("gold") and not did("view")`, nil},
		{`age in [1, 2, 1.0]`, []string{"duplicate age in [1, 2, 1.0]"}},
		{`spent == 10.5`, []string{"exact spent == 10.5"}},
		{`days_since(last_order) == 30`, []string{"exact days_since(last_order) == 30"}},
		{`did("paid", it.kind == "a")`, []string{`costly did("paid", it.kind == "a")`}},
		{`total("paid", "amount") > 3`, []string{`costly total("paid", "amount")`}},
		{`did("paid", since("2027-01-01"))`, []string{`future did("paid", since("2027-01-01T00:00:00Z"))`}},
		{`len(city) > 3 and len(city) < 2`, []string{"never len(city) > 3 and len(city) < 2", "costly len(city)", "costly len(city)"}},
		{`sequence([did("view"), did("paid", it.kind == "a" and it.kind == "b")])`, []string{`costly sequence(["view", did("paid", it.kind == "a" and it.kind == "b")])`, `never it.kind == "a" and it.kind == "b"`}},
		{`vip ? age > 3 : (age > 3 and age < 1)`, []string{"never age > 3 and age < 1"}},
	} {
		t.Run(x.source, func(t *testing.T) {
			r, err := c.Compile(x.source, "")
			require.NoError(t, err)
			var got []string
			for _, f := range lint.Check(r, &lint.Options{Now: noon}) {
				require.NotEmpty(t, f.Message)
				got = append(got, f.Code+" "+f.Text)
			}
			require.ElementsMatch(t, x.want, got)
		})
	}
	require.Empty(t, lint.Check(nil, nil))
}

func TestPlace(t *testing.T) {
	r, err := lang.New(shop(t), nil).Compile("vip and\n\tcity == \"中\" and (age > 3 or\n  age > 5)", "")
	require.NoError(t, err)
	f := lint.Check(r, nil)
	require.Len(t, f, 1)
	require.Equal(t, []int{3, 3, 10}, []int{f[0].Line, f[0].Col, f[0].EndCol})
	require.Equal(t, "3:3: redundant: age > 5 adds nobody to age > 3; leave it out", f[0].String())
}

// A front end may make windows that the language refuses.
func TestEmptyWindow(t *testing.T) {
	n := rule.Node{Op: op.Did, Type: rule.Bool, Name: "paid", Window: rule.Window{Long: marque.Day, Short: 2 * marque.Day}}
	f := lint.Check(eval.New("", n), nil)
	require.Len(t, f, 2)
	require.Equal(t, []string{lint.Never, lint.Empty}, []string{f[0].Code, f[1].Code})
	require.Zero(t, f[0].Line)
}

// A rule with too many combinations is not reasoned about, and says so.
func TestLarge(t *testing.T) {
	source := ""
	for _, a := range []string{"age", "level", "spent"} {
		for _, b := range []string{"age", "level", "spent"} {
			for _, o := range []string{" + ", " - ", " * "} {
				if source != "" {
					source += " and "
				}
				source += "(" + a + o + b + " > 3 or " + b + o + a + " < 2 or " + a + o + b + " + 1 == 9)"
			}
		}
	}
	r, err := lang.New(shop(t), nil).Compile("not ("+source+") and ("+source+")", "")
	require.NoError(t, err)
	var codes []string
	for _, f := range lint.Check(r, nil) {
		codes = append(codes, f.Code)
	}
	require.Contains(t, codes, lint.Large)
	require.False(t, lint.Disjoint(r, nil))
}

func TestRelations(t *testing.T) {
	c := lang.New(shop(t), nil)
	var all []lint.Named
	for _, s := range []string{`age > 3`, `age >= 4`, `age in [5, 6]`, `age < 3`, `age > 3 and age < 1`, `true`, `has_tag("gold")`} {
		r, err := c.Compile(s, "")
		require.NoError(t, err)
		all = append(all, lint.Named{Name: s, Rule: r})
	}
	var got []string
	for _, r := range lint.Compare(all) {
		got = append(got, r.String())
	}
	require.Equal(t, []string{
		"nobody can be in age > 3 and age < 1", "everybody is in true",
		"age > 3 and age >= 4 are the same people", "everybody in age in [5, 6] is in age > 3", "nobody is in both age > 3 and age < 3",
		"everybody in age in [5, 6] is in age >= 4", "nobody is in both age >= 4 and age < 3", "nobody is in both age in [5, 6] and age < 3",
	}, got)
	require.True(t, lint.Implies(all[2].Rule, all[0].Rule))
	require.False(t, lint.Implies(all[0].Rule, all[2].Rule))
	require.True(t, lint.Implies(all[0].Rule, nil))
	require.True(t, lint.Disjoint(all[2].Rule, all[3].Rule))
}

func BenchmarkCheck(b *testing.B) {
	r, err := lang.New(shop(b), nil).Compile(`age >= 18 and (city in ["a", "b"] or vip) and times("paid", within("30d")) >= 2 and not did("paid", within("7d")) and score("lead") >= 50`, "")
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		lint.Check(r, nil)
	}
}

func BenchmarkCompare(b *testing.B) {
	c := lang.New(shop(b), nil)
	x, err := c.Compile(`age >= 18 and times("paid", within("30d")) >= 2`, "")
	require.NoError(b, err)
	y, err := c.Compile(`age >= 21 and times("paid", within("7d")) >= 2 and vip`, "")
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		lint.Compare([]lint.Named{{Name: "x", Rule: x}, {Name: "y", Rule: y}})
	}
}

// Of a stranger's rule not everything is looked at, and that is said.
func TestHostile(t *testing.T) {
	c := lang.New(shop(t), nil)
	var source strings.Builder
	for i := range 300 {
		source.WriteString(fmt.Sprintf(`times("paid", it.amount > %d) > 1 and `, i))
	}
	r, err := c.Compile(source.String()+"vip", "")
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(lint.Check(r, nil), func(f lint.Finding) bool { return f.Code == lint.Large }))
}
