package shop

import (
	"math"
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// A Message is what somebody is sent.
type Message struct {
	Key       string      // tells messages apart: the same key again is dropped
	IDs       []marque.ID // of the person; one that the shop knows is enough
	Channel   string      // Push, SMS or WeChat
	Journey   string
	Node      string
	Template  string
	HasCoupon bool
	Amount    marque.Money // of the coupon
	At        time.Time
}

// An Outcome is what the carrier of a message answers.
type Outcome string

// The outcomes.
const (
	Delivered   Outcome = "delivered"
	Unreachable Outcome = "unreachable" // no app or no permission, no phone number, no follower
	Busy        Outcome = "busy"        // nothing was delivered: the same again later may succeed
	Lost        Outcome = "lost"        // it was delivered, but the answer was lost: the same again is dropped
	Invalid     Outcome = "invalid"     // no such channel or person
)

// answer is what was answered to a message key.
type answer uint8

const (
	wasBusy answer = iota + 1
	wasDelivered
)

// note is a message that was delivered, as far as what follows from it needs it.
type note struct {
	digest  uint64
	said    uint32
	channel uint8
	journey string
	props   map[string]any
}

// Received delivers a message and plans what the person does about it, none of it sooner than [Lookahead].
// One SMS in 250 is answered Busy once, one in 500 is Lost.
func (s *Shop) Received(m Message) Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, known := s.Person(m.IDs...)
	to := slices.Index(messageChannels[:], m.Channel)
	if !known || to < 0 {
		return Invalid
	}
	hash := digest(s.seed, m.Key)
	if s.notes[hash] == wasDelivered {
		s.truth.Repeats++
		return Delivered
	}
	if !s.reach(i, to) {
		return Unreachable
	}
	d := stream(hash, uint64(i))
	u := d.unit()
	if m.Channel == SMS && u < .004 && s.notes[hash] != wasBusy {
		s.notes[hash] = wasBusy
		return Busy
	}
	s.notes[hash] = wasDelivered
	s.truth.Messages++
	if s.people[i].state&refusal[to] != 0 {
		s.truth.Unwanted++
	} else {
		s.react(i, &d, m, &note{digest: hash, channel: uint8(to), journey: m.Journey, props: map[string]any{
			"message": m.Key, "channel": m.Channel, "journey": m.Journey, "node": m.Node}})
	}
	if m.Channel == SMS && .004 <= u && u < .006 {
		return Lost
	}
	return Delivered
}

// reach reports whether the carrier can deliver.
func (s *Shop) reach(i, to int) bool {
	p := &s.people[i]
	switch messageChannels[to] {
	case Push:
		return p.state&(usedApp|pushOn) == usedApp|pushOn
	case SMS:
		return p.state&knownPhone != 0
	default:
		return p.state&follows != 0
	}
}

// Median time until a message is opened, its spread, and the share that opens it when it is the person's own
// channel or another.
var ears = [...]struct{ delay, sigma, own, other float64 }{
	{25, 1.4, .46, .11}, {12, 1.1, .40, .13}, {45, 1.3, .50, .12},
}

// react draws what follows from a message.
func (s *Shop) react(i int, d *dice, m Message, n *note) {
	p, at := &s.people[i], m.At.UnixMilli()
	ear := ears[n.channel]
	own := p.ear == n.channel
	p.load = p.load*math.Exp(-float64(max(at-p.loaded, 0))/float64(4*day)) + 1
	p.loaded = at

	leave := .0015 + .012*max(p.load-2.5, 0)/p.calm
	if !own {
		leave *= 1.6
	}
	if d.chance(leave) {
		s.will(i, at+soon(d.lognormal(40, 1)), act{kind: withdraw, note: n})
	}
	open := ear.other
	if own {
		open = ear.own
	}
	open *= p.open * math.Exp(-.12*max(p.load-3, 0))
	if m.HasCoupon {
		open *= 1.15
	}
	if !d.chance(min(open, .92)) {
		return
	}
	t := p.awake(at + soon(min(d.lognormal(ear.delay, ear.sigma), 8000)))
	s.will(i, t, act{kind: opened, note: n})

	move, click := .1*tempers[p.temper].persuade, .3
	if m.HasCoupon {
		move *= 1.6 + min(float64(m.Amount)/3000, 1.4)
		click = .45
	}
	if p.viewed > 0 && at-p.viewed < 2*hour {
		move *= 1.8
	}
	orders := d.chance(min(move, .6))
	if orders || d.chance(click) {
		t += 3*second + int64(d.exp()*20*float64(second))
		s.will(i, t, act{kind: clicked, note: n})
		t += second
		s.will(i, t, act{kind: visit, channel: s.goal(i, m.Channel), note: n})
	}
	if orders {
		s.moved(i, d, t, s.goal(i, m.Channel), n)
	}
}

// moved plans the order that a message caused: at once, or a quarter of them in the next two days.
func (s *Shop) moved(i int, d *dice, t int64, where channel, n *note) {
	p := &s.people[i]
	sku := int(p.favourite[d.below(2)])*perCategory + d.pick(s.catalogue.rank)
	a := s.basket(d, p, where, sku)
	a.remember, a.guest, a.note = d.chance(.95), d.chance(.4), n
	if d.chance(.25) {
		t = p.awake(t + 4*hour + int64(d.unit()*40*float64(hour)))
		s.will(i, t, act{kind: visit, channel: where, note: n})
	}
	t += 5*second + int64(d.exp()*30*float64(second))
	if where != store {
		s.will(i, t, act{kind: view, channel: where, sku: uint16(sku), note: n})
		t += 10*second + int64(d.exp()*40*float64(second))
		s.will(i, t, act{kind: cart, channel: where, sku: uint16(sku), note: n})
	}
	s.will(i, t+20*second+int64(d.lognormal(2, 1)*float64(minute)), a)
	if d.chance(.2) && p.displaced < 9 {
		p.displaced++
	}
}

// goal is where a message leads.
func (s *Shop) goal(i int, message string) channel {
	p := &s.people[i]
	switch {
	case message == WeChat:
		return wechat
	case message == SMS && p.state&usedApp == 0 && p.state&goesStore != 0:
		return store
	case message == SMS && p.state&usedApp == 0 && p.state&hasWeChat != 0:
		return wechat
	}
	return app
}

func soon(minutes float64) int64 {
	return max(int64(minutes*float64(minute)), Lookahead.Milliseconds())
}

// awake moves an instant between midnight and seven to the morning.
func (p *person) awake(t int64) int64 {
	local := t + p.offset
	if of := local - floor(local, day)*day; of < 7*hour {
		return t + 7*hour - of/2
	}
	return t
}
