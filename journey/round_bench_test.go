package journey_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// crowd is many people of whom nothing is known.
type crowd []string

func (c crowd) Fill(context.Context, rule.Need, time.Time, []*rule.Facts) error { return nil }

func (c crowd) People(_ context.Context, q journey.ListQuery) ([]string, error) {
	at, found := slices.BinarySearch(c, q.After)
	if found {
		at++
	}
	return c[at:min(at+q.N, len(c))], nil
}

func (c crowd) Send(context.Context, journey.Message) (journey.Receipt, error) {
	return journey.Receipt{Status: journey.Sent}, nil
}

// A message to everybody at one instant, per person: the entry, the hand-over to the channel, the end.
func BenchmarkBroadcast(b *testing.B) {
	const batch = 512
	c := make(crowd, 20_000)
	for i := range c {
		c[i] = fmt.Sprintf("person%08d", i)
	}
	defs := []journey.Def{many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 9 * * *"}})}
	lex := schema(defs)
	set, err := journey.Compile(defs, lex, lang.New(lex, nil), nil)
	require.NoError(b, err)
	store := journey.NewMemory()
	r := journey.NewRunner(store, set, journey.Host{Owner: c, People: c, Channels: map[string]journey.Channel{"push": c}}, nil)
	ctx, now := context.Background(), monday
	require.NoError(b, r.Begin(ctx, marque.Lease{}, now))
	sent := 0
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(24 * time.Hour)
		for n := 1; n > 0; {
			_, n, err = r.Wake(ctx, marque.Lease{}, now, batch)
			require.NoError(b, err)
			_, m, err := r.Dispatch(ctx, marque.Lease{}, now, batch)
			require.NoError(b, err)
			sent += m
			for {
				es, err := store.Pending(ctx, marque.Parts{}, batch)
				require.NoError(b, err)
				if len(es) == 0 {
					break
				}
				ids := make([]string, len(es))
				for i, e := range es {
					ids[i] = e.ID
				}
				require.NoError(b, store.Taken(ctx, ids))
			}
		}
	}
	require.Equal(b, b.N*len(c), sent)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(sent), "ns/person")
}
