package machine

import (
	"math"
	"regexp/syntax"
)

// PatternSize is how many characters and operators a pattern of Go's regexp has once its repetitions are written out. A
// match takes up to so many steps for each character of the text. The error is that of regexp.Compile.
func PatternSize(pattern string) (int, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0, err
	}
	return patternSize(re), nil
}

func patternSize(re *syntax.Regexp) int {
	n := 1
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	for _, part := range re.Sub {
		n += patternSize(part)
	}
	if re.Op == syntax.OpRepeat {
		n = 1 + (n-1)*max(re.Min, re.Max, 1)
	}
	return min(n, math.MaxInt32)
}
