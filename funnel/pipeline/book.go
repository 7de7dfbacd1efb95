package pipeline

import (
	"slices"
	"sort"
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A book holds what happened, by period and stage. Its periods follow one another without a gap.
type book struct {
	unit   civil.Unit
	loc    *time.Location
	starts []rule.Instant // of the periods
	end    rule.Instant   // of the last
	cells  [][]cell       // by period, then stage
	totals []total        // by stage
}

type cell struct {
	in, fresh           int
	forward, back, lost int
	dwell               []rule.Instant // of those who left
	area                int64          // person-milliseconds in the stage
}

// total counts trips.
type total struct{ trips, onward, final int }

const maxPeriods = 20_000

func newBook(p *Plan) book {
	return book{unit: p.unit, loc: p.loc, totals: make([]total, len(p.def.Stages))}
}

// reach lets the periods cover an instant. It is false where that would take too many.
func (b *book) reach(at rule.Instant) bool {
	stages := len(b.totals)
	bounds := func(at rule.Instant) (start, end rule.Instant) {
		s, e := civil.Bounds(b.unit, time.UnixMicro(int64(at)), b.loc)
		return rule.Instant(s.UnixMicro()), rule.Instant(e.UnixMicro())
	}
	if len(b.starts) == 0 {
		start, end := bounds(at)
		b.starts, b.end, b.cells = []rule.Instant{start}, end, [][]cell{make([]cell, stages)}
		return true
	}
	var before []rule.Instant
	for first := b.starts[0]; at < first; first = before[len(before)-1] {
		start, _ := bounds(first - 1)
		if before = append(before, start); len(before)+len(b.starts) > maxPeriods {
			return false
		}
	}
	if len(before) > 0 {
		slices.Reverse(before)
		b.starts = append(before, b.starts...)
		cells := make([][]cell, len(before), len(b.starts))
		for i := range cells {
			cells[i] = make([]cell, stages)
		}
		b.cells = append(cells, b.cells...)
	}
	starts, end := b.starts, b.end
	for at >= end {
		start, next := bounds(end)
		if starts, end = append(starts, start), next; len(starts) > maxPeriods {
			return false
		}
	}
	for range len(starts) - len(b.starts) {
		b.cells = append(b.cells, make([]cell, stages))
	}
	b.starts, b.end = starts, end
	return true
}

// period is the number of the period that an instant within reach lies in.
func (b *book) period(at rule.Instant) int {
	if last := len(b.starts) - 1; at >= b.starts[last] {
		return last
	}
	return sort.Search(len(b.starts), func(i int) bool { return b.starts[i] > at }) - 1
}

func (b *book) cell(at rule.Instant, stage int) *cell { return &b.cells[b.period(at)][stage] }

// stay spreads the time that a person was in a stage over the periods.
func (b *book) stay(stage int, from, to rule.Instant) {
	for i := b.period(from); from < to; i++ {
		end := to
		if i+1 < len(b.starts) {
			end = min(to, b.starts[i+1])
		}
		b.cells[i][stage].area += int64(end/1000 - from/1000)
		from = end
	}
}

// clone is a copy to add to; what was counted stays as it is.
func (b *book) clone() book {
	c := *b
	c.starts, c.totals = slices.Clone(b.starts), slices.Clone(b.totals)
	c.cells = make([][]cell, len(b.cells))
	for i, row := range b.cells {
		c.cells[i] = slices.Clone(row)
		for j := range row {
			c.cells[i][j].dwell = slices.Clone(row[j].dwell)
		}
	}
	return c
}
