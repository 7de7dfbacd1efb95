package journey_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// register has people with their zones and birthdays.
type register struct {
	slot   int
	people map[string][2]string
}

func (r register) Fill(_ context.Context, _ rule.Need, _ time.Time, people []*rule.Facts) error {
	for _, f := range people {
		f.Zone, f.Attrs[r.slot] = r.people[f.Profile][0], rule.StringValue(r.people[f.Profile][1])
	}
	return nil
}

func (r register) People(_ context.Context, q journey.ListQuery) (page []string, _ error) {
	for _, id := range slices.Sorted(maps.Keys(r.people)) {
		if id > q.After && len(page) < q.N {
			page = append(page, id)
		}
	}
	return page, nil
}

// A wish on everybody's birthday, at ten in the morning where they are.
func ExampleRunner_Begin() {
	var def journey.Def
	if err := json.Unmarshal([]byte(`{
		"name": "birthday", "consent": "assumed",
		"entry": {"date": {"attribute": "birthday", "at": "10:00", "yearly": true, "leap": "mar1"}},
		"nodes": [{"id": "wish", "send": {"channels": ["push"], "text": "Happy birthday!"}}]}`), &def); err != nil {
		panic(err)
	}
	schema := rule.Schema{Attributes: []rule.Field{{Name: "birthday", Type: rule.String}}, Events: journey.Says()}
	lex, err := schema.Compile()
	if err != nil {
		panic(err)
	}
	set, err := journey.Compile([]journey.Def{def}, lex, lang.New(lex, nil), nil)
	if err != nil {
		panic(err)
	}
	slot, _ := lex.Attr("birthday")
	people := register{slot, map[string][2]string{
		"ann": {"Asia/Shanghai", "1990-03-05"}, "cid": {"America/New_York", "1985-03-05"}, "dan": {"Europe/Berlin", "1992-02-29"},
	}}
	r := journey.NewRunner(journey.NewMemory(), set, journey.Host{
		Owner: people, People: people, Channels: map[string]journey.Channel{"push": printer("push")},
	}, nil)

	ctx, lease := context.Background(), marque.Lease{}
	now := time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)
	if err := r.Begin(ctx, lease, now); err != nil {
		panic(err)
	}
	for end := now.AddDate(0, 0, 20); ; { // what package loop does
		due, err := r.Due(ctx, lease.Parts, end, 1)
		if err != nil || len(due) == 0 {
			break
		}
		now = due[0].At
		if _, _, err := r.Wake(ctx, lease, now, 100); err != nil {
			panic(err)
		}
		if _, _, err := r.Dispatch(ctx, lease, now, 100); err != nil {
			panic(err)
		}
	}
	// Output:
	// Mar  1 09:00  push to dan: Happy birthday!
	// Mar  5 02:00  push to ann: Happy birthday!
	// Mar  5 15:00  push to cid: Happy birthday!
}
