package main

import (
	"context"
	"time"

	"github.com/marque-go/marque/segment"
)

// sizes notes how many people each segment has, at regular instants.
type sizes struct {
	book  *segment.Book
	every time.Duration
	names []string
	next  time.Time
	at    []time.Time
	rows  [][]int // by instant, then segment
}

func newSizes(book *segment.Book, every time.Duration) *sizes {
	s := &sizes{book: book, every: every}
	for _, d := range book.Plan().Defs() {
		s.names = append(s.names, d.Name)
	}
	return s
}

// upTo advances to each instant before now at which a note is due, and takes it.
func (s *sizes) upTo(ctx context.Context, now time.Time, advance func(context.Context, time.Time) error) error {
	if s.next.IsZero() {
		s.next = now.Add(s.every)
	}
	for ; !now.Before(s.next); s.next = s.next.Add(s.every) {
		if err := advance(ctx, s.next); err != nil {
			return err
		}
		if err := s.note(ctx, s.next); err != nil {
			return err
		}
	}
	return nil
}

func (s *sizes) note(ctx context.Context, now time.Time) error {
	row := make([]int, len(s.names))
	for i, name := range s.names {
		n, err := s.book.Count(ctx, name)
		if err != nil {
			return err
		}
		row[i] = n
	}
	s.at, s.rows = append(s.at, now), append(s.rows, row)
	return nil
}
