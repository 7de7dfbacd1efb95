package points

import "github.com/marque-go/marque/rule"

// The events that a Book says. All carry "program"; those of points, with the fact "score/<name>", "points" too.
const (
	Earned   = "points.earned"   // "balance", "rule"
	Usable   = "points.usable"   // the wait of pending points is over
	Spent    = "points.spent"    // "balance"
	Reversed = "points.reversed" // "balance", "of"; points came back (positive) or were taken back (negative)
	Adjusted = "points.adjusted" // "balance", "reason"; points may be negative
	Expiring = "points.expiring" // "at": when they will expire
	Expired  = "points.expired"  // "balance"

	TierUp   = "tier.up"         // "from", "to"; the fact is "attr/stage/<name>"
	TierDown = "tier.down"       // the same
	Granted  = "benefit.granted" // "grant", "n": how many more, "period": "2026-05", "2026-Q2", "once"
)

// Says declares the events that this package says, for a schema.
func Says() []rule.EventType {
	text := func(name string) rule.Field { return rule.Field{Name: name, Type: rule.String} }
	number := func(name string) rule.Field { return rule.Field{Name: name, Type: rule.Int} }
	program, n, balance := text("program"), number("points"), number("balance")
	tier := []rule.Field{program, text("from"), text("to")}
	return []rule.EventType{
		{Name: Earned, Doc: "The person earned points.", Props: []rule.Field{program, n, balance, text("rule")}},
		{Name: Usable, Doc: "Points that were pending can be spent.", Props: []rule.Field{program, n}},
		{Name: Spent, Doc: "The person spent points.", Props: []rule.Field{program, n, balance}},
		{Name: Reversed, Doc: "A spend or an earning was reversed.", Props: []rule.Field{program, n, balance, text("of")}},
		{Name: Adjusted, Doc: "Points were given or taken by hand.", Props: []rule.Field{program, n, balance, text("reason")}},
		{Name: Expiring, Doc: "Points are about to expire.", Props: []rule.Field{program, n, {Name: "at", Type: rule.Time}}},
		{Name: Expired, Doc: "Points expired.", Props: []rule.Field{program, n, balance}},
		{Name: TierUp, Doc: "The person reached a tier.", Props: tier},
		{Name: TierDown, Doc: "The person lost a tier.", Props: tier},
		{Name: Granted, Doc: "A benefit was granted.", Props: []rule.Field{program, text("grant"), number("n"), text("period")}},
	}
}

// Declares is what a schema has to declare for the definitions: the balance of each as a score of its name, its tier
// as the attribute "stage/<name>", and the events that are said. A rule then says score("member") >= 1000 and
// stage("member") == "gold". What a schema does not declare no rule can read; the book works without.
func Declares(defs []Def) rule.Schema {
	s := rule.Schema{Events: Says()}
	for _, d := range defs {
		s.Scores = append(s.Scores, d.Name)
		if len(d.Tiers) > 0 {
			s.Attributes = append(s.Attributes, rule.Field{Name: "stage/" + d.Name, Type: rule.String})
		}
	}
	return s
}
