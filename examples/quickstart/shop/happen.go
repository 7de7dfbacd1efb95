package shop

import (
	"time"

	"github.com/marque-go/marque"
)

// happen says what an act comes to.
func (s *Shop) happen(dst []marque.Event, i int, at int64, a act) []marque.Event {
	p, c := &s.people[i], s.catalogue
	switch a.kind {
	case session:
		where, page := s.plan(i, at)
		if p.sessions == 1 {
			s.truth.People++
		}
		return s.arrive(dst, i, at, where, c.pages[page], nil)
	case visit:
		page := c.pages[2]
		if a.channel == app {
			p.state |= usedApp
			if a.guest { // came from an advertisement: the click and the device in one event
				return s.say(dst, i, at, "visit", s.ids(i, s.device(i), adclick), a.note,
					map[string]any{"channel": c.channelNames[app], "city": c.cityNames[p.city], "page": page})
			}
		}
		return s.arrive(dst, i, at, a.channel, page, a.note)
	case view, cart:
		x := &c.products[a.sku]
		name := "view"
		if a.kind == cart {
			name = "cart"
		} else {
			p.viewed = at
		}
		return s.say(dst, i, at, name, s.via(i, a.channel), a.note,
			map[string]any{"sku": x.sku, "category": x.category, "price": x.price})
	case register:
		return s.join(dst, i, at, a)
	case follow:
		return s.follow(dst, i, at, a)
	case order:
		return s.pay(dst, i, at, a)
	case refund:
		s.truth.Refunds++
		ids := s.via(i, a.channel)
		if p.state&gaveEmail != 0 { // they write
			ids = s.ids(i, email)
		}
		return s.say(dst, i, at, "refund", ids, a.note,
			map[string]any{"order": a.order, "amount": int(a.amount)})
	case opened, clicked:
		name := "message_opened"
		if a.kind == clicked {
			name = "message_clicked"
			s.truth.Clicked++
		} else {
			s.truth.Opened++
		}
		return s.say(dst, i, at, name, s.at(i, a.note.channel), a.note, a.note.props)
	default:
		return s.withdraw(dst, i, at, a)
	}
}

func (s *Shop) arrive(dst []marque.Event, i int, at int64, where channel, page any, n *note) []marque.Event {
	c := s.catalogue
	return s.say(dst, i, at, "visit", s.via(i, where), n,
		map[string]any{"channel": c.channelNames[where], "city": c.cityNames[s.people[i].city], "page": page})
}

// join makes the person a member. Who is one already looks at the membership page.
func (s *Shop) join(dst []marque.Event, i int, at int64, a act) []marque.Event {
	p, c := &s.people[i], s.catalogue
	if p.state&registered != 0 {
		return s.arrive(dst, i, at, a.channel, c.pages[0], a.note)
	}
	var ids []marque.ID
	switch a.channel {
	case wechat:
		ids = s.ids(i, openid, phone, member)
		p.state |= linked
	case store:
		ids = s.ids(i, phone, member)
	default:
		ids = s.ids(i, s.device(i), phone, member)
		p.state |= greeted
	}
	p.state |= registered | knownPhone
	s.truth.Members++
	if d := stream(s.seed^2, uint64(i)); a.channel != store && d.chance(.5) {
		ids = append(ids, s.ids(i, email)...)
		p.state |= gaveEmail
	}
	d := stream(s.seed^1, uint64(i))
	zone := c.zones[0]
	if p.offset == 6*hour {
		zone = c.zones[1]
	}
	age := 18 + min(int(d.lognormal(14, .5)), 60)
	dst = s.say(dst, i, at, "register", ids, a.note,
		map[string]any{"city": c.cityNames[p.city], "source": c.channelNames[p.came]})
	known := map[string]any{"city": c.cityNames[p.city], "zone": zone, "age": age, "gender": c.sexes[d.below(2)]}
	if birth := stream(s.seed^2, uint64(i)); birth.chance(.4) { // four in ten say when they were born
		born := time.UnixMilli(at).UTC().AddDate(-age, 0, -birth.below(365))
		known["birthday"] = born.Format(time.DateOnly)
	}
	dst = s.say(dst, i, at, "profile.set", ids, a.note, known)
	switch u := d.unit(); {
	case u < .78:
		dst = s.say(dst, i, at, "consent.given", ids, a.note, map[string]any{})
	case u < .92:
		dst = s.say(dst, i, at, "consent.given", ids, a.note, map[string]any{"channel": Push})
		dst = s.say(dst, i, at, "consent.given", ids, a.note, map[string]any{"channel": WeChat})
	}
	return dst
}

// follow makes the person a follower. Who is one already looks at the account.
func (s *Shop) follow(dst []marque.Event, i int, at int64, a act) []marque.Event {
	p := &s.people[i]
	if p.state&follows != 0 {
		return s.arrive(dst, i, at, wechat, s.catalogue.pages[0], a.note)
	}
	p.state = p.state&^noWeChat | follows
	ids := s.via(i, wechat)
	dst = s.say(dst, i, at, "follow", ids, a.note, map[string]any{"channel": WeChat})
	return s.say(dst, i, at, "consent.given", ids, a.note, map[string]any{"channel": WeChat})
}

// withdraw takes back the consent for a message channel; on WeChat by unfollowing.
func (s *Shop) withdraw(dst []marque.Event, i int, at int64, a act) []marque.Event {
	p, to := &s.people[i], a.note.channel
	p.state |= refusal[to]
	s.truth.OptOuts++
	ids := s.at(i, to)
	if messageChannels[to] == WeChat {
		p.state &^= follows
		dst = s.say(dst, i, at, "unfollow", ids, a.note, map[string]any{"channel": WeChat})
	}
	return s.say(dst, i, at, "consent.withdrawn", ids, a.note, map[string]any{"channel": messageChannels[to]})
}

// pay is an order. In the app only members order; on WeChat most pay with their phone number, which joins the
// two; in the store the counter asks for the membership or the phone.
func (s *Shop) pay(dst []marque.Event, i int, at int64, a act) []marque.Event {
	p, c := &s.people[i], s.catalogue
	if a.channel == app && p.state&registered == 0 {
		dst = s.join(dst, i, at, a)
	}
	ids := s.via(i, a.channel)
	if a.channel == wechat && p.state&linked == 0 && !a.guest {
		ids = s.ids(i, openid, phone)
		p.state |= knownPhone
		if p.state&registered != 0 {
			ids = append(ids, s.ids(i, member)...)
			p.state |= linked
		}
	}
	x := &c.products[a.sku]
	props := map[string]any{"amount": int(a.amount), "items": int(a.items), "category": x.category,
		"channel": c.channelNames[a.channel]}
	if a.remember {
		if k, ok := s.use(i, at, a.amount); ok {
			a.amount -= int64(k.Amount)
			props["amount"], props["coupon"], props["discount"] = int(a.amount), k.ID, int(k.Amount)
			s.truth.Redeemed++
			s.truth.Discount += k.Amount
		}
	}
	p.viewed = 0
	p.orders++
	p.paid += marque.Money(a.amount)
	s.truth.Orders++
	s.truth.Revenue += marque.Money(a.amount)
	if a.note != nil {
		s.truth.Caused++
		s.caused[a.note.journey]++
	}
	dst = s.say(dst, i, at, "order_paid", ids, a.note, props)
	id := "o" + dst[len(dst)-1].ID
	props["order"] = id
	if a.refunded > 0 {
		s.will(i, at+a.refunded, act{kind: refund, channel: a.channel, order: id, amount: a.amount, note: a.note})
	}
	return dst
}

// via are the identifiers that are known where a session happens.
func (s *Shop) via(i int, where channel) []marque.ID {
	p := &s.people[i]
	switch where {
	case app:
		if p.state&registered == 0 || p.state&newDevice != 0 && p.state&greeted == 0 {
			return s.ids(i, s.device(i))
		}
		return s.ids(i, s.device(i), member)
	case wechat:
		if p.state&linked != 0 && p.state&registered != 0 {
			return s.ids(i, openid, member)
		}
		return s.ids(i, openid)
	case store:
		if p.state&registered != 0 {
			return s.ids(i, member)
		}
		return s.ids(i, phone)
	default:
		return s.ids(i, adclick)
	}
}

// at are the identifiers that a message reaches.
func (s *Shop) at(i int, to uint8) []marque.ID {
	switch messageChannels[to] {
	case Push:
		return s.via(i, app)
	case WeChat:
		return s.via(i, wechat)
	default:
		return s.ids(i, phone)
	}
}

func (s *Shop) device(i int) int {
	if s.people[i].state&newDevice != 0 {
		return device2
	}
	return device
}
