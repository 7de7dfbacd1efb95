package shop

// An act is something that a person will do.
type act struct {
	kind     kind
	channel  channel // where it happens
	sku      uint16
	items    uint8
	remember bool // an order looks for a coupon
	guest    bool // an order or visit names the way's own identifier only
	refunded int64
	amount   int64 // fen: an order before discount, or a refund
	order    string
	note     *note // the message it answers to
}

type kind uint8

const (
	session kind = iota // plans a session and the next one, and visits
	visit
	view
	cart
	order
	refund
	register
	follow
	opened
	clicked
	withdraw
)

// entry is a place in the queue: instant, then person, then the person's own count. So the order of what one
// person does never depends on the others.
type entry struct {
	at  int64  // ms since 1970
	who uint64 // person<<32 | count
	act int32  // index into queue.acts
}

func (e entry) before(o entry) bool { return e.at < o.at || e.at == o.at && e.who < o.who }

// queue is a heap of four children per node over acts that are kept in place.
type queue struct {
	heap []entry
	acts []act
	free []int32
}

func (q *queue) push(at int64, who uint64, a act) {
	var slot int32
	if n := len(q.free); n > 0 {
		slot, q.free = q.free[n-1], q.free[:n-1]
		q.acts[slot] = a
	} else {
		slot = int32(len(q.acts))
		q.acts = append(q.acts, a)
	}
	q.heap = append(q.heap, entry{at, who, slot})
	h, i := q.heap, len(q.heap)-1
	e := h[i]
	for i > 0 {
		up := (i - 1) / 4
		if !e.before(h[up]) {
			break
		}
		h[i], i = h[up], up
	}
	h[i] = e
}

func (q *queue) pop() (entry, act) {
	h := q.heap
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	q.heap = h
	i := 0
	for {
		least, end := 4*i+1, min(4*i+5, len(h))
		if least >= end {
			break
		}
		for c := least + 1; c < end; c++ {
			if h[c].before(h[least]) {
				least = c
			}
		}
		if !h[least].before(last) {
			break
		}
		h[i], i = h[least], least
	}
	if len(h) > 0 {
		h[i] = last
	}
	a := q.acts[top.act]
	q.acts[top.act] = act{}
	q.free = append(q.free, top.act)
	return top, a
}
