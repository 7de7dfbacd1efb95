package clv

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/marque-go/marque"
)

// A Customer is what the models need of somebody's purchases. The unit of TX and T is the caller's, weeks by
// convention, and the same for all customers of a model; its parameters are in that unit then.
type Customer struct {
	ID string `json:"id,omitempty"`
	// X is the number of purchases after the first one.
	X int `json:"x"`
	// TX is the time from the first purchase to the last, 0 where X is 0.
	TX float64 `json:"t_x"`
	// T is the time from the first purchase to the end of observation, above 0.
	T float64 `json:"t"`
	// Spend is the mean amount of the X repeat purchases in minor units, 0 where X is 0 or amounts are not known.
	Spend float64 `json:"spend,omitempty"`
	// N is how many customers alike this one stands for. Zero: one.
	N int `json:"n,omitempty"`
}

// Validate lists what is wrong with the customer.
func (c Customer) Validate() error {
	if c.sound() {
		return nil
	}
	var f marque.Faults
	if c.X < 0 {
		f.Add("x", "%d is negative", c.X)
	}
	if !(c.T > 0) || math.IsInf(c.T, 0) {
		f.Add("t", "%v is not a length of time above 0", c.T)
	}
	switch {
	case !(c.TX >= 0) || math.IsInf(c.TX, 0):
		f.Add("t_x", "%v is not a length of time", c.TX)
	case c.TX > c.T:
		f.Add("t_x", "%v is after the end of observation, %v", c.TX, c.T)
	case c.X == 0 && c.TX != 0:
		f.Add("t_x", "%v without a repeat purchase", c.TX)
	}
	if !(c.Spend >= 0) || math.IsInf(c.Spend, 0) {
		f.Add("spend", "%v is not an amount", c.Spend)
	} else if c.X == 0 && c.Spend != 0 {
		f.Add("spend", "%v without a repeat purchase", c.Spend)
	}
	if c.N < 0 {
		f.Add("n", "%d is negative", c.N)
	}
	return f.Err()
}

// sound reports whether Validate has nothing to say. Comparisons with NaN are false.
func (c *Customer) sound() bool {
	return c.X >= 0 && c.TX >= 0 && c.TX <= c.T && c.T > 0 && c.T <= math.MaxFloat64 &&
		c.Spend >= 0 && c.Spend <= math.MaxFloat64 && c.N >= 0 && (c.X > 0 || c.TX == 0 && c.Spend == 0)
}

// history is what a model of purchases sees of a customer, money what a model of amounts sees.
type (
	history struct {
		x     int
		tx, t float64
	}
	money struct {
		x     int
		spend float64
	}
)

// A counted row stands for n customers.
type counted[R any] struct {
	row R
	n   float64
}

// tally counts equal rows and sorts them, so that sums over them do not depend on the order of customers.
// It returns every fault of the customers under "customers[i]".
func tally[R comparable](customers iter.Seq[Customer], row func(*Customer, *marque.Faults) (R, bool), compare func(a, b R) int) ([]counted[R], error) {
	var faults marque.Faults
	counts := map[R]int{}
	i := 0
	for c := range customers {
		var f marque.Faults
		f.Wrap("", c.Validate())
		r, ok := row(&c, &f)
		if err := f.Err(); err != nil {
			faults.Wrap(fmt.Sprintf("customers[%d]", i), err)
		} else if ok {
			counts[r] += max(1, c.N)
		}
		i++
	}
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("clv: fit: %w", err)
	}
	rows := make([]counted[R], 0, len(counts))
	for r, n := range counts {
		rows = append(rows, counted[R]{r, float64(n)})
	}
	slices.SortFunc(rows, func(a, b counted[R]) int { return compare(a.row, b.row) })
	return rows, nil
}

// histories are the rows of a model of purchases. One without any repeat purchase tells nothing.
func histories(customers iter.Seq[Customer]) ([]counted[history], error) {
	rows, err := tally(customers,
		func(c *Customer, _ *marque.Faults) (history, bool) { return history{c.X, c.TX, c.T}, true },
		func(a, b history) int {
			return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.tx, b.tx), cmp.Compare(a.t, b.t))
		})
	if err == nil && (len(rows) == 0 || rows[len(rows)-1].row.x == 0) {
		err = ErrNoRepeat
	}
	return rows, err
}
