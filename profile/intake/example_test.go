package intake_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/marque-go/marque/profile/intake"
	"github.com/marque-go/marque/rule"
)

const mapping = `{
	"source": "shop",
	"record": ["订单号"],
	"zone": "Asia/Shanghai",
	"event": {"field": "状态", "values": {"已付款": "order_paid", "已退款": "order_refunded"}},
	"at": {"field": "时间"},
	"ids": [{"kind": "phone", "field": "手机"}],
	"props": [
		{"name": "amount", "field": "实付", "type": "money", "required": true},
		{"name": "channel", "field": "渠道", "values": {"小程序": "mini", "门店": "store"}, "else": "other"}
	]
}`

func Example() {
	m, err := intake.Parse([]byte(mapping))
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := intake.Compile(m, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	const export = "订单号,状态,时间,手机,实付,渠道\n" +
		"A-1,已付款,2026/5/1 9:30,138 0013 8000,\"￥1,234.50\",小程序\n" +
		"A-2,已付,2026/5/1 9:31,1.38E+10,12.345,门店\n" +
		"A-1,已退款,2026/5/2 10:00,13800138000,￥12,抖音\n"
	var report intake.Report
	for e, err := range plan.CSV(strings.NewReader(export), nil, &report) {
		if refused, ok := errors.AsType[*intake.Refused](err); ok {
			fmt.Println(refused)
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.Name, e.At.Format("01-02 15:04Z"), e.IDs, e.Props["amount"], e.Props["channel"])
	}
	fmt.Println(report.Records, "records,", report.Events, "events,", report.Refused, "refused")
	// Output:
	// order_paid 05-01 01:30Z [phone:+8613800138000] 123450 mini
	// intake: record refused
	// 3:5: 状态: "已付" is none of the 2 values, did you mean "已付款"?
	// 3:22: 手机: phone: clean: digits lost to scientific notation
	// 3:31: 实付: marque: amount "12.345": CNY has 2 decimal digits
	// order_refunded 05-02 02:00Z [phone:+8613800138000] 1200 other
	// 3 records, 2 events, 1 refused
}

// A webhook that is delivered twice is one event.
func ExamplePlan_Event() {
	plan, err := intake.Compile(intake.Mapping{
		Source: "crm", Record: []string{"id"}, Event: intake.Name{Name: "profile.set"},
		At:    intake.At{Field: "updated", Layouts: []string{"unix"}},
		IDs:   []intake.Identifier{{Kind: "email", Field: "contact.mail"}},
		Props: []intake.Prop{{Name: "city", Field: "contact.city"}},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	hook := map[string]any{"id": 7, "updated": 1777600000, "contact": map[string]any{"mail": "Ann@QQ.com", "city": "重庆"}}
	once, _ := plan.Event(hook)
	twice, _ := plan.Event(hook)
	fmt.Println(once.ID == twice.ID, once.IDs, once.Props)
	_, err = plan.Event(map[string]any{"updated": "yesterday", "contact": "Ann"})
	fmt.Println(err)
	// Output:
	// true [email:ann@qq.com] map[city:重庆]
	// updated: "yesterday" is no time of the layouts
	// id: is missing
}

func ExampleMapping_Check() {
	m, _ := intake.Parse([]byte(mapping))
	err := m.Check(&rule.Schema{Events: []rule.EventType{
		{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.String}, {Name: "chanel", Type: rule.String}}},
	}})
	fmt.Println(err)
	// Output:
	// props[0].type: is money; amount of order_paid is string
	// props[1].name: order_paid has no property "channel", did you mean "chanel"?
	// event.values["已退款"]: no event "order_refunded"
}
