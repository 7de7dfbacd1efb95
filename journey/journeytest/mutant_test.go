package journeytest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// A broken is a store that breaks the contract in one way, as stores and engines in the field have done.
type broken struct {
	journey.Store
	s      *Stage
	commit func(b *broken, ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error)
	outbox func(b *broken, cs []journey.Command) []journey.Command
	bare   bool // leases are not passed on
	n      int
}

func (b *broken) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
	if b.bare {
		l.Epoch = 0
	}
	if b.commit != nil {
		return b.commit(b, ctx, l, now, cs)
	}
	return b.Store.Commit(ctx, l, now, cs)
}

func (b *broken) Claim(ctx context.Context, l marque.Lease, until time.Time, n int) ([]journey.State, error) {
	if b.bare {
		l.Epoch = 0
	}
	return b.Store.Claim(ctx, l, until, n)
}

func (b *broken) Outbox(ctx context.Context, l marque.Lease, q journey.Batch) ([]journey.Command, error) {
	if b.bare {
		l.Epoch = 0
	}
	cs, err := b.Store.Outbox(ctx, l, q)
	if b.outbox != nil {
		cs = b.outbox(b, cs)
	}
	return cs, err
}

// each changes every change on its way to the store.
func each(change func(c *journey.Change)) func(*broken, context.Context, marque.Lease, time.Time, []journey.Change) ([]journey.Answer, error) {
	return func(b *broken, ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
		cs = slices.Clone(cs)
		for i := range cs {
			change(&cs[i])
		}
		return b.Store.Commit(ctx, l, now, cs)
	}
}

// apart commits each change in two, divided by cut.
func apart(cut func(c journey.Change) (first, second journey.Change)) func(*broken, context.Context, marque.Lease, time.Time, []journey.Change) ([]journey.Answer, error) {
	return func(b *broken, ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
		var first, second []journey.Change
		for _, c := range cs {
			x, y := cut(c)
			first, second = append(first, x), append(second, y)
		}
		as, err := b.Store.Commit(ctx, l, now, first)
		if err != nil {
			return nil, err
		}
		var rest []journey.Change
		for i, a := range as {
			if a.OK {
				rest = append(rest, second[i])
			}
		}
		if _, err := b.Store.Commit(ctx, l, now, rest); err != nil {
			return nil, err
		}
		return as, nil
	}
}

// mutants are what Crash and Simulate must find, and what a finding must say. Many have a history elsewhere.
var mutants = []struct {
	name            string
	make            func() *broken
	crash, simulate string // a part of what is found
}{
	{"the key is made anew for each attempt", func() *broken {
		return &broken{outbox: func(b *broken, cs []journey.Command) []journey.Command {
			for i := range cs {
				if m := cs[i].Message; m != nil && cs[i].Tried {
					b.n++
					again := *m
					again.Key = fmt.Sprint(m.Key, "#", b.n)
					cs[i].Message = &again
				}
			}
			return cs
		}}
	}, "one more message", "never commanded"},
	{"the state is saved before the outbox, in two commits", func() *broken {
		return &broken{commit: apart(func(c journey.Change) (first, second journey.Change) {
			second = journey.Change{Commands: c.Commands}
			c.Commands = nil
			return c, second
		})}
	}, "lost", "waits for a command"},
	{"what is said is saved after the state, in two commits", func() *broken {
		return &broken{commit: apart(func(c journey.Change) (first, second journey.Change) {
			second = journey.Change{Emit: c.Emit}
			c.Emit = nil
			return c, second
		})}
	}, "lost event", "lost"},
	{"a send before the state is saved, under a fresh id", func() *broken {
		return &broken{commit: func(b *broken, ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
			for i := range cs {
				for _, c := range cs[i].Commands {
					if c.Message != nil && !c.Tried {
						b.n++
						m := *c.Message
						m.Key, m.At = fmt.Sprint("id ", b.n), now
						if _, err := b.s.Channel(c.Name).Send(ctx, m); err != nil {
							return nil, err
						}
					}
				}
			}
			return b.Store.Commit(ctx, l, now, cs)
		}}
	}, "never commanded", "never commanded"},
	{"the send is marked as done before it is made", func() *broken {
		return &broken{commit: each(func(c *journey.Change) {
			c.Done, c.Of = append(slices.Clone(c.Done), c.Tried...), ""
		})}
	}, "lost event", "the wild run"},
	{"leases are not looked at", func() *broken { return &broken{bare: true} }, "lost its lease", "lost its lease"},
	{"neither leases nor versions are looked at", func() *broken {
		return &broken{bare: true, commit: func(b *broken, ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
			cs = slices.Clone(cs)
			for i := range cs {
				if got, err := b.Open(ctx, journey.Query{IDs: []string{cs[i].State.ID}}); err == nil && len(got) == 1 {
					cs[i].State.Version = got[0].Version + 1
				}
			}
			return b.Store.Commit(ctx, l, now, cs)
		}}
	}, "lost its lease", "lost its lease"},
	{"caps and entry rules are looked at, not held", func() *broken {
		return &broken{commit: each(func(c *journey.Change) { c.Holds = nil })}
	}, "number 2 of at most 1", "number 2 of at most 1"},
	{"events that moved a state are not kept in it", func() *broken {
		return &broken{commit: each(func(c *journey.Change) { c.State.Seen = nil })}
	}, "lost event", "differs"},
	{"a timer that is dropped", func() *broken {
		return &broken{commit: each(func(c *journey.Change) { c.State.Due = time.Time{} })}
	}, "without the end", "without the end"},
	{"a timer that is forgotten when the version moves on", func() *broken {
		return &broken{commit: each(func(c *journey.Change) {
			if c.State.Version > 3 && c.State.Ended == "" {
				c.State.Due, c.State.Listens, c.State.Awaits = time.Time{}, nil, ""
			}
		})}
	}, "waits for nothing", "waits for nothing"},
	{"a retry is not saved", func() *broken {
		return &broken{commit: each(func(c *journey.Change) {
			if c.State.ID == "" {
				c.Commands = nil
			}
		})}
	}, "again and again", "again and again"},
}

func (b *broken) over(s *Stage, next journey.Store) journey.Store {
	b.Store, b.s = next, s
	return b
}

func TestMutants(t *testing.T) {
	for _, c := range mutants {
		t.Run(c.name, func(t *testing.T) {
			around := func(s *Stage, next journey.Store) journey.Store { return c.make().over(s, next) }
			world := welcome()
			if strings.Contains(c.name, "key") || strings.Contains(c.name, "fresh") { // found without a retry too
				world.Channels = nil
			}
			p, err := newProof(world, signups(), &Options{around: around, Whole: 1, Pairs: 300})
			found := ""
			if err != nil {
				found = err.Error()
			} else {
				tally := p.singles()
				p.pairs(&tally)
				found = strings.Join(p.report(), "\n")
			}
			t.Logf("crash: %.2000s", found)
			chances := Chances{around: around}
			chances.defaults()
			why := ""
			for seed := uint64(1); seed <= 400 && why == ""; seed++ {
				if err := chances.play(&world, chances.draw(&world, seed), seed, &Figures{}); err != nil {
					why = fmt.Sprint(seed, ": ", err)
				}
			}
			t.Logf("simulate: %.600s", why)
			require.Contains(t, found, c.crash)
			require.Contains(t, why, c.simulate)
		})
	}
}
