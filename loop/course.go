package loop

import (
	"slices"
	"strconv"
	"strings"

	"github.com/marque-go/marque"
)

// courses remembers the course of each kind of cause. It belongs to one hand.
type courses struct {
	g    *graph
	byID map[string]*course
	key  []byte
}

// event is the course of an event.
func (c *courses) event(e marque.Event) *course {
	c.key = append(append(c.key[:0], e.Name...), 0)
	if len(c.g.fact[e.Fact]) > 0 { // most facts are those of single coupons and enrollments, which nobody reads
		c.key = append(c.key, e.Fact...)
	}
	var attrs []string
	if e.Name == "profile.set" {
		for a := range e.Props {
			attrs = append(attrs, a)
		}
		slices.Sort(attrs)
		c.key = append(append(c.key, 0), strings.Join(attrs, "\x00")...)
	}
	if got, ok := c.byID[string(c.key)]; ok {
		return got
	}
	got := c.g.course(c.g.seeds(e.Name, e.Fact, attrs))
	c.byID[string(c.key)] = got
	return got
}

// due is the course of definitions that time has reached.
func (c *courses) due(defs []int) *course {
	slices.Sort(defs)
	c.key = append(c.key[:0], 1)
	for _, d := range defs {
		c.key = strconv.AppendInt(append(c.key, ','), int64(d), 10)
	}
	if got, ok := c.byID[string(c.key)]; ok {
		return got
	}
	got := c.g.course(defs)
	c.byID[string(c.key)] = got
	return got
}

// all is the course of everything, for a person who was merged.
func (c *courses) all() *course {
	defs := make([]int, len(c.g.defs))
	for i := range defs {
		defs[i] = i
	}
	return c.due(defs)
}
