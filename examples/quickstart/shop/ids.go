package shop

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/marque-go/marque"
)

// The identifiers that a person has. The second device takes the place of the first.
const (
	device = iota
	device2
	openid
	phone
	member
	adclick
	email
	identifiers
)

var kindNames = [identifiers]string{"device", "device", "openid", "phone", "member", "adclick", "email"}

// An identifier's value is the person's number, scrambled by a bijection: it tells nothing to the eye, and the
// shop finds the person without a table. Phone numbers begin with +8612, which no operator has, and mail goes nowhere.
const mailDomain = "@example.com"

const (
	modulus = 1_000_000_000 // of the nine digits of phone and member numbers
	factor  = 387_420_489   // 3^18, coprime to modulus
	inverse = 513_180_409   // factor · inverse = 1 (mod modulus)
)

// name writes the identifier in slot of the person with that number.
func name(seed uint64, serial, slot int) marque.ID {
	id := marque.ID{Kind: kindNames[slot]}
	short := func() string {
		return kindNames[slot][:1] + strconv.FormatUint(scramble(uint64(serial)<<4|uint64(slot), seed), 36)
	}
	switch slot {
	case phone:
		id.Value = fmt.Sprintf("+8612%09d", scatter(serial, 104_729))
	case member:
		id.Value = fmt.Sprintf("M%09d", scatter(serial, 611_953))
	case email:
		id.Value = short() + mailDomain
	default:
		id.Value = short()
	}
	return id
}

// serial reads what name wrote. It is false for identifiers of elsewhere.
func (s *Shop) serial(id marque.ID) (int, bool) {
	var n int
	switch v := id.Value; id.Kind {
	case "phone":
		if len(v) != 14 || v[:5] != "+8612" {
			return 0, false
		}
		n = gather(v[5:], 104_729)
	case "member":
		if len(v) != 10 || v[0] != 'M' {
			return 0, false
		}
		n = gather(v[1:], 611_953)
	case "device", "openid", "adclick", "email":
		if id.Kind == "email" {
			var ok bool
			if v, ok = strings.CutSuffix(v, mailDomain); !ok {
				return 0, false
			}
		}
		if v == "" || v[0] != id.Kind[0] {
			return 0, false
		}
		x, err := strconv.ParseUint(v[1:], 36, 64)
		if err != nil {
			return 0, false
		}
		x = unscramble(x, s.seed)
		if slot := x & 15; slot >= identifiers || kindNames[slot] != id.Kind || x>>4 >= uint64(len(s.people)) {
			return 0, false
		}
		n = int(x >> 4)
	default:
		return 0, false
	}
	return n, 0 <= n && n < len(s.people)
}

// Person finds the number of the person, in [0, people), to whom one of the identifiers belongs.
func (s *Shop) Person(ids ...marque.ID) (serial int, ok bool) {
	for _, id := range ids {
		if n, ok := s.serial(id); ok {
			return n, true
		}
	}
	return 0, false
}

func scatter(n, add int) int { return int((uint64(n)*factor + uint64(add)) % modulus) }

func gather(text string, add int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return -1
	}
	return int((uint64(n) + modulus - uint64(add)) % modulus * inverse % modulus)
}

// scramble is a bijection of 64 bits: two rounds of multiply and fold.
func scramble(x, seed uint64) uint64 {
	x = (x + seed) * 0x9e3779b97f4a7c15
	x ^= x >> 32
	x *= 0x9e3779b97f4a7c15
	return x ^ x>>32
}

func unscramble(x, seed uint64) uint64 {
	const back = 0xf1de83e19937733d // 0x9e3779b97f4a7c15 · back = 1 (mod 2^64)
	x ^= x >> 32
	x *= back
	x ^= x >> 32
	return x*back - seed
}
