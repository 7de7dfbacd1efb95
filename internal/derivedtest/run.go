package derivedtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/marque-go/marque"
)

// A Row is what the rows of the three packages have in common.
type Row struct {
	Profile, Name string
	Holds         bool // is in List
	Turn          int
	Due           time.Time
	Version       int64
}

// A Change is a commit. Key is used where the store has keys.
type Change struct {
	Key  string
	Rows []Row
	Say  []marque.Event
}

// A Store is a store as the suite sees it.
type Store interface {
	Load(ctx context.Context, profiles []string) ([][]Row, error)
	Commit(ctx context.Context, c Change) (known bool, err error)
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
	List(ctx context.Context, name, after string, n int) ([]Row, error)
	marque.Feed
	marque.Holder
}

// Suite says what a kind of store does.
type Suite struct {
	Open  func(t *testing.T) Store
	Keys  bool // commits have keys
	Holds bool // rows can be such that List leaves them out
}

// Run runs the suite, each case on a store of its own.
func Run(t *testing.T, s Suite) {
	for _, c := range []struct {
		name string
		run  func(*probe)
	}{
		{"load gives what was committed", load},
		{"a commit is all or nothing", conflict},
		{"what was loaded does not change", aliasing},
		{"due in order until the instant", due},
		{"due by partition", dueParts},
		{"what is said waits until it is taken", feed},
		{"list in pages", list},
		{"a key counts once", keys},
		{"erase", erase},
		{"export", export},
		{"a move happens once", move},
		{"many hands on one row", goroutines},
		{"one key from many hands", keyRace},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(&probe{T: t, ctx: t.Context(), suite: s, store: s.Open(t)}) })
	}
}

type probe struct {
	*testing.T
	ctx   context.Context
	suite Suite
	store Store
}

var start = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

func row(profile, name string, version int64) Row {
	return Row{Profile: profile, Name: name, Holds: true, Turn: int(version), Version: version}
}

func (r Row) due(after time.Duration) Row {
	r.Due = start.Add(after)
	return r
}

func said(profile string, n int) marque.Event {
	e := marque.Event{Profile: profile}
	return e.Turn("test.said", "test/x", n, start, map[string]any{"n": n})
}

func (p *probe) commit(c Change) {
	p.Helper()
	if known, err := p.store.Commit(p.ctx, c); err != nil || known {
		p.Fatalf("commit: known %v, error %v", known, err)
	}
}

func (p *probe) rows(profiles ...string) [][]Row {
	p.Helper()
	got, err := p.store.Load(p.ctx, profiles)
	if err != nil {
		p.Fatal(err)
	}
	if len(got) != len(profiles) {
		p.Fatalf("%d lists for %d people", len(got), len(profiles))
	}
	return got
}

func (p *probe) dues(parts marque.Parts, after time.Duration, n int) string {
	p.Helper()
	ds, err := p.store.Due(p.ctx, parts, start.Add(after), n)
	if err != nil {
		p.Fatal(err)
	}
	var s strings.Builder
	for _, d := range ds {
		s.WriteString(fmt.Sprintf("%v:%s/%s ", d.At.Sub(start), d.Profile, d.Name))
	}
	return s.String()
}

func (p *probe) pending(parts marque.Parts, n int) []marque.Event {
	p.Helper()
	es, err := p.store.Pending(p.ctx, parts, n)
	if err != nil {
		p.Fatal(err)
	}
	return es
}

func (p *probe) equal(what string, got, want any) {
	p.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		p.Fatalf("%s:\n got %s\nwant %s", what, g, w)
	}
}
