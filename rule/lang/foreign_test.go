package lang_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// Who comes from SQL, or writes with a Chinese keyboard, is told how to write it here.
func TestForeign(t *testing.T) {
	c := lang.New(shop(t), nil)
	for source, hint := range map[string]string{
		`age > 3 AND vip`: "write and", `age > 3 且 vip`: "write and", `vip OR vip`: "write or", `NOT vip`: "write not", `city like "a"`: "write contains",
		`city is null`: "write == nil", `age <> 3`: "write !=", `city == “上海”`: `write "`, `（age > 3）`: "write (", `age ＞ 3`: "write >",
		`city in ["a"， "b"]`: "write ,", `age ≥ 3`: "write >=", `interests == "茶"`: "write contains for one of a set of texts", `age > > 3`: "", `vip vip`: "",
	} {
		_, err := c.Compile(source, "")
		var faults rule.Faults
		require.ErrorAs(t, err, &faults, source)
		require.Equal(t, hint, faults[0].Hint, source)
	}
}
