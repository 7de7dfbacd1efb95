package limit_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// naive is the table told slowly: every hold is kept, every sum is made anew.
type naive struct {
	holds []*naiveHold
	moves []string
}

type naiveHold struct {
	limit.Hold
	state   limit.State
	n       []int64
	left    int64
	foreign bool
	erased  bool
}

func (h *naiveHold) counts(i int, now time.Time) bool {
	t := h.Takes[i]
	switch {
	case h.state == limit.Released, h.erased && t.Own:
		return false
	case h.state == limit.Reserved && !now.Before(h.Expires):
		return false
	}
	return t.Until.IsZero() || now.Before(t.Until)
}

func (m *naive) used(counter string, own bool, profile string, now time.Time) (sum int64) {
	for _, h := range m.holds {
		for i, t := range h.Takes {
			if t.Counter == counter && t.Own == own && (!own || h.Profile == profile) && h.counts(i, now) {
				sum += h.n[i]
			}
		}
	}
	return sum
}

func (m *naive) find(key string) *naiveHold {
	for _, h := range m.holds {
		if h.Key == key {
			return h
		}
	}
	return nil
}

func (m *naive) reserve(now time.Time, h limit.Hold) limit.Verdict {
	if old := m.find(h.Key); old != nil {
		same := old.Hold
		if old.foreign {
			same.Profile = h.Profile
		}
		if !same.Same(h) {
			return limit.Verdict{Refused: limit.Mismatch}
		}
		return limit.Verdict{OK: true, Again: true, Left: old.left}
	}
	n := &naiveHold{Hold: h, n: make([]int64, len(h.Takes)), left: limit.NoLimit, state: limit.Committed}
	if !h.Expires.IsZero() {
		n.state = limit.Reserved
	}
	m.holds = append(m.holds, n)
	for i, t := range h.Takes {
		if !n.counts(i, now) {
			n.n[i] = t.N
			continue
		}
		used := m.used(t.Counter, t.Own, h.Profile, now)
		if t.Limit >= 0 && used+t.N > t.Limit {
			m.holds = m.holds[:len(m.holds)-1]
			return limit.Verdict{Refused: t.Counter, Left: t.Limit - m.used(t.Counter, t.Own, h.Profile, now)}
		}
		n.n[i] = t.N
	}
	for i, t := range h.Takes {
		if left := t.Limit - m.used(t.Counter, t.Own, h.Profile, now); t.Limit >= 0 && n.counts(i, now) && (n.left == limit.NoLimit || left < n.left) {
			n.left = left
		}
	}
	return limit.Verdict{OK: true, Left: n.left}
}

func (m *naive) commit(now time.Time, c limit.Commit) limit.Verdict {
	h := m.find(c.Key)
	if h == nil || h.state == limit.Released {
		return limit.Verdict{Refused: limit.Unknown}
	}
	ns := make([]int64, len(h.Takes))
	for i, t := range h.Takes {
		if ns[i] = t.N; c.N != nil {
			ns[i] = c.N[i]
		}
		if ns[i] > t.N {
			return limit.Verdict{Refused: limit.Mismatch}
		}
	}
	if h.state == limit.Committed {
		if !slices.Equal(ns, h.n) {
			return limit.Verdict{Refused: limit.Mismatch}
		}
		return limit.Verdict{OK: true, Again: true, Left: h.left}
	}
	was := *h
	h.n = make([]int64, len(h.Takes))
	for i := range h.Takes { // takes not yet looked at still count as reserved
		if was.counts(i, now) {
			h.n[i] = was.n[i]
		}
	}
	h.state = limit.Committed
	for i, t := range h.Takes {
		in := was.counts(i, now)
		h.n[i] = 0
		used := m.used(t.Counter, t.Own, h.Profile, now)
		if h.counts(i, now) && !in && !c.Honour && ns[i] > 0 && t.Limit >= 0 && used+ns[i] > t.Limit {
			*h = was
			return limit.Verdict{Refused: t.Counter, Left: t.Limit - m.used(t.Counter, t.Own, h.Profile, now)}
		}
		h.n[i] = ns[i]
	}
	h.left = limit.NoLimit
	for i, t := range h.Takes {
		if left := t.Limit - m.used(t.Counter, t.Own, h.Profile, now); t.Limit >= 0 && h.counts(i, now) && (h.left == limit.NoLimit || left < h.left) {
			h.left = left
		}
	}
	return limit.Verdict{OK: true, Left: h.left}
}

func (m *naive) move(v marque.Move) (n int) {
	if slices.Contains(m.moves, v.Key) || v.From == v.Into {
		return 0
	}
	m.moves = append(m.moves, v.Key)
	for _, h := range m.holds {
		if h.Profile == v.From && (len(v.IDs) == 0 || slices.Contains(v.IDs, h.Via)) {
			h.Profile, h.foreign = v.Into, true
			n++
		}
	}
	return n
}

func (m *naive) erase(profile string) (n int) {
	m.holds = slices.DeleteFunc(m.holds, func(h *naiveHold) bool {
		if h.Profile != profile {
			return false
		}
		n++
		h.Profile, h.Via, h.erased, h.foreign = "", marque.ID{}, true, true
		return !slices.ContainsFunc(h.Takes, func(t limit.Take) bool { return !t.Own })
	})
	return n
}

var (
	people   = []string{"ann", "bob", "cyd"}
	counters = []string{"a", "b", "c"}
	vias     = []marque.ID{{}, {Kind: "phone", Value: "1"}, {Kind: "openid", Value: "2"}}
)

func drawHold(t *rapid.T, now time.Time) limit.Hold {
	instant := func(label string) time.Time {
		if s := rapid.IntRange(-1, 12).Draw(t, label); s > 0 {
			return now.Add(time.Duration(s) * time.Second)
		} else if s < 0 {
			return now // over before it begins
		}
		return time.Time{}
	}
	h := limit.Hold{
		Key:     fmt.Sprint("k", rapid.IntRange(0, 60).Draw(t, "key")),
		Profile: rapid.SampledFrom(people).Draw(t, "profile"),
		Via:     rapid.SampledFrom(vias).Draw(t, "via"),
	}
	if rapid.Bool().Draw(t, "reservation") {
		h.Expires = instant("expires")
	}
	for range rapid.IntRange(0, 4).Draw(t, "takes") {
		c := rapid.SampledFrom(counters).Draw(t, "counter")
		h.Takes = append(h.Takes, limit.Take{
			Counter: c, Own: rapid.Bool().Draw(t, "own"), N: rapid.Int64Range(0, 4).Draw(t, "n"),
			// one limit per counter, so that "never above" is a statement; "c" has none
			Limit: map[string]int64{"a": 5, "b": 9, "c": limit.NoLimit}[c], Until: instant("until"),
		})
	}
	return h
}

// The table gives the naive model's answers, whatever happens in whatever order, and no counter is above its
// limit unless a merge or an honoured commit put it there.
func TestTableIsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table limit.Table
		var model naive
		now, step, above := noon, 0, false
		key := func() string {
			if len(model.holds) > 0 && rapid.IntRange(0, 9).Draw(t, "known") > 0 {
				return rapid.SampledFrom(model.holds).Draw(t, "hold").Key
			}
			return fmt.Sprint("k", rapid.IntRange(0, 60).Draw(t, "key"))
		}
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				h := drawHold(t, now)
				check := table.Check(now, h)
				got := table.Reserve(now, h)
				require.Equal(t, model.reserve(now, h), got)
				require.Equal(t, got, check)
			},
			"again": func(t *rapid.T) {
				if len(model.holds) > 0 {
					h := rapid.SampledFrom(model.holds).Draw(t, "hold")
					again := h.Hold
					if h.erased {
						again.Profile = "ann"
					}
					want := limit.Verdict{OK: true, Again: true, Left: h.left}
					require.Equal(t, want, table.Reserve(now, again))
				}
			},
			"reserve all": func(t *rapid.T) {
				hs := []limit.Hold{drawHold(t, now), drawHold(t, now), drawHold(t, now)}
				before, want, all := slices.Clone(model.holds), []limit.Verdict{}, true
				for _, h := range hs {
					v := model.reserve(now, h)
					want, all = append(want, v), all && v.OK
				}
				if !all {
					model.holds = before
				}
				got, ok := table.ReserveAll(now, hs)
				require.Equal(t, want, got)
				require.Equal(t, all, ok)
			},
			"commit": func(t *rapid.T) {
				c := limit.Commit{Key: key(), Honour: rapid.Bool().Draw(t, "honour")}
				if h := model.find(c.Key); h != nil && rapid.Bool().Draw(t, "less") {
					c.N = make([]int64, len(h.Takes))
					for i := range c.N {
						c.N[i] = rapid.Int64Range(0, 4).Draw(t, "n")
					}
				}
				got := table.Commit(now, c)
				require.Equal(t, model.commit(now, c), got)
				above = above || c.Honour && got.OK
			},
			"release": func(t *rapid.T) {
				k := key()
				h := model.find(k)
				want := h != nil && h.state != limit.Released
				if want {
					h.state = limit.Released
				}
				require.Equal(t, want, table.Release(k))
			},
			"time": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 3000).Draw(t, "ms")) * time.Millisecond)
			},
			"prune": func(t *rapid.T) { // without forgetting: a prune of what is further back than anything
				require.Zero(t, table.Prune(noon))
			},
			"move": func(t *rapid.T) {
				step++
				m := marque.Move{Key: fmt.Sprint(step), From: rapid.SampledFrom(people).Draw(t, "from"),
					Into: rapid.SampledFrom(people).Draw(t, "into"), At: now}
				if rapid.Bool().Draw(t, "unmerge") {
					m.IDs = vias[1:2]
				}
				require.Equal(t, model.move(m), table.Move(m))
				require.Zero(t, table.Move(m), "a move is carried out once")
				above = true
			},
			"erase": func(t *rapid.T) {
				p := rapid.SampledFrom(people).Draw(t, "profile")
				require.Equal(t, model.erase(p), table.Erase(p))
				require.Empty(t, table.Export("test", p))
			},
			"": func(t *rapid.T) {
				for _, c := range counters {
					used := table.Used(c, "", now)
					require.Equal(t, model.used(c, false, "", now), used, "shared %s", c)
					lim := map[string]int64{"a": 5, "b": 9}[c]
					if lim != 0 && !above {
						require.LessOrEqual(t, used, lim)
					}
					for _, p := range people {
						used := table.Used(c, p, now)
						require.Equal(t, model.used(c, true, p, now), used, "%s of %s", c, p)
						if lim != 0 && !above {
							require.LessOrEqual(t, used, lim)
						}
					}
				}
			},
		})
	})
}
