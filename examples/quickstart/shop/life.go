package shop

// plan draws a whole session that begins at t, and when the person comes again. All that a person decides of
// their own accord is drawn here, so that messages in between change nothing of it.
func (s *Shop) plan(i int, t int64) (where channel, page uint8) {
	p, c := &s.people[i], s.catalogue
	d := &p.life
	p.sessions++
	where = p.place(t)
	page = uint8(d.below(4))
	if where == app {
		if p.sessions >= p.change && p.change > 0 {
			if p.state&newDevice != 0 {
				p.state |= greeted
			}
			p.state |= newDevice
		}
		p.state |= usedApp
	}
	if where == wechat && p.state&registered != 0 && d.chance(.15) {
		p.state |= linked
	}

	if where == store {
		p.state |= knownPhone
		s.counter(i, t)
	} else {
		s.browse(i, t, where)
	}
	if again, ok := p.next(t, s.end, c); ok {
		s.will(i, again, act{kind: session})
	}
	return where, page
}

// browse is a session on a screen: looking, and perhaps following, registering, filling a cart, paying. Of those
// who come from an advertisement some go on into the app, the others leave.
func (s *Shop) browse(i int, t int64, where channel) {
	p, c := &s.people[i], s.catalogue
	d, temper := &p.life, &tempers[p.temper]
	at, sku := t, 0
	pause := func(least int64, mean float64) int64 {
		at += least*second + int64(d.exp()*mean*float64(second))
		return at
	}
	for k := 1 + min(int(d.exp()*temper.look), 12); k > 0; k-- {
		category := int(p.favourite[d.below(2)])
		if d.chance(.25) {
			category = d.pick(c.category)
		}
		sku = category*perCategory + d.pick(c.rank)
		s.will(i, pause(8, 25), act{kind: view, channel: where, sku: uint16(sku)})
	}
	if where == ad {
		if !d.chance(.6) {
			return
		}
		where = app
		s.will(i, pause(20, 60), act{kind: visit, channel: app, guest: true})
	}
	if where == wechat && p.state&follows == 0 && d.chance(.35) {
		s.will(i, pause(5, 10), act{kind: follow, channel: wechat})
	}
	if p.state&registered == 0 && d.chance(temper.join) {
		s.will(i, pause(15, 40), act{kind: register, channel: where})
	}
	if d.chance(temper.fill) {
		s.will(i, pause(5, 30), act{kind: cart, channel: where, sku: uint16(sku)})
		at += 20*second + min(int64(d.lognormal(2.2, 1.2)*float64(minute)), 8*hour)
		if d.chance(temper.pay) {
			s.purchase(i, at, where, sku)
		}
	}
}

// counter is a session in the store: what is known is who came to the counter.
func (s *Shop) counter(i int, t int64) {
	p := &s.people[i]
	d, temper := &p.life, &tempers[p.temper]
	at := t + minute + int64(d.exp()*4*float64(minute))
	if p.state&registered == 0 && d.chance(temper.join*.8) {
		s.will(i, at, act{kind: register, channel: store})
		at += 30 * second
	}
	if d.chance(.15 + .6*temper.pay) {
		category := int(p.favourite[d.below(2)])
		s.purchase(i, at+int64(d.exp()*float64(minute)), store, category*perCategory+d.pick(s.catalogue.rank))
	}
}

// purchase plans an order of their own accord, or drops it where a message brought it forward.
func (s *Shop) purchase(i int, at int64, where channel, sku int) {
	p := &s.people[i]
	a := s.basket(&p.life, p, where, sku)
	a.remember = p.life.chance(.55)
	a.guest = p.life.chance(.4)
	if p.displaced > 0 && at < s.end {
		p.displaced--
		s.truth.Displaced++
		return
	}
	s.will(i, at, a)
}

// basket draws an order around a product.
func (s *Shop) basket(d *dice, p *person, where channel, sku int) act {
	items := 1 + min(int(d.exp()*.9), 8)
	price := float64(s.catalogue.products[sku].fen)
	gross := price * (1 + .6*float64(items-1)) * p.spend
	a := act{kind: order, channel: where, sku: uint16(sku), items: uint8(items), amount: max(int64(gross/10)*10, 100)}
	if d.chance(.05) {
		a.refunded = day + int64(d.exp()*3*float64(day))
	}
	return a
}

// place chooses where a session happens: mostly by habit. The store is open from ten to ten.
func (p *person) place(t int64) channel {
	d := &p.life
	if p.sessions == 1 {
		return p.came
	}
	where := p.habit
	if d.chance(.26) {
		where = channel(d.below(3))
	}
	if has := [...]flags{hasApp, hasWeChat, goesStore}[where]; p.state&has == 0 {
		where = p.habit
	}
	h := (floor(t+p.offset, hour)%24 + 24) % 24
	if where == store && (h < 10 || h > 21) {
		if where = wechat; p.state&hasWeChat == 0 {
			where = app
		}
	}
	return where
}
