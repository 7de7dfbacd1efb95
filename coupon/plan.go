package coupon

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// A Plan is compiled definitions: immutable, safe for concurrent use.
type Plan struct {
	lex     *rule.Lexicon
	batches []*batch
	byName  map[string]*batch
	need    rule.Need
}

type batch struct {
	Def
	loc  *time.Location
	when *rule.Rule
}

// Scopes declares the scope "cart" of this package's rules, for the schema. A host may declare its own "cart"
// instead, with further fields.
func Scopes() []rule.Scope {
	return []rule.Scope{{Name: "cart", Fields: []rule.Field{
		{Name: "total", Type: rule.Int, Doc: "before any discount, in minor units"},
		{Name: "items", Type: rule.Int, Doc: "number of units"},
		{Name: "currency", Type: rule.String},
	}}}
}

// Compile checks the definitions and compiles their rules. It lists every fault, with paths like
// "[2].percent". Without rules in the definitions, lex and rules may be nil.
func Compile(defs []Def, lex *rule.Lexicon, rules rule.Compiler) (*Plan, error) {
	var f marque.Faults
	var zones civil.Zones
	p := &Plan{lex: lex, byName: map[string]*batch{}}
	for i, d := range defs {
		path := fmt.Sprintf("[%d]", i)
		f.Wrap(path, d.Validate())
		if p.byName[d.Name] != nil {
			f.Add(path+".name", "%q is defined twice", d.Name)
		}
		b := &batch{Def: d}
		b.loc, _ = zones.Load(d.Zone)
		switch {
		case d.When == "":
		case rules == nil || lex == nil:
			f.Add(path+".when", "there is no compiler for rules")
		default:
			r, err := rules.Compile(d.When, "cart")
			if err != nil {
				f.Wrap(path+".when", err)
				break
			}
			b.when = r
			p.need = p.need.Union(r.Need())
		}
		p.batches = append(p.batches, b)
		p.byName[d.Name] = b
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Names lists the batches in the order of their definitions.
func (p *Plan) Names() []string {
	names := make([]string, len(p.batches))
	for i, b := range p.batches {
		names[i] = b.Name
	}
	return names
}

// Def is the definition of a batch.
func (p *Plan) Def(name string) (Def, bool) {
	if b := p.byName[name]; b != nil {
		return b.Def, true
	}
	return Def{}, false
}

// Need is what the rules of all batches read of a person.
func (p *Plan) Need() rule.Need { return p.need }

// Price says what a coupon would save on a cart at an instant, or why it does not count: its life and validity,
// the batch's rule over cart and person, and its terms, in this order. Facts hold what Need asks for; nil is
// somebody of whom nothing is known. It changes nothing and reserves nothing.
func (p *Plan) Price(c Coupon, cart Cart, facts *rule.Facts, now time.Time) (Quote, error) {
	d := c.At(now).usable(now)
	if d.OK {
		var err error
		if d, err = p.eligible(c.Batch, cart, facts, now); err != nil {
			return Quote{}, err
		}
	}
	q, err := c.Terms.Price(cart)
	if err != nil {
		return Quote{}, err
	}
	if !d.OK {
		return Quote{Decision: d, Total: q.Total}, nil
	}
	return q, nil
}

func (p *Plan) eligible(name string, cart Cart, facts *rule.Facts, now time.Time) (Decision, error) {
	b := p.byName[name]
	if b == nil {
		return no(NotActive), nil
	}
	if b.when == nil {
		return Decision{OK: true}, nil
	}
	total, items, err := cart.Total()
	if err != nil {
		return Decision{}, err
	}
	props := map[string]any{}
	maps.Copy(props, cart.Props)
	props["total"], props["items"], props["currency"] = int64(total), items, cart.Currency
	if facts == nil {
		facts = rule.NewFacts(p.lex, "")
	}
	if !b.when.Holds(rule.At(now), facts, p.lex.Row("cart", props)) {
		return no(NotEligible), nil
	}
	return Decision{OK: true}, nil
}

// issue makes a coupon of the batch.
func (b *batch) issue(x *Change, id, profile string, via marque.ID) Decision {
	from, until, ok := b.Valid.Span(x.Now, b.loc)
	if b.Status != "" && b.Status != Active || !ok {
		return no(NotActive)
	}
	x.Coupon = Coupon{
		ID: id, Batch: b.Name, Topic: b.Topic, Profile: profile, Via: via, Terms: b.Terms,
		State: Issued, Issued: x.Now, From: utc(from), Until: utc(until),
	}
	x.Stats.Issued++
	x.Stats.Face += b.Face()
	x.Holds = append(x.Holds, limit.Hold{
		Key: marque.Key("coupon", "issue", id), Profile: profile, Via: via,
		Takes: []limit.Take{
			{Counter: counter(b.Name, count), N: 1, Limit: most(b.Budget.Count)},
			{Counter: counter(b.Name, perPerson), Own: true, N: 1, Limit: most(b.Budget.PerPerson)},
			{Counter: b.day(x.Now), N: 1, Limit: most(b.Budget.PerDay), Until: civil.EndOf(civil.Day, x.Now, b.loc)},
		},
	})
	x.say("coupon.issued", x.Now, b.Face(), "")
	return Decision{OK: true}
}

// day is the counter of the calendar day of an instant. Each day has one of its own: a request from before midnight
// that comes after one from behind it still counts against its own day.
func (b *batch) day(now time.Time) string {
	return counter(b.Name, perDay) + "/" + civil.StartOf(civil.Day, now, b.loc).Format(time.DateOnly)
}

// The counters of a batch.
const (
	count     = "count"
	perPerson = "person"
	perDay    = "day"
	money     = "money"
)

func counter(batch, what string) string { return "coupon/" + batch + "/" + what }

func most(n *int64) int64 {
	if n == nil {
		return limit.NoLimit
	}
	return *n
}

// refusal is what a full counter means. Another content under a known hold cannot be: holds are named after
// coupons.
func refusal(batch string, v limit.Verdict) (Decision, error) {
	reasons := map[string]Reason{
		counter(batch, count): Spent, counter(batch, money): Spent, counter(batch, perPerson): PerPerson,
		limit.Unknown: NotLocked,
	}
	r, ok := reasons[v.Refused]
	if strings.HasPrefix(v.Refused, counter(batch, perDay)+"/") {
		r, ok = PerDay, true
	}
	if ok {
		return Decision{Reason: r, Left: max(v.Left, 0)}, nil
	}
	return Decision{}, errors.New("coupon: hold refused: " + v.Refused)
}
