package coupon

import "github.com/marque-go/marque"

// Stats are the figures of a batch. Every coupon issued is in one of the states, so that
// Issued == live + Locked + Redeemed + Returned + Expired + Voided, where live ones are Live.
type Stats struct {
	Issued   int64        `json:"issued"`   // ever
	Locked   int64        `json:"locked"`   // now
	Redeemed int64        `json:"redeemed"` // and not returned
	Returned int64        `json:"returned"` // and not given back to the owner
	Expired  int64        `json:"expired"`
	Voided   int64        `json:"voided"`
	Face     marque.Money `json:"face"` // face value of all that was issued; see Terms.Face
	Cost     marque.Money `json:"cost"` // discounts of those redeemed
}

// Live is how many can be used and are not locked.
func (s Stats) Live() int64 {
	return s.Issued - s.Locked - s.Redeemed - s.Returned - s.Expired - s.Voided
}

// Plus is the sum, by which a store applies the difference that a change makes.
func (s Stats) Plus(d Stats) Stats {
	return Stats{
		Issued: s.Issued + d.Issued, Locked: s.Locked + d.Locked, Redeemed: s.Redeemed + d.Redeemed, Returned: s.Returned + d.Returned,
		Expired: s.Expired + d.Expired, Voided: s.Voided + d.Voided, Face: s.Face + d.Face, Cost: s.Cost + d.Cost,
	}
}
