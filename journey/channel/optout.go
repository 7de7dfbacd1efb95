package channel

import (
	"slices"
	"strings"
	"unicode"
)

// optOuts are the answers by which people leave lists of text messages: those that Chinese operators prescribe at the
// end of commercial messages (退订回T, 拒收请回复R), and the keywords of the CTIA Messaging Principles.
var optOuts = []string{
	"退订", "取消订阅", "拒收", "T", "TD", "N", "R", "QX", "0000", "00000",
	"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "OPT-OUT", "REVOKE",
}

// OptOut reports whether an answer to a text message asks for no more: one of the words 退订, 取消订阅, 拒收, T, TD, N, R,
// QX, 0000, 00000, STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, OPTOUT, OPT-OUT, REVOKE and nothing else, in upper or
// lower case, full or half width, with punctuation around it or 回复 or 回 before it. A sentence that has such a word in
// it is not one: "stop by tomorrow".
func OptOut(text string) bool {
	if len(text) > 200 {
		return false
	}
	edge := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	word := strings.TrimFunc(strings.ToUpper(strings.Map(half, text)), edge)
	word = strings.TrimFunc(strings.TrimPrefix(strings.TrimPrefix(word, "回复"), "回"), edge)
	return slices.Contains(optOuts, word)
}

// half is the narrow form of the wide forms of ASCII.
func half(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}
