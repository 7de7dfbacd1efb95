package shop

import (
	"math"

	"github.com/marque-go/marque"
)

// A temper is how people of one sort behave; each person varies around it.
type temper struct {
	share    float64
	rate     float64 // sessions a day when interest is fresh
	decay    float64 // share of interest lost a day
	look     float64 // products looked at beyond the first
	fill     float64 // chance that a session fills a cart
	pay      float64 // chance that a filled cart is paid
	join     float64 // chance that a session registers
	persuade float64 // how far a message moves to order
}

var tempers = [...]temper{
	{.36, .110, .100, 1.0, .10, .06, .05, 0.5}, // passers-by
	{.29, .130, .012, 1.8, .22, .22, .16, 1.0}, // lookers
	{.20, .155, .006, 1.7, .42, .50, .34, 1.1}, // buyers
	{.08, .300, .000, 1.7, .50, .62, .60, 0.9}, // regulars
	{.07, .360, .055, 1.6, .45, .50, .45, 1.4}, // who come eagerly and go
}

type flags uint16

const (
	hasApp     flags = 1 << iota // would ever use it
	hasWeChat                    // would ever use it
	goesStore                    // would ever go
	usedApp                      // has opened it
	pushOn                       // permits notifications
	registered                   // is a member
	knownPhone                   // the shop knows the number
	linked                       // the WeChat account is joined to the membership
	follows                      // the shop's WeChat account
	newDevice                    // has changed to the second device
	greeted                      // has logged in on it
	noPush                       // withdrew consent
	noSMS
	noWeChat
	gaveEmail
)

var refusal = [...]flags{noPush, noSMS, noWeChat}

// person is all that is kept of one. What they do of their own accord comes from life alone.
type person struct {
	life dice
	ids  [identifiers]marque.ID

	first              int64   // ms, the first session
	offset             int64   // ms, local minus UTC
	rate, decay, shift float64 // sessions a day; loss a day; hours later than others
	spend, open, calm  float64 // factors: size of orders, opening, patience
	load               float64 // messages of late, fading
	loaded, viewed     int64   // ms: when load was true; the last look that no order followed

	state     flags
	temper    uint8
	city      uint8
	favourite [2]uint8 // categories
	habit     channel  // where most sessions happen
	ear       uint8    // the message channel that is opened most
	came      channel  // how the first session came
	sessions  uint16
	displaced uint8  // orders that a message brought forward
	change    uint16 // the session at which the device changes, 0 never
	acts      uint32 // acts ever planned: ties in the queue
	said      uint32 // events of their own accord: their IDs
	orders    uint32 // paid
	paid      marque.Money
}

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// born draws the person with that number.
func (s *Shop) born(serial int) person {
	d := stream(s.seed, uint64(serial))
	c := s.catalogue
	p := person{offset: 8 * hour}
	u := d.unit()
	for u >= tempers[p.temper].share && int(p.temper) < len(tempers)-1 {
		u -= tempers[p.temper].share
		p.temper++
	}
	t := tempers[p.temper]
	p.rate = d.lognormal(t.rate, .45)
	p.decay = t.decay
	p.shift = d.norm()
	p.spend = d.lognormal(1, .55)
	p.open = math.Min(d.lognormal(1, .5), 2.2)
	p.calm = d.lognormal(1, .5)
	p.city = uint8(d.pick(c.city))
	if int(p.city) == urumqi && d.chance(.85) {
		p.offset = 6 * hour
	}
	p.favourite = [2]uint8{uint8(d.pick(c.category)), uint8(d.pick(c.category))}

	p.came = channel(d.pick(c.arrival))
	p.habit = p.came
	if p.came == ad || d.chance(.25) {
		p.habit = channel(d.pick([]float64{.5, .86, 1}))
	}
	own := [channels]float64{app: .55, wechat: .6, store: .3}
	for ch, f := range [...]flags{app: hasApp, wechat: hasWeChat, store: goesStore} {
		if d.chance(own[ch]) || p.habit == channel(ch) || p.came == channel(ch) {
			p.state |= f
		}
	}
	if d.chance(.8) {
		p.state |= pushOn
	}
	p.ear = [channels]uint8{app: 0, wechat: 2, store: 1}[p.habit]
	if d.chance(.2) {
		p.ear = uint8(d.below(3))
	}
	if d.chance(.15) {
		p.change = uint16(3 + d.below(8))
	}

	// The shop opens: many come in the first weeks, the others evenly.
	after := d.unit() * float64(s.days) * .92
	if d.chance(.4) {
		after = math.Mod(d.exp()*12, float64(s.days))
	}
	p.life = d
	p.first = p.hourOf(s.start+int64(after*float64(day)), p.came, c)
	for p.first < s.start {
		p.first += day
	}
	return p
}

// hourOf moves t to a usual hour of the same local day.
func (p *person) hourOf(t int64, ch channel, c *catalogue) int64 {
	midnight := floor(t+p.offset, day) * day
	table, shift := c.online, p.shift
	if ch == store {
		table, shift = c.offline, 0
	}
	h := int64(p.life.pick(table))
	at := h*hour + int64(p.life.unit()*float64(hour))
	if h >= 7 { // some live earlier, some later; nights are short for everybody
		at += int64(shift * .7 * float64(hour))
		if at >= day {
			at = 2*day - 1 - at
		}
	}
	return midnight + at - p.offset
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// weekend reports whether the local day is Saturday or Sunday. 1970-01-01 was a Thursday.
func (p *person) weekend(t int64) bool {
	d := ((floor(t+p.offset, day)+4)%7 + 7) % 7
	return d == 0 || d == 6
}

// next is when the person comes again after t, or false when interest is gone.
func (p *person) next(t, end int64, c *catalogue) (int64, bool) {
	d := &p.life
	if d.chance(.12) {
		return t + hour + int64(d.unit()*5*float64(hour)), true
	}
	from := t
	for {
		age := float64(from-p.first) / float64(day)
		e, rate := d.exp(), p.rate*math.Exp(-p.decay*age)
		gap := e / rate
		if p.decay > 0 {
			left := 1 - e*p.decay/rate
			if left <= 0 {
				return 0, false
			}
			gap = -math.Log(left) / p.decay
		}
		if gap > 1000 {
			return 0, false
		}
		from += int64(gap * float64(day))
		if from >= end {
			return 0, false
		}
		if p.weekend(from) || d.chance(.72) {
			break
		}
	}
	at := p.hourOf(from, p.habit, c)
	if at < t+20*minute {
		at += day
	}
	return at, true
}
