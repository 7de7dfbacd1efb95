// Package intake makes events of the records of other systems by a declared mapping.
//
//	record ──► skip? ──► name · instant · identifiers (cleaned) · properties (typed) ──┬► event, with an ID of its own
//	{"订单号": "A-1", "手机": "138 0013 8000", "实付": "￥12.34", …}                       └► every fault, by field
//
// A Mapping is data: which field is what, what the values of the source mean, in which unit and zone they are. Compile
// checks it and makes a Plan of it, which reads records, CSV files and files of JSON lines:
//
//	plan, err := intake.Compile(intake.Mapping{
//		Source: "shop", Record: []string{"订单号"}, Zone: "Asia/Shanghai",
//		Event:  intake.Name{Field: "状态", Values: map[string]string{"已付款": "order_paid", "已退款": "order_refunded"}},
//		At:     intake.At{Field: "时间"},
//		IDs:    []intake.Identifier{{Kind: "phone", Field: "手机"}},
//		Props:  []intake.Prop{{Name: "amount", Field: "实付", Type: intake.Money, Required: true}},
//	}, nil)
//	var report intake.Report
//	for event, err := range plan.CSV(r, nil, &report) {
//		var refused *intake.Refused
//		if errors.As(err, &refused) {
//			continue // it is in the report; or keep it for who puts it right
//		}
//		if err != nil {
//			return err // of the reader: the file ends here
//		}
//		book.Append(ctx, []marque.Event{event})
//	}
//
// The ID of an event is derived from the source, the record and the event's name, so that a file may be read again, and
// a webhook be sent twice: what is known already is not taken twice. Within one file it is counted, and a record that says
// something else under the ID of one before is refused: a file with a line per item names the item in Record too. A record
// that was refused and put right is a new event then, the others are the old ones.
//
// Outside the Run of a loop set an event's Received, or a date in the future moves the loop there; Options.Now refuses
// such dates.
//
// Amounts and factors are decimals that are never rounded: what does not come out even in minor units is a fault. Wall
// times need a zone that is named. Attributes are the properties of an event "profile.set".
//
// What it does not do: it fetches nothing and stores nothing, joins no records, and computes nothing from several fields;
// a source that needs that is asked for a view. One mapping makes at most one event of a record; two mappings of one
// source make two.
package intake
