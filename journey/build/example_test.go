package build_test

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/build"
	"github.com/marque-go/marque/journey/graph"
)

// A push; who does not open it within two days gets an SMS, then a message by WeChat; who opens one gets a coupon.
func Example() {
	opened := func(message string) *build.Match { return build.Event("message_opened").Of(message) }

	def, err := build.Journey("first-order").
		Zone("Asia/Shanghai").
		Topic("marketing").
		Enter(build.OnSegment("new").Once()).
		Goal(graph.On{Event: "order_paid"}).
		Quiet("21:30", "08:30", "hold").
		Caps(graph.Cap{N: 2, Per: "day"}, graph.Cap{N: 6, Within: 7 * marque.Day}).
		Path(
			build.Send("push", build.By("push").Template("welcome")).On(graph.Unreachable, "sms"),
			build.WaitEvent("push-opened", 2*marque.Day, opened("push")).On(graph.Timeout, "sms"),
			build.Coupon("coupon", "welcome-20").On(graph.Refused, "done"),
			build.WaitThen("morning", 1*marque.Day, "10:00"),
			build.Send("offer", build.By("push", "wechat", "sms").Prefer("channel/").Template("welcome-offer")),
			build.Exit("done", "offered"),
		).
		Path(
			build.Send("sms", build.By("sms").Template("welcome-sms")).On(graph.Unreachable, "wechat"),
			build.WaitEvent("sms-opened", 2*marque.Day, opened("sms")).On(graph.Timeout, "wechat").Next("coupon"),
		).
		Path(
			build.Send("wechat", build.By("wechat").Template("welcome-wechat")),
			build.WaitEvent("wechat-opened", 3*marque.Day, opened("wechat")).Next("coupon").On(graph.Timeout, "lost"),
			build.TagFor("lost", "lost", 30*marque.Day),
			build.Exit("nothing", "opened-nothing"),
		).
		Def()
	if err != nil {
		panic(err)
	}
	fmt.Print(def.Mermaid())
	// Output:
	// flowchart TD
	//   in(["enters new"]) --> n0
	//   n0["push: send push"]
	//   n0 --> n1
	//   n0 -- "unreachable" --> n6
	//   n1{{"push-opened: wait for message_opened within 2d"}}
	//   n1 -- "message_opened" --> n2
	//   n1 -- "timeout" --> n6
	//   n2["coupon: coupon welcome-20"]
	//   n2 --> n3
	//   n2 -- "refused" --> n5
	//   n3{{"morning: wait 1d until 10:00"}}
	//   n3 --> n4
	//   n4["offer: send push, wechat, sms"]
	//   n4 --> n5
	//   n5(["done: exit offered"])
	//   n6["sms: send sms"]
	//   n6 --> n7
	//   n6 -- "unreachable" --> n8
	//   n7{{"sms-opened: wait for message_opened within 2d"}}
	//   n7 -- "message_opened" --> n2
	//   n7 -- "timeout" --> n8
	//   n8["wechat: send wechat"]
	//   n8 --> n9
	//   n9{{"wechat-opened: wait for message_opened within 3d"}}
	//   n9 -- "message_opened" --> n2
	//   n9 -- "timeout" --> n10
	//   n10["lost: tag lost for 30d"]
	//   n10 --> n11
	//   n11(["nothing: exit opened-nothing"])
}

// All that is wrong is said at once, with its place in the definition.
func ExampleDraft_Def() {
	_, err := build.Journey("").
		Enter(build.OnEvent("registered").Again(0)).
		Path(
			build.Send("hello", build.By("push")).On(graph.Unreachable, "smss"),
			build.Send("sms", build.By("sms").Template("hello")),
		).
		Def()
	fmt.Println(err)
	// Output:
	// name: is empty
	// entry.window: want a time above zero
	// nodes[0].send.template: want a template, a text or HTML
	// nodes[0].on.unreachable: no node "smss", did you mean "sms"?
}
