package tagging

import (
	"slices"

	"github.com/marque-go/marque/rule"
)

// A standing is how a tag stands at an instant: as its row says, or as the marks have it that begin and end behind the
// latest change of its unit.
type standing struct {
	row   *Row
	def   *tag
	on    bool
	since rule.Instant
	best  *Mark // at the instant, nil where none counts
	moved bool  // a mark of the tag began or ended behind the latest change
	early bool  // the instant is before the latest change: the row tells what is now
}

// undefined stands for a definition that is gone.
var undefined tag

// stand gives the standing of each row. Rules and habits stay as they are: what will change them is not in the rows.
func (p *Plan) stand(rows []*Row, at rule.Instant) []standing {
	all := make([]standing, 0, len(rows))
	var done []int
	for _, r := range rows {
		k, ok := p.byName[r.Name]
		switch {
		case !ok:
			all = append(all, one(r, at))
		case !slices.Contains(done, p.tags[k].unit):
			done = append(done, p.tags[k].unit)
			all = p.unit(all, &p.units[p.tags[k].unit], rows, at)
		}
	}
	return all
}

// one is the standing of the row of a definition that is gone.
func one(r *Row, at rule.Instant) standing {
	s := [1]standing{{row: r, def: &undefined, on: r.On, since: r.Since}}
	stand(s[:], false, at)
	return s[0]
}

// unit appends the standings of the rows of a unit.
func (p *Plan) unit(all []standing, u *unit, rows []*Row, at rule.Instant) []standing {
	n := len(all)
	for _, k := range u.tags {
		if r := find(rows, p.tags[k].Name); r != nil {
			all = append(all, standing{row: r, def: &p.tags[k], on: r.On, since: r.Since})
		}
	}
	stand(all[n:], u.exclusive, at)
	return all
}

// stand brings standings of a unit to an instant: whenever a mark begins or ends, the strongest counts.
func stand(all []standing, exclusive bool, to rule.Instant) {
	var from rule.Instant
	for i := range all {
		from = max(from, all[i].row.At)
	}
	if from > to {
		for i := range all {
			s := &all[i]
			s.early, s.on = true, s.on && s.since <= to
		}
		return
	}
	var when []rule.Instant
	for i := range all {
		for _, m := range all[i].row.Marks {
			for _, at := range [...]rule.Instant{m.From, m.Until} {
				if at > from && at <= to {
					when = append(when, at)
					all[i].moved = true
				}
			}
		}
	}
	slices.Sort(when)
	for _, at := range slices.Compact(when) {
		decide(all, exclusive, at)
		for i := range all {
			s := &all[i]
			if on := s.best != nil; on != s.on {
				s.on, s.since = on, at
			}
		}
	}
	decide(all, exclusive, to)
}

// decide finds the marks that the tags are on by at an instant.
func decide(all []standing, exclusive bool, at rule.Instant) {
	won := -1
	for i := range all {
		s := &all[i]
		s.best = s.def.best(s.row.Marks, at)
		if exclusive && s.best != nil && (won < 0 || s.best.stronger(all[won].best)) {
			won = i
		}
	}
	for i := range all {
		if exclusive && i != won {
			all[i].best = nil
		}
	}
}

// tag is the standing of a tag that is on at an instant.
func (s *standing) tag(at rule.Instant) Tag {
	t := Tag{Name: s.row.Name, Source: s.row.Source, Confidence: s.row.Confidence, Since: s.since.Time(), Until: s.def.until(s.row.Marks, at).Time()}
	if m := s.best; m != nil {
		t.Source, t.Confidence, t.Cause, t.Version = m.Source, m.Confidence, m.Cause, m.Version
	}
	return t
}
