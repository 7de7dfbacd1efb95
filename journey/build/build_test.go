package build_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/build"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/internal/shape"
)

func text(t require.TestingT, v any) string {
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

// Whatever a definition can hold can be said, and is the same value and the same bytes of JSON.
func TestSaysEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := shape.Draw(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "dice") })
		plain(&want)
		got, _ := say(want).Def()
		require.Equal(t, want, got)
		first := text(t, got)
		require.Equal(t, text(t, want), first)
		var back graph.Def
		require.NoError(t, json.Unmarshal([]byte(first), &back))
		require.Equal(t, first, text(t, back))
	})
}

// plain leaves in a drawn definition what goes together: one kind of wait, the fields of one kind of entry.
func plain(d *graph.Def) {
	e := &d.Entry
	if e.Did == "" {
		e.Not, e.Within = "", 0
	}
	if e.Window != 0 {
		e.Reentry = "window"
	}
	for i := range d.Nodes {
		n := &d.Nodes[i]
		if g := n.Gate; g != nil && !g.Wait {
			g.Late = 0
		}
		w := n.Wait
		if w == nil {
			continue
		}
		switch events := (graph.Wait{Any: w.Matches(), Ranked: w.Ranked, Within: w.Within}); {
		case len(events.Any) == 1 && events.Any[0].Next == "":
			m := events.Any[0]
			*w = graph.Wait{Event: m.Event, When: m.When, Of: m.Of, Same: m.Same, Keep: m.Keep, Ranked: w.Ranked, Within: w.Within}
		case len(events.Any) > 0:
			*w = events
		case len(w.Until) > 0:
			*w = graph.Wait{Until: w.Until, Within: w.Within}
		case w.Date != nil:
			*w = graph.Wait{Date: w.Date}
		case w.Active != nil:
			*w = graph.Wait{Active: w.Active}
		case w.Window != "":
			*w = graph.Wait{Window: w.Window, Weekdays: w.Weekdays}
		case w.For != 0:
			*w = graph.Wait{For: w.For, At: w.At}
		case w.Days != 0:
			*w = graph.Wait{Days: w.Days, At: w.At}
		default:
			*w = graph.Wait{At: w.At, Weekdays: w.Weekdays}
		}
	}
}

// say writes a definition with the builder, each node in a path of its own.
func say(d graph.Def) *build.Draft {
	b := build.Journey(d.Name).Doc(d.Doc).Version(d.Version).Zone(d.Zone).Topic(d.Topic).Consent(d.Consent).
		Priority(d.Priority).Enter(sayEntry(d.Entry)).Audience(d.Audience).Leave(d.Exit...).Caps(d.Caps...)
	if d.Goal != nil {
		b.Goal(*d.Goal)
	}
	if q := d.Quiet; q != nil {
		b.Quiet(q.From, q.To, q.Do, q.Channels...)
	}
	if d.Late != nil {
		b.Late(d.Late.After, d.Late.Do)
	}
	for i := range d.Nodes {
		n := sayNode(&d.Nodes[i]).Doc(d.Nodes[i].Doc).Max(d.Nodes[i].Max)
		for _, o := range slices.Sorted(maps.Keys(d.Nodes[i].On)) {
			n.On(o, d.Nodes[i].On[o])
		}
		b.Path(n.Next(d.Nodes[i].Next))
	}
	return b
}

func sayEntry(e graph.Entry) *build.Entry {
	var b *build.Entry
	switch {
	case e.Event != "":
		b = build.OnEvent(e.Event)
	case e.Segment != "":
		b = build.OnSegment(e.Segment)
	case e.Left != "":
		b = build.OnLeft(e.Left)
	case e.Did != "":
		b = build.OnDid(e.Did, e.Not, e.Within)
	case e.Schedule != nil:
		b = build.OnSchedule(*e.Schedule)
	case e.Date != nil:
		b = build.OnDate(*e.Date)
	case e.Signal != nil:
		b = build.OnSignal(*e.Signal)
	default:
		b = build.OnCall()
	}
	b.When(e.When).Keep(e.Keep...).Key(e.Key).Limit(e.Limit...)
	switch e.Reentry {
	case "once":
		b.Once()
	case "active":
		b.OneAtATime()
	case "every":
		b.Every()
	case "window":
		b.Again(e.Window)
	}
	if h := e.Holdout; h != nil {
		b.Holdout(h.Name, h.Share)
	}
	return b
}

func sayNode(n *graph.Node) *build.Node {
	switch n.Kind() {
	case "send":
		return build.Send(n.ID, sayMessage(n.Send))
	case "wait":
		return sayWait(n.ID, n.Wait)
	case "branch":
		return build.Branch(n.ID, n.Branch...)
	case "split":
		if n.Split.Salt == "" {
			return build.Split(n.ID, n.Split.Arms...)
		}
		return build.SplitBy(n.ID, n.Split.Salt, n.Split.Arms...)
	case "experiment":
		return build.Experiment(n.ID, *n.Experiment)
	case "tag":
		return build.TagFor(n.ID, n.Tag.Name, n.Tag.TTL)
	case "untag":
		return build.Untag(n.ID, n.Untag)
	case "score":
		return build.Score(n.ID, n.Score.Name, n.Score.Points)
	case "set":
		return build.Set(n.ID, n.Set)
	case "coupon":
		return build.CouponAs(n.ID, n.Coupon.Batch, n.Coupon.As)
	case "assign":
		return build.Assign(n.ID, *n.Assign)
	case "call":
		return build.Call(n.ID, *n.Call)
	case "emit":
		return build.Emit(n.ID, *n.Emit)
	case "gate":
		if n.Gate.Wait {
			return build.Queue(n.ID, n.Gate.Quota, n.Gate.Late)
		}
		return build.Gate(n.ID, n.Gate.Quota)
	case "sub":
		return build.Sub(n.ID, n.Sub.Journey, n.Sub.Vars)
	case "goto":
		return build.Goto(n.ID, n.Goto)
	case "exit":
		return build.Exit(n.ID, n.Exit)
	}
	panic("a kind of node that cannot be said")
}

func sayMessage(s *graph.Send) *build.Message {
	m := build.By(s.Channels...).Prefer(s.Prefer).Template(s.Template).Text(s.Text).Mail(s.Subject, s.HTML).Topic(s.Topic)
	for _, name := range slices.Sorted(maps.Keys(s.Missing)) {
		m.Missing(name, s.Missing[name])
	}
	if s.Transactional {
		m.Transactional()
	}
	if s.Late != nil {
		m.Late(s.Late.After, s.Late.Do)
	}
	return m
}

func sayWait(id string, w *graph.Wait) *build.Node {
	var events []*build.Match
	for _, m := range w.Matches() {
		events = append(events, build.Event(m.Event).When(m.When).Of(m.Of).Same(m.Same...).Keep(m.Keep...).To(m.Next))
	}
	switch {
	case events != nil && w.Ranked:
		return build.WaitBest(id, w.Within, events...)
	case events != nil:
		return build.WaitEvent(id, w.Within, events...)
	case w.Until != nil:
		return build.WaitUntil(id, w.Within, w.Until...)
	case w.Date != nil:
		return build.WaitDate(id, w.Date.Date, w.Date.Past)
	case w.Active != nil:
		return build.WaitActive(id, *w.Active)
	case w.Window != "":
		return build.WaitWindow(id, w.Window, w.Weekdays)
	case w.For != 0 && w.At == "":
		return build.WaitFor(id, w.For)
	case w.For != 0:
		return build.WaitThen(id, w.For, w.At)
	case w.Days != 0:
		return build.WaitDays(id, w.Days, w.At)
	}
	return build.WaitAt(id, w.At, w.Weekdays)
}

// By hand and by the builder: one value, the same bytes.
func TestByHand(t *testing.T) {
	const hand = `{"name":"nudge","zone":"Asia/Shanghai","topic":"marketing",` +
		`"entry":{"did":"view","not":"order_paid","within":"5m","reentry":"window","window":"14d","holdout":{"name":"nudge","share":"10%"}},` +
		`"goal":{"event":"order_paid"},"exit":[{"event":"complaint","reason":"angry"}],"quiet":{"from":"21:30","to":"08:30"},"caps":[{"n":2,"per":"day"}],` +
		`"nodes":[` +
		`{"id":"kind","branch":[{"when":"has_tag(\"vip\")","next":"call"}],"next":"half"},` +
		`{"id":"half","split":{"arms":[{"weight":1,"next":"push"},{"weight":1,"next":""}]}},` +
		`{"id":"push","send":{"channels":["push","sms"],"prefer":"channel/","text":"Hi {{.name}}","missing":{"name":"you"}},"next":"wait","on":{"unreachable":"end"}},` +
		`{"id":"wait","wait":{"any":[{"event":"message_opened","of":"push"},{"event":"view","next":"call"}],"within":"2d"},"max":3,"next":"tag","on":{"timeout":"push"}},` +
		`{"id":"tag","tag":"reached for 30d"},` +
		`{"id":"call","call":{"do":"phone","as":"ring"},"next":"end","on":{"busy":"wait"}},` +
		`{"id":"end","exit":"done"}]}`
	got, err := build.Journey("nudge").Zone("Asia/Shanghai").Topic("marketing").
		Enter(build.OnDid("view", "order_paid", 5*marque.Minute).Again(14*marque.Day).Holdout("nudge", 10*build.Percent)).
		Goal(graph.On{Event: "order_paid"}).Leave(graph.On{Event: "complaint", Reason: "angry"}).
		Quiet("21:30", "08:30", "").
		Caps(graph.Cap{N: 2, Per: "day"}).
		Path(
			build.Branch("kind", build.When(`has_tag("vip")`, "call")),
			build.Split("half", build.Arm(1, "push"), build.Arm(1, "")),
			build.Send("push", build.By("push", "sms").Prefer("channel/").Text("Hi {{.name}}").Missing("name", "you")).On(graph.Unreachable, "end"),
			build.WaitEvent("wait", 2*marque.Day, build.Event("message_opened").Of("push"), build.Event("view").To("call")).On(graph.Timeout, "push").Max(3),
			build.TagFor("tag", "reached", 30*marque.Day).End(),
			build.Call("call", graph.Call{Do: "phone", As: "ring"}).On("busy", "wait"),
			build.Exit("end", "done"),
		).Def()
	require.NoError(t, err)
	require.Equal(t, hand, text(t, got))
	var want graph.Def
	require.NoError(t, json.Unmarshal([]byte(hand), &want))
	require.Equal(t, want, got)
}

// The three delays are three things.
func TestDelays(t *testing.T) {
	for _, c := range []struct {
		name string
		node *build.Node
		want string
	}{
		{"an exact duration", build.WaitFor("w", 2*marque.Day), `{"for":"2d"}`},
		{"days on the calendar at a wall time", build.WaitDays("w", 2, "10:00"), `{"days":2,"at":"10:00"}`},
		{"a duration and then the next wall time", build.WaitThen("w", 2*marque.Day, "10:00"), `{"for":"2d","at":"10:00"}`},
	} {
		def, err := build.Journey("j").Enter(build.OnCall()).Path(c.node).Def()
		require.NoError(t, err, c.name)
		require.JSONEq(t, c.want, text(t, def.Nodes[0].Wait), c.name)
	}
}

// A draft that goes on changes nothing of a definition that it gave.
func TestDefStays(t *testing.T) {
	draft := build.Journey("j").Enter(build.OnCall()).Path(build.Exit("a", "x"))
	def, err := draft.Def()
	require.NoError(t, err)
	first := text(t, def)
	keyed, err := build.Journey("k").Enter(build.OnEvent("cart").Key("event.cart").Keep("cart")).Goal(graph.On{Event: "paid", Same: []string{"cart"}}).
		Path(build.Exit("a", "x")).Def()
	require.NoError(t, err)
	require.Contains(t, text(t, keyed), `"goal":{"event":"paid","same":["cart"]}`)
	longer, err := draft.Doc("more").Path(build.Exit("b", "y")).Leave(graph.On{Event: "e"}).Def()
	require.EqualError(t, err, `nodes[1]: nothing leads to "b"`)
	require.NotEqual(t, first, text(t, longer))
	require.Equal(t, first, text(t, def))
}
