package arch

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHouse(t *testing.T) {
	h, err := load(filepath.Join("..", ".."))
	require.NoError(t, err)
	require.Contains(t, h.packages, "")
	require.Contains(t, h.packages, "internal/arch")
	for _, fault := range h.faults() {
		t.Error(fault)
	}
	for _, p := range slices.Sorted(maps.Keys(h.packages)) {
		r := h.packages[p]
		t.Logf("%5d lines %3d names  %s", r.lines, len(r.exported), "/"+p)
	}
}

// Who wants only coupons compiles only coupons.
func TestCouponAlone(t *testing.T) {
	h, err := load(filepath.Join("..", ".."))
	require.NoError(t, err)
	if h.packages["coupon"] == nil {
		t.Log("there is no package coupon yet")
		return
	}
	own, others := h.compiles("coupon")
	t.Logf("coupon compiles %q of the module and %q of others", own, others)
	for _, p := range own {
		require.True(t, p == "" || under(p, "coupon", "internal") || under(p, base...), "coupon compiles %s", p)
		require.NotEqual(t, "rule/lang", p)
	}
	for _, p := range others {
		require.False(t, under(p, "github.com/expr-lang/expr"), "coupon compiles %s", p)
	}
}

// The checker finds each kind of fault in a house made for it, and none in a sound one.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string // path, a newline, the text
		want  []string
	}{
		{"a sound house", []string{
			"event.go\npackage marque\nimport \"time\"\nvar T = time.Second",
			"rule/rule.go\npackage rule\nimport (_ \"m\"; _ \"m/internal/civil\")",
			"rule/lang/lang.go\npackage lang\nimport (_ \"m/rule\"; _ \"github.com/expr-lang/expr/ast\")",
			"stat/stat.go\npackage stat\nimport _ \"gonum.org/v1/gonum/mathext\"",
			"internal/civil/c.go\npackage civil\nimport _ \"time\"",
			"internal/source/s.go\npackage source\nimport (_ \"m/rule\"; _ \"go.yaml.in/yaml/v3\")",
			"coupon/coupon.go\npackage coupon\nimport (_ \"m\"; _ \"m/rule\"; _ \"m/limit\"; _ \"m/coupon/code\"; _ \"m/internal/civil\"; _ \"github.com/google/uuid\"; \"time\")\nvar now = time.Now",
			"coupon/code/code.go\npackage code\nimport _ \"m/coupon/internal/x\"",
			"journey/journey.go\npackage journey\nimport (_ \"m/rule\"; _ \"m/stat\")",
			"journey/actions/a.go\npackage actions\nimport (_ \"m/journey\"; _ \"m/coupon\"; _ \"m/rule/lang\")",
			"journey/lab/l.go\npackage lab\nimport (_ \"m/journey/actions\"; _ \"m/loop\")",
			"loop/loop.go\npackage loop\nimport (_ \"m/journey/actions\"; _ \"m/rule/lang\"; _ \"m/funnel\"; \"time\")\nfunc f() { time.Now() }",
			"abtest/abtesttest/a.go\npackage abtesttest\nimport \"time\"\nvar t = time.After(1)",
			"internal/xtest/a.go\npackage xtest\nimport \"time\"\nvar t = time.After(1)",
			"internal/x/a.go\npackage x",
			"examples/shop/main.go\npackage main\nimport (_ \"m/loop\"; _ \"example.com/driver\")\nfunc init() {}",
		}, nil},
		{"the root imports std only", []string{
			"a.go\npackage m\nimport _ \"m/rule\"",
			"b.go\npackage m\nimport _ \"golang.org/x/exp/constraints\"",
		}, []string{"b.go:2: m must not import golang.org/x/exp/constraints", "a.go:2: m must not import m/rule"}},
		{"the floor imports the root", []string{
			"limit/a.go\npackage limit\nimport (\n_ \"m/rule\"\n_ \"m/internal/source\"\n_ \"github.com/google/uuid\")",
		}, []string{"limit/a.go:5: limit must not import github.com/google/uuid", "limit/a.go:4: limit must not import m/internal/source", "limit/a.go:3: limit must not import m/rule"}},
		{"domain packages never import each other", []string{
			"coupon/a.go\npackage coupon\nimport _ \"m/segment\"",
			"coupon/code/a.go\npackage code\nimport _ \"m/journey\"",
			"segment/segmenttest/a.go\npackage segmenttest\nimport _ \"m/profile\"",
			"couponry/a.go\npackage couponry\nimport _ \"m/coupon\"",
		}, []string{"coupon/a.go:2: coupon must not import m/segment", "coupon/code/a.go:2: coupon/code must not import m/journey",
			"couponry: no rule says what this room may import", "segment/segmenttest/a.go:2: segment/segmenttest must not import m/profile"}},
		{"nothing below imports what stands above", []string{
			"journey/a.go\npackage journey\nimport _ \"m/journey/actions\"",
			"journey/journeytest/a.go\npackage journeytest\nimport _ \"m/journey/lab\"",
			"funnel/a.go\npackage funnel\nimport _ \"m/loop\"",
			"internal/x/a.go\npackage x\nimport (\n_ \"m/coupon\"\n_ \"m/examples/e\")",
		}, []string{"funnel/a.go:2: funnel must not import m/loop", "internal/x/a.go:3: internal/x must not import m/coupon",
			"internal/x/a.go:4: internal/x must not import m/examples/e", "journey/a.go:2: journey must not import m/journey/actions",
			"journey/journeytest/a.go:2: journey/journeytest must not import m/journey/lab"}},
		{"expr is in one place, and on no way there", []string{
			"rule/lang/a.go\npackage lang\nimport _ \"github.com/expr-lang/expr\"",
			"coupon/a.go\npackage coupon\nimport _ \"m/internal/b\"",
			"internal/b/a.go\npackage b\nimport _ \"m/rule/lang\"",
			"loop/a.go\npackage loop\nimport _ \"github.com/expr-lang/expr/vm\"",
		}, []string{"coupon compiles expr: coupon -> internal/b -> rule/lang -> github.com/expr-lang/expr",
			"internal/b/a.go:2: internal/b must not import m/rule/lang", "internal/b compiles expr: internal/b -> rule/lang -> github.com/expr-lang/expr",
			"loop/a.go:2: loop must not import github.com/expr-lang/expr/vm"}},
		{"what tests need stays in tests", []string{
			"coupon/coupontest/a.go\npackage coupontest\nimport _ \"github.com/stretchr/testify/require\"",
			"examples/e/a.go\npackage main\nimport _ \"pgregory.net/rapid\"",
		}, []string{"coupon/coupontest/a.go:2: coupon/coupontest must not import github.com/stretchr/testify/require",
			"examples/e/a.go:2: examples/e must not import pgregory.net/rapid"}},
		{"a dependency has its place", []string{
			"coupon/a.go\npackage coupon\nimport (\n_ \"gonum.org/v1/gonum/optimize\"\n_ \"example.com/new\")",
			"scoring/a.go\npackage scoring\nimport _ \"gonum.org/v1/gonum/optimize\"",
			"coupon/b.go\npackage coupon\nimport _ \"go.yaml.in/yaml/v3\"",
		}, []string{"coupon/a.go:4: coupon must not import example.com/new", "coupon/b.go:2: coupon must not import go.yaml.in/yaml/v3",
			"coupon/a.go:3: coupon must not import gonum.org/v1/gonum/optimize"}},
		{"names", []string{
			"coupon/util/a.go\npackage util", "funnel/x/a.go\npackage common",
		}, []string{"coupon/util: a package is not called util", "funnel/x: a package is not called common"}},
		{"the clock", []string{
			"tagging/a.go\npackage tagging\nimport clock \"time\"\nfunc f() {\nclock.Sleep(1)\n_ = clock.Now\n_ = clock.Now().Add(1)\n}",
			"journey/actions/a.go\npackage actions\nimport \"time\"\nvar t = time.NewTimer(1)\nvar s = time.Since(x)",
			"internal/x/a.go\npackage x\ntype time struct{}\nvar n = time.Now()",
			"abtest/a.go\npackage abtest\nimport \"time\"\nvar t = time.Tick(1)",
		}, []string{"abtest/a.go:3: time.Tick: time is an argument; the clock is read through Options.Now",
			"journey/actions/a.go:4: time.Since: time is an argument; the clock is read through Options.Now",
			"tagging/a.go:4: time.Sleep: time is an argument; the clock is read through Options.Now",
			"tagging/a.go:6: time.Now: time is an argument; the clock is read through Options.Now"}},
		{"no init", []string{"stat/a.go\npackage stat\ntype x int\nfunc (x) init() {}\nfunc init() {}"}, []string{"stat/a.go:4: no func init"}},
		{"size", []string{
			"stat/a.go\npackage stat\n" + strings.Repeat("\n", 3000),
			"limit/a.go\npackage limit\n" + many(69) + "func (x) F() {}\nfunc low() {}\nvar (\nAa, b int\nBb = 1\n)",
			"abtest/a.go\npackage abtest\n" + strings.Repeat("\n", 2900) + many(70),
		}, []string{"limit: 71 exported names are more than 70: it is two rooms", "stat: 3001 lines are more than 3000: it is two rooms"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &house{module: "m", packages: map[string]*room{}}
			for _, f := range c.files {
				file, text, _ := strings.Cut(f, "\n")
				require.NoError(t, h.add(file, []byte(text)))
			}
			require.Equal(t, c.want, h.faults())
		})
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "func F%d() {}\n", i)
	}
	return b.String()
}
