package intake

import (
	"encoding/binary"
	"fmt"
	"hash"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
)

// repeats finds records of one file that say the same event again. It keeps hashes only, 32 bytes a record and two for
// each field, so that memory depends on how many records there are and not on what is in them.
type repeats struct {
	plan  *Plan
	known map[[16]byte]once // by 80 bits of the event's ID
	marks []uint16          // of the fields of each known record, one record after the other
	full  bool              // a record was not remembered

	hash hash.Hash64
	now  []uint16 // the marks of the record at hand
	sums []byte   // the hashes they are of
	buf  []byte
}

// once is a record: the hash of what its event says, the line that had it, and which of the known ones it is.
type once struct {
	sum     uint64
	line, n uint32
}

func (p *Plan) repeats() *repeats {
	return &repeats{plan: p, known: map[[16]byte]once{}, hash: fnv.New64a()}
}

// add remembers an event and gives the line that had its ID first, 0 for none, with the fields that said something else
// there; same says that there are none.
func (r *repeats) add(e *marque.Event, line int) (first int, others []string, same bool) {
	r.now, r.sums = r.now[:0], r.sums[:0]
	r.plan.told(e, func(_ string, value any) {
		r.buf = appendValue(r.buf[:0], value)
		sum := r.sum(r.buf)
		r.sums = binary.LittleEndian.AppendUint64(r.sums, sum)
		r.now = append(r.now, uint16(sum^sum>>32))
	})
	o := once{r.sum(r.sums), uint32(line), uint32(len(r.known))}
	var key [16]byte
	copy(key[:], e.ID)
	was, ok := r.known[key]
	switch {
	case !ok && len(r.known) >= r.plan.remember:
		r.full = true
		return 0, nil, false
	case !ok:
		r.known[key] = o
		r.marks = append(r.marks, r.now...)
		return 0, nil, false
	case was.sum == o.sum:
		return int(was.line), nil, true
	}
	marks, i := r.marks[int(was.n)*len(r.now):], 0
	r.plan.told(e, func(field string, _ any) {
		if marks[i] != r.now[i] && !slices.Contains(others, field) {
			others = append(others, field)
		}
		i++
	})
	return int(was.line), others, false
}

func (r *repeats) sum(text []byte) uint64 {
	r.hash.Reset()
	_, _ = r.hash.Write(text) // it never fails
	return r.hash.Sum64()
}

// another is the fault of a record that is one of before with other values.
func another(first int, others []string) string {
	what := "other content"
	if len(others) > 0 {
		what = "another " + strings.Join(others, ", ")
	}
	return fmt.Sprintf("the same record as line %d, with %s: add a column that tells them apart to record", first, what)
}

// told goes over the fields that an event's content is of, always as many, with what the event has of each. Identifiers
// of one kind are one.
func (p *Plan) told(e *marque.Event, say func(field string, value any)) {
	say(p.m.At.Field, e.At)
	say(p.m.Profile, e.Profile)
	for i, d := range p.m.IDs {
		if slices.ContainsFunc(p.m.IDs[:i], func(before Identifier) bool { return before.Kind == d.Kind }) {
			continue
		}
		var values []string
		for _, id := range e.IDs {
			if id.Kind == d.Kind {
				values = append(values, id.Value)
			}
		}
		say(d.Field, values)
	}
	for i := range p.props {
		say(p.props[i].Field, e.Props[p.props[i].Name])
	}
}

// appendValue appends what tells a value from the others of its field.
func appendValue(buf []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return buf
	case string:
		return append(buf, v...)
	case time.Time:
		return v.AppendFormat(buf, time.RFC3339Nano)
	case []string:
		for _, s := range v {
			buf = append(binary.AppendUvarint(buf, uint64(len(s))), s...)
		}
		return buf
	}
	return fmt.Append(buf, value)
}
