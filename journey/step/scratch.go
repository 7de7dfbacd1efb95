package step

import (
	"time"

	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// A Hand takes steps one after the other in memory of its own: what it gives is its own again with its next step. It
// spares those who take many steps most of the copying. The zero value is ready.
type Hand struct{ walk walk }

// Rest gives a result with nothing in it.
func (h *Hand) Rest() *record.Result {
	h.walk.res = record.Result{}
	return &h.walk.res
}

// begin makes a new walk, whose result lists things in the scratch.
func (h *Hand) begin(p *plan.Plan, s *record.State, in *record.Input, f *rule.Facts, now time.Time) *walk {
	w := &h.walk
	w.in = *in
	w.p, w.f, w.now, w.planned, w.back, w.row = p, f, now, planned(s, in, now), nil, nil
	r := &w.res // but for the state, which every step sets
	r.Holds, r.Release, r.Commands, r.Cancel, r.Done, r.Dead, r.Tried, r.Emit, r.Tally = nil, nil, nil, nil, nil, nil, nil, nil, nil
	r.Of, r.OfProfile, r.Revive = "", "", nil
	r.Changed, r.Reason, r.Trace = false, "", nil
	if x := w.in.Scratch; x != nil {
		w.res.Tally, w.res.Commands, w.res.Emit, w.res.Holds = x.Tally[:0], x.Commands[:0], x.Emit[:0], x.Holds[:0]
	}
	return w
}

// done gives the result. Lists that have grown are kept for the next.
func (w *walk) done() *record.Result {
	if s := w.s(); w.res.Changed {
		s.Due = wake(s.Due)
	}
	if x := w.in.Scratch; x != nil {
		x.Tally, x.Commands = wider(x.Tally, w.res.Tally), wider(x.Commands, w.res.Commands)
		x.Emit, x.Holds = wider(x.Emit, w.res.Emit), wider(x.Holds, w.res.Holds)
	}
	return &w.res
}

func wider[T any](a, b []T) []T {
	if cap(b) > cap(a) {
		return b[:cap(b)]
	}
	return a
}

// stamp is an instant in a trace, which costs nothing where there is none.
func (w *walk) stamp(t time.Time) string {
	if w.in.Scratch != nil {
		return ""
	}
	return stamp(t)
}
