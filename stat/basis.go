package stat

// Options are the choices that all intervals and verdicts share.
type Options struct {
	// Level is the confidence of intervals, in (0, 1). Default 0.95.
	Level float64
	// Alpha is the level below which SRM refuses a verdict. Default 0.001.
	Alpha float64
}

func (o *Options) level() float64 {
	if o == nil || !(o.Level > 0 && o.Level < 1) {
		return 0.95
	}
	return o.Level
}

func (o *Options) alpha() float64 {
	if o == nil || !(o.Alpha > 0 && o.Alpha < 1) {
		return 0.001
	}
	return o.Alpha
}

// z is the quantile that a two-sided normal interval of the level takes.
func (o *Options) z() float64 { return -Quantile((1 - o.level()) / 2) }

// A Basis says how a result was found.
type Basis struct {
	Method  string   `json:"method"`  // "two-proportion z test, pooled variance"
	Assumes []string `json:"assumes"` // what must hold for the result to mean what it says
}

// A Reason says why a result has no answer. It is empty where it has one.
type Reason string

// The reasons.
const (
	NoData        Reason = "no_data"        // an arm has no units
	BadCount      Reason = "bad_count"      // a count below zero, more hits than units, or a weight that is no number
	NoVariance    Reason = "no_variance"    // all values are equal: there is nothing to test
	NoConversions Reason = "no_conversions" // a ratio needs at least one conversion on both sides
	OneArm        Reason = "one_arm"        // fewer than two arms can have units
	Mismatch      Reason = "ratio_mismatch" // units are not split as planned: no verdict on their outcome
)

// An Interval holds the true value with the given confidence, in the long run of such intervals.
type Interval struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Level float64 `json:"level"` // 0.95
}

// Has reports whether x lies in the interval, ends included.
func (i Interval) Has(x float64) bool { return i.Low <= x && x <= i.High }

// Scale multiplies both ends by k, not below zero.
func (i Interval) Scale(k float64) Interval { return Interval{i.Low * k, i.High * k, i.Level} }

const (
	independent = "units are independent of one another"
	oneLook     = "the data are looked at once, at a size fixed beforehand"
	randomised  = "units were assigned at random"
)
