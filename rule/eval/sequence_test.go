package eval_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func TestSequence(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	f := rule.NewFacts(lex, "ann")
	at := func(slot int, ago time.Duration, kind string) {
		h := rule.Hit{At: rule.At(noon.Add(-ago))}
		if h.Props = []rule.Value{rule.StringValue(kind)}; slot == 0 {
			h.Props = []rule.Value{rule.IntValue(5), rule.StringValue(kind), {}, {}}
		}
		f.Events[slot] = append(f.Events[slot], h)
	}
	// views at -10h tea, -6h pen, -6h tea, -1h tea, +3h pen; orders at -6h tea, -5h pen, -30m tea, +4h tea
	at(1, 10*hour, "tea")
	at(1, 6*hour, "pen")
	at(1, 6*hour, "tea")
	at(1, hour, "tea")
	at(1, -3*hour, "pen")
	at(0, 6*hour, "tea")
	at(0, 5*hour, "pen")
	at(0, hour/2, "tea")
	at(0, -4*hour, "tea")
	const T, F, forever = rule.True, rule.False, time.Duration(0)
	for _, x := range []struct {
		source string
		truth  rule.Truth
		until  time.Duration
	}{
		{`sequence(["view", "order_paid"])`, T, forever},
		{`sequence(["order_paid", "view"])`, T, forever},
		{`sequence(["view", "order_paid"], within("7h"))`, T, 6 * hour},                                // the one that begins last
		{`sequence(["view", "order_paid"], within("1h"))`, F, 4 * hour},                                // a view of an hour ago is out
		{`sequence(["view", "order_paid"], within("1h1m"))`, T, time.Minute},                           // and then out
		{`sequence(["view", "order_paid"], apart("29m"))`, F, 4 * hour},                                // the next order may do it
		{`sequence(["view", "order_paid"], apart("30m"))`, T, forever},                                 // at most, inclusive
		{`sequence(["view", "order_paid", "view"], within("9h"))`, T, 3 * hour},                        // -6h, -5h, -1h
		{`sequence(["view", "order_paid", "view"], apart("3h"))`, F, 3 * hour},                         // -5h to -1h is too long
		{`sequence(["view", "order_paid", "view", "order_paid"], apart("4h"))`, T, forever},            // the same instant is no order: not -6h, -6h
		{`sequence(["order_paid", "order_paid", "order_paid"])`, T, forever},                           // as many of them
		{`sequence(["order_paid", "order_paid", "order_paid", "order_paid"])`, F, 4 * hour},            // and no more
		{`sequence(["view", "view", "view"])`, T, forever},                                             // two at -6h are one step
		{`sequence(["view", "view", "view", "view"])`, F, 3 * hour},                                    //
		{`sequence([did("view", it.kind == "pen"), did("order_paid", it.kind == "tea")])`, T, forever}, // -6h, -30m
		{`sequence([did("view", it.kind == "pen"), did("order_paid", it.kind == "tea")], apart("2h"))`, F, 4 * hour},
		{`sequence(["view", "order_paid"], between("12h", "5h"))`, T, 6 * hour},                      // -6h and -5h
		{`sequence(["view", "order_paid"], between("12h", "5h"), apart("30m"))`, F, 4*hour + hour/2}, // the next order comes into view
		{`sequence(["view", "order_paid"], since("2026-06-15T07:00:00Z"))`, T, forever},              //
		{`sequence(["view", "order_paid"], since("2026-06-15T11:00:01Z"))`, F, 4 * hour},             //
		{`sequence(["view", "order_paid"], today())`, T, 12 * hour},                                  //
		{`sequence([did("view", has_tag("vip")), "order_paid"])`, F, 2 * hour},                       // the filter's turn
		{`sequence([did("view", not has_tag("vip")), "order_paid"])`, T, 2 * hour},                   //
		{`not sequence(["view", "order_paid"], within("1h1m")) or sequence(["view", "order_paid"])`, T, forever},
	} {
		t.Run(x.source, func(t *testing.T) {
			r, err := c.Compile(x.source, "")
			require.NoError(t, err)
			f.Tags = []rule.Mark{{Slot: 0, From: rule.At(noon.Add(2 * hour))}}
			in := rule.Input{Now: noon, Facts: f}
			v := r.Test(in)
			require.Equal(t, x.truth, v.Truth)
			want := noon.Add(x.until)
			if x.until == forever {
				want = time.Time{}
			}
			require.Equal(t, want, v.Until)
			require.Equal(t, x.truth == T, r.Holds(rule.At(noon), f, nil))
			require.Zero(t, testing.AllocsPerRun(10, func() { r.Test(in) }))
			require.Equal(t, x.source, r.Root().String())
			require.Equal(t, "scan", r.Plan()[0].Runs)
		})
	}
}

func TestSequenceNeed(t *testing.T) {
	r, err := lang.New(shop(t), nil).Compile(`sequence(["view", did("order_paid", it.amount > age)], within("30d"))`, "")
	require.NoError(t, err)
	month := 30 * 24 * 3600 * 1000_000_000
	require.Equal(t, fmt.Sprint(rule.Need{Attrs: []int{0}, Events: []rule.EventNeed{{Slot: 0, Window: 2592000e9}, {Slot: 1, Window: 2592000e9}}}), fmt.Sprint(r.Need()))
	require.Equal(t, month, int(r.Need().Events[0].Window))
	r, err = lang.New(shop(t), nil).Compile(`sequence(["view", "view"])`, "")
	require.NoError(t, err)
	require.Equal(t, rule.Need{Events: []rule.EventNeed{{Slot: 1}}}, r.Need())
}

// steps is a sequence in the plainest way: every choice of events is tried.
type steps struct {
	slots              []int
	kinds              []string // "" for all
	long, short, since rule.Instant
	today              bool
	apart              rule.Instant
}

func (s *steps) counts(now, at rule.Instant) bool {
	age := now - at
	if s.today {
		from, _ := civil.Bounds(civil.Day, now.Time(), time.UTC)
		return age >= 0 && at >= rule.At(from)
	}
	return age >= s.short && (s.long == 0 || age < s.long) && at >= s.since
}

func (s *steps) from(f *rule.Facts, now rule.Instant, step int, before rule.Instant, any bool) bool {
	if step == len(s.slots) {
		return true
	}
	for _, h := range f.Events[s.slots[step]] {
		kind := h.Props[s.slots[step]^1]
		switch {
		case !s.counts(now, h.At), any && (h.At <= before || s.apart != 0 && h.At-before > s.apart):
		case s.kinds[step] != "" && kind.Text() != s.kinds[step]:
		case s.from(f, now, step+1, h.At, true):
			return true
		}
	}
	return false
}

// A sequence is what trying everything finds, and stays so until it said. Where no event is to come into view, it turns
// then.
func TestSequenceAgainstAll(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	turned := 0
	for range 5 {
		rapid.Check(t, func(t *rapid.T) {
			s := &steps{since: -rule.Never}
			var source strings.Builder
			source.WriteString("sequence([")
			for i := range rapid.IntRange(2, 4).Draw(t, "steps") {
				slot, kind := rapid.IntRange(0, 1).Draw(t, "event"), rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "kind")
				s.slots, s.kinds = append(s.slots, slot), append(s.kinds, kind)
				if i > 0 {
					source.WriteString(", ")
				}
				name := []string{"order_paid", "view"}[slot]
				if kind == "" {
					source.WriteString(fmt.Sprintf("%q", name))
				} else {
					source.WriteString(fmt.Sprintf("did(%q, it.kind == %q)", name, kind))
				}
			}
			source.WriteString("]")
			switch rapid.IntRange(0, 5).Draw(t, "window") {
			case 0, 1:
				s.long = 8 * 3600e6
				source.WriteString(`, within("8h")`)
			case 2:
				s.long, s.short = 10*3600e6, 3*3600e6
				source.WriteString(`, between("10h", "3h")`)
			case 3:
				s.since = rule.At(noon) - 5*3600e6
				source.WriteString(`, since("2026-06-15T07:00:00Z")`)
			case 4:
				s.today = true
				source.WriteString(`, today()`)
			}
			if rapid.Bool().Draw(t, "apart") {
				s.apart = 2 * 3600e6
				source.WriteString(`, apart("2h")`)
			}
			r, err := c.Compile(source.String()+")", "")
			require.NoError(t, err)
			f := rule.NewFacts(lex, "ann")
			for slot := range 2 {
				at := rule.At(noon) - 14*3600e6
				for range rapid.IntRange(0, 8).Draw(t, "events") {
					at += rule.Instant(rapid.IntRange(0, 8).Draw(t, "later")) * 1800e6
					h := rule.Hit{At: at, Props: make([]rule.Value, 4)}
					h.Props[slot^1] = rule.StringValue(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "kind"))
					f.Events[slot] = append(f.Events[slot], h)
				}
			}
			now := rule.At(noon) + rule.Instant(rapid.IntRange(-4, 4).Draw(t, "now"))*1800e6
			test := func(at rule.Instant) (bool, rule.Instant) {
				v := r.Test(rule.Input{Now: at.Time(), Facts: f})
				require.Equal(t, s.from(f, at, 0, 0, false), v.Truth == rule.True, "%s at %v", source.String(), at.Time())
				require.NotEqual(t, rule.Unknown, v.Truth)
				if v.Until.IsZero() {
					return v.Truth == rule.True, rule.Never
				}
				require.True(t, v.Until.After(at.Time()))
				return v.Truth == rule.True, rule.At(v.Until)
			}
			is, until := test(now)
			for i := range 100 {
				for _, at := range []rule.Instant{now + rule.Instant(i)*1800e6 - 1, now + rule.Instant(i)*1800e6} {
					if at > now && at < until {
						later, _ := test(at)
						require.Equal(t, is, later, "%s is %v at %v until %v, not at %v", source.String(), is, now.Time(), until.Time(), at.Time())
					}
				}
			}
			coming := false
			for _, hits := range f.Events {
				coming = coming || len(hits) > 0 && hits[len(hits)-1].At > now-s.short
			}
			if !coming && until != rule.Never {
				require.True(t, is, "what is not complete cannot become so")
				later, _ := test(until)
				require.False(t, later)
				turned++
			}
		})
	}
	require.NotZero(t, turned)
}

func BenchmarkSequence(b *testing.B) {
	lex := shop(b)
	r, err := lang.New(lex, nil).Compile(`sequence(["view", did("order_paid", it.amount > 90), "view"], within("30d"), apart("2h"))`, "")
	require.NoError(b, err)
	f := rule.NewFacts(lex, "ann")
	draw := rand.New(rand.NewPCG(1, 2))
	at := rule.At(noon) - 29*86400e6
	for i := range 200 {
		at += rule.Instant(draw.IntN(6 * 3600e6))
		props := []rule.Value{rule.IntValue(int64(draw.IntN(100))), rule.StringValue("a"), {}, {}}
		f.Events[i%2] = append(f.Events[i%2], rule.Hit{At: at, Props: props})
	}
	in := rule.Input{Now: at.Time(), Facts: f}
	b.ReportAllocs()
	for b.Loop() {
		r.Test(in)
	}
}
