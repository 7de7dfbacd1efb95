package journey_test

import (
	"context"
	"maps"
	"slices"

	"github.com/marque-go/marque/journey"
)

// People makes the world a Lister.
func (w *world) People(_ context.Context, q journey.ListQuery) (page []string, _ error) {
	for _, id := range slices.Sorted(maps.Keys(w.people)) {
		if id > q.After && len(page) < q.N && (q.Segment == "" || w.people[id].segments[q.Segment]) {
			page = append(page, id)
		}
	}
	return page, nil
}
