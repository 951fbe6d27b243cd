package value

import (
	"encoding/binary"
	"encoding/json"
	"math/big"
	"math/bits"
	"strings"
)

// A Sum adds numbers exactly, whatever their size and decimals. The zero Sum is
// zero. Its size is that of its widest number.
type Sum struct {
	high    int64 // unscaled, in 128 bits, while it fits
	low     uint64
	scale   int // decimals
	wide    *big.Int
	counted int64
}

// AddInt adds an integer.
func (s *Sum) AddInt(n int64) { s.AddShort(Short{Unscaled: n}) }

// Add adds a number in plain notation.
func (s *Sum) Add(plain string) {
	if unscaled, scale, ok := smallDigits(plain); ok {
		s.AddShort(Short{unscaled, scale})
		return
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	n, _ := new(big.Int).SetString(whole+fraction, 10)
	if n == nil { // not plain, which callers must not pass: nothing is added
		return
	}
	s.addWide(n, len(fraction))
}

// AddShort adds a number whose decimals are known.
func (s *Sum) AddShort(n Short) {
	more := s.scale - n.Scale
	if s.wide != nil || more < 0 || more >= len(tens) {
		s.addWide(big.NewInt(n.Unscaled), n.Scale)
		return
	}
	size := uint64(n.Unscaled)
	if n.Unscaled < 0 {
		size = -size
	}
	high, low := bits.Mul64(size, tens[more])
	if n.Unscaled < 0 {
		var borrow uint64
		low, borrow = bits.Sub64(0, low, 0)
		high, _ = bits.Sub64(0, high, borrow)
	}
	low, carry := bits.Add64(s.low, low, 0)
	total := s.high + int64(high) + int64(carry)
	if (s.high < 0) == (int64(high) < 0) && (total < 0) != (s.high < 0) {
		s.addWide(big.NewInt(n.Unscaled), n.Scale)
		return
	}
	s.high, s.low = total, low
	s.counted++
}

// tens are the powers of ten that 64 bits hold.
var tens = func() (all [20]uint64) {
	all[0] = 1
	for i := 1; i < len(all); i++ {
		all[i] = 10 * all[i-1]
	}
	return all
}()

// smallDigits reads up to 18 digits without their point.
func smallDigits(plain string) (unscaled int64, scale int, ok bool) {
	digits, negative := strings.CutPrefix(plain, "-")
	if len(digits) > 18 {
		return 0, 0, false
	}
	point := -1
	for i := range len(digits) {
		if digits[i] == '.' {
			point = i
			continue
		}
		unscaled = unscaled*10 + int64(digits[i]-'0')
	}
	if point >= 0 {
		scale = len(digits) - point - 1
	}
	if negative {
		unscaled = -unscaled
	}
	return unscaled, scale, true
}

// addWide adds a number of any size, and goes back to the small form where it can.
func (s *Sum) addWide(n *big.Int, scale int) {
	total := s.wide
	if total == nil {
		total = s.unscaled()
	}
	raise(total, scale-s.scale)
	raise(n, s.scale-scale)
	s.scale = max(s.scale, scale)
	s.set(total.Add(total, n))
	s.counted++
}

// set takes a value of any size in its smallest form.
func (s *Sum) set(unscaled *big.Int) {
	s.high, s.low, s.wide = 0, 0, nil
	if unscaled.BitLen() > 127 {
		s.wide = unscaled
		return
	}
	var bytes [16]byte
	unscaled.FillBytes(bytes[:]) // of the size without the sign
	s.high, s.low = int64(binary.BigEndian.Uint64(bytes[:8])), binary.BigEndian.Uint64(bytes[8:])
	if unscaled.Sign() < 0 {
		s.negate()
	}
}

func (s *Sum) negate() {
	low, borrow := bits.Sub64(0, s.low, 0)
	s.high, s.low = -s.high-int64(borrow), low
}

func raise(n *big.Int, places int) {
	if places > 0 {
		n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
	}
}

// Clone is a copy that shares no memory with s.
func (s *Sum) Clone() Sum {
	other := *s
	if s.wide != nil {
		other.wide = new(big.Int).Set(s.wide)
	}
	return other
}

// sumState is a Sum as JSON.
type sumState struct {
	Unscaled *big.Int `json:"unscaled"`
	Scale    int      `json:"scale,omitempty"`
	Count    int64    `json:"count,omitempty"`
}

// MarshalJSON writes everything that further additions depend on.
func (s Sum) MarshalJSON() ([]byte, error) {
	return json.Marshal(sumState{s.unscaled(), s.scale, s.counted})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Sum) UnmarshalJSON(content []byte) error {
	state := sumState{Unscaled: new(big.Int)}
	if err := json.Unmarshal(content, &state); err != nil {
		return err
	}
	*s = Sum{scale: state.Scale, counted: state.Count}
	s.set(state.Unscaled)
	return nil
}

// Count is how many numbers were added.
func (s *Sum) Count() int64 { return s.counted }

// Plain is the sum in plain notation, without zeros at the end of its decimals.
func (s *Sum) Plain() string { return plainOf(s.unscaled(), s.scale) }

// unscaled is a number of the caller's own.
func (s *Sum) unscaled() *big.Int {
	if s.wide != nil {
		return new(big.Int).Set(s.wide)
	}
	size, negative := *s, s.high < 0
	if negative {
		size.negate()
	}
	var bytes [16]byte
	binary.BigEndian.PutUint64(bytes[:8], uint64(size.high))
	binary.BigEndian.PutUint64(bytes[8:], size.low)
	n := new(big.Int).SetBytes(bytes[:])
	if negative {
		n.Neg(n)
	}
	return n
}

// Average is the mean to that many more decimals than the numbers have, "0" of
// nothing.
func (s *Sum) Average(more int) string {
	if s.counted == 0 {
		return "0"
	}
	n := s.unscaled()
	raise(n, more+1)
	n.Quo(n, big.NewInt(s.counted))
	return TrimZeros(Round(plainOf(n, s.scale+more+1), s.scale+more))
}

func plainOf(n *big.Int, scale int) string {
	digits, negative := strings.CutPrefix(n.String(), "-")
	text := TrimZeros(place(digits, "", -scale))
	if negative {
		return "-" + text
	}
	return text
}

func TrimZeros(plain string) string {
	if !strings.Contains(plain, ".") {
		return plain
	}
	return strings.TrimSuffix(strings.TrimRight(plain, "0"), ".")
}
