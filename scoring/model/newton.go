package model

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// The reasons for which there may be no coefficients.
var (
	ErrOutcomes  = errors.New("model: the training rows have one outcome only")
	ErrSeparable = errors.New("model: some outcomes of the training rows can be told without fault, so that coefficients have no bound: use a penalty")
	ErrSingular  = errors.New("model: columns depend on one another: use a penalty")
	ErrSteps     = errors.New("model: no convergence")
)

// A Descent tells how the fit went.
type Descent struct {
	Steps int `json:"steps"`
	// Losses are the mean log-loss of the training rows plus the penalty, before the first step and after each.
	Losses []float64 `json:"losses"`
	// Gradient is the largest slope of that in any coefficient at the end, without its sign.
	Gradient float64 `json:"gradient"`
	// Halvings is how often a step was too long.
	Halvings int `json:"halvings,omitempty"`
	// Separated says that the rows are told apart without fault: only the penalty bounds the coefficients.
	Separated bool `json:"separated,omitempty"`
}

// descent is a fit on its way.
type descent struct {
	*design
	ridge float64 // 0: none
	limit int     // of steps

	beta, errs []float64 // coefficients and their standard errors
	odds       []float64 // log-odds of each row at beta
	gradient   []float64
	hessian    []float64 // the upper triangle of columns × columns
	idle       []bool    // columns of zeros
	out        Descent
}

// fit minimises the log-loss plus ridge/2 times the sum of the squared coefficients but the intercept, by Newton's
// method, which here is iteratively reweighted least squares (Hastie, Tibshirani, Friedman, The Elements of
// Statistical Learning, 4.4.1), with a step halved as long as it goes up. The standard errors are the roots of the
// diagonal of the inverse Hessian, penalty included.
func (d *design) fit(ridge float64, limit int) (*descent, error) {
	n := float64(len(d.target))
	hits := 0.0
	for _, t := range d.target {
		hits += t
	}
	if !(hits > 0 && hits < n) {
		return nil, ErrOutcomes
	}
	f := &descent{design: d, ridge: ridge, limit: limit,
		beta: make([]float64, d.columns), errs: make([]float64, d.columns), odds: make([]float64, len(d.target)),
		gradient: make([]float64, d.columns), hessian: make([]float64, d.columns*d.columns), idle: make([]bool, d.columns)}
	f.beta[0] = math.Log(hits / (n - hits))
	return f, f.run()
}

func (f *descent) run() error {
	n := float64(len(f.target))
	loss := f.loss(f.beta)
	f.out.Losses = append(f.out.Losses, loss/n)
	var chol mat.Cholesky
	step, next := mat.NewVecDense(f.columns, nil), make([]float64, f.columns)
	for {
		f.slopes()
		if !chol.Factorize(mat.NewSymDense(f.columns, f.hessian)) || chol.SolveVecTo(step, mat.NewVecDense(f.columns, f.gradient)) != nil {
			if f.out.Steps > 0 { // the columns are sound, and some rows have become certain
				return ErrSeparable
			}
			return ErrSingular
		}
		left, steepest := 0.0, 0.0
		for j, g := range f.gradient {
			left += g * step.AtVec(j)
			steepest = max(steepest, math.Abs(g))
		}
		f.out.Gradient = steepest / n
		if left < 1e-16*max(1, loss) {
			break
		}
		if f.out.Steps == f.limit {
			return fmt.Errorf("%w in %d steps", ErrSteps, f.limit)
		}
		f.out.Steps++
		var lower float64
		for scale := 1.0; ; scale /= 2 {
			for j := range next {
				next[j] = f.beta[j] - scale*step.AtVec(j)
			}
			if lower = f.loss(next); lower <= loss+1e-13*math.Abs(loss) {
				break
			}
			if f.out.Halvings++; scale < 1e-9 {
				return fmt.Errorf("%w: the loss does not fall any more at step %d", ErrSteps, f.out.Steps)
			}
		}
		loss = lower
		copy(f.beta, next)
		f.out.Losses = append(f.out.Losses, loss/n)
		if f.out.Separated && f.ridge == 0 {
			return ErrSeparable
		}
	}
	return f.deviate(&chol)
}

// deviate finds the standard errors. Without a penalty one that is beyond all reason shows a coefficient that was on
// its way to infinity.
func (f *descent) deviate(chol *mat.Cholesky) error {
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return ErrSingular
	}
	for j := range f.errs {
		if f.idle[j] {
			continue
		}
		f.errs[j] = math.Sqrt(inverse.At(j, j))
		if f.ridge == 0 && f.errs[j] > 1000 {
			return ErrSeparable
		}
	}
	return nil
}

// loss is the penalised loss at beta. It leaves the log-odds of the rows, and whether beta tells all rows apart.
func (f *descent) loss(beta []float64) float64 {
	sum, apart := 0.0, true
	for i, t := range f.target {
		x := beta[0]
		for j, v := range f.numbers[i*f.dense : (i+1)*f.dense] {
			x += beta[1+j] * v
		}
		for _, one := range f.ones[i*f.sparse : (i+1)*f.sparse] {
			if one >= 0 {
				x += beta[one]
			}
		}
		f.odds[i] = x
		sum += max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) - t*x
		apart = apart && (t == 1 && x > 0 || t == 0 && x < 0)
	}
	f.out.Separated = apart
	for _, b := range beta[1:] {
		sum += f.ridge / 2 * b * b
	}
	return sum
}

// slopes finds the gradient and the Hessian at the log-odds of the rows. It takes products with the ones for free.
func (f *descent) slopes() {
	clear(f.gradient)
	clear(f.hessian)
	g, h, p := f.gradient, f.hessian, f.columns
	for i, t := range f.target {
		prob := sigmoid(f.odds[i])
		r, w := prob-t, prob*(1-prob)
		numbers, ones := f.numbers[i*f.dense:(i+1)*f.dense], f.ones[i*f.sparse:(i+1)*f.sparse]
		g[0] += r
		h[0] += w
		for j, v := range numbers {
			g[1+j] += r * v
			wv := w * v
			h[1+j] += wv
			line := h[(1+j)*p+1 : (1+j)*p+1+len(numbers)]
			for k := j; k < len(numbers); k++ {
				line[k] += wv * numbers[k]
			}
			line = h[(1+j)*p : (2+j)*p]
			for _, one := range ones {
				if one >= 0 {
					line[one] += wv
				}
			}
		}
		for a, one := range ones {
			if one < 0 {
				continue
			}
			g[one] += r
			h[one] += w
			line := h[int(one)*p : (int(one)+1)*p]
			for _, other := range ones[a:] {
				if other >= 0 {
					line[other] += w
				}
			}
		}
	}
	for j := 1; j < p; j++ {
		g[j] += f.ridge * f.beta[j]
		h[j*p+j] += f.ridge
		if h[j*p+j] == 0 { // nobody has anything in the column: its coefficient stays 0
			h[j*p+j] = 1
			f.idle[j] = true
		}
	}
}

func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}
