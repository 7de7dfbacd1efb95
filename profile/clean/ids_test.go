package clean_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/clean"
)

func TestIDs(t *testing.T) {
	for _, c := range []struct {
		kind, value, want string
		err               error
	}{
		{"phone", "138 0013 8000", "+8613800138000", nil},
		{"email", "Ann@QQ.com", "ann@qq.com", nil},
		{"openid", " o6_bmjrPTlm6_2sgVt7hMZOPfL2M\n", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", nil},
		{"idfa", "AEBE52E7-03EE-455A-B3C4-E57283966239", "aebe52e7-03ee-455a-b3c4-e57283966239", nil},
		{"idfa", "00000000-0000-0000-0000-000000000000", "", clean.Placeholder},
		{"member", `="000123"`, "000123", nil},
		{"member", "1.00023E+11", "", clean.Scientific},
		{"member", "12 34", "", clean.Blank},
		{"member", "VIP****01", "", clean.Masked},
		{"phone", "138****8000", "", clean.Masked},
		{"card", "ＶＩＰ００１", "VIP001", nil},
		{"openid", "undefined", "", clean.Placeholder},
		{"openid", "a\x00b", "", clean.Control},
		{"phone", "021-62888888转1", "", clean.Extension},
	} {
		got, err := clean.IDs(nil)(marque.ID{Kind: c.kind, Value: c.value})
		require.ErrorIs(t, err, c.err, c.value)
		if c.err == nil {
			require.Equal(t, marque.ID{Kind: c.kind, Value: c.want}, got)
		} else {
			require.NotContains(t, err.Error(), c.value, "personal data")
		}
	}
}

func TestIDsOptions(t *testing.T) {
	o := &clean.Options{Region: "HK", Kinds: clean.Kinds(), Rest: clean.AsIs}
	o.Kinds["card"] = clean.AsUpper
	ids := clean.IDs(o)
	o.Kinds["card"] = clean.AsEmail // later changes are not seen
	for in, want := range map[marque.ID]string{
		{Kind: "phone", Value: "61234567"}: "+85261234567",
		{Kind: "card", Value: "vip 1"}:     "",
		{Kind: "card", Value: "vip1"}:      "VIP1",
		{Kind: "other", Value: " x "}:      " x ",
	} {
		got, err := ids(in)
		require.Equal(t, want == "", err != nil)
		require.Equal(t, want, got.Value)
	}
	_, err := clean.IDs(&clean.Options{Region: "Cn", Kinds: map[string]clean.Form{"b": "phnoe", "a": "x"}, Rest: "y"})(marque.ID{Kind: "a", Value: "1"})
	require.EqualError(t, err, `clean: options: region: "Cn": no region has this code, as CN or HK
kinds.a: no form "x": want text, ident, lower, upper, phone, mobile, email, number, integer, date, time, as_is
kinds.b: no form "phnoe", did you mean "phone"?
rest: no form "y": want text, ident, lower, upper, phone, mobile, email, number, integer, date, time, as_is`)
}

// Many goroutines share one function.
func TestIDsTogether(t *testing.T) {
	ids := clean.IDs(nil)
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 50 {
				got, err := ids(marque.ID{Kind: "phone", Value: fmt.Sprintf("010-8888 %04d", 100*g+i)})
				if want := fmt.Sprintf("+86108888%04d", 100*g+i); err != nil || got.Value != want {
					t.Errorf("%v, %v, want %s", got, err, want)
				}
			}
		})
	}
	wait.Wait()
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		text, want string
		err        error
	}{
		{"  张　三\u200b\r\n", "张 三", nil},
		{"ＡＢ（１）ｶﾞ", "AB(1)\u30ac", nil},
		{"👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", nil},
		{"\ufeff\u202a\u202c", "", clean.Empty},
		{"a\x1bb", "", clean.Control},
		{"锟\u200b斤拷", "", clean.Garbled},
		{"\ufffd", "", clean.Garbled},
		{"\xff", "", clean.NotUTF8},
	} {
		got, err := clean.Text(c.text)
		require.Equal(t, c.err, err, c.text)
		require.Equal(t, c.want, got)
	}
}

// Every form gives back what it gave, whatever it was made of.
func FuzzForms(f *testing.F) {
	for _, s := range []string{"13800138000", "a@x.com", "￥1,234.50", "2026年5月1日 9:30", "2026-5-3 下午3:05:07.5", "￥5元", "138****8000", "＇=\"1\"", "ŉİK", "ﾊﾟ", "1.0E+5", "00", "RMB¥-5", "2026-05-01T24:00:00Z", "锟\u200b斤拷"} {
		f.Add(s)
	}
	forms := []clean.Form{clean.AsText, clean.AsIdent, clean.AsLower, clean.AsUpper, clean.AsPhone, clean.AsMobile, clean.AsEmail, clean.AsNumber, clean.AsInteger, clean.AsDate, clean.AsTime, clean.AsIs}
	o := &clean.Options{Kinds: map[string]clean.Form{}}
	for _, form := range forms {
		o.Kinds[string(form)] = form
	}
	ids := clean.IDs(o)
	f.Fuzz(func(t *testing.T, text string) {
		for _, form := range forms {
			id, err := ids(marque.ID{Kind: string(form), Value: text})
			if err != nil {
				if _, ok := errors.AsType[clean.Reason](err); !ok {
					t.Fatalf("%s of %q: %v", form, text, err)
				}
				continue
			}
			if again, err := ids(id); again != id || err != nil {
				t.Fatalf("%s of %q is %q, and of that %q, %v", form, text, id.Value, again.Value, err)
			}
			if form != clean.AsIs && (id.Value == "" || strings.TrimSpace(id.Value) != id.Value) {
				t.Fatalf("%s of %q is %q", form, text, id.Value)
			}
		}
	})
}
