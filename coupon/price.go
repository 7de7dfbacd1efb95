package coupon

import (
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/marque-go/marque"
)

// Errors of pricing.
var (
	ErrOverflow = errors.New("coupon: amount out of range")
	ErrCurrency = errors.New("coupon: mixed currencies")
)

// A Cart is what is to be paid, before any discount.
type Cart struct {
	Currency string `json:"currency"`
	Lines    []Line `json:"lines,omitempty"`
	// Props are further facts for rules: those fields of the scope "cart" that the host declares beside
	// total, items and currency.
	Props map[string]any `json:"props,omitempty"`
}

// A Line is some units of one thing.
type Line struct {
	ID       string       `json:"id,omitempty"`
	SKU      string       `json:"sku,omitempty"`
	Price    marque.Money `json:"price"` // of one unit, 0 or more
	Quantity int64        `json:"quantity"`
}

// CartOf is a cart of which only the total is known.
func CartOf(currency string, total marque.Money) Cart {
	return Cart{Currency: currency, Lines: []Line{{Price: total, Quantity: 1}}}
}

// Total is the sum over the lines, and the number of units. Negative prices or quantities are faults; a sum
// beyond 64 bits is ErrOverflow.
func (c Cart) Total() (total marque.Money, items int64, err error) {
	var f marque.Faults
	for i, l := range c.Lines {
		if l.Price < 0 {
			f.Add(fmt.Sprintf("lines[%d].price", i), "is %d, want 0 or more", l.Price)
		}
		if l.Quantity < 0 {
			f.Add(fmt.Sprintf("lines[%d].quantity", i), "is %d, want 0 or more", l.Quantity)
		}
	}
	if err := f.Err(); err != nil {
		return 0, 0, err
	}
	for _, l := range c.Lines {
		hi, lo := bits.Mul64(uint64(l.Price), uint64(l.Quantity))
		if hi != 0 || lo > uint64(math.MaxInt64-total) || l.Quantity > math.MaxInt64-items {
			return 0, 0, ErrOverflow
		}
		total += marque.Money(lo)
		items += l.Quantity
	}
	return total, items, nil
}

// A Quote says what a coupon saves on a cart, or why it does not count.
type Quote struct {
	Decision
	Total    marque.Money `json:"total"`    // of the cart
	Discount marque.Money `json:"discount"` // at most Total; 0 where not OK
}

// Price applies terms to a cart: thresholds inclusive, percentages with 128 bits between, rounded half up once,
// never more than the total. The answer is a "no" with its reason below the threshold (Missing is what the cart
// still needs) and where nothing would be saved. A cart in another currency is ErrCurrency.
func (t Terms) Price(cart Cart) (Quote, error) {
	total, _, err := cart.Total()
	if err != nil {
		return Quote{}, err
	}
	if cart.Currency != t.Currency {
		return Quote{}, fmt.Errorf("%w: the cart is in %q, the coupon in %q", ErrCurrency, cart.Currency, t.Currency)
	}
	q := Quote{Total: total}
	if need := max(t.Threshold, t.Spend); total < need {
		q.Decision = Decision{Reason: BelowThreshold, Missing: need - total}
		return q, nil
	}
	switch {
	case t.Kind == Rate:
		q.Discount = share(total, min(max(int64(t.Percent), 0), 10000), 10000)
	case t.Kind == Spend && t.Every && t.Spend > 0:
		q.Discount = product(t.Off, int64(total/t.Spend))
	default:
		q.Discount = t.Off
	}
	if t.Cap > 0 {
		q.Discount = min(q.Discount, t.Cap)
	}
	if q.Discount = min(q.Discount, total); q.Discount <= 0 {
		return Quote{Decision: Decision{Reason: SavesNothing}, Total: total}, nil
	}
	q.OK = true
	return q, nil
}

// share is m·n/of, half up, for 0 <= n <= of.
func share(m marque.Money, n, of int64) marque.Money {
	hi, lo := bits.Mul64(uint64(m), uint64(n))
	lo, carry := bits.Add64(lo, uint64(of)/2, 0)
	quo, _ := bits.Div64(hi+carry, lo, uint64(of))
	return marque.Money(quo)
}

// product is m·n, or the largest amount where that is beyond 64 bits. What calls it cuts the result to a total.
func product(m marque.Money, n int64) marque.Money {
	hi, lo := bits.Mul64(uint64(m), uint64(n))
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return marque.Money(lo)
}
