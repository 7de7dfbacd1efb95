package coupon_test

import (
	"testing"

	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/coupon/coupontest"
)

func TestMemory(t *testing.T) {
	coupontest.Run(t, func(*testing.T) coupon.Store { return coupon.NewMemory() })
}
