package coupon

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Kind says how a coupon saves.
type Kind string

// The kinds.
const (
	Amount Kind = "amount"  // Off
	Rate   Kind = "percent" // Percent of the base, at most Cap
	Spend  Kind = "spend"   // spend Spend, save Off (满减); with Every, Off for each full Spend, at most Cap
)

// Scope says what a coupon saves on.
type Scope string

// OnCart is the whole cart.
const OnCart Scope = "cart"

// Percent is a share in basis points: 2000 is 20%. It is written "20%" or "12.5%".
type Percent int64

// String writes the share in percent: "12.5%".
func (p Percent) String() string {
	sign, u := "", uint64(p)
	if p < 0 {
		sign, u = "-", -u
	}
	s := strings.TrimRight(fmt.Sprintf("%d.%02d", u/100, u%100), "0")
	return sign + strings.TrimSuffix(s, ".") + "%"
}

// MarshalText writes what String does.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a number with at most two decimal digits and a percent sign. A bare number is an error, as
// nobody knows whether 20 is meant in percent or in basis points.
func (p *Percent) UnmarshalText(b []byte) error {
	bad := fmt.Errorf(`coupon: percentage %q: want a number and a percent sign, as in "12.5%%"`, b)
	body, ok := strings.CutSuffix(string(b), "%")
	whole, frac, dot := strings.Cut(body, ".")
	if !ok || whole == "" || dot && frac == "" || len(frac) > 2 || len(whole) > 15 {
		return bad
	}
	digits := whole + frac + strings.Repeat("0", 2-len(frac))
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return bad
	}
	*p = Percent(n)
	return nil
}

// Terms are what a coupon promises. They are fixed on the coupon when it is issued: a definition that is changed
// later changes the coupons that are issued from then on.
type Terms struct {
	Kind Kind `json:"kind"`
	// Scope is what the discount falls on. Default OnCart.
	Scope Scope `json:"scope,omitempty"`
	// Currency of all amounts, as in ISO 4217. A cart in another one is an error.
	Currency string `json:"currency"`
	// Off is the saving of the kinds amount and spend, in minor units.
	Off marque.Money `json:"off,omitempty"`
	// Percent is the saving of the kind percent.
	Percent Percent `json:"percent,omitempty"`
	// Spend is what the kind spend asks for: from this amount on, inclusive.
	Spend marque.Money `json:"spend,omitempty"`
	// Every repeats the saving of the kind spend for each full Spend.
	Every bool `json:"every,omitempty"`
	// Cap is the most that the kind percent, or spend with every, saves. Default none.
	Cap marque.Money `json:"cap,omitempty"`
	// Threshold is the smallest cart total the coupon is good for, inclusive. Default none.
	Threshold marque.Money `json:"threshold,omitempty"`
}

// Face is the face value: the most that the coupon can save, 0 where that depends on the cart alone.
func (t Terms) Face() marque.Money {
	if t.Kind == Rate || t.Kind == Spend && t.Every {
		return t.Cap
	}
	return t.Off
}

// Validate lists all faults of the terms.
func (t Terms) Validate() error {
	var f marque.Faults
	only := func(path string, set bool, with string) {
		if set {
			f.Add(path, "is for %s, not for the kind %q", with, t.Kind)
		}
	}
	positive := func(path string, m marque.Money) {
		if m <= 0 {
			f.Add(path, "is %d, want an amount above 0 in minor units", m)
		}
	}
	switch t.Kind {
	case Amount:
		positive("off", t.Off)
	case Rate:
		if t.Percent < 1 || t.Percent > 10000 {
			f.Add("percent", "is %v, want 0.01%% to 100%%", t.Percent)
		}
	case Spend:
		positive("off", t.Off)
		positive("spend", t.Spend)
		if t.Off > t.Spend && t.Spend > 0 {
			f.Add("off", "saves %s on %s", t.Off.Format(t.Currency), t.Spend.Format(t.Currency))
		}
	default:
		f.Add("kind", "is %q, want amount, percent or spend%s", t.Kind, rule.Hint(string(t.Kind), []string{"amount", "percent", "spend"}))
		return f.Err()
	}
	only("off", t.Kind == Rate && t.Off != 0, "the kinds amount and spend")
	only("percent", t.Kind != Rate && t.Percent != 0, "the kind percent")
	only("spend", t.Kind != Spend && t.Spend != 0, "the kind spend")
	only("every", t.Kind != Spend && t.Every, "the kind spend")
	only("threshold", t.Kind == Spend && t.Threshold != 0, "the kinds amount and percent")
	only("cap", t.Kind != Rate && !t.Every && t.Cap != 0, "the kind percent, and for spend with every")
	if t.Scope != "" && t.Scope != OnCart {
		f.Add("scope", "is %q, want cart", t.Scope)
	}
	if len(t.Currency) != 3 || strings.ToUpper(t.Currency) != t.Currency || strings.Trim(t.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		f.Add("currency", "is %q, want three capitals, as in CNY", t.Currency)
	}
	if t.Cap < 0 {
		f.Add("cap", "is %d, want 0 or more", t.Cap)
	}
	if t.Threshold < 0 {
		f.Add("threshold", "is %d, want 0 or more", t.Threshold)
	}
	return f.Err()
}
