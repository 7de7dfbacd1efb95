package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/examples/quickstart/shop"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/scoring/points"
)

//go:embed program
var program embed.FS

// opening is the first instant of the synthetic shop: a Monday, midnight in Shanghai.
var opening = time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC)

// A scene is a shop and the library over it.
type scene struct {
	shop    *shop.Shop
	program loop.Program
	plan    *loop.Plan
	loop    *loop.Loop
	sizes   *sizes

	household household
}

// newScene loads the definitions and connects the shop: its three carriers are the journeys' channels.
func newScene(o options, stores loop.Stores) (*scene, error) {
	dir, err := fs.Sub(program, "program")
	if err != nil {
		return nil, err
	}
	p, err := loop.Load(dir)
	if err != nil {
		return nil, err
	}
	s := &scene{shop: shop.New(o.seed, o.people, o.days, opening), program: p}
	s.plan, err = loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{
		"push": carrier{s, shop.Push}, "sms": carrier{s, shop.SMS}, "wechat": carrier{s, shop.WeChat},
	}})
	if err != nil {
		return nil, err
	}
	s.loop = loop.New(s.plan, stores, s.options())
	s.sizes = newSizes(s.loop.Segments(), 7*24*time.Hour)
	return s, nil
}

// options let the id of a person follow from the first identifier, so that a run can be repeated.
func (s *scene) options() *loop.Options {
	return &loop.Options{NewID: func(first marque.ID) string { return marque.Key("person", first.Kind, first.Value) }}
}

// runShop runs the synthetic shop to its end and reports.
func runShop(ctx context.Context, o options, progress io.Writer) (report.Report, error) {
	s, err := newScene(o, loop.Memory())
	if err != nil {
		return report.Report{}, err
	}
	events := 0
	shown := s.shop.Start()
	err = s.play(ctx, func(now time.Time, n int) {
		if events += n; !now.Before(shown) {
			fmt.Fprintf(progress, "day %d of %d: %d events\n", int(now.Sub(s.shop.Start()).Hours()/24), o.days, events)
			shown = shown.AddDate(0, 0, max(o.days/9, 1))
		}
	})
	if err != nil {
		return report.Report{}, err
	}
	return s.report(ctx, o)
}

// play lets the shop live and tracks what happens, on a virtual clock. The library never runs further ahead of the
// shop than the shop's people take to react to a message.
func (s *scene) play(ctx context.Context, each func(now time.Time, events int)) error {
	var events []marque.Event
	for at, ok := s.shop.Next(); ok; at, ok = s.shop.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		due, some, err := s.loop.Next(ctx)
		if err != nil {
			return err
		}
		if ahead := due.Add(shop.Lookahead); some && ahead.Before(at) {
			if err := s.advance(ctx, ahead); err != nil {
				return err
			}
			continue
		}
		if err := s.sizes.upTo(ctx, at, s.loop.Advance); err != nil {
			return err
		}
		events = s.shop.Pop(s.pickUp(events[:0], at))
		for _, e := range events {
			if err := s.checkout(ctx, e); err != nil {
				return err
			}
		}
		if err := s.loop.Track(ctx, events...); err != nil {
			return err
		}
		for _, e := range events {
			if err := s.till(ctx, e); err != nil {
				return err
			}
		}
		each(at, len(events))
	}
	if err := s.advance(ctx, s.shop.End()); err != nil {
		return err
	}
	return s.part(ctx)
}

func (s *scene) advance(ctx context.Context, now time.Time) error {
	if err := s.sizes.upTo(ctx, now, s.loop.Advance); err != nil {
		return err
	}
	return s.loop.Advance(ctx, now)
}

// checkout is what a shop does with a coupon when an order is paid: lock it at the price of the cart, redeem it.
func (s *scene) checkout(ctx context.Context, e marque.Event) error {
	id, _ := e.Props["coupon"].(string)
	if e.Name != "order_paid" || id == "" {
		return nil
	}
	order, _ := e.Props["order"].(string)
	paid, _ := e.Props["amount"].(int)
	off, _ := e.Props["discount"].(int)
	cart := coupon.CartOf("CNY", marque.Money(paid+off))
	book := s.loop.Coupons()
	locked, err := book.Lock(ctx, coupon.LockRequest{Key: "lock/" + order, Coupon: id, Order: order, Cart: cart, Now: e.At})
	if err != nil || !locked.OK {
		return err
	}
	_, err = book.Redeem(ctx, coupon.RedeemRequest{Key: "redeem/" + order, Coupon: id, Order: order, Now: e.At})
	return err
}

// The names of definitions that the host itself asks for.
const (
	club          = "club"
	lifecycleName = "customer"
)

// till is what a shop does with points: a member with enough of them takes a gift along with an order, and money that
// is paid back takes its points back. The keys make a second time harmless.
func (s *scene) till(ctx context.Context, e marque.Event) error {
	const gift = 500
	order, _ := e.Props["order"].(string)
	isMember := func(id marque.ID) bool { return id.Kind == "member" }
	if e.Name != "refund" && (e.Name != "order_paid" || !slices.ContainsFunc(e.IDs, isMember)) {
		return nil
	}
	person, _, err := s.loop.Profiles().Resolve(ctx, e.IDs)
	if err != nil {
		return err
	}
	act := points.Act{Profile: person, Program: club, Via: e.Via(), Cause: e.ID}
	if e.Name == "refund" {
		act.Key, act.Of = "back/"+order, strings.TrimPrefix(order, "o")
		_, err = s.loop.Points().Reverse(ctx, act, e.At)
	} else {
		act.Key, act.Points = "gift/"+order, gift
		_, err = s.loop.Points().Spend(ctx, act, e.At)
	}
	return err
}

// A carrier brings messages to the people of the shop.
type carrier struct {
	scene   *scene
	channel string
}

// Send hands a message over, and the coupon that comes with it.
func (c carrier) Send(ctx context.Context, m journey.Message) (journey.Receipt, error) {
	out := shop.Message{Key: m.Key, IDs: m.To, Channel: c.channel, Journey: m.Journey, Node: m.Node, Template: m.Template, At: m.At}
	if id, ok := m.Vars["coupon_id"].(string); ok {
		held, err := c.scene.loop.Coupons().Get(ctx, id, m.At)
		if err != nil {
			return journey.Receipt{}, err
		}
		least := max(held.Terms.Spend, held.Terms.Threshold)
		out.HasCoupon, out.Amount = true, held.Terms.Off
		c.scene.shop.Granted(shop.Coupon{ID: id, IDs: m.To, Amount: held.Terms.Off, Min: least, Until: held.Until})
	}
	switch c.scene.shop.Received(out) {
	case shop.Delivered:
		return journey.Receipt{Status: journey.Sent}, nil
	case shop.Unreachable:
		return journey.Receipt{Status: journey.Unreachable}, nil
	case shop.Busy:
		return journey.Receipt{Status: journey.Later, After: 5 * marque.Minute}, nil
	case shop.Lost:
		return journey.Receipt{Status: journey.Unknown, Reason: "no answer"}, nil
	default:
		return journey.Receipt{Status: journey.Invalid}, nil
	}
}
