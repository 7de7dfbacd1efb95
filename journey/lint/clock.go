package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/graph"
)

const day = civil.Clock(24 * 3600)

// A stretch is a part of the day: from, and how long.
type stretch struct{ from, long civil.Clock }

func newStretch(from, to civil.Clock) stretch { return stretch{from, (to - from + day) % day} }

// holds reports whether all of t is in s.
func (s stretch) holds(t stretch) bool {
	return (t.from-s.from+day)%day+t.long <= s.long && (t.long > 0 || (t.from-s.from+day)%day < s.long)
}

// quiet looks at quiet hours and at what leads into them.
func (l *linter) quiet() {
	q, own := l.def.Quiet, true
	if q == nil {
		q, own = l.opts.Quiet, false
	}
	if q == nil {
		return
	}
	from, err := civil.ParseClock(q.From)
	to, err2 := civil.ParseClock(q.To)
	if err != nil || err2 != nil {
		return
	}
	night := newStretch(from, to)
	if open := day - night.long; own && open < 4*3600 {
		l.add(Warning, "quiet", "leaves only %d minutes of each day", open/60)
	}
	into := func(path string, t stretch, send int) {
		if send < 0 || !night.holds(t) {
			return
		}
		what := "is held until " + q.To + " each time"
		switch q.Do {
		case "drop":
			what = "is never sent"
		case "next":
			what = "never goes out on " + strings.Join(l.def.Nodes[send].Send.Channels, ", ")
		}
		l.add(Warning, path, "ends in quiet hours (%s to %s): the message of %q %s", q.From, q.To, l.def.Nodes[send].ID, what)
	}
	at := func(path, clock string, send int) {
		if c, err := civil.ParseClock(clock); err == nil {
			into(path, stretch{c, 0}, send)
		}
	}
	e := &l.def.Entry
	if e.Date != nil {
		at("entry.date.at", e.Date.At, l.soon(0, q))
	}
	if e.Schedule != nil && e.Schedule.Zone == "contact" {
		at("entry.schedule.cron", hour(e.Schedule.Cron), l.soon(0, q))
	}
	for i := range l.def.Nodes {
		w := l.def.Nodes[i].Wait
		if w == nil || len(w.Matches())+len(w.Until) > 0 {
			continue
		}
		send := -1
		if j, ok := l.at[l.def.Nodes[i].Next]; ok {
			send = l.soon(j, q)
		}
		at(nodePath(i, "wait.at"), w.At, send)
		if w.Date != nil {
			at(nodePath(i, "wait.date.at"), w.Date.At, send)
		}
		if w.Active != nil {
			at(nodePath(i, "wait.active.else"), w.Active.Else, send)
			for k, s := range w.Active.Segments {
				at(nodePath(i, fmt.Sprintf("wait.active.segments[%d].at", k)), s.At, send)
			}
		}
		if a, b, ok := strings.Cut(w.Window, "-"); ok {
			from, err := civil.ParseClock(a)
			to, err2 := civil.ParseClock(b)
			if err == nil && err2 == nil {
				into(nodePath(i, "wait.window"), newStretch(from, to), send)
			}
		}
	}
}

// soon is the first send that somebody who comes to node i may come to at once and that quiet hours hold, or -1.
func (l *linter) soon(i int, q *graph.Quiet) int {
	seen := make([]bool, len(l.ways))
	todo := []int{i}
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		if seen[i] {
			continue
		}
		seen[i] = true
		n := &l.def.Nodes[i]
		if s := n.Send; s != nil {
			if !s.Transactional && !slices.ContainsFunc(s.Channels, func(c string) bool {
				return len(q.Channels) > 0 && !slices.Contains(q.Channels, c)
			}) {
				return i
			}
			continue
		}
		if n.Wait != nil || n.Gate != nil && n.Gate.Wait {
			continue
		}
		for _, w := range l.ways[i] {
			if j, ok := l.at[w.to]; ok {
				todo = append(todo, j)
			}
		}
	}
	return -1
}

// hour is the time of day of a cron line that has one.
func hour(cron string) string {
	f := strings.Fields(cron)
	if len(f) != 5 {
		return ""
	}
	m, err := strconv.Atoi(f[0])
	h, err2 := strconv.Atoi(f[1])
	if err != nil || err2 != nil {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", h, m)
}
