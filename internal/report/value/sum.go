package value

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
)

// A Sum adds numbers exactly, whatever their size and decimals. The zero Sum is
// zero. Its size is that of its widest number.
type Sum struct {
	small   int64 // unscaled, while it fits
	scale   int   // decimals
	wide    *big.Int
	counted int64
}

// AddInt adds an integer.
func (s *Sum) AddInt(n int64) {
	if s.wide == nil && s.scale == 0 {
		if total := s.small + n; (total > s.small) == (n > 0) {
			s.small = total
			s.counted++
			return
		}
	}
	s.addWide(big.NewInt(n), 0)
}

// Add adds a number in plain notation.
func (s *Sum) Add(plain string) {
	unscaled, scale, ok := smallDigits(plain)
	if ok && s.wide == nil && scale <= s.scale {
		for ; scale < s.scale && ok; scale++ {
			ok = unscaled < math.MaxInt64/10 && unscaled > math.MinInt64/10
			unscaled *= 10
		}
		if total := s.small + unscaled; ok && ((total > s.small) == (unscaled > 0) || unscaled == 0) {
			s.small = total
			s.counted++
			return
		}
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	n, _ := new(big.Int).SetString(whole+fraction, 10)
	if n == nil { // not plain, which callers must not pass: nothing is added
		return
	}
	s.addWide(n, len(fraction))
}

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
	if s.wide == nil {
		s.wide = big.NewInt(s.small)
	}
	raise(s.wide, scale-s.scale)
	raise(n, s.scale-scale)
	s.scale = max(s.scale, scale)
	s.wide.Add(s.wide, n)
	if s.wide.IsInt64() {
		s.small, s.wide = s.wide.Int64(), nil
	}
	s.counted++
}

func raise(n *big.Int, places int) {
	switch {
	case places <= 0:
	case places < len(powers):
		n.Mul(n, powers[places])
	default:
		n.Mul(n, power(places))
	}
}

func power(of int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(of)), nil) }

// powers are those of ten that binary numbers of usual sizes need: each has up to 17
// decimals more than another.
var powers = func() (all [20]*big.Int) {
	for i := range all {
		all[i] = power(i)
	}
	return all
}()

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
	if state.Unscaled.IsInt64() {
		s.small = state.Unscaled.Int64()
	} else {
		s.wide = state.Unscaled
	}
	return nil
}

// Count is how many numbers were added.
func (s *Sum) Count() int64 { return s.counted }

// Plain is the sum in plain notation, without zeros at the end of its decimals.
func (s *Sum) Plain() string { return plainOf(s.unscaled(), s.scale) }

func (s *Sum) unscaled() *big.Int {
	if s.wide != nil {
		return s.wide
	}
	return big.NewInt(s.small)
}

// Average is the mean to that many more decimals than the numbers have, "0" of
// nothing.
func (s *Sum) Average(more int) string {
	if s.counted == 0 {
		return "0"
	}
	n := new(big.Int).Set(s.unscaled())
	raise(n, more+1)
	n.Quo(n, big.NewInt(s.counted))
	return trimZeros(Round(plainOf(n, s.scale+more+1), s.scale+more))
}

func plainOf(n *big.Int, scale int) string {
	digits, negative := strings.CutPrefix(n.String(), "-")
	text := trimZeros(place(digits, "", -scale))
	if negative {
		return "-" + text
	}
	return text
}

func trimZeros(plain string) string {
	if !strings.Contains(plain, ".") {
		return plain
	}
	return strings.TrimSuffix(strings.TrimRight(plain, "0"), ".")
}
