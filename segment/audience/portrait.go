package audience

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
)

// A Portrait describes one audience, or several side by side, against a base: what is more and what is less frequent
// among them than there.
type Portrait struct {
	Base   int      `json:"base"`  // people
	Names  []string `json:"names"` // of the audiences
	Sizes  []int    `json:"sizes"`
	Level  float64  `json:"level"`  // the confidence of the intervals
	Traits []Trait  `json:"traits"` // attributes, tags, segments, then consents, each in the order of the schema
}

// A Trait is one thing that is known of people: an attribute, "tags", "segments", or what they said to a channel and a
// topic, "consent sms/news".
type Trait struct {
	Name string `json:"name"`
	// Missing are those of whom nothing is known. Its shares are of all people; those of the bars are of the people of
	// whom something is known.
	Missing Bar   `json:"missing"`
	Bars    []Bar `json:"bars"`
	// Many says that a person can be in several bars, so that the shares do not add up to one.
	Many bool `json:"many,omitempty"`
	// Others is how many values have no bar of their own. Unless Many is set, the last bar is theirs.
	Others int `json:"others,omitempty"`
	// Cuts are where the bins of a number or a time begin, without the first. Given as PortraitOptions.Cuts they make
	// the next portrait comparable with this one.
	Cuts []rule.Value `json:"-"`
}

// A Bar is one value, or one bin of values, of a trait.
type Bar struct {
	Label string  `json:"label"`
	Count int     `json:"count"` // people of the base
	Share float64 `json:"share"` // in the base
	Of    []Index `json:"of"`    // of each audience
}

// PortraitOptions are the choices of a portrait.
type PortraitOptions struct {
	// Attributes are those to show. Default all; empty but not nil for none.
	Attributes []string
	// Top is how many values of a text have a bar of their own, and how many tags and segments. Default 10.
	Top int
	// Least is how many people of the base must have a value for it to be named. Default 2, so that nobody is shown by
	// a value that she alone has.
	Least int
	// Bins is how many bins numbers and times have, with about as many people of the base in each. With no more
	// different values than that, each has its own bar. Default 5.
	Bins int
	// Cuts are fixed bounds of bins by attribute, in ascending order: [18, 25] makes below 18, 18 to 24, and 25 and
	// above. Default those that divide the base.
	Cuts map[string][]rule.Value
	// Level is the confidence of the intervals, in (0, 1). Default 0.95.
	Level float64
}

// Portray describes audiences against a base, as of now, which says which tags and segments hold. Everything is about
// people of the base: who is in an audience but not in the base is left out. The order of values is that of their
// largest share in an audience; values that are equally frequent stand in the order of their counts in the base, then
// of their names. It takes time in proportion to the base times its attributes, and sorts numbers and times.
func Portray(t *column.Table, base Set, audiences []Named, now time.Time, o *PortraitOptions) (Portrait, error) {
	base = base.And(Everybody(t))
	p := &painter{table: t, base: base, now: rule.At(now)}
	if o != nil {
		p.opt = *o
	}
	p.opt.defaults()
	if err := p.opt.check(t.Lexicon()); err != nil {
		return Portrait{}, fmt.Errorf("audience: portrait: %w", err)
	}
	p.z = score(p.opt.Level)
	out := Portrait{Base: base.Len(), Level: p.opt.Level}
	for _, a := range audiences {
		in := a.Set.And(base)
		p.audiences = append(p.audiences, in.Words(make([]uint64, (t.Len()+63)/64)))
		out.Names, out.Sizes = append(out.Names, a.Name), append(out.Sizes, in.Len())
	}
	p.all = p.tally()
	p.all[0] = out.Base
	copy(p.all[1:], out.Sizes)
	for slot, f := range t.Lexicon().Schema().Attributes {
		if p.opt.Attributes == nil || slices.Contains(p.opt.Attributes, f.Name) {
			out.Traits = append(out.Traits, p.attribute(slot, f))
		}
	}
	out.Traits = append(out.Traits, p.marks()...)
	return out, nil
}

func (o *PortraitOptions) defaults() {
	if o.Top <= 0 {
		o.Top = 10
	}
	if o.Least <= 0 {
		o.Least = 2
	}
	if o.Bins <= 0 {
		o.Bins = 5
	}
	if !(o.Level > 0 && o.Level < 1) {
		o.Level = 0.95
	}
}

func (o *PortraitOptions) check(lex *rule.Lexicon) error {
	var faults marque.Faults
	fields := lex.Schema().Attributes
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	pick(&faults, "attributes", o.Attributes, names, nil)
	for _, name := range slices.Sorted(maps.Keys(o.Cuts)) {
		slot, ok := lex.Attr(name)
		switch {
		case !ok:
			faults.Add("cuts", "unknown name %s%s", name, rule.Hint(name, names))
			continue
		case !ordered(fields[slot].Type):
			faults.Add("cuts", "%s is neither a number nor a time", name)
			continue
		}
		for _, c := range o.Cuts[name] {
			if v, ok := c.As(fields[slot].Type); !ok || !v.Known() {
				faults.Add("cuts", "%s: %s is no %s", name, c, fields[slot].Type)
			}
		}
	}
	return faults.Err()
}

// ordered reports whether values of a type go into bins.
func ordered(t rule.Type) bool { return t == rule.Int || t == rule.Float || t == rule.Time }

// String is a table: of each bar its share in the base, and of each audience the share and the index with its
// interval, marked with a star where that excludes 100.
func (p Portrait) String() string {
	var g grid
	head, people := []string{"share in", "base"}, []string{"people", strconv.Itoa(p.Base)}
	for i, name := range p.Names {
		head = append(head, name, "TGI", fmt.Sprintf("%g%%", 100*p.Level), "")
		people = append(people, strconv.Itoa(p.Sizes[i]), "", "", "")
	}
	g.add(head...)
	g.add(people...)
	for _, t := range p.Traits {
		g.add(t.Name)
		for _, b := range t.Bars {
			g.add(b.cells()...)
		}
		if t.Missing.Count > 0 {
			g.add(t.Missing.cells()...)
		}
	}
	return g.String()
}

func (b Bar) cells() []string {
	row := []string{"  " + b.Label, percent(b.Share)}
	for _, x := range b.Of {
		star := ""
		if x.Tells() {
			star = "*"
		}
		row = append(row, percent(x.Share), fmt.Sprintf("%.0f", x.TGI), fmt.Sprintf("%.0f-%.0f", x.Low, x.High), star)
	}
	return row
}
