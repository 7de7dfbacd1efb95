package retail

import (
	"io/fs"
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque"
)

// Data is the whole data set as events in order of time.
type Data struct {
	Events []marque.Event
	Counts []Count
	Faults []Fault
}

type campaign struct {
	kind       string
	start, end time.Time // end is the first instant after the last day
	products   map[string]bool
}

// Read reads the six files. What could not be read is in Faults; nothing else is lost.
func Read(fsys fs.FS) *Data {
	d := &Data{}
	campaigns := map[string]*campaign{}
	received := map[string][]string{} // household -> campaigns
	d.table(fsys, "campaign_descriptions.csv", []string{"campaign_id", "campaign_type", "start_date", "end_date"}, func(r *row) {
		c := &campaign{kind: r.text("campaign_type"), start: r.time("start_date", time.DateOnly),
			end: r.time("end_date", time.DateOnly).AddDate(0, 0, 1), products: map[string]bool{}}
		id := r.text("campaign_id")
		if r.fault == nil && !c.start.Before(c.end) {
			r.bad("end_date", "is before the start")
		}
		if campaigns[id] != nil {
			r.bad("campaign_id", "campaign %q stands twice", id)
		}
		if r.fault == nil {
			campaigns[id] = c
		}
	})
	known := func(r *row) *campaign {
		c := campaigns[r.text("campaign_id")]
		if c == nil {
			r.bad("campaign_id", "no campaign %q", r.cell("campaign_id"))
		}
		return c
	}
	coupons, described := map[string]bool{}, map[string]bool{}
	d.table(fsys, "coupons.csv", []string{"coupon_upc", "product_id", "campaign_id"}, func(r *row) {
		c, coupon, product := known(r), r.text("coupon_upc"), r.text("product_id")
		if r.fault == nil {
			coupons[coupon+"/"+r.cell("campaign_id")] = true
			c.products[product] = true
		}
	})
	d.table(fsys, "demographics.csv", []string{"household_id", "age", "income", "household_size", "kids_count"}, func(r *row) {
		id := r.text("household_id")
		if described[id] {
			r.bad("household_id", "household %q stands twice", id)
		}
		props := map[string]any{}
		for _, name := range []string{"age", "income", "household_size", "kids_count"} {
			if v := r.cell(name); v != "" {
				props[name] = v
			}
		}
		if r.fault == nil {
			described[id] = true
			d.add("d", id, "profile.set", time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC), props)
		}
	})
	d.table(fsys, "campaigns.csv", []string{"campaign_id", "household_id"}, func(r *row) {
		c, id := known(r), r.text("household_id")
		if slices.Contains(received[id], r.cell("campaign_id")) {
			r.bad("household_id", "household %q received campaign %s twice", id, r.cell("campaign_id"))
		}
		if r.fault == nil {
			received[id] = append(received[id], r.cell("campaign_id"))
			d.add("c", id, "campaign_received", c.start, map[string]any{"campaign": r.cell("campaign_id"), "kind": c.kind})
		}
	})
	d.table(fsys, "transactions_sample.csv", []string{"household_id", "store_id", "product_id", "quantity", "sales_value", "retail_disc", "coupon_disc", "transaction_timestamp"}, func(r *row) {
		id, product, at := r.text("household_id"), r.text("product_id"), r.time("transaction_timestamp", time.RFC3339)
		props := map[string]any{"store": r.text("store_id"), "product": product, "quantity": r.whole("quantity"),
			"amount": r.money("sales_value"), "discount": r.money("retail_disc") + r.money("coupon_disc")}
		if r.fault != nil {
			return
		}
		d.add("t", id, "purchase", at, props)
		for _, name := range received[id] {
			if c := campaigns[name]; c.products[product] && !at.Before(c.start) && at.Before(c.end) {
				d.add("p", id, "promoted_purchase", at, map[string]any{"campaign": name, "amount": props["amount"]})
			}
		}
	})
	d.table(fsys, "coupon_redemptions.csv", []string{"household_id", "coupon_upc", "campaign_id", "redemption_date"}, func(r *row) {
		known(r)
		id, coupon, day := r.text("household_id"), r.text("coupon_upc"), r.time("redemption_date", time.DateOnly)
		if r.fault == nil && !coupons[coupon+"/"+r.cell("campaign_id")] {
			r.bad("coupon_upc", "no coupon %q in campaign %s", coupon, r.cell("campaign_id"))
		}
		if r.fault == nil {
			d.add("r", id, "coupon_redeemed", day.Add(24*time.Hour-time.Second), map[string]any{"campaign": r.cell("campaign_id"), "coupon": coupon})
		}
	})
	slices.SortStableFunc(d.Events, func(a, b marque.Event) int { return a.At.Compare(b.At) })
	return d
}

// add appends an event of a household. Its ID is its place in the order of
// reading, so that reading the same files again gives the same.
func (d *Data) add(kind, household, name string, at time.Time, props map[string]any) {
	d.Events = append(d.Events, marque.Event{ID: kind + strconv.Itoa(len(d.Events)), Name: name, At: at, Received: at,
		IDs: []marque.ID{{Kind: "household", Value: household}}, Props: props})
}
