package benchmarks

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque/rule"
)

var noon = rule.At(time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC))

const day = rule.Instant(24 * time.Hour / time.Microsecond)

// A person is what a program without a rule engine would keep: plain fields of natural types. The zero value is
// "not known", for subscribed the pointer.
type person struct {
	age          int
	city         string
	level        int
	orders       int
	spent        int64
	lastOrder    rule.Instant
	email        string
	unsubscribed *bool
	gender       string
	channel      string
	joined       rule.Instant
	tags         []label
	events       [kinds][]rule.Instant
}

// A label is a tag that a person has from an instant until another, zero for good.
type label struct {
	tag         int
	from, until rule.Instant
}

// The tags and the kinds of events.
const (
	vip = iota
	student
	parent
	complained
	newsletter
	app
	gift
	staff
	tags
)

const (
	view = iota
	cart
	paid
	refund
	login
	share
	kinds
)

var (
	tagNames  = [tags]string{"vip", "student", "parent", "complained", "newsletter", "app", "gift", "staff"}
	kindNames = [kinds]string{"view", "cart", "order_paid", "refund", "login", "share"}
	cities    = []string{"Shanghai", "Beijing", "Shenzhen", "Guangzhou", "Chengdu", "Hangzhou", "Wuhan", "Xian", "Nanjing", "Suzhou", "Tianjin", "Changsha"}
	domains   = []string{"example.com", "example.org", "mail.example.net", "post.example.cn"}
	channels  = []string{"wechat", "search", "store", "friend", "sms"}
	genders   = []string{"f", "m"}
	yes, no   = true, false
)

// crowd draws n people, the same for the same n. One in sixteen attributes is not known.
func crowd(n int) []person {
	r := rand.New(rand.NewPCG(2026, 6))
	known := func() bool { return r.IntN(16) > 0 }
	text := func(of []string) string {
		if !known() {
			return ""
		}
		return of[r.IntN(len(of))]
	}
	past := func(days float64) rule.Instant { return noon - 1 - rule.Instant(days*r.Float64()*float64(day)) }
	people := make([]person, n)
	var store []rule.Instant // of which the histories are parts, which takes less time to make
	for i := range people {
		p := &people[i]
		if known() {
			p.age = 16 + r.IntN(55)
		}
		if p.city = text(cities); p.city != "" && r.IntN(3) == 0 {
			p.city = cities[r.IntN(3)]
		}
		if known() {
			p.level = 1 + r.IntN(7)
		}
		if known() {
			p.orders = int(r.ExpFloat64() * 6)
		}
		if known() {
			p.spent = int64(p.orders)*4000 + int64(r.IntN(20000))
		}
		if known() && p.orders > 0 {
			p.lastOrder = past(150)
		}
		if known() {
			p.email = "user" + strconv.Itoa(r.IntN(1e6)) + "@" + domains[r.IntN(len(domains))*r.IntN(2)]
		}
		if known() {
			p.unsubscribed = &no
			if r.IntN(5) == 0 {
				p.unsubscribed = &yes
			}
		}
		p.gender, p.channel, p.joined = text(genders), text(channels), past(1000)
		for range r.IntN(6) {
			t := label{tag: r.IntN(tags), from: past(300)}
			if r.IntN(4) == 0 {
				t.until = t.from + rule.Instant(r.IntN(400))*day + day
			}
			if !slices.ContainsFunc(p.tags, func(u label) bool { return u.tag == t.tag }) {
				p.tags = append(p.tags, t)
			}
		}
		for k := range p.events {
			have := r.IntN(1 + r.IntN(25))
			if have > len(store) {
				store = make([]rule.Instant, 1<<16)
			}
			p.events[k], store = store[:have:have], store[have:]
			for j := range p.events[k] {
				p.events[k][j] = past(60)
			}
			slices.Sort(p.events[k])
		}
	}
	return people
}

// attributes of the lexicon, by their slots.
const (
	age = iota
	city
	level
	orders
	spent
	lastOrder
	email
	unsubscribed
	gender
	channel
	joined
)

func lexicon() *rule.Lexicon {
	s := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "level", Type: rule.Int}, {Name: "orders", Type: rule.Int},
			{Name: "spent", Type: rule.Int}, {Name: "last_order", Type: rule.Time}, {Name: "email", Type: rule.String},
			{Name: "unsubscribed", Type: rule.Bool}, {Name: "gender", Type: rule.String}, {Name: "channel", Type: rule.String}, {Name: "joined", Type: rule.Time},
		},
		Tags: tagNames[:],
	}
	for _, k := range kindNames {
		s.Events = append(s.Events, rule.EventType{Name: k, Props: []rule.Field{{Name: "amount", Type: rule.Int}}})
	}
	lex, err := s.Compile()
	if err != nil {
		panic(err)
	}
	return lex
}

// facts is a person as a row of this library.
func (p *person) facts(lex *rule.Lexicon) *rule.Facts {
	f := rule.NewFacts(lex, "")
	p.fill(f)
	return f
}

// fill writes a person over the facts of another.
func (p *person) fill(f *rule.Facts) {
	clear(f.Attrs)
	whole := func(slot int, n int64) {
		if n != 0 {
			f.Attrs[slot] = rule.IntValue(n)
		}
	}
	text := func(slot int, s string) {
		if s != "" {
			f.Attrs[slot] = rule.StringValue(s)
		}
	}
	whole(age, int64(p.age))
	text(city, p.city)
	whole(level, int64(p.level))
	whole(orders, int64(p.orders))
	whole(spent, p.spent)
	if p.lastOrder != 0 {
		f.Attrs[lastOrder] = rule.TimeValue(p.lastOrder)
	}
	text(email, p.email)
	if p.unsubscribed != nil {
		f.Attrs[unsubscribed] = rule.BoolValue(*p.unsubscribed)
	}
	text(gender, p.gender)
	text(channel, p.channel)
	f.Attrs[joined] = rule.TimeValue(p.joined)
	f.Tags = f.Tags[:0]
	for _, t := range p.tags {
		f.Tags = append(f.Tags, rule.Mark{Slot: t.tag, From: t.from, Until: t.until})
	}
	for k, at := range p.events {
		f.Events[k] = slices.Grow(f.Events[k][:0], len(at))
		for _, at := range at {
			f.Events[k] = append(f.Events[k], rule.Hit{At: at})
		}
	}
}
