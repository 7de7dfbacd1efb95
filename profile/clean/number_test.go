package clean_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/profile/clean"
)

func TestDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-0.00": "0", "007": "7", "+7": "7", "12.340": "12.34", "－１２．５": "-12.5", "1,234,567.8": "1234567.8", "1,2345,6789": "123456789",
		"￥1,234.50": "1234.5", "¥ -5": "-5", "-¥5": "-5", "RMB12": "12", "12元": "12", "人民币 12": "12", "12.30 CNY": "12.3", `="0012"`: "12",
		"HK$5": "5", "100元整": "100", "−3": "-3", "0.00": "0", "￥1,234.50元": "1234.5", "-RMB 12 元": "-12", "人民币100元整": "100",
		"¥-5元": "-5", "￥500日元": "500",
	} {
		got, err := clean.Decimal(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, want := range map[string]clean.Reason{
		"": clean.Empty, "-": clean.Placeholder, "N/A": clean.Placeholder, "1.5E+05": clean.Scientific, "1e5": clean.NotNumber, "12%": clean.NotNumber,
		"(12)": clean.NotNumber, "1,23": clean.NotNumber, "1234,567": clean.NotNumber, ",123": clean.NotNumber, "1,234,56": clean.NotNumber,
		"1.2.3": clean.NotNumber, "--1": clean.NotNumber, "-¥-5": clean.NotNumber, "$5元": clean.NotNumber, "RMB5美元": clean.NotNumber, "¥元": clean.NotNumber, "¥": clean.NotNumber, "1.": clean.NotNumber, ".5": clean.NotNumber,
		"约12": clean.NotNumber, "12345678901234567890123456789012345678901": clean.TooLong,
	} {
		_, err := clean.Decimal(text)
		require.Equal(t, want, err, text)
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		want           int64
	}{
		{"12.34", "CNY", 1234}, {"12.3400", "CNY", 1234}, {"0.07", "CNY", 7}, {"-￥0.01", "CNY", -1}, {"￥500", "JPY", 500}, {"US$1.10", "USD", 110},
		{"￥1,234.50元", "CNY", 123450}, {"￥500日元", "JPY", 500},
		{"92233720368547758.07", "CNY", 9223372036854775807},
	} {
		got, err := clean.Money(c.text, c.currency)
		require.NoError(t, err, c.text)
		require.EqualValues(t, c.want, got, c.text)
	}
	for _, text := range []string{"12.345", "92233720368547758.08", "$1", "100日元", "￥100日元"} {
		_, err := clean.Money(text, "CNY")
		require.Error(t, err, text)
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct{ text, date, time string }{
		{"2026-05-01", "2026-05-01", "2026-05-01 00:00:00"},
		{"2026/5/1", "2026-05-01", "2026-05-01 00:00:00"},
		{"2026.5.1", "2026-05-01", "2026-05-01 00:00:00"},
		{"２０２６年５月１日", "2026-05-01", "2026-05-01 00:00:00"},
		{"20260501", "2026-05-01", "2026-05-01 00:00:00"},
		{"2026-05-01 00:00:00", "2026-05-01", "2026-05-01 00:00:00"},
		{"2026/5/1 9:30", "", "2026-05-01 09:30:00"},
		{"2026年5月1日 9时30分", "", "2026-05-01 09:30:00"},
		{"20260501093000", "", "2026-05-01 09:30:00"},
		{"2026-05-01T09:30:00+08:00", "", "2026-05-01T09:30:00+08:00"},
		{"2026-05-01 09:30:00.5", "", "2026-05-01 09:30:00.5"},
		{"2024-02-29", "2024-02-29", "2024-02-29 00:00:00"},
		{"2026-02-29", "", ""},
		{"1/2/2026", "", ""},
		{"2026-5-3", "2026-05-03", "2026-05-03 00:00:00"},
		{"2026-5-3 9:05", "", "2026-05-03 09:05:00"},
		{"2026.5.3 09:05", "", "2026-05-03 09:05:00"},
		{"2026/5/3T9:05:07.25", "", "2026-05-03 09:05:07.25"},
		{"2026年5月3日9时05分", "", "2026-05-03 09:05:00"},
		{"2026年5月3日 0时00分00秒", "2026-05-03", "2026-05-03 00:00:00"},
		{"2026/5/3 下午 3:05", "", "2026-05-03 15:05:00"},
		{"2026年5月3日下午3时05分", "", "2026-05-03 15:05:00"},
		{"2026-5-3 上午11:59:59", "", "2026-05-03 11:59:59"},
		{"2026/5/3 下午12:05", "", "2026-05-03 12:05:00"},
		{"2026/5/3 上午12:05", "", "2026-05-03 00:05:00"},
		{"2026/5/3 下午15:05", "", ""},
		{"2026/5/3 上午下午3:05", "", ""},
		{"2026/5/3 下午上午3:05", "", ""},
		{"2026/5/3 晚上8:05", "", ""},
		{"2026/5/3 24:00", "", ""},
		{"2026/5/3T", "", ""},
		{"20260230093000", "", ""},
		{"0000/5/3 9:05", "", ""},
		{"昨天", "", ""},
	} {
		date, err := clean.Date(c.text)
		require.Equal(t, c.date, date, c.text)
		require.Equal(t, c.date == "", err == clean.NotDate, c.text)
		at, err := clean.Time(c.text)
		require.Equal(t, c.time, at, c.text)
		require.Equal(t, c.time == "", err == clean.NotTime, c.text)
	}
	_, err := clean.Date("0000-00-00")
	require.Equal(t, clean.Placeholder, err)
	for _, text := range []string{"46143", "46142.39", " ４６１４３ "} {
		_, err := clean.Date(text)
		require.Equal(t, clean.Serial, err, text)
		_, err = clean.Time(text)
		require.Equal(t, clean.Serial, err, text)
	}
	for _, text := range []string{"4614", "461430", "46143.", "06143", "46143.x"} {
		_, err := clean.Time(text)
		require.Equal(t, clean.NotTime, err, text)
	}
}

func TestMask(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "张三": "****", "1234567": "1****7", "12345678": "12****78", "13800138000": "138****8000", "+8613800138000": "+86138****8000",
		"+85261234567": "+85****4567", "ann@qq.com": "a***@qq.com", "王五@例子.中国": "王***@例子.中国", "a@x.com,b@y.com": "a@x****.com", "@x.com": "@****m",
	} {
		require.Equal(t, want, clean.Mask(value), value)
	}
}

func TestMissing(t *testing.T) {
	for _, text := range []string{"", "\u3000", "NULL", " n/a ", "无", "空", "-", "--", "0000", "00000000-0000-0000-0000-000000000000", "#N/A", "\\N", "未知", "\ufeff"} {
		require.True(t, clean.Missing(text), text)
	}
	for _, text := range []string{"0", "1", "无锡", "nullable", "a-", "\xff"} {
		require.False(t, clean.Missing(text), text)
	}
}
