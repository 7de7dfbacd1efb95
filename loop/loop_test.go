package loop_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
)

var opening = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

// desk is a loop over the program in testdata/shop.
type desk struct {
	*loop.Loop
	plan   *loop.Plan
	stores loop.Stores
	opts   loop.Options
}

func compile(t require.TestingT, push journey.Channel) *loop.Plan {
	p, err := loop.Load(os.DirFS("testdata/shop"))
	require.NoError(t, err)
	plan, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"push": push, "sms": refusing{}}})
	require.NoError(t, err)
	return plan
}

func newDesk(t require.TestingT) *desk {
	d := &desk{plan: compile(t, &journeytest.Channel{}), stores: loop.Memory()}
	d.opts.NewID = func(first marque.ID) string { return "p-" + first.Value }
	d.Loop = loop.New(d.plan, d.stores, &d.opts)
	return d
}

// refusing is a channel that reaches nobody.
type refusing struct{}

func (refusing) Send(context.Context, journey.Message) (journey.Receipt, error) {
	return journey.Receipt{Status: journey.Unreachable}, nil
}

func event(id, name, person string, at time.Time, props map[string]any) marque.Event {
	return marque.Event{ID: id, Name: name, At: at, IDs: []marque.ID{{Kind: "device", Value: person}}, Props: props}
}

// trace is everything that a run leaves in the log, in an order of its own.
func (d *desk) trace(t require.TestingT) []string {
	var lines []string
	for e, err := range d.Profiles().Log(context.Background(), nil) {
		require.NoError(t, err)
		e.Cause, e.Hops = "", 0
		b, err := json.Marshal(e)
		require.NoError(t, err)
		lines = append(lines, string(b))
	}
	slices.Sort(lines)
	return lines
}

// script is a random month of a few people.
func script(t *rapid.T) []marque.Event {
	var events []marque.Event
	at := opening
	for i := range rapid.IntRange(5, 40).Draw(t, "events") {
		at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 60, 299, 300, 3600, 20000, 86400, 200000}).Draw(t, "gap")) * time.Second)
		person := rapid.SampledFrom([]string{"ann", "bob", "eve", "joe"}).Draw(t, "person")
		name := rapid.SampledFrom([]string{"visit", "view", "view", "order"}).Draw(t, "name")
		props := map[string]any{"visit": map[string]any{"city": rapid.SampledFrom([]string{"Chongqing", "Shanghai"}).Draw(t, "city")},
			"order": map[string]any{"amount": rapid.SampledFrom([]int{20, 60}).Draw(t, "amount")}}[name]
		p, _ := props.(map[string]any)
		e := event(fmt.Sprint("e", i), name, person, at, p)
		if rapid.IntRange(0, 9).Draw(t, "late") == 0 {
			e.Received, e.At = at, at.Add(-time.Duration(rapid.IntRange(0, 400000).Draw(t, "by"))*time.Second)
		}
		if rapid.IntRange(0, 11).Draw(t, "link") == 0 { // two turn out to be one
			e.IDs = append(e.IDs, marque.ID{Kind: "device", Value: rapid.SampledFrom([]string{"ann", "bob", "eve", "joe"}).Draw(t, "other")})
		}
		events = append(events, e)
	}
	return events
}

var month = opening.AddDate(0, 1, 10)

func (d *desk) play(t require.TestingT, events []marque.Event) {
	for _, e := range events {
		require.NoError(t, d.Track(context.Background(), e))
	}
	require.NoError(t, d.Advance(context.Background(), month))
}

func TestAdvanceInWindowsIsAdvanceByInstants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := script(t)
		windows := newDesk(t)
		windows.play(t, events)

		instants := newDesk(t)
		ctx := context.Background()
		to := func(until time.Time) {
			for {
				at, ok, err := instants.Next(ctx)
				require.NoError(t, err)
				if !ok || at.After(until) {
					break
				}
				require.NoError(t, instants.Advance(ctx, at))
			}
			require.NoError(t, instants.Advance(ctx, until))
		}
		for _, e := range events {
			to(e.Arrived())
			require.NoError(t, instants.Track(ctx, e))
		}
		to(month)
		require.Equal(t, windows.trace(t), instants.trace(t))
	})
}

func TestTwoHandsGiveWhatOneGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := script(t)
		events = slices.DeleteFunc(events, func(e marque.Event) bool { return len(e.IDs) > 1 }) // one hand a person
		one := newDesk(t)
		one.play(t, events)

		both := newDesk(t)
		cut := rapid.IntRange(1, marque.Partitions-1).Draw(t, "cut")
		var hands []*loop.Loop
		for _, p := range []marque.Parts{{To: cut}, {From: cut, To: marque.Partitions}} {
			o := both.opts
			o.Lease.Parts = p
			hands = append(hands, loop.New(both.plan, both.stores, &o))
		}
		ctx := context.Background()
		for i, e := range events {
			for _, h := range hands {
				require.NoError(t, h.Advance(ctx, e.Arrived()))
			}
			require.NoError(t, hands[i%2].Track(ctx, e)) // whoever gets it: the owner carries it
			for _, h := range hands {
				require.NoError(t, h.Advance(ctx, e.Arrived()))
			}
		}
		for _, h := range hands {
			require.NoError(t, h.Advance(ctx, month))
		}
		require.Equal(t, one.trace(t), both.trace(t))
	})
}

func TestRecoverWhereNothingBrokeChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := script(t)
		calm := newDesk(t)
		calm.play(t, events)
		again := newDesk(t)
		for _, e := range events {
			require.NoError(t, again.Track(context.Background(), e))
			if rapid.Bool().Draw(t, "restart") {
				again.Loop = loop.New(again.plan, again.stores, &again.opts)
				require.NoError(t, again.Recover(context.Background(), e.Arrived()))
			}
		}
		require.NoError(t, again.Advance(context.Background(), month))
		require.Equal(t, calm.trace(t), again.trace(t))
	})
}

func TestReplayGivesTheSameLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := newDesk(t)
		first.play(t, script(t))
		second := newDesk(t)
		var raw []marque.Event
		for e, err := range first.Profiles().Log(context.Background(), nil) {
			require.NoError(t, err)
			if e.Hops == 0 && !strings.Contains(e.Name, ".") {
				e.Profile = ""
				raw = append(raw, e)
			}
		}
		require.NoError(t, second.Replay(context.Background(), func(yield func(marque.Event, error) bool) {
			for _, e := range raw {
				if !yield(e, nil) {
					return
				}
			}
		}))
		require.NoError(t, second.Advance(context.Background(), month))
		require.Equal(t, first.trace(t), second.trace(t))
	})
	stop := errors.New("the file ends here")
	require.ErrorIs(t, newDesk(t).Replay(t.Context(), func(yield func(marque.Event, error) bool) { yield(marque.Event{}, stop) }), stop)
}

func TestTrackTakesAnEventOnce(t *testing.T) {
	d := newDesk(t)
	e := event("v1", "visit", "ann", opening, map[string]any{"city": "Chongqing"})
	require.NoError(t, d.Track(t.Context(), e, e))
	before := d.trace(t)
	require.NoError(t, d.Track(t.Context(), e))
	require.Equal(t, before, d.trace(t))
	require.Error(t, d.Track(t.Context(), marque.Event{}), "an event has a name")
	require.NoError(t, d.Track(t.Context(), marque.Event{ID: "a1", Name: "alert", At: opening}), "an event about nobody")
	in, err := d.Segments().Has(t.Context(), "p-ann", "local")
	require.NoError(t, err)
	require.True(t, in)
}

func TestMembershipEndsAtItsInstant(t *testing.T) {
	d := newDesk(t)
	require.NoError(t, d.Track(t.Context(), event("o1", "order", "ann", opening, map[string]any{"amount": 100})))
	end := opening.AddDate(0, 0, 20)
	require.NoError(t, d.Advance(t.Context(), end.Add(-time.Microsecond)))
	tags, err := d.Tags().Of(t.Context(), "p-ann", d.Now())
	require.NoError(t, err)
	require.Len(t, tags, 2, "buyer and spender")
	require.NoError(t, d.Advance(t.Context(), end))
	tags, err = d.Tags().Of(t.Context(), "p-ann", end)
	require.NoError(t, err)
	require.Empty(t, tags)
	in, err := d.Segments().Has(t.Context(), "p-ann", "gone")
	require.NoError(t, err)
	require.True(t, in, "what reads the tags follows at the same instant")
}

// flaky fails a few times before it sends.
type flaky struct {
	mu    sync.Mutex
	fails int
	log   []journey.Message
}

func (f *flaky) sent() []journey.Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

func (f *flaky) Send(_ context.Context, m journey.Message) (journey.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails--; f.fails >= 0 {
		panic("no route to host")
	}
	f.log = append(f.log, m)
	return journey.Receipt{Status: journey.Sent}, nil
}

func TestRunDoesWhatIsDueWhenItIsDue(t *testing.T) {
	push := &flaky{fails: 1}
	plan := compile(t, push)
	synctest.Test(t, func(t *testing.T) {
		l := loop.New(plan, loop.Memory(), nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		var err error
		go func() { err = l.Run(ctx) }()
		time.Sleep(10 * time.Hour) // synctest's clock starts at midnight UTC, 8:00 in Shanghai
		began := time.Now()
		require.NoError(t, l.Track(ctx, marque.Event{Name: "visit", IDs: []marque.ID{{Kind: "device", Value: "ann"}}}))
		require.Empty(t, push.sent())
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Len(t, push.sent(), 1, "the second attempt, a minute later")
		time.Sleep(48*time.Hour - time.Second)
		synctest.Wait()
		require.Len(t, push.sent(), 1)
		time.Sleep(time.Second)
		synctest.Wait()
		require.Len(t, push.sent(), 2, "not opened in two days; no SMS reaches her")
		require.Equal(t, began.Add(48*time.Hour+time.Minute), push.sent()[1].At.Local())
		why := errors.New("shutting down")
		cancel(why)
		synctest.Wait()
		require.ErrorIs(t, err, why)
	})
}

func TestPeopleWhoTurnOutToBeOne(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	require.NoError(t, d.Track(ctx,
		event("1", "order", "ann", opening, map[string]any{"amount": 60}),
		event("2", "order", "phone", opening.Add(time.Hour), map[string]any{"amount": 60})))
	in, err := d.Tags().Of(ctx, "p-ann", d.Now())
	require.NoError(t, err)
	require.Len(t, in, 1, "60 is not 100")
	link := event("3", "view", "ann", opening.Add(2*time.Hour), nil)
	link.IDs = append(link.IDs, marque.ID{Kind: "device", Value: "phone"})
	require.NoError(t, d.Track(ctx, link))
	in, err = d.Tags().Of(ctx, "p-ann", d.Now())
	require.NoError(t, err)
	require.Len(t, in, 3, "buyer, seen, and together a spender")
	moves, err := d.Profiles().Moves(ctx, 10)
	require.NoError(t, err)
	require.Empty(t, moves, "every holder took it")
}

func TestEraseLeavesNothingOfAPerson(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	require.NoError(t, d.Track(ctx, event("1", "visit", "ann", opening, map[string]any{"city": "Chongqing"}),
		event("2", "view", "ann", opening.Add(time.Hour), nil)))
	link := event("3", "view", "phone", opening.Add(-time.Hour), nil) // seen first by phone: p-phone stays
	require.NoError(t, d.Track(ctx, link))
	link.ID, link.IDs = "4", append(link.IDs, marque.ID{Kind: "device", Value: "ann"})
	require.NoError(t, d.Track(ctx, link))
	require.NoError(t, d.Advance(ctx, opening.AddDate(0, 0, 3)))
	items := 0
	for _, err := range d.Export(ctx, "p-ann") {
		require.NoError(t, err)
		items++
	}
	require.Greater(t, items, 10)
	receipt, err := d.Erase(ctx, "p-ann")
	require.NoError(t, err)
	require.Positive(t, receipt.Rows())
	require.NotContains(t, fmt.Sprint(receipt), "ann")
	for _, id := range []string{"p-ann", "p-phone"} {
		for item, err := range d.Export(ctx, id) {
			require.NoError(t, err)
			t.Errorf("left of %s: %+v", id, item)
		}
	}
	require.NoError(t, d.Advance(ctx, month), "nothing of them is due any more")
}

// Two journeys that undo each other's work would go on for ever at one instant.
func TestChainsEndInTheDeadList(t *testing.T) {
	p, err := loop.Load(fstest.MapFS{"a.yaml": {Data: []byte(`
tags: [{name: x}]
events: [{name: go}]
journeys:
  - {name: first, entry: {event: go}, nodes: [{id: a, tag: x}]}
  - {name: on, entry: {event: tag.removed, reentry: every}, nodes: [{id: a, tag: x}]}
  - {name: off, entry: {event: tag.added, reentry: every}, nodes: [{id: a, untag: x}]}
`)}})
	require.NoError(t, err)
	plan, err := loop.Compile(p, loop.Host{})
	require.NoError(t, err)
	l := loop.New(plan, loop.Memory(), nil)
	require.NoError(t, l.Track(t.Context(), event("1", "go", "ann", opening, nil)))
	dead := l.Dead()
	require.NotEmpty(t, dead)
	require.Greater(t, dead[0].Hops, 16)
	require.NotEmpty(t, dead[0].Cause)
}

func TestFaultsOfAProgramHavePlaces(t *testing.T) {
	load := func(files map[string]string) error {
		fsys := fstest.MapFS{}
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		p, err := loop.Load(fsys)
		if err != nil {
			return err
		}
		_, err = loop.Compile(p, loop.Host{})
		return err
	}
	for name, test := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"unknown field": {map[string]string{"a.yaml": "tags:\n  - {name: x, wen: 'true'}\n"}, []string{`a.yaml:2:15`, `did you mean "when"?`}},
		"rules of two files": {map[string]string{
			"a.yaml": "attributes: [{name: city, type: string}]\nsegments:\n  - name: local\n    when: citty == \"Chongqing\"\n",
			"b.json": "{\"segments\": [\n  {\"name\": \"x\", \"when\": \"city == 3\"}]}"},
			[]string{"a.yaml:4:11: segments[0].when", `did you mean "city"?`, "b.json:2:26"}},
		"what is not there": {map[string]string{"j.yaml": "events: [{name: go}]\njourneys:\n  - name: j\n    entry: {event: go}\n    nodes:\n      - {id: a, send: {channels: [psuh], template: t}, next: b}\n      - {id: b, tag: vip}\n"},
			[]string{`no channel "psuh"`, `no tag "vip"`, "j.yaml:6:", "j.yaml:7:"}},
		"a cycle": {map[string]string{"s.yaml": "segments:\n  - {name: a, when: in_segment(\"b\")}\n  - {name: b, when: in_segment(\"a\")}\n"},
			[]string{"s.yaml:2:", "segment/a -> segment/b -> segment/a"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := load(test.files)
			require.Error(t, err)
			for _, w := range test.want {
				require.ErrorContains(t, err, w)
			}
		})
	}
}

func TestIgnoredTellsWhatNoRuleCanSee(t *testing.T) {
	d := newDesk(t)
	var told []string
	d.opts.Ignored = func(err *marque.FieldError) { told = append(told, err.Error()) }
	d.Loop = loop.New(d.plan, d.stores, &d.opts)
	require.NoError(t, d.Track(t.Context(),
		event("1", "ordr", "ann", opening, nil),
		event("2", "order", "ann", opening, map[string]any{"amount": "150", "total": 3}),
		event("3", "consent.given", "ann", opening, map[string]any{"chanel": "sms"}),
		event("4", "profile.set", "ann", opening, map[string]any{"city": 7})))
	require.Equal(t, []string{
		`name: no event "ordr" is declared, did you mean "order"?`,
		"props.amount: string does not fit, want int", "props.total: order declares no such property",
		"[0].props.chanel: is not known here, want channel, topic or proof; the consent was not recorded",
	}, told[:4])
	require.Contains(t, told[4], "props.city")
	p, err := d.Profiles().Person(t.Context(), "p-ann")
	require.NoError(t, err)
	require.Empty(t, p.Consents)
}

func TestWhatAHostDoesThroughTheBooks(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	require.NoError(t, d.Track(ctx, event("1", "view", "ann", opening, nil)))
	got, err := d.Coupons().Issue(ctx, coupon.IssueRequest{Key: "k", Batch: "ten", Profile: "p-ann"})
	require.NoError(t, err)
	require.Equal(t, opening, got.Coupon.Issued, "the loop's time, not the wall clock")
	at, ok, err := d.Next(ctx)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, opening, at, "what it said is due at once")
	require.NoError(t, d.Advance(ctx, opening))
	at, _, err = d.Next(ctx)
	require.NoError(t, err)
	require.True(t, at.After(opening))
	require.NoError(t, d.Track(ctx, marque.Event{ID: "2", Name: "view", Profile: "p-ann"}), "without a time it arrives at the instant reached")
	require.Equal(t, opening, d.Now())
}

func TestScalesCutScoresIntoGrades(t *testing.T) {
	l := loop.New(planOf(t, `
scores: [{name: interest, rules: [{name: looks, on: view, points: 10}]}]
scales: [{name: interest, score: interest, grades: [{name: C}, {name: B, from: 10}, {name: A, from: 20}]}]
segments: [{name: warm, when: grade("interest") >= "B"}]
`, &journeytest.Channel{}), loop.Memory(), nil)
	require.NoError(t, l.Track(t.Context(), marque.Event{Name: "view", At: opening, Profile: "ann"}, marque.Event{Name: "visit", At: opening, Profile: "bob"}))
	n, err := l.Segments().Count(t.Context(), "warm")
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestRebuildFillsNewDefinitionsSilently(t *testing.T) {
	stores := loop.Memory()
	l := loop.New(planOf(t, "", &journeytest.Channel{}), stores, nil)
	require.NoError(t, l.Track(t.Context(), marque.Event{Name: "view", At: opening, Profile: "ann"}, marque.Event{Name: "visit", At: opening, Profile: "bob"}))
	l = loop.New(planOf(t, `
tags:
  - {name: viewer, when: did("view")}
  - {name: saw, on: view, ttl: 3d, off: visit}
segments:
  - {name: quiet, when: 'has_tag("viewer") and not did("visit")'}
`, &journeytest.Channel{}), stores, nil)
	require.NoError(t, l.Recover(t.Context(), opening))
	rows, err := l.Rebuild(t.Context())
	require.NoError(t, err)
	require.Equal(t, 4, rows, "two tags and a segment of ann, and that bob's visit took away what he did not have")
	tags, err := l.Tags().Of(t.Context(), "ann", opening)
	require.NoError(t, err)
	require.Len(t, tags, 2)
	require.Equal(t, opening.AddDate(0, 0, 3), tags[0].Until, "the event's time to live counts from the event")
	n, err := l.Segments().Count(t.Context(), "quiet")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.NoError(t, l.Advance(t.Context(), opening.AddDate(0, 0, 1)))
	for e, err := range l.Profiles().Log(t.Context(), nil) {
		require.NoError(t, err)
		require.Zero(t, e.Hops, "%s was said", e.Name)
	}
}
