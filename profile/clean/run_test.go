package clean_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/marque-go/marque/profile/clean"
	"github.com/marque-go/marque/profile/clean/table"
)

var members = clean.Sheet{Columns: []clean.Column{
	{Name: "会员号", As: clean.AsIdent, Required: true, Unique: true},
	{Name: "手机", As: clean.AsMobile, Required: true},
	{Name: "邮箱", As: clean.AsEmail},
	{Name: "性别", Values: []string{"男", "女"}},
	{Name: "生日", As: clean.AsDate},
	{Name: "消费", As: clean.AsNumber},
	{Name: "备注", As: clean.AsText},
}}

const export = "会员号,手机,邮箱,性别,生日,消费,来源\r\n" +
	"000123,138 0013 8000,Ann@QQ.com,女,1990/5/1,\"￥1,234.50\",小程序\r\n" +
	"000124,\"=\"\"13800138000\"\"\",ｂｏｂ＠ｑｑ．ｃｏｍ,男,1988年12月3日,0.00,门店\r\n" +
	"000125,1.38E+10,无,保密,1990-02-30,-,门店\r\n" +
	"000125,1380013800,carl#qq.com,,,12.3.4,null\r\n" +
	",021-62888888,dora@qq.com,女,,99,小程序\r\n" +
	",,,,,,\r\n" +
	"000127,13900139000,\"eve@qq.com\",女\r\n" +
	"000123,138 0013 8000,Ann@QQ.com,女,1990/5/1,\"￥1,234.50\",小程序\r\n"

func check(t testing.TB, sheet clean.Sheet, text string, o *clean.RunOptions) (clean.Report, []clean.Row) {
	plan, err := clean.Compile(sheet, nil)
	require.NoError(t, err)
	file, err := table.CSV(strings.NewReader(text), nil)
	require.NoError(t, err)
	run := plan.Run(file, o)
	var rows []clean.Row
	for row, err := range run.Rows() {
		require.NoError(t, err)
		rows = append(rows, row)
	}
	return run.Report(), rows
}

func TestReport(t *testing.T) {
	rep, rows := check(t, members, export, nil)
	require.Equal(t, 8, rep.Rows)
	require.Equal(t, []int{2, 1, 1, 1}, []int{rep.Clean, rep.Blank, rep.Broken, rep.Twins})
	phones := rep.Columns[1]
	require.Equal(t, []int{3, 3, 0, 3, 1, 1, 3}, []int{phones.Valid, phones.Malformed, phones.Missing, phones.Changed, phones.Distinct, phones.Groups, phones.Repeated})
	require.InDelta(t, 0.5, phones.Share, 0)
	require.Len(t, rows, 6)
	require.Equal(t, clean.Row{
		Line:   3,
		Values: []string{"000124", "+8613800138000", "bob@qq.com", "男", "1988-12-03", "0", ""},
		Changes: []clean.Change{
			{Name: "手机", From: `="13800138000"`, To: "+8613800138000"}, {Name: "邮箱", From: "ｂｏｂ＠ｑｑ．ｃｏｍ", To: "bob@qq.com"},
			{Name: "生日", From: "1988年12月3日", To: "1988-12-03"}, {Name: "消费", From: "0.00", To: "0"},
		},
	}, rows[1])
	require.Equal(t, []clean.RowFault{
		{Line: 4, Column: 8, Name: "手机", Reason: "digits lost to scientific notation", Cell: "1.38E+10"},
		{Line: 4, Column: 19, Name: "性别", Reason: "not one of the values", Cell: "保密"},
		{Line: 4, Column: 22, Name: "生日", Reason: "not a date", Cell: "1990-02-30"},
	}, rows[2].Faults)
	require.Equal(t, clean.RowFault{Line: 5, Column: 1, Name: "会员号", Reason: "repeated", Cell: "000125", First: 4}, rows[3].Faults[0])
	require.Equal(t, clean.RowFault{Line: 6, Column: 1, Name: "会员号", Reason: "missing"}, rows[4].Faults[0])
	require.Equal(t, 2, rows[5].Twin)
}

func TestReportHidesPeople(t *testing.T) {
	masked, _ := check(t, members, export, nil)
	shown, _ := check(t, members, export, &clean.RunOptions{Plain: true})
	for _, secret := range []string{"000125", "13800138000", "1380013800", "carl#qq.com"} {
		require.NotContains(t, masked.String(), secret)
		require.Contains(t, shown.String(), secret)
		text, err := json.Marshal(masked)
		require.NoError(t, err)
		require.NotContains(t, string(text), secret)
	}
	require.Contains(t, masked.String(), "12.3.4", "numbers are nobody's name")
}

// The same table gives the same report, though the hashes differ in each run.
func TestReportIsStable(t *testing.T) {
	first, _ := check(t, members, export, nil)
	for range 5 {
		again, _ := check(t, members, export, nil)
		require.Equal(t, first, again)
	}
}

func TestHeader(t *testing.T) {
	rep, _ := check(t, members, "手機,邮箱,邮箱,邮箱,性別\n", nil)
	require.Equal(t, []string{
		`no column "会员号"`, `no column "手机", did you mean "手機"?`, `no column "性别", did you mean "性別"?`,
		`no column "生日"`, `no column "消费"`, `no column "备注"`,
		`column "手機" is not declared, did you mean "手机"?`, `column "邮箱" is there twice; the first is read`,
		`column "性別" is not declared, did you mean "性别"?`,
	}, rep.Header)
}

func TestRemember(t *testing.T) {
	var text strings.Builder
	text.WriteString("n\n")
	for i := range 100 {
		fmt.Fprintf(&text, "%d\n", i%50)
	}
	sheet := clean.Sheet{Columns: []clean.Column{{Name: "n", As: clean.AsInteger}}}
	all, _ := check(t, sheet, text.String(), nil)
	require.Equal(t, []int{50, 50, 100}, []int{all.Columns[0].Distinct, all.Columns[0].Groups, all.Columns[0].Repeated})
	require.False(t, all.Columns[0].Capped)
	few, _ := check(t, sheet, text.String(), &clean.RunOptions{Remember: 10})
	require.Equal(t, []int{10, 10, 20}, []int{few.Columns[0].Distinct, few.Columns[0].Groups, few.Columns[0].Repeated})
	require.True(t, few.Columns[0].Capped && few.Capped)
	require.Contains(t, few.String(), ">=10")
}

func TestAllowedIsNotMissing(t *testing.T) {
	sheet := clean.Sheet{Columns: []clean.Column{{Name: "车", Values: []string{"有", "无"}}, {Name: "n", As: clean.AsInteger}}}
	rep, rows := check(t, sheet, "车,n\n无,00\n-,-\n", nil)
	require.Equal(t, []int{1, 1}, []int{rep.Columns[0].Valid, rep.Columns[0].Missing})
	require.Equal(t, []int{1, 1}, []int{rep.Columns[1].Valid, rep.Columns[1].Missing})
	require.Equal(t, []string{"无", "0"}, rows[0].Values)
}

func TestGBK(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(export)
	require.NoError(t, err)
	plan, err := clean.Compile(members, nil)
	require.NoError(t, err)
	want, _ := check(t, members, export, nil)
	for _, e := range []table.Encoding{table.GB18030, table.Detect} {
		file, err := table.CSV(strings.NewReader(gbk), &table.Options{Encoding: e})
		require.NoError(t, err)
		got, err := plan.Check(file, nil)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err = table.CSV(strings.NewReader(gbk), nil)
	require.EqualError(t, err, "table: header: 1:1: holds what is no text in this encoding; is Encoding gb18030?")
}

func TestSheetFaults(t *testing.T) {
	_, err := clean.Compile(clean.Sheet{Columns: []clean.Column{
		{Name: "a", As: "phnoe"}, {Name: "a"}, {Name: " "}, {Name: "n", As: clean.AsInteger, Values: []string{"1", "01", "x", ""}},
	}}, &clean.Options{Region: "XX"})
	require.EqualError(t, err, `options.region: "XX": no region has this code, as CN or HK
columns[0].as: no form "phnoe", did you mean "phone"?
columns[1].name: "a" is declared twice, first as number 1
columns[2].name: " ": want a name without blanks around it
columns[3].values[1]: "01": as integer it is "1"
columns[3].values[2]: "x" is no integer
columns[3].values[3]: "" is no integer`)
	require.EqualError(t, clean.Sheet{}.Validate(), "columns: there are none")
	require.NoError(t, members.Validate())
}

func TestSheetRoundTrips(t *testing.T) {
	text, err := json.Marshal(members)
	require.NoError(t, err)
	var again clean.Sheet
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, members, again)
}

var errLine = errors.New("the line broke")

func TestReaderFails(t *testing.T) {
	plan, err := clean.Compile(clean.Sheet{Columns: []clean.Column{{Name: "n"}}}, nil)
	require.NoError(t, err)
	file := table.Of([]string{"n"}, func(yield func([]string, error) bool) {
		_ = yield([]string{"1"}, nil) && yield(nil, errLine)
	})
	rep, err := plan.Check(file, nil)
	require.ErrorIs(t, err, errLine)
	require.Equal(t, 1, rep.Rows)
}

// many are rows with one value that none before has.
func many(n int) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for i := range n {
			if !yield([]string{fmt.Sprintf("138%08d", i)}, nil) {
				return
			}
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	plan, err := clean.Compile(clean.Sheet{Columns: []clean.Column{{Name: "手机", As: clean.AsMobile}}}, nil)
	require.NoError(b, err)
	const n = 100_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		run := plan.Run(table.Of([]string{"手机"}, many(n)), nil)
		for range run.Rows() {
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/row")
		runtime.KeepAlive(run)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
