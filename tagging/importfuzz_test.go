package tagging_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/marque-go/marque/tagging"
)

// sink is a store that keeps nothing, so that what is measured is the import.
type sink struct{ tagging.Store }

func (sink) Load(_ context.Context, profiles []string, into [][]*tagging.Row) ([][]*tagging.Row, error) {
	for range profiles {
		into = append(into, nil)
	}
	return into, nil
}

func (sink) Commit(context.Context, tagging.Change) ([]string, error) { return nil, nil }

type reading func(ctx context.Context, name string, r io.Reader, now time.Time, o *tagging.ImportOptions) (tagging.Report, error)

// A reader never panics, counts each row once, places each fault within the file, and loses no row behind a bad one.
func fuzzReader(f *testing.F, read func(*tagging.Book) reading, head, last string) {
	f.Fuzz(func(t *testing.T, text []byte) {
		book := importBook(t, tagging.NewMemory())
		if bytes.ContainsAny(text, "\x00") && len(text) > 4096 {
			t.Skip()
		}
		whole := append(append([]byte(head), text...), "\n"+last+"\n"...)
		report, err := read(book)(t.Context(), "f", bytes.NewReader(whole), start, &tagging.ImportOptions{MaxLine: 60, Batch: 3, Show: 1 << 20})
		if err != nil {
			if head == "" { // of the file as such
				return
			}
			t.Fatal(err)
		}
		if report.Rows != report.Set+report.Known+report.Refused || report.Waiting > report.Set || report.Known > 0 {
			t.Fatalf("%+v does not add up", report)
		}
		if n := bytes.Count(whole, []byte("\n")); report.Line != n {
			t.Fatalf("read %d lines of %d", report.Line, n)
		}
		lines := map[int]bool{}
		for _, x := range report.Faults {
			lines[x.Line] = true
			if x.Reason == "" || x.Line < 1 || x.Line > report.Line || x.Column < 1 {
				t.Fatalf("fault %+v", x)
			}
			line := bytes.Split(whole, []byte("\n"))[x.Line-1]
			if x.Column > utf8.RuneCount(line)+2 {
				t.Fatalf("fault %+v is behind the end of %q", x, line)
			}
		}
		if len(lines) > report.Refused && !bytes.ContainsAny(text, `"`) { // a row in quotes may have faults on several lines
			t.Fatalf("%d lines with faults, %d refused", len(lines), report.Refused)
		}
		again, err := read(book)(t.Context(), "f", bytes.NewReader(whole), start, &tagging.ImportOptions{MaxLine: 60, Batch: 7})
		if err != nil || again.Set > 0 || again.Refused != report.Refused || again.Known != report.Set {
			t.Fatalf("again: %+v after %+v, error %v", again, report, err)
		}
	})
}

func FuzzImportCSV(f *testing.F) {
	for _, s := range []string{"ann,vip,,", "\"a\nb\",vip,,\n", "a\"b,vip,,", "\"ann,vip\n\n", "ann,vip", "张三,vpi,2,x", "\xff,vip,,\r\n\r\nbob,man,0.5,2027-01-01", strings.Repeat("x", 80), "\",\"\",\"", "\"0\n0\",,\x10,"} {
		f.Add([]byte(s))
	}
	fuzzReader(f, func(b *tagging.Book) reading { return b.ImportCSV }, "profile,tag,confidence,until\n", "last,vip,,")
}

func FuzzImportJSON(f *testing.F) {
	for _, s := range []string{`{"profile":"ann","tag":"vip"}`, `{"profile":"张三","tag":["vip"]}`, `{}`, `null`, `{"profile":1,"tag":"vip","confidence":"0.5"`, "{\"profile\":\"\xff\"}", `{"a":{"b":[1,{}]},"tag":1e9}`, strings.Repeat("[", 70)} {
		f.Add([]byte(s))
	}
	fuzzReader(f, func(b *tagging.Book) reading { return b.ImportJSON }, "\n", `{"profile":"last","tag":"vip"}`)
}

func jsonLine(i int) string {
	if i%1000 == 0 {
		return fmt.Sprintf("{\"profile\":\"p%d\",\"tag\":\"vpi\"}\n", i)
	}
	return fmt.Sprintf("{\"profile\":\"p%d\",\"tag\":\"vip\",\"confidence\":0.75,\"until\":\"2027-01-01\"}\n", i)
}

// A million rows through a pipe: rows per second, and the most memory in use at the end of any batch.
func BenchmarkImportMillion(b *testing.B) {
	rows := 1_000_000
	if testing.Short() {
		rows = 50_000
	}
	for _, c := range []struct {
		name  string
		store func() tagging.Store
		line  func(int) string
		read  func(*tagging.Book) reading
	}{
		{"csv/no store", func() tagging.Store { return sink{} }, csvLine, func(b *tagging.Book) reading { return b.ImportCSV }},
		{"json/no store", func() tagging.Store { return sink{} }, jsonLine, func(b *tagging.Book) reading { return b.ImportJSON }},
		{"csv/memory", func() tagging.Store { return tagging.NewMemory() }, csvLine, func(b *tagging.Book) reading { return b.ImportCSV }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				book := importBook(b, c.store())
				var peak uint64
				batches := 0
				o := &tagging.ImportOptions{Quiet: true, Progress: func(tagging.Report) {
					if batches++; batches%100 == 0 {
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						peak = max(peak, m.HeapInuse)
					}
				}}
				report, err := c.read(book)(b.Context(), "f", generated(rows, c.line), start, o)
				if err != nil || report.Rows < rows-1 || report.Refused < rows/1000-1 {
					b.Fatal(report.Rows, report.Refused, err)
				}
				b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
