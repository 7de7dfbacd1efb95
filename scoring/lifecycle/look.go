package lifecycle

import (
	"slices"
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// The event that a Book says of each change, with the fact "attr/stage/<name>". It carries "lifecycle", "from", "to",
// "since" (when the stay in from began) and "stayed" (how long it was, in whole seconds).
const Changed = "stage.changed"

// Says declares the event that this package says, for a schema.
func Says() []rule.EventType {
	return []rule.EventType{{Name: Changed, Doc: "The person came to another stage of a lifecycle.", Props: []rule.Field{
		{Name: "lifecycle", Type: rule.String}, {Name: "from", Type: rule.String}, {Name: "to", Type: rule.String},
		{Name: "since", Type: rule.Time, Doc: "when the stay in from began"}, {Name: "stayed", Type: rule.Int, Doc: "seconds"},
	}}}
}

// A moment is what a person is looked at with.
type moment struct {
	pass  *rule.Pass
	facts *rule.Facts
	event *marque.Event // without a name where only time passed
	at    rule.Instant
	lex   *rule.Lexicon
	scope derived.Scope
}

func (m *moment) now() time.Time {
	if m.at == rule.At(m.pass.Now) {
		return m.pass.Now
	}
	return m.at.Time()
}

// A look is one lifecycle of one person during a change.
type look struct {
	c     *cycle
	old   *Row
	row   Row
	turns []Turn
	cause marque.Event
	now   time.Time // of the latest moment
}

func (p *Plan) start(k int, rows []*Row, profile string) look {
	c := &p.cycles[k]
	l := look{c: c, old: find(rows, c.Name)}
	if l.old != nil {
		l.row = *l.old
	}
	l.row.Profile, l.row.Name = profile, c.Name
	return l
}

// look makes the moves that apply at a moment, one after the other, until none does.
func (l *look) look(m *moment, remember rule.Instant) {
	before := len(l.turns)
	l.begin(m)
	fresh := m.event.Name != "" && (m.event.ID == "" || !seen(l.row.Seen, m.event.ID))
	var few [8]int
	been := append(few[:0], l.c.byStage[l.row.Stage]) // at this instant, since the event made its move
	for {
		i, want := l.pick(m, fresh)
		if i < 0 {
			l.wait(m.at, want, len(l.turns) > before)
			break
		}
		mv := &l.c.moves[i]
		switch {
		case mv.On != "":
			fresh, been = false, been[:0]
			l.see(m, remember)
		case slices.Contains(been, mv.to):
			l.cut(m.at, been, mv.to)
			continue
		}
		been = append(been, mv.to)
		l.turn(m, l.c.Stages[mv.to].Name, mv.reason(m), mv.Name, m.event.ID, m.event.Via())
	}
	l.c.show(m.pass.Facts, l.c.byStage[l.row.Stage])
}

// begin puts somebody who is in no stage of the definition into the start.
func (l *look) begin(m *moment) {
	l.cause, l.now = derived.Cause(m.pass), m.now()
	if _, ok := l.c.byStage[l.row.Stage]; ok {
		return
	}
	by := Replaced
	if l.row.Stage == "" {
		by = Began
	}
	l.turn(m, l.c.Start, by, "", m.event.ID, m.event.Via())
}

// pick is the first move that applies, -1 where none does, and the instant until which that is certain.
func (l *look) pick(m *moment, fresh bool) (first int, want rule.Instant) {
	for _, i := range l.c.out[l.c.byStage[l.row.Stage]] {
		mv := &l.c.moves[i]
		end := l.row.Since + mv.wait
		if mv.On != "" {
			if fresh && m.event.Name == mv.On && m.at >= end && mv.when.Holds(m.at, m.facts, m.scope.Of(m.lex, m.event)) {
				return i, 0
			}
			continue
		}
		if m.at < end {
			want = derived.Sooner(want, end)
			continue
		}
		v := mv.when.Test(rule.Input{Now: m.now(), Facts: m.facts})
		if v.Truth != rule.True {
			want = derived.Sooner(want, derived.Until(v.Until, m.at))
		} else if l.row.Cut.At != m.at {
			return i, 0
		}
	}
	return -1, want
}

// wait sets when to look again.
func (l *look) wait(at, want rule.Instant, moved bool) {
	if moved {
		l.row.Due = want
	} else {
		l.row.Due = derived.Next(l.row.Due, want, at)
	}
}

// cut ends moves that go round in a circle: no other one is made at this instant but by an event.
func (l *look) cut(at rule.Instant, been []int, to int) {
	var names []string
	for _, s := range been[slices.Index(been, to):] {
		names = append(names, l.c.Stages[s].Name)
	}
	l.row.Cut = Cut{At: at, Circle: ring(append(names, l.c.Stages[to].Name))}
}

// see remembers the event that made a move and forgets those of long ago. An event comes twice only where its carrying
// was cut short, and then before any event behind it, so that what is behind it may forget.
func (l *look) see(m *moment, remember rule.Instant) {
	if m.event.ID == "" {
		return
	}
	keep := l.row.Seen
	for len(keep) > 0 && keep[0].At < m.at-remember {
		keep = keep[1:]
	}
	l.row.Seen = append(append(make([]Seen, 0, len(keep)+1), keep...), Seen{m.event.ID, m.at})
}

func (mv *move) reason(m *moment) Reason {
	switch {
	case mv.On != "":
		return ByEvent
	case m.event.Name != "":
		return ByRule
	}
	return ByTime
}

// turn changes the stage.
func (l *look) turn(m *moment, to string, by Reason, move, cause string, via marque.ID) {
	at := max(m.at, l.row.Since)
	t := Turn{
		Profile: l.row.Profile, Lifecycle: l.c.Name, From: l.row.Stage, To: to, At: at, Since: l.row.Since,
		By: by, Move: move, Cause: cause, Via: via,
	}
	if by != ByHand {
		t.Version = l.c.version
	}
	if t.From == "" {
		t.Since = 0
	}
	l.turns = append(l.turns, t)
	l.row.Stage, l.row.Since, l.row.Trail = to, at, t.follow(l.row.Trail)
}

// follow is the digest of a history that goes on with the turn: of when and by which move the person came where.
func (t *Turn) follow(trail string) string {
	if t.By == Began {
		trail = ""
	}
	return marque.Key(trail, t.To, strconv.FormatInt(int64(t.At), 36), t.Move)[:12]
}

// put brings the sheet up to date, and says what changed.
func (l *look) put(sheet *sheet, i int, say bool) {
	if l.old == nil && l.row.Stage == "" {
		return
	}
	if len(l.turns) == 0 && l.old != nil && l.row.Due == l.old.Due && l.row.Cut == l.old.Cut &&
		slices.Equal(l.row.Seen, l.old.Seen) && slices.Equal(l.row.Hands, l.old.Hands) {
		return
	}
	for _, t := range l.turns {
		sheet.Note(t)
		if !say || t.From == "" {
			continue
		}
		l.row.Turn++
		sheet.Say(l.cause.Turn(Changed, l.c.fact, l.row.Turn, l.now, map[string]any{
			"lifecycle": l.c.Name, "from": t.From, "to": t.To,
			"since": t.Since.Time(), "stayed": int64(t.At-t.Since) / 1_000_000,
		}))
	}
	next := l.row
	sheet.Put(i, l.old, &next)
}
