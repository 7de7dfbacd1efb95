package audience

import (
	"cmp"
	"maps"
	"slices"

	"github.com/marque-go/marque/rule"
)

// marks are the traits that are no attributes: tags, segments and consents.
func (p *painter) marks() []Trait {
	lex := p.table.Lexicon()
	schema := lex.Schema()
	need := rule.Need{Tags: indices(len(schema.Tags)), Segments: indices(len(schema.Segments)), Consents: true}
	tags, segments := p.tallies(len(schema.Tags)), p.tallies(len(schema.Segments))
	said := map[rule.Consent][][]int{} // by channel and topic: those who said no, and those who said yes
	facts := rule.NewFacts(lex, "")
	for row := range p.base.All() {
		p.table.Facts(row, need, facts)
		for _, m := range facts.Tags {
			if _, ok := rule.Find(facts.Tags, m.Slot, p.now); ok {
				p.count(tags[m.Slot], row)
			}
		}
		for _, m := range facts.Segments {
			if _, ok := rule.Find(facts.Segments, m.Slot, p.now); ok {
				p.count(segments[m.Slot], row)
			}
		}
		for _, c := range facts.Consents {
			about, answer := rule.Consent{Channel: c.Channel, Topic: c.Topic}, 0
			if c.OK {
				answer = 1
			}
			if said[about] == nil {
				said[about] = p.tallies(2)
			}
			p.count(said[about][answer], row)
		}
	}
	var out []Trait
	for _, t := range []Trait{p.held("tags", schema.Tags, tags), p.held("segments", schema.Segments, segments)} {
		if len(t.Bars) > 0 {
			out = append(out, t)
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(said), func(a, b rule.Consent) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Topic, b.Topic))
	}) {
		out = append(out, p.consent(about(c), said[c]))
	}
	return out
}

// held is the trait of tags or segments that people have.
func (p *painter) held(name string, names []string, counts [][]int) Trait {
	values := map[string][]int{}
	for slot, n := range counts {
		if n[0] > 0 {
			values[names[slot]] = n
		}
	}
	return p.named(name, values, p.all, true)
}

func (p *painter) consent(name string, said [][]int) Trait {
	known := slices.Clone(said[0])
	for i, n := range said[1] {
		known[i] += n
	}
	return Trait{
		Name:    name,
		Missing: p.bar(missing, less(p.all, known), p.all),
		Bars:    []Bar{p.bar("yes", said[1], known), p.bar("no", said[0], known)},
	}
}

// about names what a consent is about: "consent sms/news".
func about(c rule.Consent) string {
	name := "consent"
	if c.Channel != "" {
		name += " " + c.Channel
	}
	if c.Topic != "" {
		name += "/" + c.Topic
	}
	return name
}

// indices are the slots from 0 to n-1.
func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
