package lang_test

import (
	"testing"

	"github.com/marque-go/marque/rule/lang"
)

func BenchmarkCompile(b *testing.B) {
	c := lang.New(shop(b), nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Compile(`age >= 18 and city in ["a", "b", "c"] and has_tag("gold") and times("view", within("7d"), it.kind == "x") >= 3 and days_since(last_order) > 30`, ""); err != nil {
			b.Fatal(err)
		}
	}
}
