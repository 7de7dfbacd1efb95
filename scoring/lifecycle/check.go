package lifecycle

import (
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// sure reports whether the move asks for no rule.
func (m *move) sure() bool {
	root := m.when.Root()
	return root.Op == op.Const && root.Value.Type() == rule.Bool && root.Value.Bool()
}

// never reports whether the rule of the move is the same for everybody and always, and is not true.
func (m *move) never() bool { return m.when.Root().Op == op.Const && !m.sure() }

// covers reports whether m, being earlier in the list, is made whenever o applies in the same stage.
func (m *move) covers(o *move) bool {
	return !m.never() && m.After <= o.After && (m.On == "" || m.On == o.On) && (m.sure() || m.When == o.When)
}

// check adds what shows in the graph of stages and moves.
func (c *cycle) check(f *marque.Faults, path string) {
	made := make([][]int, len(c.Stages)) // by stage, the moves that can be made there
	for s, out := range c.out {
		for k, i := range out {
			if m := &c.moves[i]; !m.never() && !slices.ContainsFunc(out[:k], func(j int) bool { return c.moves[j].covers(m) }) {
				made[s] = append(made[s], i)
			}
		}
	}
	reached := c.reach(made)
	for s, ok := range reached {
		if !ok {
			f.Add(fmt.Sprintf("%s.stages[%d]", path, s), "nobody can come to %q: no move that can be made leads there", c.Stages[s].Name)
		}
	}
	for i := range c.moves {
		at := fmt.Sprintf("%s.moves[%d]", path, i)
		if c.moves[i].never() {
			f.Add(at+".when", "is never true")
			continue
		}
		can, before := false, -1
		for s := range c.Stages {
			if !reached[s] || !slices.Contains(c.out[s], i) {
				continue
			}
			if slices.Contains(made[s], i) {
				can = true
				break
			}
			before = slices.IndexFunc(c.moves[:i], func(m move) bool { return m.leaves(c.Stages[s].Name) && m.covers(&c.moves[i]) })
		}
		switch {
		case can:
		case before >= 0:
			f.Add(at, "can never be made: moves[%d] (%q) is always made before it", before, c.moves[before].Name)
		default:
			f.Add(at, "can never be made: nobody comes to the stages that it leads away from")
		}
	}
	c.circles(f, path, made)
}

// reach tells which stages somebody can come to.
func (c *cycle) reach(made [][]int) []bool {
	reached := make([]bool, len(c.Stages))
	var todo []int
	come := func(s int) {
		if !reached[s] {
			reached[s] = true
			todo = append(todo, s)
		}
	}
	come(c.start)
	for s := range c.Stages {
		if c.Stages[s].ByHand {
			come(s)
		}
	}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, i := range made[s] {
			come(c.moves[i].to)
		}
	}
	return reached
}

// circles adds a fault for each circle of moves that are made at one instant where one and the same rule holds.
func (c *cycle) circles(f *marque.Faults, path string, made [][]int) {
	var told []string
	for i := range c.moves {
		if !c.moves[i].atOnce() {
			continue
		}
		next := make([]int, len(c.Stages)) // by stage, the first move that is made where the rule of i holds; -1: none
		for s := range next {
			k := slices.IndexFunc(made[s], func(j int) bool {
				m := &c.moves[j]
				return m.atOnce() && (m.sure() || m.When == c.moves[i].When)
			})
			if next[s] = -1; k >= 0 {
				next[s] = made[s][k]
			}
		}
		for s := range next {
			if next[s] != i {
				continue
			}
			if stages := c.round(next, s); stages != nil {
				key := ring(rotated(stages))
				if !slices.Contains(told, key) {
					told = append(told, key)
					f.Add(fmt.Sprintf("%s.moves[%d]", path, i), "goes round in a circle at one instant: %s", ring(append(stages, stages[0])))
				}
			}
		}
	}
}

// atOnce reports whether the move waits for neither an event nor time.
func (m *move) atOnce() bool { return m.On == "" && m.After == 0 }

// round is the circle that begins with stage s, or nil.
func (c *cycle) round(next []int, s int) []string {
	var stages []string
	for at := s; len(stages) <= len(next); {
		stages = append(stages, c.Stages[at].Name)
		if next[at] < 0 {
			return nil
		}
		if at = c.moves[next[at]].to; at == s {
			return stages
		}
	}
	return nil
}

// rotated begins a circle with its least stage, so that the same circle is the same list.
func rotated(stages []string) []string {
	k := slices.Index(stages, slices.Min(stages))
	return slices.Concat(stages[k:], stages[:k])
}
