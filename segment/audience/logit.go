package audience

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// people are the features of some people, those of seeds first, one after the other.
type people struct {
	has   []int // features in ascending order
	ends  []int // where each person's end
	seeds int
}

func (p *people) add(e *encoder, rows Set) {
	for row := range rows.All() {
		p.has = e.encode(row, p.has)
		p.ends = append(p.ends, len(p.has))
	}
}

func (p *people) each(yield func(seed bool, has []int)) {
	from := 0
	for i, end := range p.ends {
		yield(i < p.seeds, p.has[from:end])
		from = end
	}
}

// fit finds the weights of n features, and the intercept behind them, that make seeds most likely among the people
// under a logistic model with the penalty ridge/2·Σw². It is Newton's method (iteratively reweighted least squares,
// Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 4.4.1), with shorter steps where a whole one
// overshoots; the loss is convex, so there is one answer.
func fit(p *people, n int, ridge float64) []float64 {
	w := make([]float64, n+1)
	best := loss(p, w, ridge)
	var chol mat.Cholesky
	step, next := mat.NewVecDense(n+1, nil), make([]float64, n+1)
	for range 50 {
		g, h := slope(p, w, ridge)
		if !chol.Factorize(h) || chol.SolveVecTo(step, mat.NewVecDense(n+1, g)) != nil {
			return w
		}
		improved := false
		for scale := 1.0; scale > 1e-6 && !improved; scale /= 2 {
			for i := range next {
				next[i] = w[i] - scale*step.AtVec(i)
			}
			if l := loss(p, next, ridge); l < best {
				improved = best-l > 1e-9*best
				best = l
				copy(w, next)
				break
			}
		}
		if !improved {
			return w
		}
	}
	return w
}

// sum is the weight of features without the intercept.
func sum(w []float64, has []int) float64 {
	s := 0.0
	for _, i := range has {
		s += w[i]
	}
	return s
}

func loss(p *people, w []float64, ridge float64) float64 {
	n := len(w) - 1
	l := 0.0
	for _, x := range w[:n] {
		l += ridge / 2 * x * x
	}
	p.each(func(seed bool, has []int) {
		eta := w[n] + sum(w, has)
		if seed {
			eta = -eta
		}
		l += max(eta, 0) + math.Log1p(math.Exp(-math.Abs(eta)))
	})
	return l
}

// slope is the gradient and the Hessian of the loss.
func slope(p *people, w []float64, ridge float64) ([]float64, *mat.SymDense) {
	n := len(w) - 1
	g, h := make([]float64, n+1), make([]float64, (n+1)*(n+1))
	for i, x := range w[:n] {
		g[i] = ridge * x
		h[i*(n+2)] = ridge
	}
	h[n*(n+2)] = 1e-6 // so that the intercept stays finite where seeds and others are told apart for certain
	p.each(func(seed bool, has []int) {
		q := 1 / (1 + math.Exp(-w[n]-sum(w, has)))
		r := q
		if seed {
			r--
		}
		v := q * (1 - q)
		g[n] += r
		h[n*(n+2)] += v
		for k, i := range has {
			g[i] += r
			h[i*(n+1)+n] += v
			row := h[i*(n+1):]
			for _, j := range has[k:] { // above the diagonal, which is what SymDense reads
				row[j] += v
			}
		}
	})
	return g, mat.NewSymDense(n+1, h)
}
