// Command journeys shows journeys as a shop has them, one after the other: the graph as Mermaid, and the life of one
// person in it, from a script that is played on a virtual clock.
//
//	go run ./examples/journeys                    all of them
//	go run ./examples/journeys birthday outage    these
//
// The definitions are in program/, to be read and changed. The tests prove of each that it comes to the same end
// wherever a worker dies.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(names []string, stdout, stderr io.Writer) int {
	for _, name := range names {
		if !slices.ContainsFunc(scenes, func(s scene) bool { return s.name == name }) {
			fmt.Fprintf(stderr, "journeys: there is no %q\n", name)
			return 2
		}
	}
	for _, s := range scenes {
		if len(names) > 0 && !slices.Contains(names, s.name) {
			continue
		}
		if err := show(stdout, s); err != nil {
			fmt.Fprintf(stderr, "journeys: %s: %v\n", s.name, err)
			return 1
		}
	}
	return 0
}

// play plays a scene and checks that it went well.
func (s scene) play() (*journeytest.Stage, error) {
	world, err := s.world()
	if err != nil {
		return nil, err
	}
	stage, err := journeytest.NewStage(world, journey.NewMemory())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	if err := stage.Play(ctx, s.script); err != nil {
		return nil, err
	}
	return stage, stage.Check(ctx)
}

// show plays a scene and prints its graphs and the life of its person.
func show(w io.Writer, s scene) error {
	stage, err := s.play()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "# %s\n\n", s.name)
	for _, p := range stage.Set().Plans() {
		fmt.Fprintf(w, "%s: %s\n\n%s\n", p.Def().Name, p.Def().Doc, p.Mermaid())
	}
	fmt.Fprintf(w, "The life of %s:\n\n", s.person)
	for _, x := range life(stage, s.person) {
		fmt.Fprintln(w, "  "+strings.TrimSpace(x.at.In(shanghai).Format("Mon 2006-01-02 15:04")+"  "+x.text))
	}
	fmt.Fprintln(w)
	return nil
}

// A moment is a line of a life.
type moment struct {
	at   time.Time
	text string
}

// life is what happened to somebody, was said of them and done for them.
func life(stage *journeytest.Stage, person string) []moment {
	var all []moment
	for _, e := range stage.Log() {
		if e.Profile == person || e.Profile == "" {
			all = append(all, moment{e.At, line(e)})
		}
	}
	for _, d := range stage.Deeds() {
		if d.Profile == person {
			all = append(all, moment{d.At, strings.Join(strings.Fields("done: "+d.Do+" "+d.Name+" "+d.Result), " ")})
		}
	}
	slices.SortStableFunc(all, func(a, b moment) int { return a.at.Compare(b.at) })
	return all
}

// line tells of an event.
func line(e marque.Event) string {
	var b strings.Builder
	b.WriteString(e.Name)
	for _, k := range []string{"journey", "node", "channel", "experiment", "arm", "result", "reason", "segment", "tag", "item", "order", "stars", "topic", "region", "city"} {
		if v, ok := e.Props[k]; ok && v != "" {
			fmt.Fprintf(&b, " %v", v)
		}
	}
	if e.Props["goal"] == true {
		b.WriteString(" (goal)")
	}
	return b.String()
}
