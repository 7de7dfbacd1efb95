package derivedtest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque"
)

func load(p *probe) {
	p.equal("nobody", p.rows("ann", "bob"), "[[] []]")
	p.commit(Change{Rows: []Row{row("ann", "b", 1), row("bob", "a", 1), row("ann", "a", 1)}})
	got := p.rows("bob", "nobody", "ann", "bob")
	p.equal("lists in order", []int{len(got[0]), len(got[1]), len(got[2]), len(got[3])}, "[1 0 2 1]")
	p.equal("rows by name", []string{got[2][0].Name, got[2][1].Name}, "[a b]")
	next := row("ann", "a", 2).due(time.Hour)
	next.Turn = 7
	p.commit(Change{Rows: []Row{next}})
	p.equal("changed", p.rows("ann")[0][0], next)
	p.equal("left alone", p.rows("ann")[0][1], row("ann", "b", 1))
}

func conflict(p *probe) {
	p.commit(Change{Rows: []Row{row("ann", "a", 1)}})
	for name, bad := range map[string]Row{
		"new though it is there": row("ann", "a", 1),
		"stale":                  row("ann", "a", 3),
		"changed though not yet": row("bob", "a", 2),
	} {
		_, err := p.store.Commit(p.ctx, Change{Rows: []Row{row("eve", "a", 1), bad}, Say: []marque.Event{said("eve", 1)}})
		if !errors.Is(err, marque.ErrConflict) {
			p.Fatalf("%s: error %v, want marque.ErrConflict", name, err)
		}
	}
	p.equal("nothing applied", p.rows("eve"), "[[]]")
	p.equal("nothing said", len(p.pending(marque.Parts{}, 10)), 0)
}

func aliasing(p *probe) {
	p.commit(Change{Rows: []Row{row("ann", "a", 1), row("ann", "c", 1)}})
	before := p.rows("ann")
	p.commit(Change{Rows: []Row{row("ann", "a", 2), row("ann", "b", 1)}})
	p.equal("as it was", before, [][]Row{{row("ann", "a", 1), row("ann", "c", 1)}})
}

func due(p *probe) {
	p.commit(Change{Rows: []Row{
		row("eve", "a", 1).due(time.Hour), row("ann", "b", 1).due(time.Hour), row("ann", "a", 1).due(time.Hour),
		row("bob", "a", 1).due(time.Minute), row("bob", "b", 1), row("bob", "c", 1).due(3 * time.Hour),
	}})
	all := "1m0s:bob/a 1h0m0s:ann/a 1h0m0s:ann/b 1h0m0s:eve/a 3h0m0s:bob/c "
	p.equal("all", p.dues(marque.Parts{}, 9*time.Hour, 10), all)
	p.equal("they stay", p.dues(marque.Parts{}, 9*time.Hour, 10), all)
	p.equal("the first ones", p.dues(marque.Parts{}, 9*time.Hour, 2), "1m0s:bob/a 1h0m0s:ann/a ")
	p.equal("until, with it", p.dues(marque.Parts{}, time.Hour, 10), "1m0s:bob/a 1h0m0s:ann/a 1h0m0s:ann/b 1h0m0s:eve/a ")
	p.equal("until, before it", p.dues(marque.Parts{}, time.Hour-time.Microsecond, 10), "1m0s:bob/a ")
	p.equal("none", p.dues(marque.Parts{}, 9*time.Hour, 0), "")
	p.commit(Change{Rows: []Row{row("bob", "a", 2).due(4 * time.Hour), row("ann", "a", 2), row("bob", "c", 2).due(time.Second)}})
	p.equal("moved", p.dues(marque.Parts{}, 9*time.Hour, 10), "1s:bob/c 1h0m0s:ann/b 1h0m0s:eve/a 4h0m0s:bob/a ")
}

func dueParts(p *probe) {
	var rows []Row
	var events []marque.Event
	for i := range 40 {
		profile := fmt.Sprintf("p%02d", i)
		rows = append(rows, row(profile, "a", 1).due(time.Duration(40-i)*time.Minute))
		events = append(events, said(profile, 1))
	}
	p.commit(Change{Rows: rows, Say: events})
	half := marque.Parts{From: 0, To: marque.Partitions / 2}
	rest := marque.Parts{From: marque.Partitions / 2, To: marque.Partitions}
	n := 0
	for _, parts := range []marque.Parts{half, rest} {
		ds, err := p.store.Due(p.ctx, parts, start.Add(time.Hour), 100)
		if err != nil {
			p.Fatal(err)
		}
		for i, d := range ds {
			if !parts.Has(d.Profile) || i > 0 && ds[i-1].Compare(d) >= 0 {
				p.Fatalf("%v in %v: not of the partitions, or out of order", d, parts)
			}
		}
		n += len(ds)
		for _, e := range p.pending(parts, 100) {
			if !parts.Has(e.Profile) {
				p.Fatalf("pending event of %s in %v", e.Profile, parts)
			}
			n++
		}
	}
	p.equal("both halves", n, 80)
}

func feed(p *probe) {
	p.commit(Change{Rows: []Row{row("ann", "a", 1)}, Say: []marque.Event{said("ann", 1), said("ann", 2)}})
	p.commit(Change{Rows: []Row{row("bob", "a", 1)}, Say: []marque.Event{said("bob", 1)}})
	p.commit(Change{Rows: []Row{row("ann", "a", 2)}, Say: []marque.Event{said("ann", 3)}})
	order := func(n int) (s string) {
		for _, e := range p.pending(marque.Parts{}, n) {
			s += fmt.Sprint(e.Profile, e.Props["n"], " ")
		}
		return s
	}
	p.equal("in order of commits", order(10), "ann1 ann2 bob1 ann3 ")
	p.equal("the first ones", order(2), "ann1 ann2 ")
	p.equal("as said", p.pending(marque.Parts{}, 1)[0], said("ann", 1))
	for _, step := range []struct {
		ids  []string
		left string
	}{
		{[]string{said("bob", 1).ID, "unknown"}, "ann1 ann2 ann3 "},
		{[]string{said("ann", 1).ID}, "ann2 ann3 "},
		{[]string{said("ann", 1).ID}, "ann2 ann3 "},
		{nil, "ann2 ann3 "},
		{[]string{said("ann", 3).ID, said("ann", 2).ID}, ""},
	} {
		if err := p.store.Taken(p.ctx, step.ids); err != nil {
			p.Fatal(err)
		}
		p.equal("left", order(10), step.left)
	}
	p.commit(Change{Rows: []Row{row("ann", "a", 3)}, Say: []marque.Event{said("ann", 4)}})
	p.equal("said after", order(10), "ann4 ")
}

func list(p *probe) {
	var rows []Row
	for i := range 10 {
		r := row(fmt.Sprintf("p%d", (i*7)%10), "a", 1)
		r.Holds = i%3 != 0 || !p.suite.Holds
		rows = append(rows, r, row(r.Profile, "other", 1))
	}
	p.commit(Change{Rows: rows})
	var want strings.Builder
	for _, profile := range []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"} {
		for _, r := range rows {
			if r.Profile == profile && r.Name == "a" && r.Holds {
				want.WriteString(profile + " ")
			}
		}
	}
	got, after := "", ""
	for range 20 {
		page, err := p.store.List(p.ctx, "a", after, 3)
		if err != nil {
			p.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		if len(page) > 3 {
			p.Fatalf("a page of %d", len(page))
		}
		for _, r := range page {
			got += r.Profile + " "
		}
		after = page[len(page)-1].Profile
	}
	p.equal("pages", got, want.String())
}

func keys(p *probe) {
	if !p.suite.Keys {
		p.Skip("this kind of store has no keys")
	}
	p.commit(Change{Key: "k", Rows: []Row{row("ann", "a", 1)}, Say: []marque.Event{said("ann", 1)}})
	known, err := p.store.Commit(p.ctx, Change{Key: "k", Rows: []Row{row("ann", "a", 2)}, Say: []marque.Event{said("ann", 2)}})
	p.equal("again", fmt.Sprint(known, err), "true <nil>")
	p.equal("row", p.rows("ann")[0][0].Version, 1)
	p.equal("said", len(p.pending(marque.Parts{}, 10)), 1)
	known, err = p.store.Commit(p.ctx, Change{Key: "k", Rows: []Row{row("ann", "a", 9)}})
	p.equal("known before conflict", fmt.Sprint(known, err), "true <nil>")
	_, err = p.store.Commit(p.ctx, Change{Key: "other", Rows: []Row{row("ann", "a", 9)}})
	if !errors.Is(err, marque.ErrConflict) {
		p.Fatalf("error %v, want marque.ErrConflict", err)
	}
	p.commit(Change{Key: "other", Rows: []Row{row("ann", "a", 2)}}) // a refused commit leaves no key
	p.commit(Change{Key: "no rows"})
}
