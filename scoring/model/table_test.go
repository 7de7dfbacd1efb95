package model_test

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/model"
)

func bucket(seed, unit string) uint32 { return marque.Bucket(seed, unit) }

func TestSchemaFaults(t *testing.T) {
	_, err := model.NewTable(model.Schema{
		{Kind: "float"},
		{Name: "a", Kind: model.Bool, Missing: "mean", Levels: []string{"x"}},
		{Name: "a", Kind: model.Category, Levels: []string{"", "x", "x", "\xff"}},
		{Name: "\xff", Kind: model.Number},
	})
	require.EqualError(t, err, strings.Join([]string{
		`[0].name: is empty`,
		`[0].kind: "float" is not number, category or bool`,
		`[1].missing: "mean" is not reference or column`,
		`[1].levels: are for categories`,
		`[2].name: "a" is the name of feature 2 too`,
		`[2].levels[0]: is empty, which is a missing value`,
		`[2].levels[2]: "x" is there twice`,
		`[2].levels[3]: "\xff" is not UTF-8`,
		`[3].name: "\xff" is not UTF-8`,
	}, "\n"))
	require.EqualError(t, model.Schema{}.Validate(), ": there are no features")
}

func TestAddFaults(t *testing.T) {
	tab, err := model.NewTable(people)
	require.NoError(t, err)
	require.EqualError(t, tab.Add(true, num(1)), "row: has 1 values for 6 features")
	require.EqualError(t, tab.Add(true, num(math.Inf(1)), txt(""), txt("9"), num(1), txt("goold"), txt("yes")), strings.Join([]string{
		`age: +Inf is not a finite number`, `city: is an empty text: leave it missing`, `spent: "9" is not a number`, `member: 1 is not true or false`,
		`level: "goold" is not a level, did you mean "gold"?`, `opted: "yes" is not true or false`,
	}, "\n"))
	require.ErrorContains(t, tab.Add(true, none, txt("\xff"), none, none, none, none), "not UTF-8")
	require.Zero(t, tab.Len())

	want := []rule.Value{num(30), txt("Wuhan"), none, yes, none, no}
	require.NoError(t, tab.Add(true, want...))
	row, hit := tab.Row(0, nil)
	require.True(t, hit)
	require.Equal(t, want, row)
}

func TestParse(t *testing.T) {
	row, err := people.Parse(map[string]string{"age": "30.5", "member": "NO", "level": "gold", "else": "x"})
	require.NoError(t, err)
	require.Equal(t, []rule.Value{num(30.5), none, none, no, txt("gold"), none}, row)
	_, err = people.Parse(map[string]string{"age": "x", "spent": "NaN", "member": "maybe", "level": "red"})
	require.EqualError(t, err, strings.Join([]string{
		`age: "x" is not a number`, `spent: "NaN" is not a number`, `member: "maybe": want true or false, yes or no, 1 or 0`, `level: "red" is not a level`,
	}, "\n"))
}

func TestPick(t *testing.T) {
	lex, err := rule.Schema{Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "age", Type: rule.Int}}}.Compile()
	require.NoError(t, err)
	f := rule.NewFacts(lex, "ann")
	slot, _ := lex.Attr("age")
	f.Attrs[slot] = rule.IntValue(30)
	pick, err := model.Schema{{Name: "age", Kind: model.Number}, {Name: "city", Kind: model.Category}}.Pick(lex)
	require.NoError(t, err)
	require.Equal(t, []rule.Value{rule.IntValue(30), none}, pick(f, nil))
	_, err = people.Pick(lex)
	require.ErrorContains(t, err, `[5].name: no attribute "opted"`)
}

var (
	twoFeatures = model.Schema{{Name: "age", Kind: model.Number}, {Name: "city", Kind: model.Category}}
	bought      = model.Outcome{Column: "y", Yes: "yes", No: "no"}
)

func TestReadCSV(t *testing.T) {
	tab, err := model.ReadCSV(strings.NewReader("\uFEFFcity;y;age;other\nWuhan;yes;30;x\n\"a;b\";no;NA;\n;no;;\n"), twoFeatures, bought,
		&model.CSVOptions{Comma: ';', Missing: []string{"NA"}})
	require.NoError(t, err)
	require.Equal(t, 3, tab.Len())
	row, hit := tab.Row(0, nil)
	require.True(t, hit)
	require.Equal(t, []rule.Value{num(30), txt("Wuhan")}, row)
	row, hit = tab.Row(1, nil)
	require.False(t, hit)
	require.Equal(t, []rule.Value{none, txt("a;b")}, row)
	row, _ = tab.Row(2, nil)
	require.Equal(t, []rule.Value{none, none}, row)
}

func TestReadCSVFaults(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		y    model.Outcome
		o    *model.CSVOptions
		want []string
	}{
		"empty":           {"", bought, nil, []string{"model: the file is empty: the header is missing"}},
		"columns":         {"aeg,city,city\n", bought, nil, []string{`1:1: no column "age", did you mean "aeg"?`, `1:10: a second column "city"`, `1:1: no column "y"`}},
		"outcome feature": {"age,city\n", model.Outcome{Column: "age"}, nil, []string{`1:1: "age" is a feature and the outcome`}},
		"rows": {"age,city,y\nx,a,yes\n30,a,maybe\n31,\"a\n32,a,no\n", bought, nil, []string{
			`2:1: age: "x" is not a number`, `3:6: y: "maybe" is neither "yes" nor "no"`, "5:"}},
		"fields":        {"age,city,y\n1,a\n1,a,\nz,a,no\n", bought, nil, []string{"2:1: wrong number of fields", `3:5: y: "" is neither "yes" nor "no"`, `4:1: age: "z" is not a number`}},
		"any other":     {"age,city,y\n1,a,\n", model.Outcome{Column: "y", Yes: "1"}, nil, []string{`2:5: y: "" is neither "1" nor ""`}},
		"shown":         {"age,city,y\nx,a,no\ny,a,no\nz,a,no\n", bought, &model.CSVOptions{Show: 1}, []string{`2:1: age: "x" is not a number`, "model: and 2 faults more"}},
		"not in UTF-8":  {"age,city,y\n1,\xff,no\n", bought, nil, []string{`2:3: city: "\xff" is not UTF-8`}},
		"infinite ages": {"age,city,y\nInf,a,no\n", bought, nil, []string{"2:1: age: +Inf is not a finite number"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := model.ReadCSV(strings.NewReader(c.text), twoFeatures, c.y, c.o)
			require.Error(t, err)
			lines := strings.Split(err.Error(), "\n")
			require.Len(t, lines, len(c.want), err)
			for i, want := range c.want {
				require.Contains(t, lines[i], want)
			}
			var fault *model.CSVFault
			if name != "empty" {
				require.ErrorAs(t, err, &fault)
			}
		})
	}
	broken := errors.New("broken")
	_, err := model.ReadCSV(io.MultiReader(strings.NewReader("age,city,y\n1,a,no\n"), iotest.ErrReader(broken)), twoFeatures, bought, nil)
	require.ErrorIs(t, err, broken)
}

func FuzzReadCSV(f *testing.F) {
	f.Add("age,city,y\n1,a,yes\n,,no\n")
	f.Add("\uFEFFage,city,y\n1,\"a\nb\",yes\nx,\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		tab, err := model.ReadCSV(strings.NewReader(text), twoFeatures, bought, nil)
		if err != nil {
			require.Nil(t, tab)
			return
		}
		for i := range tab.Len() {
			row, hit := tab.Row(i, nil)
			again := table(t, twoFeatures)
			require.NoError(t, again.Add(hit, row...), "what was read can be added")
		}
	})
}

func FuzzModelJSON(f *testing.F) {
	f.Add([]byte(`{"trained":{"n":3,"hits":2},"intercept":0.5,"calibration":{"offset":0,"slope":1},"features":[{"name":"a","kind":"category","levels":["x","y"],"missing":"column","coefficients":[1,2],"errors":[1,1]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var m, again model.Model
		if m.UnmarshalJSON(text) != nil {
			return
		}
		once, err := m.MarshalJSON()
		require.NoError(t, err)
		require.NoError(t, again.UnmarshalJSON(once))
		twice, err := again.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
		m.Explain(make([]rule.Value, len(m.Schema())))
	})
}

func TestSplits(t *testing.T) {
	// Which rows a split takes is seen in the counts of a report: the outcome of the row says its number's parity.
	tab, err := model.NewTable(model.Schema{{Name: "x", Kind: model.Number}})
	require.NoError(t, err)
	for i := range 1000 {
		require.NoError(t, tab.Add(i%2 == 0, num(dice(i, "x"))))
	}
	day := func(row int) time.Time { return time.Unix(int64(row/300), 0) }
	_, r := fit(t, tab, model.ByTime(day, model.Shares{Train: 0.5, Calibrate: 0.2}), nil)
	require.Equal(t, []int64{600, 300, 100}, []int64{r.Train.N, r.Calibrate.N, r.Test.N}, "an instant stays together, in the part of its first row")

	shares := model.Shares{Train: 0.6, Calibrate: 0.2}
	_, a := fit(t, tab, model.ByKey("a", nil, shares), nil)
	_, again := fit(t, tab, model.ByKey("a", nil, shares), nil)
	_, b := fit(t, tab, model.ByKey("b", nil, shares), nil)
	require.Equal(t, a, again)
	require.NotEqual(t, a.Test, b.Test)
	require.InDelta(t, 600, a.Train.N, 60)
	require.InDelta(t, 200, a.Calibrate.N, 50)
	require.Equal(t, `by key, seed "a": 0.6 train, 0.2 calibrate`, a.Split)

	// All rows of a person are on one side.
	person := func(row int) string { return string(rune('a' + row%20)) }
	s := model.ByKey("p", person, model.Shares{Train: 0.5})
	_, r = fit(t, tab, s, nil)
	require.Zero(t, r.Train.N%50, "20 people of 50 rows each")

	_, r = fit(t, tab, model.By(func(row int) model.Part { return model.Part(row / 2 % 4) }), nil)
	require.Equal(t, int64(250), r.Unused.N)
}
