package lint

import "github.com/marque-go/marque/journey/graph"

// marks says what became of those who entered by a rule, for every other rule but "every".
var marks = map[string]string{
	"once":   "who entered before never enters again",
	"window": "who entered before does not enter until that window is over",
	"active": "who entered before and is out may enter again",
	"every":  "who entered before may enter again, though still in",
}

// versions looks at what changed since the version before, where that is given too.
func (l *linter) versions(defs []graph.Def) {
	var before *graph.Def
	for i := range defs {
		if d := &defs[i]; d.Name == l.def.Name && d.Version < l.def.Version && (before == nil || d.Version > before.Version) {
			before = d
		}
	}
	if before == nil || l.def.Entry.Again() == "every" {
		return
	}
	if was, is := before.Entry.Again(), l.def.Entry.Again(); was != is {
		l.add(Warning, "entry.reentry", "is %q, but %q in version %d: %s", is, was, before.Version, marks[was])
	} else if before.Entry.Key != l.def.Entry.Key {
		l.add(Warning, "entry.key", "is another in version %d: who entered before may enter again", before.Version)
	}
}
