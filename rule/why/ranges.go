package why

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/internal/space"
)

// wanted says in data what a set of cells is.
func (t *turner) wanted(c *Change, s *space.Subject, set space.Set) {
	var points, holes []any
	var ranges []Range
	known, all := false, true
	last := -2 // the place of the cell before
	for i, cell := range s.Cells {
		if cell.Missing() {
			c.Missing = set.Has(i)
			continue
		}
		point := cell.Type == rule.Bool || cell.At%2 == 1 && cell.Type != rule.Strings
		if !set.Has(i) {
			if all = all && point; point {
				holes = append(holes, t.value(s, cell))
			}
			last = -2
			continue
		}
		known = true
		if point {
			points = append(points, t.value(s, cell))
		}
		if cell.Type == rule.Bool || cell.Type == rule.Strings {
			continue
		}
		r := t.bounds(s, cell)
		if k := len(ranges) - 1; k >= 0 && last == cell.At-1 {
			if s.Kind == space.Age {
				ranges[k].Min, ranges[k].MinOpen = r.Min, r.MinOpen
			} else {
				ranges[k].Max, ranges[k].MaxOpen = r.Max, r.MaxOpen
			}
		} else {
			ranges = append(ranges, r)
		}
		last = cell.At
	}
	text := s.Node.Type == rule.String || s.Node.Type == rule.Any
	switch {
	case !known:
	case only(ranges, points):
		c.OneOf = points
	case all && (len(holes) == 0 || text):
		c.NoneOf = holes
	default:
		c.Ranges = ranges
	}
}

// only reports whether ranges are nothing but single values.
func only(ranges []Range, points []any) bool {
	for _, r := range ranges {
		if r.Min == nil || r.Max == nil || r.Min != r.Max {
			return false
		}
	}
	return len(points) > 0
}

// value is the value of a cell that is one.
func (t *turner) value(s *space.Subject, c space.Cell) any {
	if c.Type == rule.Bool {
		return c.At == 1
	}
	v, _ := s.Bounds(c)
	return t.bound(s, v)
}

func (t *turner) bound(s *space.Subject, v rule.Value) any {
	if s.Kind == space.Age {
		if math.IsInf(v.Float(), 0) {
			return nil
		}
		return (rule.At(t.in.Now) - rule.Instant(v.Float())).Time()
	}
	return v.Any()
}

// bounds is the range of a cell of numbers, times or texts.
func (t *turner) bounds(s *space.Subject, c space.Cell) Range {
	if s.Kind != space.Age && s.Whole() {
		r := Range{Min: c.Lo, Max: c.Hi}
		if c.Lo == math.MinInt64 {
			r.Min = nil
		}
		if c.Hi == math.MaxInt64 {
			r.Max = nil
		}
		return r
	}
	lo, hi := s.Bounds(c)
	open := c.At%2 == 0
	r := Range{}
	if lo.Known() {
		r.Min, r.MinOpen = t.bound(s, lo), open
	}
	if hi.Known() {
		r.Max, r.MaxOpen = t.bound(s, hi), open
	}
	if s.Kind == space.Age { // the older, the earlier
		r.Min, r.MinOpen, r.Max, r.MaxOpen = r.Max, r.MaxOpen, r.Min, r.MinOpen
	}
	return r
}

// set says what something would have to be.
func (c *Change) set(age bool, now time.Time) string {
	var words []string
	write := word
	if age {
		write = func(x any) string { return ago(x.(time.Time), now) }
	}
	switch {
	case len(c.OneOf) > 0:
		for _, x := range c.OneOf {
			words = append(words, write(x))
		}
	case len(c.Ranges) > 0:
		for _, r := range c.Ranges {
			words = append(words, r.words(age, write))
		}
	case len(c.NoneOf) > 0:
		for _, x := range c.NoneOf {
			words = append(words, write(x))
		}
		but := strings.Join(words, " or ")
		if c.Missing {
			return "anything but " + but
		}
		words = []string{"known, and not " + but}
	case !c.Missing:
		words = []string{"known"}
	}
	if c.Missing {
		words = append(words, "not known")
	}
	return list(words)
}

func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func (r Range) words(age bool, write func(any) string) string {
	least, more, most, less := "%s or more", "more than %s", "%s or less", "less than %s"
	_, times := r.Min.(time.Time)
	if _, ok := r.Max.(time.Time); ok || times {
		least, more, most, less = "%s or later", "later than %s", "%s or earlier", "earlier than %s"
	}
	if age {
		least, more, most, less = "%s or later", "less than %s", "%s or earlier", "more than %s"
	}
	pick := func(open bool, a, b string, x any) string {
		if open {
			a = b
		}
		return fmt.Sprintf(a, write(x))
	}
	switch {
	case r.Min == nil && r.Max == nil:
		return "known"
	case r.Max == nil:
		return pick(r.MinOpen, least, more, r.Min)
	case r.Min == nil:
		return pick(r.MaxOpen, most, less, r.Max)
	case r.Min == r.Max:
		return write(r.Min)
	case !r.MinOpen && !r.MaxOpen && !age:
		return write(r.Min) + " to " + write(r.Max)
	}
	return pick(r.MinOpen, least, more, r.Min) + " and " + pick(r.MaxOpen, most, less, r.Max)
}
