package shop

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// dice is one stream of random numbers. The shapes are made here from raw 64-bit numbers, so that a stream means
// the same in every version of Go.
type dice struct{ pcg rand.PCG }

// stream is the stream number n of a seed.
func stream(seed, n uint64) dice {
	var d dice
	d.pcg.Seed(mix(seed^0x9e3779b97f4a7c15), mix(n+0xbf58476d1ce4e5b9))
	return d
}

// mix is the finaliser of MurmurHash3.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// digest is FNV-1a, mixed.
func digest(seed uint64, s string) uint64 {
	h := 14695981039346656037 ^ mix(seed)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// unit is uniform in [0, 1).
func (d *dice) unit() float64 { return float64(d.pcg.Uint64()>>11) / (1 << 53) }

// below is uniform in [0, n).
func (d *dice) below(n int) int {
	hi, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(hi)
}

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return d.unit() < p }

// exp is exponential with mean 1.
func (d *dice) exp() float64 { return -math.Log(1 - d.unit()) }

// norm is standard normal, by Box and Muller.
func (d *dice) norm() float64 {
	return math.Sqrt(2*d.exp()) * math.Cos(2*math.Pi*d.unit())
}

// lognormal has the given median and sigma.
func (d *dice) lognormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*d.norm())
}

// pick chooses an index by weights that are summed up: cum[i] is the share of indices up to i, cum's last is 1.
func (d *dice) pick(cum []float64) int {
	u := d.unit()
	for i, c := range cum {
		if u < c {
			return i
		}
	}
	return len(cum) - 1
}

// cumulate turns weights into sums that end at 1.
func cumulate(weights ...float64) []float64 {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	cum, sum := make([]float64, len(weights)), 0.0
	for i, w := range weights {
		sum += w
		cum[i] = sum / total
	}
	return cum
}
