package step

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// key is what the re-entry rule holds for; false where there should be one and is none.
func (w *walk) key() (key string, ok bool) {
	x := w.p.Entry.Key
	if x == nil {
		return "", true
	}
	v := x.Value(rule.At(w.now), w.f, w.row)
	return "/" + marque.Key(text(v)), v.Known()
}

// quota is what an entry takes of the limits of the journey.
func (w *walk) quota() (takes []limit.Take) {
	for _, q := range w.p.Def().Entry.Limit {
		t := limit.Take{Counter: q.Counter(w.p.Def().Name), N: 1, Limit: q.N}
		switch {
		case q.Within != 0:
			t.Until = w.now.Add(time.Duration(q.Within))
		case q.Per != "":
			t.Until = when.StretchAt(q.Per, w.now, w.p.Zone).End
		}
		takes = append(takes, t)
	}
	return takes
}

// touches reports whether the event changes what the person waits at the node for.
func (w *walk) touches(n *plan.Node, e marque.Event) bool {
	return slices.Contains(n.Waits.Facts, e.Name) ||
		len(n.Waits.Facts) > 0 && slices.ContainsFunc(w.p.Set.Facts(e), func(f string) bool { return slices.Contains(n.Waits.Facts, f) })
}
