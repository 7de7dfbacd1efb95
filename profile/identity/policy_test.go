package identity_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

func TestPolicyFaults(t *testing.T) {
	_, err := identity.Policy{
		Kinds:   []identity.Kind{{Name: "phone"}, {}, {Name: "phone", Limit: -1, Blocked: []string{"1", " "}}},
		Sources: []string{"a", "", "b", "a"},
		Blocked: []string{""},
	}.Compile()
	require.EqualError(t, err, strings.Join([]string{
		`kinds[1].name: is empty`,
		`kinds[2].name: "phone" is listed twice`,
		`kinds[2].limit: is -1: want 0 for any number, or more`,
		`kinds[2].blocked[1]: is empty`,
		`sources[1]: is empty`,
		`sources[3]: "a" is listed twice`,
		`blocked[0]: is empty`,
	}, "\n"))
}

func TestRules(t *testing.T) {
	text := `{"kinds":[{"name":"user","limit":1,"hub":-1},{"name":"phone","limit":2,"hub":7},{"name":"device"}],"sources":["login","order"],"hub":20}`
	var p identity.Policy
	require.NoError(t, json.Unmarshal([]byte(text), &p))
	back, err := json.Marshal(p)
	require.NoError(t, err)
	require.Equal(t, text, string(back))

	r := compile(t, p)
	for kind, want := range map[string][2]int{
		"user": {1, math.MaxInt}, "phone": {2, 7}, "device": {0, 20}, "cookie": {0, 20}, marque.ProfileKind: {0, math.MaxInt},
	} {
		require.Equal(t, want, [2]int{r.Limit(kind), r.Hub(kind)}, kind)
	}
	for source, want := range map[string]int{"login": 0, "order": 1, "visit": 2, "": 2} {
		require.Equal(t, want, r.Rank(source), source)
	}
	zero := compile(t, identity.Policy{})
	require.Equal(t, []int{0, 100, 0}, []int{zero.Limit("user"), zero.Hub("user"), zero.Rank("login")})
	require.Equal(t, math.MaxInt, compile(t, identity.Policy{Hub: -1}).Hub("user"))
}

func TestPlaceholder(t *testing.T) {
	for _, v := range []string{
		"", " ", "0", "0000", "000-000", "00:00:00:00", "+0", "null", " NULL ", "Undefined", "anonymous", "n/a", "-1", "无", "　空　", "０００", "\\N",
	} {
		require.True(t, identity.Placeholder(id("phone", v)), "%q", v)
	}
	for _, v := range []string{"1", "100", "nullable", "annull", "无名", "guest1", "-10"} {
		require.False(t, identity.Placeholder(id("phone", v)), "%q", v)
	}
	require.True(t, identity.Placeholder(id("", "138")))
}

func TestBlocked(t *testing.T) {
	r := compile(t, identity.Policy{
		Kinds:   []identity.Kind{{Name: "phone", Blocked: []string{"400-100"}}},
		Blocked: []string{" Front Desk", "straße", "kiosk"},
	})
	for _, tt := range []struct {
		kind, value string
		want        bool
	}{
		{"phone", "400-100", true},
		{"email", "400-100", false},
		{"phone", " 400-100\t", true},
		{"phone", "400-1000", false},
		{"email", "FRONT desk", true},
		{"email", "STRAßE", true},
		{"email", "straẞe", true},
		{"email", "strasse", false},
		{"email", "\u212aioſ\u212a", true}, // the Kelvin sign and the long s
		{"email", "null", true},
		{"email", "ann@example.com", false},
	} {
		require.Equal(t, tt.want, r.Blocked(id(tt.kind, tt.value)), "%s:%q", tt.kind, tt.value)
	}
}

// Each placeholder is known in any case.
func TestPlaceholderCase(t *testing.T) {
	for _, v := range []string{
		"null", "nil", "none", "nan", "n/a", "na", "undefined", "unknown", "anonymous", "guest", "-1", "\\n", "无", "空",
	} {
		for _, as := range []string{v, strings.ToUpper(v), "\u3000" + v + " "} {
			require.True(t, identity.Placeholder(id("phone", as)), "%q", as)
		}
	}
}

// A blocked value is found in whatever way it is written.
func TestBlockedFolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringN(1, 6, -1).Draw(t, "a"), rapid.StringN(1, 6, -1).Draw(t, "b")
		if rapid.Bool().Draw(t, "alike") {
			b = rapid.SampledFrom([]string{strings.ToUpper(a), strings.ToLower(a), strings.ToTitle(a)}).Draw(t, "as")
		}
		r, err := identity.Policy{Blocked: []string{a}}.Compile()
		if err != nil || identity.Placeholder(id("x", b)) {
			t.Skip("empty")
		}
		require.Equal(t, strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)), r.Blocked(id("x", b)))
	})
}

func TestUsable(t *testing.T) {
	r := compile(t, identity.Policy{Kinds: []identity.Kind{{Name: "user"}, {Name: "phone"}}})
	u, p, q, a, b := id("user", "1"), id("phone", "2"), id("phone", "1"), id("a", "1"), id("b", "1")
	for _, tt := range []struct {
		name     string
		in, want []marque.ID
	}{
		{"nothing", nil, nil},
		{"as it is", []marque.ID{u, p, q, a, b}, []marque.ID{u, p, q, a, b}},
		{"strongest first", []marque.ID{b, a, p, q, u}, []marque.ID{u, p, q, b, a}},
		{"stable within a kind", []marque.ID{q, p, u}, []marque.ID{u, q, p}},
		{"once", []marque.ID{u, p, u, p}, []marque.ID{u, p}},
		{"blocked", []marque.ID{id("user", "null"), p, id("", "1")}, []marque.ID{p}},
		{"all blocked", []marque.ID{id("user", "0")}, []marque.ID{}},
	} {
		was := append([]marque.ID(nil), tt.in...)
		require.Equal(t, tt.want, r.Usable(tt.in), tt.name)
		require.Equal(t, was, tt.in, tt.name)
	}
	same := []marque.ID{u, p, q, a, b}
	require.Zero(t, testing.AllocsPerRun(10, func() { r.Usable(same) }))

	var long, twice []marque.ID
	for i := range 50 {
		long = append(long, id("user", string(rune('A'+i))))
		twice = append(twice, long...)
	}
	require.Equal(t, long, r.Usable(twice))
	require.Equal(t, long, r.Usable(long))
}

// Compare is an order of which zero means equal.
func TestCompare(t *testing.T) {
	r := compile(t, identity.Policy{Sources: []string{"login", "order"}})
	base := identity.Observation{Key: "k", Source: "order", At: start, IDs: []marque.ID{id("a", "1")}}
	require.Zero(t, r.Compare(base, base))
	for _, tt := range []struct {
		name  string
		later func(*identity.Observation)
	}{
		{"rank of source, whatever the time", func(o *identity.Observation) { o.Source, o.At = "visit", start.AddDate(0, 0, -1) }},
		{"time, whatever the key", func(o *identity.Observation) { o.At, o.Key = start.Add(1), "a" }},
		{"key", func(o *identity.Observation) { o.Key = "l" }},
		{"identifiers", func(o *identity.Observation) { o.IDs = []marque.ID{id("a", "2")} }},
		{"more identifiers", func(o *identity.Observation) { o.IDs = []marque.ID{id("a", "1"), id("a", "0")} }},
	} {
		o := base
		tt.later(&o)
		require.Negative(t, r.Compare(base, o), tt.name)
		require.Positive(t, r.Compare(o, base), tt.name)
	}
	a, b := base, base
	a.Source, b.Source, a.Key = "a", "b", "z"
	require.Negative(t, r.Compare(a, b), "sources that are not listed, by name")
}
