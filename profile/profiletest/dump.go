package profiletest

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
)

// Dump writes all that a store holds, a line each: the log, the inbox, the moves that wait, what was said and not
// taken, and every person's export. Two stores with the same dump behave alike.
func Dump(ctx context.Context, s profile.Store) (string, error) {
	var b strings.Builder
	line := func(kind string, x any) error {
		text, err := json.Marshal(x)
		fmt.Fprintf(&b, "%s %s\n", kind, text)
		return err
	}
	for _, scan := range []struct {
		kind string
		scan profile.Scan
	}{{"log", profile.Scan{}}, {"inbox", profile.Scan{Open: true}}} {
		entries, err := s.Events(ctx, scan.scan, math.MaxInt32)
		if err != nil {
			return "", err
		}
		for _, e := range entries {
			if err := line(scan.kind, e.Event); err != nil {
				return "", err
			}
		}
	}
	known, err := s.Look(ctx, profile.Query{Moves: math.MaxInt32})
	if err != nil {
		return "", err
	}
	for _, m := range known.Moves {
		if err := line("move", m); err != nil {
			return "", err
		}
	}
	said, err := s.Pending(ctx, marque.Parts{}, math.MaxInt32)
	if err != nil {
		return "", err
	}
	for _, e := range said {
		if err := line("said", e); err != nil {
			return "", err
		}
	}
	people, err := s.People(ctx, marque.Parts{}, "", math.MaxInt32)
	if err != nil {
		return "", err
	}
	for _, id := range people {
		for item, err := range s.Export(ctx, id) {
			if err == nil && item.Kind != "event" {
				err = line("item", item)
			}
			if err != nil {
				return "", err
			}
		}
	}
	return b.String(), nil
}
