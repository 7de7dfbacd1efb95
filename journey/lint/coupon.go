package lint

import (
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// coupons looks for waits behind which a coupon is over and is still spoken of.
func (l *linter) coupons() {
	for c := range l.def.Nodes {
		issued := l.def.Nodes[c].Coupon
		if issued == nil {
			continue
		}
		good, ok := l.opts.Valid[issued.Batch]
		if !ok || good <= 0 {
			continue
		}
		at := l.elapsed(c)
		for i, since := range at {
			if since < 0 || i == c || since >= good {
				continue
			}
			for _, w := range l.ways[i] {
				j, ok := l.at[w.to]
				if !ok || since+w.after < good || at[j] < good { // another way is in time
					continue
				}
				wait := l.def.Nodes[i].Wait
				if send := l.speaks(j, c, issued.Var()); wait != nil && send >= 0 {
					l.add(Warning, nodePath(i, field(wait)), "coupons of %q are good for %s, and here %s have passed at least: they are over when %q speaks of them",
						issued.Batch, good, since+w.after, l.def.Nodes[send].ID)
					break
				}
			}
		}
	}
}

// elapsed is the least time from the coupon at node c to each node, -1 where no way leads. Ways end where the coupon is
// issued anew.
func (l *linter) elapsed(c int) []marque.Duration {
	at := make([]marque.Duration, len(l.ways))
	for i := range at {
		at[i] = -1
	}
	at[c] = 0
	for changed := true; changed; {
		changed = false
		for i := range l.ways {
			if at[i] < 0 {
				continue
			}
			for _, w := range l.ways[i] {
				j, ok := l.at[w.to]
				if ok && j != c && (at[j] < 0 || at[i]+w.after < at[j]) {
					at[j], changed = at[i]+w.after, true
				}
			}
		}
	}
	return at
}

// speaks is the first send from node i on whose texts read the coupon's variables, or -1.
func (l *linter) speaks(i, issuer int, as string) int {
	reads := func(s *graph.Send) bool {
		return slices.ContainsFunc(slices.Concat(fields(s.Text), fields(s.Subject), fields(s.HTML)), func(name string) bool {
			return name == as || strings.HasPrefix(name, as+"_")
		})
	}
	for j := range l.ways {
		if s := l.def.Nodes[j].Send; s != nil && j != issuer && (i == j || l.reach[i][j]) && reads(s) {
			return j
		}
	}
	return -1
}
