package loop

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/source"
)

// kinds are the keys of a file of definitions.
var kinds = [...]string{"attributes", "events", "tags", "scores", "scales", "points", "lifecycles", "segments", "coupons", "experiments", "journeys", "funnels", "pipelines"}

// Load reads a folder of definitions, with all folders in it: files that end in .yaml, .yml or .json, in the order of
// their paths. Each holds lists by kind:
//
//	tags:
//	  - {name: vip, when: 'total("order_paid", "amount") >= 100000'}
//	segments:
//	  - {name: new, when: 'did("register", within("14d"))'}
//
// What could not be read whole is no program: with an error it is empty, and Compile and Lint of it give that error.
// Unknown fields and values of another type are errors with file, line and column, all of all files at once. In braces
// a rule with a comma or a quote stands in quotes of its own, as above; what YAML itself cannot read hides what else is
// wrong in that file.
func Load(fsys fs.FS) (Program, error) {
	p := Program{index: &source.Index{}, count: map[string]int{}}
	var errs []error
	found := false
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch strings.ToLower(path.Ext(name)) {
		case ".yaml", ".yml", ".json":
		default:
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		found = true
		if err := p.add(name, data); err != nil {
			errs = append(errs, err)
		}
		return nil
	})
	switch {
	case err != nil:
		err = fmt.Errorf("loop: load: %w", err)
	case len(errs) > 0:
		err = errors.Join(errs...)
	case !found:
		err = errors.New("loop: load: no file ends in .yaml, .yml or .json")
	default:
		return p, nil
	}
	return Program{unread: err}, err
}

// add appends the definitions of one file.
func (p *Program) add(name string, data []byte) error {
	doc, err := source.Parse(name, data)
	if err != nil {
		return err
	}
	var q Program
	if err := doc.Decode("", &q); err != nil {
		return err
	}
	if err := zeros(doc, &q); err != nil {
		return err
	}
	for _, kind := range kinds {
		for i := range max(doc.Len(kind), 0) {
			p.index.Add(fmt.Sprintf("%s[%d]", kind, p.count[kind]), doc, fmt.Sprintf("%s[%d]", kind, i))
			p.count[kind]++
		}
	}
	if slices.Contains(doc.Keys(""), "identity") {
		if p.identified != "" {
			return doc.Errorf("identity", "%s has one too", p.identified)
		}
		p.Identity, p.identified = q.Identity, name
		p.index.Add("identity", doc, "identity")
	}
	if slices.Contains(doc.Keys(""), "messages") {
		if p.ruled != "" {
			return doc.Errorf("messages", "%s has one too", p.ruled)
		}
		p.Messages, p.ruled = q.Messages, name
		p.index.Add("messages", doc, "messages")
	}
	p.Attributes = append(p.Attributes, q.Attributes...)
	p.Events = append(p.Events, q.Events...)
	p.Tags = append(p.Tags, q.Tags...)
	p.Scores = append(p.Scores, q.Scores...)
	p.Scales = append(p.Scales, q.Scales...)
	p.Points = append(p.Points, q.Points...)
	p.Lifecycles = append(p.Lifecycles, q.Lifecycles...)
	p.Segments = append(p.Segments, q.Segments...)
	p.Coupons = append(p.Coupons, q.Coupons...)
	p.Experiments = append(p.Experiments, q.Experiments...)
	p.Journeys = append(p.Journeys, q.Journeys...)
	p.Funnels = append(p.Funnels, q.Funnels...)
	p.Pipelines = append(p.Pipelines, q.Pipelines...)
	return nil
}

// locate gives each fault the file, line and column of its definition, where Load read it. Faults come in the order
// of their places.
func (p Program) locate(err error) error {
	if p.index != nil {
		err = p.index.Locate(err)
	}
	return p.identify(err)
}

// identify says which node is meant in faults that have no place: those of definitions made in Go.
func (p Program) identify(err error) error {
	all := source.Errors(err)
	for k, e := range all {
		f, ok := e.(*marque.FieldError)
		if !ok {
			continue
		}
		var i, j int
		if _, err := fmt.Sscanf(f.Path, "journeys[%d].nodes[%d]", &i, &j); err != nil || i >= len(p.Journeys) || j >= len(p.Journeys[i].Nodes) {
			continue
		}
		if d := &p.Journeys[i]; d.Nodes[j].ID != "" {
			all[k] = &marque.FieldError{Path: f.Path, Err: fmt.Errorf("%w (node %q of %q)", f.Err, d.Nodes[j].ID, d.Name)}
		}
	}
	return errors.Join(all...)
}
