package clean

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The sizes of RFC 5321, sections 4.5.3.1.1 and 2, in octets: a path of 256 has two for its brackets.
const (
	maxLocal   = 64
	maxHost    = 253
	maxLabel   = 63
	maxAddress = 254
)

// EmailOptions of Email. The zero value works.
type EmailOptions struct {
	// KeepCase leaves the case before the @ as it is: by RFC 5321 two mailboxes may differ by it, though hardly any host
	// has such. Default the letters A to Z become small.
	KeepCase bool `json:"keepCase,omitempty"`
	// Gmail takes the dots and what follows a plus sign out of addresses of gmail.com, to which they do not matter, and
	// makes gmail.com of googlemail.com. Default such addresses stay apart.
	Gmail bool `json:"gmail,omitempty"`
	// Plus takes out what follows a plus sign in addresses of all hosts: "ann+shop@example.com". Most hosts deliver both
	// to one mailbox, not all do. Default such addresses stay apart.
	Plus bool `json:"plus,omitempty"`
}

// Email is the bare address of one mailbox: "ann@example.com". What net/mail takes for an address is one, in full-width
// characters too (ａｎｎ＠ｑｑ．ｃｏｍ); a name beside it goes ("Ann <ann@example.com>"). The host becomes small letters
// and, where it is not ASCII, the form of the DNS (idna.Lookup, non-transitional: 例子.中国 is xn--fsqu00a.xn--fiqs8s);
// the dot behind it goes. Before the @ letters outside ASCII stay, composed (NFC).
//
// More than one address is Several; quoted names, IP addresses in brackets and hosts without a dot are refused as
// NotEmail and NoSuchHost, what is beyond the sizes of RFC 5321 as TooLong, and two stars in a row before the @ as Masked:
// a***@qq.com is many people. Nobody is asked whether the mailbox exists. The other reasons are Empty, Placeholder and
// those of Text. What Email gives, it gives back as it is.
func Email(text string, o *EmailOptions) (string, error) {
	t, err := Text(text)
	if err != nil {
		return "", err
	}
	if t = unquote(t); t == "" {
		return "", Empty
	}
	if isPlaceholder(t) {
		return "", Placeholder
	}
	local, host, ok := simple(t)
	if !ok {
		if local, host, err = parse(t); err != nil {
			return "", err
		}
		if masked(local, "*") {
			return "", Masked
		}
	}
	if o == nil {
		o = &EmailOptions{}
	}
	if host, err = domain(host); err != nil {
		return "", err
	}
	if local = o.local(local, &host); local == "" {
		return "", NotEmail
	}
	if len(local) > maxLocal || len(local)+1+len(host) > maxAddress {
		return "", TooLong
	}
	return local + "@" + host, nil
}

// simple splits an address of letters, digits and ._+- , which nearly all are, without a parser.
func simple(t string) (local, host string, ok bool) {
	at := strings.IndexByte(t, '@')
	if at <= 0 || at == len(t)-1 {
		return "", "", false
	}
	dot := true
	for i := range at {
		c := t[i]
		switch {
		case c == '.' && dot:
			return "", "", false
		case c == '.' || c == '_' || c == '+' || c == '-' || letter(c) || c >= '0' && c <= '9':
			dot = c == '.'
		default:
			return "", "", false
		}
	}
	for i := at + 1; i < len(t); i++ {
		if c := t[i]; c != '.' && c != '-' && !letter(c) && (c < '0' || c > '9') {
			return "", "", false
		}
	}
	return t[:at], t[at+1:], !dot
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// parse asks net/mail, which knows names, comments and quotes.
func parse(t string) (local, host string, err error) {
	// The stop of Chinese keyboards is a dot for the DNS and a letter for mail.
	if at := strings.LastIndexByte(t, '@'); at >= 0 {
		t = t[:at] + strings.ReplaceAll(t[at:], "。", ".")
		t = strings.TrimSuffix(t, ".")
		t = strings.Replace(t, ".>", ">", 1)
	}
	a, err := mail.ParseAddress(t)
	if err != nil {
		for _, comma := range []string{",", ";", "、", "/", " ", "，", "；"} {
			if addresses(strings.Split(t, comma)) > 1 {
				return "", "", Several
			}
		}
		return "", "", NotEmail
	}
	at := strings.LastIndexByte(a.Address, '@')
	local, host = a.Address[:at], a.Address[at+1:]
	// What would have to be quoted is no name that a person has.
	if again, err := mail.ParseAddress("<" + local + "@x.yz>"); err != nil || again.Address != local+"@x.yz" {
		return "", "", NotEmail
	}
	return local, host, nil
}

func addresses(parts []string) (n int) {
	for _, p := range parts {
		if at := strings.IndexByte(p, '@'); at > 0 && at < len(p)-1 {
			n++
		}
	}
	return n
}

// domain is a host in the form of the DNS.
func domain(host string) (string, error) {
	host = strings.TrimSuffix(host, ".")
	if len(host) > 4*maxHost {
		return "", TooLong
	}
	host, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", NoSuchHost
	}
	if len(host) > maxHost {
		return "", TooLong
	}
	last, labels := "", 0
	for label := range strings.SplitSeq(host, ".") {
		switch {
		case label == "":
			return "", NoSuchHost
		case len(label) > maxLabel:
			return "", TooLong
		}
		last = label
		labels++
	}
	if labels < 2 || strings.Trim(last, "0123456789") == "" {
		return "", NoSuchHost
	}
	return host, nil
}

// local is the part before the @ by the options; "" where nothing is left.
func (o *EmailOptions) local(local string, host *string) string {
	gmail := o.Gmail && (*host == "gmail.com" || *host == "googlemail.com")
	if gmail || o.Plus {
		local, _, _ = strings.Cut(local, "+")
	}
	if gmail {
		*host = "gmail.com"
		local = strings.ReplaceAll(local, ".", "")
	}
	local = strings.TrimSuffix(local, ".") // of "ann.+shop"
	if o.KeepCase || strings.IndexFunc(local, func(r rune) bool { return r >= 'A' && r <= 'Z' }) < 0 {
		return local
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, local)
}
