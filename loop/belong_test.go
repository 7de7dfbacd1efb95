package loop_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/tagging"
)

// rooms is a program with something in every room that keeps things of people.
func everyRoom() loop.Program {
	two := int64(2)
	return loop.Program{
		Identity: identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 2}}},
		Events:   []rule.EventType{{Name: "order"}, {Name: "login"}},
		Tags:     []tagging.Def{{Name: "vip"}, {Name: "buyer", On: "order"}},
		Scores:   []scoring.Def{{Name: "lead", Rules: []scoring.Rule{{On: "order", Points: 10}}}},
		Points:   []points.Def{{Name: "club", Earn: []points.Earn{{On: "order", Points: 5}}, Tiers: []points.Tier{{Name: "gold", At: 15}}}},
		Lifecycles: []lifecycle.Def{{
			Name: "life", Start: "new", Stages: []lifecycle.Stage{{Name: "new"}, {Name: "customer"}},
			Moves: []lifecycle.Move{{From: []string{"new"}, To: "customer", When: `did("order")`}},
		}},
		Segments: []segment.Def{{Name: "buyers", When: `did("order")`}},
		Coupons: []coupon.Def{{
			Name: "gift", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 500}, Budget: coupon.Budget{PerPerson: &two},
		}},
		Journeys: []journey.Def{{
			Name: "greet", Entry: journey.Entry{Event: "login", Reentry: "once"},
			Nodes: []journey.Node{{ID: "wait", Wait: &journey.Wait{For: 90 * marque.Day}, Next: "end"}, {ID: "end", Exit: "done"}},
		}},
	}
}

// estate is the model: what there is, and through which identifier it came.
type estate struct {
	words  identity.Evidence
	orders map[marque.ID]int
	vip    map[marque.ID]bool
	lead   map[marque.ID]float64
	club   map[marque.ID]int64
	gifts  map[marque.ID]int
}

func of[V any](m map[marque.ID]V, ids []marque.ID) (vs []V) {
	for _, id := range ids {
		if v, ok := m[id]; ok {
			vs = append(vs, v)
		}
	}
	return vs
}

func sum[V int | int64 | float64](vs []V) (total V) {
	for _, v := range vs {
		total += v
	}
	return total
}

// TestWhatBelongsToWhom lets people be met, bought from, merged, parted and erased in any order: after each step
// every room holds of each person what came through that person's identifiers, no less and no more.
func TestWhatBelongsToWhom(t *testing.T) {
	rules, err := everyRoom().Identity.Compile()
	require.NoError(t, err)
	plan, err := loop.Compile(everyRoom(), loop.Host{})
	require.NoError(t, err)
	var pool []marque.ID
	for _, kind := range []string{"member", "phone", "openid"} {
		for _, v := range []string{"alpha", "beta", "gamma"} {
			pool = append(pool, marque.ID{Kind: kind, Value: kind + "-" + v})
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		ctx := t.Context()
		stores := loop.Memory()
		l := loop.New(plan, stores, nil)
		m := estate{orders: map[marque.ID]int{}, vip: map[marque.ID]bool{}, lead: map[marque.ID]float64{}, club: map[marque.ID]int64{}, gifts: map[marque.ID]int{}}
		n := 0
		now := opening
		key := func() string {
			n++
			now = now.Add(time.Minute)
			return fmt.Sprintf("k%03d", n)
		}
		people := func() []identity.Person { return rules.Resolve(m.words).People }
		someone := func(t *rapid.T) (p identity.Person, via marque.ID, who string) {
			all := people()
			if len(all) == 0 {
				t.Skip("nobody")
			}
			p = rapid.SampledFrom(all).Draw(t, "person")
			via = rapid.SampledFrom(p.IDs).Draw(t, "via")
			who, known, err := l.Profiles().Resolve(ctx, []marque.ID{via})
			require.NoError(t, err)
			require.True(t, known)
			return p, via, who
		}
		track := func(t *rapid.T) {
			e := marque.Event{
				ID: key(), Name: rapid.SampledFrom([]string{"order", "order", "login"}).Draw(t, "name"), At: now,
				IDs: rules.Usable(rapid.SliceOfNDistinct(rapid.SampledFrom(pool), 1, 3, rapid.ID).Draw(t, "ids")),
			}
			require.NoError(t, l.Track(ctx, e))
			m.words.Observations = append(m.words.Observations, identity.Observation{Key: e.ID, Source: e.Name, At: e.At, IDs: e.IDs})
			if e.Name == "order" {
				m.orders[e.Via()]++
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"track":      track,
			"track more": track,
			"unlink": func(t *rapid.T) {
				if len(m.words.Observations) == 0 {
					t.Skip("nothing")
				}
				o := rapid.SampledFrom(m.words.Observations).Draw(t, "observation")
				if len(o.IDs) < 2 {
					t.Skip("one alone")
				}
				r := identity.Ruling{Key: key(), At: now, A: o.IDs[0], B: o.IDs[len(o.IDs)-1]}
				require.NoError(t, l.Advance(ctx, now))
				_, err := l.Rule(ctx, r)
				require.NoError(t, err)
				m.words.Rulings = append(m.words.Rulings, r)
			},
			"tag": func(t *rapid.T) {
				_, via, who := someone(t)
				_, err := l.Tags().Set(ctx, tagging.Act{Key: key(), Profile: who, Tag: "vip", Via: via}, now)
				require.NoError(t, err)
				m.vip[via] = true
			},
			"score": func(t *rapid.T) {
				_, via, who := someone(t)
				_, err := l.Scores().Add(ctx, scoring.Act{Key: key(), Profile: who, Score: "lead", Points: 3, Via: via}, now)
				require.NoError(t, err)
				m.lead[via] += 3
			},
			"points": func(t *rapid.T) {
				_, via, who := someone(t)
				_, err := l.Points().Adjust(ctx, points.Act{Key: key(), Profile: who, Program: "club", Points: 7, Reason: "sorry", Via: via}, now)
				require.NoError(t, err)
				m.club[via] += 7
			},
			"coupon": func(t *rapid.T) {
				p, via, who := someone(t)
				r, err := l.Coupons().Issue(ctx, coupon.IssueRequest{Key: key(), Batch: "gift", Profile: who, Via: via, Now: now})
				require.NoError(t, err)
				require.Equal(t, sum(of(m.gifts, p.IDs)) < 2, r.OK, "the limit counts what the person's identifiers took")
				if r.OK {
					m.gifts[via]++
				}
			},
			"erase": func(t *rapid.T) {
				p, _, who := someone(t)
				if rapid.IntRange(0, 3).Draw(t, "really") > 0 {
					t.Skip("no")
				}
				_, err := l.Erase(ctx, who)
				require.NoError(t, err)
				gone := func(id marque.ID) bool { return slices.Contains(p.IDs, id) }
				whose := map[marque.ID]int{}
				for i, x := range people() {
					for _, id := range x.IDs {
						whose[id] = i
					}
				}
				var left identity.Evidence
				for _, o := range m.words.Observations {
					if !slices.ContainsFunc(o.IDs, gone) {
						left.Observations = append(left.Observations, o)
						continue
					}
					first := o.IDs[0]
					linked := slices.DeleteFunc(slices.Clone(o.IDs), func(id marque.ID) bool { return gone(id) || whose[id] != whose[first] })
					for _, id := range o.IDs { // they stay known
						if !gone(id) {
							left.Observations = append(left.Observations, identity.Observation{Key: o.Key, At: o.At, IDs: []marque.ID{id}})
						}
					}
					if len(linked) > 1 {
						o.IDs = linked
						left.Observations = append(left.Observations, o)
					}
				}
				for _, r := range m.words.Rulings {
					if !gone(r.A) && !gone(r.B) {
						left.Rulings = append(left.Rulings, r)
					}
				}
				m.words = left
				for _, id := range p.IDs {
					delete(m.orders, id)
					delete(m.vip, id)
					delete(m.lead, id)
					delete(m.club, id)
					delete(m.gifts, id)
				}
				for _, id := range p.IDs {
					if !slices.ContainsFunc(m.words.Observations, func(o identity.Observation) bool { return slices.Contains(o.IDs, id) }) {
						require.Empty(t, find(stores, id.Value), "%v is still held", id)
					}
				}
			},
			"": func(t *rapid.T) {
				now = now.Add(time.Second)
				require.NoError(t, l.Advance(ctx, now))
				met := map[string]bool{}
				for _, p := range people() {
					who, _, err := l.Profiles().Resolve(ctx, p.IDs[:1])
					require.NoError(t, err)
					require.NotEmpty(t, who)
					require.False(t, met[who], "two people under one id")
					met[who] = true
					f := rule.NewFacts(plan.Lexicon(), who)
					require.NoError(t, l.Profiles().Fill(ctx, rule.Need{IDs: true}, now, []*rule.Facts{f}))
					require.ElementsMatch(t, p.IDs, f.IDs)
					orders := sum(of(m.orders, p.IDs))
					why := fmt.Sprintf("%s %v", who, p.IDs)

					score, err := l.Scores().Score(ctx, who, "lead", now)
					require.NoError(t, err)
					require.InDelta(t, 10*float64(orders)+sum(of(m.lead, p.IDs)), score.Value, 1e-9, why)
					account, err := l.Points().Account(ctx, who, "club", now)
					require.NoError(t, err)
					require.Equal(t, 5*int64(orders)+sum(of(m.club, p.IDs)), account.Balance, why)
					stage, err := l.Stages().Stage(ctx, who, "life", now)
					require.NoError(t, err)
					require.Equal(t, map[bool]string{true: "customer", false: "new"}[orders > 0], stage.Stage, why)
					wallet, err := l.Coupons().Wallet(ctx, who, now)
					require.NoError(t, err)
					require.Len(t, wallet, sum(of(m.gifts, p.IDs)), why)
					in, err := l.Segments().Has(ctx, who, "buyers")
					require.NoError(t, err)
					require.Equal(t, orders > 0, in, why)
					for tag, on := range map[string]bool{"vip": len(of(m.vip, p.IDs)) > 0, "buyer": orders > 0} {
						has, err := l.Tags().Why(ctx, who, tag, now)
						require.NoError(t, err)
						require.Equal(t, on, has.On, "%s %s", tag, why)
					}
					for item, err := range l.Export(ctx, who) {
						require.NoError(t, err)
						if via := viaOf(item.Data); via.Kind != "" && via.Kind != marque.ProfileKind && item.Kind != "event" {
							require.Contains(t, p.IDs, via, "%s %s %s of %s", item.Room, item.Kind, item.Key, why)
						}
					}
				}
				for id, err := range l.Profiles().People(ctx, marque.Parts{}, "") {
					require.NoError(t, err)
					require.True(t, met[id], "%s is nobody", id)
				}
			},
		})
	})
}

// viaOf is the field Via of a thing in an export.
func viaOf(data any) marque.ID {
	v := reflect.ValueOf(data)
	if v.Kind() != reflect.Struct {
		return marque.ID{}
	}
	if f := v.FieldByName("Via"); f.IsValid() {
		id, _ := f.Interface().(marque.ID)
		return id
	}
	return marque.ID{}
}

// find looks through everything that hangs on x, exported or not, for a text that contains s, and returns the way to it.
func find(x any, s string) string {
	met := map[uintptr]bool{}
	var walk func(v reflect.Value, way string) string
	walk = func(v reflect.Value, way string) string {
		switch v.Kind() {
		case reflect.String:
			if strings.Contains(v.String(), s) {
				return way
			}
		case reflect.Pointer:
			if v.IsNil() || met[v.Pointer()] {
				return ""
			}
			met[v.Pointer()] = true
			return walk(v.Elem(), way)
		case reflect.Interface:
			return walk(v.Elem(), way)
		case reflect.Struct:
			for i := range v.NumField() {
				if found := walk(v.Field(i), way+"."+v.Type().Field(i).Name); found != "" {
					return found
				}
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				if found := walk(v.Index(i), fmt.Sprintf("%s[%d]", way, i)); found != "" {
					return found
				}
			}
		case reflect.Map:
			for it := v.MapRange(); it.Next(); {
				if found := walk(it.Key(), way+".key"); found != "" {
					return found
				}
				if found := walk(it.Value(), way+"[]"); found != "" {
					return found
				}
			}
		}
		return ""
	}
	return walk(reflect.ValueOf(x), "stores")
}

func TestFindLooksEverywhere(t *testing.T) {
	type inner struct{ text map[string][]any }
	x := struct{ p *inner }{&inner{map[string][]any{"a": {1, &struct{ s string }{"it is secret"}}}}}
	require.Equal(t, "stores.p.text[][1].s", find(x, "secret"))
	require.Empty(t, find(x, "nothing"))
}

// phones are two people who bought something.
func phones(t *testing.T, l *loop.Loop) (a, b marque.ID) {
	a, b = marque.ID{Kind: "phone", Value: "a"}, marque.ID{Kind: "phone", Value: "b"}
	for i, id := range []marque.ID{a, b} {
		require.NoError(t, l.Track(t.Context(), marque.Event{ID: "e-" + id.Value, Name: "order", At: opening.Add(time.Duration(i) * time.Minute), IDs: []marque.ID{id}}))
	}
	return a, b
}

func everyRoomLoop(t *testing.T, stores loop.Stores) *loop.Loop {
	plan, err := loop.Compile(everyRoom(), loop.Host{})
	require.NoError(t, err)
	return loop.New(plan, stores, &loop.Options{NewID: func(first marque.ID) string { return "p-" + first.Value }})
}

func TestAMergeThroughTheBookIsCarriedOn(t *testing.T) {
	l := everyRoomLoop(t, loop.Memory())
	a, b := phones(t, l)
	lead := func(who string) float64 {
		s, err := l.Scores().Score(t.Context(), who, "lead", l.Now())
		require.NoError(t, err)
		return s.Value
	}
	require.NoError(t, l.Profiles().Move(t.Context(), marque.Move{Key: "hand", From: "p-b", Into: "p-a", At: l.Now()}))
	require.NoError(t, l.Advance(t.Context(), l.Now()))
	require.InDelta(t, 20, lead("p-a"), 1e-9)

	_, err := l.Profiles().Unlink(t.Context(), identity.Ruling{Key: "u", At: l.Now().Add(time.Minute), A: a, B: b})
	require.NoError(t, err)
	_, err = l.Erase(t.Context(), "p-b")
	require.NoError(t, err)
	require.InDelta(t, 10, lead("p-a"), 1e-9)
	require.Zero(t, lead("p-b"))
}

func TestUnlinkIsTheFirstThingALoopDoes(t *testing.T) {
	stores := loop.Memory()
	a, b := phones(t, everyRoomLoop(t, stores))
	require.NoError(t, everyRoomLoop(t, stores).Track(t.Context(), marque.Event{ID: "both", Name: "login", At: opening.Add(time.Hour), IDs: []marque.ID{a, b}}))
	l := everyRoomLoop(t, stores)
	moves, err := l.Unlink(t.Context(), a, b, "ann")
	require.NoError(t, err)
	require.Len(t, moves, 1)
	require.NoError(t, l.Track(t.Context(), marque.Event{Name: "login", IDs: []marque.ID{b}}))
}

func TestWhoBeginsAfterSomebodyWasErasedIsHeard(t *testing.T) {
	l := everyRoomLoop(t, loop.Memory())
	a, _ := phones(t, l)
	_, err := l.Erase(t.Context(), "p-a")
	require.NoError(t, err)
	require.NoError(t, l.Track(t.Context(), marque.Event{ID: "again", Name: "order", At: opening.Add(time.Hour), IDs: []marque.ID{a}}))
	who, _, err := l.Profiles().Resolve(t.Context(), []marque.ID{a})
	require.NoError(t, err)
	entered := 0
	for e, err := range l.Profiles().History(t.Context(), who) {
		require.NoError(t, err)
		if e.Name == "segment.entered" {
			entered++
		}
	}
	require.Equal(t, 1, entered)
}
