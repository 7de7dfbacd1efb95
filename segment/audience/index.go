package audience

import (
	"math"

	"github.com/marque-go/marque/stat"
)

// An Index compares the share of an audience that has something with the share of the base.
type Index struct {
	Count int     `json:"count"`
	Share float64 `json:"share"`
	// TGI is the target-group index: the share in the audience over the share in the base, times 100. 100 is as in the
	// base, 200 twice as often. It is 0 where nobody has it, and of an empty audience.
	TGI  float64 `json:"tgi"`
	Low  float64 `json:"low"` // its confidence interval, 0 to 0 where nobody of the base has it, and of an empty audience
	High float64 `json:"high"`
}

// Tells reports whether the interval excludes 100: that the audience differs from the base in this by more than chance
// would make it. Of many such comparisons a share of 1 - level differs by chance alone.
func (x Index) Tells() bool { return x.Low > 100 || 0 < x.High && x.High < 100 }

// indexOf compares hits of n people in an audience with all hits of all people of the base, which has them in it.
//
// The audience is part of the base, so the two shares depend on each other; those of the audience and of the rest of
// the base do not. Their ratio r has the adjusted log interval (Walter 1975, Biometrika 62:371, a half added to each
// count: Katz's interval that also stands counts of zero), and the index is an increasing function of it:
// 100·r / (w·r + 1 - w), where w is the audience's part of the base. So the interval of the one gives that of the other.
func indexOf(hits, n, allHits, all int, z float64) Index {
	x := Index{Count: hits, Share: share(hits, n)}
	if n == 0 || allHits == 0 {
		return x
	}
	if n == all {
		x.TGI, x.Low, x.High = 100, 100, 100
		return x
	}
	x.TGI = 100 * x.Share / share(allHits, all)
	a, na := float64(hits)+0.5, float64(n)+0.5
	c, nc := float64(allHits-hits)+0.5, float64(all-n)+0.5
	w := float64(n) / float64(all)
	tgi := func(r float64) float64 { return 100 * r / (w*r + 1 - w) }
	ratio := a / na / (c / nc)
	half := z * math.Sqrt(1/a-1/na+1/c-1/nc)
	x.Low, x.High = min(x.TGI, tgi(ratio*math.Exp(-half))), max(x.TGI, tgi(ratio*math.Exp(half)))
	if hits == allHits { // the rest has none: no ratio is too large
		x.High = max(x.TGI, 100/w)
	}
	return x
}

// score is the z of a confidence level.
func score(level float64) float64 { return -stat.Quantile((1 - level) / 2) }
