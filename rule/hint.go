package rule

// Hint returns `, did you mean "x"?` for the candidate nearest to name, the first of those equally near, or "" where
// none is near: a third of the name's runes may differ, or one, but not all (Damerau-Levenshtein distance, adjacent
// swaps).
func Hint(name string, candidates []string) string {
	a := []rune(name)
	best, limit := "", max(1, len(a)/3)
	for _, c := range candidates {
		b := []rune(c)
		if apart := len(a) - len(b); c == name || apart > limit || -apart > limit {
			continue
		}
		if d := distance(a, b); d <= limit && d < len(a) {
			best, limit = c, d-1
		}
	}
	if best == "" {
		return ""
	}
	return `, did you mean "` + best + `"?`
}

func distance(a, b []rune) int {
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(old[j+1]+1, row[j]+1, old[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}
