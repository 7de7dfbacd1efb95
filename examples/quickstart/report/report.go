package report

import "github.com/marque-go/marque"

// A Report is everything there is to tell. Sections stand in the order of the fields.
type Report struct {
	Title    string
	Lead     string // one or two sentences under the title
	Note     string // what a reader must know: "The shop is synthetic (seed 1)."
	Currency string // ISO 4217, of all amounts. Default CNY.

	Figures     []Figure
	Files       []File
	Funnels     []Funnel
	Trends      []Trend
	Flows       []Flow
	Journeys    []Journey
	Experiments []Experiment
	Coupons     []Coupon
	Channels    []Channel
	Tags        []Tag
	Chapters    []Chapter
	Tables      []Table
}

// A Figure is one number that stands out: "Orders", "24,301", "1.2 a person".
type Figure struct{ Label, Value, Note string }

// A File is an input that was read line by line.
type File struct {
	Name          string
	Rows, Refused int
	Faults        []string // some of the refusals: "campaigns.csv:12:5: no such household"
}

// A Funnel is a list of steps that people pass in order.
type Funnel struct {
	Title, Lead string
	Unit        string // what is counted. Default "people".
	Steps       []Step
}

// A Step of a funnel. Low and High bound its share of the first step; both zero: unknown.
type Step struct {
	Name      string
	Count     int
	Low, High float64
	Median    marque.Duration // from the step before; zero: unknown
}

// A Trend is a set of lines over time, as the sizes of segments by day.
type Trend struct {
	Title, Lead string
	Labels      []string
	Series      []Series
}

// A Series is one line of a Trend: a value for each label, NaN where there is none.
type Series struct {
	Name   string
	Values []float64
}

// A Flow is how many came into, left and were in each stage, period by period: In[period][stage].
type Flow struct {
	Title, Lead    string
	Stages         []string
	Periods        []string
	In, Out, Stock [][]int
}

// A Journey is a graph that people walked.
type Journey struct {
	Title, Lead            string
	Entered, Running, Done int
	Nodes                  []Node
	Edges                  []Edge
	Exits, Refused         []Count // by reason: who left, who was not let in
}

// A Node of a journey. The first word of Kind gives its colour: entry, send, wait, branch, split, tag, coupon,
// journey, exit.
type Node struct {
	ID, Kind, Label string
	Entered         int
	Waiting         int // there now
}

// An Edge of a journey and how many went along it.
type Edge struct {
	From, To, Label string
	Count           int
}

// A Count is a number by name.
type Count struct {
	Name string
	N    int
}

// An Experiment compares its first arm with its last, the control.
type Experiment struct {
	Title, Lead string
	Metric      string  // what counts as converted: "ordered within 7 days"
	Method      string  // how interval and p-value were found
	Level       float64 // of the intervals. Default 0.95.
	Arms        []Arm

	Diff, Low, High, P float64 // of the rates, first minus last
	// Orders is how many conversions in the first arm would not have been without it.
	Orders, OrdersLow, OrdersHigh float64
	Cost                          marque.Money // what the first arm cost beyond the control
	Refused                       string       // why there is no verdict: "the arms are not of the planned sizes (p = 1e-9)"
}

// An Arm of an experiment. Low and High bound its rate.
type Arm struct {
	Name              string
	People, Converted int
	Low, High         float64
	Revenue           marque.Money
}

// A Coupon is a batch of coupons.
type Coupon struct {
	Name                               string
	Issued, Redeemed, Expired, Running int
	Cost, Budget, Revenue              marque.Money // taken off; the limit, 0 for none; of the orders it was used on
}

// A Channel is a way of sending.
type Channel struct {
	Name                                             string
	Sent, Unreachable, Held, Opened, Clicked, OptOut int
}

// A Tag is a label and who has it.
type Tag struct {
	Name                   string
	People, Added, Removed int
}

// A Chapter is a section of several tables.
type Chapter struct {
	Title, Lead string
	Tables      []Table
}

// A Table is anything else. A column whose cells all begin like numbers is set to the right.
type Table struct {
	Title, Lead string
	Columns     []string
	Rows        [][]string
	Words       []string // sentences below
}
