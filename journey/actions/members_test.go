package actions_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/actions"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
)

func TestPoints(t *testing.T) {
	lex, rules := lexicon(t)
	plan, err := points.Compile([]points.Def{{Name: "club", Earn: []points.Earn{{On: "tag.added", Points: 1}}}}, lex, rules)
	require.NoError(t, err)
	book := points.NewBook(points.NewMemory(), plan, nil)
	with := func(n any) map[string]any { return map[string]any{"program": "club", "points": n, "reason": "welcome"} }
	require.Equal(t, journey.Outcome{Result: "done", Vars: map[string]any{"balance": int64(50)}}, do(t, actions.Points(book), journey.Command{Key: "k1", Args: with(50)}))
	require.Equal(t, journey.Outcome{Result: "done", Vars: map[string]any{"balance": int64(20)}}, do(t, actions.Points(book), journey.Command{Key: "k2", Args: with(-30.0)}))
	require.Equal(t, "refused", do(t, actions.Points(book), journey.Command{Key: "k3", Args: with(-30)}).Result)
	require.Equal(t, "failed", do(t, actions.Points(book), journey.Command{Key: "k4", Args: map[string]any{"program": "none", "points": 5}}).Result)
	account, err := book.Account(context.Background(), "ann", "club", noon)
	require.NoError(t, err)
	require.Equal(t, int64(20), account.Balance)
}

func TestStage(t *testing.T) {
	defs := []lifecycle.Def{{Name: "lead", Start: "open", Stages: []lifecycle.Stage{{Name: "open"}, {Name: "called", ByHand: true}}}}
	lex, err := rule.Schema{Attributes: lifecycle.Attributes(defs)}.Compile()
	require.NoError(t, err)
	plan, err := lifecycle.Compile(defs, lex, lang.New(lex, nil))
	require.NoError(t, err)
	book := lifecycle.NewBook(lifecycle.NewMemory(), plan, nil)
	to := func(stage string) map[string]any { return map[string]any{"lifecycle": "lead", "stage": stage} }
	require.Equal(t, "done", do(t, actions.Stage(book), journey.Command{Key: "k1", Args: to("called")}).Result)
	require.Equal(t, "failed", do(t, actions.Stage(book), journey.Command{Key: "k2", Args: to("nowhere")}).Result)
	at, err := book.Stage(context.Background(), "ann", "lead", noon)
	require.NoError(t, err)
	require.Equal(t, "called", at.Stage)
}
