package model

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque"
)

// ErrSplit says that the rows are not parted as training and testing need.
var ErrSplit = errors.New("model: bad split")

// A Part is what a row is used for.
type Part uint8

// The parts. Each row is in one of them.
const (
	Unused    Part = iota
	Train          // the coefficients are learnt from these
	Calibrate      // the scale of the probabilities is learnt from these
	Test           // all figures of the report are of these
)

// Shares of the rows. What is left is the test.
type Shares struct {
	Train     float64
	Calibrate float64 // 0: the probabilities stay as they come out of the training
}

func (s Shares) check() error {
	if !(s.Train > 0 && s.Calibrate >= 0 && s.Train+s.Calibrate < 1) {
		return fmt.Errorf("%w: shares of %v for training and %v for calibration: want both within 0 and 1, and something left for the test", ErrSplit, s.Train, s.Calibrate)
	}
	return nil
}

func (s Shares) at(position float64) Part {
	switch {
	case position < s.Train:
		return Train
	case position < s.Train+s.Calibrate:
		return Calibrate
	}
	return Test
}

func (s Shares) String() string {
	return fmt.Sprintf("%v train, %v calibrate", s.Train, s.Calibrate)
}

// A Split says which rows train, calibrate and test. The zero Split is refused: how a model was tested is a choice.
type Split struct {
	how   string
	parts func(rows int) ([]Part, error)
}

// ByKey splits at random, by marque.Bucket of the seed and each row's key. Rows with the same key stay together: give
// the person's id where a person has several rows, or the model is tested on people that it knows. The part of a row
// depends on nothing but seed, key and shares. A nil key is the number of the row.
func ByKey(seed string, key func(row int) string, s Shares) Split {
	if key == nil {
		key = strconv.Itoa
	}
	return Split{fmt.Sprintf("by key, seed %q: %v", seed, s), func(rows int) ([]Part, error) {
		if err := s.check(); err != nil {
			return nil, err
		}
		hash, parts := marque.NewSplit(seed), make([]Part, rows)
		for i := range parts {
			parts[i] = s.at(float64(hash.Bucket(key(i))) / marque.Buckets)
		}
		return parts, nil
	}}
}

// ByTime trains on the earliest rows, calibrates on the next ones and tests on the latest, as the model will be used:
// on people who come after those it was learnt from. Rows of the same instant stay together, in the part in which the
// first of them falls.
func ByTime(at func(row int) time.Time, s Shares) Split {
	return Split{fmt.Sprintf("by time: %v", s), func(rows int) ([]Part, error) {
		if err := s.check(); err != nil {
			return nil, err
		}
		order, times := make([]int, rows), make([]time.Time, rows)
		for i := range order {
			order[i], times[i] = i, at(i)
		}
		slices.SortFunc(order, func(a, b int) int { return times[a].Compare(times[b]) })
		parts, first := make([]Part, rows), 0
		for i, row := range order {
			if !times[row].Equal(times[order[first]]) {
				first = i
			}
			parts[row] = s.at(float64(first) / float64(rows))
		}
		return parts, nil
	}}
}

// By takes the part of each row from the caller. It is asked once for each row, in order.
func By(part func(row int) Part) Split {
	return Split{"by the caller", func(rows int) ([]Part, error) {
		parts := make([]Part, rows)
		for i := range parts {
			if parts[i] = part(i); parts[i] > Test {
				return nil, fmt.Errorf("%w: row %d is in part %d, which there is not", ErrSplit, i, parts[i])
			}
		}
		return parts, nil
	}}
}

// String says how the rows are parted: `by key, seed "a": 0.7 train, 0.1 calibrate`.
func (s Split) String() string { return s.how }

// rows are the numbers of the rows of each part.
func (s Split) rows(n int) (rows [Test + 1][]int, err error) {
	if s.parts == nil {
		return rows, fmt.Errorf("%w: there is none", ErrSplit)
	}
	parts, err := s.parts(n)
	if err != nil {
		return rows, err
	}
	for i, p := range parts {
		rows[p] = append(rows[p], i)
	}
	return rows, nil
}
