package column

import (
	"math"

	"github.com/marque-go/marque/rule"
)

// marks holds one tag, or one segment, of all rows.
type marks []*markBlock

// A markBlock is a set of rows; most marks are nothing more.
type markBlock struct {
	on     words
	ends   words                    // of those the ones that may have an Until
	latest rule.Instant             // not before any From
	from   *[blockRows]rule.Instant // nil while all are zero
	more   map[int]rule.Mark        // those that have Until or Holds
}

func (ms marks) at(i int) *markBlock {
	if i < len(ms) {
		return ms[i]
	}
	return nil
}

func (ms *marks) put(row int, m rule.Mark) {
	i := row % blockRows
	b := reach((*[]*markBlock)(ms), row/blockRows)
	if b.on == (words{}) {
		b.latest = math.MinInt64
	}
	b.on.add(i)
	b.ends.set(i, m.Until != 0)
	b.latest = max(b.latest, m.From)
	if m.From != 0 && b.from == nil {
		b.from = new([blockRows]rule.Instant)
	}
	if b.from != nil {
		b.from[i] = m.From
	}
	delete(b.more, i)
	if m.Until != 0 || m.Holds != 0 {
		if b.more == nil {
			b.more = map[int]rule.Mark{}
		}
		b.more[i] = m
	}
}

func (ms marks) drop(row int) {
	if b, i := ms.at(row/blockRows), row%blockRows; b != nil {
		b.on.drop(i)
		b.ends.drop(i)
		delete(b.more, i)
	}
}

func (ms marks) get(row, slot int) (rule.Mark, bool) {
	b, i := ms.at(row/blockRows), row%blockRows
	if b == nil || !b.on.has(i) {
		return rule.Mark{}, false
	}
	m := b.more[i]
	m.Slot = slot
	if b.from != nil {
		m.From = b.from[i]
	}
	return m, true
}

// hold gives those of a word's rows in want whose mark holds at now.
func (b *markBlock) hold(w int, want uint64, now rule.Instant) uint64 {
	yes := b.on[w] & want
	look := yes & b.ends[w]
	if now < b.latest {
		look = yes
	}
	for look != 0 {
		i := w*64 + first(&look)
		if b.from != nil && b.from[i] > now || b.from == nil && now < 0 {
			yes &^= 1 << (i % 64)
		} else if m := b.more[i]; m.Until != 0 && m.Until <= now {
			yes &^= 1 << (i % 64)
		}
	}
	return yes
}
