package journey_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// monday is the beginning of a week in UTC.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		panic(err)
	}
	return t
}

// world is a small loop around a runner: people with facts, a log, a clock.
type world struct {
	t      testing.TB
	lex    *rule.Lexicon
	defs   []journey.Def
	store  journey.Store
	runner *journey.Runner
	push   *journeytest.Channel
	sms    *journeytest.Channel
	wechat *journeytest.Channel
	opts   *journey.Options
	common *journey.CompileOptions
	doers  map[string]journey.Doer
	done   []string // what doers did, once per key
	keys   map[string]bool
	arms   map[string]string
	judge  journey.Judge
	now    time.Time
	log    []marque.Event
	known  map[string]bool
	people map[string]*person
	queue  []marque.Event
	begun  bool // the runner planned its rounds
	n      int  // at most in one call, default 3, of events one
	hands  int  // how many workers share the people, default one
}

type person struct {
	zone     string
	attrs    map[string]any
	tags     map[string]bool
	segments map[string]bool
	since    map[string]time.Time // of segments; default for ever
	consents []rule.Consent
}

func schema(defs []journey.Def) *rule.Lexicon {
	s := rule.Schema{
		Attributes: []rule.Field{{Name: "name", Type: rule.String}, {Name: "city", Type: rule.String}, {Name: "channel", Type: rule.String}, {Name: "age", Type: rule.Int}, {Name: "birthday", Type: rule.Time, From: []string{"signed_up.born"}}, {Name: "expiry", Type: rule.String}, {Name: "hour", Type: rule.Any}},
		Events: append([]rule.EventType{
			{Name: "view", Props: []rule.Field{{Name: "item", Type: rule.String}}},
			{Name: "refund", Props: []rule.Field{{Name: "order", Type: rule.String}}},
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "order", Type: rule.String}}},
			{Name: "message.opened", Props: []rule.Field{{Name: "message", Type: rule.String}}},
			{Name: "unfollow"},
			{Name: "signed_up", Props: []rule.Field{{Name: "born", Type: rule.Time}}},
			{Name: "stock.low", Props: []rule.Field{{Name: "city", Type: rule.String}, {Name: "item", Type: rule.String}}},
			{Name: "stock.back", Props: []rule.Field{{Name: "city", Type: rule.String}}},
			{Name: "segment.entered", Props: []rule.Field{{Name: "segment", Type: rule.String}}},
			{Name: "segment.left", Props: []rule.Field{{Name: "segment", Type: rule.String}}},
		}, journey.Says()...),
		Tags:     []string{"vip", "lost", "wechat-fan", "channel/sms", "channel/wechat", "active/20", "active/21:30"},
		Scores:   []string{"lead"},
		Segments: []string{"new", "lapsing"},
	}
	s.Scopes = journey.Scopes(defs, s.Events...)
	lex, err := s.Compile()
	if err != nil {
		panic(err)
	}
	return lex
}

func compile(defs ...journey.Def) (*journey.Set, error) {
	lex := schema(defs)
	return journey.Compile(defs, lex, lang.New(lex, nil), nil)
}

func newWorld(t testing.TB, defs ...journey.Def) *world {
	w := &world{
		t: t, lex: schema(defs), defs: defs, store: journey.NewMemory(), push: &journeytest.Channel{}, sms: &journeytest.Channel{}, wechat: &journeytest.Channel{},
		keys: map[string]bool{}, arms: map[string]string{}, now: monday, known: map[string]bool{}, people: map[string]*person{},
	}
	w.doers = map[string]journey.Doer{}
	for _, name := range []string{"tag", "untag", "score", "set", "coupon", "ring", "assign"} {
		w.doers[name] = journey.DoerFunc(w.do)
	}
	w.start()
	return w
}

// start makes a new runner on the same store.
func (w *world) start() {
	set, err := journey.Compile(w.defs, w.lex, lang.New(w.lex, nil), w.common)
	require.NoError(w.t, err)
	w.runner = journey.NewRunner(w.store, set, journey.Host{
		Owner: w, Channels: map[string]journey.Channel{"push": w.push, "sms": w.sms, "wechat": w.wechat}, Doers: w.doers, Splitter: w, Judge: w.judge, People: w,
	}, w.opts)
	w.begun = false
}

func (w *world) do(_ context.Context, c journey.Command) (journey.Outcome, error) {
	o := journey.Outcome{}
	if c.Do == "coupon" {
		o = journey.Outcome{Result: "issued", Vars: map[string]any{"id": "cp-" + c.Profile, "amount": int64(500)}}
	}
	if w.keys[c.Key] {
		return o, nil
	}
	w.keys[c.Key] = true
	w.done = append(w.done, fmt.Sprintf("%s %s of %s", c.Do, c.Name, c.Profile))
	if c.Do == "tag" {
		w.person(c.Profile).tags[c.Name] = true
	}
	return o, nil
}

func (w *world) Need() rule.Need { return rule.Need{} }

func (w *world) Arm(experiment string, f *rule.Facts, _ time.Time) string {
	return w.arms[experiment+"/"+f.Profile]
}

func (w *world) person(id string) *person {
	if w.people[id] == nil {
		w.people[id] = &person{attrs: map[string]any{}, tags: map[string]bool{}, segments: map[string]bool{}, consents: []rule.Consent{{OK: true, At: 1}}}
	}
	return w.people[id]
}

// Fill is the owner of all facts.
func (w *world) Fill(_ context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	for _, f := range people {
		p := w.person(f.Profile)
		f.Zone, f.Consents = p.zone, p.consents
		f.IDs = []marque.ID{{Kind: "phone", Value: f.Profile}}
		for _, slot := range need.Attrs {
			if x, ok := p.attrs[w.lex.Schema().Attributes[slot].Name]; ok {
				f.Attrs[slot], _ = rule.Of(x)
			}
		}
		for _, slot := range need.Tags {
			if p.tags[w.lex.Schema().Tags[slot]] {
				f.Tags = rule.Put(f.Tags, rule.Mark{Slot: slot, From: 1}, true)
			}
		}
		for _, slot := range need.Segments {
			if p.segments[w.lex.Schema().Segments[slot]] {
				from := max(rule.At(p.since[w.lex.Schema().Segments[slot]]), 1)
				f.Segments = rule.Put(f.Segments, rule.Mark{Slot: slot, From: from}, true)
			}
		}
		for _, e := range need.Events {
			name := w.lex.Schema().Events[e.Slot].Name
			for _, x := range w.log {
				if x.Name == name && x.Profile == f.Profile && !x.At.After(now) {
					f.Events[e.Slot] = append(f.Events[e.Slot], rule.Hit{At: rule.At(x.At), Props: w.lex.Row("event/"+name, x.Props)})
				}
			}
		}
	}
	return nil
}

// append logs events once.
func (w *world) append(es ...marque.Event) {
	for _, e := range es {
		if !w.known[e.ID] {
			w.known[e.ID] = true
			w.log = append(w.log, e)
			w.queue = append(w.queue, e)
		}
	}
}

func (w *world) drain(ctx context.Context) error {
	for {
		es, err := w.store.Pending(ctx, marque.Parts{}, 10)
		if err != nil || len(es) == 0 {
			return err
		}
		w.append(es...)
		ids := make([]string, len(es))
		for i, e := range es {
			ids[i] = e.ID
		}
		if err := w.store.Taken(ctx, ids); err != nil {
			return err
		}
	}
}

// handle takes the first events of the queue that are alike, of different people, to the runner.
func (w *world) handle(ctx context.Context) error {
	var ps []rule.Pass
	people := map[string]bool{}
	for len(w.queue) > 0 && len(ps) < max(w.n, 1) {
		e := w.queue[0]
		if len(ps) > 0 && (e.Name != ps[0].Event.Name || people[e.Profile]) {
			break
		}
		people[e.Profile] = true
		if w.runner.Listens(e) {
			ps = append(ps, rule.Pass{Event: e, Now: w.now})
		}
		w.queue = w.queue[1:]
	}
	said, err := w.runner.Handle(ctx, marque.Lease{}, ps)
	if err != nil {
		w.queue = append(events(ps), w.queue...)
		return err
	}
	return w.take(ctx, said)
}

func events(ps []rule.Pass) (es []marque.Event) {
	for _, p := range ps {
		es = append(es, p.Event)
	}
	return es
}

func (w *world) batch() int { return cmp.Or(w.n, 3) }

// workers are the partitions of each.
func (w *world) workers() (all []marque.Parts) {
	k := max(w.hands, 1)
	for i := range k {
		all = append(all, marque.Parts{From: i * marque.Partitions / k, To: (i + 1) * marque.Partitions / k})
	}
	return all
}

// take logs what a call said.
func (w *world) take(ctx context.Context, said []marque.Event) error {
	w.append(said...)
	ids := make([]string, len(said))
	for i, e := range said {
		ids[i] = e.ID
	}
	return w.store.Taken(ctx, ids)
}

// settle does all that is to be done at the instant.
func (w *world) settle(ctx context.Context) error {
	if !w.begun {
		if err := w.runner.Begin(ctx, marque.Lease{}, w.now); err != nil {
			return err
		}
		w.begun = true
	}
	for range 1000 {
		if err := w.drain(ctx); err != nil {
			return err
		}
		if len(w.queue) > 0 {
			if err := w.handle(ctx); err != nil {
				return err
			}
			continue
		}
		woke, m := false, 0
		for _, parts := range w.workers() {
			l := marque.Lease{Parts: parts}
			for {
				said, n, err := w.runner.Wake(ctx, l, w.now, w.batch())
				if err != nil {
					return err
				}
				if err := w.take(ctx, said); err != nil {
					return err
				}
				if n == 0 {
					break
				}
				woke = true
			}
			said, n, err := w.runner.Dispatch(ctx, l, w.now, w.batch())
			if err != nil {
				return err
			}
			if err := w.take(ctx, said); err != nil {
				return err
			}
			m += n
		}
		if !woke && m == 0 {
			if err := w.drain(ctx); err != nil {
				return err
			}
			if len(w.queue) == 0 {
				return nil
			}
		}
	}
	return errors.New("does not come to rest")
}

// advance goes from instant to instant.
func (w *world) advance(ctx context.Context, to time.Time) error {
	if err := w.settle(ctx); err != nil {
		return err
	}
	for {
		due, err := w.runner.Due(ctx, marque.Parts{}, to, 1)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			break
		}
		if due[0].At.After(w.now) {
			w.now = due[0].At
		}
		if err := w.settle(ctx); err != nil {
			return err
		}
	}
	if to.After(w.now) {
		w.now = to
	}
	return nil
}

func (w *world) until(s string) {
	w.t.Helper()
	require.NoError(w.t, w.advance(context.Background(), at(s)))
}

// event tracks "name" or "name key=value …" of a person at an instant.
func (w *world) event(when, profile, text string) marque.Event {
	w.t.Helper()
	e := event(when, profile, text)
	require.NoError(w.t, w.track(e))
	return e
}

func event(when, profile, text string) marque.Event {
	words := strings.Fields(text)
	e := marque.Event{Name: words[0], At: at(when), Received: at(when), Profile: profile, Props: map[string]any{}}
	for _, word := range words[1:] {
		k, v, _ := strings.Cut(word, "=")
		var n int64
		if _, err := fmt.Sscanf(v, "%d", &n); err == nil && fmt.Sprint(n) == v {
			e.Props[k] = n
		} else {
			e.Props[k] = v
		}
	}
	if s, ok := e.Props["segment"]; ok {
		e.Fact = fmt.Sprintf("segment/%s", s)
	}
	e.ID = marque.Key(when, profile, text)
	return e
}

func (w *world) track(e marque.Event) error {
	ctx := context.Background()
	if err := w.advance(ctx, e.Arrived()); err != nil {
		return err
	}
	w.append(e)
	return w.settle(ctx)
}

// said lists the log in short: "10:00:00 message.sent push node", of the names given or all that journeys say.
func (w *world) said(names ...string) []string {
	var lines []string
	for _, e := range w.log {
		if len(names) > 0 && !slices.Contains(names, e.Name) || !strings.Contains(e.Name, ".") || e.Name == "message.opened" || strings.HasPrefix(e.Name, "segment.") {
			continue
		}
		var line strings.Builder
		line.WriteString(e.At.Format("01-02 15:04:05") + " " + strings.TrimPrefix(e.Name, "journey."))
		for _, k := range []string{"channel", "node", "reason", "experiment", "arm"} {
			if v, ok := e.Props[k]; ok && v != "" && !(k == "node" && e.Name == "journey.exited") {
				line.WriteString(fmt.Sprint(" ", v))
			}
		}
		if e.Props["goal"] == true {
			line.WriteString(" (goal)")
		}
		lines = append(lines, line.String())
	}
	return lines
}

// check looks through the log.
func (w *world) check() {
	w.t.Helper()
	require.NoError(w.t, journeytest.Check(w.defs, w.log, func(p string) string { return w.person(p).zone }))
}

// key is the key of the last message sent from a node.
func (w *world) key(node string) string {
	for i := len(w.log) - 1; i >= 0; i-- {
		if e := w.log[i]; e.Name == "message.sent" && e.Props["node"] == node {
			return e.Props["key"].(string)
		}
	}
	return ""
}
