package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

var monday = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)

func event(person, name string, day float64) marque.Event {
	return marque.Event{Name: name, Profile: person, At: monday.Add(time.Duration(day * 24 * float64(time.Hour)))}
}

func log(events ...marque.Event) iter.Seq2[marque.Event, error] {
	return func(yield func(marque.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func on(names ...string) (ts []Trigger) {
	for _, n := range names {
		ts = append(ts, Trigger{Event: n})
	}
	return ts
}

func sales() Def {
	return Def{
		Name: "sales",
		Stages: []Stage{
			{Name: "lead", Enter: on("form_sent"), Limit: 10 * marque.Day},
			{Name: "visit", Enter: on("visited"), Lost: on("declined"), Back: true},
			{Name: "deal", Enter: on("order_paid")},
			{Name: "again", Enter: on("order_paid")},
		},
		Lost: on("erased"),
	}
}

func compile(t testing.TB, def Def) *Plan {
	t.Helper()
	p, err := Compile(def, nil, nil)
	require.NoError(t, err)
	return p
}

func run(t *testing.T, def Def, events ...marque.Event) *Counter {
	t.Helper()
	c, err := compile(t, def).Run(log(events...), nil)
	require.NoError(t, err)
	return c
}

func at(day float64) time.Time { return event("", "", day).At }

func TestMoves(t *testing.T) {
	type out struct{ in, fresh, forward, back, lost, stock []int }
	for _, c := range []struct {
		name   string
		events string // name and day
		now    float64
		want   out
	}{
		{"forward by one", "form_sent0 visited1", 2, out{[]int{1, 1, 0, 0}, []int{1, 0, 0, 0}, []int{1, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 1, 0, 0}}},
		{"a stage may be skipped", "form_sent0 order_paid1", 2, out{[]int{1, 0, 1, 0}, []int{1, 0, 0, 0}, []int{1, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 1, 0}}},
		{"an event of two stages takes the nearest", "order_paid0 order_paid1", 2, out{[]int{0, 0, 1, 1}, []int{0, 0, 1, 0}, []int{0, 0, 1, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 1}}},
		{"the same stage again is nothing", "visited0 visited1", 2, out{[]int{0, 1, 0, 0}, []int{0, 1, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 1, 0, 0}}},
		{"and so is the last", "order_paid0 order_paid1 order_paid2", 3, out{[]int{0, 0, 1, 1}, []int{0, 0, 1, 0}, []int{0, 0, 1, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 1}}},
		{"back where the stage allows it", "order_paid0 visited1", 2, out{[]int{0, 1, 1, 0}, []int{0, 0, 1, 0}, []int{0, 0, 0, 0}, []int{0, 0, 1, 0}, []int{0, 0, 0, 0}, []int{0, 1, 0, 0}}},
		{"not where it does not", "order_paid0 form_sent1", 2, out{[]int{0, 0, 1, 0}, []int{0, 0, 1, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 1, 0}}},
		{"lost from the stage", "visited0 declined1", 2, out{[]int{0, 1, 0, 0}, []int{0, 1, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 1, 0, 0}, []int{0, 0, 0, 0}}},
		{"a loss of another stage is nothing", "form_sent0 declined1", 2, out{[]int{1, 0, 0, 0}, []int{1, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{1, 0, 0, 0}}},
		{"lost from any stage", "order_paid0 erased1", 2, out{[]int{0, 0, 1, 0}, []int{0, 0, 1, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 1, 0}, []int{0, 0, 0, 0}}},
		{"lost and back again", "form_sent0 erased1 form_sent2", 3, out{[]int{2, 0, 0, 0}, []int{2, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{1, 0, 0, 0}, []int{1, 0, 0, 0}}},
		{"the limit has not passed", "form_sent0", 9.99, out{[]int{1, 0, 0, 0}, []int{1, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{1, 0, 0, 0}}},
		{"the limit has passed", "form_sent0", 10, out{[]int{1, 0, 0, 0}, []int{1, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{1, 0, 0, 0}, []int{0, 0, 0, 0}}},
		{"the limit passed before the next event", "form_sent0 visited10", 11, out{[]int{1, 1, 0, 0}, []int{1, 1, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{1, 0, 0, 0}, []int{0, 1, 0, 0}}},
		{"a loss without a stage is nothing", "erased0 declined1", 2, out{[]int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}, []int{0, 0, 0, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var events []marque.Event
			for e := range strings.FieldsSeq(c.events) {
				i := strings.IndexAny(e, "0123456789")
				var day float64
				fmt.Sscan(e[i:], &day)
				events = append(events, event("p", e[:i], day))
			}
			got := out{}
			for _, s := range run(t, sales(), events...).At(at(c.now)).Stages {
				got.in, got.fresh = append(got.in, s.In), append(got.fresh, s.New)
				got.forward, got.back = append(got.forward, s.Forward), append(got.back, s.Back)
				got.lost, got.stock = append(got.lost, s.Lost), append(got.stock, s.Stock)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestReport(t *testing.T) {
	def := sales()
	def.Period = "week"
	c := run(t, def,
		event("ann", "form_sent", 0), event("ann", "visited", 2), event("ann", "order_paid", 8),
		event("bob", "form_sent", 1), // lost on day 11
		event("cyd", "visited", 3), event("cyd", "declined", 9),
		event("dan", "form_sent", 6),
		event("", "form_sent", 6),
	)
	r := c.At(at(14.5))
	require.Equal(t, "week", r.Period)
	require.Equal(t, monday, r.From)
	require.Equal(t, at(14.5), r.At)
	require.Equal(t, 1, r.Nobody)
	require.Len(t, r.Flows, 3*4)

	lead, visit, deal := r.Stages[0], r.Stages[1], r.Stages[2]
	require.Equal(t, []int{3, 3, 1, 1, 1}, []int{lead.In, lead.New, lead.Forward, lead.Lost, lead.Stock})
	require.Equal(t, int64(3), lead.Next.N)
	require.Equal(t, int64(1), lead.Next.Hits)
	require.Equal(t, int64(0), lead.Final.Hits)
	require.InDelta(t, 0.5, visit.Next.Rate, 1e-12)
	require.Equal(t, 1, deal.Stock)
	require.Equal(t, Dwell{N: 2, Mean: 6 * marque.Day, Median: 2 * marque.Day, P90: 10 * marque.Day}, lead.Dwell)

	week := r.Flows[4] // of lead in the second week
	require.Equal(t, "lead", week.Stage)
	require.Equal(t, at(7), week.From)
	require.Equal(t, at(14), week.To)
	require.Equal(t, []int{2, 0, 0, 1, 1}, []int{week.Opening, week.In, week.Forward, week.Lost, week.Stock})

	require.Equal(t, r, c.At(at(14.5)), "asking changes nothing")
	require.Equal(t, 2, c.At(at(10.9)).Stages[0].Stock, "and an earlier instant can still be asked for")

	var b strings.Builder
	require.NoError(t, r.CSV(&b))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 13)
	require.Equal(t, "sales,2026-05-11T00:00:00Z,2026-05-18T00:00:00Z,lead,2,0,0,0,0,1,1,1,864000,864000", lines[5])
	b.Reset()
	require.NoError(t, r.StagesCSV(&b))
	require.True(t, strings.HasPrefix(strings.Split(b.String(), "\n")[1], "sales,2026-05-18T12:00:00Z,lead,3,3,1,0,1,1,3,0.3333333333,"))

	data, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(data), `"little"`)

	who := maps.Collect(c.In("lead", at(10.9)))
	require.Equal(t, map[string]time.Time{"bob": at(1), "dan": at(6)}, who)
	for id := range c.In("lead", at(11)) {
		require.Equal(t, "dan", id)
	}
	for range c.In("no stage", at(11)) {
		t.Fatal("nobody is there")
	}
}

func TestRatesAreOfTrips(t *testing.T) {
	c := run(t, sales(),
		event("ann", "visited", 0), event("ann", "order_paid", 1), event("ann", "visited", 2), event("ann", "order_paid", 3), event("ann", "order_paid", 4),
		event("bob", "visited", 0), event("bob", "declined", 1), event("bob", "visited", 2), event("bob", "order_paid", 3),
	)
	r := c.At(at(5))
	visit, deal, again := r.Stages[1], r.Stages[2], r.Stages[3]
	require.Equal(t, []int64{3, 2}, []int64{visit.Next.N, visit.Next.Hits}, "ann's way back is one trip, bob's return another")
	require.Equal(t, []int64{3, 1}, []int64{visit.Final.N, visit.Final.Hits})
	require.Equal(t, []int64{2, 1}, []int64{deal.Final.N, deal.Final.Hits})
	require.Equal(t, []int64{1, 1}, []int64{again.Final.N, again.Final.Hits})
	require.Equal(t, int64(0), again.Next.N)
}

func TestPeriodsFollowTheZone(t *testing.T) {
	def := sales()
	def.Zone = "Asia/Shanghai"
	c := run(t, def, event("p", "form_sent", 0.75)) // 18:00 UTC is 02:00 on Tuesday
	r := c.At(at(0.75))
	require.Equal(t, "2026-05-05T00:00:00+08:00", r.From.Format(time.RFC3339))

	def.Period, def.Zone = "month", "Europe/Berlin"
	c = run(t, def, event("p", "visited", 0), event("q", "visited", 40))
	r = c.At(at(100))
	require.Equal(t, "2026-05-01T00:00:00+02:00", r.From.Format(time.RFC3339))
	require.Len(t, r.Flows, 4*4)
	require.Equal(t, "2026-08-01T00:00:00+02:00", r.Flows[12].From.Format(time.RFC3339))
	require.Equal(t, 2, r.Flows[13].Stock)
}

func TestOrder(t *testing.T) {
	p := compile(t, sales())
	wrong := log(event("p", "visited", 5), event("q", "form_sent", 1), event("p", "form_sent", 4))
	_, err := p.Run(wrong, nil)
	require.ErrorIs(t, err, ErrOrder)
	c, err := p.Run(wrong, &Options{Sort: true})
	require.NoError(t, err)
	require.Equal(t, 1, c.At(at(6)).Stages[0].Forward)

	live := NewCounter(p, nil)
	require.NoError(t, live.Add(event("p", "form_sent", 3)))
	require.NoError(t, live.Add(event("q", "form_sent", 1)), "another person may be earlier")
	before := live.At(at(4))
	require.ErrorIs(t, live.Add(event("p", "visited", 2)), ErrOrder)
	require.ErrorIs(t, live.Add(event("r", "visited", -30_000)), ErrRange)
	require.ErrorIs(t, live.Add(event("r", "visited", 30_000)), ErrRange)
	require.Equal(t, before, live.At(at(4)))

	broken := errors.New("disk")
	_, err = p.Run(func(yield func(marque.Event, error) bool) { yield(marque.Event{}, broken) }, nil)
	require.ErrorIs(t, err, broken)
	require.Empty(t, NewCounter(p, nil).At(at(0)).Flows)
}

// Whatever happens, stocks follow from flows, every stay is somewhere, live counting gives what a run gives, and
// asking in between changes nothing.
func TestBooksBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		def := sales()
		def.Period = rapid.SampledFrom([]string{"day", "week", "month"}).Draw(t, "period")
		def.Stages[0].Limit = marque.Duration(rapid.IntRange(0, 8).Draw(t, "limit")) * marque.Day
		def.Stages[2].Limit = marque.Duration(rapid.IntRange(0, 20).Draw(t, "limit")) * marque.Day
		var events []marque.Event
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			events = append(events, event(rapid.SampledFrom([]string{"p", "q", "r"}).Draw(t, "person"),
				rapid.SampledFrom([]string{"form_sent", "visited", "order_paid", "declined", "erased"}).Draw(t, "name"),
				float64(rapid.IntRange(0, 60).Draw(t, "half day"))/2))
		}
		slices.SortStableFunc(events, func(a, b marque.Event) int { return a.At.Compare(b.At) })
		p, err := Compile(def, nil, nil)
		require.NoError(t, err)
		batch, err := p.Run(log(events...), nil)
		require.NoError(t, err)
		live := NewCounter(p, nil)
		for _, e := range events {
			require.NoError(t, live.Add(e))
			live.At(e.At.Add(time.Hour))
		}
		now := at(float64(rapid.IntRange(30, 60).Draw(t, "now")))
		r := batch.At(now)
		require.Equal(t, r, live.At(now))

		stock := map[string]int{}
		entered, left := 0, 0
		for _, f := range r.Flows {
			require.Equal(t, stock[f.Stage], f.Opening)
			stock[f.Stage] = f.Opening + f.In - f.Forward - f.Back - f.Lost
			require.Equal(t, stock[f.Stage], f.Stock)
			require.GreaterOrEqual(t, f.Stock, 0)
			require.Equal(t, f.Forward+f.Back+f.Lost, f.Dwell.N)
			entered, left = entered+f.New, left+f.Lost
		}
		inside := 0
		for i, s := range r.Stages {
			require.Equal(t, stock[s.Stage], s.Stock)
			inside += s.Stock
			there := 0
			open := 0.0
			for _, since := range batch.In(s.Stage, now) {
				there++
				open += now.Sub(since).Hours()
			}
			require.Equal(t, s.Stock, there)
			finished := s.Dwell.Mean
			hours := float64(finished)/float64(marque.Hour)*float64(s.Dwell.N) + open
			require.InDelta(t, hours, s.Little.Stock*r.At.Sub(r.From).Hours(), 0.01, "the stock over time is the time of all stays, stage %d", i)
		}
		require.Equal(t, entered-left, inside)
	})
}

// In a steady stream Little's law holds; while the stage fills up it does not, and says so.
func TestLittle(t *testing.T) {
	def := Def{Name: "x", Stages: []Stage{{Name: "a", Enter: on("a"), Lost: on("out")}}}
	c := NewCounter(compile(t, def), nil)
	rng := rand.New(rand.NewPCG(3, 5))
	var events []marque.Event
	for i := range 5000 {
		from := float64(i) / 50
		who := fmt.Sprint(i)
		events = append(events, event(who, "a", from), event(who, "out", from+rng.ExpFloat64()*2))
	}
	slices.SortStableFunc(events, func(a, b marque.Event) int { return a.At.Compare(b.At) })
	for _, e := range events {
		require.NoError(t, c.Add(e))
	}
	l := c.At(events[len(events)-1].At).Stages[0].Little
	require.InDelta(t, 0, l.Gap, 0.001)

	filling := NewCounter(compile(t, def), nil)
	for i := range 100 {
		require.NoError(t, filling.Add(event(fmt.Sprint(i), "a", float64(i))))
	}
	require.NoError(t, filling.Add(event("0", "out", 99)))
	require.NoError(t, filling.Add(event("99", "out", 99.1)))
	require.Greater(t, filling.At(at(100)).Stages[0].Little.Gap, -1.0)
	require.NotEqual(t, 0.0, filling.At(at(100)).Stages[0].Little.Gap)
}

func TestRules(t *testing.T) {
	lex, err := rule.Schema{Events: []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}}}.Compile()
	require.NoError(t, err)
	rules := lang.New(lex, nil)
	def := Def{Name: "x", Stages: []Stage{
		{Name: "small", Enter: []Trigger{{Event: "order_paid", When: "event.amount < 1000"}}},
		{Name: "large", Enter: []Trigger{{Event: "order_paid", When: "event.amount >= 1000"}}},
	}}
	p, err := Compile(def, lex, rules)
	require.NoError(t, err)
	require.Equal(t, []string{"order_paid"}, p.Events())
	c := NewCounter(p, nil)
	for i, amount := range []any{50, 5000, nil} {
		e := event("p", "order_paid", float64(i))
		e.Props = map[string]any{"amount": amount}
		require.NoError(t, c.Add(e))
	}
	require.Equal(t, 1, c.At(at(5)).Stages[1].Stock)

	bad := Def{Stages: []Stage{{}, {Name: "a", Enter: []Trigger{{Event: "order_payd"}, {Event: "order_paid", When: "event.amout > 1"}}, Limit: -1},
		{Name: "a", Enter: []Trigger{{}}}}, Period: "wek", Zone: "Asia/Shangai"}
	_, err = Compile(bad, lex, rules)
	for _, want := range []string{
		`name: name is empty`, `stages[0].name: name is empty`, `stages[0].enter: want at least one event`,
		`stages[1].enter[0].event: no event "order_payd", did you mean "order_paid"?`, `stages[1].enter[1].when: `, `stages[1].limit: `,
		`stages[2].name: "a" is already the name of stages[1]`, `stages[2].enter[0].event: event is empty`,
		`period: "wek": want day, week or month, did you mean "week"?`, `zone: `,
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = Compile(Def{Name: "x", Stages: make([]Stage, 32)}, nil, nil)
	require.ErrorContains(t, err, "32 stages: want 1 to 31")
}

func TestDefIsData(t *testing.T) {
	text := `{"name":"sales","stages":[{"name":"lead","enter":[{"event":"form_sent"}],"limit":"10d"},` +
		`{"name":"visit","enter":[{"event":"visited"}],"back":true,"lost":[{"event":"declined"}]},` +
		`{"name":"deal","enter":[{"event":"order_paid"}]},{"name":"again","enter":[{"event":"order_paid"}]}],"lost":[{"event":"erased"}]}`
	var d Def
	require.NoError(t, json.Unmarshal([]byte(text), &d))
	require.Equal(t, sales(), d)
	back, err := json.Marshal(d)
	require.NoError(t, err)
	require.Equal(t, text, string(back))
	require.Equal(t, []string{"form_sent", "visited", "declined", "order_paid", "erased"}, d.Events())
	require.Len(t, d.Refs(), 6)
	require.Equal(t, "lost[0].event", d.Refs()[5].Path)
}

func TestCounterIsSafe(t *testing.T) {
	c := NewCounter(compile(t, sales()), nil)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				who := fmt.Sprintf("%d-%d", g, i)
				c.Add(event(who, "form_sent", 0))
				c.Add(event(who, "visited", float64(i)/20))
				if i%40 == 0 {
					c.At(at(5))
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 400, c.At(at(6)).Stages[1].Stock)
}

func BenchmarkAdd(b *testing.B) {
	p := compile(b, sales())
	names := []string{"form_sent", "visited", "order_paid", "view", "open", "declined", "view", "open"}
	events := make([]marque.Event, 0, 1<<16)
	for i := range 1 << 16 {
		events = append(events, event(fmt.Sprintf("p%d", i*7919%5000), names[i*31%8], float64(i)/800))
	}
	b.ReportAllocs()
	i, c := 0, NewCounter(p, nil)
	for b.Loop() {
		if i == len(events) {
			i, c = 0, NewCounter(p, nil)
		}
		c.Add(events[i])
		i++
	}
}
