package column

import (
	"strings"

	"github.com/marque-go/marque/rule"
)

// A column holds one attribute of all rows, in the form that its type has.
type column struct {
	typ    rule.Type
	ints   blocks[int64]      // Int and Time
	floats blocks[float64]    // Float
	bools  []*truths          // Bool
	codes  blocks[uint32]     // String and Strings: numbers in the dictionary
	any    blocks[rule.Value] // Any
	texts  dictionary[string]
	sets   dictionary[rule.Value]
}

func newColumn(t rule.Type) column {
	return column{typ: t, texts: newTexts(), sets: newSets()}
}

// truths is a block of bools.
type truths struct{ known, v words }

// set sets a value of the column's type, or drops the row's value where v is missing.
func (c *column) set(row int, v rule.Value) {
	if !v.Known() {
		c.drop(row)
		return
	}
	switch c.typ {
	case rule.Int:
		c.ints.put(row, v.Int())
	case rule.Time:
		c.ints.put(row, int64(v.Instant()))
	case rule.Float:
		c.floats.put(row, v.Float())
	case rule.Bool:
		b := reach(&c.bools, row/blockRows)
		b.known.add(row % blockRows)
		b.v.set(row%blockRows, v.Bool())
	case rule.String:
		old, had := c.codes.get(row)
		c.codes.put(row, c.texts.take(v.Text()))
		if had {
			c.texts.drop(old)
		}
	case rule.Strings:
		old, had := c.codes.get(row)
		c.codes.put(row, c.sets.take(v))
		if had {
			c.sets.drop(old)
		}
	default:
		c.any.put(row, own(v))
	}
}

func (c *column) drop(row int) {
	switch c.typ {
	case rule.Int, rule.Time:
		c.ints.drop(row)
	case rule.Float:
		c.floats.drop(row)
	case rule.Bool:
		if i := row / blockRows; i < len(c.bools) && c.bools[i] != nil {
			c.bools[i].known.drop(row % blockRows)
			c.bools[i].v.drop(row % blockRows)
		}
	case rule.String:
		if old, had := c.codes.get(row); had {
			c.texts.drop(old)
			c.codes.drop(row)
		}
	case rule.Strings:
		if old, had := c.codes.get(row); had {
			c.sets.drop(old)
			c.codes.drop(row)
		}
	default:
		c.any.drop(row)
	}
}

func (c *column) get(row int) rule.Value {
	switch c.typ {
	case rule.Int:
		if n, ok := c.ints.get(row); ok {
			return rule.IntValue(n)
		}
	case rule.Time:
		if n, ok := c.ints.get(row); ok {
			return rule.TimeValue(rule.Instant(n))
		}
	case rule.Float:
		if f, ok := c.floats.get(row); ok {
			return rule.FloatValue(f)
		}
	case rule.Bool:
		if i := row / blockRows; i < len(c.bools) && c.bools[i] != nil && c.bools[i].known.has(row%blockRows) {
			return rule.BoolValue(c.bools[i].v.has(row % blockRows))
		}
	case rule.String:
		if code, ok := c.codes.get(row); ok {
			return rule.StringValue(c.texts.keys[code])
		}
	case rule.Strings:
		if code, ok := c.codes.get(row); ok {
			return c.sets.keys[code]
		}
	default:
		v, _ := c.any.get(row)
		return v
	}
	return rule.Value{}
}

// known gives the rows of a block that have a value; nil where none has.
func (c *column) known(i int) *words {
	switch c.typ {
	case rule.Int, rule.Time:
		return knownOf(c.ints, i)
	case rule.Float:
		return knownOf(c.floats, i)
	case rule.Bool:
		if i < len(c.bools) && c.bools[i] != nil {
			return &c.bools[i].known
		}
		return nil
	case rule.String, rule.Strings:
		return knownOf(c.codes, i)
	}
	return knownOf(c.any, i)
}

func knownOf[T any](bs blocks[T], i int) *words {
	if b := bs.at(i); b != nil {
		return &b.known
	}
	return nil
}

// own copies the texts of a value, which may be parts of something large.
func own(v rule.Value) rule.Value {
	switch v.Type() {
	case rule.String:
		return rule.StringValue(strings.Clone(v.Text()))
	case rule.Strings:
		var members []string
		for s := range v.Each {
			members = append(members, s)
		}
		if len(members) == 1 { // of more the set makes a text of its own
			members[0] = strings.Clone(members[0])
		}
		return rule.StringsValue(members...)
	}
	return v
}
