package marque_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
)

func ExampleParseDuration() {
	d, err := marque.ParseDuration("2w1d12h")
	fmt.Println(d, err)
	_, err = marque.ParseDuration("3x")
	fmt.Println(err)
	// Output:
	// 15d12h <nil>
	// marque: duration "3x": unit "x": want w, d, h, m, s, ms, us in falling order, each once
}

func ExampleMoney_Format() {
	m, _ := marque.ParseMoney("19.9", "CNY")
	fmt.Println(int64(m), m.Format("CNY"), marque.Money(500).Format("JPY"), marque.Money(-5).Format("KWD"))
	// Output: 1990 19.90 500 -0.005
}

func ExampleFaults() {
	var inner, f marque.Faults
	inner.Add("next", "no node %q", "sms2")
	inner.Add("when", "is empty")
	f.Wrap("nodes[4]", inner.Err())
	f.Add("name", "is empty")
	fmt.Println(f.Err())
	// Output:
	// nodes[4].next: no node "sms2"
	// nodes[4].when: is empty
	// name: is empty
}

func ExampleEvent_Turn() {
	order := marque.Event{ID: "o1", Name: "order_paid", Profile: "p1", At: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}
	visit := marque.Event{ID: "v1", Name: "visit", Profile: "p1", At: order.At}
	a := order.Turn("segment.entered", "segment/vip", 1, order.At, nil)
	b := visit.Turn("segment.entered", "segment/vip", 1, order.At, nil)
	fmt.Println(a.ID == b.ID, a.Cause, b.Cause, a.Hops)
	// Output: true o1 v1 1
}

func TestDurationFaults(t *testing.T) {
	for _, s := range []string{"", "-", "5", "d", "1.5h", "1h1h", "1m1h", "1d 2h", "99999999999999999999s", "300000w", "1µs"} {
		_, err := marque.ParseDuration(s)
		require.Error(t, err, s)
	}
}

func TestDurationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := marque.Duration(rapid.Int64Range(math.MinInt64/2000, math.MaxInt64/2000).Draw(t, "µs") * 1000)
		got, err := marque.ParseDuration(d.String())
		require.NoError(t, err)
		require.Equal(t, d, got)
		b, err := json.Marshal(d)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &got))
		require.Equal(t, d, got)
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"90s", "2d", "-1w3h", "0s", "9223372036854775807us"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := marque.ParseDuration(s); err == nil {
			again, err := marque.ParseDuration(d.String())
			require.NoError(t, err)
			require.Equal(t, d, again)
		}
	})
}

func TestMoneyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := marque.Money(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "amount"))
		for _, currency := range []string{"JPY", "CNY", "KWD", "CLF"} {
			got, err := marque.ParseMoney(m.Format(currency), currency)
			require.NoError(t, err)
			require.Equal(t, m, got)
		}
	})
	require.Equal(t, "-92233720368547758.08", marque.Money(math.MinInt64).Format("CNY"))
}

func TestMoneyFaults(t *testing.T) {
	for _, s := range []string{"", "-", ".", "1.", ".5", "1.234", "1,000", "1e3", "+1", "92233720368547758.08", "一"} {
		_, err := marque.ParseMoney(s, "CNY")
		require.Error(t, err, s)
	}
	_, err := marque.ParseMoney("1.5", "JPY")
	require.ErrorContains(t, err, "JPY has 0 decimal digits")
}

func TestFaultsKeepWhatTheyWrap(t *testing.T) {
	var f marque.Faults
	require.NoError(t, f.Err())
	f.Wrap("a", fmt.Errorf("%w: %w", marque.ErrConflict, errors.New("row 7")))
	f.Wrap("b", nil)
	require.EqualError(t, f.Err(), "a: marque: conflict: row 7")
	require.ErrorIs(t, f.Err(), marque.ErrConflict)
	var field *marque.FieldError
	require.ErrorAs(t, f.Err(), &field)
	require.Equal(t, "a", field.Path)
}

func TestDueOrder(t *testing.T) {
	at := time.Unix(0, 0)
	due := []marque.Due{{at, "a", "x"}, {at, "a", "y"}, {at, "b", "a"}, {at.Add(1), "a", "a"}}
	for i := range due {
		for j := range due {
			require.Equal(t, i < j, due[i].Compare(due[j]) < 0)
			require.Equal(t, i > j, due[i].Compare(due[j]) > 0)
		}
	}
}
