package clean_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/profile/clean"
)

func TestPhone(t *testing.T) {
	const mobile = "+8613800138000"
	for _, c := range []struct {
		name, text, region string
		want               string
		err                error
	}{
		{"as people write it", "13800138000", "", mobile, nil},
		{"groups", "+86 138-0013-8000", "", mobile, nil},
		{"brackets", "(86)13800138000", "", mobile, nil},
		{"86 in front", "8613800138000", "", mobile, nil},
		{"0086 in front", "008613800138000", "", mobile, nil},
		{"0 in front", "013800138000", "", mobile, nil},
		{"full-width", "８６１３８－００１３－８０００", "", mobile, nil},
		{"ideographic space", "\u3000138 0013\u30008000 ", "", mobile, nil},
		{"directions of an address book", "\u202a13800138000\u202c", "", mobile, nil},
		{"zero-width space", "138\u200b00138000", "", mobile, nil},
		{"tab of an export", "\t13800138000", "", mobile, nil},
		{"formula", `="13800138000"`, "", mobile, nil},
		{"quote", "'13800138000", "", mobile, nil},
		{"float", "13800138000.0", "", mobile, nil},
		{"+86 in another region", "+86 13800138000", "US", mobile, nil},
		{"newer series", "19212345678", "", "+8619212345678", nil},
		{"half a series", "17401234567", "", "+8617401234567", nil},
		{"the other half", "17491234567", "", "", clean.NoSuchPhone},
		{"landline", "010-8888 8888", "", "+861088888888", nil},
		{"landline with brackets", "（021）62888888", "", "+862162888888", nil},
		{"landline of a county", "0876-2123456", "", "+868762123456", nil},
		{"landline abroad", "+86 (0)10 8888 8888", "", "+861088888888", nil},
		{"landline with 86 and 0", "86-010-88888888", "", "+861088888888", nil},
		{"landline with 0086", "0086-10-88888888", "", "+861088888888", nil},
		{"prefix of a calling card", "1795113800138000", "", mobile, nil},
		{"400", "400-812-3456", "", "+864008123456", nil},
		{"Hong Kong abroad", "+852 6123 4567", "", "+85261234567", nil},
		{"Hong Kong at home", "6123 4567", "HK", "+85261234567", nil},
		{"United States", "(650) 253-0000", "US", "+16502530000", nil},
		{"empty", " ", "", "", clean.Empty},
		{"formula of nothing", `=""`, "", "", clean.Empty},
		{"zeros", "00000000000", "", "", clean.Placeholder},
		{"dash", "-", "", "", clean.Placeholder},
		{"null", "NULL", "", "", clean.Placeholder},
		{"无", "无", "", "", clean.Placeholder},
		{"a digit short", "1380013800", "", "", clean.TooShort},
		{"a digit long", "138001380001", "", "", clean.TooLong},
		{"no series", "12345678901", "", "", clean.NoSuchPhone},
		{"landline without area code", "88888888", "", "", clean.NoSuchPhone},
		{"service number", "10086", "", "", clean.TooShort},
		{"scientific", "1.38E+10", "", "", clean.Scientific},
		{"masked", "138****8000", "", "", clean.Masked},
		{"masked in full-width stars", "138＊＊＊＊8000", "", "", clean.Masked},
		{"masked with +86", "+86 138****8000", "", "", clean.Masked},
		{"masked by letters", "138xxxx8000", "", "", clean.Masked},
		{"masked by dots", "138••••8000", "", "", clean.Masked},
		{"two that are masked", "138****8000/139****9000", "", "", clean.Masked},
		{"hidden whole", "****", "", "", clean.Placeholder},
		{"extension by a letter", "021-62888888x123", "", "", clean.Extension},
		{"extension", "021-62888888转123", "", "", clean.Extension},
		{"extension in English", "021-62888888 ext. 123", "", "", clean.Extension},
		{"extension of an internal line", "021-62888888#8001", "", "", clean.Extension},
		{"two with a slash", "13800138000/13900139000", "", "", clean.Several},
		{"two with a stop of enumeration", "13800138000、13900139000", "", "", clean.Several},
		{"letters of the keys", "1-800-FLOWERS", "", "", clean.NotPhone},
		{"words", "电话13800138000", "", "", clean.NotPhone},
		{"no such country", "+999 123456789", "", "", clean.NoSuchPhone},
		{"damaged", "锟斤拷", "", "", clean.Garbled},
		{"not UTF-8", "1380013800\xff", "", "", clean.NotUTF8},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := clean.Phone(c.text, c.region)
			require.Equal(t, c.err, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestMobile(t *testing.T) {
	got, err := clean.Mobile("138 0013 8000", "CN")
	require.NoError(t, err)
	require.Equal(t, "+8613800138000", got)
	for _, landline := range []string{"010-88888888", "4008123456", "+852 2123 4567"} {
		_, err := clean.Mobile(landline, "CN")
		require.Equal(t, clean.NotMobile, err, landline)
	}
	_, err = clean.Mobile("+1 650 253 0000", "CN")
	require.NoError(t, err, "numbers of the United States do not tell")
}

// library is Phone by the library alone.
func library(text, region string) (number string, mobile, ok bool) {
	n, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false, false
	}
	return phonenumbers.Format(n, phonenumbers.E164), phonenumbers.GetNumberType(n) == phonenumbers.MOBILE, true
}

// The short way for mobiles of China agrees with the library on every series, in each way to write them.
func TestSeries(t *testing.T) {
	known := 0
	for series := range 1000 {
		national := fmt.Sprintf("1%03d%d234567", series, series*7%10)[:11]
		ways := []string{national, "+86" + national}
		if series%7 == 0 {
			ways = append(ways, "86"+national, "0086"+national, "+86 "+national[:3]+" - "+national[3:7]+"-"+national[7:])
		}
		for _, text := range ways {
			want, isMobile, ok := library(text, "CN")
			got, err := clean.Mobile(text, "CN")
			if ok && isMobile {
				require.NoError(t, err, text)
				require.Equal(t, want, got, text)
				known++
			} else {
				require.Error(t, err, text)
			}
		}
	}
	require.Greater(t, known, 1000)
}

// Whatever stands between the digits: a text of digits and the signs that people write is what the library takes it for.
func FuzzPhoneAsLibrary(f *testing.F) {
	for _, s := range []string{"138-0013 8000", "- 13800138000", "138--00138000", "+-8613800138000", "+ 86 138 0013 8000", "0-13800138000", "00 86-13800138000", "86-86138001380", "1 7 4 01234567"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Trim(text, "0123456789-+ ") != "" || strings.TrimSpace(text) == "" {
			t.Skip("the fast way is for digits, dashes and blanks")
		}
		want, _, ok := library(text, "CN")
		got, err := clean.Phone(text, "CN")
		if ok != (err == nil) && err != clean.Placeholder || got != "" && got != want {
			t.Fatalf("Phone(%q) = %q, %v, the library %q, %v", text, got, err, want, ok)
		}
	})
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"13800138000", "+86 138-0013-8000", "００８６１３８００１３８０００", "021-62888888转123", "+852 6123 4567", "+390236618300", "1.38E+10", "+800 1234 5678", "tel:+1;ext=3"} {
		f.Add(s, "CN")
		f.Add(s, "IT")
	}
	f.Fuzz(func(t *testing.T, text, region string) {
		got, err := clean.Phone(text, region)
		if err != nil {
			if _, ok := errors.AsType[clean.Reason](err); !ok || got != "" {
				t.Fatalf("Phone(%q) = %q, %v", text, got, err)
			}
			return
		}
		if len(got) < 5 || got[0] != '+' || strings.Trim(got[1:], "0123456789") != "" {
			t.Fatalf("Phone(%q) = %q is no E.164", text, got)
		}
		for _, other := range []string{region, "CN", "US"} {
			if again, err := clean.Phone(got, other); again != got || err != nil {
				t.Fatalf("Phone(%q) = %q, and of that in %s %q, %v", text, got, other, again, err)
			}
		}
		if want, _, ok := library(got, region); !ok || want != got {
			t.Fatalf("Phone(%q) = %q, the library %q", text, got, want)
		}
	})
}

func BenchmarkPhone(b *testing.B) {
	for name, text := range map[string]string{"mobile": "13800138000", "written": "138 0013-8000", "landline": "010-88888888", "malformed": "1380013800"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = clean.Phone(text, "CN")
			}
		})
	}
}
