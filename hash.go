package marque

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

const keySymbols = "0123456789abcdefghjkmnpqrstvwxyz"

// Key derives an identifier from its parts: the first 160 bits of SHA-256 over each part led by its length,
// as 32 symbols of lower-case Crockford base 32. Different lists of parts give different keys, and the same
// list gives the same key on every machine and in every version.
func Key(parts ...string) string {
	var stack [256]byte
	buf := stack[:0]
	for _, p := range parts {
		buf = binary.AppendUvarint(buf, uint64(len(p)))
		buf = append(buf, p...)
	}
	sum := sha256.Sum256(buf)
	var out [32]byte
	for i := range 4 { // five bytes are eight symbols
		b := sum[5*i : 5*i+5]
		v := uint64(b[0])<<32 | uint64(b[1])<<24 | uint64(b[2])<<16 | uint64(b[3])<<8 | uint64(b[4])
		o := out[8*i : 8*i+8]
		o[0], o[1], o[2], o[3] = keySymbols[v>>35&31], keySymbols[v>>30&31], keySymbols[v>>25&31], keySymbols[v>>20&31]
		o[4], o[5], o[6], o[7] = keySymbols[v>>15&31], keySymbols[v>>10&31], keySymbols[v>>5&31], keySymbols[v&31]
	}
	return string(out[:])
}

// Buckets is the number of buckets that Bucket spreads units over: a share of 1 ppm is one bucket.
const Buckets = 1_000_000

// Bucket is the one hash behind every split, hold-out and experiment of the library: a number in
// [0, Buckets) that depends on seed and unit only. Different seeds are independent of each other.
// A share s of units is the range [0, s·Buckets). It does not allocate.
//
// It is FNV-1a (64 bit, draft-eastlake-fnv) over the seed, the mixer of MurmurHash3 (fmix64), FNV-1a over the
// unit from there, fmix64 again, and the high half of the product with Buckets.
func Bucket(seed, unit string) uint32 { return NewSplit(seed).Bucket(unit) }

// A Split is a prepared seed of Bucket, for use in hot paths.
type Split struct{ state uint64 }

// NewSplit prepares a seed.
func NewSplit(seed string) Split { return Split{mix(fnv(14695981039346656037, seed))} }

// Hash is the 64 bits behind Bucket, for who needs a finer number.
func (s Split) Hash(unit string) uint64 { return mix(fnv(s.state, unit)) }

// Bucket is Bucket(seed, unit).
func (s Split) Bucket(unit string) uint32 {
	return uint32((s.Hash(unit) >> 32) * Buckets >> 32)
}

func fnv(h uint64, s string) uint64 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
