package column_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/lang"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

const (
	hour = rule.Instant(3600e6)
	day  = 24 * hour
)

func shop(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "level", Type: rule.Int}, {Name: "spent", Type: rule.Float}, {Name: "rate", Type: rule.Float},
			{Name: "city", Type: rule.String}, {Name: "城市", Type: rule.String}, {Name: "last_order", Type: rule.Time}, {Name: "birthday", Type: rule.Time},
			{Name: "subscribed", Type: rule.Bool}, {Name: "interests", Type: rule.Strings}, {Name: "note", Type: rule.Any},
		},
		Events: []rule.EventType{
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}, {Name: "weight", Type: rule.Float},
				{Name: "due", Type: rule.Time}, {Name: "gift", Type: rule.Bool}, {Name: "extra", Type: rule.Any}}},
			{Name: "view"},
		},
		Tags: []string{"vip", "blocked"}, Scores: []string{"lead", "fit"}, Segments: []string{"new"},
		Scopes: []rule.Scope{{Name: "cart", Fields: []rule.Field{{Name: "total", Type: rule.Int}}}},
	}.Compile()
	require.NoError(t, err)
	return lex
}

func compile(t testing.TB, lex *rule.Lexicon, source string) *rule.Rule {
	scope := ""
	if len(lex.Schema().Scopes) > 0 {
		scope = "cart"
	}
	r, err := lang.New(lex, nil).Compile(source, scope)
	require.NoError(t, err, source)
	return r
}

// truths evaluates a query and gives the truth of each row.
func truths(q *column.Query, t *column.Table, now rule.Instant) []rule.Truth {
	size := (t.Len() + 63) / 64
	yes, unknown := make([]uint64, size), make([]uint64, size)
	for i := range yes {
		yes[i], unknown[i] = ^uint64(0), ^uint64(0) // is overwritten
	}
	q.Truths(t, now, yes, unknown)
	all := make([]rule.Truth, size*64)
	for i := range all {
		all[i] = rule.False
		if yes[i/64]>>(i%64)&1 == 1 {
			all[i] = rule.True
		}
		if unknown[i/64]>>(i%64)&1 == 1 {
			all[i] += 1
		}
	}
	return all
}
