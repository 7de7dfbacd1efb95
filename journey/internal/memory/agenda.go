package memory

// An entry of an agenda: the thing of number i, as it was in its turn, is due at an instant. It has no pointers, so
// a million of them cost the collector of garbage nothing.
type entry struct {
	at      int64 // in microseconds
	i, turn uint32
}

// An agenda is a heap of entries, each with four below it. An entry that no longer counts stays until it comes up, or
// until a quarter of all are such; so what tie reads must stay as it is while an entry names it.
type agenda struct {
	list  []entry
	tie   func(a, b uint32) int // the order of things that are due at once
	live  func(entry) bool
	gone  func(i uint32) // an entry that named it has left
	stale int
	aside []entry
}

func (h *agenda) less(a, b entry) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	return h.tie(a.i, b.i) < 0
}

func (h *agenda) push(e entry) {
	if h.stale > 64 && h.stale > len(h.list)/4 {
		h.sweep()
	}
	h.list = append(h.list, e)
	h.up(len(h.list) - 1)
}

// sweep drops all that no longer count.
func (h *agenda) sweep() {
	kept := h.list[:0]
	for _, e := range h.list {
		if h.live(e) {
			kept = append(kept, e)
		} else {
			h.gone(e.i)
		}
	}
	h.list, h.stale = kept, 0
	for i := len(kept)/4 + 1; i >= 0; i-- {
		h.down(i)
	}
}

func (h *agenda) up(i int) {
	list := h.list
	e := list[i]
	for i > 0 {
		p := (i - 1) / 4
		if !h.less(e, list[p]) {
			break
		}
		list[i] = list[p]
		i = p
	}
	list[i] = e
}

func (h *agenda) down(i int) {
	list := h.list
	if i >= len(list) {
		return
	}
	e := list[i]
	for first := 4*i + 1; first < len(list); first = 4*i + 1 {
		least := first
		for c := first + 1; c < min(first+4, len(list)); c++ {
			if h.less(list[c], list[least]) {
				least = c
			}
		}
		if !h.less(list[least], e) {
			break
		}
		list[i] = list[least]
		i = least
	}
	list[i] = e
}

func (h *agenda) pop() entry {
	e, last := h.list[0], len(h.list)-1
	h.list[0] = h.list[last]
	h.list = h.list[:last]
	h.down(0)
	return e
}

// first shows the entries up to an instant in order, until n were taken. All stay.
func (h *agenda) first(n int, until int64, see func(entry) (take bool)) {
	h.aside = h.aside[:0]
	for taken := 0; taken < n && len(h.list) > 0 && h.list[0].at <= until; {
		e := h.list[0]
		if !h.live(e) {
			h.gone(h.pop().i)
			h.stale--
			continue
		}
		if see(e) {
			taken++
		}
		if taken == n && len(h.aside) == 0 {
			return // the top alone: nothing was moved
		}
		h.aside = append(h.aside, h.pop())
	}
	for _, e := range h.aside {
		h.list = append(h.list, e)
		h.up(len(h.list) - 1)
	}
}

// all gives the entries up to an instant, in no order.
func (h *agenda) all(until int64) (got []entry) {
	var see func(i int)
	see = func(i int) {
		if i >= len(h.list) || h.list[i].at > until {
			return
		}
		if h.live(h.list[i]) {
			got = append(got, h.list[i])
		}
		for c := 4*i + 1; c <= 4*i+4; c++ {
			see(c)
		}
	}
	see(0)
	return got
}
