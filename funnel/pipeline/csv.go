package pipeline

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/marque-go/marque"
)

// CSV writes a line per period and stage. Times are RFC 3339, dwell is in seconds.
func (r Report) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"pipeline", "from", "to", "stage", "opening", "in", "new", "forward", "back", "lost", "stock", "left", "dwell_median", "dwell_p90"})
	for _, f := range r.Flows {
		out.Write(append([]string{r.Pipeline, f.From.Format(time.RFC3339), f.To.Format(time.RFC3339), f.Stage},
			append(whole(f.Opening, f.In, f.New, f.Forward, f.Back, f.Lost, f.Stock, f.Dwell.N), seconds(f.Dwell.Median), seconds(f.Dwell.P90))...))
	}
	out.Flush()
	return out.Error()
}

// StagesCSV writes a line per stage. Rates are fractions, dwell is in seconds.
func (r Report) StagesCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"pipeline", "at", "stage", "in", "new", "forward", "back", "lost", "stock",
		"trips", "next", "next_low", "next_high", "final", "final_low", "final_high", "dwell_mean", "dwell_median", "dwell_p90", "mean_stock", "little_gap"})
	for _, s := range r.Stages {
		row := append([]string{r.Pipeline, r.At.Format(time.RFC3339), s.Stage}, whole(s.In, s.New, s.Forward, s.Back, s.Lost, s.Stock, int(s.Final.N))...)
		for _, p := range []struct{ rate, low, high float64 }{
			{s.Next.Rate, s.Next.Interval.Low, s.Next.Interval.High}, {s.Final.Rate, s.Final.Interval.Low, s.Final.Interval.High}} {
			row = append(row, number(p.rate), number(p.low), number(p.high))
		}
		out.Write(append(row, seconds(s.Dwell.Mean), seconds(s.Dwell.Median), seconds(s.Dwell.P90), number(s.Little.Stock), number(s.Little.Gap)))
	}
	out.Flush()
	return out.Error()
}

func whole(ns ...int) []string {
	out := make([]string, len(ns))
	for i, n := range ns {
		out[i] = strconv.Itoa(n)
	}
	return out
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 10, 64) }

func seconds(d marque.Duration) string { return number(float64(d) / float64(marque.Second)) }
