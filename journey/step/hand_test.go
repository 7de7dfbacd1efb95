package step

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// A step begins without anything of the step before it, but for the state, which it sets.
func TestHandForgets(t *testing.T) {
	h := Hand{walk{back: make([]limit.Take, 1), row: make([]rule.Value, 1)}}
	for _, x := range []reflect.Value{reflect.ValueOf(&h.walk.res).Elem(), reflect.ValueOf(&h.walk.res.Change).Elem()} {
		for i := range x.NumField() {
			switch f := x.Field(i); f.Kind() {
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			case reflect.String:
				f.SetString("x")
			case reflect.Bool:
				f.SetBool(true)
			default:
				require.Contains(t, []string{"Change", "State"}, x.Type().Field(i).Name, "is not tried")
			}
		}
	}
	require.NotEmpty(t, h.walk.res.Emit)
	w := h.begin(plan.Nothing("x"), &record.State{}, &record.Input{}, nil, time.Time{})
	require.Equal(t, record.Result{}, w.res)
	require.Nil(t, w.back)
	require.Nil(t, w.row)
}
