package report

import (
	"fmt"
	"strings"

	"github.com/marque-go/marque/internal/svg"
)

func (r *Report) experiment(x Experiment) block {
	level := x.Level
	if level == 0 {
		level = .95
	}
	interval := svg.Percent(level, 0) + " interval"
	b := block{title: x.Title, lead: x.Lead,
		table: Table{Columns: []string{"arm", "people", x.Metric, "rate", interval, "paid"}}}
	var rows []svg.Interval
	for _, a := range x.Arms {
		rate, within := ratio(a.Converted, a.People), bounds(a.Low, a.High)
		if a.People == 0 {
			within = ""
		}
		paid := ""
		if a.Revenue != 0 {
			paid = Money(a.Revenue, r.Currency)
		}
		b.table.Rows = append(b.table.Rows, []string{a.Name, Number(a.People), Number(a.Converted), Share(a.Converted, a.People), within, paid})
		if a.People == 0 {
			continue
		}
		rows = append(rows, svg.Interval{Name: a.Name, Value: rate, Low: a.Low, High: a.High,
			Text: strings.TrimSpace(Percent(rate) + "  " + within)})
	}
	difference := []svg.Interval{{Name: "Difference, in points", Value: x.Diff, Low: x.Low, High: x.High,
		Text: fmt.Sprintf("%s  %s", points(x.Diff), bounds(x.Low, x.High))}}
	b.after = r.verdict(x, interval)
	b.desc = b.after
	b.draw = func(fig svg.Figure) []string {
		var pictures []string
		if len(rows) > 0 {
			pictures = append(pictures, svg.Forest(fig, rows, tick))
		}
		if x.Refused == "" {
			fig.ID += "d"
			fig.Title += ": the difference"
			fig.Desc = "" // told with the arms
			pictures = append(pictures, svg.Forest(fig, difference, points))
		}
		return pictures
	}
	if x.Method != "" {
		b.words = []string{"Method: " + sentence(x.Method)}
	}
	return b
}

// verdict says what came out, and no more than that.
func (r *Report) verdict(x Experiment, interval string) string {
	if x.Refused != "" {
		return "No verdict: " + sentence(x.Refused)
	}
	if len(x.Arms) < 2 {
		return ""
	}
	a, c := x.Arms[0], x.Arms[len(x.Arms)-1]
	s := fmt.Sprintf("%s: %s of %s against %s of %s, a difference of %s points (%s %s to %s, %s).", x.Metric,
		Percent(ratio(a.Converted, a.People)), a.Name, Percent(ratio(c.Converted, c.People)), c.Name,
		points(x.Diff), interval, points(x.Low), points(x.High), pvalue(x.P))
	if s != "" {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if x.High < 0 {
		return s + " So it did harm."
	}
	if !(x.Low > 0) {
		return s + " The interval does not exclude that there is no effect, or a harmful one."
	}
	s += fmt.Sprintf(" So about %s of its conversions (%s to %s) would not have been without it", rounded(x.Orders), rounded(x.OrdersLow), rounded(x.OrdersHigh))
	if each := perOrder(x.Cost, x.Orders, r.Currency); each != "" {
		s += fmt.Sprintf(", at %s each (%s in all)", each, Money(x.Cost, r.Currency))
	}
	return s + "."
}

// tick writes a share on an axis, with a digit after the point where it has one.
func tick(v float64) string {
	if text := svg.Percent(v, 1); !strings.HasSuffix(text, ".0%") {
		return text
	}
	return svg.Percent(v, 0)
}
