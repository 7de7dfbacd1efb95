package actions_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/abtest"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/actions"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/tagging"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func lexicon(t *testing.T) (*rule.Lexicon, rule.Compiler) {
	lex, err := rule.Schema{Tags: []string{"vip"}, Scores: []string{"lead"}, Scopes: coupon.Scopes(),
		Events: append(append(tagging.Says(), scoring.Says()...), coupon.Says()...)}.Compile()
	require.NoError(t, err)
	return lex, lang.New(lex, nil)
}

func do(t *testing.T, d journey.Doer, c journey.Command) journey.Outcome {
	t.Helper()
	c.Profile, c.At, c.Via = "ann", noon, marque.ID{Kind: "phone", Value: "1"}
	first, err := d.Do(context.Background(), c)
	require.NoError(t, err)
	again, err := d.Do(context.Background(), c)
	require.NoError(t, err)
	require.Equal(t, first, again, "the same key again")
	return first
}

func TestTagAndUntag(t *testing.T) {
	lex, rules := lexicon(t)
	plan, err := tagging.Compile([]tagging.Def{{Name: "vip"}}, lex, rules)
	require.NoError(t, err)
	book := tagging.NewBook(tagging.NewMemory(), plan, nil)
	on := func(now time.Time) int {
		tags, err := book.Of(context.Background(), "ann", now)
		require.NoError(t, err)
		return len(tags)
	}
	require.Equal(t, "done", do(t, actions.Tag(book), journey.Command{Key: "k1", Name: "vip", Args: map[string]any{"ttl": "2d"}}).Result)
	require.Equal(t, 1, on(noon.Add(48*time.Hour-1000)))
	require.Equal(t, 0, on(noon.Add(48*time.Hour)))
	require.Equal(t, "done", do(t, actions.Untag(book), journey.Command{Key: "k2", Name: "vip"}).Result)
	require.Equal(t, 0, on(noon))
	require.Equal(t, "failed", do(t, actions.Tag(book), journey.Command{Key: "k3", Name: "nobody"}).Result)
	require.Equal(t, "failed", do(t, actions.Tag(book), journey.Command{Key: "k4", Name: "vip", Args: map[string]any{"ttl": "soon"}}).Result)
}

func TestScore(t *testing.T) {
	lex, rules := lexicon(t)
	plan, err := scoring.Compile([]scoring.Def{{Name: "lead"}}, lex, rules)
	require.NoError(t, err)
	book := scoring.NewBook(scoring.NewMemory(), plan, nil)
	require.Equal(t, "done", do(t, actions.Score(book), journey.Command{Key: "k1", Name: "lead", Args: map[string]any{"points": 5.0}}).Result)
	require.Equal(t, "done", do(t, actions.Score(book), journey.Command{Key: "k2", Name: "lead", Args: map[string]any{"points": -1}}).Result)
	s, err := book.Score(context.Background(), "ann", "lead", noon)
	require.NoError(t, err)
	require.Equal(t, 4.0, s.Value)
	require.Equal(t, "failed", do(t, actions.Score(book), journey.Command{Key: "k3", Name: "nobody", Args: map[string]any{"points": 1.0}}).Result)
}

func TestCoupon(t *testing.T) {
	lex, rules := lexicon(t)
	one := int64(1)
	plan, err := coupon.Compile([]coupon.Def{{Name: "five", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 500}, Budget: coupon.Budget{Count: &one}}}, lex, rules)
	require.NoError(t, err)
	book := coupon.NewBook(coupon.NewMemory(), plan, nil)
	o := do(t, actions.Coupon(book), journey.Command{Key: "k1", Name: "five"})
	require.Equal(t, journey.Outcome{Result: "issued", Vars: map[string]any{"id": coupon.CouponID("five", "k1"), "amount": int64(500)}}, o)
	o = do(t, actions.Coupon(book), journey.Command{Key: "k2", Name: "five"})
	require.Equal(t, "refused", o.Result)
	require.Equal(t, o.Reason, o.Vars["reason"])
	require.Equal(t, "failed", do(t, actions.Coupon(book), journey.Command{Key: "k3", Name: "nobody"}).Result)
}

func TestSet(t *testing.T) {
	var got []marque.Event
	d := actions.Set(func(_ context.Context, es ...marque.Event) error { got = append(got, es...); return nil })
	do(t, d, journey.Command{Key: "k", Args: map[string]any{"city": "X"}, Hops: 1})
	require.Equal(t, marque.Event{ID: "k", Name: "profile.set", At: noon, Received: noon, Profile: "ann",
		IDs: []marque.ID{{Kind: "phone", Value: "1"}}, Props: map[string]any{"city": "X"}, Hops: 2}, got[0])
	_, err := actions.Set(func(context.Context, ...marque.Event) error { return errors.New("down") }).Do(context.Background(), journey.Command{Key: "k"})
	require.Error(t, err)
}

func TestExperiments(t *testing.T) {
	set, err := abtest.Compile([]abtest.Experiment{{Name: "x", Arms: []abtest.Arm{{Name: "a"}, {Name: "b"}}}}, nil, nil)
	require.NoError(t, err)
	s := actions.Experiments(set)
	arm := s.Arm("x", &rule.Facts{Profile: "ann"}, noon)
	require.Contains(t, []string{"a", "b"}, arm)
	require.Equal(t, set.Assign("x", "ann", nil, noon).Arm, arm)
	require.Empty(t, s.Arm("unknown", &rule.Facts{Profile: "ann"}, noon))
}
