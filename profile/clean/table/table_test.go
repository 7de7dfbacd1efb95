package table_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/marque-go/marque/profile/clean/table"
)

// read gives each row as "line: cells" or as its fault.
func read(t testing.TB, text string, o *table.Options) (rows []string) {
	file, err := table.CSV(strings.NewReader(text), o)
	require.NoError(t, err)
	for row, err := range file.Rows() {
		require.NoError(t, err)
		if row.Fault != nil {
			rows = append(rows, "! "+row.Fault.Error())
		} else {
			rows = append(rows, fmt.Sprintf("%d: %q", row.Line, row.Cells))
		}
	}
	return rows
}

func TestCSV(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          *table.Options
		want       []string
	}{
		{"plain", "a,b\n1,2\n3,4", nil, []string{`2: ["1" "2"]`, `3: ["3" "4"]`}},
		{"mark, CRLF, empty lines", "\ufeffa,b\r\n\r\n1,2\r\n\r\n", nil, []string{`3: ["1" "2"]`}},
		{"quotes", "a,b\n\"1,\"\"x\"\"\",\"2\n3\"\n4,5\n", nil, []string{`2: ["1,\"x\"" "2\n3"]`, `4: ["4" "5"]`}},
		{"tab", "a\tb\n1\t2\n", &table.Options{Comma: '\t'}, []string{`2: ["1" "2"]`}},
		{"fields", "a,b\n1\n1,2,3\n4,5\n", nil, []string{"! 2:1: has 1 fields, the header 2", "! 3:5: has 3 fields, the header 2", `4: ["4" "5"]`}},
		{"quote that does not close", "a,b\n\"1,2\n3,4\n5,6\n", nil, []string{"! 2:1: a quote too many or too few", `3: ["3" "4"]`, `4: ["5" "6"]`}},
		{"quote within", "a,b\n1\"x,2\n3,4\n", nil, []string{"! 2:2: a quote in a field that does not begin with one", `3: ["3" "4"]`}},
		{"long", "a,b\n" + strings.Repeat("x", 50) + ",2\n3,4\n", &table.Options{MaxLine: 20}, []string{"! 2:1: is longer than 20 bytes", `3: ["3" "4"]`}},
		{"damaged", "a,b\n中\xff,2\n\"x\n中\ufffd\",1\n3,4\n", nil, []string{"! 2:2: holds what is no text in this encoding", "! 4:2: holds what is no text in this encoding", `5: ["3" "4"]`}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, read(t, c.text, c.o)) })
	}
}

func TestFileFaults(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("手机\n1\n")
	require.NoError(t, err)
	for _, c := range []struct {
		text string
		o    *table.Options
		want string
	}{
		{"", nil, "table: the file is empty: the header is missing"},
		{"\n\n", nil, "table: the file is empty: the header is missing"},
		{"\xff\xfea\x00", nil, "table: the file is UTF-16; it has to be UTF-8 or GB18030"},
		{"PK\x03\x04", nil, "table: the file is a workbook; it has to be exported as CSV"},
		{gbk, nil, "table: header: 1:1: holds what is no text in this encoding; is Encoding gb18030?"},
		{"\ufeffa\n", &table.Options{Encoding: table.GB18030}, "table: the file begins with the mark of UTF-8 and is not GB18030"},
		{"a\n", &table.Options{Encoding: "latin1"}, `table: encoding "latin1": want utf-8, gb18030 or detect`},
		{"a;b\n1;2\n", nil, `table: header: one column "a;b"; is Comma ';'?`},
		{"a\n", &table.Options{Comma: '"'}, `table: comma: '"' does not separate fields`},
	} {
		_, err := table.CSV(strings.NewReader(c.text), c.o)
		require.EqualError(t, err, c.want)
	}
}

func TestDetect(t *testing.T) {
	o := &table.Options{Encoding: table.Detect}
	long := "手机,x\n" + strings.Repeat("一二三,1\n", 20_000) // the window ends within a character
	for name, encode := range map[string]func(string) (string, error){
		"utf-8": func(s string) (string, error) { return s, nil },
		"one":   func(s string) (string, error) { return "x" + s, nil },
		"two":   func(s string) (string, error) { return "xx" + s, nil },
		"gbk":   simplifiedchinese.GBK.NewEncoder().String,
		"18030": simplifiedchinese.GB18030.NewEncoder().String,
	} {
		text, err := encode(long)
		require.NoError(t, err)
		rows := read(t, text, o)
		require.Len(t, rows, 20_000, name)
		require.Equal(t, `20001: ["一二三" "1"]`, rows[19_999], name)
	}
}

// Where Detect has seen nothing but ASCII, the first row in GBK names the way out; where it has seen UTF-8, a damaged row
// is no more than that.
func TestDetectTooLate(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("手机,1\n")
	require.NoError(t, err)
	for _, c := range []struct{ name, head, want string }{
		{"ASCII", "a,b\n", "holds what is no text in this encoding: the first 64 KiB are ASCII; is Encoding gb18030?"},
		{"UTF-8", "甲,乙\n", "holds what is no text in this encoding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := read(t, c.head+strings.Repeat("x,1\n", 20_000)+gbk+"y,2\n", &table.Options{Encoding: table.Detect})
			require.Equal(t, []string{"! 20002:1: " + c.want, `20003: ["y" "2"]`}, rows[20_000:])
		})
	}
	object := "{\"a\":\"" + strings.TrimSuffix(gbk, "\n") + "\"}\n"
	var last *table.Fault
	for obj, err := range table.JSON(strings.NewReader(strings.Repeat("{\"a\":\"x\"}\n", 10_000)+object), &table.Options{Encoding: table.Detect}) {
		require.NoError(t, err)
		last = obj.Fault
	}
	require.EqualError(t, last, "10001:7: holds what is no text in this encoding: the first 64 KiB are ASCII; is Encoding gb18030?")
}

func TestPlace(t *testing.T) {
	file, err := table.CSV(strings.NewReader("甲,乙,丙\n一二,\"三\n四\",五\n"), nil)
	require.NoError(t, err)
	for row, err := range file.Rows() {
		require.NoError(t, err)
		for i, want := range [][2]int{{2, 1}, {2, 4}, {3, 4}} {
			line, column := row.Place(i)
			require.Equal(t, want, [2]int{line, column})
		}
	}
}

func TestReaderFails(t *testing.T) {
	broke := errors.New("the line broke")
	file, err := table.CSV(io.MultiReader(strings.NewReader("a\n1\n"+strings.Repeat("x\n", 40_000)), iotest.ErrReader(broke)), nil)
	require.NoError(t, err)
	var last error
	n := 0
	for _, err := range file.Rows() {
		n, last = n+1, err
	}
	require.ErrorIs(t, last, broke)
	require.Greater(t, n, 1)
	_, err = table.CSV(iotest.ErrReader(broke), nil)
	require.ErrorIs(t, err, broke)
}

func TestJSON(t *testing.T) {
	text := "{\"a\": 12345678901234567890, \"b\": {\"c\": [\"x\"]}}\n\n[1]\n{\"a\": 1\n{\"中\": 1,}\n{} {}\nnull\n{\"a\":\"\xff\"}\n" + `{"a": "` + strings.Repeat("x", 80) + "\"}\n{\"a\": null}"
	var got []string
	for obj, err := range table.JSON(strings.NewReader(text), &table.Options{MaxLine: 60}) {
		require.NoError(t, err)
		if obj.Fault != nil {
			require.Nil(t, obj.Fields)
			got = append(got, obj.Fault.Error())
		} else {
			got = append(got, fmt.Sprint(obj.Line, " ", obj.Fields))
		}
	}
	require.Equal(t, []string{
		"1 map[a:12345678901234567890 b:map[c:[x]]]", "3:1: is no JSON object", "4:7: the object does not end",
		"5:9: invalid character '}' looking for beginning of object key string", "6:3: goes on behind the object", "7:1: is no JSON object",
		"8:7: holds what is no text in this encoding", "9:1: is longer than 60 bytes", "10 map[a:<nil>]",
	}, got)
}

func TestOf(t *testing.T) {
	file := table.Of([]string{"a", "b"}, func(yield func([]string, error) bool) {
		_ = yield([]string{"1", "2"}, nil) && yield([]string{"3"}, nil) && yield([]string{"4", "5"}, nil)
	})
	var got []string
	for row, err := range file.Rows() {
		require.NoError(t, err)
		got = append(got, fmt.Sprint(row.Line, row.Cells, row.Fault != nil))
	}
	require.Equal(t, []string{"1 [1 2] false", "2 [] true", "3 [4 5] false"}, got)
}

// A reader never panics, places faults within the file, and loses no row behind a bad one.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"1,2", "\"1,2\n3,4", "a\"b,c", "\"a\"\"b\",\"c\nd\"", "\xff,1", "\r\n\r", ",,,", "\"\n\"\n\"", "一,二"} {
		f.Add([]byte(s), "")
	}
	f.Fuzz(func(t *testing.T, text []byte, encoding string) {
		whole := "a,b\n" + string(text) + "\nlast,row\n"
		o := &table.Options{MaxLine: 60, Encoding: table.Encoding(encoding)}
		file, err := table.CSV(strings.NewReader(whole), o)
		if err != nil {
			return
		}
		last, n, lines := "", 0, bytes.Count([]byte(whole), []byte("\n"))
		for row, err := range file.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			n++
			last = strings.Join(row.Cells, ",")
			line, column := row.Line, 1
			if row.Fault != nil {
				line, column = row.Fault.Line, row.Fault.Column
			} else {
				for i := range row.Cells {
					line, column = row.Place(i)
				}
			}
			if line < 2 || line > lines || column < 1 {
				t.Fatalf("%d:%d of %d lines", line, column, lines)
			}
		}
		if encoding == "" && !strings.HasSuffix(last, "row") {
			t.Fatalf("the last row is %q", last)
		}
		if n > lines-1 {
			t.Fatalf("%d rows in %d lines", n, lines)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":1}`, "{", "[]", "{}{}", "{\"a\":\n1}", "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		whole := "{\"first\":1}\n" + string(text) + "\n{\"last\":1}"
		var last table.Object
		for obj, err := range table.JSON(strings.NewReader(whole), nil) {
			if err != nil {
				t.Fatal(err)
			}
			if last = obj; (obj.Fault == nil) == (obj.Fields == nil) {
				t.Fatalf("%+v", obj)
			}
		}
		if last.Fields["last"] == nil {
			t.Fatalf("the last is %+v", last)
		}
	})
}
