package clean_test

import (
	"errors"
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/profile/clean"
)

func TestEmail(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, c := range []struct {
		name, text, want string
		err              error
	}{
		{"plain", "ann@example.com", "ann@example.com", nil},
		{"case", "Ann@QQ.COM", "ann@qq.com", nil},
		{"full-width", "ａｎｎ＠ｑｑ．ｃｏｍ", "ann@qq.com", nil},
		{"full stop of a Chinese keyboard", "ann@qq。com", "ann@qq.com", nil},
		{"blanks around", "\u3000ann@qq.com\u00a0", "ann@qq.com", nil},
		{"name", "张三 <zhang.san@example.com>", "zhang.san@example.com", nil},
		{"quoted name", `"Zhang, San" <zs@example.com>`, "zs@example.com", nil},
		{"brackets", "<zs@example.com>", "zs@example.com", nil},
		{"dot behind", "ann@example.com.", "ann@example.com", nil},
		{"QQ number", "12345678@qq.com", "12345678@qq.com", nil},
		{"signs", "o'neil_+x-1@example.com", "o'neil_+x-1@example.com", nil},
		{"domain of China", "a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s", nil},
		{"the same in the DNS", "a@xn--fsqu00a.xn--fiqs8s", "a@xn--fsqu00a.xn--fiqs8s", nil},
		{"all Chinese", "用户@例子。中国", "用户@xn--fsqu00a.xn--fiqs8s", nil},
		{"sharp s is a letter of its own", "a@straße.de", "a@xn--strae-oqa.de", nil},
		{"composed", "e\u0301@example.com", "\u00e9@example.com", nil},
		{"64 before the @", long + "a@example.com", long + "a@example.com", nil},
		{"65 before the @", long + "aa@example.com", "", clean.TooLong},
		{"a label of 64", "a@" + long + "a.com", "", clean.TooLong},
		{"254 in all", long + "@" + long + "." + long + "." + strings.Repeat("b", 58) + ".com", long + "@" + long + "." + long + "." + strings.Repeat("b", 58) + ".com", nil},
		{"255 in all", long + "a@" + long + "." + long + "." + strings.Repeat("b", 58) + ".com", "", clean.TooLong},
		{"empty", "", "", clean.Empty},
		{"N/A", "N/A", "", clean.Placeholder},
		{"no @", "ann.example.com", "", clean.NotEmail},
		{"nobody", "@example.com", "", clean.NotEmail},
		{"nowhere", "ann@", "", clean.NotEmail},
		{"two @", "a@b@example.com", "", clean.NotEmail},
		{"dots in a row", "a..b@example.com", "", clean.NotEmail},
		{"dot before the @", "a.@example.com", "", clean.NotEmail},
		{"comma for a dot", "ann@qq,com", "", clean.NotEmail},
		{"quoted", `"a b"@example.com`, "", clean.NotEmail},
		{"mailto", "mailto:a@example.com", "", clean.NotEmail},
		{"masked", "a***@qq.com", "", clean.Masked},
		{"masked behind a name", "Ann <138****8000@163.com>", "", clean.Masked},
		{"stars in a name", "**Ann** <ann@qq.com>", "ann@qq.com", nil},
		{"two with a comma", "a@example.com,b@example.com", "", clean.Several},
		{"two with a semicolon", "a@example.com；b@example.com", "", clean.Several},
		{"no dot", "a@localhost", "", clean.NoSuchHost},
		{"IP address", "a@1.2.3.4", "", clean.NoSuchHost},
		{"IP address in brackets", "a@[1.2.3.4]", "", clean.NoSuchHost},
		{"underscore", "a@x_y.com", "", clean.NoSuchHost},
		{"dash in front", "a@-x.com", "", clean.NoSuchHost},
		{"dots in a row behind", "a@x..com", "", clean.NoSuchHost},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := clean.Email(c.text, nil)
			require.Equal(t, c.err, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestEmailOptions(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          clean.EmailOptions
		want       string
	}{
		{"case kept", "Ann@QQ.com", clean.EmailOptions{KeepCase: true}, "Ann@qq.com"},
		{"Gmail", "A.nn.+shop@GoogleMail.com", clean.EmailOptions{Gmail: true}, "ann@gmail.com"},
		{"Gmail elsewhere", "a.nn+shop@qq.com", clean.EmailOptions{Gmail: true}, "a.nn+shop@qq.com"},
		{"Plus", "a.nn.+shop+x@qq.com", clean.EmailOptions{Plus: true}, "a.nn@qq.com"},
		{"default", "a.nn+shop@gmail.com", clean.EmailOptions{}, "a.nn+shop@gmail.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := clean.Email(c.text, &c.o)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	_, err := clean.Email("+shop@gmail.com", &clean.EmailOptions{Gmail: true})
	require.Equal(t, clean.NotEmail, err)
}

func FuzzEmail(f *testing.F) {
	for _, s := range []string{"Ann@QQ.com", "张三 <a@例子.中国>", `"a b"@x.com`, "a@x.com.", "a@b@c.com", "ａ＠ｂ．ｃ", "a@xn--0.com", "İ.ß+x@straße.de", "a (b)@c.de", "ſ@K.de"} {
		f.Add(s, false, false, false)
		f.Add(s, true, true, true)
	}
	f.Fuzz(func(t *testing.T, text string, keep, gmail, plus bool) {
		o := &clean.EmailOptions{KeepCase: keep, Gmail: gmail, Plus: plus}
		got, err := clean.Email(text, o)
		if err != nil {
			if _, ok := errors.AsType[clean.Reason](err); !ok || got != "" {
				t.Fatalf("Email(%q) = %q, %v", text, got, err)
			}
			return
		}
		if again, err := clean.Email(got, o); again != got || err != nil {
			t.Fatalf("Email(%q) = %q, and of that %q, %v", text, got, again, err)
		}
		if a, err := mail.ParseAddress(got); err != nil || a.Address != got || a.Name != "" {
			t.Fatalf("Email(%q) = %q, net/mail: %v, %v", text, got, a, err)
		}
		_, host, _ := strings.Cut(got, "@")
		if len(got) > 254 || strings.ToLower(host) != host || strings.ContainsFunc(host, func(r rune) bool { return r > '~' || r <= ' ' }) {
			t.Fatalf("Email(%q) = %q", text, got)
		}
	})
}

func BenchmarkEmail(b *testing.B) {
	for name, text := range map[string]string{"plain": "Ann.Li@example.com", "name": "Ann <ann@example.com>", "chinese": "a@例子.中国"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = clean.Email(text, nil)
			}
		})
	}
}
