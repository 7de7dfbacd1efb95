package loop

import (
	"context"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/tagging"
)

// A rehearsal has copies of what is held of some people, in stores of its own.
type rehearsal struct {
	Stores
	plan   *Plan
	now    time.Time
	limits map[string]int64 // by counter
}

// rehearse copies what is held of people, without its past.
func (l *Loop) rehearse(ctx context.Context, ids []string, now time.Time) (*rehearsal, error) {
	r := &rehearsal{Stores: Memory(), plan: l.plan, now: now, limits: map[string]int64{}}
	tags, err := l.stores.Tags.Load(ctx, ids, nil)
	if err == nil {
		_, err = r.Tags.Commit(ctx, tagging.Change{Rows: fresh(tags, func(r *tagging.Row) *int64 { return &r.Version })})
	}
	if err != nil {
		return nil, err
	}
	scores, err := l.stores.Scores.Load(ctx, ids, nil)
	if err == nil {
		_, err = r.Scores.Commit(ctx, scoring.Change{Rows: fresh(scores, func(r *scoring.Row) *int64 { return &r.Version })})
	}
	if err != nil {
		return nil, err
	}
	accounts, err := l.stores.Points.Load(ctx, ids, nil)
	if err == nil {
		_, err = r.Points.Commit(ctx, points.Change{Rows: fresh(accounts, func(r *points.Row) *int64 { return &r.Version })})
	}
	if err != nil {
		return nil, err
	}
	stages, err := l.stores.Stages.Load(ctx, ids, nil)
	if err == nil {
		_, err = r.Stages.Commit(ctx, lifecycle.Change{Rows: fresh(stages, func(r *lifecycle.Row) *int64 { return &r.Version })})
	}
	if err != nil {
		return nil, err
	}
	for _, h := range []marque.Holder{l.stores.Coupons, l.stores.Journeys} {
		for _, id := range ids {
			for item, err := range h.Export(ctx, id) {
				if err == nil {
					err = r.take(ctx, item)
				}
				if err != nil {
					return nil, err
				}
			}
		}
	}
	return r, nil
}

// fresh are copies of rows as a store has them that sees them for the first time.
func fresh[R any](people [][]*R, version func(*R) *int64) (rows []*R) {
	for _, r := range slices.Concat(people...) {
		row := *r
		*version(&row) = 1
		rows = append(rows, &row)
	}
	return rows
}

// take copies a coupon, an enrollment or a hold. Nothing is refused: the copies of holds have no limit.
func (r *rehearsal) take(ctx context.Context, item marque.Item) (err error) {
	switch x := item.Data.(type) {
	case coupon.Coupon:
		_, err = r.Coupons.Commit(ctx, []coupon.Change{{Now: r.now, Coupon: x}})
	case journey.State:
		x.Version = 1
		_, err = r.Journeys.Commit(ctx, marque.Lease{}, r.now, []journey.Change{{State: x}})
	case limit.Status:
		if x.State == limit.Released {
			return nil
		}
		h := x.Hold
		h.Takes = slices.Clone(h.Takes)
		for i := range h.Takes {
			t := &h.Takes[i]
			if x.N != nil {
				t.N = x.N[i]
			}
			if t.Own && t.Limit >= 0 {
				r.limits[t.Counter] = t.Limit
			}
			t.Limit = limit.NoLimit
		}
		if x.State == limit.Committed {
			h.Expires = time.Time{}
		}
		if item.Room == "coupon" { // a change is of a coupon: that of the holds is nobody's
			_, err = r.Coupons.Commit(ctx, []coupon.Change{{Now: r.now, Holds: []limit.Hold{h}}})
		} else {
			_, err = r.Journeys.Commit(ctx, marque.Lease{}, r.now, []journey.Change{{Holds: []limit.Hold{h}}})
		}
	}
	return err
}

// held is what people have.
func (r *rehearsal) held(ctx context.Context, people []profile.View) (map[thing]any, error) {
	tags, scores, accounts := tagging.NewBook(r.Tags, r.plan.tags, nil), scoring.NewBook(r.Scores, r.plan.scores, nil), points.NewBook(r.Points, r.plan.points, nil)
	all := map[thing]any{}
	for _, p := range people {
		for _, d := range r.plan.tags.Defs() {
			why, err := tags.Why(ctx, p.ID, d.Name, r.now)
			if err != nil {
				return nil, err
			}
			all[thing{p.ID, "tagging", "mark", d.Name}] = mark(why.Grounds)
		}
		for _, d := range r.plan.scores.Defs() {
			score, err := scores.Score(ctx, p.ID, d.Name, r.now)
			if err != nil {
				return nil, err
			}
			all[thing{p.ID, "scoring", "score", d.Name}] = score.Value
		}
		for _, d := range r.plan.points.Defs() {
			a, err := accounts.Account(ctx, p.ID, d.Name, r.now)
			if err != nil {
				return nil, err
			}
			all[thing{p.ID, "points", "balance", d.Name}] = a.Balance
			all[thing{p.ID, "points", "pending", d.Name}] = a.Pending
			all[thing{p.ID, "points", "debt", d.Name}] = a.Debt
			all[thing{p.ID, "points", "tier", d.Name}] = a.Tier
		}
		stages, err := r.Stages.Load(ctx, []string{p.ID}, nil)
		if err != nil {
			return nil, err
		}
		for _, row := range stages[0] {
			if n := len(row.Hands); n > 0 {
				all[thing{p.ID, "lifecycle", "hand", row.Name}] = row.Hands[n-1].Stage
			}
		}
		for _, h := range []marque.Holder{r.Coupons, r.Journeys} {
			for item, err := range h.Export(ctx, p.ID) {
				if err != nil {
					return nil, err
				}
				r.count(all, p.ID, item)
			}
		}
	}
	return all, nil
}

// mark is the strongest of what a tag is held by, other than rules and habits.
func mark(grounds []tagging.Ground) string {
	for _, g := range grounds {
		if g.Source != tagging.Rule && g.Of == 0 && (g.Waits == "" || g.Waits == tagging.ByGroup) {
			return string(g.Source)
		}
	}
	return ""
}

// count adds a coupon, an enrollment or a hold to what a person has.
func (r *rehearsal) count(all map[thing]any, who string, item marque.Item) {
	add := func(kind, name string, n int64) {
		at := thing{who, item.Room, kind, name}
		sum, _ := all[at].(int64)
		all[at] = sum + n
	}
	switch x := item.Data.(type) {
	case coupon.Coupon:
		if !x.At(r.now).Final() {
			add("coupon", x.Batch, 1)
		}
	case journey.State:
		add("enrollment", x.Journey, 1)
	case limit.Status:
		if x.State == limit.Released {
			return
		}
		over := func(end time.Time) bool { return !end.IsZero() && !end.After(r.now) }
		for _, t := range x.Hold.Takes {
			if _, limited := r.limits[t.Counter]; t.Own && limited && !over(t.Until) && !over(x.Hold.Expires) {
				add("limit", t.Counter, t.N)
			}
		}
	}
}
