package journey

// heap is a binary min-heap of which entries are struck out in place and dropped when they come up, or all at once
// when half of them are.
type heap[T any] struct {
	list  []T
	less  func(a, b T) bool
	gone  func(T) bool
	stale int
	aside []T
}

func (h *heap[T]) push(x T) {
	if h.stale > 64 && h.stale > len(h.list)/2 {
		h.sweep()
	}
	h.list = append(h.list, x)
	h.up(len(h.list) - 1)
}

func (h *heap[T]) sweep() {
	kept := h.list[:0]
	for _, x := range h.list {
		if !h.gone(x) {
			kept = append(kept, x)
		}
	}
	clear(h.list[len(kept):])
	h.list, h.stale = kept, 0
	for i := len(kept)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

func (h *heap[T]) up(i int) {
	for i > 0 {
		p := (i - 1) / 2
		if !h.less(h.list[i], h.list[p]) {
			return
		}
		h.list[i], h.list[p] = h.list[p], h.list[i]
		i = p
	}
}

func (h *heap[T]) down(i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(h.list); c++ {
			if h.less(h.list[c], h.list[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		h.list[i], h.list[least] = h.list[least], h.list[i]
		i = least
	}
}

func (h *heap[T]) pop() T {
	x, last := h.list[0], len(h.list)-1
	h.list[0] = h.list[last]
	var none T
	h.list[last] = none
	h.list = h.list[:last]
	h.down(0)
	return x
}

// first shows entries in order until n were taken or see says that there is no more. All stay in the heap.
func (h *heap[T]) first(n int, see func(T) (take, more bool)) {
	h.aside = h.aside[:0]
	for taken := 0; taken < n && len(h.list) > 0; {
		if x := h.list[0]; h.gone(x) {
			h.pop()
			h.stale--
			continue
		}
		take, more := see(h.list[0])
		if !more {
			break
		}
		if take {
			taken++
		}
		if taken == n && len(h.aside) == 0 {
			return // the top alone: nothing was moved
		}
		h.aside = append(h.aside, h.pop())
	}
	for _, x := range h.aside {
		h.list = append(h.list, x)
		h.up(len(h.list) - 1)
	}
	clear(h.aside)
}
