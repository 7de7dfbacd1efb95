package points

import (
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Moved is what a merge or an unmerge does to rows: left are the changed rows of From, got those of Into. Lots go, in
// an unmerge those learnt via its identifiers, with what was taken of them, so that a spend stays with the lots that
// paid for it; so do debts, and uses of quotas. Points less debts of both people are together what they were.
//
// In a merge the better tier goes on, of equal ones that with the later review, and quotas of the same period are one:
// the larger one, less what both used. In an unmerge the tier of From is reviewed at once, by
// the points that are left, and Into's is what its points give.
//
// The rows are due at once, and the next Derive says what changes. A merge leaves From with the count of turns and of
// its statement only, so that no turn is taken for an old one if the two are parted again.
func Moved(m marque.Move, from, into []*Row) (left, got []*Row) {
	for _, f := range from {
		rest, part := f.clone().split(m)
		if len(m.IDs) == 0 {
			left = append(left, &Row{Profile: f.Profile, Name: f.Name, Turn: f.Turn, Net: f.Net, Version: f.Version + 1})
			part.Tier, part.Level, part.Since, part.Review, part.Was, part.Gone = f.Tier, f.Level, f.Since, f.Review, f.Was, f.Gone
		}
		next := Row{Profile: m.Into, Name: f.Name}
		if old := find(into, f.Name); old != nil {
			next = old.clone()
		}
		if part.empty() && (len(m.IDs) == 0 || next.Net == 0) { // with a Net, its statement came back
			continue
		}
		next.join(part)
		next.stir(m)
		got = append(got, &next)
		if len(m.IDs) > 0 && !part.empty() {
			if rest.stir(m); rest.Tier != "" {
				rest.Review = rule.At(m.At)
			}
			left = append(left, &rest)
		}
	}
	return left, got
}

// MovedEntries parts a person's history. In a merge all of it goes, with its origin; in an unmerge what came from Into
// goes back. The points of entries with an origin are in no balance: the next Derive adds an entry MovedIn for what
// came or went.
func MovedEntries(m marque.Move, from []Entry) (stays, goes []Entry) {
	for _, e := range from {
		switch {
		case len(m.IDs) > 0 && e.Origin != m.Into:
			stays = append(stays, e)
			continue
		case len(m.IDs) > 0:
			e.Origin = ""
		case e.Origin == "":
			e.Origin = m.From
		}
		e.Profile = m.Into
		goes = append(goes, e)
	}
	return stays, goes
}

func (r *Row) stir(m marque.Move) {
	r.Stirred, r.Due, r.Version = true, rule.At(m.At), r.Version+1
}

func (r *Row) empty() bool {
	return len(r.Lots) == 0 && len(r.Debts) == 0 && len(r.Quotas) == 0 && r.Tier == ""
}

// clone is a copy whose lists can be changed, but for those within lots and quotas, which are never changed in place.
func (r *Row) clone() Row {
	c := *r
	c.Lots, c.Debts, c.Was, c.Quotas = slices.Clone(r.Lots), slices.Clone(r.Debts), slices.Clone(r.Was), slices.Clone(r.Quotas)
	return c
}

// split parts a row that is ours by what a move takes. Of a quota only uses go in an unmerge, and with them that it was
// granted.
func (r Row) split(m marque.Move) (rest, part Row) {
	rest = r
	rest.Lots, rest.Debts, rest.Quotas = nil, nil, nil
	for _, l := range r.Lots {
		to := &rest
		if id, goes := m.Takes(l.Via); goes {
			to, l.Via = &part, id
		}
		to.Lots = append(to.Lots, l)
	}
	for _, d := range r.Debts {
		to := &rest
		if id, goes := m.Takes(d.Via); goes {
			to, d.Via = &part, id
		}
		to.Debts = append(to.Debts, d)
	}
	for _, q := range r.Quotas {
		mine, theirs := q, q
		mine.Uses, theirs.Uses = nil, nil
		for _, u := range q.Uses {
			to := &mine
			if id, goes := m.Takes(u.Via); goes {
				to, u.Via = &theirs, id
			}
			to.Uses = append(to.Uses, u)
		}
		rest.Quotas = append(rest.Quotas, mine)
		if len(m.IDs) == 0 || len(theirs.Uses) > 0 {
			part.Quotas = append(part.Quotas, theirs)
		}
	}
	return rest, part
}

// join adds what another row has.
func (r *Row) join(o Row) {
	r.Lots = append(r.Lots, o.Lots...)
	slices.SortFunc(r.Lots, placeLot)
	r.Gone += o.Gone
	r.Debts = append(r.Debts, o.Debts...)
	slices.SortStableFunc(r.Debts, placeDebt)
	for _, q := range o.Quotas {
		if i := slices.IndexFunc(r.Quotas, func(x Quota) bool { return x.Grant == q.Grant && x.From == q.From }); i >= 0 {
			r.Quotas[i].N = max(r.Quotas[i].N, q.N)
			r.Quotas[i].Uses = slices.Concat(r.Quotas[i].Uses, q.Uses)
		} else {
			r.Quotas = append(r.Quotas, q)
		}
	}
	if o.Tier != "" && (o.Level > r.Level || o.Level == r.Level && orNever(o.Review) > orNever(r.Review)) {
		r.Tier, r.Level, r.Since, r.Review, r.Was = o.Tier, o.Level, o.Since, o.Review, o.Was
	}
}
