package audience_test

import (
	"testing"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/segment/audience"
	"github.com/stretchr/testify/require"
)

// few is a table of people by hand: each has a city, an age, a set of hobbies and a score of loyalty, or not.
func few(t *testing.T, people ...func(*rule.Facts)) *column.Table {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "age", Type: rule.Int}, {Name: "hobbies", Type: rule.Strings},
			{Name: "spent", Type: rule.Float}, {Name: "seen", Type: rule.Time}, {Name: "any", Type: rule.Any}},
		Tags: []string{"vip", "old"}, Segments: []string{"active"},
	}.Compile()
	require.NoError(t, err)
	table := column.NewTable(lex)
	for i, p := range people {
		f := rule.NewFacts(lex, string(rune('a'+i)))
		p(f)
		table.Put(f)
	}
	return table
}

func person(city string, age int64, hobbies ...string) func(*rule.Facts) {
	return func(f *rule.Facts) {
		if city != "" {
			f.Attrs[0] = rule.StringValue(city)
		}
		if age != 0 {
			f.Attrs[1] = rule.IntValue(age)
		}
		if hobbies != nil {
			f.Attrs[2] = rule.StringsValue(hobbies...)
		}
	}
}

func trait(t *testing.T, p audience.Portrait, name string) audience.Trait {
	for _, x := range p.Traits {
		if x.Name == name {
			return x
		}
	}
	t.Fatalf("no trait %s", name)
	return audience.Trait{}
}

// bars gives what tests look at: the label, the count in the base, and the counts in the audiences.
func bars(x audience.Trait) (out [][]any) {
	for _, b := range x.Bars {
		row := []any{b.Label, b.Count}
		for _, i := range b.Of {
			row = append(row, i.Count)
		}
		out = append(out, row)
	}
	return out
}

func TestPortrayCounts(t *testing.T) {
	table := few(t,
		person("Wuhan", 20, "tea", "go"), person("Wuhan", 30, "tea"), person("Xi'an", 40), person("", 50, "go"),
		person("Xi'an", 20), person("Xi'an", 0), person("Beijing", 60), person("Wuhan", 60))
	table.Remove(7)
	x, y := audience.Of(0, 1, 3, 7, 99), audience.Of(2, 4)
	named := []audience.Named{{Name: "x", Set: x}, {Name: "y", Set: y}}
	p, err := audience.Portray(table, audience.First(100), named, now, nil)
	require.NoError(t, err)
	require.Equal(t, 7, p.Base, "the one who is removed, and rows that there are not, are nobody")
	require.Equal(t, []int{3, 2}, p.Sizes)

	city := trait(t, p, "city")
	require.Equal(t, [][]any{{"Xi'an", 3, 0, 2}, {"Wuhan", 2, 2, 0}, {"(1 others)", 1, 0, 0}}, bars(city), "nobody is named by a city that she alone has")
	require.Equal(t, 1, city.Missing.Count)
	require.InDelta(t, 1./7, city.Missing.Share, 1e-12, "of all people")
	require.InDelta(t, 0.5, city.Bars[0].Share, 1e-12, "of those whose city is known")
	require.Equal(t, 1, city.Missing.Of[0].Count)
	require.InDelta(t, 100*(1./3)/(1./7), city.Missing.Of[0].TGI, 1e-9)

	age := trait(t, p, "age")
	require.Equal(t, [][]any{{"20", 2, 1, 1}, {"30", 1, 1, 0}, {"40", 1, 0, 1}, {"50", 1, 1, 0}, {"60", 1, 0, 0}}, bars(age), "with few values each has a bar")

	hobbies := trait(t, p, "hobbies")
	require.True(t, hobbies.Many)
	require.Equal(t, [][]any{{"go", 2, 2, 0}, {"tea", 2, 2, 0}}, bars(hobbies))
	require.Equal(t, 4, hobbies.Missing.Count)

	p, err = audience.Portray(table, audience.Everybody(table), named, now, &audience.PortraitOptions{Attributes: []string{"age"}, Bins: 2, Top: 1})
	require.NoError(t, err)
	require.Equal(t, [][]any{{"< 40", 3, 2, 1}, {">= 40", 3, 1, 1}}, bars(trait(t, p, "age")))
	require.Equal(t, []rule.Value{rule.IntValue(40)}, trait(t, p, "age").Cuts)
	require.Len(t, p.Traits, 1)

	p, err = audience.Portray(table, audience.Everybody(table), nil, now, &audience.PortraitOptions{
		Top: 1, Cuts: map[string][]rule.Value{"age": {rule.IntValue(25), rule.IntValue(26), rule.IntValue(99)}},
	})
	require.NoError(t, err)
	require.Equal(t, [][]any{{"< 25", 2}, {"25", 0}, {"26 to 98", 4}, {">= 99", 0}}, bars(trait(t, p, "age")))
	require.Equal(t, [][]any{{"Xi'an", 3}, {"(2 others)", 3}}, bars(trait(t, p, "city")))
	require.Equal(t, [][]any{{"go", 2}}, bars(trait(t, p, "hobbies")), "no bar for others where people are in several")
	require.Equal(t, 1, trait(t, p, "hobbies").Others)
}

func TestPortrayMarksAndKinds(t *testing.T) {
	at := func(hours int) rule.Instant { return rule.At(now) + rule.Instant(hours)*3600_000_000 }
	table := few(t,
		func(f *rule.Facts) {
			f.Tags = []rule.Mark{{Slot: 0, From: at(-1)}, {Slot: 1, From: at(-9), Until: at(-1)}}
			f.Consents = []rule.Consent{{Channel: "sms", Topic: "news", OK: true, At: at(-1)}, {OK: false, At: at(-2)}}
			f.Attrs[5] = rule.IntValue(7)
			f.Attrs[3] = rule.FloatValue(0.5)
			f.Attrs[4] = rule.TimeValue(at(0))
		},
		func(f *rule.Facts) {
			f.Tags = []rule.Mark{{Slot: 0, From: at(-1)}}
			f.Segments = []rule.Mark{{Slot: 0, From: at(-1)}}
			f.Consents = []rule.Consent{{Channel: "sms", Topic: "news", OK: false, At: at(-1)}}
			f.Attrs[5] = rule.StringsValue("", "7")
			f.Attrs[3] = rule.FloatValue(1.5)
			f.Attrs[4] = rule.TimeValue(at(1))
		},
		func(f *rule.Facts) {
			f.Segments = []rule.Mark{{Slot: 0, From: at(-1)}}
			f.Attrs[3] = rule.FloatValue(2.25)
			f.Attrs[4] = rule.TimeValue(at(30))
		})
	p, err := audience.Portray(table, audience.Everybody(table), nil, now, &audience.PortraitOptions{Bins: 2, Least: 1})
	require.NoError(t, err)
	require.Equal(t, [][]any{{"vip", 2}}, bars(trait(t, p, "tags")), "a tag that has run out is none")
	require.Equal(t, [][]any{{"active", 2}}, bars(trait(t, p, "segments")))
	require.Equal(t, [][]any{{"yes", 1}, {"no", 1}}, bars(trait(t, p, "consent sms/news")))
	require.Equal(t, 1, trait(t, p, "consent sms/news").Missing.Count)
	require.Equal(t, [][]any{{"yes", 0}, {"no", 1}}, bars(trait(t, p, "consent")))
	require.Equal(t, [][]any{{"7", 2}, {`""`, 1}}, bars(trait(t, p, "any")))
	require.Equal(t, [][]any{{"< 1.5", 1}, {">= 1.5", 2}}, bars(trait(t, p, "spent")))
	require.Equal(t, [][]any{{"< 2026-06-15", 1}, {">= 2026-06-15", 2}}, bars(trait(t, p, "seen")))
	require.Empty(t, bars(trait(t, p, "city")))
	require.Equal(t, 3, trait(t, p, "city").Missing.Count)

	p, err = audience.Portray(table, audience.Everybody(table), nil, now, &audience.PortraitOptions{
		Cuts: map[string][]rule.Value{"seen": {rule.StringValue("2026-06-15T12:00:00Z"), rule.StringValue("2026-06-15T13:00:00Z")}},
	})
	require.NoError(t, err)
	require.Equal(t, [][]any{{"< 2026-06-15 12:00", 0}, {"2026-06-15 12:00 to < 2026-06-15 13:00", 1}, {">= 2026-06-15 13:00", 2}}, bars(trait(t, p, "seen")))
}

func TestPortrayRefuses(t *testing.T) {
	table := few(t)
	_, err := audience.Portray(table, audience.Set{}, nil, now, &audience.PortraitOptions{
		Attributes: []string{"cty"},
		Cuts:       map[string][]rule.Value{"age": {rule.StringValue("x"), {}}, "agee": nil, "city": {rule.IntValue(1)}},
	})
	require.EqualError(t, err, `audience: portrait: attributes: unknown name cty, did you mean "city"?
cuts: age: "x" is no int
cuts: age: missing is no int
cuts: unknown name agee, did you mean "age"?
cuts: city is neither a number nor a time`)
	p, err := audience.Portray(table, audience.Set{}, []audience.Named{{Name: "nobody"}}, now, nil)
	require.NoError(t, err)
	require.Equal(t, []int{0}, p.Sizes)
	require.NotEmpty(t, p.String())
}

// Counts and shares are those that a look at each person gives.
func TestPortrayAgainstRules(t *testing.T) {
	table, compile := shop(800)
	in := func(text string) audience.Set { return audience.Ask(table, compile(text), now).In }
	vips, base := in(`has_tag("vip")`), in(`did("order_paid")`)
	p, err := audience.Portray(table, base, []audience.Named{{Name: "vips", Set: vips}}, now, nil)
	require.NoError(t, err)
	vips = vips.And(base)
	known := in(`has(city)`).And(base)
	for _, b := range trait(t, p, "city").Bars {
		of := in(`city == "` + b.Label + `"`)
		require.Equal(t, of.Common(base), b.Count)
		require.Equal(t, of.Common(vips), b.Of[0].Count)
		require.InDelta(t, float64(of.Common(base))/float64(known.Len()), b.Share, 1e-12)
		require.InDelta(t, 100*b.Of[0].Share/b.Share, b.Of[0].TGI, 1e-9)
	}
	age, sum := trait(t, p, "age"), 0
	for i, b := range age.Bars {
		sum += b.Count
		if i > 0 {
			require.InDelta(t, 0.2, b.Share, 0.03, "bins hold about as many people each")
		}
	}
	require.Equal(t, in(`has(age)`).Common(base), sum)
	require.Equal(t, base.Len()-sum, age.Missing.Count)
}
