package where_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/where"
)

// A query stays within what databases take; what does not fit is left to memory.
func TestLarge(t *testing.T) {
	lex := shop(t, "name")
	c := lang.New(lex, &lang.Options{MaxSource: 1 << 20, MaxNodes: 1e5})
	var lists, any []string
	for i := range 15 {
		var list []string
		for j := range 4900 {
			list = append(list, fmt.Sprint(5000*i+j))
		}
		lists = append(lists, "age in ["+strings.Join(list, ", ")+"]")
	}
	for i := range 3000 {
		any = append(any, fmt.Sprintf("age == %d", i))
	}
	repeated := "city"
	for range 40 {
		repeated = "(" + repeated + ` endsWith "a" ? city : email)`
	}
	for _, d := range dialects {
		tables := tables(t, d, lex, mapping())
		query := func(source string) where.Query {
			r, err := c.Compile(source, "")
			require.NoError(t, err)
			return tables.Query(r, noon)
		}
		q := query(strings.Join(lists, " and "))
		require.NotNil(t, q.Rest)
		most := map[where.Dialect]int{where.Postgres: 65535, where.MySQL: 65535, where.SQLite: 32766}[d]
		require.Less(t, len(q.Args), most)
		require.Greater(t, len(q.Args), most-5000)

		q = query(strings.Join(any, " or ")) // of which SQLite counts each as a level of depth
		require.Nil(t, q.Rest)
		for _, chain := range strings.FieldsFunc(q.Where, func(r rune) bool { return r == '(' || r == ')' }) {
			require.Less(t, strings.Count(chain, " OR "), 100)
		}

		q = query(repeated + ` == "a"`) // some databases need an operand three times
		require.Less(t, len(q.Where), 1<<20)
	}
}
