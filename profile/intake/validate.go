package intake

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/clean"
	"github.com/marque-go/marque/rule"
)

// Validate lists every fault with its path.
func (m Mapping) Validate() error {
	_, err := Compile(m, nil)
	return err
}

// compiler collects faults on the way from a mapping to its plan.
type compiler struct {
	m        Mapping
	f        marque.Faults
	z        zones
	badZones []string // their paths, each told once
}

func (c *compiler) text(path, s string) {
	if strings.TrimSpace(s) == "" {
		c.f.Add(path, "is empty")
	}
}

func (c *compiler) once(path string, seen map[string]int, key string, i int) {
	if at, ok := seen[key]; ok {
		c.f.Add(path, "%q is there twice, first as number %d", key, at+1)
	} else {
		seen[key] = i
	}
}

func (c *compiler) head() {
	m := &c.m
	c.text("source", m.Source)
	seen := map[string]int{}
	for i, field := range m.Record {
		path := fmt.Sprintf("record[%d]", i)
		c.text(path, field)
		c.once(path, seen, field, i)
	}
	for i, s := range m.Skip {
		c.text(fmt.Sprintf("skip[%d].field", i), s.Field)
		if len(s.Is) == 0 {
			c.f.Add(fmt.Sprintf("skip[%d].is", i), "there are no values")
		}
	}
	e := m.Event
	switch {
	case e.Name == "" && e.Field == "":
		c.f.Add("event", "want a name or a field")
	case e.Name != "" && (e.Field != "" || len(e.Values) > 0 || e.Else != ""):
		c.f.Add("event", "has a name and a field; one of them is the name")
	case e.Field != "" && len(e.Values) == 0 && e.Else == "":
		c.f.Add("event.values", "there are none: no value is a name")
	}
	for _, value := range slices.Sorted(maps.Keys(e.Values)) {
		c.text(fmt.Sprintf("event.values[%q]", value), e.Values[value])
	}
	seen = map[string]int{}
	for i, id := range m.IDs {
		path := fmt.Sprintf("ids[%d]", i)
		c.text(path+".kind", id.Kind)
		c.text(path+".field", id.Field)
		c.once(path, seen, id.Kind+" of "+id.Field, i)
		if id.Required && id.Lax {
			c.f.Add(path+".lax", "is required: one that is malformed is not there")
		}
	}
}

// at compiles the instant.
func (c *compiler) at() clock {
	if c.m.At.Field == "" {
		if len(c.m.At.Layouts) > 0 {
			c.f.Add("at.field", "is empty")
		}
		return clock{}
	}
	return c.clock("at", c.m.At.Layouts, c.m.Zone, "zone")
}

// props compiles the properties.
func (c *compiler) props() (ps []prop) {
	seen := map[string]int{}
	for i, p := range c.m.Props {
		path := fmt.Sprintf("props[%d]", i)
		c.text(path+".name", p.Name)
		c.once(path+".name", seen, p.Name, i)
		ps = append(ps, c.prop(path, p))
	}
	return ps
}

func (c *compiler) prop(path string, p Prop) prop {
	if p.Field == "" {
		p.Field = p.Name
	}
	if p.Type == "" {
		p.Type = String
	}
	out := prop{Prop: p}
	if p.Split == "" {
		out.Split = ","
	}
	if !slices.Contains(types, string(p.Type)) {
		hint := rule.Hint(string(p.Type), types)
		if hint == "" {
			hint = ": want " + strings.Join(types, ", ")
		}
		c.f.Add(path+".type", "no type %q%s", p.Type, hint)
		return out
	}
	only := func(key string, set bool, of ...Type) {
		if set && !slices.Contains(of, p.Type) {
			c.f.Add(path+"."+key, "means nothing to a %s", p.Type)
		}
	}
	only("factor", p.Factor != "", Int, Float, Money)
	only("currency", p.Currency != "", Money)
	only("layouts", len(p.Layouts) > 0, Time)
	only("zone", p.Zone != "", Time)
	only("split", p.Split != "", Strings)
	if p.Keep && p.Else != "" {
		c.f.Add(path+".keep", "has an else too; one of them is what becomes of other values")
	}
	if len(p.Values) == 0 && (p.Keep || p.Else != "") {
		c.f.Add(path+".values", "there are none beside which there are others")
	}
	if p.Factor != "" {
		d, err := clean.Decimal(p.Factor)
		if err != nil || d != p.Factor || d == "0" {
			c.f.Add(path+".factor", "%q: want a decimal that is not 0, as 0.01", p.Factor)
		} else {
			out.factor, _ = new(big.Rat).SetString(d)
		}
	}
	if p.Type == Money && p.Currency == "" {
		out.Currency = "CNY"
	} else if p.Type == Money && (len(p.Currency) != 3 || strings.ToUpper(p.Currency) != p.Currency) {
		c.f.Add(path+".currency", "%q: want a code as CNY", p.Currency)
	}
	if p.Type == Time {
		zone, where := p.Zone, path+".zone"
		if zone == "" {
			zone, where = c.m.Zone, "zone"
		}
		out.clock = c.clock(path, p.Layouts, zone, where)
	}
	c.values(path, &out)
	return out
}

// values checks that what stands in the table is of the type.
func (c *compiler) values(path string, p *prop) {
	check := func(path, text string) {
		if text == "" {
			return
		}
		if _, err := p.read(text); err != nil {
			c.f.Add(path, "%v", err)
		}
	}
	for _, value := range slices.Sorted(maps.Keys(p.Values)) {
		check(fmt.Sprintf("%s.values[%q]", path, value), p.Values[value])
	}
	check(path+".else", p.Else)
}
