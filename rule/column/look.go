package column

import (
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A look is the events of a history that count.
type look struct {
	event  int
	window rule.Window
	filter filter // nil for all
	note   int
}

// history compiles what an event function looks at.
func (c *compiler) history(n *rule.Node) (l look, ok bool) {
	events := c.lex.Schema().Events
	if n.Slot < 0 || n.Slot >= len(events) || len(n.Args) > 1 || n.Window.Calendar > rule.ThisMonth {
		return l, false
	}
	l = look{event: n.Slot, window: n.Window}
	if len(n.Args) == 1 {
		if l.filter = filterOf(&n.Args[0], len(events[n.Slot].Props)); l.filter == nil {
			return l, false
		}
	}
	l.note = c.note()
	return l, true
}

// prepare notes the window: an event counts if it is later than lo and not later than hi, and, where there are
// lows, later than the one of the person's zone.
func (l *look) prepare(r *run) {
	n, w, now := &r.notes[l.note], l.window, int64(r.now)
	n.lo, n.hi, n.lows = none, now-int64(w.Short/1000), n.lows[:0]
	if w.Since != 0 {
		n.lo = int64(w.Since) - 1
	}
	if w.Long != 0 {
		n.lo = max(n.lo, now-int64(w.Long/1000))
	}
	if w.Calendar == 0 {
		return
	}
	unit := [...]civil.Unit{rule.Today: civil.Day, rule.ThisWeek: civil.Week, rule.ThisMonth: civil.Month}[w.Calendar]
	at, zones := time.UnixMicro(now), r.t.zones.texts.keys
	n.lows = append(n.lows, before(unit, at, time.UTC))
	for _, name := range zones {
		loc, err := r.zones.Load(name)
		if err != nil {
			loc = time.UTC
		}
		n.lows = append(n.lows, before(unit, at, loc))
	}
}

func before(u civil.Unit, at time.Time, loc *time.Location) int64 {
	return civil.StartOf(u, at, loc).UnixMicro() - 1
}

// bounded reports whether all rows have the same window.
func (l *look) bounded() bool { return l.window.Calendar == 0 }

// view gives the places in h.at of the events of a row that are within the window.
func (l *look) view(r *run, h *history, i int) (from, to uint32) {
	n := &r.notes[l.note]
	lo := n.lo
	if len(n.lows) > 0 {
		zone := 0
		if code, ok := r.t.zones.codes.get(r.block*blockRows + i); ok {
			zone = int(code) + 1
		}
		lo = max(lo, n.lows[zone])
	}
	from, to = h.off[i], h.off[i]+h.n[i]
	if h.last[i] > n.hi {
		to = from + h.after(i, n.hi)
	}
	if from < to && h.at[from] <= lo {
		from += h.after(i, lo)
	}
	return min(from, to), to
}

// recent gives the rows of a word whose newest event is later than at.
func (h *history) recent(w int, at int64) (yes uint64) {
	v := (*[64]int64)(h.last[w*64:])
	for i := 0; i < 64; i += 8 {
		x := (*[8]int64)(v[i:])
		b := bit(x[0] > at) | bit(x[1] > at)<<1 | bit(x[2] > at)<<2 | bit(x[3] > at)<<3 |
			bit(x[4] > at)<<4 | bit(x[5] > at)<<5 | bit(x[6] > at)<<6 | bit(x[7] > at)<<7
		yes |= b << i
	}
	return yes
}
