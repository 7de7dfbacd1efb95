package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Text is a text as people meant it: full-width letters, digits and signs become ASCII and half-width kana full
// (Unicode's width folding), letters and their accents one (NFC), marks that nobody sees go (zero-width spaces, byte order marks, directions that address
// books wrap around numbers), blanks at the ends go and those within become one space each. Case stays.
//
// A text that is empty then is Empty; one with control characters other than blanks is Control, one whose encoding was
// lost on the way Garbled.
func Text(text string) (string, error) {
	if plain(text) {
		return text, nil
	}
	if !utf8.ValidString(text) {
		return "", NotUTF8
	}
	var b strings.Builder
	b.Grow(len(text))
	gap := false
	for _, r := range width.Fold.String(text) {
		switch {
		case unicode.IsSpace(r):
			gap = true
			continue
		case invisible(r):
			continue
		case unicode.IsControl(r):
			return "", Control
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	t := norm.NFC.String(b.String())
	switch {
	case t == "":
		return "", Empty
	case strings.ContainsRune(t, utf8.RuneError) || strings.Contains(t, "锟斤拷"): // the first, taken for GBK
		return "", Garbled
	}
	return t, nil
}

// invisible reports whether r is a mark without ink that means nothing between letters and digits. The joiners of emoji
// and scripts are none: names have them.
func invisible(r rune) bool {
	switch {
	case r == 0xAD, r == 0x180E, r == 0x200B, r == 0x200E, r == 0x200F, r == 0xFEFF:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2064, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// plain reports whether a text is printable ASCII without blanks, which Text leaves alone.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c > '~' {
			return false
		}
	}
	return text != ""
}

// Missing reports whether a text stands for nothing: blanks, "null", "N/A", "无", "空", "-", zeros. It is what programs,
// forms and people leave in a column where there is no value.
func Missing(text string) bool {
	t, err := Text(text)
	return err == Empty || err == nil && isPlaceholder(t)
}

// isPlaceholder looks at a text that Text gave.
func isPlaceholder(text string) bool {
	if strings.Trim(text, "-_./\\*?—") == "" || len(text) > 1 && strings.Trim(text, "0-.: +") == "" {
		return true
	}
	if len(text) > 12 {
		return false
	}
	switch strings.ToLower(text) {
	case "null", "(null)", "nil", "none", "nan", "n/a", "#n/a", "na", "undefined", "unknown", "anonymous", "\\n",
		"无", "空", "暂无", "没有", "未知", "未填", "未填写", "不详":
		return true
	}
	return false
}

// Ident is an identifier that is a word: an openid, a unionid, a device, a member number. It is Text without blanks
// within, which is Blank, and without the quote or the formula (="00123") by which spreadsheets keep zeros in front.
// Placeholders and zeros only are refused, and so are numbers in scientific notation, whose digits are gone, and words with
// two stars in a row, which are Masked.
func Ident(text string) (string, error) {
	t, err := Text(text)
	if err != nil {
		return "", err
	}
	t = unquote(t)
	switch {
	case t == "":
		return "", Empty
	case strings.Contains(t, " "):
		return "", Blank
	case isPlaceholder(t):
		return "", Placeholder
	case scientific(t):
		return "", Scientific
	case masked(t, "*"):
		return "", Masked
	}
	return t, nil
}

// masked reports whether one of the marks is there twice in a row, as in 138****8000: many people are then one text.
func masked(t, marks string) bool {
	before := rune(-1)
	for _, r := range t {
		if r == before && strings.ContainsRune(marks, r) {
			return true
		}
		before = r
	}
	return false
}

// unquote takes off what spreadsheets put around a number to keep it a text.
func unquote(t string) string {
	for {
		switch {
		case len(t) >= 3 && strings.HasPrefix(t, `="`) && strings.HasSuffix(t, `"`):
			t = strings.TrimSpace(t[2 : len(t)-1])
		case strings.HasPrefix(t, "'"):
			t = strings.TrimSpace(t[1:])
		default:
			return t
		}
	}
}

// scientific reports whether t is a number as in 1.38E+10.
func scientific(t string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(t), "E+")
	if !ok || exponent == "" || strings.Trim(exponent, "0123456789") != "" {
		return false
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	return len(whole) == 1 && strings.Trim(whole+fraction, "0123456789") == ""
}
