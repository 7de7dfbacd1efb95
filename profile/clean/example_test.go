package clean_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/clean"
	"github.com/marque-go/marque/profile/clean/table"
)

func ExamplePhone() {
	for _, text := range []string{"138 0013-8000", "８６１３８００１３８０００", `="13800138000"`, "（010）8888 8888", "1.38E+10", "021-62888888转123", "1380013800"} {
		number, err := clean.Phone(text, "CN")
		fmt.Printf("%q %v\n", number, err)
	}
	// Output:
	// "+8613800138000" <nil>
	// "+8613800138000" <nil>
	// "+8613800138000" <nil>
	// "+861088888888" <nil>
	// "" clean: digits lost to scientific notation
	// "" clean: a phone number with an extension
	// "" clean: too short
}

func ExampleEmail() {
	for _, text := range []string{"Ann@QQ.com", "张三 <zs@例子.中国>", "a@x.com; b@x.com"} {
		address, err := clean.Email(text, nil)
		fmt.Printf("%q %v\n", address, err)
	}
	address, _ := clean.Email("A.nn+shop@gmail.com", &clean.EmailOptions{Gmail: true})
	fmt.Println(address)
	// Output:
	// "ann@qq.com" <nil>
	// "zs@xn--fsqu00a.xn--fiqs8s" <nil>
	// "" clean: more than one value
	// ann@gmail.com
}

// A host calls the function on every identifier before it tracks an event.
func ExampleIDs() {
	o := &clean.Options{Kinds: clean.Kinds()}
	o.Kinds["card"] = clean.AsUpper
	ids := clean.IDs(o)
	for _, id := range []marque.ID{{Kind: "phone", Value: "138 0013 8000"}, {Kind: "card", Value: " vip-001"}, {Kind: "phone", Value: "010-88888888转1"}} {
		id, err := ids(id)
		fmt.Println(id, err, errors.Is(err, clean.Extension))
	}
	// Output:
	// phone:+8613800138000 <nil> false
	// card:VIP-001 <nil> false
	// : phone: clean: a phone number with an extension true
}

func ExampleMoney() {
	for _, text := range []string{"￥1,234.50", "RMB 12", "12.345", "$5"} {
		m, err := clean.Money(text, "CNY")
		fmt.Println(int64(m), err)
	}
	// Output:
	// 123450 <nil>
	// 1200 <nil>
	// 0 clean: marque: amount "12.345": CNY has 2 decimal digits
	// 0 clean: in another currency
}

func Example() {
	plan, err := clean.Compile(clean.Sheet{Columns: []clean.Column{
		{Name: "会员号", As: clean.AsIdent, Required: true, Unique: true},
		{Name: "手机", As: clean.AsMobile},
		{Name: "性别", Values: []string{"男", "女"}},
		{Name: "生日", As: clean.AsDate},
	}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	const export = "会员号,手机,性别,生日,备注\n" +
		"000123,138 0013 8000,女,1990/5/1,\n" +
		"000124,1.38E+10,保密,1988年12月3日,\n" +
		"000123,+86 138-0013-8000,男,1990-02-30,\n" +
		"000126,无,女\n"
	file, err := table.CSV(strings.NewReader(export), &table.Options{Encoding: table.Detect})
	if err != nil {
		fmt.Println(err)
		return
	}
	run := plan.Run(file, nil)
	for row, err := range run.Rows() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d %q, %d faults\n", row.Line, row.Values, len(row.Faults))
	}
	fmt.Print(run.Report())
	// Output:
	// 2 ["000123" "+8613800138000" "女" "1990-05-01"], 0 faults
	// 3 ["000124" "" "" "1988-12-03"], 2 faults
	// 4 ["000123" "+8613800138000" "男" ""], 2 faults
	// 4 rows: 1 clean, 0 blank, 1 not readable, 0 the same as one before
	// header: column "备注" is not declared
	// row 5:10: has 3 fields, the header 5
	// column  as      valid   share  missing  malformed  changed  distinct  repeated
	// 会员号  ident       3  100.0%        0          0        0         2         2
	//   repeated: 1 values, as "0****3" at 4:1 as in 2
	// 手机    mobile      2   66.7%        0          1        2         1         2
	//   digits lost to scientific notation: 1, as "1.****10" at 3:8
	//   repeated: 1 values, as "+86138****8000" at 4:8 as in 2
	// 性别    text        2   66.7%        0          1        0         2         0
	//   not one of the values: 1, as "保密" at 3:17
	// 生日    date        2   66.7%        0          1        2         2         0
	//   not a date: 1, as "1990-02-30" at 4:28
}
