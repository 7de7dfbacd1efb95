package profile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// MergeConsents is what remains of the consents of two people who are one: the most restrictive of both. For each
// channel and topic that one of them spoke about, what that one said counts against what the other said about it,
// or withdrew for all channels or topics that it belongs to. The later instant counts as the time of it, so that
// only a consent given after both lifts a withdrawal. The result is new, by channel and topic.
func MergeConsents(a, b []rule.Consent) []rule.Consent {
	var out []rule.Consent
	add := func(rows, others []rule.Consent) {
		for _, c := range rows {
			if o, ok := opinion(others, c); ok {
				c.OK, c.At = c.OK && o.OK, max(c.At, o.At)
			}
			out = putConsent(out, c)
		}
	}
	a, b = inForce(a), inForce(b)
	add(a, b)
	add(b, a)
	return out
}

// opinion is what rows, which are in force, say about the channel and topic of c.
func opinion(rows []rule.Consent, c rule.Consent) (o rule.Consent, ok bool) {
	for _, r := range rows {
		if compareConsent(r, c) == 0 {
			return r, true
		}
		if !r.OK && covers(r, c) {
			o, ok = rule.Consent{At: max(o.At, r.At)}, true
		}
	}
	return o, ok
}

// putConsent returns rows with c in its place, by channel and topic, unless a newer one is there. It does not
// change rows.
func putConsent(rows []rule.Consent, c rule.Consent) []rule.Consent {
	i, found := slices.BinarySearchFunc(rows, c, compareConsent)
	if !found {
		return slices.Insert(slices.Clone(rows), i, c)
	}
	if rows[i].At > c.At {
		return rows
	}
	rows = slices.Clone(rows)
	rows[i] = c
	return rows
}

// inForce applies general withdrawals to what they cover: "no messages at all" ends an earlier "text messages,
// yes", and "yes to all" does not lift an earlier "no text messages". It returns rows itself where nothing changes.
func inForce(rows []rule.Consent) []rule.Consent {
	out := rows
	for i, c := range rows {
		for _, w := range rows {
			if !c.OK || w.OK || !covers(w, c) || w.At < c.At {
				continue
			}
			if &out[0] == &rows[0] {
				out = slices.Clone(rows)
			}
			out[i].OK, out[i].At = false, max(out[i].At, w.At)
		}
	}
	return out
}

func covers(general, c rule.Consent) bool {
	return (general.Channel == "" || general.Channel == c.Channel) && (general.Topic == "" || general.Topic == c.Topic)
}

func compareConsent(a, b rule.Consent) int {
	return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Topic, b.Topic))
}

// said reads a consent event. ok is false where there is nothing to record, err is what of it cannot be read: then a
// yes is not recorded, and a no counts for everything.
func said(e *marque.Event) (s Say, ok bool, err *marque.FieldError) {
	if e.Name != GivenEvent && e.Name != WithdrawnEvent {
		return Say{}, false, nil
	}
	s.OK = e.Name == GivenEvent
	for name, x := range e.Props {
		text, isText := x.(string)
		why := fmt.Errorf("is a %T, want a text", x)
		switch {
		case isText && name == "channel":
			s.Channel = text
			continue
		case isText && name == "topic":
			s.Topic = text
			continue
		case name != "channel" && name != "topic":
			why = errors.New("is not known here, want channel or topic")
		}
		if err == nil || "props."+name < err.Path {
			err = &marque.FieldError{Path: "props." + name, Err: why}
		}
	}
	if err != nil {
		what := "the withdrawal counts for everything"
		if s.OK {
			what = "the consent was not recorded"
		}
		err.Err = fmt.Errorf("%w; %s", err.Err, what)
		return Say{OK: s.OK}, !s.OK, err
	}
	return s, true, nil
}
