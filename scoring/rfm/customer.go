package rfm

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Customer is what is known of somebody who has bought.
type Customer struct {
	ID string `json:"id"`
	// Last is when the latest order was. One that is later than now counts as now.
	Last time.Time `json:"last"`
	// Orders is how many orders there were, in the window where there is one: 0 or more.
	Orders int `json:"orders"`
	// Spent is the revenue in minor units. It is negative where more was given back than came in.
	Spent int64 `json:"spent"`
}

// fault is what is wrong with a customer, nil for nothing.
func (c *Customer) fault() error {
	switch {
	case c.Last.IsZero():
		return &marque.FieldError{Path: "last", Err: fmt.Errorf("is not set: who never bought has no score")}
	case c.Orders < 0:
		return &marque.FieldError{Path: "orders", Err: fmt.Errorf("%d is negative", c.Orders)}
	}
	return nil
}

// age is how long ago the latest order was, to the microsecond.
func (c *Customer) age(now rule.Instant) marque.Duration {
	return marque.Duration(max(now-rule.At(c.Last), 0)) * 1000
}

// Scores of a customer, from 1, the worst, to the number of grades.
type Scores struct {
	R int `json:"r"` // recency
	F int `json:"f"` // frequency
	M int `json:"m"` // money
}

// String writes the label: "R5F3M4".
func (s Scores) String() string { return fmt.Sprintf("R%dF%dM%d", s.R, s.F, s.M) }

// Parse reads what String writes, of up to 9 grades.
func Parse(label string) (Scores, error) {
	if len(label) != 6 || label[0] != 'R' || label[2] != 'F' || label[4] != 'M' {
		return Scores{}, fmt.Errorf("rfm: label %q: want one like R5F3M4", label)
	}
	var n [3]int
	for i := range n {
		d := label[2*i+1]
		if d < '1' || d > '9' {
			return Scores{}, fmt.Errorf("rfm: label %q: %q is no grade from 1 to 9", label, d)
		}
		n[i] = int(d - '0')
	}
	return Scores{n[0], n[1], n[2]}, nil
}
