package points

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
)

// ByHand is the name of the rule under which points stand that Book.Adjust gave.
const ByHand = "by hand"

// maxAmount is the most points that one event or act moves: sums of nine million of them fit into an int64.
const maxAmount = 1_000_000_000_000

// A Def defines a program: how its points are earned, when they expire, and the tiers of its members.
type Def struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"`
	// Zone is the IANA name of the zone of every calendar period of the program. Empty: UTC.
	Zone string `json:"zone,omitempty"`
	Earn []Earn `json:"earn,omitempty"`
	// Pending is how long points wait after the event before they can be spent. Zero: not at all.
	Pending marque.Duration `json:"pending,omitempty"`
	Expiry  Expiry          `json:"expiry,omitzero"`
	// Warn is how long before their expiry points.expiring is said. Zero: it is not said.
	Warn marque.Duration `json:"warn,omitempty"`
	// Remember is how long points that are used up or expired are kept, so that a refund can still reverse them; longer
	// where a cap or the qualification needs them. Zero: 180d.
	Remember marque.Duration `json:"remember,omitempty"`
	// Tiers, the lowest first.
	Tiers   []Tier  `json:"tiers,omitempty"`
	Qualify Qualify `json:"qualify,omitzero"`
	// Grace is how long a tier is kept behind the end of the qualification period.
	Grace marque.Duration `json:"grace,omitempty"`
}

// An Earn gives points for an event: Points, or Rate times a property of the event.
type Earn struct {
	// Name tells the rule from others of the program. Empty: the name of the event, with "#2" for the second one.
	Name string `json:"name,omitempty"`
	// On names the event.
	On string `json:"on"`
	// When is a rule over the person and the event at hand. Empty: every such event.
	When   string `json:"when,omitempty"`
	Points int64  `json:"points,omitempty"`
	Rate   Rate   `json:"rate,omitzero"`
	// Cap is how many points of this rule count in each period Per, multipliers included. The earliest events count.
	// Zero: all.
	Cap int64  `json:"cap,omitempty"`
	Per Period `json:"per,omitempty"`
	// Bonus points do not count for tiers.
	Bonus bool `json:"bonus,omitempty"`
}

// A Rate is Points for each Each units of the property Of: {"amount", 1, 100} is a point for each 100 minor units.
// It is exact: the amount times Points times the multiplier, divided by Each, is rounded down once. A fraction of a
// unit is cut off first, and a negative amount gives nothing.
type Rate struct {
	Of     string `json:"of"`
	Points int64  `json:"points"`
	Each   int64  `json:"each"`
}

// Expiry says when points end: a time After they were earned, or with the End of the N-th period behind the one they
// were earned in ({End: Yearly, N: 1}: with the end of the next year). The zero Expiry is never.
type Expiry struct {
	After marque.Duration `json:"after,omitempty"`
	End   Period          `json:"end,omitempty"`
	N     int             `json:"n,omitempty"`
	// Back is how long points live that come back, because a spend is reversed, when they have expired meanwhile.
	// Zero: 30d.
	Back marque.Duration `json:"back,omitempty"`
}

// Qualify says which points count for a tier: those of the last Rolling, or of the calendar Year. The zero Qualify
// counts all, and nobody loses a tier.
type Qualify struct {
	Rolling marque.Duration `json:"rolling,omitempty"`
	Year    bool            `json:"year,omitempty"`
}

// Validate lists what is wrong with the definition by itself. Compile checks its rules and names.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "is empty")
	}
	var zones civil.Zones
	if _, err := zones.Load(d.Zone); err != nil {
		f.Wrap("zone", err)
	}
	for _, x := range []struct {
		path string
		d    marque.Duration
	}{{"pending", d.Pending}, {"warn", d.Warn}, {"remember", d.Remember}, {"grace", d.Grace}, {"qualify.rolling", d.Qualify.Rolling}, {"expiry.after", d.Expiry.After}, {"expiry.back", d.Expiry.Back}} {
		if x.d < 0 {
			f.Add(x.path, "%v is negative", x.d)
		}
	}
	seen := map[string]int{}
	for i := range d.Earn {
		path := fmt.Sprintf("earn[%d]", i)
		f.Wrap(path, d.Earn[i].validate())
		name := d.earnName(i)
		if name == ByHand {
			f.Add(path+".name", "%q is taken", ByHand)
		}
		if j, twice := seen[name]; twice {
			f.Add(path+".name", "%q is the name of rule %d too", name, j+1)
		}
		seen[name] = i
	}
	d.Expiry.validate(&f)
	if d.Expiry == (Expiry{}) && d.Warn > 0 {
		f.Add("warn", "points never expire")
	}
	if d.Expiry.After > 0 && d.Pending >= d.Expiry.After {
		f.Add("pending", "%v is not below expiry.after, which is %v: nothing could be spent", d.Pending, d.Expiry.After)
	}
	if d.Qualify.Year && d.Qualify.Rolling > 0 {
		f.Add("qualify", "year does not go with rolling")
	}
	if len(d.Tiers) == 0 && d.Qualify != (Qualify{}) {
		f.Add("qualify", "there are no tiers")
	}
	if d.Grace > 0 && d.Qualify == (Qualify{}) {
		f.Add("grace", "needs qualify: nobody loses a tier")
	}
	f.Wrap("", d.validateTiers())
	return f.Err()
}

func (e *Earn) validate() error {
	var f marque.Faults
	if e.On == "" {
		f.Add("on", "is empty: points are given for an event")
	}
	switch {
	case e.Points != 0 && e.Rate != (Rate{}):
		f.Add("rate", "does not go with points")
	case e.Rate == (Rate{}) && (e.Points <= 0 || e.Points > maxAmount):
		f.Add("points", "%d is not within 1 and %d", e.Points, int64(maxAmount))
	}
	if r := e.Rate; r != (Rate{}) {
		if r.Of == "" {
			f.Add("rate.of", "is empty")
		}
		if r.Points <= 0 || r.Points > maxAmount {
			f.Add("rate.points", "%d is not within 1 and %d", r.Points, int64(maxAmount))
		}
		if r.Each <= 0 || r.Each > maxAmount {
			f.Add("rate.each", "%d is not within 1 and %d", r.Each, int64(maxAmount))
		}
	}
	switch {
	case e.Cap < 0:
		f.Add("cap", "%d is negative", e.Cap)
	case e.Cap > 0 && !e.Per.valid():
		f.Add("per", "%q: a cap needs a period: day, week, month, quarter, year or once", e.Per)
	case e.Cap == 0 && e.Per != "":
		f.Add("per", "needs a cap")
	}
	return f.Err()
}

func (e Expiry) validate(f *marque.Faults) {
	switch {
	case e.After != 0 && e.End != "":
		f.Add("expiry", "after does not go with end")
	case e.End != "" && (!e.End.valid() || e.End == Once):
		f.Add("expiry.end", "%q: want day, week, month, quarter or year", e.End)
	case e.End == "" && e.N != 0:
		f.Add("expiry.n", "needs end")
	case e.N < 0 || e.N > 1200:
		f.Add("expiry.n", "%d is not within 0 and 1200", e.N)
	case e.After == 0 && e.End == "" && e.Back != 0:
		f.Add("expiry.back", "points never expire")
	}
}

func (d *Def) earnName(i int) string {
	e := &d.Earn[i]
	if e.Name != "" {
		return e.Name
	}
	n := 1
	for _, o := range d.Earn[:i] {
		if o.Name == "" && o.On == e.On {
			n++
		}
	}
	if n == 1 {
		return e.On
	}
	return fmt.Sprintf("%s#%d", e.On, n)
}
