package channel

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// A seal hides and signs tokens: AES-256-GCM under a key that is derived from a secret, with a nonce that is an HMAC of
// the contents under another. So the same contents are the same token, and a nonce comes twice for them alone.
type seal struct {
	aead  cipher.AEAD
	nonce []byte
}

func newSeal(secret []byte) (seal, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "marque/unsubscribe/seal/1", 32)
	if err != nil {
		return seal{}, err
	}
	nonce, err := hkdf.Key(sha256.New, secret, nil, "marque/unsubscribe/nonce/1", 32)
	if err != nil {
		return seal{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return seal{}, err
	}
	aead, err := cipher.NewGCM(block)
	return seal{aead, nonce}, err
}

// Token is the subscription, signed and hidden: whoever reads the link in a log, a proxy or a forwarded mail does not
// learn the person's id, and cannot make one for somebody else. The same subscription is the same token.
func (u *Unsubscribe) Token(s Subscription) string {
	var plain []byte
	for _, part := range []string{s.Profile, s.Channel, s.Topic, s.Message} {
		plain = binary.AppendUvarint(plain, uint64(len(part)))
		plain = append(plain, part...)
	}
	first := u.seals[0]
	m := hmac.New(sha256.New, first.nonce)
	m.Write(plain)
	nonce := m.Sum(nil)[:first.aead.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(first.aead.Seal(nonce, nonce, plain, nil))
}

// Open reads a token, and is false for one that none of the secrets sealed.
func (u *Unsubscribe) Open(token string) (Subscription, bool) {
	if len(token) > 4096 || strings.ContainsAny(token, "\r\n") {
		return Subscription{}, false
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return Subscription{}, false
	}
	for _, s := range u.seals {
		n := s.aead.NonceSize()
		if len(sealed) < n {
			return Subscription{}, false
		}
		if plain, err := s.aead.Open(nil, sealed[:n], sealed[n:], nil); err == nil {
			return unpack(plain)
		}
	}
	return Subscription{}, false
}

// unpack reads the contents of a token.
func unpack(plain []byte) (Subscription, bool) {
	var parts [4]string
	for i := range parts {
		size, n := binary.Uvarint(plain)
		if n <= 0 || size > uint64(len(plain)-n) {
			return Subscription{}, false
		}
		parts[i], plain = string(plain[n:n+int(size)]), plain[n+int(size):]
	}
	return Subscription{parts[0], parts[1], parts[2], parts[3]}, len(plain) == 0
}
