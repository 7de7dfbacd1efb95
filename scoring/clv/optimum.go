package clv

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// Options bound a fit.
type Options struct {
	// Evaluations is how often the search computes the likelihood of all customers at most. The last steps and the
	// standard errors come on top, with some hundred more. Default 5000.
	Evaluations int
}

// A Fit says how the parameters of a model were found. It is zero for a model made from given parameters.
type Fit struct {
	// LogLikelihood is the natural logarithm of the density of the data, summed over customers.
	LogLikelihood float64 `json:"log_likelihood"`
	Customers     int     `json:"customers"` // that tell something of the model
	Rows          int     `json:"rows"`      // different ones among them
	Iterations    int     `json:"iterations"`
	Evaluations   int     `json:"evaluations"` // of the likelihood of all customers
	// Converged: the gradient is below 1e-6 and the likelihood is curved downwards in all directions.
	Converged bool `json:"converged"`
	// Gradient is the largest partial derivative of the mean log-likelihood by the logarithm of a parameter.
	Gradient float64 `json:"gradient"`
	// StdErr are the standard errors of the parameters, in the order of their struct, from the curvature of the
	// log-likelihood by the logarithms of the parameters (delta method). Nil where there is none.
	StdErr []float64 `json:"std_err,omitempty"`
	// Correlation is that of X and Spend among repeat buyers, of a Gamma-Gamma fit.
	Correlation float64 `json:"correlation,omitempty"`
	// Warnings are sentences for people.
	Warnings []string `json:"warnings,omitempty"`
}

func (f Fit) clone() Fit {
	f.StdErr, f.Warnings = slices.Clone(f.StdErr), slices.Clone(f.Warnings)
	return f
}

const (
	edge      = 30   // the logarithm of a parameter stays within ±30
	step      = 1e-3 // of numeric derivatives, in the logarithm of a parameter
	flat      = 1e-6 // a gradient below this is taken for none
	smallest  = 1e-9 // curvature that is told from rounding
	simplex   = 0.3
	patience  = 20
	precision = 1e-9
)

// objective is the mean negative log-likelihood as a function of the logarithms of the parameters.
type objective struct {
	f           func(p []float64) float64
	p           []float64
	evaluations int
}

func (o *objective) at(x []float64) float64 {
	o.evaluations++
	for i, v := range x {
		if !(math.Abs(v) <= edge) {
			return math.Inf(1)
		}
		o.p[i] = math.Exp(v)
	}
	if v := o.f(o.p); !math.IsNaN(v) {
		return v
	}
	return math.Inf(1)
}

// gradient by central differences of fourth order.
func (o *objective) gradient(g, x []float64) {
	y := slices.Clone(x)
	at := func(i int, d float64) float64 {
		y[i] = x[i] + d
		return o.at(y)
	}
	for i := range x {
		g[i] = (8*(at(i, step)-at(i, -step)) - (at(i, 2*step) - at(i, -2*step))) / (12 * step)
		y[i] = x[i]
	}
}

// hessian by central differences of second order.
func (o *objective) hessian(h *mat.SymDense, x []float64) {
	y := slices.Clone(x)
	at := func(i int, di float64, j int, dj float64) float64 {
		copy(y, x)
		y[i] += di
		y[j] += dj
		return o.at(y)
	}
	centre := o.at(x)
	for i := range x {
		h.SetSym(i, i, (at(i, step, i, 0)-2*centre+at(i, -step, i, 0))/(step*step))
		for j := range i {
			h.SetSym(i, j, (at(i, step, j, step)-at(i, step, j, -step)-at(i, -step, j, step)+at(i, -step, j, -step))/(4*step*step))
		}
	}
}

// maximum finds the parameters, all positive, that minimise mean, the mean negative log-likelihood of n customers.
// A simplex (Nelder and Mead 1965) gets near from start, then Newton's method takes the last steps.
func maximum(mean func(p []float64) float64, start []float64, n float64, rows int, names []string, options *Options) ([]float64, Fit, error) {
	limit := 5000
	if options != nil && options.Evaluations != 0 {
		limit = options.Evaluations
	}
	if limit < 0 {
		return nil, Fit{}, fmt.Errorf("clv: evaluations: %d is negative", limit)
	}
	o := &objective{f: mean, p: make([]float64, len(start))}
	x := make([]float64, len(start))
	for i, p := range start {
		x[i] = min(max(math.Log(p), 1-edge), edge-1)
	}
	problem := optimize.Problem{Func: o.at}
	near, err := optimize.Minimize(problem, x, &optimize.Settings{
		FuncEvaluations: limit,
		Converger:       &optimize.FunctionConverge{Absolute: precision, Iterations: patience},
	}, &optimize.NelderMead{SimplexSize: simplex})
	if near == nil || math.IsInf(near.F, 0) {
		return nil, Fit{}, fmt.Errorf("clv: no likelihood at the start: %w", err)
	}
	fit := Fit{Customers: int(n), Rows: rows, Iterations: near.MajorIterations}
	x = near.X
	if inside(x) && o.evaluations < limit {
		problem.Grad, problem.Hess = o.gradient, o.hessian
		// Near the optimum the line search finds nothing better, which is an error there and none here.
		last, _ := optimize.Minimize(problem, x, &optimize.Settings{
			GradientThreshold: precision,
			MajorIterations:   20,
			Converger:         &optimize.FunctionConverge{Absolute: 1e-13, Iterations: 2},
		}, &optimize.Newton{})
		if last != nil && last.F <= near.F && inside(last.X) {
			x = last.X
			fit.Iterations += last.MajorIterations
		}
	}
	o.look(&fit, x, n, names)
	return slices.Clone(o.p), fit, nil
}

// inside reports whether derivatives can be taken at x.
func inside(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return !(math.Abs(v) < edge-1) })
}

// look describes the optimum x and leaves its parameters in o.p.
func (o *objective) look(fit *Fit, x []float64, n float64, names []string) {
	if inside(x) {
		g := make([]float64, len(x))
		o.gradient(g, x)
		for _, v := range g {
			fit.Gradient = max(fit.Gradient, math.Abs(v))
		}
		if math.IsNaN(fit.Gradient) {
			fit.Gradient = math.MaxFloat64
		}
		fit.Gradient = min(fit.Gradient, math.MaxFloat64) // JSON knows no infinity
		h := mat.NewSymDense(len(x), nil)
		o.hessian(h, x)
		fit.StdErr = deviations(h, x, n)
		fit.Converged = fit.Gradient < flat && fit.StdErr != nil
	}
	if !fit.Converged {
		fit.Warnings = append(fit.Warnings, "the fit did not converge: the data may not determine all parameters")
	}
	for i, v := range x {
		if math.Abs(v) > edge/2 {
			fit.Warnings = append(fit.Warnings, fmt.Sprintf("%s ran away to %.3g", names[i], math.Exp(v)))
		}
	}
	fit.LogLikelihood = -n * o.at(x)
	fit.Evaluations = o.evaluations
}

// deviations are the standard errors of the parameters whose logarithms are x, nil where h has no sound inverse.
func deviations(h *mat.SymDense, x []float64, n float64) []float64 {
	var eigen mat.EigenSym
	if !eigen.Factorize(h, false) || slices.Min(eigen.Values(nil)) < smallest {
		return nil
	}
	var chol mat.Cholesky
	var inverse mat.SymDense
	if !chol.Factorize(h) || chol.InverseTo(&inverse) != nil {
		return nil
	}
	errs := make([]float64, len(x))
	for i, v := range x {
		errs[i] = math.Exp(v) * math.Sqrt(inverse.At(i, i)/n)
		if math.IsNaN(errs[i]) || math.IsInf(errs[i], 0) {
			return nil
		}
	}
	return errs
}

// A sum adds without the rounding of its many terms (Neumaier 1974).
type sum struct{ value, lost float64 }

func (s *sum) add(v float64) {
	t := s.value + v
	if math.Abs(s.value) >= math.Abs(v) {
		s.lost += s.value - t + v
	} else {
		s.lost += v - t + s.value
	}
	s.value = t
}

func (s *sum) total() float64 { return s.value + s.lost }
