package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/identity"
)

// A household is two people of the shop, one of whom picks up the other's tablet one evening. No limit of the policy
// forbids it, so they are one person from then on, until somebody at the shop's desk parts them.
type household struct {
	tablet, guest marque.ID
	at            time.Time // zero: there were no two such people
	met           bool

	one      belongings     // of the two, before the ruling
	apart    belongings     // of whoever else it changes
	foreseen [2][]marque.ID // by the preview: of the tablet, of the guest
	two      [2]belongings  // after the ruling
}

// pickUp adds the evening to the events, once, at two thirds of the run.
func (s *scene) pickUp(events []marque.Event, at time.Time) []marque.Event {
	h := &s.household
	if start := s.shop.Start(); h.met || at.Before(start.Add(s.shop.End().Sub(start)*2/3)) {
		return events
	}
	var ok bool
	h.met = true
	if h.tablet, h.guest, ok = s.shop.Household(); !ok {
		return events
	}
	h.at = at
	return append(events, marque.Event{ID: "tablet", Name: "visit", At: at, Received: at, IDs: []marque.ID{h.guest, h.tablet},
		Props: map[string]any{"channel": "app", "page": "home"}})
}

// part asks what a ruling would do, looks at the household, gives the ruling, and looks again.
func (s *scene) part(ctx context.Context) error {
	h := &s.household
	if h.at.IsZero() {
		return nil
	}
	preview, err := s.loop.Profiles().PreviewRule(ctx, identity.Ruling{Key: "preview", At: s.loop.Now(), A: h.tablet, B: h.guest})
	if err != nil {
		return err
	}
	one, _, err := s.loop.Profiles().Resolve(ctx, []marque.ID{h.tablet})
	if err != nil {
		return err
	}
	for _, view := range preview.Before {
		b, err := s.belongings(ctx, view.ID)
		if err != nil {
			return err
		}
		if view.ID == one {
			h.one = b
		} else {
			h.apart = h.apart.and(b)
		}
	}
	for _, view := range preview.After {
		ids := idsOf(view.Person)
		for i, id := range []marque.ID{h.tablet, h.guest} {
			if slices.Contains(ids, id) {
				h.foreseen[i] = ids
			}
		}
	}
	if err := s.unlink(ctx); err != nil {
		return err
	}
	for i, id := range []marque.ID{h.tablet, h.guest} {
		person, _, err := s.loop.Profiles().Resolve(ctx, []marque.ID{id})
		if err != nil {
			return err
		}
		if h.two[i], err = s.belongings(ctx, person); err != nil {
			return err
		}
	}
	return nil
}

func (s *scene) unlink(ctx context.Context) error {
	if s.household.at.IsZero() {
		return nil
	}
	_, err := s.loop.Unlink(ctx, s.household.tablet, s.household.guest, "the shop's desk")
	return err
}

// belongings are what the library has of a person.
type belongings struct {
	ids     []marque.ID
	orders  int
	paid    marque.Money
	points  int64
	intent  float64
	coupons []string
	tags    []string
}

// belongings looks into every room for a person.
func (s *scene) belongings(ctx context.Context, who string) (b belongings, err error) {
	l, now := s.loop, s.loop.Now()
	person, err := l.Profiles().Person(ctx, who)
	if err != nil {
		return b, err
	}
	b.ids = idsOf(person)
	for e, err := range l.Profiles().History(ctx, who) {
		if err != nil {
			return b, err
		}
		if e.Name == "order_paid" {
			b.orders++
			b.paid += amountOf(e)
		}
	}
	account, err := l.Points().Account(ctx, who, club, now)
	if err != nil {
		return b, err
	}
	b.points = account.Balance - account.Debt
	score, err := l.Scores().Score(ctx, who, "intent", now)
	if err != nil {
		return b, err
	}
	b.intent = score.Value
	coupons, err := l.Coupons().Wallet(ctx, who, now)
	if err != nil {
		return b, err
	}
	for _, c := range coupons {
		b.coupons = append(b.coupons, c.Batch)
	}
	tags, err := l.Tags().Of(ctx, who, now)
	if err != nil {
		return b, err
	}
	for _, t := range tags {
		b.tags = append(b.tags, t.Name)
	}
	return b, nil
}

// and adds what somebody else has.
func (b belongings) and(o belongings) belongings {
	return belongings{
		ids: slices.Concat(b.ids, o.ids), orders: b.orders + o.orders, paid: b.paid + o.paid, points: b.points + o.points,
		intent: b.intent + o.intent, coupons: slices.Concat(b.coupons, o.coupons), tags: slices.Concat(b.tags, o.tags),
	}
}

// table shows what the two had as one, and what each has now.
func (h *household) table() report.Table {
	if h.at.IsZero() {
		return report.Table{}
	}
	t := report.Table{
		Title: "Two who shared a tablet",
		Lead: fmt.Sprintf("On %s somebody known by %s opened the app on %s. The policy has nothing against it: two people were one, until the desk parted them at the end.",
			h.at.In(shanghai).Format("01-02"), h.guest, h.tablet),
		Columns: []string{"", "identifiers", "orders", "paid", "points", "intent", "coupons, tags"},
	}
	row := func(name string, b belongings) {
		t.Rows = append(t.Rows, []string{name, kinds(b.ids), report.Number(b.orders), report.Money(b.paid, "CNY"), report.Number(int(b.points)),
			fmt.Sprintf("%.1f", b.intent), list(slices.Concat(b.coupons, b.tags), " · ")})
	}
	row("as one", h.one)
	if len(h.apart.ids) > 0 {
		row("apart", h.apart)
		t.Words = append(t.Words, "What the guest gave on registration stood apart: a person has one member number at most.")
	}
	row("the member", h.two[0])
	row("the guest", h.two[1])
	t.Words = append(t.Words, fmt.Sprintf("The preview of the ruling had given the member %s and the guest %d.",
		report.Many(len(h.foreseen[0]), "identifier"), len(h.foreseen[1])))
	return t
}

func idsOf(p profile.Person) (ids []marque.ID) {
	for _, x := range p.IDs {
		ids = append(ids, x.ID)
	}
	return ids
}

// kinds lists of what kinds identifiers are.
func kinds(ids []marque.ID) string {
	var names []string
	for _, id := range ids {
		names = append(names, id.Kind)
	}
	return list(names, ", ")
}

// list writes names with how often each comes: "device ×2, phone".
func list(names []string, between string) string {
	names = slices.Sorted(slices.Values(names))
	var out []string
	for i := 0; i < len(names); {
		n := 1
		for i+n < len(names) && names[i+n] == names[i] {
			n++
		}
		if out = append(out, names[i]); n > 1 {
			out[len(out)-1] += fmt.Sprint(" ×", n)
		}
		i += n
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, between)
}
