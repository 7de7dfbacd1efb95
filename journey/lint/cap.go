package lint

import (
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// caps looks for caps that are never full because another is full before.
func (l *linter) caps() {
	for i, a := range l.def.Caps {
		for j, b := range l.def.Caps {
			if i != j && covers(b, a) && (j < i || !covers(a, b)) {
				l.add(Info, fmt.Sprintf("caps[%d]", i), "is never full: caps[%d] is full before", j)
				break
			}
		}
	}
}

// covers reports whether b is full whenever a is.
func covers(b, a graph.Cap) bool {
	return b.N <= a.N && (b.Channel == "" || b.Channel == a.Channel) && (b.Topic == "" || b.Topic == a.Topic) && within(b, a) &&
		!slices.ContainsFunc(a.Events, func(e string) bool { return !slices.Contains(b.Events, e) })
}

// longest is how long a stretch of the calendar may be: a clock that is set back makes it longer.
var longest = map[string]marque.Duration{"day": 25 * marque.Hour, "week": 7*marque.Day + marque.Hour, "month": 31*marque.Day + marque.Hour}

// within reports whether each stretch that a counts lies in one that b counts.
func within(b, a graph.Cap) bool {
	switch {
	case b.Per == "" && a.Per == "":
		return b.Within >= a.Within
	case b.Per == "":
		return b.Within >= longest[a.Per]
	case a.Per == "":
		return false
	}
	return a.Per == b.Per || a.Per == "day"
}
