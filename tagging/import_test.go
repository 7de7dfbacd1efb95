package tagging_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/tagging"
	"github.com/marque-go/marque/tagging/taggingtest"
)

func importBook(t testing.TB, store tagging.Store) *tagging.Book {
	_, book := world(t, store, []tagging.Def{
		{Name: "vip"}, {Name: "reader", TTL: 10 * day}, {Name: "woman", Group: "sex", Exclusive: true}, {Name: "man", Group: "sex", Exclusive: true},
		{Name: "cautious", Confidence: 0.6},
	})
	return book
}

func csvOf(t testing.TB, book *tagging.Book, text string, o *tagging.ImportOptions) tagging.Report {
	t.Helper()
	report, err := book.ImportCSV(t.Context(), "f.csv", strings.NewReader(text), start, o)
	require.NoError(t, err)
	return report
}

func faults(r tagging.Report) (out []string) {
	for _, f := range r.Faults {
		out = append(out, f.String())
	}
	return out
}

func names(t testing.TB, book *tagging.Book, profile string, after marque.Duration) string {
	t.Helper()
	tags, err := book.Of(t.Context(), profile, at(after))
	require.NoError(t, err)
	var out []string
	for _, tag := range tags {
		out = append(out, tag.Name)
	}
	return strings.Join(out, " ")
}

func TestImportRows(t *testing.T) {
	book := importBook(t, tagging.NewMemory())
	report := csvOf(t, book, "\xEF\xBB\xBFprofile,tag,confidence,from,until,ttl,via,城市\r\n"+
		"ann,vip,,,,,,重庆\r\n"+
		"bob, reader ,0.5,,,,phone:1,\n"+
		"\n"+
		"joe,vip,,2026-04-01,2026-05-01 12:00:00,,,\n"+
		"eve,woman,0.6,,,90d,,\n"+
		"eve,man,0.7,,,90d,,\n"+
		"\"kim\n lee\",vip,,,,,,\n"+
		"\"li, na\",cautious,0.5,,,,,\"two\nlines\"\n"+
		"old,vip,,,2026-02-01,,,",
		&tagging.ImportOptions{Zone: time.FixedZone("CST", 8*3600)})
	require.Equal(t, []string{`8:1: profile: "kim\n lee" holds a control character`}, faults(report))
	require.Equal(t, []string{"城市"}, report.Ignored)
	report.Faults, report.Ignored = nil, nil
	require.Equal(t, tagging.Report{Line: 12, Rows: 8, Set: 7, Waiting: 3, Refused: 1}, report)
	for _, c := range []struct {
		profile string
		after   marque.Duration
		want    string
	}{
		{"ann", 0, "vip"}, {"bob", 0, "reader"}, {"bob", 10 * day, ""}, {"joe", 0, ""}, {"eve", 0, "man"}, {"li, na", 0, ""}, {"old", 0, ""},
		{"joe", 30*day + 6*marque.Hour + 59*marque.Minute, ""}, {"joe", 30*day + 7*marque.Hour, "vip"},
		{"joe", 60*day + 19*marque.Hour - marque.Second, "vip"}, {"joe", 60*day + 19*marque.Hour, ""},
	} {
		require.Equal(t, c.want, names(t, book, c.profile, c.after), "%s after %v", c.profile, c.after)
	}
	why, err := book.Why(t.Context(), "bob", "reader", start)
	require.NoError(t, err)
	require.Equal(t, marque.ID{Kind: "phone", Value: "1"}, why.Grounds[0].Via)
	require.Equal(t, tagging.Import, why.Grounds[0].Source)
	require.Equal(t, 0.5, why.Grounds[0].Confidence)
}

func TestImportRefusesRows(t *testing.T) {
	for _, c := range []struct {
		name, header, row string
		want              []string
	}{
		{"an unknown tag", "", "张三,vpi", []string{`2:4: tag: no tag "vpi", did you mean "vip"?`}},
		{"nobody", "", " ,vip", []string{"2:1: profile: is empty"}},
		{"no tag", "", "ann,", []string{"2:5: tag: is empty"}},
		{"too few fields", "", "ann", []string{"2:1: has 1 fields, the header 2"}},
		{"too many fields", "", "ann,vip,x,y", []string{"2:9: has 4 fields, the header 2"}},
		{"a bad time", "profile,tag,from", "ann,vip,01.05.2026", []string{`2:9: from: "01.05.2026": want a time as in "2026-05-01T09:30:00+08:00", "2026-05-01 09:30:00" or "2026-05-01"`}},
		{"several faults", "profile,tag,until,confidence", "张三,non,later,2", []string{
			`2:4: tag: no tag "non"`, `2:14: confidence: "2": want a number above 0 and up to 1`,
			`2:8: until: "later": want a time as in "2026-05-01T09:30:00+08:00", "2026-05-01 09:30:00" or "2026-05-01"`,
		}},
		{"not a number", "profile,tag,confidence", "ann,vip,NaN", []string{`2:9: confidence: "NaN": want a number above 0 and up to 1`}},
		{"no confidence at all", "profile,tag,confidence", "ann,vip,0", []string{`2:9: confidence: "0": want a number above 0 and up to 1`}},
		{"the end before the beginning", "profile,tag,from,until", "ann,vip,2026-05-02,2026-05-02", []string{"2:20: until: is not after from"}},
		{"a bad duration", "profile,tag,ttl", "ann,vip,soon", []string{`2:9: ttl: marque: duration "soon": want a number and a unit, as in "2d"`}},
		{"a negative duration", "profile,tag,ttl", "ann,vip,-2d", []string{"2:9: ttl: -2d is negative"}},
		{"two ends", "profile,tag,ttl,until", "ann,vip,2d,2026-05-02", []string{"2:9: ttl: does not go with until"}},
		{"no identifier", "profile,tag,via", "ann,vip,138", []string{`2:9: via: "138": want an identifier as in "phone:13800000000"`}},
		{"GBK", "", "\xd5\xc5\xc8\xfd,vip", []string{"2:1: profile: is not UTF-8"}},
		{"the same again", "", "bob,vip\nbob,vip", []string{"3:1: line 2 says it of the same person already"}},
		{"the same again, and it differs", "profile,tag,until", "bob,vip,2027-01-01\nbob,vip,2028-01-01", []string{"3:1: line 2 says it of the same person already"}},
		{"a quote in a field", "", `a"b,vip`, []string{`2:2: a quote in a field that does not begin with one`}},
		{"a quote that does not close", "", `"ann,vip`, []string{"2:1: a quote too many or too few"}},
		{"a quote that closes too soon", "", `"an"n,vip`, []string{"2:4: a quote too many or too few"}},
		{"too long", "", strings.Repeat("x", 200) + ",vip", []string{"2:1: is longer than 100 bytes"}},
		{"too long behind a quote", "", "\"ann,vip\n" + strings.Repeat("x", 200) + ",vip", []string{"2:9: a quote too many or too few", "3:1: is longer than 100 bytes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := importBook(t, tagging.NewMemory())
			header := c.header
			if header == "" {
				header = "profile,tag"
			}
			last := "last,vip" + strings.Repeat(",", strings.Count(header, ",")-1)
			report := csvOf(t, book, header+"\n"+c.row+"\n"+last+"\n", &tagging.ImportOptions{MaxLine: 100})
			require.Equal(t, c.want, faults(report))
			require.Equal(t, "vip", names(t, book, "last", 0), "nothing else is lost")
			require.Equal(t, report.Rows, report.Refused+report.Set)
		})
	}
}

func TestImportJSONRefusesRows(t *testing.T) {
	for _, c := range []struct {
		name, row string
		want      []string
	}{
		{"an unknown tag", `{"profile": "张三", "tag": "vpi"}`, []string{`1:26: tag: no tag "vpi", did you mean "vip"?`}},
		{"nobody", `{"tag": "vip"}`, []string{"1:1: profile: is empty"}},
		{"a list", `{"profile": "ann", "tag": ["vip"]}`, []string{`1:27: tag: ["vip"]: want a text or a number`}},
		{"no object", `"ann"`, []string{"1:1: is no JSON object"}},
		{"null", `null`, []string{"1:1: is no JSON object"}},
		{"bad syntax", `{"profile": "ann", tag: "vip"}`, []string{"1:20: invalid character 't' looking for beginning of object key string"}},
		{"more behind it", `{"profile": "ann", "tag": "vip"} {}`, []string{"1:34: invalid character '{' after top-level value"}},
		{"not UTF-8", "{\"profile\": \"张\xff\"}", []string{"1:15: is not UTF-8"}},
		{"too long", `{"profile": "` + strings.Repeat("x", 200) + `"}`, []string{"1:1: is longer than 100 bytes"}},
		{"a number out of range", `{"profile": 17, "tag": "vip", "confidence": 1.5}`, []string{`1:45: confidence: "1.5": want a number above 0 and up to 1`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			book := importBook(t, tagging.NewMemory())
			report, err := book.ImportJSON(t.Context(), "f.jsonl", strings.NewReader(c.row+"\n\n"+`{"profile": 18, "tag": "vip", "confidence": 0.5, "ttl": null, "more": [1]}`), start, &tagging.ImportOptions{MaxLine: 100})
			require.NoError(t, err)
			require.Equal(t, c.want, faults(report))
			require.Equal(t, "vip", names(t, book, "18", 0), "nothing else is lost")
			require.Equal(t, tagging.Report{Line: 3, Rows: 2, Set: 1, Refused: 1, Faults: report.Faults}, report)
		})
	}
}

func TestImportRefusesFiles(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          *tagging.ImportOptions
		want       string
	}{
		{"nothing", "", nil, "the file is empty: the header is missing"},
		{"no such columns", "profil,tga\n", nil, "header: no column \"profile\", did you mean \"profil\"?\nheader: no column \"tag\", did you mean \"tga\"?"},
		{"a column that was asked for", "profile\n", &tagging.ImportOptions{Tag: "vip", Columns: map[string]string{"until": "ends"}}, `header: no column "ends"`},
		{"a column twice", "profile,tag,profile\n", nil, `header: column "profile" is there twice`},
		{"UTF-16", "\xff\xfep\x00r\x00", nil, "the file is UTF-16; it has to be UTF-8"},
		{"GBK in the header", "profile,tag,\xb3\xc7\n", nil, "the header is not UTF-8"},
		{"a comma that is none", "profile,tag\n", &tagging.ImportOptions{Comma: '"'}, `comma: '"' does not separate fields`},
		{"options", "profile,tag\n", &tagging.ImportOptions{Source: tagging.Rule, Tag: "vp", Columns: map[string]string{"untill": "x", "tag": ""}},
			"source: \"rule\": want import, third_party, model, behaviour or manual\ntag: no tag \"vp\", did you mean \"vip\"?\ncolumns.tag: is empty\ncolumns.untill: no such field, did you mean \"until\"?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := importBook(t, tagging.NewMemory()).ImportCSV(t.Context(), "f.csv", strings.NewReader(c.text), start, c.o)
			require.EqualError(t, err, `tagging: import "f.csv": `+c.want)
		})
	}
	book := importBook(t, tagging.NewMemory())
	_, err := book.ImportJSON(t.Context(), "f", strings.NewReader("[\n"), start, nil)
	require.EqualError(t, err, `tagging: import "f": the file is a JSON list; it has to be an object in each line`)
	_, err = book.ImportCSV(t.Context(), "", strings.NewReader("profile,tag\n"), start, nil)
	require.EqualError(t, err, `tagging: import "": name: is empty`)
	broken := errors.New("broken pipe")
	report, err := book.ImportCSV(t.Context(), "f", io.MultiReader(strings.NewReader("profile,tag\nann,vip\nbob,vip\n"), iotest.ErrReader(broken)), start, &tagging.ImportOptions{Batch: 1})
	require.ErrorIs(t, err, broken)
	require.Equal(t, 2, report.Set)
}

func TestImportOptions(t *testing.T) {
	book := importBook(t, tagging.NewMemory())
	var steps []int
	o := &tagging.ImportOptions{
		Source: tagging.ThirdParty, Tag: "vip", Columns: map[string]string{"profile": "手机"}, Comma: ';', Batch: 2, Show: 1, Quiet: true,
		Who: func(_ context.Context, values []string) ([]string, error) {
			var out []string
			for _, v := range values {
				out = append(out, map[string]string{"1": "ann", "2": "bob"}[v])
			}
			return out, nil
		},
		Progress: func(r tagging.Report) { steps = append(steps, r.Set) },
	}
	report := csvOf(t, book, "name;手机\nAnn;1\nx;3\nBob;2\ny;4\n", o)
	require.Equal(t, tagging.Report{
		Line: 5, Rows: 4, Set: 2, Refused: 2, Ignored: []string{"name"},
		Faults: []tagging.RowFault{{Line: 3, Column: 3, Field: "手机", Reason: `"3" is nobody`}},
	}, report)
	require.Equal(t, []int{1, 2}, steps)
	require.Equal(t, "vip", names(t, book, "bob", 0))
	tags, err := book.Of(t.Context(), "ann", start)
	require.NoError(t, err)
	require.Equal(t, tagging.ThirdParty, tags[0].Source)
	said, err := book.Pending(t.Context(), marque.Parts{}, 10)
	require.NoError(t, err)
	require.Empty(t, said)
	o.Who = func(context.Context, []string) ([]string, error) { return nil, io.ErrUnexpectedEOF }
	_, err = book.ImportCSV(t.Context(), "g.csv", strings.NewReader("手机\n1\n"), start, o)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// A second run sets nothing twice, also not what somebody took away meanwhile; rows that were put right are set.
func TestImportAgain(t *testing.T) {
	book := importBook(t, tagging.NewMemory())
	text := "profile,tag\nann,vip\nbob,vpi\njoe,vip\n"
	o := &tagging.ImportOptions{Batch: 2}
	require.Equal(t, 2, csvOf(t, book, text, o).Set)
	_, err := book.Unset(t.Context(), tagging.Act{Profile: "ann", Tag: "vip"}, start)
	require.NoError(t, err)
	report := csvOf(t, book, "profile,tag\neve,vip\nbob,vip\njoe,vip\nann,vip\n", o)
	require.Equal(t, tagging.Report{Line: 5, Rows: 4, Set: 2, Known: 2}, report)
	require.Equal(t, " vip vip vip", names(t, book, "ann", 0)+" "+names(t, book, "bob", 0)+" "+names(t, book, "joe", 0)+" "+names(t, book, "eve", 0))
	other, err := book.ImportCSV(t.Context(), "other.csv", strings.NewReader(text), start, nil)
	require.NoError(t, err)
	require.Equal(t, 2, other.Set, "another file")
}

// A crash at any write, and the same call again, leave what one call leaves.
func TestImportCrash(t *testing.T) {
	var text strings.Builder
	text.WriteString("profile,tag,until\n")
	for i := range 30 {
		fmt.Fprintf(&text, "p%d,%s,\n", i%11, []string{"vip", "woman", "man", "nothing"}[i%4])
	}
	run := func(point int) (state string, points int) {
		n := 0
		store := tagging.NewMemory()
		book := importBook(t, taggingtest.Fault(store, func(string, bool) error {
			if n++; n == point {
				return errCut
			}
			return nil
		}))
		for {
			_, err := book.ImportCSV(t.Context(), "f", strings.NewReader(text.String()), start, &tagging.ImportOptions{Batch: 4})
			if err == nil {
				break
			}
			require.ErrorIs(t, err, errCut)
		}
		for i := range 11 {
			turns, err := book.History(t.Context(), fmt.Sprint("p", i))
			require.NoError(t, err)
			state += fmt.Sprintln(turns)
		}
		said, err := book.Pending(t.Context(), marque.Parts{}, 1000)
		require.NoError(t, err)
		return state + fmt.Sprint(ids(said)), n
	}
	want, points := run(0)
	require.Greater(t, points, 8)
	for point := 1; point <= points; point++ {
		got, _ := run(point)
		require.Equal(t, want, got, "crash at point %d", point)
	}
}

func generated(rows int, line func(i int) string) io.Reader {
	r, w := io.Pipe()
	go func() {
		var b bytes.Buffer
		for i := range rows {
			b.WriteString(line(i))
			if b.Len() > 1<<16 {
				if _, err := w.Write(b.Bytes()); err != nil {
					return
				}
				b.Reset()
			}
		}
		w.Write(b.Bytes())
		w.Close()
	}()
	return r
}

func csvLine(i int) string {
	if i == 0 {
		return "profile,tag,confidence,until\n"
	}
	if i%1000 == 0 {
		return fmt.Sprintf("p%d,vpi,,\n", i)
	}
	return fmt.Sprintf("p%d,vip,0.75,2027-01-01\n", i)
}

func TestImportALongFile(t *testing.T) {
	book := importBook(t, tagging.NewMemory())
	report, err := book.ImportCSV(t.Context(), "f", generated(20_001, csvLine), start, &tagging.ImportOptions{Show: 5, Quiet: true})
	require.NoError(t, err)
	require.Len(t, report.Faults, 5)
	report.Faults = nil
	require.Equal(t, tagging.Report{Line: 20_001, Rows: 20_000, Set: 19_980, Refused: 20}, report)
}

// A report does not keep what hostile rows are made of.
func TestImportReasonsAreShort(t *testing.T) {
	book := importBook(t, tagging.NewMemory())
	report := csvOf(t, book, "profile,tag\nann,"+strings.Repeat("标", 20_000)+"\n", nil)
	require.Len(t, report.Faults, 1)
	require.Less(t, len(report.Faults[0].Reason), 320)
	require.Contains(t, report.Faults[0].Reason, `no tag "标标`)
}
