package lint

import (
	"slices"
	"strings"

	"github.com/marque-go/marque/journey/graph"
)

// messages looks at what is sent.
func (l *linter) messages() {
	consent := l.def.Consent
	if consent == "" {
		consent = l.opts.Consent
	}
	for i := range l.def.Nodes {
		n := &l.def.Nodes[i]
		s := n.Send
		if s == nil {
			continue
		}
		if s.Topic == "" && l.def.Topic == "" && !s.Transactional && consent != "assumed" {
			l.add(Warning, nodePath(i, "send"), "has no topic, so that only a consent to everything lets it out")
		}
		var open []string
		for _, o := range []string{graph.Unreachable, graph.Suppressed, graph.Failed} {
			if _, ok := n.On[o]; !ok {
				open = append(open, o)
			}
		}
		next, ok := l.at[n.Next]
		if !ok || len(open) == 0 {
			continue
		}
		what := strings.Join(open, ", ")
		w := l.def.Nodes[next].Wait
		if w == nil || !slices.ContainsFunc(w.Matches(), func(m graph.Match) bool { return m.Of == n.ID }) {
			continue
		}
		if slices.Equal(open, []string{graph.Failed}) {
			l.add(Info, nodePath(i, "on"), "%s: goes on to %q, and waits there for a message that was not sent", what, n.Next)
		} else {
			l.add(Warning, nodePath(i, "on"), "%s: go on to %q, and wait there for a message that was not sent", what, n.Next)
		}
	}
}

// outcomes looks for edges that are missing.
func (l *linter) outcomes() {
	for i := range l.def.Nodes {
		n := &l.def.Nodes[i]
		named := func(outcome string) bool {
			_, ok := n.On[outcome]
			return ok
		}
		switch n.Kind() {
		case "wait":
			w := n.Wait
			waits := len(w.Matches()) > 0 || len(w.Until) > 0
			all := waits && len(w.Until) == 0
			for _, m := range w.Matches() {
				all = all && (m.Next == "" || m.Next == n.Next)
			}
			switch {
			case waits && w.Within == 0:
				l.add(Info, nodePath(i, "wait"), "has no within: who waits in vain waits for ever")
			case waits && all && !named(graph.Timeout):
				l.add(Info, nodePath(i, "on"), "timeout: goes the same way as what was waited for")
			}
			if w.Date != nil && w.Date.Past == "skip" && !named(graph.Past) {
				l.add(Info, nodePath(i, "on"), "past: goes the same way as who waited, at once")
			}
			if w.Date != nil && !named(graph.Missing) {
				l.add(Info, nodePath(i, "on"), "missing: who has no %s goes on at once", w.Date.Attribute)
			}
		case "gate":
			if to, ok := n.On[graph.Full]; !n.Gate.Wait && (!ok || to == n.Next) {
				l.add(Warning, nodePath(i, "on"), "full: goes the same way, so that the gate holds nobody back")
			}
			if to, ok := n.On[graph.TooLate]; n.Gate.Late != 0 && (!ok || to == n.Next) {
				l.add(Warning, nodePath(i, "on"), "late: goes the same way, so that who finds the line too long goes before those who stand in it")
			}
		case "coupon", "assign":
			if !named(graph.Refused) {
				l.add(Info, nodePath(i, "on"), "refused: goes the same way as who got it")
			}
		case "sub":
			if !named(graph.Refused) {
				l.add(Info, nodePath(i, "on"), "refused: who is not let into %q goes the same way as who went through it", n.Sub.Journey)
			}
		}
	}
}

// loops looks for circles that nobody leaves.
func (l *linter) loops() {
	for i := range l.def.Nodes {
		n := &l.def.Nodes[i]
		to, ok := n.On[graph.Again]
		if !ok {
			to = n.Next
		}
		if j, ok := l.at[to]; n.Max > 0 && ok && (j == i || l.reach[j][i]) {
			l.add(Info, nodePath(i, "max"), "does not end the loop: who came too often goes on to %q, and round again", to)
		}
	}
	told := make([]bool, len(l.ways))
	for i := range l.ways {
		if told[i] || !l.reach[i][i] {
			continue
		}
		closed := true
		for j := range l.ways {
			if !l.reach[i][j] {
				continue
			}
			n := &l.def.Nodes[j]
			closed = closed && l.reach[j][i] && n.Exit == "" && n.Goto == ""
			for _, w := range l.ways[j] {
				closed = closed && w.to != ""
			}
		}
		if !closed {
			continue
		}
		for j := range told {
			told[j] = told[j] || l.reach[i][j]
		}
		if l.def.Goal == nil && len(l.def.Exit) == 0 {
			l.add(Warning, nodePath(i, ""), "nobody ever leaves the loop that begins here")
		} else {
			l.add(Info, nodePath(i, ""), "nobody leaves the loop that begins here but by goal and exits")
		}
	}
}
