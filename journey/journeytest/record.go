package journeytest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// record is all that a run leaves behind.
type record struct {
	log      []marque.Event
	messages []journey.Message
	deeds    []Deed
	items    []marque.Item // of all people
	counts   []journey.Count
}

var farAway = time.Unix(1<<40, 0).UTC()

// record writes down what there is, each list in an order of its own.
func (s *Stage) record(ctx context.Context) (*record, error) {
	r := &record{log: slices.Clone(s.log), deeds: slices.Clone(s.deeds)}
	for _, name := range sortedKeys(s.channels) {
		r.messages = append(r.messages, s.channels[name].Sent()...)
	}
	for _, p := range sortedKeys(s.people) {
		for item, err := range s.store.Export(ctx, p) {
			if err != nil {
				return nil, err
			}
			r.items = append(r.items, item)
		}
	}
	if len(s.cast.rates()) > 0 {
		r.forgetTimes()
	}
	var err error
	r.counts, err = s.store.Counts(ctx)
	slices.SortFunc(r.log, func(a, b marque.Event) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(r.messages, func(a, b journey.Message) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(r.deeds, func(a, b Deed) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(r.items, func(a, b marque.Item) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key))
	})
	return r, err
}

// forgetTimes drops what depends on when messages went out. Rates are kept in the memory of a runner, so the next one
// may be earlier or later after a crash.
func (r *record) forgetTimes() {
	for i := range r.log {
		r.log[i].At, r.log[i].Received = time.Time{}, time.Time{}
	}
	for i := range r.messages {
		r.messages[i].At = time.Time{}
	}
	for i := range r.deeds {
		r.deeds[i].At = time.Time{}
	}
	r.items = nil
}

// differ lists up to four differences to another run.
func (r *record) differ(got *record) []string {
	var out []string
	out = differ(out, "event", r.log, got.log, func(e marque.Event) string { return e.ID })
	out = differ(out, "message", r.messages, got.messages, func(m journey.Message) string { return m.Key })
	out = differ(out, "deed", r.deeds, got.deeds, func(d Deed) string { return d.Key })
	out = differ(out, "row", r.items, got.items, func(x marque.Item) string { return x.Kind + " " + x.Key })
	out = differ(out, "count", r.counts, got.counts, func(c journey.Count) string { return c.Journey + "/" + c.Node + "/" + c.What })
	return out[:min(len(out), 4)]
}

// differ compares two lists that are in the order of id.
func differ[T any](out []string, kind string, want, got []T, id func(T) string) []string {
	for i, j := 0, 0; i < len(want) || j < len(got); {
		switch {
		case j == len(got) || i < len(want) && id(want[i]) < id(got[j]):
			out = append(out, "lost "+kind+" "+text(want[i]))
			i++
		case i == len(want) || id(got[j]) < id(want[i]):
			out = append(out, "one more "+kind+" "+text(got[j]))
			j++
		default:
			if !same(want[i], got[j]) {
				out = append(out, kind+" "+text(got[j])+", want "+text(want[i]))
			}
			i, j = i+1, j+1
		}
	}
	return out
}

// same compares two values, those that differ in memory by what they are as JSON.
func same(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return len(x) > 0 && bytes.Equal(x, y)
}

func text(x any) string {
	data, err := json.Marshal(x)
	if err != nil {
		return fmt.Sprint(x)
	}
	return string(data)
}
