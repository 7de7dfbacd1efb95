package lifecycle

import (
	"fmt"
	"strconv"

	"github.com/marque-go/marque"
)

// Retail makes the lifecycle of a shop's customers. The zero value works. What Def gives is data: print it, change it.
type Retail struct {
	// Name of the lifecycle. Default "customer".
	Name string `json:"name,omitempty"`
	// Order is the event of a paid order. Default "order_paid".
	Order string `json:"order,omitempty"`
	// Intent is an event that shows that somebody wants something. Default "cart_added".
	Intent string `json:"intent,omitempty"`
	// SignUp is the event of somebody who becomes known. Default "signed_up".
	SignUp string `json:"sign_up,omitempty"`
	// IntentFor is how long an intent counts. Default 30d.
	IntentFor marque.Duration `json:"intent_for,omitempty"`
	// NewFor is how long somebody who signed up and has not bought is new. Default 30d.
	NewFor marque.Duration `json:"new_for,omitempty"`
	// Loyal is how many orders within LoyalWithin make somebody loyal. Default 4.
	Loyal int `json:"loyal,omitempty"`
	// LoyalWithin is the window of Loyal. Default 365d.
	LoyalWithin marque.Duration `json:"loyal_within,omitempty"`
	// AtRisk is how long after the latest order a customer is at risk. Default 90d.
	AtRisk marque.Duration `json:"at_risk,omitempty"`
	// Dormant is how long after it one is dormant, more than AtRisk. Default 180d.
	Dormant marque.Duration `json:"dormant,omitempty"`
	// Lost is how long after it one is lost, more than Dormant. Default 365d.
	Lost marque.Duration `json:"lost,omitempty"`
	// WonBackFor is how long somebody who came back is won back, less than AtRisk. Default 30d.
	WonBackFor marque.Duration `json:"won_back_for,omitempty"`
}

// The stages of Retail.
const (
	Prospect      = "prospect"
	Intent        = "intent"
	New           = "new"
	FirstPurchase = "first purchase"
	Active        = "active"
	Loyal         = "loyal"
	AtRisk        = "at risk"
	Dormant       = "dormant"
	Lost          = "lost"
	WonBack       = "won back"
)

func (r Retail) filled() Retail {
	text := func(s *string, usual string) {
		if *s == "" {
			*s = usual
		}
	}
	days := func(d *marque.Duration, usual marque.Duration) {
		if *d == 0 {
			*d = usual * marque.Day
		}
	}
	text(&r.Name, "customer")
	text(&r.Order, "order_paid")
	text(&r.Intent, "cart_added")
	text(&r.SignUp, "signed_up")
	days(&r.IntentFor, 30)
	days(&r.NewFor, 30)
	days(&r.LoyalWithin, 365)
	days(&r.AtRisk, 90)
	days(&r.Dormant, 180)
	days(&r.Lost, 365)
	days(&r.WonBackFor, 30)
	if r.Loyal == 0 {
		r.Loyal = 4
	}
	return r
}

// Validate lists what is wrong: durations that are not positive or not in their order, less than two orders for Loyal.
func (r Retail) Validate() error {
	r = r.filled()
	var f marque.Faults
	for _, d := range []struct {
		path string
		d    marque.Duration
	}{
		{"intent_for", r.IntentFor}, {"new_for", r.NewFor}, {"loyal_within", r.LoyalWithin},
		{"at_risk", r.AtRisk}, {"dormant", r.Dormant}, {"lost", r.Lost}, {"won_back_for", r.WonBackFor},
	} {
		if d.d < 0 {
			f.Add(d.path, "%v is negative", d.d)
		}
	}
	if r.Loyal < 2 {
		f.Add("loyal", "%d: want two orders or more", r.Loyal)
	}
	if r.Dormant <= r.AtRisk {
		f.Add("dormant", "%v is not more than at_risk, which is %v", r.Dormant, r.AtRisk)
	}
	if r.Lost <= r.Dormant {
		f.Add("lost", "%v is not more than dormant, which is %v", r.Lost, r.Dormant)
	}
	if r.WonBackFor >= r.AtRisk {
		f.Add("won_back_for", "%v is not less than at_risk, which is %v", r.WonBackFor, r.AtRisk)
	}
	return f.Err()
}

// Def is the definition. Its moves are rules over what happened, not over single events, so that a late event leads
// to the stage that it should have led to.
//
//	prospect ◄─► intent ◄─► new ──order──► first purchase ──► active ◄─► loyal
//	                                              └────────────┬───────────┘
//	                            won back ◄─order─┐       no order for 90d
//	                              │              │             ▼
//	                              ▼           lost ◄─ dormant ◄─ at risk ──order──► active
//	                           active
func (r Retail) Def() Def {
	r = r.filled()
	did := func(event string, within marque.Duration) string {
		return fmt.Sprintf(`did(%s, within("%v"))`, strconv.Quote(event), within)
	}
	ordered := strconv.Quote(r.Order)
	recent := did(r.Order, r.AtRisk)
	often := fmt.Sprintf(`times(%s, within("%v")) >= %d`, ordered, r.LoyalWithin, r.Loyal)
	known, wants := did(r.SignUp, r.NewFor), did(r.Intent, r.IntentFor)
	return Def{
		Name:  r.Name,
		Doc:   "Where a customer of a shop is.",
		Start: Prospect,
		Stages: []Stage{
			{Name: Prospect, Doc: "has not bought"},
			{Name: Intent, Doc: "has not bought, and wanted something lately"},
			{Name: New, Doc: "has not bought, and signed up lately"},
			{Name: FirstPurchase, Doc: "bought once, lately"},
			{Name: Active, Doc: "bought more than once, and lately"},
			{Name: Loyal, Doc: "buys often"},
			{Name: AtRisk, Doc: "has not bought for a while"},
			{Name: Dormant, Doc: "has not bought for long"},
			{Name: Lost, Doc: "has not bought for very long"},
			{Name: WonBack, Doc: "was dormant or lost, and bought again lately"},
		},
		Moves: []Move{
			{From: []string{Prospect, Intent, New}, To: FirstPurchase, When: fmt.Sprintf(`did(%s)`, ordered)},
			{From: []string{Prospect, Intent}, To: New, When: known},
			{From: []string{Prospect}, To: Intent, When: wants},
			{Name: "new no more, wants something", From: []string{New}, To: Intent, When: "not " + known + " and " + wants},
			{Name: "new no more", From: []string{New}, To: Prospect, When: "not " + known},
			{Name: "intent faded", From: []string{Intent}, To: Prospect, When: "not " + wants},

			{Name: "came back", From: []string{Dormant, Lost}, To: WonBack, When: recent},
			{From: []string{FirstPurchase, Active, Loyal, WonBack}, To: AtRisk, When: "not " + recent},
			{Name: "late order", From: []string{Dormant, Lost}, To: AtRisk, When: did(r.Order, r.Dormant)},
			{From: []string{AtRisk}, To: Dormant, When: "not " + did(r.Order, r.Dormant)},
			{Name: "late order, long ago", From: []string{Lost}, To: Dormant, When: did(r.Order, r.Lost)},
			{From: []string{Dormant}, To: Lost, When: "not " + did(r.Order, r.Lost)},

			{From: []string{FirstPurchase, Active, AtRisk}, To: Loyal, When: often + " and " + recent},
			{From: []string{FirstPurchase}, To: Active, When: fmt.Sprintf(`times(%s) >= 2`, ordered)},
			{Name: "bought again", From: []string{AtRisk}, To: Active, When: recent},
			{Name: "stayed", From: []string{WonBack}, To: Active, After: r.WonBackFor},
			{Name: "buys less often", From: []string{Loyal}, To: Active, When: "not (" + often + ")"},
		},
	}
}
