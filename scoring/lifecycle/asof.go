package lifecycle

import (
	"context"
	"time"

	"github.com/marque-go/marque/rule"
)

// A Stay is a time in a stage.
type Stay struct {
	Stage string    `json:"stage"`
	Since time.Time `json:"since"`
	Turn  Turn      `json:"turn"` // that it began with
}

// AsOf tells in which stage a person was at t, as far as it was known at the instant known; zero is by now. ok is false
// where the history had not begun.
//
// A late event changes the stage when it arrives, and not before; a Rebuild tells the history anew, as it would have
// been in order. So known at t is what a message of that day was sent by, and known by now is the best that can be
// said. Of somebody who was merged into this person the history counts where there is none of the person's own.
func (b *Book) AsOf(ctx context.Context, profile, name string, t, known time.Time) (s Stay, ok bool, err error) {
	turns, err := b.History(ctx, profile, name)
	if err != nil {
		return Stay{}, false, err
	}
	by := rule.Never
	if !known.IsZero() {
		by = rule.At(known)
	}
	at := rule.At(t)
	var best *Turn
	own := false
	turns = told(turns, by)
	for i := range turns {
		turn := &turns[i]
		if turn.At > at || own && turn.Origin != "" {
			continue
		}
		if best == nil || !own && turn.Origin == "" || turn.At >= best.At {
			best, own = turn, turn.Origin == ""
		}
	}
	if best == nil {
		return Stay{}, false, nil
	}
	return Stay{Stage: best.To, Since: best.At.Time(), Turn: *best}, true, nil
}

// told is the history as it was told at an instant: of what was told anew only the latest.
func told(turns []Turn, by rule.Instant) []Turn {
	begun := map[string]int{} // by origin
	late := func(t *Turn) bool { return max(t.At, t.Known) > by }
	for i := range turns {
		if turns[i].By == Began && !late(&turns[i]) {
			begun[turns[i].Origin] = i
		}
	}
	var out []Turn
	for i := range turns {
		if !late(&turns[i]) && i >= begun[turns[i].Origin] {
			out = append(out, turns[i])
		}
	}
	return out
}
