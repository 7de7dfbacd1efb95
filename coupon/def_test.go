package coupon_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/internal/source"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func TestDefFaults(t *testing.T) {
	n, m := int64(-1), marque.Money(-5)
	for _, c := range []struct {
		name string
		def  coupon.Def
		want string
	}{
		{"empty", coupon.Def{}, `name: is empty
kind: is "", want amount, percent or spend`},
		{"names", coupon.Def{Name: "x", Status: "pausd", Terms: coupon.Terms{Kind: "percnt"}},
			`status: is "pausd", want draft, active, paused or ended, did you mean "paused"?
kind: is "percnt", want amount, percent or spend, did you mean "percent"?`},
		{"amount", coupon.Def{Name: "x", Terms: coupon.Terms{Kind: coupon.Amount, Percent: 5, Spend: 5, Every: true, Cap: 5, Scope: "line", Threshold: -1, Currency: "cny"}},
			`off: is 0, want an amount above 0 in minor units
percent: is for the kind percent, not for the kind "amount"
spend: is for the kind spend, not for the kind "amount"
every: is for the kind spend, not for the kind "amount"
scope: is "line", want cart
currency: is "cny", want three capitals, as in CNY
threshold: is -1, want 0 or more`},
		{"spend", coupon.Def{Name: "x", Terms: coupon.Terms{Kind: coupon.Spend, Off: 11, Spend: 10, Threshold: 5, Cap: 5, Currency: "CNY"}},
			`off: saves 0.11 on 0.10
threshold: is for the kinds amount and percent, not for the kind "spend"
cap: is for the kind percent, and for spend with every, not for the kind "spend"`},
		{"limits", coupon.Def{Name: "x", Terms: coupon.Terms{Kind: coupon.Rate, Percent: 1, Cap: -1, Currency: "CNY"},
			Budget: coupon.Budget{Count: &n, PerPerson: &n, PerDay: &n, Money: &m}},
			`cap: is -1, want 0 or more
budget.count: is -1, want 0 or more, or nothing for no limit
budget.per_person: is -1, want 0 or more, or nothing for no limit
budget.per_day: is -1, want 0 or more, or nothing for no limit
budget.money: is -5, want 0 or more, or nothing for no limit`},
		{"valid", coupon.Def{Name: "x", Terms: coupon.Terms{Kind: coupon.Rate, Percent: 1, Currency: "CNY"},
			Valid: coupon.Valid{From: noon, Until: noon, For: -1, Days: -1, Wait: -1}, Zone: "Local"},
			`valid.until: is not after from
valid.for: is -0s, want more than 0
valid.days: is -1, want 1 to 36500
valid.wait: is -1, want 0 to 36500
valid.days: cannot be given beside for
zone: civil: unknown zone "Local"`},
		{"valid for ever", coupon.Def{Name: "b", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 1},
			Valid: coupon.Valid{Days: 36_501, Wait: 3_000_000}},
			`valid.days: is 36501, want 1 to 36500
valid.wait: is 3000000, want 0 to 36500`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.def.Validate()
			require.Error(t, err)
			require.Equal(t, strings.Replace(c.want, "-0s", c.def.Valid.For.String(), 1), err.Error())
		})
	}
}

func lexicon(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}},
		Events:     coupon.Says(),
		Scopes:     coupon.Scopes(),
	}.Compile()
	require.NoError(t, err)
	return lex
}

func TestCompileListsAllFaults(t *testing.T) {
	lex := lexicon(t)
	ok := coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 1}
	defs := []coupon.Def{
		{Name: "a", Terms: ok, When: `cart.totl > 3`},
		{Name: "a", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY"}},
		{Name: "b", Terms: ok, When: `cart.total >= 3 and city == "Chongqing"`},
	}
	_, err := coupon.Compile(defs, lex, lang.New(lex, nil))
	require.ErrorContains(t, err, "[0].when: ")
	require.ErrorContains(t, err, "total")
	require.ErrorContains(t, err, `[1].name: "a" is defined twice`)
	require.ErrorContains(t, err, "[1].off: is 0, want an amount above 0 in minor units")
	require.NotContains(t, err.Error(), "[2]")

	plan, err := coupon.Compile(defs[2:], lex, lang.New(lex, nil))
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, plan.Names())
	require.Equal(t, []int{0}, plan.Need().Attrs)
	_, err = coupon.Compile(defs[2:], nil, nil)
	require.EqualError(t, err, "[0].when: there is no compiler for rules")
}

func TestDefRoundTrips(t *testing.T) {
	const text = `{"name":"x","title":"X","status":"paused","kind":"percent","scope":"cart","currency":"CNY","percent":"12.5%","cap":4000,"threshold":100,"when":"cart.items \u003e 1","topic":"spring","budget":{"count":0,"per_person":2,"per_day":3,"money":4},"valid":{"from":"2026-03-01T00:00:00+08:00","until":"2026-04-01T00:00:00+08:00","wait":1,"days":7},"zone":"Asia/Shanghai"}`
	var d coupon.Def
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&d))
	require.EqualValues(t, 0, *d.Budget.Count, "the limit 0 is kept")
	b, err := json.Marshal(d)
	require.NoError(t, err)
	require.Equal(t, text, string(b))
	b, err = json.Marshal(coupon.Def{Name: "x", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 1}})
	require.NoError(t, err)
	require.Equal(t, `{"name":"x","kind":"amount","currency":"CNY","off":1}`, string(b))
}

func TestSpan(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	beirut, err := time.LoadLocation("Asia/Beirut")
	require.NoError(t, err)
	day := func(loc *time.Location, m time.Month, d, h int) time.Time {
		return time.Date(2026, m, d, h, 0, 0, 0, loc)
	}
	for _, c := range []struct {
		name        string
		v           coupon.Valid
		at          time.Time
		from, until time.Time
		over        bool
	}{
		{"for good", coupon.Valid{}, noon, noon, time.Time{}, false},
		{"exact", coupon.Valid{For: 90 * marque.Minute}, noon, noon, noon.Add(90 * time.Minute), false},
		{"before the window", coupon.Valid{From: noon.Add(time.Hour), For: marque.Hour}, noon, noon.Add(time.Hour), noon.Add(2 * time.Hour), false},
		{"clipped", coupon.Valid{Until: noon.Add(time.Minute), For: marque.Hour}, noon, noon, noon.Add(time.Minute), false},
		{"past the window", coupon.Valid{Until: noon}, noon, noon, noon, true},
		{"today only", coupon.Valid{Days: 1}, day(berlin, 3, 10, 23), day(berlin, 3, 10, 23), day(berlin, 3, 11, 0), false},
		{"over a short day", coupon.Valid{Days: 2}, day(berlin, 3, 28, 12), day(berlin, 3, 28, 12), day(berlin, 3, 30, 0), false},
		{"to a midnight that does not exist", coupon.Valid{Days: 1}, day(beirut, 3, 28, 12), day(beirut, 3, 28, 12), day(beirut, 3, 29, 1), false},
		{"from a day without midnight", coupon.Valid{Days: 1}, day(beirut, 3, 29, 5), day(beirut, 3, 29, 5), day(beirut, 3, 30, 0), false},
		{"wait", coupon.Valid{Wait: 1, Days: 2}, day(berlin, 3, 10, 23), day(berlin, 3, 11, 0), day(berlin, 3, 13, 0), false},
		{"wait, then exact", coupon.Valid{Wait: 2, For: marque.Hour}, day(berlin, 3, 10, 23), day(berlin, 3, 12, 0), day(berlin, 3, 12, 1), false},
		{"wait past the window", coupon.Valid{Wait: 1, Until: day(berlin, 3, 11, 0)}, day(berlin, 3, 10, 23), day(berlin, 3, 11, 0), day(berlin, 3, 11, 0), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, until, ok := c.v.Span(c.at, c.at.Location())
			require.WithinDuration(t, c.from, from, 0)
			require.WithinDuration(t, c.until, until, 0)
			require.Equal(t, !c.over, ok)
		})
	}
}

// Who imports coupon alone compiles no expression language.
func TestImportsNoExpr(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".", "./coupontest").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "github.com/marque-go/marque/limit")
	for _, banned := range []string{"expr-lang", "marque/rule/lang", "testify", "rapid", "gonum"} {
		require.NotContains(t, string(out), banned)
	}
}

// A folder of definitions holds them in YAML; the loader goes by the same names.
func TestDefFromYAML(t *testing.T) {
	const text = `
name: full-100
kind: spend
currency: CNY
spend: 10000
off: 1500
every: true
cap: 4500
when: cart.items >= 1
budget: {count: 20000, per_person: 1, money: 9000000}
valid: {from: 2026-03-01T00:00:00+08:00, for: 3d}
zone: Asia/Shanghai
`
	doc, err := source.Parse("full-100.yaml", []byte(text))
	require.NoError(t, err)
	var d coupon.Def
	require.NoError(t, doc.Decode("", &d))
	require.NoError(t, d.Validate())
	require.Equal(t, coupon.Terms{Kind: coupon.Spend, Currency: "CNY", Spend: 10000, Off: 1500, Every: true, Cap: 4500}, d.Terms)
	require.Equal(t, 3*marque.Day, d.Valid.For)
	require.EqualValues(t, 9000000, *d.Budget.Money)

	doc, err = source.Parse("x.yaml", []byte("name: x\nkind: percent\npercent: 20\n"))
	require.NoError(t, err)
	require.ErrorContains(t, doc.Decode("", &d), "x.yaml:3:10: percent: ")
}
