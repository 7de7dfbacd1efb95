package eval

import (
	"github.com/marque-go/marque/rule"
	"sync"
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule/op"
)

// A history is what the event functions look at: the events of one name within a window, of those the ones that
// a filter lets pass, of those, where each is set, the ones whose property is new.
type history struct {
	slot               int
	long, short, since rule.Instant // of the window; long is Never where it has no bound
	filter             test
	prop               int
	each               *sync.Pool // of *seen; nil where the property does not matter
	unit               civil.Unit // of the calendar; 0 for none
	zones              *civil.Zones
}

func newHistory(n *rule.Node) *history {
	h := &history{slot: n.Slot, long: rule.Instant(n.Window.Long / 1000), short: rule.Instant(n.Window.Short / 1000), since: n.Window.Since, prop: n.Prop}
	if h.long == 0 {
		h.long = rule.Never
	}
	if h.since == 0 {
		h.since = -rule.Never
	}
	switch n.Window.Calendar {
	case rule.Today:
		h.unit = civil.Day
	case rule.ThisWeek:
		h.unit = civil.Week
	case rule.ThisMonth:
		h.unit = civil.Month
	}
	if h.unit != 0 {
		h.zones, h.long = new(civil.Zones), min(h.long, rule.Instant(n.Window.Need()/1000))
	}
	if len(n.Args) > 0 {
		h.filter = testOf(&n.Args[0])
	}
	if n.Op == op.Distinct {
		h.each = &sync.Pool{New: func() any { return new(seen) }}
	}
	return h
}

// A view is a window laid over a history: hits[lo:hi] count, hits[next] is the next to come into view.
type view struct {
	hits         []rule.Hit
	lo, hi, next int
	end          rule.Instant // where not zero: all that count leave then
}

func (h *history) view(e env) view {
	if h.slot >= len(e.f.Events) {
		return view{}
	}
	hits := e.f.Events[h.slot]
	v := view{hits: hits, hi: len(hits)}
	if v.hi > 0 && hits[v.hi-1].At > e.now-h.short {
		v.hi = after(hits, e.now-h.short)
	}
	from := h.since - 1
	if h.long != rule.Never {
		from = max(from, e.now-h.long)
	}
	if v.hi > 0 && hits[0].At <= from {
		v.lo = after(hits, from)
	}
	if h.unit != 0 && v.lo < v.hi {
		v.lo, v.end = h.calendar(e, v)
	}
	v.next = max(v.lo, v.hi)
	v.lo = min(v.lo, v.hi)
	return v
}

// calendar finds the first event within the stretch of the calendar that now lies in, and the end of that stretch.
func (h *history) calendar(e env, v view) (lo int, end rule.Instant) {
	loc, err := h.zones.Load(e.f.Zone)
	if err != nil {
		loc = time.UTC
	}
	from, to := civil.Bounds(h.unit, time.UnixMicro(int64(e.now)), loc)
	if start := rule.At(from) - 1; v.hits[v.lo].At <= start {
		v.lo = after(v.hits, start)
	}
	return v.lo, rule.At(to)
}

// after is the number of events not later than at.
func after(hits []rule.Hit, at rule.Instant) int {
	lo, hi := 0, len(hits)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); hits[mid].At <= at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// leaves is when the i-th event leaves the window, enters when the n-th from now on (0 is the next) comes into it.
func (h *history) leaves(v *view, i int) rule.Instant {
	switch {
	case v.end != 0:
		return v.end
	case h.long == rule.Never:
		return rule.Never
	}
	return v.hits[i].At + h.long
}

func (h *history) enters(v *view, n int) rule.Instant {
	if n < len(v.hits)-v.next {
		return v.hits[v.next+n].At + h.short
	}
	return rule.Never
}
