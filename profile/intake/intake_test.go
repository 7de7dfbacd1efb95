package intake_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/clean"
	"github.com/marque-go/marque/profile/intake"
	"github.com/marque-go/marque/profile/memory"
	"github.com/marque-go/marque/rule"
)

// shop is a mapping with everything in it.
func shop() intake.Mapping {
	return intake.Mapping{
		Source: "shop", Record: []string{"订单号"}, Zone: "Asia/Shanghai", Missing: []string{"NULL", "-"},
		Skip:  []intake.Match{{Field: "测试单", Is: []string{"1", "是"}}},
		Event: intake.Name{Field: "状态", Values: map[string]string{"已付款": "order_paid", "已退款": "order_refunded"}},
		At:    intake.At{Field: "时间"},
		IDs:   []intake.Identifier{{Kind: "phone", Field: "手机", Lax: true}, {Kind: "unionid", Field: "unionid"}},
		Props: []intake.Prop{
			{Name: "amount", Field: "实付", Type: intake.Money, Required: true},
			{Name: "quantity", Field: "件数", Type: intake.Int},
			{Name: "metres", Field: "公里", Type: intake.Int, Factor: "1000"},
			{Name: "discount", Field: "折扣", Type: intake.Float, Factor: "0.1"},
			{Name: "channel", Field: "渠道", Values: map[string]string{"小程序": "mini", "门店": "store"}, Else: "other"},
			{Name: "member", Field: "会员", Type: intake.Bool},
			{Name: "tags", Field: "标签", Type: intake.Strings, Split: "、", Values: map[string]string{"新客": "new", "测试": ""}, Keep: true},
			{Name: "shipped", Field: "发货", Type: intake.Time, Layouts: []string{"unixms"}},
			{Name: "note", Field: "备注"},
		},
	}
}

func compile(t testing.TB, m intake.Mapping) *intake.Plan {
	p, err := intake.Compile(m, nil)
	require.NoError(t, err)
	return p
}

func order(with map[string]any) map[string]any {
	r := map[string]any{"订单号": "A-1", "状态": "已付款", "时间": "2026-05-01 09:30:00", "手机": "138 0013 8000", "实付": "￥1,234.50"}
	maps.Copy(r, with)
	return r
}

func TestEvent(t *testing.T) {
	e, err := compile(t, shop()).Event(order(map[string]any{
		"unionid": "oU-1", "件数": json.Number("3"), "公里": "1.25", "折扣": 9.5, "渠道": "抖音", "会员": "是",
		"标签": "新客、测试、 高价值 、", "发货": 1777600000123.0, "备注": " 放门口（三楼） ", "多余": []any{1},
	}))
	require.NoError(t, err)
	require.Equal(t, marque.Event{
		ID: marque.Key("intake", "shop", "order_paid", "record", "A-1"), Name: "order_paid",
		At:  time.Date(2026, 5, 1, 1, 30, 0, 0, time.UTC),
		IDs: []marque.ID{{Kind: "phone", Value: "+8613800138000"}, {Kind: "unionid", Value: "oU-1"}},
		Props: map[string]any{
			"amount": int64(123450), "quantity": int64(3), "metres": int64(1250), "discount": 0.95, "channel": "other", "member": true,
			"tags": []string{"new", "高价值"}, "shipped": time.UnixMilli(1777600000123).UTC(), "note": "放门口（三楼）",
		},
	}, e)
}

func TestFaultsOfARecord(t *testing.T) {
	_, err := compile(t, shop()).Event(map[string]any{
		"状态": "已付", "时间": "5/1/2026", "手机": "1380013800", "unionid": "a b", "实付": "12.345", "件数": 1.5, "公里": "0.0001",
		"渠道": map[string]any{}, "会员": "也许", "标签": []any{"a", []any{}}, "发货": "2026-05-01",
	})
	require.EqualError(t, err, `状态: "已付" is none of the 2 values, did you mean "已付款"?
时间: "5/1/2026": clean: not a date and time
unionid: unionid: clean: holds a blank
实付: marque: amount "12.345": CNY has 2 decimal digits
件数: "1.5" is no whole number of 64 bits
公里: "0.1" is no whole number of 64 bits
渠道: a map[string]interface {} is no single value
会员: "也许" is neither true nor false
标签: a []interface {} is no single value
发货: "2026-05-01" is no time of the layouts: add its layout to props[7].layouts ("2006-1-2")
订单号: is missing`)
	require.NotContains(t, err.Error(), "1380013800", "personal data")
}

func TestMissing(t *testing.T) {
	p := compile(t, shop())
	e, err := p.Event(order(map[string]any{"件数": "NULL", "公里": nil, "渠道": " ", "备注": "-", "标签": "测试", "会员": ""}))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"amount": int64(123450)}, e.Props)
	_, err = p.Event(order(map[string]any{"实付": "-", "时间": nil, "状态": ""}))
	require.EqualError(t, err, "状态: is missing\n时间: is missing\n实付: is missing")
}

func TestNobody(t *testing.T) {
	p := compile(t, shop())
	_, err := p.Event(order(map[string]any{"手机": ""}))
	require.ErrorContains(t, err, "says nothing of who it is")
	_, err = p.Event(order(map[string]any{"手机": "110"}))
	require.ErrorContains(t, err, "says nothing of who it is", "the lax one was dropped")

	m := intake.Mapping{Source: "s", Event: intake.Name{Name: "alert"}}
	e, err := compile(t, m).Event(map[string]any{"x": 1})
	require.NoError(t, err, "an event about nobody")
	require.True(t, e.At.IsZero())

	m.Profile = "who"
	e, err = compile(t, m).Event(map[string]any{"who": 7})
	require.NoError(t, err)
	require.Equal(t, "7", e.Profile)
}

func TestSkip(t *testing.T) {
	p := compile(t, shop())
	for _, v := range []any{"1", 1, json.Number("1"), "是"} {
		_, err := p.Event(map[string]any{"测试单": v})
		require.ErrorIs(t, err, intake.ErrSkipped)
	}
	_, err := p.Event(order(map[string]any{"测试单": "0"}))
	require.NoError(t, err)
}

func TestEventIDs(t *testing.T) {
	p := compile(t, shop())
	id := func(p *intake.Plan, with map[string]any) string {
		e, err := p.Event(order(with))
		require.NoError(t, err)
		return e.ID
	}
	first := id(p, nil)
	require.Equal(t, first, id(p, map[string]any{"备注": "changed", "订单号": " A-1 "}), "the record is the same")
	require.NotEqual(t, first, id(p, map[string]any{"订单号": "A-2"}))
	require.NotEqual(t, first, id(p, map[string]any{"状态": "已退款"}), "paid and refunded are two events of one order")

	m := shop()
	m.Source = "other"
	require.NotEqual(t, first, id(compile(t, m), nil))
	m.Record = nil
	p = compile(t, m)
	require.Equal(t, id(p, nil), id(p, nil))
	require.NotEqual(t, id(p, nil), id(p, map[string]any{"备注": "changed"}))
	m.Record = []string{"订单号", "实付"}
	p = compile(t, m)
	require.NotEqual(t, id(p, map[string]any{"订单号": "1", "实付": "23"}), id(p, map[string]any{"订单号": "12", "实付": "3"}))
}

func TestTimes(t *testing.T) {
	at := func(zone, text string, layouts ...string) string {
		m := intake.Mapping{Source: "s", Event: intake.Name{Name: "e"}, Zone: zone, At: intake.At{Field: "t", Layouts: layouts}}
		e, err := compile(t, m).Event(map[string]any{"t": text})
		if err != nil {
			return err.Error()
		}
		return e.At.Format(time.RFC3339Nano)
	}
	const shanghai, berlin = "Asia/Shanghai", "Europe/Berlin"
	require.Equal(t, "2026-05-01T01:30:00Z", at(shanghai, "2026年5月1日 9:30"))
	require.Equal(t, "2026-04-30T16:00:00Z", at(shanghai, "2026/5/1"))
	require.Equal(t, "2026-05-01T09:30:00Z", at(shanghai, "2026-05-01T09:30:00Z"), "a zone in the text wins")
	require.Equal(t, "1988-06-30T15:30:00Z", at(shanghai, "1988-07-01 00:30:00"), "China had summer time until 1991")
	require.Equal(t, "2026-03-29T01:30:00Z", at(berlin, "2026-03-29 02:30:00"), "the clock skips it: it is 03:30")
	require.Equal(t, "2026-10-25T00:30:00Z", at(berlin, "2026-10-25 02:30:00"), "it is there twice: the first")
	require.Equal(t, "2026-05-01T01:46:40Z", at("", "1777600000", "unix"))
	require.Equal(t, "2026-05-01T01:46:40.123Z", at("", "1777600000123", "unixms"))
	require.Equal(t, "2026-05-01T01:30:00Z", at(shanghai, "20260501093000", "unix", "20060102150405"), "too much for seconds")
	require.Equal(t, `t: "2026-02-29": clean: not a date and time`, at(shanghai, "2026-02-29"))
	require.Equal(t, `t: "0001-01-01T00:00:00Z": clean: not a date and time`, at(shanghai, "0001-01-01T00:00:00Z"))

	m := intake.Mapping{Source: "s", Event: intake.Name{Name: "e"}, At: intake.At{Field: "t", Layouts: []string{"unix"}}}
	e, err := compile(t, m).Event(map[string]any{"t": time.Date(2026, 5, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600))})
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 5, 1, 1, 0, 0, 0, time.UTC), e.At)
}

func TestNumbers(t *testing.T) {
	read := func(p intake.Prop, x any) any {
		p.Name = "p"
		e, err := compile(t, intake.Mapping{Source: "s", Event: intake.Name{Name: "e"}, Props: []intake.Prop{p}}).Event(map[string]any{"p": x})
		if err != nil {
			return err.Error()
		}
		return e.Props["p"]
	}
	for _, c := range []struct {
		name string
		p    intake.Prop
		x    any
		want any
	}{
		{"yuan", intake.Prop{Type: intake.Money}, "0.07", int64(7)},
		{"yuan as a JSON number", intake.Prop{Type: intake.Money}, json.Number("19.99"), int64(1999)},
		{"yuan as a float", intake.Prop{Type: intake.Money}, 1.1, int64(110)},
		{"ten thousands of yuan", intake.Prop{Type: intake.Money, Factor: "10000"}, "1.234567", int64(1234567)},
		{"yen", intake.Prop{Type: intake.Money, Currency: "JPY"}, "¥500", int64(500)},
		{"another currency", intake.Prop{Type: intake.Money}, "$5", `p: "$5": clean: in another currency`},
		{"fen", intake.Prop{Type: intake.Int}, "1999", int64(1999)},
		{"half a fen", intake.Prop{Type: intake.Money, Factor: "0.5"}, "0.01", `p: marque: amount "0.005": CNY has 2 decimal digits`},
		{"even after the factor", intake.Prop{Type: intake.Int, Factor: "0.01"}, "1200", int64(12)},
		{"2^63-1", intake.Prop{Type: intake.Int}, json.Number("9223372036854775807"), int64(9223372036854775807)},
		{"2^63", intake.Prop{Type: intake.Int}, "9223372036854775808", `p: "9223372036854775808" is no whole number of 64 bits`},
		{"float beyond 2^53", intake.Prop{Type: intake.Int}, 12345678901234567890.0, "p: 12345678901234567168 has lost digits as a float; decode numbers as json.Number"},
		{"exponent of JSON", intake.Prop{Type: intake.Float}, json.Number("1.5e3"), 1500.0},
		{"exponent of a spreadsheet", intake.Prop{Type: intake.Float}, "1.38E+10", `p: "1.38E+10": clean: digits lost to scientific notation`},
		{"text of a number", intake.Prop{}, json.Number("70"), "70"},
		{"no number", intake.Prop{Type: intake.Float}, math.NaN(), "p: NaN is no number\nno digest: json: unsupported value: NaN"},
		{"a table of numbers", intake.Prop{Type: intake.Int, Values: map[string]string{"高": "3", "": "0"}}, "高", int64(3)},
		{"Else", intake.Prop{Type: intake.Int, Values: map[string]string{"高": "3"}, Else: "1"}, "？", int64(1)},
		{"false", intake.Prop{Type: intake.Bool}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, read(c.p, c.x)) })
	}
}

func TestNested(t *testing.T) {
	m := intake.Mapping{Source: "hook", Record: []string{"order.id"}, Event: intake.Name{Name: "e"}, IDs: []intake.Identifier{{Kind: "phone", Field: "buyer.phone"}},
		Props: []intake.Prop{{Name: "a", Field: "a.b"}, {Name: "none", Field: "order.id.x"}}}
	e, err := compile(t, m).Event(map[string]any{
		"order": map[string]any{"id": json.Number("7")}, "buyer": map[string]any{"phone": "13800138000"}, "a.b": "whole name", "a": map[string]any{"b": "path"},
	})
	require.NoError(t, err)
	require.Equal(t, marque.Key("intake", "hook", "e", "record", "7"), e.ID)
	require.Equal(t, []marque.ID{{Kind: "phone", Value: "+8613800138000"}}, e.IDs)
	require.Equal(t, map[string]any{"a": "whole name"}, e.Props)
}

func TestNormalize(t *testing.T) {
	p, err := intake.Compile(shop(), &intake.Options{Normalize: clean.IDs(&clean.Options{Kinds: map[string]clean.Form{"phone": clean.AsIs}})})
	require.NoError(t, err)
	e, err := p.Event(order(nil))
	require.NoError(t, err)
	require.Equal(t, "138 0013 8000", e.IDs[0].Value)
}

const orders = "订单号,状态,时间,手机,unionid,实付,件数,公里,折扣,渠道,会员,标签,发货,备注,测试单,来源\n" +
	"A-1,已付款,2026-05-01 09:30:00,138 0013 8000,,12.34,1,,,小程序,是,新客,,,0,x\n" +
	"A-2,已付款,2026-05-01 09:31:00,1380013800,oU-2,0.07,,,,,,,,,0,x\n" +
	"A-3,已付,2026-05-01,,oU-3,12.345,,,,,,,,,0,x\n" +
	"A-4,已付款,2026-05-01\n" +
	"A-5,已付款,2026-05-01,13900139000,,1,,,,,,,,,1,x\n" +
	"A-1,已退款,2026-05-02 10:00:00,13800138000,,12.34,,,,,,,,\"two\nlines\",0,x\n"

func TestCSV(t *testing.T) {
	var rep intake.Report
	var got []string
	for e, err := range compile(t, shop()).CSV(strings.NewReader(orders), nil, &rep) {
		if refused, ok := errors.AsType[*intake.Refused](err); ok {
			got = append(got, fmt.Sprintf("%d refused, %d faults", refused.Line, len(refused.Faults)))
			continue
		}
		require.NoError(t, err)
		got = append(got, fmt.Sprint(e.Name, " ", e.Via(), " ", e.Props["amount"]))
	}
	require.Equal(t, []string{
		"order_paid phone:+8613800138000 1234", "order_paid unionid:oU-2 7", "4 refused, 2 faults", "5 refused, 1 faults", "order_refunded phone:+8613800138000 1234",
	}, got)
	require.Equal(t, intake.Report{
		Records: 6, Events: 3, Skipped: 1, Refused: 2, Dropped: 1, Ignored: []string{"来源"},
		Faults: []intake.Fault{
			{Line: 3, Column: 29, Field: "手机", Reason: "phone: clean: too short", Dropped: true},
			{Line: 4, Column: 5, Field: "状态", Reason: `"已付" is none of the 2 values, did you mean "已付款"?`},
			{Line: 4, Column: 25, Field: "实付", Reason: `marque: amount "12.345": CNY has 2 decimal digits`},
			{Line: 5, Column: 9, Reason: "has 3 fields, the header 16"},
		},
	}, rep)
}

// A file that is read twice gives the same events, and a row that was put right a new one.
func TestAgain(t *testing.T) {
	ids := func(text string) (ids []string) {
		for e, err := range compile(t, shop()).CSV(strings.NewReader(text), nil, nil) {
			if err == nil {
				ids = append(ids, e.ID)
			}
		}
		return ids
	}
	first := ids(orders)
	require.Len(t, first, 3)
	require.Equal(t, first, ids(orders))
	right := ids(strings.NewReplacer("已付,", "已付款,", "12.345", "12.35").Replace(orders))
	require.Len(t, right, 4)
	require.Subset(t, right, first)
}

func TestCSVHeader(t *testing.T) {
	var last error
	for _, err := range compile(t, shop()).CSV(strings.NewReader("订单,状态,状态,时间,手机,unionid,实付,件数,公里,折扣,渠道,会员,标签,发货,测试单\n"), nil, nil) {
		last = err
	}
	require.EqualError(t, last, "intake: header: no column \"备注\"\nheader: column \"状态\" is there twice\nheader: no column \"订单号\", did you mean \"订单\"?")
}

func TestJSON(t *testing.T) {
	m := intake.Mapping{Source: "hook", Record: []string{"id"}, Event: intake.Name{Name: "e"}, Props: []intake.Prop{{Name: "n", Type: intake.Int, Required: true}}}
	var rep intake.Report
	var got []any
	for e, err := range compile(t, m).JSON(strings.NewReader("{\"id\": 1, \"n\": 9007199254740993}\n{\"id\": 2}\n{\"id\"\n\n{\"id\": 3, \"n\": \"4\"}"), nil, &rep) {
		if err == nil {
			got = append(got, e.Props["n"])
		}
	}
	require.Equal(t, []any{int64(9007199254740993), int64(4)}, got)
	require.Equal(t, intake.Report{Records: 4, Events: 2, Refused: 2, Faults: []intake.Fault{
		{Line: 2, Field: "n", Reason: "is missing"}, {Line: 3, Column: 5, Reason: "the object does not end"},
	}}, rep)
	require.Equal(t, "3:5: the object does not end", rep.Faults[1].String())
}

func TestEvents(t *testing.T) {
	broke := errors.New("the line broke")
	var rep intake.Report
	var errs []error
	for _, err := range compile(t, shop()).Events(func(yield func(map[string]any, error) bool) {
		_ = yield(order(nil), nil) && yield(map[string]any{"订单号": "A-9"}, nil) && yield(nil, broke) && yield(order(nil), nil)
	}, &rep) {
		errs = append(errs, err)
	}
	require.Len(t, errs, 3)
	require.NoError(t, errs[0])
	require.EqualError(t, errs[1], "intake: record refused\n2: 状态: is missing\n2: 时间: is missing\n2: 实付: is missing")
	require.Equal(t, broke, errs[2])
	require.Equal(t, 2, rep.Records)
	for range compile(t, shop()).Events(func(yield func(map[string]any, error) bool) { require.False(t, yield(order(nil), nil)) }, nil) {
		break
	}
}

// What a book takes once it does not take twice, though the file is read again.
func TestIntoABook(t *testing.T) {
	lex, err := rule.Schema{Events: []rule.EventType{
		{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}, {Name: "order_refunded"},
	}}.Compile()
	require.NoError(t, err)
	book := profile.NewBook(memory.New(), lex, nil)
	for range 2 {
		for e, err := range compile(t, shop()).CSV(strings.NewReader(orders), nil, nil) {
			if err == nil {
				_, err := book.Append(t.Context(), []marque.Event{e})
				require.NoError(t, err)
			}
		}
	}
	people := map[string]int{}
	for e, err := range book.Log(t.Context(), nil) {
		require.NoError(t, err)
		people[e.Profile]++
	}
	require.ElementsMatch(t, []int{2, 1}, slices.Collect(maps.Values(people)), "both spellings of the number are one person")
}

func TestPlanKeepsItsMapping(t *testing.T) {
	m := shop()
	p := compile(t, m)
	m.Event.Values["已付款"], m.Props[0].Name, m.Record[0], m.Props[4].Values["小程序"] = "x", "x", "x", "x"
	e, err := p.Event(order(map[string]any{"渠道": "小程序"}))
	require.NoError(t, err)
	require.Equal(t, marque.Key("intake", "shop", "order_paid", "record", "A-1"), e.ID)
	require.Equal(t, map[string]any{"amount": int64(123450), "channel": "mini"}, e.Props)
}

func BenchmarkCSV(b *testing.B) {
	head, _, _ := strings.Cut(orders, "\n")
	var text strings.Builder
	text.WriteString(head + "\n")
	const n = 10_000
	for i := range n {
		fmt.Fprintf(&text, "A-%d,已付款,2026-05-01 09:30:00,138%08d,,12.34,1,,,小程序,是,新客,,,0,x\n", i, i)
	}
	p := compile(b, shop())
	b.ReportAllocs()
	for b.Loop() {
		var rep intake.Report
		for _, err := range p.CSV(strings.NewReader(text.String()), nil, &rep) {
			require.NoError(b, err)
		}
		require.Equal(b, n, rep.Events)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/record")
}
