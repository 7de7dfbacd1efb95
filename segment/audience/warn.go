package audience

import (
	"fmt"
	"math"
	"strings"
)

const (
	enoughSeeds = 100
	tooGood     = 0.98 // an AUC that nobody reaches by likeness
	tellsAlone  = 0.9  // the difference of shares from which one feature tells the seeds: by itself it has an AUC of 0.95
)

// warn looks for reasons to distrust the ranking.
func (r *Ranking) warn() {
	add := func(reason Reason, format string, args ...any) {
		r.Warnings = append(r.Warnings, Warning{reason, fmt.Sprintf(format, args...)})
	}
	if r.Seeds == 0 || len(r.Matches) == 0 || len(r.Weights) == 0 {
		add(NoRanking, "%d seeds, %d others, %d features that enough people have", r.Seeds, len(r.Matches), len(r.Weights))
		return
	}
	if r.Seeds < enoughSeeds {
		add(SmallSeed, "%d seeds are few; have %d", r.Seeds, enoughSeeds)
	}
	c := r.Check
	switch {
	case c.Low <= 0.5:
		add(NoLift, "the AUC of the check, %.2f, may be as low as %.2f; 0.5 is chance", c.AUC, c.Low)
	case c.Top[2].Low <= 1:
		add(NoLift, "the best %g%% hold %.1f times as many as chance, but it may be %.1f", 100*c.Top[2].Share, c.Top[2].Lift, c.Top[2].Low)
	}
	var alone []string
	for _, w := range r.Weights {
		if math.Abs(w.Seeds-w.Others) >= tellsAlone {
			alone = append(alone, fmt.Sprintf("%q", w.Feature))
		}
	}
	switch {
	case len(alone) > 0:
		add(Leak, "%s by itself tells seeds from others; leave it out if the seed was made by it", strings.Join(alone, ", "))
	case c.AUC >= tooGood:
		add(Leak, "an AUC of %.2f is too good for likeness; leave out what the seed was made by", c.AUC)
	}
}
