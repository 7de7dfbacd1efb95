package journey_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// What follows went wrong in engines in the field; each is told in a line.

func stageWorld(defs ...journey.Def) journeytest.World {
	return journeytest.World{
		Defs: defs, Schema: *schema(defs).Schema(), Anybody: journeytest.Willing,
		Rules: func(lex *rule.Lexicon) rule.Compiler { return lang.New(lex, nil) },
	}
}

// lives plays acts to the end of the month and checks the run as a whole.
func lives(t *testing.T, w journeytest.World, acts ...journeytest.Act) *journeytest.Stage {
	t.Helper()
	s, err := journeytest.NewStage(w, journey.NewMemory())
	require.NoError(t, err)
	require.NoError(t, s.Play(context.Background(), journeytest.Script{Acts: acts, Until: at("2026-04-01 00:00:00")}))
	require.NoError(t, s.Check(context.Background()))
	return s
}

func does(when, profile, name string) journeytest.Act {
	return journeytest.Act{At: at(when), Profile: profile, Event: name}
}

// sends lists messages as "03-02 10:00 push node".
func sends(s *journeytest.Stage) (got []string) {
	for _, e := range s.Log() {
		if e.Name == "message.sent" {
			got = append(got, fmt.Sprint(e.At.Format("01-02 15:04 "), e.Props["channel"], " ", e.Props["node"]))
		}
	}
	return got
}

// Workers that overlap send up to six copies: here each hand-over begins while another worker is at it.
func TestOverlappingWorkers(t *testing.T) {
	ctx := context.Background()
	store := journey.NewMemory()
	def := onOrder(send("a", "b", "push"), send("b", "", "push"))
	set, err := compile(def)
	require.NoError(t, err)
	calls, depth := 0, 0
	var runners []*journey.Runner
	delivered := &journeytest.Channel{}
	ch := channel(func(m journey.Message) (journey.Receipt, error) {
		if calls++; depth < 5 {
			depth++
			_, _, _ = runners[depth].Dispatch(ctx, marque.Lease{}, monday, 10)
		}
		return delivered.Send(ctx, m)
	})
	w := newWorld(t, def)
	for range 6 {
		runners = append(runners, journey.NewRunner(store, set, journey.Host{Owner: w, Channels: map[string]journey.Channel{"push": ch}}, nil))
	}
	_, err = runners[0].Handle(ctx, marque.Lease{}, []rule.Pass{{Event: event("2026-03-02 00:00:00", "ann", "order_paid"), Now: monday}})
	require.NoError(t, err)
	for {
		_, n, err := runners[0].Dispatch(ctx, marque.Lease{}, monday, 10)
		require.NoError(t, err)
		if n == 0 {
			break
		}
	}
	require.GreaterOrEqual(t, calls, 6, "they do overlap")
	require.Len(t, delivered.Sent(), 2, "the receiver drops keys that it has seen")
	said, err := store.Pending(ctx, marque.Parts{}, 100)
	require.NoError(t, err)
	n := 0
	for _, e := range said {
		if e.Name == "message.sent" {
			n++
		}
	}
	require.Equal(t, 2, n)
}

type channel func(m journey.Message) (journey.Receipt, error)

func (c channel) Send(_ context.Context, m journey.Message) (journey.Receipt, error) { return c(m) }

// A retry counter that is never reset: unrelated errors of months add up and end a journey.
func TestRetriesOfEachCommand(t *testing.T) {
	w := stageWorld(onOrder(send("a", "w1", "push"), wait("w1", "b", journey.Wait{For: 5 * day}), send("b", "w2", "push"),
		wait("w2", "c", journey.Wait{For: 5 * day}), send("c", "", "push")))
	w.Channels = map[string]func(journey.Message) (journey.Receipt, error){"push": func(m journey.Message) (journey.Receipt, error) {
		if m.At.Hour() < 12 { // down in the mornings: seven attempts each
			return journey.Receipt{}, errors.New("down")
		}
		return journey.Receipt{Status: journey.Sent}, nil
	}}
	w.Runner = &journey.Options{Attempts: 8, Backoff: func(int) marque.Duration { return 15 * marque.Minute }}
	s := lives(t, w, does("2026-03-02 10:30:00", "ann", "order_paid"))
	require.Equal(t, []string{"03-02 12:00 push a", "03-07 12:00 push b", "03-12 12:00 push c"}, sends(s))
}

// A key made of less than the visit: the second time round is dropped as a copy of the first.
func TestSecondVisitHasItsOwnKey(t *testing.T) {
	again := journey.Node{ID: "w", Wait: &journey.Wait{Event: "view", Within: day}, Next: "a", On: map[string]string{"timeout": "x"}}
	s := lives(t, stageWorld(onOrder(send("a", "w", "push"), again, journey.Node{ID: "x", Exit: "x"})),
		does("2026-03-02 10:00:00", "ann", "order_paid"), does("2026-03-02 11:00:00", "ann", "view"), does("2026-03-02 12:00:00", "ann", "view"))
	require.Equal(t, []string{"03-02 10:00 push a", "03-02 11:00 push a", "03-02 12:00 push a"}, sends(s))
}

// An edit that re-runs everybody, and a node deleted that re-runs the rest: whoever was there, or is done, gets nothing
// anew, and who waits goes on once.
func TestEditRunsNobodyAgain(t *testing.T) {
	v1 := onOrder(send("a", "w", "push"), wait("w", "b", journey.Wait{For: 2 * day}), send("b", "", "sms"))
	v1.Version = 1
	v2 := onOrder(wait("w", "b", journey.Wait{For: 2 * day}), send("b", "n", "sms"), send("n", "", "wechat"))
	v2.Version = 2
	swap := func(defs ...journey.Def) journeytest.Act {
		return journeytest.Act{At: at("2026-03-06 00:00:00"), Swap: defs}
	}
	done := does("2026-03-02 10:00:00", "done", "order_paid")
	inside := does("2026-03-05 10:00:00", "inside", "order_paid")
	repeated := does("2026-03-07 09:00:00", "done", "order_paid")
	before := []string{"03-02 10:00 push a", "03-04 10:00 sms b", "03-05 10:00 push a"}
	t.Run("with the old version beside it", func(t *testing.T) {
		s := lives(t, stageWorld(v1), done, inside, swap(v1, v2), repeated)
		require.Equal(t, append(before, "03-07 10:00 sms b"), sends(s))
	})
	t.Run("in the place of the old version", func(t *testing.T) {
		s := lives(t, stageWorld(v1), done, inside, swap(v2), repeated)
		require.Equal(t, append(before, "03-07 10:00 sms b", "03-07 10:00 wechat n"), sends(s))
	})
}

// Somebody who re-enters runs the old definition for ever.
func TestReentryTakesTheNewVersion(t *testing.T) {
	v := func(version int, channel string) journey.Def {
		d := onOrder(send("a", "w", channel), wait("w", "", journey.Wait{For: day}))
		d.Version, d.Entry.Reentry = version, "active"
		return d
	}
	s := lives(t, stageWorld(v(1, "push")), does("2026-03-02 10:00:00", "ann", "order_paid"),
		journeytest.Act{At: at("2026-03-02 12:00:00"), Swap: []journey.Def{v(1, "push"), v(2, "sms")}}, does("2026-03-04 10:00:00", "ann", "order_paid"))
	require.Equal(t, []string{"03-02 10:00 push a", "03-04 10:00 sms a"}, sends(s))
}

// A segment that is rebuilt drops people for a moment: what was scheduled for them is deleted.
func TestSegmentRebuild(t *testing.T) {
	def := journey.Def{Name: "j", Entry: journey.Entry{Segment: "new"}, Nodes: []journey.Node{wait("w", "a", journey.Wait{For: day}), send("a", "", "push")}}
	is := func(when string, in bool) journeytest.Act {
		return journeytest.Act{At: at(when), Profile: "ann", Change: func(p *journeytest.Person) {
			if p.Segments = nil; in {
				p.Segments = []string{"new"}
			}
		}}
	}
	s := lives(t, stageWorld(def), is("2026-03-02 10:00:00", true), is("2026-03-02 11:00:00", false), is("2026-03-02 11:00:01", true))
	require.Equal(t, []string{"03-03 10:00 push a"}, sends(s))
}

// Somebody who opted out, or is capped, is scheduled again and again.
func TestRefusedGoesOn(t *testing.T) {
	def := onOrder(send("a", "b", "push"), send("b", "", "push"))
	def.Caps = []journey.Cap{{N: 1, Per: "day"}}
	w := stageWorld(def)
	steps := 0
	w.Runner = &journey.Options{Trace: func(journey.Trace) { steps++ }}
	w.People = map[string]journeytest.Person{"out": {Consents: []rule.Consent{{OK: false, At: 1}}}}
	s := lives(t, w, does("2026-03-02 10:00:00", "out", "order_paid"), does("2026-03-02 10:00:00", "ann", "order_paid"))
	require.Equal(t, []string{"03-02 10:00 push a"}, sends(s))
	require.Equal(t, 3, steps, "out passes both nodes in one step; ann takes one to enter and one to leave")
}

// Both branches are taken: the reminder goes out, and then the thanks for an open that came after it.
func TestOneBranch(t *testing.T) {
	opened := journey.Node{ID: "w", Wait: &journey.Wait{Event: "message.opened", Of: "a", Within: day}, Next: "thanks", On: map[string]string{"timeout": "remind"}}
	def := onOrder(send("a", "w", "push"), opened, send("thanks", "", "push"), send("remind", "w2", "sms"), wait("w2", "", journey.Wait{For: 5 * day}))
	late := does("2026-03-03 10:00:00", "ann", "message.opened") // the instant of the timeout
	late.Of = "a"
	later := does("2026-03-03 11:00:00", "ann", "message.opened")
	later.Of, later.Happened = "a", at("2026-03-03 09:00:00")
	s := lives(t, stageWorld(def), does("2026-03-02 10:00:00", "ann", "order_paid"), late, later)
	require.Equal(t, []string{"03-02 10:00 push a", "03-03 10:00 sms remind"}, sends(s))
}

// An event that follows on the heels of a message is lost, since nobody waits for it yet.
func TestEventOnTheHeels(t *testing.T) {
	opened := journey.Node{ID: "w", Wait: &journey.Wait{Event: "message.opened", Of: "a", Within: day}, Next: "thanks", On: map[string]string{"timeout": "x"}}
	open := does("2026-03-02 10:00:00", "ann", "message.opened")
	open.Of = "a"
	s := lives(t, stageWorld(onOrder(send("a", "w", "push"), opened, send("thanks", "", "push"), journey.Node{ID: "x", Exit: "x"})),
		does("2026-03-02 10:00:00", "ann", "order_paid"), open)
	require.Equal(t, []string{"03-02 10:00 push a", "03-02 10:00 push thanks"}, sends(s))
}

// A Tokyo contact with a send hour and Monday to Friday, looked at on a Saturday evening, is sent to on Monday evening.
func TestHourHoldsOnOtherDays(t *testing.T) {
	w := stageWorld(onOrder(wait("w", "a", journey.Wait{At: "09:00", Weekdays: "mon-fri"}), send("a", "", "push")))
	w.People = map[string]journeytest.Person{"ann": {Zone: "Asia/Tokyo", Consents: journeytest.Willing.Consents}}
	s := lives(t, w, does("2026-03-07 09:13:00", "ann", "order_paid")) // 18:13 on Saturday there
	require.Equal(t, []string{"03-09 00:00 push a"}, sends(s))
}

// A node that the editor has and the engine does not: people leave in silence. Here it does not compile.
func TestUnknownNode(t *testing.T) {
	_, err := compile(onOrder(journey.Node{ID: "a", Next: "b"}, journey.Node{ID: "b", Exit: "x"}))
	require.ErrorContains(t, err, "nodes[0]: want exactly one of")
}

// Splits that each look fair but hang together: nodes of which the ids differ in the last byte.
func TestSplitsAreIndependent(t *testing.T) {
	arms := []journey.Arm{{Weight: 1, Next: "yes"}, {Weight: 1, Next: "no"}}
	def := func(id string) journey.Def {
		d := onOrder(journey.Node{ID: "split-" + id, Split: &journey.Split{Arms: arms}}, journey.Node{ID: "yes", Exit: "yes"}, journey.Node{ID: "no", Exit: "no"})
		d.Name = "j"
		return d
	}
	arm := func(set *journey.Set, profile string) bool {
		e := marque.Event{ID: profile, Name: "order_paid", At: monday, Profile: profile}
		return step.Enter(set.Plan("j"), journey.Input{Event: &e}, rule.NewFacts(set.Lexicon(), profile), monday).State.Ended == "yes"
	}
	one, err := compile(def("1"))
	require.NoError(t, err)
	two, err := compile(def("2"))
	require.NoError(t, err)
	const n = 20_000
	a, b, both := 0, 0, 0
	for i := range n {
		p := fmt.Sprintf("person%d@example.com", i)
		x, y := arm(one, p), arm(two, p)
		if x {
			a++
		}
		if y {
			b++
		}
		if x && y {
			both++
		}
	}
	require.InDelta(t, 0.5, float64(a)/n, 0.02)
	require.InDelta(t, 0.5, float64(b)/n, 0.02)
	require.InDelta(t, 0.25, float64(both)/n, 0.015)
}
