package profile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
)

// Consents are the consents in force of a person, by channel and topic. For each channel and topic of which something
// was said, the most restrictive counts: a withdrawal stands, also one for all channels or topics, until a consent
// for just this is given that is later. Where the two were said through different identifiers, the consent must
// also not be earlier than the instant at which these were known to be one person: what somebody refused as a
// stranger is not lifted by what another stranger agreed to.
func (b *Book) Consents(ctx context.Context, profile string) ([]rule.Consent, error) {
	f := rule.NewFacts(b.lex, profile)
	if err := b.store.Fill(ctx, b.lex, rule.Need{Consents: true}, time.Time{}, []*rule.Facts{f}); err != nil {
		return nil, fmt.Errorf("profile: consents of %s: %w", profile, err)
	}
	in, err := b.inForce(ctx, profile, f.Consents)
	if err != nil {
		return nil, fmt.Errorf("profile: consents of %s: %w", profile, err)
	}
	return in, nil
}

// inForce puts together what a person said.
func (b *Book) inForce(ctx context.Context, profile string, said []rule.Consent) ([]rule.Consent, error) {
	if len(said) == 0 {
		return nil, nil
	}
	k := kinship{book: b, ctx: ctx, profile: profile, said: said}
	in := putTogether(said, k.joined)
	return in, k.err
}

// kinship tells since when identifiers of one person are known to belong together. It asks the store when it is asked
// first, which is seldom.
type kinship struct {
	book    *Book
	ctx     context.Context
	profile string
	said    []rule.Consent
	people  []identity.Person
	home    map[string]marque.ID
	err     error
}

const never = rule.Instant(1<<63 - 1)

func (k *kinship) joined(a, b marque.ID) rule.Instant {
	if a == b || k.err != nil {
		return 0
	}
	if k.people == nil {
		if k.err = k.ask(); k.err != nil {
			return never
		}
	}
	a, b = k.node(a), k.node(b)
	for _, p := range k.people {
		if at, ok := p.Joined(a, b); ok {
			return rule.At(at)
		}
	}
	return never
}

// node is the identifier that stands for what was said under an id alone.
func (k *kinship) node(id marque.ID) marque.ID {
	if (id == marque.ID{}) {
		return k.home[k.profile]
	}
	if home, ok := k.home[id.Value]; ok && id.Kind == marque.ProfileKind {
		return home
	}
	return id
}

func (k *kinship) ask() error {
	profiles := []string{k.profile}
	for _, c := range k.said {
		if c.Via.Kind == marque.ProfileKind {
			profiles = append(profiles, c.Via.Value)
		}
	}
	known, err := k.book.store.Look(k.ctx, Query{Profiles: profiles})
	if err != nil {
		return err
	}
	k.home = map[string]marque.ID{}
	for i, o := range known.Profiles {
		if o.Profile != "" {
			k.home[profiles[i]] = o.Home
		}
	}
	var around []marque.ID
	for _, c := range k.said {
		around = append(around, k.node(c.Via))
	}
	if known, err = k.book.store.Look(k.ctx, Query{Around: around}); err != nil {
		return err
	}
	k.people = k.book.o.Identity.Resolve(known.Evidence).People
	return nil
}

// putTogether makes of what was said through several identifiers what is in force. joined tells since when two
// identifiers are known to be of one person.
func putTogether(said []rule.Consent, joined func(a, b marque.ID) rule.Instant) []rule.Consent {
	out := make([]rule.Consent, 0, len(said))
	for i := 0; i < len(said); {
		j := i + 1
		for j < len(said) && compareConsent(said[j], said[i]) == 0 {
			j++
		}
		c := rule.Consent{Channel: said[i].Channel, Topic: said[i].Topic}
		for _, yes := range said[i:j] {
			if c.At = max(c.At, yes.At); !yes.OK || c.OK {
				continue
			}
			c.OK = true
			for _, no := range said {
				if !no.OK && covers(no, yes) && (no.At >= yes.At || yes.At < joined(yes.Via, no.Via)) {
					c.OK, c.At = false, max(c.At, no.At)
				}
			}
		}
		out = append(out, c)
		i = j
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
	places := map[string]*string{"channel": &s.Channel, "topic": &s.Topic, "proof": &s.Proof}
	for name, x := range e.Props {
		text, isText := x.(string)
		place := places[name]
		var why error
		switch {
		case place == nil:
			why = errors.New("is not known here, want channel, topic or proof")
		case !isText:
			why = fmt.Errorf("is a %T, want a text", x)
		default:
			*place = text
			continue
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
		return Say{OK: s.OK, Proof: s.Proof}, !s.OK, err
	}
	return s, true, nil
}
