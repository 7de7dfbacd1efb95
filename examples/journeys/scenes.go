package main

import (
	"embed"
	"io/fs"
	"slices"
	"time"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

//go:embed program
var program embed.FS

// A scene is one or several journeys of the program, a script for them, and the person to look at.
type scene struct {
	name     string
	journeys []string // default that of its name
	person   string
	people   map[string]journeytest.Person
	policy   graph.Policy
	doers    map[string]func(journey.Command) (journey.Outcome, error)
	channels map[string]func(journey.Message) (journey.Receipt, error)
	arms     func(experiment, profile string) string
	winner   func(experiment string, now time.Time) string
	script   journeytest.Script
}

// world is where the scene plays.
func (s scene) world() (journeytest.World, error) {
	dir, err := fs.Sub(program, "program")
	if err != nil {
		return journeytest.World{}, err
	}
	p, err := loop.Load(dir)
	if err != nil {
		return journeytest.World{}, err
	}
	names := s.journeys
	if names == nil {
		names = []string{s.name}
	}
	defs := slices.DeleteFunc(slices.Clone(p.Journeys), func(d journey.Def) bool { return !slices.Contains(names, d.Name) })
	return journeytest.World{
		Defs: defs, Schema: p.Schema(), Rules: func(lex *rule.Lexicon) rule.Compiler { return lang.New(lex, nil) },
		Compile: &journey.CompileOptions{Messages: s.policy},
		People:  s.people, Anybody: journeytest.Willing, Doers: s.doers, Channels: s.channels, Arms: s.arms, Winner: s.winner,
	}, nil
}

var shanghai = time.FixedZone("CST", 8*60*60)

// at is a time by the shop's clock.
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// willing is somebody who consents to all messages.
func willing(change func(p *journeytest.Person)) journeytest.Person {
	p := journeytest.Willing
	change(&p)
	return p
}

func event(when, profile, name string, props map[string]any) journeytest.Act {
	return journeytest.Act{At: at(when), Profile: profile, Event: name, Props: props}
}

func opens(when, profile, node string) journeytest.Act {
	return journeytest.Act{At: at(when), Profile: profile, Event: "opened", Of: node}
}

func changes(when, profile string, change func(p *journeytest.Person)) journeytest.Act {
	return journeytest.Act{At: at(when), Profile: profile, Change: change}
}

func enters(segment string) func(p *journeytest.Person) {
	return func(p *journeytest.Person) { p.Segments = append(p.Segments, segment) }
}

func leaves(segment string) func(p *journeytest.Person) {
	return func(p *journeytest.Person) {
		p.Segments = slices.DeleteFunc(slices.Clone(p.Segments), func(s string) bool { return s == segment })
	}
}

// unreachable is a channel on which some people are not.
func unreachable(people ...string) func(journey.Message) (journey.Receipt, error) {
	return func(m journey.Message) (journey.Receipt, error) {
		if slices.Contains(people, m.Profile) {
			return journey.Receipt{Status: journey.Unreachable}, nil
		}
		return journey.Receipt{Status: journey.Sent}, nil
	}
}

type props = map[string]any
