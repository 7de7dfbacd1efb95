package when

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
)

func TestActive(t *testing.T) {
	a := Active{Hour: Hour{At: clock("10:00"), Within: day}, Attr: 0, Marks: []HourOf{
		{Slot: 3, At: clock("20:00")}, {Slot: 3, Segment: true, At: clock("18:00")}, {Slot: 4, Segment: true, At: clock("19:00")}}}
	now := at("2026-03-02T10:00:00")
	mark := func(slots ...int) (marks []rule.Mark) {
		for _, s := range slots {
			marks = append(marks, rule.Mark{Slot: s, From: 1})
		}
		return marks
	}
	for _, c := range []struct {
		name string
		f    rule.Facts
		want string
	}{
		{"their own", rule.Facts{Attrs: []rule.Value{rule.IntValue(7)}, Tags: mark(3)}, "07:00"},
		{"a tag before segments", rule.Facts{Attrs: []rule.Value{{}}, Tags: mark(3), Segments: mark(4, 3)}, "20:00"},
		{"the first segment", rule.Facts{Attrs: []rule.Value{rule.StringValue("late")}, Segments: mark(4, 3)}, "18:00"},
		{"the second segment", rule.Facts{Attrs: []rule.Value{{}}, Tags: mark(4), Segments: mark(4)}, "19:00"},
		{"a tag that is over", rule.Facts{Attrs: []rule.Value{{}}, Tags: []rule.Mark{{Slot: 3, From: 1, Until: rule.At(now)}}}, "10:00"},
		{"else", rule.Facts{Attrs: []rule.Value{{}}}, "10:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, Hour{clock(c.want), day}, a.Of(&c.f, now))
		})
	}
	a.Attr = -1
	require.Equal(t, "10:00", a.Of(&rule.Facts{}, now).At.String())
}
