package rfm

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Cuts are the points between grades: learnt from a population, or fixed. The score is 1 and one more for each point
// that is reached. There are up to Grades-1 points for each figure; where there are fewer, nobody reaches the best
// grades. Points may be equal: then the grades between them are empty.
type Cuts struct {
	// Grades is how many grades there are, 2 to 9.
	Grades int `json:"grades"`
	// Recency is how long ago the latest order may be at most for the grades 2, 3, …: the longest first.
	Recency []marque.Duration `json:"recency"`
	// Orders is how many there are at least for the grades 2, 3, …: the fewest first.
	Orders []int `json:"orders"`
	// Spent is how much it is at least, in minor units: the least first.
	Spent []int64 `json:"spent"`
}

// Validate lists what is wrong: a number of grades, too many points, points out of order.
func (c Cuts) Validate() error {
	var f marque.Faults
	checkGrades(&f, c.Grades)
	points(&f, "recency", c.Recency, c.Grades, -1)
	points(&f, "orders", c.Orders, c.Grades, 1)
	points(&f, "spent", c.Spent, c.Grades, 1)
	return f.Err()
}

func checkGrades(f *marque.Faults, grades int) bool {
	if grades < 2 || grades > 9 {
		f.Add("grades", "%d: want 2 to 9", grades)
		return false
	}
	return true
}

func points[T cmp.Ordered](f *marque.Faults, path string, list []T, grades, sign int) {
	if len(list) >= max(grades, 1) {
		f.Add(path, "%d points are between %d grades, and not %d", grades-1, grades, len(list))
	}
	for i := 1; i < len(list); i++ {
		if sign*cmp.Compare(list[i-1], list[i]) > 0 {
			f.Add(fmt.Sprintf("%s[%d]", path, i), "%v is a lower hurdle than %v before it", list[i], list[i-1])
		}
	}
}

// Score gives the scores of one customer at now. It does not allocate. The cuts are valid.
func (c *Cuts) Score(x Customer, now time.Time) Scores {
	return c.score(&x, rule.At(now))
}

func (c *Cuts) score(x *Customer, now rule.Instant) Scores {
	s := Scores{1, 1, 1}
	age := x.age(now)
	for _, p := range c.Recency {
		if age <= p {
			s.R++
		}
	}
	for _, p := range c.Orders {
		if x.Orders >= p {
			s.F++
		}
	}
	for _, p := range c.Spent {
		if x.Spent >= p {
			s.M++
		}
	}
	return s
}

// Options of Learn and Rank. The zero value works.
type Options struct {
	// Grades is how many grades there are, 2 to 9. Default 5.
	Grades int
}

// Learn finds the points between the grades of a population at now. Cuts.Score then gives each of them, and whoever is
// equal to one of them, the score 1 + floor(k·w/n) of a customer of whom w of n are strictly worse. Each customer comes once; their order does not matter. An error names the first customer with a
// fault. It takes O(n log n) time and 24 bytes per customer.
func Learn(customers iter.Seq[Customer], now time.Time, o *Options) (Cuts, error) {
	grades := 5
	if o != nil && o.Grades != 0 {
		grades = o.Grades
	}
	var f marque.Faults
	if !checkGrades(&f, grades) {
		return Cuts{}, fmt.Errorf("rfm: learn: %w", f.Err())
	}
	at := rule.At(now)
	var ages []marque.Duration
	var orders []int
	var spent []int64
	for c := range customers {
		if err := c.fault(); err != nil {
			return Cuts{}, fmt.Errorf("rfm: customer %q: %w", c.ID, err)
		}
		ages, orders, spent = append(ages, -c.age(at)), append(orders, c.Orders), append(spent, c.Spent)
	}
	c := Cuts{Grades: grades, Recency: cut(ages, grades), Orders: cut(orders, grades), Spent: cut(spent, grades)}
	for i := range c.Recency {
		c.Recency[i] = -c.Recency[i]
	}
	return c, nil
}

// cut finds, for each grade from 2 on, the least value with that score or a better one, as long as there is one. It
// sorts the values, of which more is better.
func cut[T cmp.Ordered](values []T, grades int) []T {
	slices.Sort(values)
	n := len(values)
	points := make([]T, 0, grades-1)
	for g := 2; g <= grades; g++ {
		// With w worse ones the grade is g or better where grades·w >= (g-1)·n. The value in place w has so many worse
		// ones if it is the first of its equals.
		w := ((g-1)*n + grades - 1) / grades
		if w > 0 && w < n && values[w] == values[w-1] {
			w = upper(values, values[w])
		}
		if w >= n {
			break
		}
		points = append(points, values[w])
	}
	return points
}

// upper is the place of the first value above x.
func upper[T cmp.Ordered](values []T, x T) int {
	i, _ := slices.BinarySearchFunc(values, x, func(v, x T) int {
		if v <= x {
			return -1
		}
		return 1
	})
	return i
}
