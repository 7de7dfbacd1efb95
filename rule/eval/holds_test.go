package eval_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// What has a short form says of everybody what the test says, alone and within junctions and negations.
func TestHolds(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	short := []string{
		`age >= 1 and age < 4`, `age > 1 and age < 2`, `age > 0.5 and age <= 2.5`, `age == 2`, `age != 2`, `age == 1.5`, `age != 1.5`, `3 > level`,
		`spent > 0.5 and spent <= 2.5`, `spent > 0 and spent < -1`, `spent >= -1 and spent < 3`, `spent == 1.5`, `spent != 2`, `note >= 1 and note < 2`, `note != 1`,
		`city == "a" or city == "b" or city == ""`, `city in ["a", "ab"] or city == "b"`, `city not in ["a", ""]`, `city != "a" and city != "b"`, `note == "a" or note == "ab"`,
		`email endsWith "b"`, `email startsWith "a"`, `email endsWith ""`, `subscribed`, `subscribed == true`,
		`last_order >= "2026-06-10" and last_order < "2026-06-15"`, `last_order != date("2026-06-10")`, `now > last_order`, `last_order >= ago("2d")`, `ago("30d") == last_order`,
		`days_since(last_order) < 2`, `days_since(last_order) == 1`, `days_since(last_order) != 0.5`, `days_since(last_order) == 0.123456789`, `days_since(last_order) <= 1.123456789`,
		`age >= 3 or spent > 1 or city == "b"`, `age < 0 or age > 3 and level > 1`, `not (age < 1 or age > 3)`, `not (age > 1 and spent > 1)`, `(age > 1 or level > 1) and (spent > 1 or subscribed)`,
		`has_tag("vip")`, `in_segment("new")`, `did("view")`, `did("view", within("7d"))`, `times("view", between("30d", "2d")) >= 2`, `times("view", within("7d")) > 1`,
		`times("view", within("7d")) == 0`, `times("view") != 0`, `times("view", since("2026-06-10")) <= 1`, `times("view") < 1`, `times("view", within("7d")) == 2`, `times("view") >= 0`,
	}
	var sources []string
	for i, s := range short {
		other := short[(i*7+3)%len(short)]
		sources = append(sources, s, "not ("+s+")", "("+s+") and ("+other+")", "("+s+") or ("+other+")", "not (("+s+") and not ("+other+"))")
	}
	rules := make([]*rule.Rule, len(sources))
	for i, s := range sources {
		var err error
		rules[i], err = c.Compile(s, "")
		require.NoError(t, err, s)
	}
	seen := make([]int, len(rules))
	rapid.Check(t, func(t *rapid.T) {
		f, _ := person(t, lex)
		now := instant(t, -4, 4)
		full := f.Attrs
		for _, n := range []int{len(full), 4, 1, 0} {
			f.Attrs = full[:n]
			for i, r := range rules {
				truth := r.Test(rule.Input{Now: now.Time(), Facts: f}).Truth
				require.Equal(t, truth == rule.True, r.Holds(now, f, nil), "%s is %v of %v", sources[i], truth, full[:n])
				if truth == rule.True {
					seen[i]++
				}
			}
		}
	})
	rare := 0
	for _, n := range seen {
		if n == 0 {
			rare++
		}
	}
	require.Less(t, rare, len(rules)/10, "rules that were never true")
}

// A list of words finds its members, also those that look alike at first.
func TestHoldsLists(t *testing.T) {
	lex := shop(t)
	var words []string
	for i := range 120 {
		words = append(words, strings.Repeat("x", i%9)+string(rune('a'+i%26))+strings.Repeat("y", i%7))
	}
	f := rule.NewFacts(lex, "ann")
	for _, n := range []int{1, 2, 60, 100, 120} {
		for _, source := range []string{`city in ["` + strings.Join(words[:n], `", "`) + `"]`, `city == "` + strings.Join(words[:n], `" or city == "`) + `"`} {
			r, err := lang.New(lex, nil).Compile(source, "")
			require.NoError(t, err)
			for _, w := range append(words, "", "z") {
				f.Attrs[1] = rule.StringValue(w)
				require.Equal(t, r.Test(rule.Input{Now: noon, Facts: f}).Truth == rule.True, r.Holds(rule.At(noon), f, nil), w)
			}
		}
	}
}
