package coupon_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
)

func TestPrice(t *testing.T) {
	type T = coupon.Terms
	for _, c := range []struct {
		name     string
		terms    T
		total    marque.Money
		discount marque.Money
		reason   coupon.Reason
		missing  marque.Money
	}{
		{"amount", T{Kind: coupon.Amount, Off: 500}, 9900, 500, "", 0},
		{"amount above the total", T{Kind: coupon.Amount, Off: 500}, 400, 400, "", 0},
		{"nothing to save", T{Kind: coupon.Amount, Off: 500}, 0, 0, coupon.SavesNothing, 0},
		{"at the threshold", T{Kind: coupon.Amount, Off: 500, Threshold: 1000}, 1000, 500, "", 0},
		{"below the threshold", T{Kind: coupon.Amount, Off: 500, Threshold: 1000}, 999, 0, coupon.BelowThreshold, 1},
		{"percent", T{Kind: coupon.Rate, Percent: 2000}, 9900, 1980, "", 0},
		{"half goes up", T{Kind: coupon.Rate, Percent: 5000}, 3, 2, "", 0},
		{"below half goes down", T{Kind: coupon.Rate, Percent: 3333}, 4, 1, "", 0},
		{"rounds to nothing", T{Kind: coupon.Rate, Percent: 1}, 4999, 0, coupon.SavesNothing, 0},
		{"rounds to one", T{Kind: coupon.Rate, Percent: 1}, 5000, 1, "", 0},
		{"cap", T{Kind: coupon.Rate, Percent: 5000, Cap: 300}, 9900, 300, "", 0},
		{"all of it", T{Kind: coupon.Rate, Percent: 10000}, math.MaxInt64, math.MaxInt64, "", 0},
		{"a large share", T{Kind: coupon.Rate, Percent: 9999}, math.MaxInt64, 9222449699651090329, "", 0},
		{"spend and save", T{Kind: coupon.Spend, Spend: 1000, Off: 100}, 5000, 100, "", 0},
		{"spend not reached", T{Kind: coupon.Spend, Spend: 1000, Off: 100}, 400, 0, coupon.BelowThreshold, 600},
		{"every", T{Kind: coupon.Spend, Spend: 1000, Off: 100, Every: true}, 5999, 500, "", 0},
		{"every with cap", T{Kind: coupon.Spend, Spend: 1000, Off: 100, Every: true, Cap: 250}, 5999, 250, "", 0},
		{"every, beyond 64 bits between", T{Kind: coupon.Spend, Spend: 1, Off: 1 << 40, Every: true}, 1 << 40, 1 << 40, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.terms.Currency = "CNY"
			q, err := c.terms.Price(coupon.CartOf("CNY", c.total))
			require.NoError(t, err)
			require.Equal(t, coupon.Quote{
				Decision: coupon.Decision{OK: c.reason == "", Reason: c.reason, Missing: c.missing},
				Total:    c.total, Discount: c.discount,
			}, q)
		})
	}
}

func TestPriceFaults(t *testing.T) {
	terms := coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 1}
	_, err := terms.Price(coupon.CartOf("JPY", 100))
	require.ErrorIs(t, err, coupon.ErrCurrency)
	for name, lines := range map[string][]coupon.Line{
		"a line": {{Price: math.MaxInt64, Quantity: 2}},
		"a sum":  {{Price: math.MaxInt64, Quantity: 1}, {Price: 1, Quantity: 1}},
		"items":  {{Quantity: math.MaxInt64}, {Quantity: 1}},
	} {
		_, err := terms.Price(coupon.Cart{Currency: "CNY", Lines: lines})
		require.ErrorIs(t, err, coupon.ErrOverflow, name)
	}
	_, err = terms.Price(coupon.Cart{Currency: "CNY", Lines: []coupon.Line{{Price: -1, Quantity: -2}}})
	require.EqualError(t, err, "lines[0].price: is -1, want 0 or more\nlines[0].quantity: is -2, want 0 or more")
}

// A percentage is what big integers say, and every discount lies within the total and the cap.
func TestPriceAgainstBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, math.MaxInt64).Draw(t, "total")
		bp := rapid.Int64Range(1, 10000).Draw(t, "bp")
		limit := rapid.Int64Range(0, math.MaxInt64).Draw(t, "cap")
		terms := coupon.Terms{Kind: coupon.Rate, Currency: "CNY", Percent: coupon.Percent(bp), Cap: marque.Money(limit)}
		q, err := terms.Price(coupon.CartOf("CNY", marque.Money(total)))
		require.NoError(t, err)
		want := new(big.Int).Mul(big.NewInt(total), big.NewInt(bp))
		want.Div(want.Add(want, big.NewInt(5000)), big.NewInt(10000))
		if limit > 0 && want.Cmp(big.NewInt(limit)) > 0 {
			want.SetInt64(limit)
		}
		require.Equal(t, want.Int64(), int64(q.Discount))

		spend := rapid.Int64Range(1, math.MaxInt64).Draw(t, "spend")
		off := rapid.Int64Range(1, spend).Draw(t, "off")
		every := coupon.Terms{Kind: coupon.Spend, Currency: "CNY", Spend: marque.Money(spend), Off: marque.Money(off), Every: true}
		q, err = every.Price(coupon.CartOf("CNY", marque.Money(total)))
		require.NoError(t, err)
		want = new(big.Int).Mul(big.NewInt(total/spend), big.NewInt(off))
		require.Equal(t, want.Int64(), int64(q.Discount), "within the total, as off is within spend")
	})
}

// Carts and results of five shop engines. Only those with one discount on the whole cart can be said here, and of those
// the discount is compared: how it is spread over lines, and the behaviours, wait for a cart that has that.
func TestVectorsCoupon(t *testing.T) {
	dir := os.Getenv("MARQUE_VECTORS")
	if dir == "" {
		t.Skip("MARQUE_VECTORS is not set")
	}
	b, err := os.ReadFile(filepath.Join(dir, "coupon", "cases.json"))
	require.NoError(t, err)
	var file struct {
		Cases []struct {
			ID   string
			Cart struct {
				Lines []struct {
					ID    string
					Price marque.Money `json:"unit_price"`
					Qty   int64
				}
			}
			Promotions []struct {
				Kind, Target, Scope string
				Amount, Threshold   marque.Money
				Bps                 int64
			}
			Expected struct {
				Discount *marque.Money `json:"total_item_discount"`
			}
		}
	}
	require.NoError(t, json.Unmarshal(b, &file))
	n, in := 0, 0
	for _, c := range file.Cases {
		why := ""
		switch {
		case len(c.Promotions) != 1:
			why = "several promotions, or none"
		case c.Promotions[0].Target != "order" || c.Promotions[0].Scope != "all":
			why = "a discount on lines or shipping"
		case c.Promotions[0].Kind != "percent" && c.Promotions[0].Kind != "fixed":
			why = "the kind " + c.Promotions[0].Kind
		case c.Expected.Discount == nil:
			why = "no discount in the result"
		}
		if why != "" {
			t.Logf("out of scope: %s: %s", c.ID, why)
			continue
		}
		in++
		p := c.Promotions[0]
		terms := coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: p.Amount, Percent: coupon.Percent(p.Bps), Threshold: p.Threshold}
		if p.Kind == "percent" {
			terms.Kind = coupon.Rate
		}
		cart := coupon.Cart{Currency: "CNY"}
		for _, l := range c.Cart.Lines {
			cart.Lines = append(cart.Lines, coupon.Line{ID: l.ID, Price: l.Price, Quantity: l.Qty})
		}
		q, err := terms.Price(cart)
		require.NoError(t, err, c.ID)
		if *c.Expected.Discount == q.Discount {
			n++
		} else {
			t.Errorf("%s: the discount is %d, want %d", c.ID, q.Discount, *c.Expected.Discount)
		}
	}
	t.Logf("vectors: %d of %d, by their discount; %d out of scope", n, in, len(file.Cases)-in)
	require.Positive(t, in)
}

// Whatever the terms, pricing is an answer and no panic.
func TestPriceOfTermsThatAreNone(t *testing.T) {
	for _, terms := range []coupon.Terms{
		{Kind: coupon.Spend, Every: true, Off: 1}, {Kind: coupon.Spend, Every: true, Off: 1, Spend: -1}, {Kind: coupon.Rate, Percent: -1},
		{Kind: coupon.Rate, Percent: math.MaxInt64}, {Kind: coupon.Amount, Off: math.MinInt64}, {Kind: "gift"},
	} {
		terms.Currency = "CNY"
		q, err := terms.Price(coupon.CartOf("CNY", math.MaxInt64))
		require.NoError(t, err)
		require.GreaterOrEqual(t, q.Discount, marque.Money(0))
	}
}

func TestPercentText(t *testing.T) {
	for text, want := range map[string]coupon.Percent{"20%": 2000, "12.5%": 1250, "0.01%": 1, "100%": 10000, "7.05%": 705} {
		var p coupon.Percent
		require.NoError(t, p.UnmarshalText([]byte(text)))
		require.Equal(t, want, p)
		require.Equal(t, text, p.String())
	}
	for _, text := range []string{"20", "", "%", "1.%", ".5%", "1.234%", "-5%", "x%", "1 %", "99999999999999999999%"} {
		require.Error(t, new(coupon.Percent).UnmarshalText([]byte(text)), text)
	}
	require.Error(t, json.Unmarshal([]byte(`{"percent": 20}`), new(coupon.Terms)), "a bare number")
}

// There is no float anywhere in the package.
func TestNoFloat(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		seen++
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				require.NotContains(t, []string{"float32", "float64", "complex64", "complex128", "big"}, n.Name, fset.Position(n.Pos()))
			case *ast.BasicLit:
				require.False(t, n.Kind == token.FLOAT || n.Kind == token.IMAG, "%s: %s", fset.Position(n.Pos()), n.Value)
			case *ast.SelectorExpr:
				require.NotContains(t, []string{"Seconds", "Minutes", "Hours", "Float", "FloatValue"}, n.Sel.Name, fset.Position(n.Pos()))
			}
			return true
		})
	}
	require.GreaterOrEqual(t, seen, 15)
}
