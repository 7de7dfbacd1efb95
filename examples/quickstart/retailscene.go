package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/examples/quickstart/retail"
	"github.com/marque-go/marque/funnel"
	"github.com/marque-go/marque/loop"
)

//go:embed retail/program
var retailProgram embed.FS

// midYear is the day on which the sizes of segments are reported beside those at the end.
var midYear = time.Date(2017, 7, 1, 0, 0, 0, 0, time.UTC)

// runRetail replays the Complete Journey files and reports.
func runRetail(ctx context.Context, o options, progress io.Writer) (report.Report, error) {
	began := time.Now()
	dir, err := fs.Sub(retailProgram, "retail/program")
	if err != nil {
		return report.Report{}, err
	}
	program, err := loop.Load(dir)
	if err != nil {
		return report.Report{}, err
	}
	plan, err := loop.Compile(program, loop.Host{})
	if err != nil {
		return report.Report{}, err
	}
	data := retail.Read(os.DirFS(o.data))
	var missing []error
	for _, f := range data.Faults {
		if f.Whole() {
			missing = append(missing, f)
		}
	}
	if len(missing) > 0 {
		return report.Report{}, errors.Join(missing...)
	}
	for _, f := range data.Faults {
		fmt.Fprintln(progress, "refused", f)
	}
	if len(data.Events) == 0 {
		return report.Report{}, errors.New("no row could be read")
	}
	l := loop.New(plan, loop.Memory(), &loop.Options{
		NewID: func(first marque.ID) string { return marque.Key("person", first.Kind, first.Value) },
	})
	s := &retailScene{plan: plan, loop: l, sizes: newSizes(l.Segments(), 0), data: data}
	if err := s.play(ctx, progress); err != nil {
		return report.Report{}, err
	}
	r, err := s.report(ctx)
	fmt.Fprintf(progress, "took %.1f s\n", time.Since(began).Seconds())
	r.Note = "Data: Complete Journey 2.0 (84.51°, CC0), 2017, a sample of the lines. Nothing is invented: what is not in the files did not happen."
	return r, err
}

type retailScene struct {
	plan  *loop.Plan
	loop  *loop.Loop
	sizes *sizes
	data  *retail.Data
	end   time.Time
}

// play replays the events in order of time and notes the sizes of segments on the first of each month.
func (s *retailScene) play(ctx context.Context, progress io.Writer) error {
	month := firstOfNext(s.data.Events[0].At)
	for i, e := range s.data.Events {
		for ; !e.At.Before(month); month = firstOfNext(month) {
			if err := s.month(ctx, month); err != nil {
				return err
			}
			fmt.Fprintf(progress, "%s: %d of %d events\n", month.Format(time.DateOnly), i, len(s.data.Events))
		}
		if err := s.loop.Track(ctx, e); err != nil {
			return err
		}
	}
	s.end = s.data.Events[len(s.data.Events)-1].At.Add(time.Second)
	return s.loop.Advance(ctx, s.end)
}

func (s *retailScene) month(ctx context.Context, at time.Time) error {
	if err := s.loop.Advance(ctx, at); err != nil {
		return err
	}
	return s.sizes.note(ctx, at)
}

func firstOfNext(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}

func (s *retailScene) report(ctx context.Context) (report.Report, error) {
	g, err := read(ctx, s.loop, s.plan)
	if err != nil {
		return report.Report{}, err
	}
	var lines, redeemed int
	var revenue marque.Money
	for _, e := range s.data.Events {
		switch e.Name {
		case "purchase":
			lines++
			amount, _ := e.Props["amount"].(int64)
			revenue += marque.Money(amount)
		case "coupon_redeemed":
			redeemed++
		}
	}
	r := report.Report{
		Title: "A retailer's year", Lead: "Six files of real data, replayed in order of time through the definitions in retail/program/.", Currency: "USD",
		Figures: []report.Figure{
			{Label: "Receipt lines", Value: report.Number(lines)},
			{Label: "Sales", Value: report.Money(revenue, "USD"), Note: "of those lines"},
			{Label: "Coupons redeemed", Value: report.Number(redeemed)},
		},
		Files:  s.files(),
		Trends: []report.Trend{s.sizes.trend("Segments, month by month", "2006-01", time.UTC)},
		Tables: []report.Table{s.midYear()},
	}
	campaigns, err := s.campaigns(ctx)
	if err != nil {
		return r, err
	}
	f := funnelOf(campaigns.Funnel, campaigns.Row, campaigns.Window)
	f.Unit = "campaigns received"
	r.Funnels = []report.Funnel{f}
	r.Flows = g.flows(s.plan, s.end)
	if r.Journeys, err = journeys(ctx, s.loop, s.plan); err != nil {
		return r, err
	}
	r.Tables = append(r.Tables, byCampaign(campaigns))
	for _, d := range s.loop.Tags().Plan().Defs() {
		n, err := holders(ctx, s.loop.Tags(), d.Name)
		if err != nil {
			return r, err
		}
		t := g.tag(d.Name)
		r.Tags = append(r.Tags, report.Tag{Name: d.Name, People: n, Added: t.added, Removed: t.removed})
	}
	return r, nil
}

func (s *retailScene) files() []report.File {
	var files []report.File
	for _, c := range s.data.Counts {
		f := report.File{Name: c.File, Rows: c.Read, Refused: c.Refused}
		for _, x := range s.data.Faults {
			if x.File == c.File && len(f.Faults) < 5 {
				f.Faults = append(f.Faults, x.Error())
			}
		}
		files = append(files, f)
	}
	return files
}

// midYear tells how many people each segment had on one day.
func (s *retailScene) midYear() report.Table {
	t := report.Table{Title: "Segments on " + midYear.Format(time.DateOnly), Columns: []string{"segment", "households"}}
	if k := slices.IndexFunc(s.sizes.at, midYear.Equal); k >= 0 {
		for i, name := range s.sizes.names {
			t.Rows = append(t.Rows, []string{name, report.Number(s.sizes.rows[k][i])})
		}
	}
	return t
}

// campaigns runs the redemption funnel over pairs of household and campaign: who received one campaign and redeemed
// a coupon of another has not come through.
func (s *retailScene) campaigns(ctx context.Context) (funnel.Result, error) {
	c := funnel.NewCounter(s.plan.Funnels()[0], nil)
	for e, err := range s.loop.Profiles().Log(ctx, nil) {
		if err != nil {
			return funnel.Result{}, err
		}
		if campaign, ok := e.Props["campaign"].(string); ok {
			e.Profile += "/" + campaign
			if err := c.Add(e); err != nil {
				return funnel.Result{}, err
			}
		}
	}
	return c.Result(), nil
}

// byCampaign is the redemption funnel, campaign by campaign.
func byCampaign(r funnel.Result) report.Table {
	t := report.Table{Title: r.Funnel + ", by campaign", Columns: []string{"campaign", "received", "bought", "redeemed", "rate", "interval"}}
	for _, g := range r.Groups {
		row := []string{"campaign " + g.Value}
		for _, step := range g.Steps {
			row = append(row, report.Number(step.People))
		}
		t.Rows = append(t.Rows, append(row, report.Percent(g.Rate.Rate),
			fmt.Sprintf("%s to %s", report.Percent(g.Rate.Interval.Low), report.Percent(g.Rate.Interval.High))))
	}
	slices.SortStableFunc(t.Rows, func(a, b []string) int {
		if d := len(a[0]) - len(b[0]); d != 0 {
			return d
		}
		return strings.Compare(a[0], b[0])
	})
	return t
}
