package suite

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/limit"
)

// precedence: of one person's states that are due at once the highest priority goes first, whoever is written first;
// other people are before and behind by name, whatever their priority.
func precedence(t *testing.T, s journey.Store) {
	at := func(id, profile string, priority int) {
		x := state(id, profile)
		x.Due, x.Priority = noon, priority
		must(t, s, journey.Change{State: x})
	}
	at("a", "bob", 0)
	at("b", "bob", 7)
	at("c", "bob", -1)
	at("d", "bob", 7)
	at("e", "ann", -9)
	at("f", "zoe", 9)
	equal(t, "order", claimed(t, s, noon, 9), "e", "b", "d", "a", "c", "f")
	x := get(t, s, "b")[0]
	x.Version, x.Priority = 2, -5
	must(t, s, journey.Change{State: x})
	equal(t, "after a change of priority", claimed(t, s, noon, 9), "e", "d", "a", "c", "b", "f")
}

// everyField commits a state of which no field is zero, whatever fields there are.
func everyField(t *testing.T, s journey.Store) {
	var x journey.State
	fill(reflect.ValueOf(&x).Elem(), 3)
	x.Version, x.Ended = 1, ""
	must(t, s, journey.Change{State: x})
	got := get(t, s, x.ID)
	if len(got) != 1 {
		t.Fatalf("got %d", len(got))
	}
	have, want := reflect.ValueOf(got[0]), reflect.ValueOf(x)
	for i := range want.NumField() {
		name := want.Type().Field(i).Name
		if a, b := have.Field(i).Interface(), want.Field(i).Interface(); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: got %v, want %v", name, a, b)
		} else if want.Field(i).IsZero() && name != "Ended" {
			t.Errorf("%s is zero: the case says nothing", name)
		}
	}
}

// fill gives a value and what it is made of something that is not zero.
func fill(v reflect.Value, n int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(noon.Add(time.Duration(n) * time.Microsecond)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n+i)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(fmt.Sprint("k", n)), reflect.ValueOf(fmt.Sprint("v", n)))
	case reflect.String:
		v.SetString(fmt.Sprint("s", n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(int64(n))
	case reflect.Uint32, reflect.Uint64, reflect.Uint8:
		v.SetUint(uint64(n))
	}
}

func enters(id, profile string, takes ...limit.Take) journey.Change {
	return journey.Change{State: state(id, profile), Holds: []limit.Hold{{Key: "h" + id, Profile: profile, Takes: takes}}}
}

func shared(limit_ int64) limit.Take { return limit.Take{Counter: "all", N: 1, Limit: limit_} }

// putOff: a cap of ann is full. What is hers behind it, and what takes from a counter of all or gives back to it, is put
// off; the rest stands, and so does what came before.
func putOff(t *testing.T, s journey.Store) {
	must(t, s, enters("full", "ann", take(1, 1)), enters("given", "eve", shared(9)),
		journey.Change{Commands: []journey.Command{{Key: "hgiven", Profile: "eve", At: noon}}})
	as := commit(t, s,
		enters("before", "ann"), enters("shared before", "bob", shared(9)),
		enters("refused", "ann", take(1, 1)),
		enters("hers", "ann"), enters("of all", "bob", shared(9)), enters("of bob", "bob"),
		enters("own", "dan", take(1, 1)), enters("free", "cat"),
		journey.Change{Release: []string{"hgiven"}}, journey.Change{Cancel: []string{"hgiven"}}, journey.Change{Release: []string{"hown"}},
		journey.Change{Release: []string{"hfull"}, State: state("gives", "ann")})
	words := make([]string, len(as))
	for i, a := range as {
		switch {
		case a.OK:
			words[i] = "ok"
		case a.Skipped && a.Refused == "" && !a.Again && !a.Conflict:
			words[i] = "skipped"
		default:
			words[i] = a.Refused
		}
	}
	equal(t, "answers", words, "ok", "ok", "cap", "skipped", "skipped", "skipped", "ok", "ok", "skipped", "skipped", "ok", "skipped")
	var ids []string
	for _, x := range get(t, s, "before", "shared before", "refused", "hers", "of all", "of bob", "own", "free", "gives") {
		ids = append(ids, x.ID)
	}
	equal(t, "states", ids, "before", "shared before", "free", "own")
	equal(t, "outbox", keys(t, s, journey.Batch{Until: noon, N: 9}), "hgiven")
	for what, c := range map[string]journey.Change{
		"a conflict": {State: state("before", "fay")}, "a key granted before": {State: state("new", "fay"), Holds: []limit.Hold{{Key: "hfull", Profile: "fay"}}},
	} {
		as := commit(t, s, c, enters("next", "fay"), enters("shared", "gus", shared(9)))
		if as[0].OK || !as[1].Skipped || !as[2].Skipped {
			t.Fatalf("behind %s: %+v", what, as)
		}
	}
}

// resume: whoever commits again what was refused, decided anew, and what was put off, gets what one commit for each
// would have given: the last of a shared counter goes to the one who came first.
func resume(t *testing.T, s journey.Store) {
	must(t, s, enters("full", "ann", take(1, 1)))
	todo := []journey.Change{enters("a", "ann", take(1, 1)), enters("b", "bob", shared(1)), enters("c", "cat", shared(1))}
	var order []string
	for round := 0; len(todo) > 0; round++ {
		if round == 9 {
			t.Fatal("does not come to an end")
		}
		var again []journey.Change
		for i, a := range commit(t, s, todo...) {
			c := todo[i]
			switch {
			case a.OK:
				order = append(order, c.State.ID)
			case a.Skipped:
				again = append(again, c)
			case a.Refused == "cap": // decides to take of all instead
				again = append(again, enters(c.State.ID, c.State.Profile, shared(1)))
			default:
				order = append(order, c.State.ID+" without "+a.Refused)
			}
		}
		todo = again
	}
	equal(t, "order", order, "a", "b without all", "c without all")
}

// waves: all of a person in one page, new commands in the next wave.
func waves(t *testing.T, s journey.Store) {
	at := func(key, profile string, late time.Duration) journey.Command {
		return journey.Command{Key: key, Profile: profile, At: noon.Add(late)}
	}
	must(t, s, journey.Change{Commands: []journey.Command{
		at("e", "bob", -time.Hour), at("d", "bob", 0), at("c", "ann", 0), at("b", "ann", 0), at("a", "ann", -time.Minute), at("f", "zoe", 0), at("g", "zoe", 1000)}})
	page := func(n int, after string) []string {
		return keys(t, s, journey.Batch{Until: noon, N: n, Whole: true, After: after})
	}
	equal(t, "the first page of one, all of ann", page(1, ""), "a", "b", "c")
	must(t, s, journey.Change{Done: []string{"a", "b", "c"}, Commands: []journey.Command{at("h", "ann", 0), at("i", "ann", 0)}}, journey.Change{Done: []string{"d"}})
	equal(t, "the next, without what is done", page(1, "ann"), "e")
	equal(t, "the next", page(9, "bob"), "f")
	equal(t, "no more", page(9, "zoe"))
	equal(t, "the next wave, two enough for one person", page(2, ""), "h", "i")
	equal(t, "and on", page(9, "ann"), "e", "f")
	equal(t, "a page again", page(9, "ann"), "e", "f")
	equal(t, "all at once", page(9, ""), "h", "i", "e", "f")
	x, err := s.Outbox(context.Background(), marque.Lease{}, journey.Batch{Until: noon.Add(time.Microsecond), N: 1, Whole: true, After: "bob"})
	if err != nil || len(x) != 2 || x[1].Key != "g" {
		t.Fatalf("zoe a little later: %v, %v", x, err)
	}
}
