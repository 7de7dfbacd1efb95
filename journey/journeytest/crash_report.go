package journeytest

import (
	"fmt"
	"slices"
	"strings"
)

// report tells of the first failures, in the order of their points, and of the first how little of the script it takes.
func (p *proof) report() []string {
	slices.SortFunc(p.failed, func(a, b failure) int { return slices.Compare(a.fail, b.fail) })
	var out []string
	for i, f := range p.failed[:min(len(p.failed), 5)] {
		line := fmt.Sprintf("dead %s (points %v of %d):\n  %s", strings.Join(f.where, ", then "), f.fail, p.whole.points, f.why)
		if i == 0 {
			line += p.shortest(f)
		}
		out = append(out, line)
	}
	return out
}

// shortest finds the shortest beginning of the script that fails at the same points. Up to them all is the same.
func (p *proof) shortest(f failure) string {
	for n := 1; n < len(p.script.Acts); n++ {
		short := &proof{o: p.o, cast: p.cast}
		short.script = Script{Acts: p.script.Acts[:n], Until: p.script.Until}
		var err error
		if short.whole, err = short.play(short.script, nil); err != nil {
			continue
		}
		if _, bad := short.try(f.fail); bad {
			lines := make([]string, n)
			for i := range lines {
				lines[i] = "\n    " + short.script.Acts[i].String()
			}
			return fmt.Sprintf("\n  the first %d of %d acts do it:%s", n, len(p.script.Acts), strings.Join(lines, ""))
		}
	}
	return ""
}
