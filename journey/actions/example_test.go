package actions_test

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/actions"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// A journey's coupon node asks a coupon book. The same command again, after a crash, gets the same coupon.
func ExampleCoupon() {
	lex, err := rule.Schema{Scopes: coupon.Scopes()}.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := coupon.Compile([]coupon.Def{{Name: "welcome", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 2000}}}, lex, lang.New(lex, nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	host := journey.Host{Doers: map[string]journey.Doer{"coupon": actions.Coupon(coupon.NewBook(coupon.NewMemory(), plan, nil))}}

	command := journey.Command{Key: "k1", Do: "coupon", Name: "welcome", Profile: "ann", At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	first, err := host.Doers["coupon"].Do(context.Background(), command)
	fmt.Println(first.Result, first.Vars["amount"], err)
	again, _ := host.Doers["coupon"].Do(context.Background(), command)
	fmt.Println(again.Vars["id"] == first.Vars["id"])
	// Output:
	// issued 2000 <nil>
	// true
}
