package intake_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/intake"
)

// taken runs a CSV file through a plan and gives the events and what was refused.
func taken(t testing.TB, p *intake.Plan, text string, rep *intake.Report) (events []marque.Event, refused []string) {
	for e, err := range p.CSV(strings.NewReader(text), nil, rep) {
		if r, ok := errors.AsType[*intake.Refused](err); ok {
			refused = append(refused, r.Faults[0].String())
			continue
		}
		require.NoError(t, err)
		events = append(events, e)
	}
	return events, refused
}

func items(record ...string) intake.Mapping {
	return intake.Mapping{
		Source: "shop", Record: record, Zone: "Asia/Shanghai", Event: intake.Name{Field: "状态", Values: map[string]string{"已付款": "order_paid", "已退款": "order_refunded"}},
		At:  intake.At{Field: "时间"},
		IDs: []intake.Identifier{{Kind: "phone", Field: "手机"}, {Kind: "phone", Field: "备用手机"}},
		Props: []intake.Prop{
			{Name: "item", Field: "商品"}, {Name: "amount", Field: "实付", Type: intake.Money}, {Name: "tags", Field: "标签", Type: intake.Strings},
		},
	}
}

const itemsHeader = "订单号,状态,时间,手机,备用手机,商品,实付,标签,来源\n"

func TestRepeated(t *testing.T) {
	const first = "A-1,已付款,2026-05-01 09:30,13800138000,,茶,12.00,\"新,老\",x\n"
	for _, c := range []struct{ name, row, want string }{
		{"alike", first, ""},
		{"written otherwise", "A-1,已付款,2026/5/1 9:30:00,138 0013 8000,13800138000,茶,￥12,\"新, 老\",x\n", ""},
		{"another in a column that nobody reads", strings.Replace(first, "x", "y", 1), ""},
		{"another amount", strings.Replace(first, "12.00", "13.00", 1), "another 实付"},
		{"another item and amount", strings.Replace(first, "茶,12.00", "杯,30", 1), "another 商品, 实付"},
		{"no amount", strings.Replace(first, "12.00", "", 1), "another 实付"},
		{"another instant", strings.Replace(first, "09:30", "09:31", 1), "another 时间"},
		{"another phone beside it", strings.Replace(first, "13800138000,", "13800138000,13900139000", 1), "another 手机"},
		{"one tag for two", strings.Replace(first, "\"新,老\"", "新老", 1), "another 标签"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rep intake.Report
			events, refused := taken(t, compile(t, items("订单号")), itemsHeader+first+c.row, &rep)
			require.Len(t, events, 1)
			want := intake.Report{Records: 2, Events: 1, Repeated: 1, Ignored: []string{"来源"}}
			if c.want != "" {
				reason := "the same record as line 2, with " + c.want + ": add a column that tells them apart to record"
				require.Equal(t, []string{"3: " + reason}, refused)
				want.Repeated, want.Refused, want.Faults = 0, 1, []intake.Fault{{Line: 3, Reason: reason}}
			}
			require.Equal(t, want, rep)
		})
	}
}

// A file with a line per item gives an event per item once the item is named in Record.
func TestItems(t *testing.T) {
	const text = itemsHeader +
		"A-1,已付款,2026-05-01 09:30,13800138000,,茶,12.00,,x\n" +
		"A-1,已付款,2026-05-01 09:30,13800138000,,杯,30.00,,x\n" +
		"A-1,已退款,2026-05-02 09:30,13800138000,,杯,30.00,,x\n"
	events, refused := taken(t, compile(t, items("订单号")), text, nil)
	require.Equal(t, []string{"3: the same record as line 2, with another 商品, 实付: add a column that tells them apart to record"}, refused)
	require.Len(t, events, 2, "a refund is another event of the order")
	var rep intake.Report
	events, refused = taken(t, compile(t, items("订单号", "商品")), text, &rep)
	require.Empty(t, refused)
	require.Len(t, events, 3)
	require.Equal(t, 3, rep.Events)
}

// What was refused is not remembered, so that the record that is right is taken; files do not know each other.
func TestRepeatsOfAFile(t *testing.T) {
	p := compile(t, items("订单号"))
	const text = itemsHeader +
		"A-1,已付款,2026-05-01 09:30,13800138000,,茶,12.345,,x\n" +
		"A-1,已付款,2026-05-01 09:30,13800138000,,茶,12.34,,x\n"
	var rep intake.Report
	for range 2 {
		events, refused := taken(t, p, text, &rep)
		require.Len(t, events, 1)
		require.Len(t, refused, 1)
	}
	require.Equal(t, []int{4, 2, 2, 0}, []int{rep.Records, rep.Events, rep.Refused, rep.Repeated})
}

func TestRemember(t *testing.T) {
	p, err := intake.Compile(intake.Mapping{Source: "s", Record: []string{"n"}, Event: intake.Name{Name: "e"}}, &intake.Options{Remember: 10})
	require.NoError(t, err)
	var text strings.Builder
	text.WriteString("n\n")
	for i := range 40 {
		fmt.Fprintln(&text, i%20)
	}
	var rep intake.Report
	events, _ := taken(t, p, text.String(), &rep)
	require.Len(t, events, 30)
	require.Equal(t, intake.Report{Records: 40, Events: 30, Repeated: 10, Capped: true}, rep)
}
