package clv_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/scoring/clv"
)

func day(s string) time.Time { return must(time.Parse(time.DateOnly, s)) }

func TestCustomerValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		c    clv.Customer
		want string
	}{
		{"none bought again", clv.Customer{T: 5}, ""},
		{"bought on the last day", clv.Customer{X: 1, TX: 5, T: 5, Spend: 100, N: 3}, ""},
		{"negative", clv.Customer{X: -1, T: 5}, "x: -1 is negative"},
		{"no time", clv.Customer{}, "t: 0 is not a length of time above 0"},
		{"not a number", clv.Customer{X: 1, TX: nan, T: nan, Spend: nan},
			"t: NaN is not a length of time above 0\nt_x: NaN is not a length of time\nspend: NaN is not an amount"},
		{"infinite", clv.Customer{X: 1, TX: inf, T: inf, Spend: inf},
			"t: +Inf is not a length of time above 0\nt_x: +Inf is not a length of time\nspend: +Inf is not an amount"},
		{"last after the end", clv.Customer{X: 1, TX: 6, T: 5}, "t_x: 6 is after the end of observation, 5"},
		{"last without repeat", clv.Customer{TX: 2, T: 5}, "t_x: 2 without a repeat purchase"},
		{"amount without repeat", clv.Customer{T: 5, Spend: 2}, "spend: 2 without a repeat purchase"},
		{"weight", clv.Customer{T: 5, N: -2}, "n: -2 is negative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.c.Validate()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, c.want)
			require.True(t, math.IsNaN(bg.LogLikelihood(c.c)))
			require.True(t, math.IsNaN(bg.ExpectedNext(c.c, 1)))
			require.True(t, math.IsNaN(pareto.PAlive(c.c)))
			require.True(t, math.IsNaN(pareto.DERT(c.c, 0.1)))
			require.True(t, math.IsNaN(gg.ExpectedOf(c.c)))
		})
	}
}

func TestSummarize(t *testing.T) {
	at := func(id, day string, amount marque.Money) clv.Purchase {
		return clv.Purchase{ID: id, At: must(time.Parse(time.DateTime, day)), Amount: amount}
	}
	purchases := []clv.Purchase{
		at("ann", "2026-01-01 09:00:00", 5000),
		at("ann", "2026-01-01 23:59:59", 1000), // the first day again: no repeat
		at("ann", "2026-01-15 00:00:00", 1000),
		at("ann", "2026-01-15 12:00:00", 2001), // one transaction with the one before
		at("ann", "2026-01-29 12:00:00", 4000),
		at("bob", "2026-01-22 17:00:00", 900),
		at("bob", "2026-01-29 23:59:59", 700), // the last day counts
		at("bob", "2026-01-30 00:00:00", 700), // after it
		at("cid", "2026-01-29 08:00:00", 100), // nothing is known of cid yet
		at("dan", "2026-01-28 08:00:00", 100),
	}
	through := day("2026-01-29")
	want := []clv.Customer{
		{ID: "ann", X: 2, TX: 4, T: 4, Spend: 3500.5},
		{ID: "bob", X: 1, TX: 1, T: 1, Spend: 700},
		{ID: "dan", T: 1.0 / 7},
	}
	require.Equal(t, want, must(clv.Summarize(slices.Values(purchases), through, nil)))

	slices.Reverse(purchases)
	require.Equal(t, want, must(clv.Summarize(slices.Values(purchases), through.Add(20*time.Hour), nil)))

	// In Shanghai the next day has begun at 16:00: bob first bought on the 23rd, and his second day is the 30th.
	east := time.FixedZone("east", 8*3600)
	got := must(clv.Summarize(slices.Values(purchases), through, &clv.SummaryOptions{Unit: marque.Day, Zone: east}))
	require.Equal(t, clv.Customer{ID: "bob", T: 6}, got[1])
	require.Len(t, got, 3, "cid is left out")
}

func TestSummarizeFaults(t *testing.T) {
	_, err := clv.Summarize(slices.Values([]clv.Purchase{
		{ID: "ann", At: day("2026-01-01"), Amount: 1},
		{At: day("2026-01-01"), Amount: -1},
		{ID: "bob"},
	}), day("2026-02-01"), &clv.SummaryOptions{Unit: -marque.Week})
	require.EqualError(t, err, "clv: summarize: unit: -7d is negative\npurchases[1].id: is empty\npurchases[1].amount: -1 is negative\npurchases[2].at: is zero")
}

// The transactions give the published summaries, which are rounded to two digits.
func TestSummarizeCDNOW(t *testing.T) {
	purchases := cdnow(t)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(purchases), func(i, j int) { purchases[i], purchases[j] = purchases[j], purchases[i] })
	got := must(clv.Summarize(slices.Values(purchases), day("1997-09-30"), nil))
	for _, file := range []string{"cdnow_customers_summary.csv", "cdnow_customers_summary_with_transactions.csv"} {
		want := table(t, file)
		require.Len(t, got, len(want))
		for i, r := range want {
			require.Equal(t, r[0], strings.TrimLeft(got[i].ID, "0"), file)
			require.Equal(t, r[1], fmt.Sprint(got[i].X), "%s: %s", file, r[0])
			require.InDelta(t, number(t, r[2]), got[i].TX, 0.00501, "%s: %s", file, r[0])
			require.InDelta(t, number(t, r[3]), got[i].T, 0.00501, "%s: %s", file, r[0])
			if len(r) > 4 {
				require.InDelta(t, number(t, r[4])*100, got[i].Spend, 0.501, "%s: %s", file, r[0])
			}
		}
	}
}
