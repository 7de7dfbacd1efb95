package audience

import "strconv"

// A Named is a set with the name it is reported under.
type Named struct {
	Name string
	Set  Set
}

// Matrix tells how much sets have in common.
type Matrix struct {
	Names []string `json:"names"`
	Both  [][]int  `json:"both"` // [i][j]: members in both; [i][i] is the size of set i
}

// Overlap compares each set with each.
func Overlap(sets ...Named) Matrix {
	m := Matrix{make([]string, len(sets)), make([][]int, len(sets))}
	for i, s := range sets {
		m.Names[i] = s.Name
		m.Both[i] = make([]int, len(sets))
		m.Both[i][i] = s.Set.Len()
		for j, o := range sets[:i] {
			n := s.Set.Common(o.Set)
			m.Both[i][j], m.Both[j][i] = n, n
		}
	}
	return m
}

// Share is the part of set i that is in set j too, 0 where i is empty.
func (m Matrix) Share(i, j int) float64 { return share(m.Both[i][j], m.Both[i][i]) }

// Jaccard is the number in both sets over the number in either: 1 for equal sets, 0 for sets without a common member
// and for two empty ones.
func (m Matrix) Jaccard(i, j int) float64 {
	return share(m.Both[i][j], m.Both[i][i]+m.Both[j][j]-m.Both[i][j])
}

// String is a table: of each set its size, and what part of it is in each of the others.
func (m Matrix) String() string {
	var g grid
	g.add(append([]string{"of \\ in", "size"}, m.Names...)...)
	for i, name := range m.Names {
		row := []string{name, strconv.Itoa(m.Both[i][i])}
		for j := range m.Names {
			row = append(row, percent(m.Share(i, j)))
		}
		g.add(row...)
	}
	return g.String()
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func percent(p float64) string { return strconv.FormatFloat(100*p, 'f', 1, 64) + "%" }
