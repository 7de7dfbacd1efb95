package where_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/where"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// shop declares a shop with one name, or word, at each place of the language where there is one.
func shop(t testing.TB, name string) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "spent", Type: rule.Float}, {Name: "last_order", Type: rule.Time},
			{Name: "subscribed", Type: rule.Bool}, {Name: "interests", Type: rule.Strings}, {Name: "email", Type: rule.String}, {Name: "note"},
			{Name: name, Type: rule.String},
		},
		Events: []rule.EventType{
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}, {Name: "weight", Type: rule.Float}}},
			{Name: name, Props: []rule.Field{{Name: name, Type: rule.Int}}},
		},
		Tags: []string{"vip", name}, Scores: []string{"lead", name}, Segments: []string{"new", name},
	}.Compile()
	require.NoError(t, err)
	return lex
}

// mapping is how somebody keeps the shop: columns, some of them with an index that serves, and JSON for the rest.
func mapping() where.Mapping {
	exact := func(name string) where.Column { return where.Column{Name: name, Exact: true} }
	return where.Mapping{
		People: where.People{Table: "shop.people", ID: "id", As: "p"},
		Attributes: map[string]where.Column{"age": {Name: "age"}, "city": exact("city"), "email": {Name: "email"}, "spent": {Name: "spent"},
			"last_order": {Name: "last_order"}, "subscribed": {Name: "subscribed"}, "interests": {Name: "interests"}},
		JSON: "more",
		Log: where.Log{Table: "events", Profile: "person", Name: exact("name"), At: where.Column{Name: "at"},
			Props: map[string]where.Column{"amount": {Name: "amount"}}, JSON: "props"},
		Tags:     where.Marks{Table: "tags", Profile: "person", Name: exact("tag"), From: where.Column{Name: "since"}, Until: where.Column{Name: "until"}},
		Segments: where.Marks{Table: "members", Profile: "person", Name: exact("segment")},
		Scores: where.Terms{Table: "terms", Profile: "person", Name: exact("score"), From: "since", Until: "until",
			Points: "points", HalfLife: "half_life"},
	}
}

func tables(t testing.TB, d where.Dialect, lex *rule.Lexicon, m where.Mapping) *where.Tables {
	tables, err := where.New(d, lex, m)
	require.NoError(t, err)
	return tables
}

func compile(t testing.TB, lex *rule.Lexicon, source string) *rule.Rule {
	r, err := lang.New(lex, nil).Compile(source, "")
	require.NoError(t, err, source)
	return r
}

var dialects = []where.Dialect{where.Postgres, where.SQLite, where.MySQL}
