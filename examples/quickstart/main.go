// Command quickstart is the library's main job in one program: ninety days of a shop's events go through a folder of
// definitions (who is who, tags, scores, points, a lifecycle, segments, journeys, coupons, an experiment with a control
// group), and a report says what came of it.
//
//	go run ./examples/quickstart                 a synthetic shop that answers to what it is sent
//	go run ./examples/quickstart -data DIR       the Complete Journey files, as they are
//
// The definitions are in program/ and retail/program/, to be read and changed. The report is printed and written to
// report.html.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/marque-go/marque/examples/quickstart/report"
)

type options struct {
	seed     uint64
	people   int
	days     int
	out      string
	pictures string
	data     string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	scene := runShop
	if o.data != "" {
		scene = runRetail
	}
	r, err := scene(ctx, o, stderr)
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "quickstart: stopped, nothing written")
		return 1
	} else if err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 1
	}
	if err := report.Text(stdout, r); err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 1
	}
	if err := writePage(o.out, r); err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 1
	}
	fmt.Fprintln(stderr, "wrote", o.out)
	if o.pictures != "" {
		if err := writePictures(o.pictures, r); err != nil {
			fmt.Fprintln(stderr, "quickstart:", err)
			return 1
		}
		fmt.Fprintln(stderr, "wrote pictures to", o.pictures)
	}
	return 0
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Uint64Var(&o.seed, "seed", 1, "seed of the synthetic shop: the same seed, the same report")
	f.IntVar(&o.people, "people", 20000, "people of the synthetic shop, 1 to 2000000")
	f.IntVar(&o.days, "days", 90, "days to run, 1 to 3650")
	f.StringVar(&o.out, "out", "report.html", "`file` for the report with pictures")
	f.StringVar(&o.pictures, "pictures", "", "`folder` for the pictures as SVG files too")
	f.StringVar(&o.data, "data", "", "`folder` of the Complete Journey files, instead of the synthetic shop")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var faults []error
	set := map[string]bool{}
	f.Visit(func(x *flag.Flag) { set[x.Name] = true })
	if f.NArg() > 0 {
		faults = append(faults, fmt.Errorf("%q: want flags only", f.Arg(0)))
	}
	if o.people < 1 || o.people > 2_000_000 {
		faults = append(faults, fmt.Errorf("-people %d: want 1 to 2000000", o.people))
	}
	if o.days < 1 || o.days > 3650 {
		faults = append(faults, fmt.Errorf("-days %d: want 1 to 3650", o.days))
	}
	if o.out == "" {
		faults = append(faults, errors.New("-out: want a file"))
	} else if info, err := os.Stat(filepath.Dir(o.out)); err != nil { // said before the run, not after
		faults = append(faults, fmt.Errorf("-out %q: no such folder", o.out))
	} else if !info.IsDir() {
		faults = append(faults, fmt.Errorf("-out %q: is not in a folder", o.out))
	} else if info, err := os.Stat(o.out); err == nil && info.IsDir() {
		faults = append(faults, fmt.Errorf("-out %q: is a folder, want a file", o.out))
	}
	if set["data"] {
		for _, name := range []string{"seed", "people", "days"} {
			if set[name] {
				faults = append(faults, fmt.Errorf("-%s: is for the synthetic shop, not with -data", name))
			}
		}
		if info, err := os.Stat(o.data); err != nil {
			faults = append(faults, fmt.Errorf("-data %q: %w", o.data, errors.Unwrap(err)))
		} else if !info.IsDir() {
			faults = append(faults, fmt.Errorf("-data %q: want a folder", o.data))
		}
	}
	for _, err := range faults {
		fmt.Fprintln(stderr, "quickstart:", err)
	}
	return o, errors.Join(faults...)
}

func writePage(name string, r report.Report) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := report.HTML(f, r); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// writePictures writes each picture of the report to a file of its own.
func writePictures(dir string, r report.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range report.Pictures(r) {
		if err := os.WriteFile(filepath.Join(dir, p.Name), []byte(p.SVG), 0o644); err != nil {
			return err
		}
	}
	return nil
}
