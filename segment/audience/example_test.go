package audience_test

import (
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/segment/audience"
)

// An audience is whom a rule is true of. Audiences are sets: they meet, join and leave out.
func ExampleAsk() {
	table, compile := shop(1000)
	buyers := audience.Ask(table, compile(`did("order_paid", within("30d"))`), now)
	young := audience.Ask(table, compile(`age < 30`), now)
	fmt.Println("bought within 30 days:", buyers.In.Len())
	fmt.Println("under 30:", young.In.Len(), "and of", young.Unknown.Len(), "nobody knows the age")
	fmt.Println("both:", buyers.In.And(young.In).Len())
	everybody := audience.Everybody(table)
	fmt.Println("not bought:", buyers.In.Not(everybody).Len(), "of", everybody.Len())
	// Output:
	// bought within 30 days: 208
	// under 30: 210 and of 183 nobody knows the age
	// both: 44
	// not bought: 792 of 1000
}

// How much do three audiences have in common? A line says what part of the audience is in each of the others.
func ExampleOverlap() {
	table, compile := shop(1000)
	named := func(name, text string) audience.Named {
		return audience.Named{Name: name, Set: audience.Ask(table, compile(text), now).In}
	}
	m := audience.Overlap(
		named("mothers", `has_tag("mother")`),
		named("buyers", `did("order_paid", within("30d"))`),
		named("成都", `city == "Chengdu"`))
	fmt.Print(m)
	fmt.Printf("Jaccard of mothers and buyers: %.3f\n", m.Jaccard(0, 1))
	// Output:
	// of \ in  size  mothers  buyers    成都
	// mothers   101   100.0%   14.9%   34.7%
	// buyers    208     7.2%  100.0%   22.1%
	// 成都      224    15.6%   20.5%  100.0%
	// Jaccard of mothers and buyers: 0.051
}

// How many will this reach? A look at 500 people says about how many, and how sure that is; a look at all says it.
func ExampleSize() {
	table, compile := shop(20_000)
	r := compile(`age < 30 and did("order_paid", within("90d"))`)
	fmt.Println(audience.Size(table, r, now, &audience.EstimateOptions{Sample: 500}))
	fmt.Println(audience.Size(table, r, now, &audience.EstimateOptions{Sample: 20_000}))
	// Output:
	// about 2480 of 20000, between 1935 and 3114 (95% sure, 500 looked at)
	// 2184 of 20000, counted
}

// The audience was "vip, or three orders within 90 days". Somebody wants "vip, or two orders and under 40". What would
// that do? 58 people enter, such as p00732, who has two orders and is 33. 9 leave, 2 of them only because nobody ever
// asked their age: p00821 is one, and with "or not has(age)" she would stay.
func ExampleDiff() {
	table, compile := shop(1000)
	before := compile(`has_tag("vip") or times("order_paid", within("90d")) >= 3`)
	after := compile(`has_tag("vip") or times("order_paid", within("90d")) >= 2 and age < 40`)
	fmt.Print(audience.Diff(table, before, after, now, &audience.DiffOptions{Examples: 1}))
	// Output:
	// before                      74   7.4%
	// after                      123  12.3%
	// enter                       58   5.8%
	// leave                        9   0.9%
	//   as something is missing    2   0.2%
	// stay                        65   6.5%
	// unknown before               0   0.0%
	// unknown after               25   2.5%
	// p00732 enters
	//   before  has_tag("vip") or times("order_paid", within("90d")) >= 3: false
	//     has_tag("vip"): false
	//     times("order_paid", within("90d")) >= 3: false
	//       times("order_paid", within("90d")): 2 until 2026-08-05T13:00:00Z
	//   after  has_tag("vip") or times("order_paid", within("90d")) >= 2 and age < 40: true until 2026-08-05T13:00:00Z
	//     has_tag("vip"): false
	//     times("order_paid", within("90d")) >= 2 and age < 40: true until 2026-08-05T13:00:00Z
	//       times("order_paid", within("90d")) >= 2: true until 2026-08-05T13:00:00Z
	//         times("order_paid", within("90d")): 2 until 2026-08-05T13:00:00Z
	//       age < 40: true
	//         age: 33
	// p00821 leaves
	//   before  has_tag("vip") or times("order_paid", within("90d")) >= 3: true until 2026-06-18T03:00:00Z
	//     has_tag("vip"): false
	//     times("order_paid", within("90d")) >= 3: true until 2026-06-18T03:00:00Z
	//       times("order_paid", within("90d")): 3 until 2026-06-18T03:00:00Z
	//   after  has_tag("vip") or times("order_paid", within("90d")) >= 2 and age < 40: missing until 2026-09-01T09:00:00Z
	//     has_tag("vip"): false
	//     times("order_paid", within("90d")) >= 2 and age < 40: missing until 2026-09-01T09:00:00Z
	//       times("order_paid", within("90d")) >= 2: true until 2026-09-01T09:00:00Z
	//         times("order_paid", within("90d")): 3 until 2026-06-18T03:00:00Z
	//       age < 40: missing
	//         age: missing
}

// Who are they? The tagged mothers are between 24 and 37, and live in Chengdu 1.65 times as often as everybody does:
// the index is 165, and surely between 139 and 196. They are seldom in Wuhan. They take messages about as often as
// others: no star, so the difference may be chance. The vips are like everybody.
func ExamplePortray() {
	table, compile := shop(2000)
	mothers := audience.Ask(table, compile(`has_tag("mother")`), now).In
	vips := audience.Ask(table, compile(`has_tag("vip")`), now).In
	p, err := audience.Portray(table, audience.Everybody(table), []audience.Named{{Name: "mothers", Set: mothers}, {Name: "vips", Set: vips}}, now,
		&audience.PortraitOptions{
			Attributes: []string{"city", "age"},
			Cuts:       map[string][]rule.Value{"age": {rule.IntValue(24), rule.IntValue(38), rule.IntValue(50)}},
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(p)
	// Output:
	// share in      base  mothers   TGI        95%       vips   TGI        95%
	// people        2000      182                         103
	// city
	//   Chengdu    23.0%    37.9%   165    139-196  *   22.3%    97     70-139
	//   Shanghai   22.1%    31.3%   142    116-174  *   19.4%    88     61-130
	//   Beijing    19.8%    15.9%    81     59-112      22.3%   113     81-161
	//   Wuhan      17.3%     3.8%    22      12-47  *   18.4%   107     73-159
	//   Xi'an      17.8%    11.0%    62      42-93  *   17.5%    98     67-149
	// age
	//   < 24        9.2%     0.0%     0       0-57  *    8.3%    90     49-184
	//   24 to 37   41.1%   100.0%   243    230-257  *   40.5%    98     77-127
	//   38 to 49   20.3%     0.0%     0       0-27  *   21.4%   106     72-158
	//   >= 50      29.4%     0.0%     0       0-19  *   29.8%   101     75-140
	//   (missing)  20.2%    21.4%   106     82-138      18.4%    91     63-137
	// tags
	//   mother      9.1%   100.0%  1099  1053-1099  *    4.9%    53     26-128
	//   vip         5.1%     2.7%    53     26-126     100.0%  1942  1802-1942  *
	// consent sms
	//   yes        59.2%    54.9%    93     82-105      66.0%   112     98-128
	//   no         40.8%    45.1%   110     95-129      34.0%    83     65-109
}

// Half of the mothers are tagged. Who are the others? The tag itself is left out of what is compared, since it would
// only find itself. Is the order worth using? A fifth of the tagged were hidden, and 79% of those stand as high as the
// best 10% of everybody else: 8 times what chance would give. What finds them is age, a look at diapers, and the city.
func ExampleLookalike() {
	table, compile := shop(5000)
	seed := compile(`has_tag("mother")`)
	mothers := audience.Ask(table, seed, now).In
	r, err := audience.Lookalike(table, mothers, now, &audience.LookalikeOptions{
		Features: audience.Features{Without: seed.Need()},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(r)
	best := r.Matches[0].Row
	fmt.Println(table.Profile(best), "is alike because of", r.Why(best)[0].Feature)
	fmt.Println(r.Top(300).Len(), "people to write to")
	// Output:
	// 4488 people by likeness to 512
	// 102 seeds hidden among 898 others: AUC 0.90 (0.86 to 0.94)
	//   the best 1% hold    6.9%  6.9 times chance  (3.4 to 13.5)
	//   the best 5% hold   36.3%  7.3 times chance   (5.5 to 9.2)
	//   the best 10% hold  79.4%  7.9 times chance   (7.1 to 8.6)
	//   the best 20% hold  87.3%  4.4 times chance   (4.0 to 4.6)
	// feature             weight  seeds  others
	// age 43 to 54         -2.23   0.0%   17.4%
	// age >= 55            -2.19   0.0%   17.7%
	// age 27 to 33         +1.48  38.9%   14.2%
	// view_diapers never   -1.17  20.5%   86.6%
	// view_diapers once    +1.17  79.5%   13.4%
	// city Wuhan           -1.16   2.7%   18.8%
	// age 34 to 42         +1.00  23.0%   16.0%
	// age < 27             +0.98  17.6%   14.2%
	// age (missing)        +0.95  20.5%   20.5%
	// city Chengdu         +0.61  36.3%   21.4%
	// p01146 is alike because of age 27 to 33
	// 300 people to write to
}

// With the tag among the features the ranking finds the tag, and says so.
func ExampleLookalike_leak() {
	table, compile := shop(5000)
	mothers := audience.Ask(table, compile(`has_tag("mother")`), now).In
	r, _ := audience.Lookalike(table, mothers, now, nil)
	for _, w := range r.Warnings {
		fmt.Println(w.Reason, "-", w.Text)
	}
	// Output:
	// leak - "tag mother" by itself tells seeds from others; leave it out if the seed was made by it
}
