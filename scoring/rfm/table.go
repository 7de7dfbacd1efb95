package rfm

import (
	"fmt"

	"github.com/marque-go/marque"
)

// A Range is from one grade to another one, both inclusive. The zero Range is every grade.
type Range struct {
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
}

func (r Range) full(grades int) Range {
	if r == (Range{}) {
		return Range{1, grades}
	}
	return r
}

// A Box is a block of cells: all combinations of scores in its ranges.
type Box struct {
	R Range `json:"r,omitzero"`
	F Range `json:"f,omitzero"`
	M Range `json:"m,omitzero"`
}

// A Segment is a named group of customers by their scores.
type Segment struct {
	Name  string `json:"name"`
	Doc   string `json:"doc,omitempty"`
	Boxes []Box  `json:"boxes"`
}

// Segments are a division of all customers: each combination of scores is in one box.
type Segments []Segment

// A Table finds the segment of scores. It is immutable and safe for concurrent use.
type Table struct {
	grades   int
	segments Segments
	cells    []int // the segment of each combination, and one more; 0: none yet
}

// Validate lists what is wrong with segments for a number of grades: as Compile.
func (s Segments) Validate(grades int) error {
	_, err := s.Compile(grades)
	return err
}

// Compile checks that every combination of scores from 1 to grades is in one box, and makes a table. The error joins a
// *marque.FieldError for every fault: ranges that are none, each pair of boxes that overlap, and, where there is
// nothing else, each combination that is nowhere, with its label as the path.
func (s Segments) Compile(grades int) (*Table, error) {
	var f marque.Faults
	if !checkGrades(&f, grades) {
		return nil, f.Err()
	}
	t := &Table{grades: grades, segments: s, cells: make([]int, grades*grades*grades)}
	owner := make([]string, len(t.cells)) // the path of the box
	names := map[string]int{}
	for i, g := range s {
		path := fmt.Sprintf("[%d]", i)
		if g.Name == "" {
			f.Add(path+".name", "is empty")
		} else if j, twice := names[g.Name]; twice {
			f.Add(path+".name", "%q is the name of segment %d too", g.Name, j+1)
		}
		names[g.Name] = i
		if len(g.Boxes) == 0 {
			f.Add(path+".boxes", "is empty")
		}
		for k, b := range g.Boxes {
			t.fill(&f, fmt.Sprintf("%s.boxes[%d]", path, k), b, i, owner)
		}
	}
	if f.Err() == nil {
		for cell, at := range t.cells {
			if at == 0 {
				f.Add(t.scores(cell).String(), "is in no segment")
			}
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

// fill gives the cells of a box to a segment.
func (t *Table) fill(f *marque.Faults, path string, b Box, segment int, owner []string) {
	whole := true
	for _, r := range []struct {
		name string
		r    *Range
	}{{"r", &b.R}, {"f", &b.F}, {"m", &b.M}} {
		*r.r = r.r.full(t.grades)
		if r.r.From < 1 || r.r.To > t.grades || r.r.From > r.r.To {
			f.Add(path+"."+r.name, "%d to %d: want a range within 1 and %d", r.r.From, r.r.To, t.grades)
			whole = false
		}
	}
	if !whole {
		return
	}
	told := map[string]bool{}
	for r := b.R.From; r <= b.R.To; r++ {
		for fr := b.F.From; fr <= b.F.To; fr++ {
			for m := b.M.From; m <= b.M.To; m++ {
				s := Scores{r, fr, m}
				cell := t.cell(s)
				if other := owner[cell]; other != "" {
					if !told[other] {
						f.Add(path, "%v is in %s too", s, other)
					}
					told[other] = true
					continue
				}
				t.cells[cell], owner[cell] = segment+1, path
			}
		}
	}
}

func (t *Table) cell(s Scores) int { return ((s.R-1)*t.grades+s.F-1)*t.grades + s.M - 1 }

func (t *Table) scores(cell int) Scores {
	return Scores{cell/t.grades/t.grades + 1, cell/t.grades%t.grades + 1, cell%t.grades + 1}
}

// Of is the name of the segment of scores, empty for scores that the table's grades do not have. It does not allocate.
func (t *Table) Of(s Scores) string {
	if i := t.index(s); i >= 0 {
		return t.segments[i].Name
	}
	return ""
}

func (t *Table) index(s Scores) int {
	for _, x := range [...]int{s.R, s.F, s.M} {
		if x < 1 || x > t.grades {
			return -1
		}
	}
	return t.cells[t.cell(s)] - 1
}

// Standard are the usual segments, for 5 grades. They are data: change them, or bring your own.
//
//	      F1             F2                    F3                    F4 and F5, M1-3    F4 and F5, M4-5
//	R5    New            Potential loyalist    Potential loyalist    Loyal              Champions
//	R4    Promising      Potential loyalist    Potential loyalist    Loyal              Champions
//	R3    About to sleep, with M4-5 Need …     Need attention        Loyal              Loyal
//	R2    Hibernating    Hibernating           At risk               At risk            Can't lose
//	R1    Lost           Lost                  At risk               At risk            Can't lose
func Standard() Segments {
	high, low := Range{4, 5}, Range{1, 2}
	return Segments{
		{Name: "Champions", Doc: "bought just now, often and for much", Boxes: []Box{{R: high, F: high, M: high}}},
		{Name: "Loyal", Doc: "buy often", Boxes: []Box{{R: high, F: high, M: Range{1, 3}}, {R: Range{3, 3}, F: high}}},
		{Name: "Potential loyalist", Doc: "bought lately, more than once", Boxes: []Box{{R: high, F: Range{2, 3}}}},
		{Name: "New", Doc: "bought just now, and seldom before", Boxes: []Box{{R: Range{5, 5}, F: Range{1, 1}}}},
		{Name: "Promising", Doc: "bought lately, and seldom before", Boxes: []Box{{R: Range{4, 4}, F: Range{1, 1}}}},
		{Name: "Need attention", Doc: "in the middle, or big spenders who buy seldom", Boxes: []Box{
			{R: Range{3, 3}, F: Range{3, 3}}, {R: Range{3, 3}, F: low, M: high},
		}},
		{Name: "About to sleep", Doc: "not lately, seldom, for little", Boxes: []Box{{R: Range{3, 3}, F: low, M: Range{1, 3}}}},
		{Name: "At risk", Doc: "bought often, long ago", Boxes: []Box{{R: low, F: Range{3, 3}}, {R: low, F: high, M: Range{1, 3}}}},
		{Name: "Can't lose", Doc: "bought often and for much, long ago", Boxes: []Box{{R: low, F: high, M: high}}},
		{Name: "Hibernating", Doc: "bought seldom, long ago", Boxes: []Box{{R: Range{2, 2}, F: low}}},
		{Name: "Lost", Doc: "bought seldom, longest ago", Boxes: []Box{{R: Range{1, 1}, F: low}}},
	}
}
