package space_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/internal/space"
	"github.com/marque-go/marque/rule/op"
)

func TestWithin(t *testing.T) {
	day := marque.Day
	week, month := rule.Window{Long: 7 * day}, rule.Window{Long: 32 * day}
	for _, x := range []struct {
		name string
		v, w rule.Window
		want bool
	}{
		{"shorter", week, month, true},
		{"longer", month, week, false},
		{"everything", rule.Window{}, week, false},
		{"in everything", week, rule.Window{}, true},
		{"between", rule.Window{Long: 7 * day, Short: day}, week, true},
		{"not between", week, rule.Window{Long: 7 * day, Short: day}, false},
		{"later", rule.Window{Since: 5}, rule.Window{Since: 4}, true},
		{"earlier", rule.Window{Since: 3}, rule.Window{Since: 4}, false},
		{"week since", week, rule.Window{Since: 4}, false},
		{"today", rule.Window{Calendar: rule.Today}, rule.Window{Calendar: rule.ThisMonth}, true},
		{"a week over two months", rule.Window{Calendar: rule.ThisWeek}, rule.Window{Calendar: rule.ThisMonth}, false},
		{"no month is longer", rule.Window{Calendar: rule.ThisMonth}, month, true},
		{"month in a week", rule.Window{Calendar: rule.ThisMonth}, week, false},
	} {
		t.Run(x.name, func(t *testing.T) { require.Equal(t, x.want, space.Within(x.v, x.w)) })
	}
}

// The cells of an integer leave out what no integer is in; every value has its cell.
func TestCells(t *testing.T) {
	age := rule.Node{Op: op.Attr, Type: rule.Int, Name: "age"}
	k := func(v rule.Value) rule.Node { return rule.Node{Op: op.Const, Type: v.Type(), Value: v} }
	n := rule.Node{Op: op.And, Type: rule.Bool, Args: []rule.Node{
		{Op: op.Ge, Type: rule.Bool, Args: []rule.Node{age, k(rule.IntValue(1))}},
		{Op: op.Lt, Type: rule.Bool, Args: []rule.Node{k(rule.FloatValue(2.5)), age}},
	}}
	s := space.New(&n)
	require.Len(t, s.Subjects, 1)
	x := s.Subjects[0]
	require.Len(t, x.Cells, 5) // missing, below 1, 1, 2, from 3 on
	for v, want := range map[rule.Value]int{{}: 0, rule.IntValue(-7): 1, rule.IntValue(1): 2, rule.IntValue(2): 3, rule.IntValue(3): 4, rule.FloatValue(2.5): -1, rule.StringValue("a"): -1} {
		require.Equal(t, want, x.Locate(v), v)
	}
	require.True(t, x.Cells[3].Lo == 2 && x.Cells[3].Hi == 2)
	possible, sure := s.Possible(space.Goal{Node: &n, Mode: space.True})
	require.True(t, possible && sure)
	require.True(t, s.Where(space.Goal{Node: &n.Args[1], Mode: space.True}).Has(4))
	require.False(t, s.Where(space.Goal{Node: &n.Args[1], Mode: space.NotFalse}).Has(3))
}
