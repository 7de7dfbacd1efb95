package main

import (
	"errors"
	"time"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/journeytest"
)

var scenes = []scene{
	{
		// Ann reads WeChat and opens nothing; Bob's push does not arrive and he buys; Eve comes at night.
		name: "first-order", person: "ann",
		people: map[string]journeytest.Person{
			"ann": willing(func(p *journeytest.Person) { p.Tags = []string{"channel/wechat"}; p.Attrs = props{"name": "Ann"} }),
		},
		channels: map[string]func(journey.Message) (journey.Receipt, error){"push": unreachable("bob"), "wechat": unreachable("bob", "eve")},
		script: journeytest.Script{Until: at("2026-03-20 00:00"), Acts: []journeytest.Act{
			changes("2026-03-02 11:00", "ann", enters("new")),
			changes("2026-03-02 11:05", "bob", enters("new")),
			event("2026-03-02 11:30", "bob", "order_paid", props{"order": "1", "amount": int64(5900)}),
			changes("2026-03-02 23:10", "eve", enters("new")),
			changes("2026-03-03 01:00", "eve", leaves("new")), // a rebuild: what is under way goes on
			changes("2026-03-03 02:00", "eve", enters("new")),
			opens("2026-03-03 09:00", "eve", "hello"),
			event("2026-03-03 09:30", "eve", "unfollow", nil),
		}},
	},
	{
		// Ann looks and does not buy; Bob buys; Eve's view arrives late; Fay comes when the warm tone has won.
		name: "just-looked", person: "ann",
		arms: func(_, profile string) string {
			return map[string]string{"ann": "warm", "eve": "plain", "fay": "plain"}[profile]
		},
		winner: func(_ string, now time.Time) string {
			if now.Before(at("2026-03-05 00:00")) {
				return ""
			}
			return "warm"
		},
		people: map[string]journeytest.Person{
			"ann": willing(func(p *journeytest.Person) { p.Tags = []string{"vip"} }),
		},
		script: journeytest.Script{Until: at("2026-03-12 00:00"), Acts: []journeytest.Act{
			event("2026-03-02 20:45", "ann", "view", props{"item": "shoe"}),
			event("2026-03-02 20:46", "bob", "view", props{"item": "hat"}),
			event("2026-03-02 20:59", "bob", "order_paid", props{"order": "2", "amount": int64(9900)}),
			event("2026-03-02 21:00", "ann", "view", props{"item": "sock"}),
			{At: at("2026-03-02 22:00"), Happened: at("2026-03-02 21:45"), Profile: "eve", Event: "view", Props: props{"item": "coat"}},
			event("2026-03-03 10:00", "eve", "order_paid", props{"order": "3", "amount": int64(100)}),
			event("2026-03-04 10:00", "ann", "view", props{"item": "belt"}),
			event("2026-03-06 10:00", "fay", "view", props{"item": "ring"}),
		}},
	},
	{
		// Ann was born on a February 29, Bob moves his birthday, Eve buys with her coupon.
		name: "birthday", person: "ann",
		people: map[string]journeytest.Person{
			"ann": willing(func(p *journeytest.Person) { p.Attrs = props{"name": "Ann", "birthday": "1992-02-29"} }),
			"bob": willing(func(p *journeytest.Person) { p.Attrs = props{"birthday": "1990-03-01"} }),
			"eve": willing(func(p *journeytest.Person) { p.Attrs = props{"birthday": "1988-03-01"} }),
		},
		script: journeytest.Script{From: at("2026-02-26 12:00"), Until: at("2026-03-15 00:00"), Acts: []journeytest.Act{
			changes("2026-02-27 12:00", "bob", func(p *journeytest.Person) { p.Attrs["birthday"] = "1990-03-05" }),
			event("2026-03-03 12:00", "eve", "order_paid", props{"order": "4", "amount": int64(100)}),
		}},
	},
	{
		// Ann has two orders: she complains about one after she praised it; the other is never delivered.
		name: "order-follow-up", person: "ann",
		channels: map[string]func(journey.Message) (journey.Receipt, error){"wechat": unreachable("bob")},
		script: journeytest.Script{Until: at("2026-04-01 00:00"), Acts: []journeytest.Act{
			event("2026-03-02 11:00", "ann", "order_paid", props{"order": "A", "amount": int64(5900)}),
			event("2026-03-02 12:00", "ann", "order_paid", props{"order": "B", "amount": int64(100)}),
			event("2026-03-02 12:01", "ann", "order_paid", props{"order": "B", "amount": int64(100)}), // the shop says it again
			event("2026-03-02 13:00", "bob", "order_paid", props{"order": "C", "amount": int64(100)}),
			event("2026-03-04 11:00", "ann", "delivered", props{"order": "A"}),
			event("2026-03-04 11:00", "bob", "delivered", props{"order": "C"}),
			event("2026-03-07 20:00", "ann", "review", props{"order": "A", "stars": int64(5)}),
			event("2026-03-07 20:05", "ann", "review", props{"order": "A", "stars": int64(1)}),
			event("2026-03-08 08:00", "bob", "review", props{"order": "C", "stars": int64(4)}),
		}},
	},
	{
		// Everybody who subscribed hears from ten on: two a minute are let in, and WeChat takes one a minute.
		name: "broadcast", person: "eve",
		people: map[string]journeytest.Person{
			"ann": willing(subscribed), "bob": willing(subscribed), "cat": willing(subscribed), "dan": {}, "eve": willing(subscribed), "fay": willing(subscribed),
		},
		policy: graph.Policy{Rates: []graph.Rate{{Channel: "wechat", N: 1, Per: "minute"}}},
		script: journeytest.Script{From: at("2026-03-04 12:00"), Until: at("2026-03-06 00:00"), Acts: []journeytest.Act{
			changes("2026-03-04 13:00", "gus", enters("subscribers")),
			changes("2026-03-05 09:59", "bob", leaves("subscribers")),
		}},
	},
	{
		// Ann's line is busy twice, then she wants a person; Bob never answers; the call to Eve fails once.
		name: "call-back", person: "ann",
		doers: map[string]func(journey.Command) (journey.Outcome, error){"ring": ring},
		script: journeytest.Script{Until: at("2026-03-08 00:00"), Acts: []journeytest.Act{
			event("2026-03-02 17:10", "ann", "form_left", props{"topic": "price"}),
			event("2026-03-02 17:20", "ann", "form_left", props{"topic": "price"}),
			event("2026-03-02 19:00", "bob", "form_left", props{"topic": "size"}),
			event("2026-03-02 20:00", "eve", "form_left", props{"topic": "colour"}),
		}},
	},
	{
		// Ann tells her city after a day, Bob never does.
		name: "onboarding", journeys: []string{"onboarding", "ask-city"}, person: "ann",
		channels: map[string]func(journey.Message) (journey.Receipt, error){"push": unreachable("bob")},
		people: map[string]journeytest.Person{
			"eve": willing(func(p *journeytest.Person) { p.Attrs = props{"city": "Chengdu", "hour": int64(8)} }),
		},
		script: journeytest.Script{Until: at("2026-03-10 00:00"), Acts: []journeytest.Act{
			event("2026-03-02 11:00", "ann", "register", nil),
			event("2026-03-02 11:10", "bob", "register", nil),
			event("2026-03-02 11:20", "eve", "register", nil),
			changes("2026-03-03 15:00", "ann", func(p *journeytest.Person) { p.Attrs["city"] = "Chongqing" }),
		}},
	},
	{
		// The lights go out in Chongqing; in Chengdu nobody hears of it.
		name: "outage", person: "ann",
		people: map[string]journeytest.Person{
			"ann": willing(lives("Chongqing")), "bob": willing(lives("Chengdu")), "eve": willing(lives("Chongqing")), "fay": willing(lives("Chongqing")),
		},
		script: journeytest.Script{Until: at("2026-03-10 00:00"), Acts: []journeytest.Act{
			event("2026-03-02 11:00", "", "outage_opened", props{"region": "Chongqing"}),
			event("2026-03-02 11:01", "", "outage_opened", props{"region": "Chongqing"}),
			event("2026-03-03 12:00", "", "outage_closed", props{"region": "Chongqing"}),
			event("2026-03-05 11:00", "", "outage_opened", props{"region": "Chengdu"}),
		}},
	},
}

func subscribed(p *journeytest.Person) { p.Segments = []string{"subscribers"} }

func lives(city string) func(p *journeytest.Person) {
	return func(p *journeytest.Person) { p.Attrs = props{"city": city} }
}

// ring rings somebody up. What comes of it depends on who, and on when it is.
func ring(c journey.Command) (journey.Outcome, error) {
	result := func(what string, seconds int64, intent string) (journey.Outcome, error) {
		return journey.Outcome{Result: what, Vars: map[string]any{"seconds": seconds, "intent": intent}}, nil
	}
	switch morning := c.At.In(shanghai).Hour() < 12; {
	case c.Profile == "bob", c.Profile == "ann" && c.At.In(shanghai).Hour() < 18 && !morning:
		return result("busy", 0, "")
	case c.Profile == "eve" && c.At.In(shanghai).Minute() == 0:
		return journey.Outcome{}, errors.New("no line")
	case c.Profile == "ann":
		return result("answered", 95, "person")
	}
	return result("answered", 4, "")
}
