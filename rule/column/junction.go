package column

// A junction is op.And or op.Or of parts, the cheap first.
type junction struct {
	or    bool
	parts []part
	set   int // four sets of its own
}

func (j *junction) prepare(r *run) {
	for _, p := range j.parts {
		p.prepare(r)
	}
}

func (j *junction) price() int {
	sum := 0
	for _, p := range j.parts {
		sum += p.price()
	}
	return sum
}

func (j *junction) eval(r *run, want, yes, unknown *words, exact bool) {
	if j.or {
		j.any(r, want, yes, unknown, exact)
	} else {
		j.all(r, want, yes, unknown, exact)
	}
}

// all looks with each part at what none before it was false of.
func (j *junction) all(r *run, want, yes, unknown *words, exact bool) {
	left, open, y, u := &r.sets[j.set], &r.sets[j.set+1], &r.sets[j.set+2], &r.sets[j.set+3]
	*left, *open = *want, words{} // open is unknown so far
	for _, p := range j.parts {
		if left.empty() {
			break
		}
		p.eval(r, left, y, u, exact)
		if !exact {
			*left = *y
			continue
		}
		for i := range left {
			left[i] = y[i] | u[i]
			open[i] |= u[i]
		}
	}
	for i := range left {
		yes[i] = left[i] &^ open[i]
		unknown[i] = left[i] & open[i]
	}
}

// any looks with each part at what none before it was true of.
func (j *junction) any(r *run, want, yes, unknown *words, exact bool) {
	left, open, y, u := &r.sets[j.set], &r.sets[j.set+1], &r.sets[j.set+2], &r.sets[j.set+3]
	*left, *open = *want, words{}
	for _, p := range j.parts {
		if left.empty() {
			break
		}
		p.eval(r, left, y, u, exact)
		for i := range left {
			left[i] &^= y[i]
			open[i] |= u[i]
		}
	}
	for i := range left {
		yes[i] = want[i] &^ left[i]
		unknown[i] = left[i] & open[i]
	}
}

// not is op.Not.
type not struct{ x part }

func (n not) prepare(r *run) { n.x.prepare(r) }
func (n not) price() int     { return n.x.price() }

func (n not) eval(r *run, want, yes, unknown *words, _ bool) {
	n.x.eval(r, want, yes, unknown, true)
	for i := range want {
		yes[i] = want[i] &^ (yes[i] | unknown[i])
	}
}

// choice is op.If over conditions.
type choice struct {
	c, a, b part
	set     int // four sets of its own
}

func (c *choice) prepare(r *run) {
	c.c.prepare(r)
	c.a.prepare(r)
	c.b.prepare(r)
}

func (c *choice) price() int { return c.c.price() + c.a.price() + c.b.price() }

func (c *choice) eval(r *run, want, yes, unknown *words, exact bool) {
	way, rest, y, u := &r.sets[c.set], &r.sets[c.set+1], &r.sets[c.set+2], &r.sets[c.set+3]
	c.c.eval(r, want, way, u, false)
	c.a.eval(r, way, yes, unknown, exact)
	for i := range want {
		rest[i] = want[i] &^ way[i]
	}
	c.b.eval(r, rest, y, u, exact)
	for i := range want {
		yes[i] |= y[i]
		unknown[i] |= u[i]
	}
}

// fallback is op.Else over conditions.
type fallback struct {
	a, b part
	set  int // three sets of its own
}

func (f *fallback) prepare(r *run) {
	f.a.prepare(r)
	f.b.prepare(r)
}

func (f *fallback) price() int { return f.a.price() + f.b.price() }

func (f *fallback) eval(r *run, want, yes, unknown *words, exact bool) {
	open, y, u := &r.sets[f.set], &r.sets[f.set+1], &r.sets[f.set+2]
	f.a.eval(r, want, yes, open, true)
	f.b.eval(r, open, y, u, exact)
	for i := range want {
		yes[i] |= y[i]
	}
	*unknown = *u
}

// constant is what does not depend on the row.
type constant struct{ yes, unknown bool }

func (constant) prepare(*run) {}
func (constant) price() int   { return 0 }

func (c constant) eval(_ *run, want, yes, unknown *words, _ bool) {
	*yes, *unknown = words{}, words{}
	if c.yes {
		*yes = *want
	}
	if c.unknown {
		*unknown = *want
	}
}
