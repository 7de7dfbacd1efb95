package shop

import (
	"fmt"
	"math"
)

// channel is where a session happens.
type channel uint8

const (
	app channel = iota
	wechat
	store
	ad
	channels
)

var channelNames = [channels]string{"app", "wechat", "store", "ad"}

// The channels of messages.
const (
	Push   = "push"
	SMS    = "sms"
	WeChat = "wechat"
)

var messageChannels = [...]string{Push, SMS, WeChat}

var cities = [...]struct {
	name   string
	weight float64
}{
	{"Chongqing", 16}, {"Shanghai", 15}, {"Chengdu", 13}, {"Beijing", 12}, {"Guangzhou", 10}, {"Shenzhen", 9},
	{"Hangzhou", 8}, {"Wuhan", 7}, {"Xi'an", 6}, {"Urumqi", 4},
}

const urumqi = len(cities) - 1

var categories = [...]struct {
	name   string
	weight float64
	median float64 // price in fen
	sigma  float64 // of its logarithm
}{
	{"grocery", 22, 2900, .5}, {"apparel", 20, 15900, .5}, {"beauty", 16, 12900, .6}, {"shoes", 12, 29900, .4},
	{"home", 10, 8900, .7}, {"baby", 8, 11900, .5}, {"sports", 7, 19900, .6}, {"electronics", 5, 99900, .8},
}

const perCategory = 40

type product struct {
	sku, category any // strings, boxed once for all events
	price         any // int
	fen           int64
}

// catalogue is what the shop sells, and the shares that choices are drawn by. It is the same for every seed.
type catalogue struct {
	products                                     []product
	city, category, rank, arrival                []float64
	online, offline                              []float64 // by hour of day
	cityNames, channelNames, pages, sexes, zones []any
}

func newCatalogue() *catalogue {
	c := &catalogue{
		arrival: cumulate(25, 25, 15, 35), // by channel
		online:  cumulate(5, 2, 1, 1, 1, 2, 5, 9, 11, 10, 10, 11, 15, 13, 10, 10, 10, 11, 13, 16, 21, 24, 19, 11),
		offline: cumulate(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 9, 9, 7, 8, 10, 11, 12, 13, 12, 8, 4, 0, 0),
		pages:   []any{"home", "list", "campaign", "search"},
		sexes:   []any{"f", "m"},
		zones:   []any{"Asia/Shanghai", "Asia/Urumqi"},
	}
	var rank, city, category []float64
	for i := range perCategory {
		rank = append(rank, 1/math.Sqrt(float64(i+1)))
	}
	d := stream(0, 0)
	for _, k := range categories {
		category = append(category, k.weight)
		name := any(k.name)
		for i := range perCategory {
			fen := int64(d.lognormal(k.median, k.sigma)/100)*100 + 90
			c.products = append(c.products, product{fmt.Sprintf("%s-%02d", k.name, i+1), name, int(fen), fen})
		}
	}
	for _, k := range cities {
		city = append(city, k.weight)
		c.cityNames = append(c.cityNames, k.name)
	}
	for _, n := range channelNames {
		c.channelNames = append(c.channelNames, n)
	}
	c.rank, c.city, c.category = cumulate(rank...), cumulate(city...), cumulate(category...)
	return c
}
