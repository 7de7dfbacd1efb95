package lab

import (
	"github.com/marque-go/marque/journey"
)

// capOf names the cap of a journey that is counted under that name: "the cap of 2 per day".
func capOf(p *journey.Plan, counter string) string {
	for i, c := range p.Set.Caps {
		if c.Counter() == counter && i < len(p.Caps) {
			c.N = p.Caps[i]
			return "the cap of " + c.Label()
		}
	}
	return "the cap " + counter
}
