package intake_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/intake"
	"github.com/marque-go/marque/rule"
)

func TestMappingFaults(t *testing.T) {
	m := intake.Mapping{
		Record: []string{"a", "", "a"}, Zone: "Asia/Schanghai",
		Skip:  []intake.Match{{}},
		Event: intake.Name{Name: "e", Field: "f"},
		At:    intake.At{Field: "t", Layouts: []string{"unix", "unixms", "15:04", "2006-01-02 MST", "02/01/06"}},
		IDs:   []intake.Identifier{{Kind: "phone", Field: "p", Required: true, Lax: true}, {Kind: "phone", Field: "p"}, {}},
		Props: []intake.Prop{
			{Name: "a", Type: "flaot"},
			{Name: "a", Factor: "2", Currency: "CNY", Zone: "UTC", Split: ",", Layouts: []string{"2006"}},
			{Type: intake.Int, Factor: "1/2"},
			{Name: "b", Type: intake.Money, Currency: "yuan", Factor: "0"},
			{Name: "c", Type: intake.Int, Values: map[string]string{"x": "one", "y": "2"}, Else: "z", Keep: true},
			{Name: "d", Else: "x"},
			{Name: "e", Type: intake.Time, Zone: "Nowhere"},
		},
	}
	err := m.Validate()
	require.EqualError(t, err, `source: is empty
record[1]: is empty
record[2]: "a" is there twice, first as number 1
skip[0].field: is empty
skip[0].is: there are no values
event: has a name and a field; one of them is the name
ids[0].lax: is required: one that is malformed is not there
ids[1]: "phone of p" is there twice, first as number 1
ids[2].kind: is empty
ids[2].field: is empty
at.layouts[2]: "15:04": want a layout of package time with year, month and day, as 2006-01-02 15:04:05
at.layouts[3]: "2006-01-02 MST": abbreviations of zones are no zones: CST is China's and Chicago's
at.layouts: has unix and unixms; a number is one of them
zone: civil: unknown zone "Asia/Schanghai"
props[0].type: no type "flaot", did you mean "float"?
props[1].name: "a" is there twice, first as number 1
props[1].factor: means nothing to a string
props[1].currency: means nothing to a string
props[1].layouts: means nothing to a string
props[1].zone: means nothing to a string
props[1].split: means nothing to a string
props[2].name: is empty
props[2].factor: "1/2": want a decimal that is not 0, as 0.01
props[3].factor: "0": want a decimal that is not 0, as 0.01
props[3].currency: "yuan": want a code as CNY
props[4].keep: has an else too; one of them is what becomes of other values
props[4].values["x"]: "one": clean: not a number
props[4].else: "z": clean: not a number
props[5].values: there are none beside which there are others
props[6].zone: civil: unknown zone "Nowhere"`)
	var fe *marque.FieldError
	require.ErrorAs(t, err, &fe)

	for want, m := range map[string]intake.Mapping{
		"event: want a name or a field":                              {Source: "s"},
		"event.values: there are none: no value is a name":           {Source: "s", Event: intake.Name{Field: "f"}},
		`event.values["x"]: is empty`:                                {Source: "s", Event: intake.Name{Field: "f", Values: map[string]string{"x": ""}}},
		"zone: is empty, and at may have times without a zone":       {Source: "s", Event: intake.Name{Name: "e"}, At: intake.At{Field: "t"}},
		"at.field: is empty":                                         {Source: "s", Event: intake.Name{Name: "e"}, At: intake.At{Layouts: []string{"unix"}}},
		"zone: is empty, and props[0] may have times without a zone": {Source: "s", Event: intake.Name{Name: "e"}, Props: []intake.Prop{{Name: "t", Type: intake.Time}}},
	} {
		require.EqualError(t, m.Validate(), want)
	}
	require.NoError(t, shop().Validate())
}

func TestCheck(t *testing.T) {
	schema := &rule.Schema{
		Attributes: []rule.Field{{Name: "birthday", Type: rule.Time}, {Name: "city", Type: rule.String}},
		Events: []rule.EventType{
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "channel", Type: rule.String}, {Name: "tags", Type: rule.Strings}, {Name: "x"}}},
			{Name: "order_refunded", Props: []rule.Field{{Name: "amount", Type: rule.Float}, {Name: "channel", Type: rule.Bool}}},
		},
	}
	m := intake.Mapping{
		Event: intake.Name{Field: "f", Values: map[string]string{"1": "order_paid", "2": "order_refunded", "3": "order_payd", "4": "order_paid"}},
		Props: []intake.Prop{{Name: "amount", Type: intake.Money}, {Name: "chanel"}, {Name: "tags"}, {Name: "x", Type: intake.Bool}, {Name: "channel", Type: intake.Float}},
	}
	require.EqualError(t, m.Check(schema), `props[1].name: order_paid has no property "chanel", did you mean "channel"?
props[4].type: is float; channel of order_paid is string
props[1].name: order_refunded has no property "chanel", did you mean "channel"?
props[2].name: order_refunded has no property "tags"
props[3].name: order_refunded has no property "x"
props[4].type: is float; channel of order_refunded is bool
event.values["3"]: no event "order_payd", did you mean "order_paid"?`)

	set := intake.Mapping{Event: intake.Name{Name: "profile.set"}, Props: []intake.Prop{{Name: "birthday"}, {Name: "citi"}, {Name: "zone"}}}
	require.EqualError(t, set.Check(schema), `props[0].type: is string; birthday of profile.set is time
props[1].name: profile.set has no attribute "citi", did you mean "city"?`)
	set.Props = []intake.Prop{{Name: "birthday", Type: intake.Time}, {Name: "city"}}
	require.NoError(t, set.Check(schema))
	require.NoError(t, intake.Mapping{Event: intake.Name{Name: "consent.given"}, Props: []intake.Prop{{Name: "channel"}}}.Check(schema))
}

func TestParse(t *testing.T) {
	text, err := json.Marshal(shop())
	require.NoError(t, err)
	m, err := intake.Parse(text)
	require.NoError(t, err)
	require.Equal(t, shop(), m)
	for text, want := range map[string]string{
		`{"sorce": "x"}`: `intake: mapping: json: unknown field "sorce"`,
		`{} {}`:          "intake: mapping: goes on behind its end",
		`[]`:             "intake: mapping: json: cannot unmarshal array into Go value of type intake.Mapping",
	} {
		_, err := intake.Parse([]byte(text))
		require.EqualError(t, err, want)
	}
}

// What Parse takes round-trips; what Compile takes makes events of records, or faults that name fields.
func FuzzParse(f *testing.F) {
	text, err := json.Marshal(shop())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"source":"s","event":{"name":"e"},"at":{"field":"t","layouts":["unix","2006"]},"props":[{"name":"p","type":"money","factor":"-0.5"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := intake.Parse(text)
		if err != nil {
			return
		}
		once, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := intake.Parse(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := json.Marshal(again); err != nil || string(twice) != string(once) {
			t.Fatalf("%s, %v is not %s", twice, err, once)
		}
		p, err := intake.Compile(m, nil)
		if err != nil {
			return
		}
		record := map[string]any{}
		for i, field := range p.Fields() {
			record[field] = []any{"13800138000", json.Number("12"), "2026-05-01 09:30:00", true, nil}[i%5]
		}
		_, _ = p.Event(record)
	})
}

// A record never panics the plan; its event says each thing in the declared type, and says it again when asked again.
func FuzzEvent(f *testing.F) {
	f.Add(`{"订单号":"A-1","状态":"已付款","时间":"2026-05-01 09:30:00","手机":"13800138000","实付":"￥1,234.50","件数":1e2,"标签":["新客"]}`)
	f.Add(`{"订单号":1,"状态":"已退款","时间":"2026年5月1日","unionid":"u","实付":0.07,"公里":"-0.001","会员":true,"发货":1777600000123}`)
	m := shop()
	m.Event.Else = "other"
	plan, err := intake.Compile(m, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var record map[string]any
		if json.Unmarshal([]byte(text), &record) != nil {
			return
		}
		e, err := plan.Event(record)
		if errors.Is(err, intake.ErrSkipped) {
			return
		}
		if err != nil {
			if e.ID != "" || e.Props != nil {
				t.Fatalf("%v with %+v", err, e)
			}
			return
		}
		if again, err := plan.Event(record); err != nil || again.ID != e.ID {
			t.Fatalf("%+v, then %+v, %v", e, again, err)
		}
		if e.ID == "" || e.Name == "" || e.At.Location() != time.UTC || len(e.IDs) == 0 {
			t.Fatalf("%+v", e)
		}
		for name, x := range e.Props {
			ok := false
			switch name {
			case "amount", "quantity", "metres":
				_, ok = x.(int64)
			case "discount":
				_, ok = x.(float64)
			case "member":
				_, ok = x.(bool)
			case "tags":
				_, ok = x.([]string)
			case "shipped":
				_, ok = x.(time.Time)
			default:
				_, ok = x.(string)
			}
			if !ok {
				t.Fatalf("%s is %#v", name, x)
			}
		}
	})
}
