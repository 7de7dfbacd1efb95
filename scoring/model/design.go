package model

import (
	"fmt"
	"math"
	"slices"
)

// A design is the training rows as the fit reads them: column 0 is the intercept, then the numbers of each row, then
// columns of zeros and ones, of which only the places of the ones are kept, at most one for each feature.
type design struct {
	columns int
	dense   int // numbers of a row
	sparse  int // places of a row
	numbers []float64
	ones    []int32   // ascending within a row, -1 for none
	target  []float64 // 1 for a hit
}

// A layout says which columns a feature has.
type layout struct {
	Feature           // with all levels of a category
	mean, sd  float64 // of a number; sd is 0 where it has no variation
	counts    []int   // training rows of each level; of a bool, of false and true
	byCode    []int32 // level of each code of the table's column, -1 where there is none
	dropped   bool    // a bool that is always the same
	main      int     // the first column but that of missing values, 0 for none
	missing   int     // 0 for none
	missed    int     // training rows without a value
	asMissing bool
}

// layOut learns levels, means and deviations from the training rows, the latter two from all rows where told.
func layOut(t *Table, train []int, all bool, limit int) ([]layout, int, error) {
	ls, next := make([]layout, len(t.schema)), 1
	for i := range ls {
		l := &ls[i]
		l.Feature = t.schema[i]
		l.asMissing = l.Missing == AsColumn
		l.count(t, i, train)
		if l.Kind == Number {
			l.scale(t.columns[i].numbers, train, all)
			l.main = next
			next++
		}
	}
	for i := range ls {
		l := &ls[i]
		wide := 0
		switch {
		case l.Kind == Category:
			wide = max(len(l.Levels)-1, 0)
		case l.Kind == Bool && !l.dropped:
			wide = 1
		}
		if wide > 0 {
			l.main = next
		}
		next += wide
		if l.asMissing {
			l.missing = next
			next++
		}
	}
	if next-1 > limit {
		widest := slices.MaxFunc(ls, func(a, b layout) int { return len(a.Levels) - len(b.Levels) })
		return nil, 0, fmt.Errorf("model: the features make %d columns, more than %d: %q alone has %d levels", next-1, limit, widest.Name, len(widest.Levels))
	}
	return ls, next, nil
}

func (l *layout) count(t *Table, i int, train []int) {
	c := &t.columns[i]
	if l.Kind == Number {
		for _, row := range train {
			if math.IsNaN(c.numbers[row]) {
				l.missed++
			}
		}
		return
	}
	byCode := make([]int, max(len(c.texts), 2))
	for _, row := range train {
		if code := c.codes[row]; code >= 0 {
			byCode[code]++
		} else {
			l.missed++
		}
	}
	if l.Kind == Bool {
		l.counts = byCode
		l.dropped = byCode[0] == 0 || byCode[1] == 0
		return
	}
	if len(l.Levels) == 0 {
		for code, text := range c.texts {
			if byCode[code] > 0 {
				l.Levels = append(l.Levels, text)
			}
		}
		slices.Sort(l.Levels)
	}
	l.counts, l.byCode = make([]int, len(l.Levels)), make([]int32, len(c.texts))
	for code, text := range c.texts {
		level, ok := slices.BinarySearch(l.Levels, text)
		if !ok {
			level = -1
		} else {
			l.counts[level] = byCode[code]
		}
		l.byCode[code] = int32(level)
	}
}

// scale finds the mean and the standard deviation, by the number of rows, in two passes.
func (l *layout) scale(numbers []float64, train []int, all bool) {
	values := make([]float64, 0, len(numbers))
	if all {
		values = append(values, numbers...)
	} else {
		for _, row := range train {
			values = append(values, numbers[row])
		}
	}
	values = slices.DeleteFunc(values, math.IsNaN)
	if len(values) == 0 {
		return
	}
	low, high, n := slices.Min(values), slices.Max(values), float64(len(values))
	if low == high { // exactly, which the sums below may miss
		l.mean = low
		return
	}
	for _, x := range values {
		l.mean += x / n
	}
	square := 0.0
	for _, x := range values {
		square += (x - l.mean) / n * (x - l.mean)
	}
	l.sd = math.Sqrt(square)
}

// encode makes the design of the training rows.
func encode(t *Table, ls []layout, columns int, train []int) *design {
	d := &design{columns: columns}
	for i := range ls {
		if ls[i].Kind == Number {
			d.dense++
		}
		if ls[i].Kind != Number || ls[i].asMissing {
			d.sparse++
		}
	}
	d.numbers = make([]float64, 0, len(train)*d.dense)
	d.ones = make([]int32, 0, len(train)*d.sparse)
	d.target = make([]float64, len(train))
	for at, row := range train {
		if t.hit[row] {
			d.target[at] = 1
		}
		for i := range ls {
			l, c := &ls[i], &t.columns[i]
			one := int32(-1)
			switch {
			case l.Kind == Number:
				x := c.numbers[row]
				z := 0.0
				if !math.IsNaN(x) && l.sd > 0 {
					z = (x - l.mean) / l.sd
				}
				d.numbers = append(d.numbers, z)
				if !l.asMissing {
					continue
				}
				if math.IsNaN(x) {
					one = int32(l.missing)
				}
			case c.codes[row] < 0:
				if l.asMissing {
					one = int32(l.missing)
				}
			case l.Kind == Category:
				if level := l.byCode[c.codes[row]]; level > 0 {
					one = int32(l.main) + level - 1
				}
			case c.codes[row] == 1 && !l.dropped:
				one = int32(l.main)
			}
			d.ones = append(d.ones, one)
		}
	}
	return d
}
