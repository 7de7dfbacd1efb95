package funnel

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

type vector struct {
	ID     string
	Events []struct {
		T int64
		E any
	}
	Window int64
	Modes  []string
	Steps  []struct {
		Op string
		V  any
	}
	Executed *int `json:"expected_chdb_26_7_2_1"`
	Expected *int
}

// TestVectorsWindowFunnel holds the ClickHouse semantics against what ClickHouse 26.7 answered. Events become an
// event "e" with a number or a text, conditions become rules over it.
func TestVectorsWindowFunnel(t *testing.T) {
	dir := os.Getenv("MARQUE_VECTORS")
	if dir == "" {
		t.Skip("MARQUE_VECTORS is not set")
	}
	lex, err := rule.Schema{Events: []rule.EventType{{Name: "e", Props: []rule.Field{{Name: "n", Type: rule.Int}, {Name: "s", Type: rule.String}}}}}.Compile()
	require.NoError(t, err)
	rules := lang.New(lex, nil)
	for _, name := range []string{"windowfunnel.json", "windowfunnel-fuzz.json"} {
		raw, err := os.ReadFile(filepath.Join(dir, "funnel", name))
		require.NoError(t, err)
		var file struct{ Cases []vector }
		require.NoError(t, json.Unmarshal(raw, &file))
		passed, total, outside := 0, 0, map[string][]string{}
		for _, v := range file.Cases {
			if len(v.Modes) > 0 {
				mode := strings.Join(v.Modes, "+")
				outside[mode] = append(outside[mode], v.ID)
				continue
			}
			total++
			if t.Run(v.ID, func(t *testing.T) { v.test(t, lex, rules) }) {
				passed++
			}
		}
		modes := make([]string, 0, len(outside))
		for mode := range outside {
			modes = append(modes, mode)
		}
		sort.Strings(modes)
		for _, mode := range modes {
			t.Logf("%s: out of scope, the mode %s is not written yet: %s", name, mode, strings.Join(outside[mode], " "))
		}
		require.NotZero(t, total)
		t.Logf("%s: vectors: %d of %d", name, passed, total)
	}
}

func (v vector) test(t *testing.T, lex *rule.Lexicon, rules rule.Compiler) {
	def := Def{Name: v.ID, Window: marque.Duration(v.Window) * marque.Second}
	for _, s := range v.Steps {
		def.Steps = append(def.Steps, Step{Event: "e", When: condition(t, s.Op, s.V)})
	}
	plan, err := Compile(def, lex, rules)
	require.NoError(t, err)
	c := NewCounter(plan, nil)
	for i, e := range v.Events {
		props := map[string]any{"s": e.E}
		if n, ok := e.E.(float64); ok {
			props = map[string]any{"n": int64(n)}
		}
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(e.T) * time.Second)
		require.NoError(t, c.Add(marque.Event{ID: fmt.Sprint(i), Name: "e", At: at, Profile: "p", Props: props}))
	}
	want := v.Expected
	if v.Executed != nil {
		want = v.Executed
	}
	level := 0
	for _, s := range c.Result().Steps {
		level += s.People
	}
	require.Equal(t, *want, level)
}

func condition(t *testing.T, op string, v any) string {
	quote := func(v any) (string, string) {
		if n, ok := v.(float64); ok {
			return "event.n", fmt.Sprint(int64(n))
		}
		return "event.s", fmt.Sprintf("%q", v)
	}
	if op == "in" {
		var field string
		var list []string
		for _, x := range v.([]any) {
			var q string
			field, q = quote(x)
			list = append(list, q)
		}
		return field + " in [" + strings.Join(list, ", ") + "]"
	}
	sign := map[string]string{"eq": "==", "le": "<=", "ge": ">="}[op]
	require.NotEmpty(t, sign, op)
	field, q := quote(v)
	return field + " " + sign + " " + q
}
